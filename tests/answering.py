"""An office that answers the only case of a public side, signing what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.casework.answer_signing import answer_key, signed_answer
from portal.domain.exchange import write_answer, write_look
from portal.domain.objection import Answer, AnswerKind, CaseState, Look, LookAct
from portal.sealed.dropbox import publish
from portal.sealed.envelope import Header, container
from portal.sealed.public_keys import SIGNS
from portal.sealed.sealing import Sealer
from tests.publicside import OPEN, SLUG

if TYPE_CHECKING:
    from tests.publicside import PublicSide

OFFICE = "pingding-office"


class Office:
    """The case must have been collected; what is said lies in the outbox at once."""

    def __init__(self, side: PublicSide) -> None:
        self.side = side
        self.identity = side.identities[OFFICE, SLUG]
        self.key = answer_key(self.identity)
        path = side.root / "keys" / "public" / OFFICE / f"{SLUG}.pub"
        path.write_text(f"{SIGNS} {self.key.public}\n{path.read_text()}")
        self.said = 0

    @property
    def asked(self) -> Header:
        [case] = self.side.box.cases.glob(f"{'?' * 32}.json")
        header = self.side.box.header(case.stem)
        assert header is not None
        return header

    def put(self, header: Header, name: str, document: bytes) -> None:
        target = self.side.box.outbox / f"{header.name}.sealed"
        sealer = Sealer((self.asked.reply,))
        content = container(name, document)
        publish(self.side.box.tmp, target, lambda out: sealer.seal(header, content, out))

    def say(self, kind: AnswerKind, state: CaseState, *, forged: bool = False, **more: Any) -> None:
        self.said += 1
        answer = Answer(self.said, OPEN + timedelta(hours=self.said), kind, state, **more)
        signed = signed_answer(
            answer,
            number=self.asked.number,
            notice=SLUG,
            office=OFFICE,
            identities=[self.identity],
            at=answer.at,
        )
        signed = replace(signed, text="冒充的话") if forged else signed
        header = Header("answer", self.asked.lookup, seq=self.said)
        self.put(header, "answer.json", write_answer(signed, header.bound))

    def look(self) -> None:
        header = Header("look", self.asked.lookup, id="0123456789abcdef")
        seen = Look(OPEN, LookAct.REVEAL, "平定县办公室，经办人员")
        self.put(header, "look.json", write_look(seen, header.bound))
