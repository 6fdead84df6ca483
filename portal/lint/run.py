"""Lint: runs every rule of a stage over a tree and returns all issues, sorted by place."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.beginning_texts import texts_in
from portal.content.loader import Tree, read
from portal.content.notice.notice_folder import LIST, TEXT
from portal.content.site_facts import NAME
from portal.errors import Issue, Stage
from portal.lint.checker import Checker
from portal.lint.codes import READING
from portal.lint.holds_file import read_holds
from portal.lint.rules import (
    award_rules,
    character_rules,
    field_rules,
    link_rules,
    list_rules,
    privacy_rules,
    review_rules,
    site_rules,
    text_rules,
    window_rules,
)
from portal.lint.rules.subjects import Context, Passage, Prose, Subject, unsound_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from portal.content.notice.notice_reader import Source
    from portal.lint.rules.rule import Examined, Rule

NOTICE_RULES = (
    *field_rules.RULES,
    *window_rules.RULES,
    *list_rules.RULES,
    *award_rules.RULES,
    *privacy_rules.RULES,
    *review_rules.RULES,
    *character_rules.RULES,
    *text_rules.RULES,
)
CHARACTER_RULES = character_rules.TEXT_RULES
TEXT_RULES = privacy_rules.TEXT_RULES
WORD_RULES = (*list_rules.PASSAGE_RULES, *text_rules.PASSAGE_RULES)
PASSAGE_RULES = (*link_rules.RULES, *WORD_RULES, *text_rules.PROSE_RULES)
TREE_RULES = (
    *list_rules.TREE_RULES,
    *award_rules.TREE_RULES,
    *review_rules.TREE_RULES,
    *site_rules.TREE_RULES,
)

_ORDER = attrgetter(*(name for name in Issue.__slots__ if name != "repair"))


def lint(
    content: Sequence[Path],
    notices: Sequence[Path],
    *,
    stage: Stage,
    holds: Path | None = None,
    desk: str | None = None,
    now: datetime | None = None,
    keyed: Callable[[str], bool] = lambda _: False,
    checker: Checker | None = None,
    drafts: Sequence[Path] = (),
) -> list[Issue]:
    """Every fault of a tree in one run; with `drafts`, theirs alone, laid over the tree.

    `holds` is the desk's export of entries held back, `desk` the desk's public key; without a sound
    export no city list and no decision goes out. `now` is when that would
    be, and when the notices that no ledger holds yet would be published; `keyed` tells whether
    objections to a notice can be sealed, `checker` is the office's own program that reads texts.
    """
    tree = read(content, notices, drafts=drafts)
    held = read_holds(holds, desk, lambda county: _county_name(tree, county))
    issues = set(tree.issues)
    if held.fault and held.present:
        issues.add(Issue(str(holds), 1, 1, "S008", held.fault, "从工作台重新导出"))
    context = Context(tree, held, now, keyed, checker or Checker())
    with _set_aside():
        issues.update(_found(context, stage, drafts))
    if drafts:
        issues = {i for i in issues if any(Path(i.path).is_relative_to(d) for d in drafts)}
    return sorted(issues, key=_ORDER)


@contextmanager
def _set_aside() -> Iterator[None]:
    """Let the collector of garbage leave alone what was read: all of it stays to the end."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _found(context: Context, stage: Stage, drafts: Sequence[Path]) -> Iterator[Issue]:
    yield from _run(TREE_RULES, context, stage) if drafts else _tree_issues(context, stage)
    sound = all(issue.code != "R013" for issue in context.tree.issues)
    for source in context.tree.sources:
        if drafts and source.folder not in drafts:
            continue
        notice = source.notice or source.partial
        if notice is not None and source.matter is not None:
            found = _notice_issues(Subject(source, notice, source.matter, context), stage)
            # A text that the ledger holds is changed by a revision only; an earlier one never is.
            recorded = notice.slug in context.recorded or notice.revision > 1 or not sound
            yield from _without_repair(found) if recorded else found
        else:
            yield from _without_repair(_unsound_issues(source, stage))


