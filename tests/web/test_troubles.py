"""The disk and the databases in trouble: said in words, whatever library met it first."""

import errno
import sqlite3

import pytest

from portal.web.troubles import DAMAGED, DENIED, FULL, GONE, LOCKED, READ_ONLY, machine_trouble


def test_a_real_full_disk_of_sqlite(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE t (x)")
        with pytest.raises(sqlite3.OperationalError) as met:
            connection.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert machine_trouble(met.value) is FULL
    connection.close()


def test_real_troubles_of_sqlite(tmp_path):
    path = tmp_path / "a.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("CREATE TABLE t (x)")
    writer.execute("BEGIN IMMEDIATE")
    other = sqlite3.connect(path, timeout=0)
    reader = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (tmp_path / "b.db").write_bytes(b"not a database at all" * 99)
    broken = sqlite3.connect(tmp_path / "b.db")
    cases = [
        (other, "INSERT INTO t VALUES (1)", LOCKED),
        (reader, "INSERT INTO t VALUES (1)", READ_ONLY),
        (broken, "SELECT * FROM t", DAMAGED),
        (other, "SELECT * FROM cases", DAMAGED),
    ]
    for connection, statement, expected in cases:
        with pytest.raises(sqlite3.Error) as met:
            connection.execute(statement)
        assert machine_trouble(met.value) is expected
    for connection in (writer, other, reader, broken):
        connection.close()


def test_a_server_that_is_not_there():
    import psycopg

    with pytest.raises(psycopg.OperationalError) as met:
        psycopg.connect("postgresql://127.0.0.1:1/x", connect_timeout=2)
    assert machine_trouble(met.value) is GONE


def test_what_wraps_an_error_hides_nothing():
    outer = RuntimeError("sealing failed")
    outer.__cause__ = OSError(errno.ENOSPC, "full")
    assert machine_trouble(outer) is FULL
    # Who may not read a file is not told of a disk that cannot be written to.
    assert machine_trouble(PermissionError(errno.EACCES, "denied", "site.toml")) is DENIED
    assert machine_trouble(ValueError("a fault of ours")) is None
    assert machine_trouble(sqlite3.ProgrammingError("a fault of ours")) is None
