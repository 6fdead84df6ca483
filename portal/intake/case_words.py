"""What a case page says of opened letters, as plain texts; or holes where the page fills them in.

One template writes the page in both ways. Where the server opens the answers it is given
`CaseWords`; where the page of a browser does, `Hole`s, which the script fills in with the same
words (portal/web/static/status).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from portal.domain.dates import write_date, write_meta
from portal.domain.objection import AnswerKind, MessageKind
from portal.domain.objection_rules import SAY
from portal.intake.answers import own_words
from portal.sealed.signed_answers import Proof, text_of
from portal.web.filters import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.domain.objection import Answer, Look, Message, Objection
    from portal.submission.replies import CaseView


class Hole:
    """A value that the page fills in; its attributes are the values of a part that is repeated."""

    def __init__(self, hole: str = "") -> None:
        self.hole = hole

    def __getattr__(self, name: str) -> Hole:
        if name.startswith("_"):
            raise AttributeError(name)
        return Hole(name)

    def __html__(self) -> str:
        return Markup('<template data-put="{}"></template>').format(self.hole)


@dataclass(frozen=True, slots=True)
class ItemWords:
    """One answer of the office; of the four flags one holds: what its signature says."""

    iso: str
    at: str
    kind: str
    state: str
    outcome: str
    reason: str
    text: str
    sound: bool
    false: bool
    unknown: bool
    unsigned: bool
    office: str
    signed: str


@dataclass(frozen=True, slots=True)
class RowWords:
    """A question of the form and what was answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class OwnLines:
    """What the citizen sent."""

    title: str
    at: str
    rows: tuple[RowWords, ...]
    text: str


@dataclass(frozen=True, slots=True)
class LookWords:
    """One look of the office at what was sent."""

    iso: str
    at: str
    act: str
    by: str


@dataclass(frozen=True, slots=True)
class CaseWords:
    """All of it; `sent` is what was sent a moment ago, `cut` that not all of it came.

    `open`: more may be sent; `leaving`: nothing more, until the office has answered a withdrawal.
    """

    open: bool
    leaving: bool
    state: str
    outcome: str
    due: str
    due_on: str
    handler: str
    question: str
    question_at: str
    sent: str
    items: tuple[ItemWords, ...]
    own: tuple[OwnLines, ...]
    looks: tuple[LookWords, ...]
    cut: bool = False

    @property
    def unasked(self) -> bool:
        """Nobody waits for an answer of the citizen."""
        return not self.question_at

    @property
    def unanswered(self) -> bool:
        """The office has said nothing yet."""
        return not self.items

    @property
    def unseen(self) -> bool:
        """Nobody has looked yet."""
        return not self.looks


def case_words(
    case: CaseView, names: Mapping[str, str], main: str, sent: MessageKind | None = None
) -> CaseWords:
    """A case as the server opened it; `names` are those of offices, `main` of the main one."""
    leaving = sent is MessageKind.WITHDRAWAL or case.withdrawing
    question = None if leaving else case.question
    items = [_item(answer, proof, case, names) for answer, proof in case.items]
    return CaseWords(
        open=case.state.open and not leaving,
        leaving=leaving,
        state=SAY["withdrawing"] if leaving else case.state.label,
        outcome=case.outcome.label if case.outcome and not leaving else "",
        due=write_date(case.due) if case.due else "",
        due_on=case.due.isoformat() if case.due else "",
        handler=names.get(case.office, main),
        question=question.text if question else "",
        question_at=write_meta(question.at) if question else "",
        sent=sent.label if sent else "",
        items=tuple(reversed(items)),
        own=tuple(map(_own, case.sent)),
        looks=tuple(map(_look, case.looks)),
    )


def _item(answer: Answer, proof: Proof, case: CaseView, names: Mapping[str, str]) -> ItemWords:
    signed = answer.signature
    number, notice = case.header.number, case.header.notice
    return ItemWords(
        iso=iso(answer.at),
        at=write_meta(answer.at),
        kind=answer.kind.label,
        state=answer.state.label if answer.kind is AnswerKind.STATUS else "",
        outcome=answer.outcome.label if answer.outcome else "",
        reason=answer.reason,
        text=answer.text,
        sound=proof is Proof.SOUND,
        false=proof is Proof.FALSE,
        unknown=proof is Proof.UNKNOWN,
        unsigned=proof is Proof.UNSIGNED,
        office=names.get(signed.office, signed.office) if signed else "",
        signed=text_of(answer, number, notice) if signed else "",
    )


def _own(sent: Objection | Message) -> OwnLines:
    words = own_words(sent)
    rows = tuple(RowWords(question, answer) for question, answer in words.rows)
    return OwnLines(words.title, write_meta(words.at), rows, words.text)


def _look(look: Look) -> LookWords:
    return LookWords(iso(look.at), write_meta(look.at), look.act.label, look.by)
