"""What the two sides send each other, as JSON documents; reading checks every field.

Either side treats the other's documents as untrusted: a wrong type, an unknown value or a text
over its limit is a ValueError that names the field.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import MAXYEAR, MINYEAR, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from portal.domain import objection as o
from portal.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

E = TypeVar("E", bound=StrEnum)
D = TypeVar("D", o.Objection, o.Message, o.Answer, o.Look)

OBJECTION_FORMAT = "portal-objection/1"
MESSAGE_FORMAT = "portal-message/1"
ANSWER_FORMAT = "portal-answer/1"
LOOK_FORMAT = "portal-look/1"
_TEXT_LIMIT = 20_000
_SHORT = 200
_MOST = 1000
"""Of anything in a list. The rules allow less: what breaks them is told, not unreadable."""
_LARGEST = 2**53  # every program reads such a number alike, every register keeps it


def _fault(where: str, what: str) -> ValueError:
    return ValueError(f"{where}: {what}")


class _Reader:
    """Typed access to one JSON object."""

    def __init__(self, data: Any, where: str) -> None:
        if not isinstance(data, dict):
            raise _fault(where, "not an object")
        self.data: Mapping[str, Any] = data
        self.where = where

    def text(self, key: str, limit: int = _SHORT) -> str:
        value = self.data.get(key, "")
        if not isinstance(value, str) or len(value) > limit or "\0" in value:
            raise _fault(f"{self.where}.{key}", f"not a text of at most {limit} characters")
        value.encode()  # half a character is a ValueError here, and could be shown nowhere
        return value

    def number(self, key: str) -> int:
        value = self.data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
            raise _fault(f"{self.where}.{key}", "not a number")
        return value

    def flag(self, key: str) -> bool:
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise _fault(f"{self.where}.{key}", "not true or false")
        return value

    def instant(self, key: str) -> datetime:
        value = datetime.fromisoformat(self.text(key, 40))
        if value.tzinfo is None:
            raise _fault(f"{self.where}.{key}", "no time zone")
        if value.year in {MINYEAR, MAXYEAR}:
            raise _fault(f"{self.where}.{key}", "a time that other time zones do not have")
        return value

    def day(self, key: str) -> date | None:
        if self.data.get(key) is None:
            return None
        return date.fromisoformat(self.text(key, 10))

    def member(self, key: str, kind: type[E]) -> E:
        return kind(self.text(key))

    def each(self, key: str, limit: int) -> list[_Reader]:
        values = self.data.get(key, [])
        if not isinstance(values, list) or len(values) > limit:
            raise _fault(f"{self.where}.{key}", f"not a list of at most {limit}")
        return [_Reader(value, f"{self.where}.{key}[{i}]") for i, value in enumerate(values)]

    def texts(self, key: str, limit: int) -> list[str]:
        values = self.data.get(key, [])
        if not isinstance(values, list) or len(values) > limit:
            raise _fault(f"{self.where}.{key}", f"not a list of at most {limit}")
        return [_Reader({"item": value}, f"{self.where}.{key}").text("item") for value in values]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.value if isinstance(value, StrEnum) else value


def _dump(form: str, bound: str, content: o.Objection | o.Message | o.Answer | o.Look) -> bytes:
    document = {"format": form, "bound": bound, "content": _plain(asdict(content))}
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _open(data: bytes, form: str, bound: str) -> _Reader:
    try:
        document = _Reader(json.loads(data), form)
    except RecursionError as error:
        raise _fault(form, "nested too deeply") from error
    if document.text("format") != form:
        raise ValueError(f"not a {form} document")
    if document.text("bound") != bound:
        raise ValueError("the document belongs to another envelope header")
    return _Reader(document.data.get("content"), form)


def write_objection(objection: o.Objection, bound: str) -> bytes:
    """An objection as JSON, bound to its envelope's header."""
    return _dump(OBJECTION_FORMAT, bound, objection)


def write_message(message: o.Message, bound: str) -> bytes:
    """A later message of the citizen as JSON, bound to its envelope's header."""
    return _dump(MESSAGE_FORMAT, bound, message)


