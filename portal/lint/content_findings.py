"""Content findings: what the rules say of content/, where no notice is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.beginning_texts import texts_in
from portal.content.former_editions import FORMER
from portal.content.site_facts import NAME
from portal.lint.rules.rule_groups import (
    CHARACTER_RULES,
    CONTENT_RULES,
    PASSAGE_RULES,
    TEXT_RULES,
    Found,
    run,
)
from portal.lint.rules.subjects import Passage, Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.content.loader import Tree
    from portal.lint.rules.subjects import Surroundings


def content_findings(around: Surroundings) -> Iterator[Found]:
    """What is found in the site's facts, its definitions and its pages."""
    yield from run(CONTENT_RULES, around)
    for prose in _definitions(around.tree):
        yield from run((*TEXT_RULES, *CHARACTER_RULES), prose)
    for prose in _pages(around.tree):
        yield from run((*TEXT_RULES, *CHARACTER_RULES), prose)
        yield from run(PASSAGE_RULES, Passage(prose, around))


def _pages(tree: Tree) -> Iterator[Prose]:
    """The prose of content/: guide and pages by their bodies, the questions as a file."""
    home = tree.content[0]
    for page in tree.guide:
        path = f"{home}/guide/{page.order:02}-{page.slug}.md"
        yield Prose(path, page.body, page.line, f"/guide/{page.slug}/", markdown=True)
    for page in tree.pages.values():
        path = f"{home}/pages/{page.slug}.md"
        yield Prose(path, page.body, page.line, f"/{page.slug}/", markdown=True)
    for former in tree.former:
        folder = f"{home}/{FORMER}/{former.slug}"
        for page in former.guide:
            path = f"{folder}/guide/{page.order:02}-{page.slug}.md"
            url = f"{former.path}guide/{page.slug}/"
            yield Prose(path, page.body, page.line, url, markdown=True)
        if former.questions:
            text = (home / FORMER / former.slug / "faq.yml").read_text(encoding="utf-8-sig")
            yield Prose(f"{folder}/faq.yml", text, url=f"{former.path}faq/")
    if tree.questions:
        text = (home / "faq.yml").read_text(encoding="utf-8-sig")
        yield Prose(f"{home}/faq.yml", text, url="/faq/")


def _definitions(tree: Tree) -> Iterator[Prose]:
    """Files whose texts are published, but not as prose: only what they may not say is checked."""
    home = tree.content[0]
    found = [home / NAME, home / "self-check.yml", *sorted((home / "annexes").rglob("*.yml"))]
    found += sorted((home / FORMER).glob("*/annexes/**/*.yml"))
    found += [path for folder in tree.content for path in sorted((folder / "awards").glob("*"))]
    found += [path for folder in tree.content for path in texts_in(folder)]
    for path in found:
        if path.is_file():
            yield Prose(str(path), path.read_text(encoding="utf-8-sig", errors="replace"))
