"""Quotas: by the clock, shared by processes, and nothing in the file tells who came."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.workdays import SHANGHAI
from portal.submission.counters import Counters, Limit, Quotas, network_of
from portal.submission.form_database import FormDatabase
from portal.submission.shared_counters import SharedQuotas
from tests.casedesk import fresh_database

NOON = datetime(2021, 12, 7, 12, 0, tzinfo=SHANGHAI)
ADDRESS = "192.0.2.123"


@pytest.fixture
def quotas(tmp_path: Path) -> Quotas:
    return Quotas(tmp_path / "quotas.sqlite3").prepare()


@pytest.fixture(params=["file", pytest.param("shared", marks=pytest.mark.postgres)])
def counters(request: pytest.FixtureRequest, tmp_path: Path) -> Counters:
    if request.param == "file":
        return Quotas(tmp_path / "quotas.sqlite3").prepare()
    return SharedQuotas(FormDatabase(fresh_database(request.getfixturevalue("postgres"))))


def limits(**counts: int) -> list[Limit]:
    return [Limit(scope, count, f"{scope}用完") for scope, count in counts.items()]


def test_a_quota_ends_and_starts_anew_with_the_hour(counters: Counters) -> None:
    at = NOON + timedelta(minutes=40)
    assert [counters.take(limits(one=2), at) for _ in range(2)] == [None, None]
    refusal = counters.take(limits(one=2), at)
    assert refusal is not None
    assert (refusal.limit.what, refusal.wait) == ("one用完", 20 * 60)
    assert counters.take(limits(one=2), NOON + timedelta(minutes=59, seconds=59)) is not None
    assert counters.take(limits(one=2), NOON + timedelta(hours=1)) is None


def test_what_one_quota_refuses_counts_against_none(counters: Counters) -> None:
    counters.take(limits(narrow=1), NOON)
    assert counters.take(limits(wide=5, narrow=1), NOON) is not None
    assert counters.used("wide", NOON) == 0


def test_processes_and_threads_together_never_pass_a_quota(quotas: Quotas, tmp_path: Path) -> None:
    def use(passed: list[bool]) -> None:
        own = Quotas(quotas.path)
        passed.extend(own.take(limits(all=50), NOON) is None for _ in range(15))

    reader, writer = os.pipe()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            passed: list[bool] = []
            threads = [threading.Thread(target=use, args=(passed,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            os.write(writer, bytes([sum(passed)]))
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert sum(os.read(reader, 3)) == 50
    os.close(reader)
    os.close(writer)


@pytest.mark.postgres
def test_hosts_together_never_pass_a_quota(postgres: str) -> None:
    url = fresh_database(postgres)

    def use(_turn: int) -> int:
        own = SharedQuotas(FormDatabase(url))  # each thread as a host of its own
        both = [limits(window=60, all=50, address=90), limits(address=90, all=50, window=60)]
        return sum(own.take(both[turn % 2], NOON) is None for turn in range(15))

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(use, range(6))) == 50
    quotas = SharedQuotas(FormDatabase(url))
    assert [quotas.used(scope, NOON) for scope in ("all", "window", "address")] == [50] * 3
    assert quotas.take(limits(none=0), NOON) is not None


@pytest.mark.postgres
def test_nobody_can_be_found_in_the_database_tomorrow(postgres: str) -> None:
    database = FormDatabase(fresh_database(postgres))
    hosts = [SharedQuotas(database), SharedQuotas(FormDatabase(database.url))]
    [key] = {host.address_key(ADDRESS, NOON) for host in hosts}
    hosts[0].take(limits(**{f"address:{key}": 5}), NOON)
    tomorrow = NOON + timedelta(days=1)
    assert hosts[1].address_key(ADDRESS, tomorrow) != key
    hosts[1].take(limits(x=1), tomorrow)
    asked = "SELECT scope FROM form_counts UNION SELECT day::text FROM form_salts"
    rows = database.run(lambda db: db.execute(asked).fetchall())
    assert len(rows) == 2, "today's salt, and what was counted today"
    kept = "SELECT relpersistence FROM pg_class WHERE relname IN ('form_counts', 'form_salts')"
    assert {row[0] for row in database.run(lambda db: db.execute(kept).fetchall())} == {"u"}


def test_nobody_can_be_found_in_the_file(quotas: Quotas, tmp_path: Path) -> None:
    keys = [quotas.address_key(ADDRESS, NOON) for _ in range(2)]
    assert keys[0] == keys[1]
    quotas.take(limits(**{f"address:{keys[0]}": 5}), NOON)
    tomorrow = NOON + timedelta(days=1)
    assert quotas.address_key(ADDRESS, tomorrow) != keys[0]
    quotas.take(limits(x=1), tomorrow)
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ADDRESS.encode() not in everything
    assert quotas.used(f"address:{keys[0]}", NOON) == 0, "yesterday's counters are gone"


@given(st.ip_addresses(v=6), st.integers(0, (1 << 64) - 1))
def test_an_ipv6_household_is_one_address(address: object, suffix: int) -> None:
    import ipaddress

    whole = ipaddress.IPv6Address(str(address))
    neighbour = ipaddress.IPv6Address((int(whole) >> 64 << 64) | suffix)
    if not whole.ipv4_mapped and not neighbour.ipv4_mapped:
        assert network_of(str(whole)) == network_of(str(neighbour))
        other = ipaddress.IPv6Address(int(neighbour) ^ 1 << 64)
        assert network_of(str(other)) != network_of(str(whole))


def test_odd_addresses_are_counted_together_not_refused() -> None:
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("") == network_of("unix:") == "unknown"