def write_answer(answer: o.Answer, bound: str) -> bytes:
    """An item from the office as JSON, bound to its envelope's header."""
    return _dump(ANSWER_FORMAT, bound, answer)


def write_look(look: o.Look, bound: str) -> bytes:
    """Who has looked as JSON, bound to its envelope's header."""
    return _dump(LOOK_FORMAT, bound, look)


def checked(
    document: D, bound: str, write: Callable[[D, str], bytes], read: Callable[[bytes, str], D]
) -> bytes:
    """The bytes of a document that its own reader takes back unchanged; else UnreadableError.

    Whoever seals asks first: what has been sealed can no longer be mended.
    """
    try:
        data = write(document, bound)
        if read(data, bound) != document:
            raise UnreadableError("")
    except ValueError as error:
        where = str(error).partition(":")[0].rpartition(".")[2]
        raise UnreadableError(where if where.isidentifier() else "") from error
    return data


def _evidence(reader: _Reader) -> o.Evidence:
    return o.Evidence(
        reader.text("member"),
        reader.text("name"),
        reader.number("size"),
        reader.text("sha256", 64),
        reader.member("role", o.FileRole),
    )


def _objector(reader: _Reader) -> o.Objector:
    return o.Objector(
        reader.member("kind", o.ObjectorKind),
        reader.text("name"),
        reader.text("credit_code"),
        reader.text("contact"),
        reader.text("phone"),
        reader.text("address"),
    )


def read_objection(data: bytes, bound: str) -> o.Objection:
    """Read an objection; raises ValueError."""
    r = _open(data, OBJECTION_FORMAT, bound)
    return o.Objection(
        number=r.text("number"),
        notice=r.text("notice"),
        revision=r.number("revision"),
        received=r.instant("received"),
        objector=_objector(_Reader(r.data.get("objector"), "objector")),
        grounds=tuple(o.Grounds(value) for value in r.texts("grounds", len(o.Grounds))),
        facts=r.text("facts", _TEXT_LIMIT),
        privacy=r.text("privacy"),
        entries=tuple(
            o.EntryRef(
                e.text("name"),
                e.text("category"),
                e.text("grade"),
                e.text("county"),
                e.text("employer"),
            )
            for e in r.each("entries", _MOST)
        ),
        evidence=tuple(_evidence(e) for e in r.each("evidence", _MOST)),
        concerns_office=r.flag("concerns_office"),
        sensitive=r.flag("sensitive"),
        whole=r.flag("whole"),
        notify=r.text("notify"),
        speak=r.text("speak"),
    )


def read_message(data: bytes, bound: str) -> o.Message:
    """Read a later message of the citizen; raises ValueError."""
    r = _open(data, MESSAGE_FORMAT, bound)
    return o.Message(
        kind=r.member("kind", o.MessageKind),
        sent=r.instant("sent"),
        text=r.text("text", _TEXT_LIMIT),
        answers=None if r.data.get("answers") is None else r.number("answers"),
        evidence=tuple(_evidence(e) for e in r.each("evidence", _MOST)),
        signature=r.text("signature"),
    )


def read_look(data: bytes, bound: str) -> o.Look:
    """Read who has looked; raises ValueError."""
    r = _open(data, LOOK_FORMAT, bound)
    return o.Look(at=r.instant("at"), act=r.member("act", o.LookAct), by=r.text("by"))


def read_answer(data: bytes, bound: str) -> o.Answer:
    """Read an item from the office; raises ValueError."""
    r = _open(data, ANSWER_FORMAT, bound)
    return o.Answer(
        seq=r.number("seq"),
        at=r.instant("at"),
        kind=r.member("kind", o.AnswerKind),
        state=r.member("state", o.CaseState),
        text=r.text("text", _TEXT_LIMIT),
        reason=r.text("reason"),
        outcome=None if r.data.get("outcome") is None else r.member("outcome", o.Outcome),
        office=r.text("office"),
        signature=_signature(r),
        due=r.day("due"),
    )


def _signature(reader: _Reader) -> o.Signature | None:
    if reader.data.get("signature") is None:
        return None
    signed = _Reader(reader.data["signature"], "signature")
    return o.Signature(signed.text("office"), signed.instant("at"), signed.text("value"))
