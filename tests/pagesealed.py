"""An envelope as a page makes it, sealed with Debian's age: pyrage adds a stanza of its own."""

from __future__ import annotations

import io
import secrets
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from portal.domain.exchange import write_objection
from portal.domain.objection import (
    EntryRef,
    Evidence,
    Grounds,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.receipt_code import ReceiptCode, code_from
from portal.sealed.envelope import Header, Member, container, write_head
from portal.sealed.public_keys import PublicKeys
from portal.sealed.receipts import derived
from portal.sealed.suites import AGE
from tests.publicside import OPEN, SLUG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.test import TestResponse

    from tests.publicside import Citizen, PublicSide

ENTRY = EntryRef("平定县甲制造有限公司", "组织", county="平定县")
OBJECTION = Objection(
    number="",
    notice=SLUG,
    revision=1,
    received=OPEN,
    objector=Objector(ObjectorKind.PERSON, "钱七", phone="13912345678"),
    grounds=(Grounds.UNTRUE,),
    facts="产值数据与统计公报不一致，见附件。",
    privacy="1",
)


def age(data: bytes, keys: Sequence[str]) -> bytes:
    """Sealed by the age of the system."""
    arguments = [part for key in keys for part in ("-r", key)]
    return subprocess.run(
        ["/usr/bin/age", *arguments], input=data, capture_output=True, check=True
    ).stdout


@dataclass
class Page:
    """A page of the form that seals; `sent` is what it would send."""

    citizen: Citizen
    slug: str = SLUG
    office: str = "pingding-office"
    code: ReceiptCode = field(default_factory=lambda: code_from(secrets.token_bytes(15)))
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.citizen.begin(self.slug)
        hidden = self.citizen.hidden()
        self.headers |= {"X-Form-Token": str(hidden["token"]), "X-Privacy": "1"}

    @property
    def side(self) -> PublicSide:
        return self.citizen.side

    def header(self, **changes: Any) -> Header:
        known = derived(self.code, self.side.suite)
        values = {"notice": self.slug, "office": self.office, "reply": known.reply, **changes}
        return Header("objection", known.lookup, sealed="page", **values)

    def envelope(
        self,
        objection: Objection = OBJECTION,
        files: Sequence[bytes] = (),
        *,
        header: Header | None = None,
        keys: Sequence[str] = (),
        plain: bytes | None = None,
    ) -> bytes:
        header = header or self.header()
        recipients = keys or PublicKeys(self.side.root / "keys/public").recipients(
            self.office, self.slug
        )
        members = [Member(f"files/{n}.pdf", len(b), io.BytesIO(b)) for n, b in enumerate(files, 1)]
        document = write_objection(objection, header.bound)
        inside = container("objection.json", document, members).read() if plain is None else plain
        target = io.BytesIO()
        suite = self.side.suite
        write_head(header, target, suite.name)
        if suite is AGE:
            return target.getvalue() + age(inside, recipients)
        suite.seal(io.BytesIO(inside), target, recipients)
        return target.getvalue()

    def send(self, body: bytes, **headers: str) -> TestResponse:
        return self.citizen.client.post(
            f"/objections/{self.slug}/sealed",
            data=body,
            headers={**self.headers, **headers},
            content_type="application/octet-stream",
            environ_base=self.citizen.environ,
        )


def evidence(data: bytes, name: str = "证据.pdf", **changes: Any) -> Evidence:
    """What the document says of file 1."""
    import hashlib

    values = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **changes}
    return Evidence("files/1.pdf", name, **values)
