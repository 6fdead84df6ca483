"""Several public hosts share a store and a database: any of them goes on with any form."""

from dataclasses import dataclass, replace

import pytest
from flask import Flask

from portal.config.shared_settings import SharedSettings
from portal.sealed.courier import desk_side
from portal.sealed.dropbox import DropBox
from portal.sealed.store_courier import carry, store_exchange
from tests.casedesk import fresh_database
from tests.objectstore import StoreServer, free_ports
from tests.publicside import SLUG, Citizen, PublicSide, pdf

pytestmark = pytest.mark.postgres
SECRET = "x" * 32


@dataclass
class Hosts:
    """Two hosts that share nothing but keys, store and database; requests go to them in turn."""

    side: PublicSide
    apps: list[Flask]
    shared: SharedSettings

    def citizen(self) -> Citizen:
        citizen = Citizen(self.side, self.apps[0])
        clients = [app.test_client() for app in self.apps]
        turn = iter(range(10_000))

        def open_in_turn(*given: object, **how: object) -> object:
            one, other = clients[:: 1 if next(turn) % 2 else -1]
            for cookie in list(other._cookies.values()):
                one._cookies[cookie._storage_key] = cookie
            return one.open(*given, **how)

        first = citizen.client
        first.open = open_in_turn  # type: ignore[method-assign]
        return citizen

    def objections(self) -> list[str]:
        """What reaches the desk, opened with the keys of its offices."""
        side, box = self.side, self.shared.box(self.side.root)
        assert box is not None
        carrier = DropBox(side.root / "carrier")
        assert store_exchange(box, carrier, side.desk, 0, side.key).troubles == []
        found = []
        for path in sorted(side.desk.envelopes.glob("*.sealed")):
            _, members = side.open(path)
            found += [data.decode("utf-8", "replace") for data in members.values()]
        return found


def host(side: PublicSide, name: str, shared: SharedSettings) -> Flask:
    own = PublicSide(side.root / name, side.catalogue, side.clock)
    (own.root / "keys").parent.mkdir(parents=True, exist_ok=True)
    (own.root / "keys").symlink_to(side.root / "keys")
    return own.app(shared=shared, secret=SECRET)


@pytest.fixture
def hosts(side: PublicSide, store_server: StoreServer, postgres: str) -> Hosts:
    side.app()  # makes the receipt key, which all hosts then only read
    shared = store_server.settings(fresh_database(postgres))
    return Hosts(side, [host(side, name, shared) for name in ("one", "two")], shared)


def test_any_host_goes_on_with_any_form(hosts: Hosts) -> None:
    citizen = hosts.citizen()
    citizen.begin()
    attached = b"%PDF-1.4 " + b"7" * 3_000_000
    citizen.check(files=[pdf("一.pdf", attached)])
    assert "一.pdf" in citizen.page
    citizen.press("change")
    assert "一.pdf" in citizen.page
    citizen.check()
    citizen.press("send")
    code = citizen.receipt_code()
    assert "已收到" in citizen.look_up(code)
    citizen.say("evidence", text="再补充一句。")
    found = hosts.objections()
    assert any(attached.decode() == text for text in found)
    assert any("再补充一句。" in text for text in found)
    assert "已收到" in citizen.look_up(code)


def test_a_host_keeps_nothing_of_what_was_sent(hosts: Hosts) -> None:
    hosts.citizen().object(files=[pdf("一.pdf", b"%PDF-1.4 " + b"7" * 3_000_000)])
    kept = {
        path.relative_to(hosts.side.root / name).parts[0]
        for name in ("one", "two")
        for path in (hosts.side.root / name).rglob("*")
        if path.is_file() and "keys" not in path.parts
    }
    assert kept <= {"cache", "format"}


def test_hosts_count_together(hosts: Hosts) -> None:
    limit = replace(hosts.apps[0].extensions["portal.intake"].options.limits, drafts_per_address=3)
    for app in hosts.apps:
        options = app.extensions["portal.intake"].options
        object.__setattr__(options, "limits", limit)
    citizen = hosts.citizen()
    citizen.begin()
    codes = []
    for _ in range(4):
        citizen.check()
        codes.append(citizen.code)
        citizen.begin()
    assert codes == [200, 200, 200, 429]


def away(hosts: Hosts, *, store: bool) -> Flask:
    port = free_ports(1)[0]
    gone = (
        replace(hosts.shared, endpoint=f"http://127.0.0.1:{port}")
        if store
        else replace(hosts.shared, database=f"postgresql://x@127.0.0.1:{port}/x")
    )
    return host(hosts.side, f"away-{store}", gone)


@pytest.mark.parametrize("store", [True, False])
def test_what_is_away_is_said_in_words_and_nothing_is_half_taken(hosts: Hosts, store: bool) -> None:
    broken = away(hosts, store=store)
    citizen = Citizen(hosts.side, broken)
    if store:
        citizen.begin()
        citizen.check()
        citizen.press("send")
    else:
        citizen.get(f"/objections/{SLUG}/new")
        citizen.check()
    assert citizen.code == 503
    assert "没有完成" in citizen.page or "没有接收" in citizen.page
    assert hosts.objections() == []
    if store:  # the form is where it was: the next host takes it
        citizen.client = hosts.apps[0].test_client()


def test_a_desk_without_the_store_gets_it_by_the_carried_folder(hosts: Hosts) -> None:
    hosts.citizen().object()
    side, box = hosts.side, hosts.shared.box(hosts.side.root)
    assert box is not None
    stick = DropBox(side.root / "stick")
    assert carry(box, stick, 0, side.key.public).taken == 1
    assert desk_side(stick, side.desk, 0, side.key).taken == 1
    assert carry(box, stick, 0, side.key.public).settled == 1
    assert box.arrivals() == []
