"""The check list of a review (审核事项), read from content/review-checks.yml.

- slug: list                     what an act of the register names
  text: 名单与报送的材料逐条核对过
  kinds: [county-publicity]      left out: every kind
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.yaml_entries import read_entries
from portal.domain.identifiers import SLUG

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from portal.content.files.fields import Fields
    from portal.errors import Issue

NAME = "review-checks.yml"


@dataclass(frozen=True, slots=True)
class ReviewCheck:
    """One thing that the reviewer has looked at; of every kind of notice where `kinds` is empty."""

    slug: str
    text: str
    kinds: tuple[str, ...] = ()

    def concerns(self, kind: str) -> bool:
        """Whether it is asked of a kind of notice."""
        return not self.kinds or kind in self.kinds


def read_review_checks(
    home: Path, kinds: Collection[str] | None
) -> tuple[tuple[ReviewCheck, ...], tuple[Issue, ...]]:
    """The check list of a content folder; empty where there is none or where it is faulty.

    `kinds` are the kinds of notices that the editions have, None where an edition is at fault.
    """
    path = home / NAME
    if not path.is_file():
        return (), ()
    faults = Faults(str(path))
    checks: dict[str, ReviewCheck] = {}
    for fields in read_entries(path, faults, "审核事项"):
        check = _check(fields, kinds)
        if check.slug in checks:
            fields.wrong("slug", f"“{check.slug}”重复", "每条用不同的 slug")
        checks[check.slug] = check
    return (() if faults.fatal else tuple(checks.values())), tuple(faults.issues)


def _check(fields: Fields, kinds: Collection[str] | None) -> ReviewCheck:
    check = ReviewCheck(
        slug=fields.text("slug", required=True),
        text=fields.text("text", required=True),
        kinds=fields.texts("kinds"),
    )
    fields.done()
    if check.slug and not SLUG.fullmatch(check.slug):
        fields.wrong("slug", "只能用小写字母、数字和连字符", "如 list-checked")
    for kind in check.kinds:
        if kinds is not None and kind not in kinds:
            fields.wrong("kinds", f"中没有“{kind}”这一类", f"可选：{'、'.join(sorted(kinds))}")
    return check
