"""Connections between requests: as many as were used at once, each in its own process."""

import os
import sqlite3

import pytest

from portal.submission.idle_connections import IdleConnections


@pytest.fixture
def pool(tmp_path):
    opened = []

    def connect():
        opened.append(sqlite3.connect(tmp_path / "file"))
        return opened[-1]

    return IdleConnections(connect, sqlite3.OperationalError), opened


def closed(connection):
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def test_as_many_are_opened_as_are_used_at_once(pool):
    idle, opened = pool
    for _ in range(3):
        with idle.one() as first, idle.one() as second:
            assert first is not second
    with pytest.raises(ValueError), idle.one():
        raise ValueError
    with idle.one():
        pass
    assert len(opened) == 2
    del idle, pool
    for connection in opened:
        connection.close()


def test_what_cuts_off_one_cuts_off_all(pool):
    idle, opened = pool
    with idle.one(), idle.one():
        pass
    with pytest.raises(sqlite3.OperationalError), idle.one() as connection:
        connection.execute("nonsense")
    assert all(closed(connection) for connection in opened)
    with idle.one() as fresh:
        assert not closed(fresh)
    assert len(opened) == 3
    fresh.close()


def test_a_forked_process_opens_its_own(pool):
    idle, opened = pool
    with idle.one() as kept:
        pass
    child = os.fork()
    if not child:
        with idle.one() as own:
            os._exit(own is kept or len(opened) != 2)
    assert os.waitpid(child, 0)[1] == 0
    with idle.one() as again:
        assert again is kept
    kept.close()
