"""Content files: the closed list of what stands under content/ and is edited at the desk.

Each has a name of its own that can be no slug of a notice, such as `content_guide_04-conditions`. A
name is looked up in the list and never taken apart, so that no other file can be reached by one.
The calendar is not here: it is made of the State Council's notices.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.beginning_texts import TEXTS
from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import decode, split
from portal.content.review_checks import NAME as REVIEW_CHECKS
from portal.content.site_facts import NAME as SITE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from portal.domain.notice import Kind

CONTENT_NAME = re.compile(r"content(?:_[a-z0-9]+(?:-[a-z0-9]+)*)+")
"""What the name of a content file looks like; no notice can be called so."""

ANNEXES = "annexes"
AWARDS = "awards"
EARLIER = "annexes/earlier"

_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_GUIDE = re.compile(r"\d+-(?P<slug>[a-z0-9-]+)\.md")
_VALUE = r'^{key}\s*[:=]\s*["\']?(.*?)["\']?\s*(?:#.*)?$'
_ACTS = {"publicity": "公示（没有自己范文的）", "extension": "延长公示期", "again": "再次公示"}
_GROUPS = ("政策解读", "常见问题", "页面", "表格和自查", "公告用语和审核", "网站和单位", "奖项")
_SINGLE = (
    ("faq.yml", "常见问题", "常见问题", "/faq/"),
    (SITE, "网站和单位", "网站信息、县（区）、单位和联系方式", "/"),
    ("self-check.yml", "表格和自查", "申报自查", "/check/"),
    (REVIEW_CHECKS, "公告用语和审核", "审核事项", ""),
    ("wrong-words.txt", "公告用语和审核", "错词表", ""),
)
# A page that stands at the head of another, or at the site's own address.
_ADDRESSES = {"guide": "/guide/", "downloads": "/downloads/"}


@dataclass(frozen=True, slots=True)
class ContentFile:
    """A file: its name, its path below the folder, what people call it, the page it shows on.

    `address` is empty for a file that no page shows.
    """

    name: str
    path: str
    group: str
    label: str
    address: str = ""

    @property
    def title(self) -> str:
        """The label with its group, as it stands among other things."""
        return self.label if self.label == self.group else f"{self.group}：{self.label}"

    @property
    def filename(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def dated(self) -> str:
        """The key of the header that says when the text last changed; empty where there is none."""
        folder = self.path.partition("/")[0]
        return {"guide": "updated", "pages": "updated", ANNEXES: "date"}.get(folder, "")

    @property
    def shapes_notices(self) -> bool:
        """Whether notices are read and judged by it, so that a change can make one faulty."""
        return self.path == SITE or self.path.startswith("awards/")

    @property
    def annex(self) -> bool:
        """Whether it is a form, of which every change is a new version."""
        return self.path.startswith(f"{ANNEXES}/")


def content_files(home: Path, kinds: Iterable[Kind]) -> tuple[ContentFile, ...]:
    """Every file of a content folder that is edited, and those that may be begun, group by group.

    `kinds` are the kinds of notices, each of which may have a text to begin with.
    """
    found = [*_guide(home), *_pages(home), *_single(), *_annexes(home), *_texts(home, kinds)]
    return tuple(sorted((*found, *_awards(home)), key=lambda one: _GROUPS.index(one.group)))


def edition_file(slug: str, label: str = "") -> ContentFile | None:
    """The file of an edition that is not there yet; None where the slug cannot stand in a name."""
    found = _file(f"{AWARDS}/{slug}.toml", "奖项", label or f"新的一届（{slug}）", "/")
    return next(found, None)


def _file(path: str, group: str, label: str, address: str = "") -> Iterator[ContentFile]:
    parts = path.rpartition(".")[0].split("/")
    if all(_PLAIN.fullmatch(part) for part in parts):
        yield ContentFile("_".join(("content", *parts)), path, group, label, address)


def _guide(home: Path) -> Iterator[ContentFile]:
    for path in sorted((home / "guide").glob("*.md")):
        numbered = _GUIDE.fullmatch(path.name)
        if numbered:
            address = f"/guide/{numbered['slug']}/"
            yield from _file(f"guide/{path.name}", "政策解读", _title(path), address)


def _pages(home: Path) -> Iterator[ContentFile]:
    there = {path.stem for path in (home / "pages").glob("*.md")}
    for slug in sorted(there | set(_ADDRESSES)):
        label = {"guide": "政策解读的引言", "downloads": "表格下载的引言"}.get(slug)
        path = home / "pages" / f"{slug}.md"
        label = label or (_title(path) if path.is_file() else slug)
        yield from _file(f"pages/{slug}.md", "页面", label, _ADDRESSES.get(slug, f"/{slug}/"))


def _single() -> Iterator[ContentFile]:
    for path, group, label, address in _SINGLE:
        yield from _file(path, group, label, address)


def _annexes(home: Path) -> Iterator[ContentFile]:
    for path in sorted((home / ANNEXES).glob("*.yml")):
        label = f"{_value(path, 'number')} {_value(path, 'short')}".strip() or path.stem
        yield from _file(f"{ANNEXES}/{path.name}", "表格和自查", label, "/downloads/")


def _texts(home: Path, kinds: Iterable[Kind]) -> Iterator[ContentFile]:
    labels = {str(kind): kind.label for kind in kinds} | _ACTS
    for path in sorted((home / TEXTS).glob("*.md")):
        labels.setdefault(path.stem, path.stem)
    for name, label in labels.items():
        yield from _file(f"{TEXTS}/{name}.md", "公告用语和审核", f"范文：{label}")


def _awards(home: Path) -> Iterator[ContentFile]:
    for path in sorted((home / AWARDS).glob("*.toml")):
        label = _value(path, "name") or path.stem
        yield from _file(f"{AWARDS}/{path.name}", "奖项", label, "/")


def _title(path: Path) -> str:
    text = decode(path.read_bytes(), Faults(""))
    matter = split(text, Faults("")) if text is not None else None
    return str(matter.values.get("title") or path.stem) if matter else path.stem


def _value(path: Path, key: str) -> str:
    """A value at the head of a .yml or .toml file, read without asking whether all is sound."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    found = re.search(_VALUE.format(key=re.escape(key)), text, re.MULTILINE)
    return found[1] if found else ""
