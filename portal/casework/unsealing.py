"""Unsealing: envelopes back to documents and files; the desk's side only, contents in memory only.

Nothing is handed out before the whole envelope has been decrypted and checked: a suite reports
damage only after it has written the good chunks before it.
"""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, BinaryIO

from portal.domain.exchange import read_answer, read_message, read_objection
from portal.errors import SealError
from portal.sealed.envelope import SIZE_LIMIT, Header, read_header
from portal.sealed.plain_tar import plain_members
from portal.sealed.spoken import voice_of
from portal.sealed.suites import suite_named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from portal.domain.objection import Answer, Evidence, Message, Objection
    from portal.sealed.spoken import Voice

_DOCUMENTS = frozenset({"objection.json", "message.json", "answer.json", "shared.json"})
_MEMBER = re.compile(r"files/[1-9][0-9]?\.[a-z0-9]{1,5}")


@dataclass(frozen=True)
class Unsealed:
    """A whole envelope in the clear: its header, its document, its files by member name."""

    header: Header
    document: bytes
    files: Mapping[str, bytes]
    _sums: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def file(self, evidence: Evidence) -> bytes:
        """The bytes of one file, if they are those the document describes."""
        data = self.files.get(evidence.member)
        if data is None or self._sum(evidence.member) != evidence.sha256:
            raise SealError("附件与异议书中记载的校验值不符")
        return data

    def _sum(self, member: str) -> str:
        """Computed once: a document can name one large member a thousand times."""
        if member not in self._sums:
            self._sums[member] = hashlib.sha256(self.files[member]).hexdigest()
        return self._sums[member]


def unseal(source: BinaryIO, identities: Sequence[str]) -> Unsealed:
    """Open an envelope; raises SealError for a wrong key, damage, or anything unexpected inside."""
    header = read_header(source)
    plain = io.BytesIO()
    suite_named(header.suite).open(source, plain, identities)
    document, files = _members(plain.getvalue())
    return Unsealed(header, document, files)


def unseal_file(path: Path, identities: Sequence[str]) -> Unsealed:
    """Open an envelope of the desk's store."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise SealError("信封超过允许的大小，不予启封")
        with path.open("rb") as source:
            return unseal(source, identities)
    except FileNotFoundError as error:
        raise SealError("信封文件不在：请先收取，或者查看留存期清理记录") from error


def _members(plain: bytes) -> tuple[bytes, dict[str, bytes]]:
    document: bytes | None = None
    files: dict[str, bytes] = {}
    for name, content in plain_members(plain):
        if name in _DOCUMENTS and document is None:
            document = content
        elif _MEMBER.fullmatch(name) and name not in files:
            files[name] = content
        else:
            raise SealError("信封内容的格式不符")
    if document is None:
        raise SealError("信封内没有文书")
    return document, files


def objection_of(unsealed: Unsealed) -> Objection:
    """The objection inside; SealError when it is not this header's, or not one at all."""
    try:
        objection = read_objection(unsealed.document, unsealed.header.bound)
    except ValueError as error:
        raise SealError("异议书的内容无法识别，或者与信封头部不符") from error
    header = unsealed.header
    if header.sealed and header.received:  # a page knows neither number nor time
        objection = replace(objection, number=header.number, received=header.received)
    if (objection.number, objection.notice) != (header.number, header.notice):
        raise SealError("异议书的编号或者公告与信封头部不符")
    return objection


def message_of(unsealed: Unsealed, speaks: str) -> tuple[Message, Voice]:
    """The later message inside, and whose it is by the key of its objection; SealError."""
    header = unsealed.header
    try:
        message = read_message(unsealed.document, header.bound)
    except ValueError as error:
        raise SealError("补充材料的内容无法识别，或者与信封头部不符") from error
    voice = voice_of(message, header.bound, speaks)
    if header.sealed and header.received:  # a page's own clock is signed, and not believed
        message = replace(message, sent=header.received)
    return message, voice


def answer_of(unsealed: Unsealed) -> Answer:
    """The office's own answer inside its copy."""
    try:
        return read_answer(unsealed.document, unsealed.header.bound)
    except ValueError as error:
        raise SealError("答复副本的内容无法识别") from error
