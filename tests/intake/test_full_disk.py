"""A full disk stops counting and sending, never looking up."""

import sqlite3

import pytest

from portal.submission.counters import Quotas
from tests.publicside import Citizen


def full(*_args: object, **_how: object) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_who_holds_a_code_still_sees_the_case(
    citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = citizen.object()
    monkeypatch.setattr(Quotas, "take", full)
    monkeypatch.setattr(Quotas, "address_key", full)
    assert "已收到" in citizen.look_up(code)
