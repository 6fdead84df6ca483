"""The desk app with its staff, on a clock that the test turns."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from portal.casework.models import Staff
from portal.casework.people import Person, Role
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.desk.desk_app import create_app
from portal.desk.entry.accounts import Credentials, NewStaff
from portal.desk.entry.late_forms import cookie_name
from portal.desk.entry.onetime import code_at
from portal.desk.entry.passwords import Passwords
from portal.desk.entry.sessions import id_hash
from portal.desk.services import Desk
from tests.casedesk import (  # noqa: F401 - fixtures
    AUDITOR,
    CITY,
    CITY_2,
    EVERYONE,
    NOW,
    OFFICES,
    PINGDING,
    SUPERVISOR,
    CaseDesk,
    Keys,
    catalogue,
    make_keys,
    migrated_sqlite,
    postgres,
    register,
    sqlite_register,
)
from tests.contract import ContractClient


class Clock:
    """The time, turned by hand; like a real clock, it never says the same twice."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def on(self, **ahead: float) -> None:
        self.now += timedelta(**ahead)


@dataclass
class Office:
    """The app, its people and what they were handed."""

    app: Flask
    clock: Clock
    cases: CaseDesk
    credentials: dict[str, Credentials] = field(default_factory=dict)

    @property
    def desk(self) -> Desk:
        found: Desk = self.app.extensions["portal.desk"]
        return found

    def client(self):
        return self.app.test_client()

    def code(self, username: str) -> str:
        return code_at(self.credentials[username].secret, self.clock.now)

    def sign_in(self, person: Person, client=None):
        """A client signed in as a person; the clock moves on, since a code is good once."""
        client = client or self.client()
        self.clock.on(seconds=60)
        held = self.credentials[person.username]
        data = {
            "username": person.username,
            "password": held.password,
            "code": self.code(person.username),
            "csrf_token": token(client, "/sign-in"),
        }
        response = client.post("/sign-in", data=data)
        assert response.status_code == 302, response.text
        return client

    def unlock(self, client, office: str, notice: str) -> None:
        """What typing the passphrase does, without a second of scrypt."""
        value = client.get_cookie(cookie_name(self.desk)).value
        live = self.desk.sessions.find(value, self.clock.now)
        identity = self.cases.identities[office, notice]
        self.desk.keyring.of(live).identities[office, notice] = identity
        assert live.id_hash == id_hash(value)

    def opened(self, person: Person, citizen):
        """A client signed in, with a case unsealed."""
        client = self.sign_in(person)
        self.unlock(client, citizen.office, citizen.notice)
        assert post(client, f"/cases/{citizen.number}/open").status_code == 302
        return client


# Tokens of /password by the cookie of the forms: one is good as long as the cookie stays as it is.
_TOKENS: WeakKeyDictionary[FlaskClient, tuple[str, str]] = WeakKeyDictionary()


def token(client, path: str = "/password", **how) -> str:
    """The token of a page's form; that of /password is asked for once in each session."""
    if path != "/password" or how:
        return _written(client, path, **how)
    kept = _TOKENS.get(client)
    if not kept or kept[0] != _forms(client):
        found = _written(client, path)
        kept = _TOKENS[client] = (_forms(client), found)
    return kept[1]


def _forms(client) -> str:
    """All by which the desk knows whose form it is, and whether the session holds."""
    app = client.application
    names = (app.config["SESSION_COOKIE_NAME"], cookie_name(app.extensions["portal.desk"]))
    return "\n".join(str(cookie and cookie.value) for cookie in map(client.get_cookie, names))


def _written(client, path: str, **how) -> str:
    text = client.get(path, **how).text
    at = text.index('name="csrf_token"')
    return text[at:].split('value="', 1)[1].split('"', 1)[0]


def post(client, path: str, data: dict | None = None, **how):
    return client.post(path, data={"csrf_token": token(client), **(data or {})}, **how)


def make_office(
    tmp_path: Path, url: str, *, published=None, paths: Paths | None = None, now=NOW, **settings
) -> Office:
    clock = Clock(now)
    published = published or catalogue()
    config = DeskSettings(
        paths=paths or Paths(state=tmp_path / "state"),
        database=url,
        secret="a secret of the tests",
        keys_folder=tmp_path / "keys",
        plain_http=True,
        supervisor="discipline",
        **settings,
    )
    app = create_app(config, clock, published if callable(published) else lambda: published)
    app.testing = True
    app.test_client_class = ContractClient
    desk: Desk = app.extensions["portal.desk"]
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    desk.accounts._passwords = desk.signing_in._passwords = cheap
    keys = Keys(tmp_path / "keys", config.made_keys.suite, config.made_keys.module)
    office = Office(app, clock, CaseDesk(desk.room, make_keys(keys.root, keys)))
    for person in EVERYONE:
        new = NewStaff(person.username, person.name, person.role, person.office, person.county)
        office.credentials[person.username] = desk.accounts.add(new, NOW, "test")
    with desk.room.register.write() as session:
        for staff in session.query(Staff):
            staff.must_change = False
    return office


@pytest.fixture
def office(sqlite_register, tmp_path: Path) -> Office:  # noqa: F811
    """The desk on SQLite."""
    made = make_office(tmp_path, str(sqlite_register.engine.url))
    yield made
    made.desk.close()


__all__ = ["AUDITOR", "CITY", "CITY_2", "OFFICES", "PINGDING", "SUPERVISOR", "Role"]
