"""Groups: all rules by what they look at, and how they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.errors import Issue, Severity, Stage
from portal.lint.codes import READING
from portal.lint.rules import (
    award_rules,
    change_rules,
    character_rules,
    field_rules,
    link_rules,
    list_rules,
    news_rules,
    privacy_rules,
    review_rules,
    site_rules,
    text_rules,
    window_rules,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.lint.rules.neighbours import Context, Listed, Neighbour, Round
    from portal.lint.rules.rule import Examined, Proviso, Rule
    from portal.lint.rules.subjects import Passage, Prose, Subject, Surroundings

NOTICE_RULES = (
    *field_rules.RULES,
    *window_rules.RULES,
    *list_rules.RULES,
    *award_rules.RULES,
    *news_rules.RULES,
    *privacy_rules.RULES,
    *review_rules.RULES,
    *character_rules.RULES,
    *text_rules.RULES,
)
"""What is judged of a notice by itself, with the content around it."""
NEIGHBOUR_RULES = (
    *window_rules.NEIGHBOUR_RULES,
    *review_rules.NEIGHBOUR_RULES,
    *award_rules.NEIGHBOUR_RULES,
    *news_rules.NEIGHBOUR_RULES,
)
"""What the ledger, the clock and other notices say of one, without its text and its list."""
LIST_RULES = (*award_rules.LIST_RULES, *news_rules.LIST_RULES, *change_rules.LIST_RULES)
"""What other lists of its edition say of a list."""
ROUND_RULES = (*list_rules.ROUND_RULES, *award_rules.ROUND_RULES)
"""The first lists of an edition all together."""
CHARACTER_RULES = character_rules.TEXT_RULES
TEXT_RULES = privacy_rules.TEXT_RULES
WORD_RULES = (*list_rules.PASSAGE_RULES, *text_rules.PASSAGE_RULES)
PASSAGE_RULES = (*link_rules.RULES, *WORD_RULES, *text_rules.PROSE_RULES)
BODY_RULES = text_rules.BODY_RULES
CONTENT_RULES = site_rules.TREE_RULES
LEDGER_RULES = (*review_rules.TREE_RULES, *site_rules.CLOCK_RULES)

_ALL: tuple[
    Rule[Subject]
    | Rule[Neighbour]
    | Rule[Listed]
    | Rule[Round]
    | Rule[Prose]
    | Rule[Passage]
    | Rule[Surroundings]
    | Rule[Context],
    ...,
] = (
    *NOTICE_RULES,
    *NEIGHBOUR_RULES,
    *ROUND_RULES,
    *LIST_RULES,
    *TEXT_RULES,
    *CHARACTER_RULES,
    *BODY_RULES,
    *PASSAGE_RULES,
    *CONTENT_RULES,
    *LEDGER_RULES,
)
_FOR_PUBLISHING = frozenset(rule.code for rule in _ALL if rule.stage is Stage.PUBLISH)


class Found(NamedTuple):
    """A finding with its code, as it is kept; `repair` is empty or the old text and the new."""

    path: str
    line: int
    column: int
    code: str
    message: str
    remedy: str
    warning: bool
    repair: tuple[str, ...] = ()
    proviso: Proviso = ()

    def counts(self, stage: Stage) -> bool:
        """Whether a stage asks for it."""
        return stage is Stage.PUBLISH or self.code not in _FOR_PUBLISHING


def found_of(issue: Issue) -> Found:
    """What was noted while a file was read."""
    warning = issue.severity is Severity.WARNING
    place = (issue.path, issue.line, issue.column)
    return Found(*place, issue.code, issue.message, issue.remedy, warning)


def run(rules: Sequence[Rule[Examined]], subject: Examined) -> Iterator[Found]:
    """What rules find."""
    for rule in rules:
        code = rule.code
        for found in rule.check(subject):
            mended = found.repair
            yield Found(
                found.path,
                *found.at,
                code,
                found.message,
                found.remedy,
                found.severity is Severity.WARNING,
                (mended.old, mended.new) if mended else (),
                found.proviso,
            )


def explain(code: str) -> str | None:
    """What a code means and what to do, or None for an unknown code."""
    return explanations().get(code.upper())


def explanations() -> dict[str, str]:
    """Every code with its explanation, in order."""
    return dict(sorted((READING | {rule.code: rule.explanation for rule in _ALL}).items()))
