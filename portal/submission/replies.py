"""Replies: what the holder of a receipt code may read about the case."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.exchange import read_answer, read_look, read_message, read_objection
from portal.domain.objection import (
    Answer,
    AnswerKind,
    CaseState,
    Look,
    Message,
    Objection,
    Outcome,
)
from portal.errors import SealError
from portal.sealed.envelope import Header, read_header
from portal.sealed.paper_cases import header_of
from portal.sealed.plain_tar import plain_members
from portal.sealed.receipts import derived
from portal.sealed.signed_answers import Proof, proof_of
from portal.sealed.suites import suite_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from portal.domain.receipt_code import ReceiptCode
    from portal.sealed.boxes import Box, Stored
    from portal.sealed.public_keys import PublicKeys
    from portal.sealed.receipts import Derived


LARGEST = 1024 * 1024  # bytes; an answer is a text of 20,000 characters, padded
MOST_BESIDE = 200


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as its sender sees it. `waiting` counts later messages the desk has not taken yet.

    `items` are all that came, with what their signatures say; `sent` what the citizen wrote, where
    a copy was wanted.
    """

    header: Header
    items: tuple[tuple[Answer, Proof], ...]
    waiting: tuple[Header, ...]
    looks: tuple[Look, ...] = ()
    sent: tuple[Objection | Message, ...] = ()

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What the office said: not what bears a false signature."""
        return tuple(answer for answer, proof in self.items if proof.counts)

    @property
    def state(self) -> CaseState:
        """State after the last answer."""
        return self.answers[-1].state if self.answers else CaseState.RECEIVED

    @property
    def office(self) -> str:
        """The office that handles the case now."""
        handed = [answer.office for answer in self.answers if answer.office]
        return handed[-1] if handed else self.header.office

    @property
    def due(self) -> date | None:
        """The day by which the office aims to reply, while it has not."""
        return self.answers[-1].due if self.answers and self.state.open else None

    @property
    def outcome(self) -> Outcome | None:
        """How a closed case ended."""
        return self.answers[-1].outcome if self.answers else None

    @property
    def question(self) -> Answer | None:
        """The last question of the office, while the case is open."""
        asked = [answer for answer in self.answers if answer.kind is AnswerKind.QUESTION]
        return asked[-1] if asked and self.state.open else None


def open_answer(sealed: Stored, identity: str) -> Answer:
    """Unseal one answer with the reply identity of a code; raises SealError."""
    header, document = _opened(sealed, identity, "answer")
    try:
        answer = read_answer(document, header.bound)
    except ValueError as error:
        raise SealError("答复的内容无法识别") from error
    if answer.seq != header.seq:
        raise SealError("答复的序号与信封不一致")
    return answer


def open_look(sealed: Stored, identity: str) -> Look:
    """Unseal one note of who has looked; raises SealError."""
    header, document = _opened(sealed, identity, "look")
    try:
        return read_look(document, header.bound)
    except ValueError as error:
        raise SealError("查看记录的内容无法识别") from error


def open_copy(sealed: Stored, identity: str) -> Objection | Message:
    """Unseal the citizen's own copy of what was sent; raises SealError."""
    try:
        header, document = _opened(sealed, identity, "copy", "objection")
        return read_objection(document, header.bound)
    except SealError:
        header, document = _opened(sealed, identity, "copy", "message")
        return read_message(document, header.bound)


def _opened(sealed: Stored, identity: str, kind: str, name: str = "") -> tuple[Header, bytes]:
    """Header and document. Who can write to the carried folder can put anything there."""
    stream, plain = io.BytesIO(sealed.read(LARGEST)), io.BytesIO()
    header = read_header(stream)
    suite_named(header.suite).open(stream, plain, [identity])
    document = dict(plain_members(plain.getvalue())).get(f"{name or kind}.json")
    if document is None or header.kind != kind:
        raise SealError("答复的内容无法识别")
    return header, document


def _looks(box: Box, known: Derived) -> tuple[Look, ...]:
    """Who has looked, oldest first; a note that cannot be opened hides no other."""
    found = []
    for note in box.looks(known.lookup)[:MOST_BESIDE]:
        with suppress(SealError, FileNotFoundError):
            found.append(open_look(note, known.identity))
    return tuple(sorted(found, key=lambda look: look.at))


def _copies(box: Box, known: Derived) -> tuple[Objection | Message, ...]:
    """What the citizen wrote, oldest first."""
    found: list[Objection | Message] = []
    for note in box.looks(known.lookup)[:MOST_BESIDE]:
        with suppress(SealError, ValueError, FileNotFoundError):
            found.append(open_copy(note, known.identity))
    return tuple(sorted(found, key=lambda item: (isinstance(item, Message), _sent_at(item))))


def _sent_at(item: Objection | Message) -> datetime:
    return item.sent if isinstance(item, Message) else item.received


def read_case(box: Box, code: ReceiptCode, keys: PublicKeys) -> CaseView | None:
    """The case of a code, or None; an answer that cannot be opened ends the list.

    `keys` are those that offices sign their answers with.
    """
    known = derived(code)
    header = header_of(box, known.lookup)
    if header is None:
        return None
    known = derived(code, header.replies)
    answers = []
    for sealed in box.answers(known.lookup):
        try:
            answers.append(open_answer(sealed, known.identity))
        except (SealError, FileNotFoundError):
            break
    items = tuple(proved(header, answers, keys))
    waiting = box.messages(known.lookup)
    return CaseView(header, items, waiting, _looks(box, known), _copies(box, known))


def proved(
    header: Header, answers: Sequence[Answer], keys: PublicKeys
) -> Iterator[tuple[Answer, Proof]]:
    """Each answer with what its signature says.

    Only the office that has the case then may sign. Once an office has signed, what bears no
    signature, one given before, or the same again, is none of the office's.
    """
    office, last = header.office, None
    seen: set[str] = set()
    for answer in answers:
        signed = answer.signature
        public = keys.signs(signed.office, header.notice) if signed else None
        proof = proof_of(answer, header.number, header.notice, public)
        if signed is None:
            proof = Proof.FALSE if last else proof
        elif signed.office != office or signed.value in seen or (last and signed.at < last):
            proof = Proof.FALSE
        if signed and proof is Proof.SOUND:
            last = signed.at
            seen.add(signed.value)
        if answer.office and proof.counts:
            office = answer.office
        yield answer, proof
