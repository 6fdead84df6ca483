"""One machine with everything on it: site, form, desk, keys under a passphrase, cases."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from portal.backup.backup_writer import Written, make_backup
from portal.backup.holdings import Holdings
from portal.casework.identities import new_identity
from portal.casework.key_store import KeyStore
from portal.casework.people import Role
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.desk.desk_app import create_app
from portal.desk.entry.accounts import Credentials, NewStaff
from portal.desk.entry.passwords import Passwords
from portal.desk.services import Desk
from portal.domain.routing import ESCROW
from portal.submission.form_drafts import code_of, new_secret
from tests.casedesk import (
    fresh_database,
    migrated_sqlite,  # noqa: F401 - fixture
    postgres,  # noqa: F401 - fixture
)
from tests.objectstore import store_server  # noqa: F401 - fixture
from tests.publicside import OPEN, SLUG, PublicSide
from tests.sites import MINIMAL, PINGDING, YUXIAN, SiteTree
from tests.submission.test_submitting import Objecting

PASSPHRASE = "a passphrase of the tests"
IDENTITY, RECIPIENT = new_identity()


@dataclass
class Machine:
    """Everything below `root`; `numbers` are those of all acknowledged objections."""

    root: Path
    database: str = ""
    secret: str = ""
    side: PublicSide = field(init=False)
    desk: Desk = field(init=False)
    officer: Credentials = field(init=False)
    numbers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        tree = SiteTree(self.root / "site")
        (tree.root / "notices").mkdir(parents=True)
        tree.write(MINIMAL).write(PINGDING).write(YUXIAN).record()
        self.side = PublicSide(self.state, tree.catalogue())
        store = KeyStore(self.state / "keys")
        for office in ("pingding-office", "city-office", ESCROW):
            store.new(office, SLUG, PASSPHRASE, OPEN, work_factor=2)
        for office in ("yuxian-office", "city-office", ESCROW):
            store.new(office, "yuxian-list", PASSPHRASE, OPEN, work_factor=2)
        self.desk = create_app(self.settings(), self.side.clock).extensions["portal.desk"]
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.desk.accounts._passwords = self.desk.signing_in._passwords = cheap
        new = NewStaff("wang.pd", "王平", Role.COUNTY, "pingding-office", "pingding")
        self.officer = self.desk.accounts.add(new, OPEN, "test")

    @property
    def state(self) -> Path:
        return self.root / "state"

    def settings(self) -> DeskSettings:
        return DeskSettings(
            paths=Paths((self.root / "site/content",), (self.root / "site/notices",), self.state),
            database=self.database,
            secret=self.secret,
            keys_folder=self.state / "keys",
            dropbox_folder=self.state / "dropbox",
            plain_http=True,
        )

    def object(self, facts: str = "数据与统计公报不一致", data: bytes = b"") -> str:
        """An objection through the form's own door; returns only once it is acknowledged."""
        code = code_of(new_secret())
        number = Objecting(self.side).send(code, facts, data).header.number
        self.numbers.append(number)
        return number

    def collect(self) -> None:
        done = self.desk.collect(self.side.clock())
        assert not done.troubles, done.troubles

    def holdings(self) -> Holdings:
        settings = self.settings()
        kept = (("PORTAL_DESK_SECRET", self.secret),) if self.secret else ()
        return Holdings(
            self.state,
            settings.paths.content,
            settings.paths.notices,
            settings.keys,
            settings.dropbox,
            self.state / "spool",
            settings.url,
            kept,
        )

    def backup(self, target: Path, at: datetime = OPEN) -> Written:
        return make_backup(self.holdings(), target, [RECIPIENT], lambda: at)


@contextmanager
def machine_at(root: Path, database: str = "", secret: str = ""):
    made = Machine(root, database, secret)
    yield made
    made.desk.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def machine(request, tmp_path):
    url = ""
    if request.param == "postgres":
        url = fresh_database(request.getfixturevalue("postgres"))
    with machine_at(tmp_path / "machine", url, "a secret from the environment") as made:
        yield made


@pytest.fixture
def small(tmp_path):
    """The same on SQLite, its secret a file."""
    with machine_at(tmp_path / "machine") as made:
        yield made
