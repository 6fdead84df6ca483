"""Former editions: reads content/former/<edition>/, what stood on the site for one.

The files are those of content/ itself: guide/*.md, faq.yml, annexes/*.yml. Links into the guide,
the questions and the forms lead to those of the same edition.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from portal.content.annex.annexes import load_annexes
from portal.content.parts import FormerEdition
from portal.content.prose_files import read_guide, read_questions
from portal.errors import ContentError, Issue

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from portal.content.annex.annexes import Annex

FORMER = "former"
"""The folder of content/ that has one folder for each former edition."""
KEPT = ("guide", "faq.yml", "annexes")
"""What of content/ is kept for an edition when the next one begins."""

_OWN = re.compile(r"(?<=\]\()/(guide|faq|downloads)/")


def read_former(
    home: Path, editions: Collection[str]
) -> tuple[tuple[FormerEdition, ...], tuple[Issue, ...]]:
    """The former editions in the order of their folders' names, with the faults of all files."""
    found: list[FormerEdition] = []
    issues: list[Issue] = []
    for folder in sorted(path for path in (home / FORMER).glob("*") if path.is_dir()):
        if folder.name not in editions:
            remedy = f"文件夹名写届次的代号；现有：{'、'.join(sorted(editions)) or '无'}"
            issues.append(Issue(str(folder), 1, 1, "F009", f"没有届次“{folder.name}”", remedy))
            continue
        guide, guide_issues = read_guide(folder)
        questions, question_issues = read_questions(folder)
        issues += (*guide_issues, *question_issues)
        annexes: tuple[Annex, ...] = ()
        try:
            annexes = load_annexes(folder / "annexes")
        except ContentError as error:
            issues += error.issues
        own = f"/former/{folder.name}/"
        parts = tuple(replace(page, body=_led(page.body, own)) for page in guide)
        asked = tuple(replace(one, answer=_led(one.answer, own)) for one in questions)
        found.append(FormerEdition(folder.name, parts, asked, annexes))
    return tuple(found), tuple(issues)


def _led(text: str, own: str) -> str:
    """Markdown whose links lead on inside the edition; its forms stand on its first page."""
    return _OWN.sub(lambda m: own if m[1] == "downloads" else f"{own}{m[1]}/", text)
