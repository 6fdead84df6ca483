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
    MessageKind,
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
    from collections.abc import Iterator, Mapping, Sequence
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

    @property
    def withdrawing(self) -> bool:
        """A withdrawal, of which a copy is here, waits: the office has said nothing since."""
        said = self.answers[-1].at if self.answers else None
        return self.state.open and any(
            isinstance(one, Message)
            and one.kind is MessageKind.WITHDRAWAL
            and (said is None or one.sent > said)
            for one in self.sent
        )


def open_answer(sealed: Stored, identity: str) -> Answer:
    """Unseal one answer with the reply identity of a code; raises SealError."""
    header, documents = _opened(sealed, identity, "answer")
    try:
        answer = read_answer(_one_of(documents, "answer.json"), header.bound)
    except ValueError as error:
        raise SealError("答复的内容无法识别") from error
    if answer.seq != header.seq:
        raise SealError("答复的序号与信封不一致")
    return answer


def open_beside(sealed: Stored, identity: str) -> Look | Objection | Message:
    """Unseal what lies beside the answers: who has looked, or a copy of the own words; SealError.

    It is opened once: that it is one of the two the readable line says.
    """
    header, documents = _opened(sealed, identity, "look", "copy")
    try:
        if header.kind == "look":
            return read_look(_one_of(documents, "look.json"), header.bound)
        if "objection.json" in documents:
            return read_objection(documents["objection.json"], header.bound)
        return read_message(_one_of(documents, "message.json"), header.bound)
    except ValueError as error:
        raise SealError("查看记录或者副本的内容无法识别") from error


def _opened(sealed: Stored, identity: str, *kinds: str) -> tuple[Header, dict[str, bytes]]:
    """Header and members. Who can write to the carried folder can put anything there."""
    stream, plain = io.BytesIO(sealed.read(LARGEST)), io.BytesIO()
    header = read_header(stream)
    if header.kind not in kinds:
        raise SealError("答复的内容无法识别")
    suite_named(header.suite).open(stream, plain, [identity])
    return header, dict(plain_members(plain.getvalue()))


def _one_of(documents: Mapping[str, bytes], name: str) -> bytes:
    if name not in documents:
        raise SealError("答复的内容无法识别")
    return documents[name]


def _beside(box: Box, known: Derived) -> tuple[tuple[Look, ...], tuple[Objection | Message, ...]]:
    """Who has looked and what the citizen wrote, oldest first; what is damaged hides none."""
    looks: list[Look] = []
    sent: list[Objection | Message] = []
    for note in box.looks(known.lookup)[:MOST_BESIDE]:
        with suppress(SealError, FileNotFoundError):
            found = open_beside(note, known.identity)
            if isinstance(found, Look):
                looks.append(found)
            else:
                sent.append(found)
    looks.sort(key=lambda look: look.at)
    sent.sort(key=lambda item: (isinstance(item, Message), _sent_at(item)))
    return tuple(looks), tuple(sent)


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
    return CaseView(header, items, box.messages(known.lookup), *_beside(box, known))


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