def explain(code: str) -> str | None:
    """What a code means and what to do, or None for an unknown code."""
    return explanations().get(code.upper())


def explanations() -> dict[str, str]:
    """Every code with its explanation, in order."""
    rules: tuple[Rule[Subject] | Rule[Prose] | Rule[Passage] | Rule[Context], ...] = (
        *NOTICE_RULES,
        *TEXT_RULES,
        *CHARACTER_RULES,
        *text_rules.BODY_RULES,
        *PASSAGE_RULES,
        *TREE_RULES,
    )
    return dict(sorted((READING | {rule.code: rule.explanation for rule in rules}).items()))


def _notice_issues(subject: Subject, stage: Stage) -> Iterator[Issue]:
    yield from _run(NOTICE_RULES, subject, stage)
    for prose in subject.texts():
        yield from _run((*TEXT_RULES, *CHARACTER_RULES), prose, stage)
        yield from _run(WORD_RULES, Passage(prose, subject.context), stage)
    for prose in subject.attached():
        yield from _run(TEXT_RULES, prose, stage)
    yield from _run(PASSAGE_RULES, Passage(subject.body, subject.context), stage)
    yield from _run(text_rules.BODY_RULES, subject.body, stage)


def _unsound_issues(source: Source, stage: Stage) -> Iterator[Issue]:
    """What may not be said is looked for in the files even when they make no notice yet."""
    for prose in unsound_texts(source):
        yield from _run(TEXT_RULES, prose, stage)
        if prose.path.endswith((TEXT, LIST)):
            yield from _run(CHARACTER_RULES, prose, stage)


def _tree_issues(context: Context, stage: Stage) -> Iterator[Issue]:
    yield from _run(TREE_RULES, context, stage)
    for prose in _definitions(context.tree):
        yield from _run((*TEXT_RULES, *CHARACTER_RULES), prose, stage)
    for prose in _pages(context.tree):
        yield from _run((*TEXT_RULES, *CHARACTER_RULES), prose, stage)
        yield from _run(PASSAGE_RULES, Passage(prose, context), stage)


def _pages(tree: Tree) -> Iterator[Prose]:
    """The prose of content/: guide and pages by their bodies, the questions as a file."""
    home = tree.content[0]
    for page in tree.guide:
        path = f"{home}/guide/{page.order:02}-{page.slug}.md"
        yield Prose(path, page.body, page.line, f"/guide/{page.slug}/", markdown=True)
    for page in tree.pages.values():
        path = f"{home}/pages/{page.slug}.md"
        yield Prose(path, page.body, page.line, f"/{page.slug}/", markdown=True)
    if tree.questions:
        text = (home / "faq.yml").read_text(encoding="utf-8-sig")
        yield Prose(f"{home}/faq.yml", text, url="/faq/")


def _definitions(tree: Tree) -> Iterator[Prose]:
    """Files whose texts are published, but not as prose: only what they may not say is checked."""
    home = tree.content[0]
    found = [home / NAME, home / "self-check.yml", *sorted((home / "annexes").rglob("*.yml"))]
    found += [path for folder in tree.content for path in sorted((folder / "awards").glob("*"))]
    found += [path for folder in tree.content for path in texts_in(folder)]
    for path in found:
        if path.is_file():
            yield Prose(str(path), path.read_text(encoding="utf-8-sig", errors="replace"))


def _run(rules: Sequence[Rule[Examined]], subject: Examined, stage: Stage) -> Iterator[Issue]:
    for rule in rules:
        if rule.stage is Stage.PUBLISH and stage is not Stage.PUBLISH:
            continue
        for found in rule.check(subject):
            line, column = found.at
            yield Issue(
                found.path,
                line,
                column,
                rule.code,
                found.message,
                found.remedy,
                found.severity,
                found.repair,
            )


def _without_repair(issues: Iterable[Issue]) -> Iterator[Issue]:
    return (replace(issue, repair=None) if issue.repair else issue for issue in issues)


def _county_name(tree: Tree, county: str | None) -> str:
    """A county's Chinese name, which lists use; the desk may write its slug."""
    return (tree.site.county_name(county) if tree.site else "") or county or ""
