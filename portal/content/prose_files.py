"""Pages: reads the guide, the prose pages and the questions of content/."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.content.files.frontmatter import decode, split
from portal.content.files.yaml_entries import read_entries
from portal.content.parts import Page, Question

if TYPE_CHECKING:
    from pathlib import Path

    from portal.errors import Issue

GUIDE = ("background", "scope", "awards", "conditions", "procedure", "requirements")
"""The six parts of the policy explainer, in the order of the policy text."""

PAGES = ("about", "accessibility", "press", "privacy")
"""The prose pages that the site links to."""

BASES = ("policy", "practice", "unstated")
"""What an answer rests on: the policy text, general practice, or nothing the text says."""

_NUMBERED = re.compile(r"(?P<order>\d+)-(?P<slug>[a-z0-9-]+)")
_ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def read_guide(folder: Path) -> tuple[tuple[Page, ...], tuple[Issue, ...]]:
    """The guide's parts in order."""
    pages, issues = [], []
    for path in sorted((folder / "guide").glob("*.md")):
        faults = Faults(str(path))
        name = _NUMBERED.fullmatch(path.stem)
        if name is None:
            faults.add("F008", f"“{path.name}”不是解读部分的文件名", "命名为 NN-英文名.md")
        else:
            page = _page(path, name["slug"], int(name["order"]), faults)
            if page and not faults.fatal:
                pages.append(page)
        issues += faults.issues
    pages.sort(key=lambda page: page.order)
    return tuple(pages), tuple(issues)


def read_pages(folder: Path) -> tuple[dict[str, Page], tuple[Issue, ...]]:
    """The prose pages by slug."""
    pages, issues = {}, []
    for path in sorted((folder / "pages").glob("*.md")):
        faults = Faults(str(path))
        page = _page(path, faults.address_of(path.stem, "页面的文件名"), 0, faults)
        if page and not faults.fatal:
            pages[page.slug] = page
        issues += faults.issues
    return pages, tuple(issues)


def _page(path: Path, slug: str, order: int, faults: Faults) -> Page | None:
    data = path.read_bytes()
    text = decode(data, faults)
    matter = split(text, faults) if text is not None else None
    if matter is None:
        return None
    fields = Fields(matter.values, matter.places, faults)
    page = Page(
        slug=slug,
        title=fields.text("title", required=True),
        body=matter.body,
        summary=fields.text("summary"),
        order=order,
        updated=fields.day("updated"),
        digest=hashlib.sha256(data).hexdigest(),
        line=matter.body_line,
    )
    fields.done()
    return page


def read_questions(folder: Path) -> tuple[tuple[Question, ...], tuple[Issue, ...]]:
    """The FAQ in the order of its file; none where the file is missing."""
    path = folder / "faq.yml"
    if not path.is_file():
        return (), ()
    faults = Faults(str(path))
    questions: dict[str, Question] = {}
    for fields in read_entries(path, faults, "问答"):
        question = _question(fields)
        if question.slug in questions:
            fields.wrong("slug", f"“{question.slug}”重复", "每条问答用不同的 slug")
        questions[question.slug] = question
    return tuple(questions.values()), tuple(faults.issues)


def _question(fields: Fields) -> Question:
    question = Question(
        slug=fields.text("slug", required=True),
        question=fields.text("question", required=True),
        answer=fields.text("answer", required=True),
        group=fields.text("group", required=True),
        basis=fields.text("basis", required=True),
    )
    fields.done()
    if question.slug and not _ANCHOR.fullmatch(question.slug):
        fields.wrong("slug", "只能用小写字母、数字和连字符", "如 who-may-apply")
    if question.basis and question.basis not in BASES:
        fields.wrong("basis", "的值不认识", f"可选：{'、'.join(BASES)}")
    return question
