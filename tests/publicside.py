"""The internet-facing side in small: two county windows, keys, a clock that tests set."""

from __future__ import annotations

import html
import io
import operator
import re
import tarfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portal.casework.desk_key import DeskKey
from portal.casework.identities import new_identity
from portal.config.common import Paths
from portal.config.public_settings import PublicSettings
from portal.domain.exchange import read_message, read_objection
from portal.domain.receipt_code import read_code
from portal.domain.routing import ESCROW
from portal.domain.workdays import SHANGHAI
from portal.intake.intake_options import IntakeLimits
from portal.public import create_app
from portal.sealed.courier import DeskFolders, Report, exchange
from portal.sealed.dropbox import DropBox
from portal.sealed.envelope import Header, read_header
from portal.sealed.public_keys import PublicKeys
from portal.sealed.receipts import ReceiptSigner
from portal.sealed.spoken import Voice, speaker, voice_of
from portal.sealed.suites import AGE, Suite, suite_named
from portal.submission.submitting import Submissions
from tests.contract import ContractClient, followed
from tests.sites import PINGDING, YUXIAN, SiteTree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flask import Flask

    from portal.content.catalogue import Catalogue
    from portal.domain.objection import Message, Objection
    from portal.ledger.signing import SigningKey

# Both windows of tests.sites: 2021-12-06 (a Monday) to 2021-12-10, published at 08:30.
OPEN = datetime(2021, 12, 7, 10, 0, tzinfo=SHANGHAI)
OPENS = datetime(2021, 12, 6, 8, 30, tzinfo=SHANGHAI)
CLOSES = datetime(2021, 12, 11, 0, 0, tzinfo=SHANGHAI)
SLUG = "pingding-list"
OFFICES = ("pingding-office", "yuxian-office", "city-office", ESCROW)
BY_NAME = operator.attrgetter("name")
PDF = b"%PDF-1.4 a small document"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = OPEN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        self.now += timedelta(**units)


@dataclass
class PublicSide:
    """Everything of one public machine below `root`, and the identities that only tests hold."""

    root: Path
    catalogue: Catalogue
    clock: Clock = field(default_factory=Clock)
    identities: dict[tuple[str, str], str] = field(default_factory=dict)
    suite: Suite = AGE

    @property
    def box(self) -> DropBox:
        return DropBox(self.root / "dropbox").prepare()

    @property
    def desk(self) -> DeskFolders:
        return DeskFolders(self.root / "desk").prepare()

    @property
    def key(self) -> SigningKey:
        """The key of the desk that signs what it took."""
        return DeskKey(self.root / "keys").signer()

    def make_keys(self, slugs: Sequence[str], offices: Sequence[str] = OFFICES) -> None:
        for slug in slugs:
            for office in offices:
                identity, public = new_identity(self.suite)
                self.identities[office, slug] = identity
                path = self.root / "keys" / "public" / office / f"{slug}.pub"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"# {office}\n{public}\n")

    def submissions(self) -> Submissions:
        return Submissions(self.box, PublicKeys(self.root / "keys/public"), ReceiptSigner.new())

    def settings(self, **changes: object) -> PublicSettings:
        limits = changes.pop("limits", IntakeLimits(free_bytes=0, minimum_seconds=3))
        return PublicSettings(
            paths=Paths(content=(), notices=(), state=self.root),
            keys_folder=self.root / "keys",
            dropbox_folder=self.root / "dropbox",
            spool_folder=self.root / "spool",
            limits=limits,
            **changes,  # type: ignore[arg-type]
        )

    def app(self, **changes: object) -> Flask:
        app = create_app(self.settings(**changes), self.clock, lambda: self.catalogue)
        app.config["TESTING"] = True
        app.test_client_class = ContractClient
        return app

    def collect(self) -> Report:
        return exchange(self.box, self.desk, self.clock().timestamp(), self.key)

    def open(self, path: Path, office: str = "pingding-office") -> tuple[Header, dict[str, bytes]]:
        """Header and members of an envelope, opened as the desk would."""
        plain = io.BytesIO()
        with path.open("rb") as stream:
            header = read_header(stream)
            keys = [self.identities[office, header.notice]]
            suite_named(header.suite).open(stream, plain, keys)
        plain.seek(0)
        with tarfile.open(fileobj=plain) as archive:
            return header, {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]

    def objections(self) -> list[Objection]:
        """Every objection in the inbox, opened with the key of its office."""
        found = []
        for path in sorted(self.box.inbox.glob("*.sealed")):
            with path.open("rb") as stream:
                office = read_header(stream).office
            header, members = self.open(path, office)
            if header.kind == "objection":
                found.append(read_objection(members["objection.json"], header.bound))
        return found

    def messages(self) -> list[Message]:
        found = []
        for path in sorted(self.box.inbox.glob("*.*.sealed")):
            header, members = self.open(path)
            found.append(read_message(members["message.json"], header.bound))
        return found

    def voices(self, code: str) -> list[Voice]:
        """Whose each later message is, by the key of a code."""
        speaks, found = speaker(read_code(code), self.suite).public, []
        for path in sorted(self.box.inbox.glob("*.*.sealed")):
            header, members = self.open(path)
            message = read_message(members["message.json"], header.bound)
            found.append(voice_of(message, header.bound, speaks))
        return found


