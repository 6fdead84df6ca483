import threading

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, insert, inspect, make_url, text

from portal.casework.models import Counter
from portal.casework.passkey_models import Passkey
from portal.casework.register import Register, alembic_config, next_value
from portal.errors import RequestError
from tests.casedesk import fresh_database

REVISIONS = ["0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    """A register without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        url = fresh_database(request.getfixturevalue("postgres"))
    opened = Register(url)
    yield opened
    opened.close()


def schema(register):
    """Tables, columns and indexes as the database itself describes them."""
    look = inspect(register.engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)],
            sorted(i["name"] or "" for i in look.get_indexes(table)),
            sorted(u["name"] or "" for u in look.get_unique_constraints(table)),
        )
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def downgrade(register, revision):
    with register.engine.connect() as connection:
        command.downgrade(alembic_config(connection), revision)
        connection.commit()


def fill(register, table_name):
    """One row in a table, every column given something."""
    table = Table(table_name, MetaData(), autoload_with=register.engine)
    row = {}
    for column in table.columns:
        kind = column.type.python_type
        row[column.name] = None if column.nullable else _sample(kind)
    with register.engine.begin() as connection:
        connection.execute(insert(table).values(row))


def _sample(kind):
    from datetime import date, datetime

    samples = {int: 1, str: "x", bool: False, bytes: b"x", date: date(2026, 3, 4)}
    return samples[kind] if kind in samples else datetime(2026, 3, 4)


def test_the_newest_migration_is_what_the_models_say(register):
    with register.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Passkey.metadata) == []


def test_every_migration_is_listed_here(register):
    with register.engine.connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == REVISIONS


def test_each_migration_undone_leaves_the_schema_before_it(empty):
    before_it = "base"
    for revision in REVISIONS:
        before = schema(empty)
        empty.migrate(revision)
        after = schema(empty)
        assert after != before, revision
        downgrade(empty, before_it)
        assert schema(empty) == before, revision
        empty.migrate(revision)
        assert schema(empty) == after, revision
        before_it = revision


def test_a_later_migration_keeps_the_rows_of_earlier_tables(empty):
    empty.migrate("0002")
    for table in ("staff", "cases", "audit_lines"):
        fill(empty, table)
    empty.migrate()
    downgrade(empty, "0002")
    with empty.read() as session:
        for table in ("staff", "cases", "audit_lines"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1


def test_what_a_failed_act_wrote_is_not_there(register):
    def act():
        with register.write() as session:
            session.add(Counter(name="x", value=1))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    with register.read() as session:
        assert session.get(Counter, "x") is None


def test_writers_side_by_side_never_fail_and_never_share_a_number(register):
    with register.write() as session:
        next_value(session, "case")
    numbers, errors = [], []

    def work():
        for _ in range(15):
            try:
                with register.write() as session:
                    numbers.append(next_value(session, "case"))
            except Exception as error:  # noqa: BLE001 - the test reports whatever it is
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(numbers) == list(range(2, 62))


def test_sqlite_is_set_to_survive_a_power_cut(tmp_path):
    register = Register(f"sqlite:///{tmp_path / 'r.sqlite3'}")
    with register.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA secure_delete")) == 1
    register.close()


@pytest.mark.postgres
def test_a_database_whose_encoding_is_not_known_is_refused_in_words(postgres):
    odd = "TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE odd {odd}".encode())
    url = make_url(postgres).set(database="odd").render_as_string(hide_password=False)
    register = Register(url)
    with pytest.raises(RequestError, match=r"SQL_ASCII.*UTF8"):
        register.ready()
    register.close()


def test_a_table_that_is_made_anew_takes_no_row_of_another_along(tmp_path):
    """SQLite alters by dropping: rows that refer to the old table went with it."""
    register = Register(f"sqlite:///{tmp_path / 'full.sqlite3'}")
    register.migrate()
    tables = MetaData()
    tables.reflect(register.engine)
    names = [table.name for table in tables.sorted_tables if table.name != "alembic_version"]
    assert len(names) > 10
    with register.write() as session:
        for name in names:
            ones = ", ".join("1" for _ in tables.tables[name].columns)
            session.execute(text(f"INSERT INTO {name} VALUES ({ones})"))
    with register.altering() as connection:
        operations = Operations(MigrationContext.configure(connection))
        for name in names:
            with operations.batch_alter_table(name, recreate="always"):
                pass
    with register.read() as session:
        counts = {name: session.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
    assert set(counts.values()) == {1}
    with pytest.raises(RequestError, match="失去了所指"), register.altering() as connection:
        connection.execute(text("DELETE FROM cases"))
    with register.read() as session:
        assert session.scalar(text("SELECT count(*) FROM cases")) == 1
    register.close()
