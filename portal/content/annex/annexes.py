"""Annex forms (附件): each defined once in content/annexes/*.yml, rendered to Word and PDF.

`content/annexes/<slug>.yml` is the version in force. An earlier one stays reachable when its file
is kept as `content/annexes/earlier/<slug>-<version>.yml`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.content.annex.form_blocks import fields_of
from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.errors import ContentError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from portal.content.annex.form_blocks import FormBlock, FormField

# A4 less the margins of 28 and 26 mm.
_PORTRAIT_MM, _LANDSCAPE_MM = 156, 243
_VERSION = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Annex:
    """One form with its version and what changed since the one before.

    `number` is that of the annex in the call, empty for forms that the policy text does not number.
    `digest` is the SHA-256 of the definition file, in hex. `earlier` are the versions before, the
    newest first.
    """

    slug: str
    title: str
    number: str = ""
    short: str = ""
    purpose: str = ""
    filled_by: str = ""
    version: str = "1"
    date: date | None = None
    changes: str = ""
    landscape: bool = False
    definition: tuple[FormBlock, ...] = ()
    digest: str = ""
    earlier: tuple[Annex, ...] = ()

    @property
    def name(self) -> str:
        """Number and short title, as lists of downloads have them."""
        return f"{self.number} {self.short}".strip()

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Every field in the order of the form."""
        return fields_of(self.definition)

    @property
    def versions(self) -> tuple[Annex, ...]:
        """The version in force and the earlier ones, newest first."""
        return (self, *self.earlier)


def load_annexes(folder: Path) -> tuple[Annex, ...]:
    """Every annex: numbered ones first; ContentError with all faults of all files."""
    if not folder.exists():
        return ()
    issues = []
    current: list[Annex] = []
    earlier: list[Annex] = []
    for path in sorted(folder.rglob("*.yml")):
        faults = Faults(str(path))
        annex = _read(path, faults)
        issues += faults.issues
        if annex:
            (current if path.parent == folder else earlier).append(annex)
    if issues:
        raise ContentError("附件定义有误", issues)
    joined = [_with_earlier(annex, earlier) for annex in current]
    return tuple(sorted(joined, key=lambda annex: (annex.number or "附件九", annex.slug)))


def _with_earlier(annex: Annex, earlier: list[Annex]) -> Annex:
    mine = [old for old in earlier if old.slug.rpartition("-")[0] == annex.slug]
    mine.sort(key=lambda old: [int(part) for part in old.version.split(".")], reverse=True)
    return replace(annex, earlier=tuple(replace(old, slug=annex.slug) for old in mine))


def _read(path: Path, faults: Faults) -> Annex | None:
    # A build that shows forms read earlier has no use for YAML.
    from portal.content.annex.form_reader import FormReader
    from portal.content.files.frontmatter import decode, read_yaml

    data = path.read_bytes()
    text = decode(data, faults)
    found = read_yaml(text, faults) if text is not None else None
    if found is None:
        return None
    values, places = found
    if not isinstance(values, dict):
        faults.add("X001", "应为“键: 值”的形式", "见 docs/documents.md")
        return None
    fields = Fields(values, places, faults)
    version = fields.text("version", required=True)
    if version and not _VERSION.fullmatch(version):
        fields.wrong("version", "应为数字，如 1 或 1.1")
    landscape = fields.text("orientation") == "landscape"
    reader = FormReader(faults, places, _LANDSCAPE_MM if landscape else _PORTRAIT_MM)
    annex = Annex(
        slug=faults.address_of(path.stem, "附件的文件名"),
        title=fields.text("title", required=True),
        number=fields.text("number"),
        short=fields.text("short", required=True),
        purpose=fields.text("purpose", required=True),
        filled_by=fields.text("filled-by", required=True),
        version=version,
        date=fields.day("date", required=True),
        changes=fields.text("changes", required=True),
        landscape=landscape,
        definition=reader.blocks(values.get("body")),
        digest=hashlib.sha256(data).hexdigest(),
    )
    return None if faults.fatal else annex