def public_side(tree: SiteTree, root: Path, suite: Suite = AGE) -> PublicSide:
    """A public side over the two county windows of tests.sites, with all keys made."""
    catalogue = tree.write(PINGDING).write(YUXIAN).record().catalogue()
    side = PublicSide(root, catalogue, suite=suite)
    side.make_keys([notice.slug for notice in catalogue.notices if notice.window])
    return side


ANSWERS = {
    "entries": "组织:平定县甲制造有限公司:",
    "grounds": "untrue",
    "kind": "person",
    "name": "钱七",
    "phone": "13912345678",
    "facts": "该单位申报材料中的产值数据与统计公报不一致，附公报截图。",
}


class Citizen:
    """Fills in the form as a browser without script does: every hidden field goes back."""

    def __init__(self, side: PublicSide, app: Flask | None = None, address: str = "") -> None:
        self.side = side
        self.client = (app or side.app()).test_client()
        self.environ = {"REMOTE_ADDR": address} if address else {}
        self.page = ""
        self.code = 0
        self.answers: dict[str, object] = dict(ANSWERS)

    def get(self, path: str) -> str:
        response = self.client.get(path, environ_base=self.environ)
        self.page, self.code = response.text, response.status_code
        return self.page

    def post(self, path: str, fields: dict[str, object]) -> str:
        given = self.client.post(path, data=fields, environ_base=self.environ)
        response = followed(given, self.client.open, {"environ_base": self.environ})
        response.request.environ["wsgi.input"].close()  # a temporary file above 500 KB
        self.page, self.code = response.text, response.status_code
        return self.page

    def hidden(self) -> dict[str, object]:
        """Hidden fields of the page's post form."""
        form = self.page[self.page.index('<form method="post"') :]
        pairs = re.findall(
            r'<input[^>]*?name="([^"]+)"[^>]*?type="hidden"[^>]*?value="([^"]*)"', form
        )
        pairs += re.findall(
            r'<input[^>]*?type="hidden"[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form
        )
        return {name: html.unescape(value) for name, value in pairs}

    def begin(self, slug: str = SLUG) -> str:
        page = self.get(f"/objections/{slug}/new")
        self.side.clock.forward(seconds=30)
        return page

    def check(self, slug: str = SLUG, **more: object) -> str:
        files = {k: v for k, v in more.items() if isinstance(v, list)}
        return self.post(
            f"/objections/{slug}/new", {**self.hidden(), **self.answers, **more, **files}
        )

    def press(self, action: str, slug: str = SLUG) -> str:
        return self.post(f"/objections/{slug}/check", {**self.hidden(), "action": action})

    def object(self, slug: str = SLUG, **more: object) -> str:
        """The whole way; the receipt code."""
        self.begin(slug)
        self.check(slug, **more)
        self.press("send", slug)
        return self.receipt_code()

    def receipt_code(self) -> str:
        found = re.search(r'id="receipt-code">([0-9A-Z-]+)<', self.page)
        assert found, self.errors() or self.page
        return found[1]

    def look_up(self, code: str) -> str:
        self.get("/objections/status")
        return self.post("/objections/status", {**self.hidden(), "code": code})

    def say(self, action: str, **more: object) -> str:
        return self.post("/objections/status/message", {**self.hidden(), "action": action, **more})

    def errors(self) -> list[str]:
        """The lines of the error summary."""
        found = re.search(r'class="error-summary".*?</div>', self.page, re.DOTALL)
        lines = re.findall(r"<li>(.*?)</li>", found[0], re.DOTALL) if found else []
        return [html.unescape(re.sub("<[^>]+>", "", line)) for line in lines]


def pdf(name: str = "证据.pdf", data: bytes = PDF) -> tuple[io.BytesIO, str]:
    """A file for a form field."""
    return io.BytesIO(data), name
