"""A copy of the whole register as it stood at one moment, and back into an empty database.

The copy is always a SQLite file: it needs no program of the database's version, and a restored
backup can be looked into on any machine. Rows are carried table by table as the database itself
lists them, so that a table added later cannot be forgotten here.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import (
    MetaData,
    Table,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
)

from portal.casework.audit import Head, head
from portal.casework.models import Case
from portal.casework.register import Register
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

_VERSION = "alembic_version"
_ROWS = 200


def sqlite_file(url: str) -> str | None:
    """The file of a SQLite URL; None for another database, or one in memory."""
    parsed = make_url(url)
    return parsed.database if parsed.get_backend_name() == "sqlite" else None


def copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online backup: one moment, with what still lies in the WAL; nobody waits."""
    with (
        closing(
            sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=15)
        ) as ours,
        closing(sqlite3.connect(target)) as theirs,
    ):
        ours.backup(theirs)
        theirs.execute("PRAGMA journal_mode=DELETE")


def copy_register(url: str, target: Path) -> None:
    """Copy the register behind a URL into a new SQLite file; it may be in use meanwhile."""
    file = sqlite_file(url)
    if file:
        copy_sqlite(_existing(file), target)
        return
    source, fresh = Register(url), Register(f"sqlite:///{target}")
    try:
        engine = source.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        _carry(engine, fresh)
    finally:
        source.close()
        fresh.close()
    with closing(sqlite3.connect(target)) as copied:
        copied.execute("PRAGMA journal_mode=DELETE")


def _existing(file: str) -> Path:
    from pathlib import Path

    path = Path(file)
    if not path.exists():
        raise RequestError(f"登记簿文件 {path} 不在")
    return path


def fill_register(source: Path, url: str) -> None:
    """Put a copy into an empty database; RequestError for one that holds any table."""
    target = Register(url)
    try:
        tables = inspect(target.engine).get_table_names()
        if tables:
            raise RequestError(f"数据库不是空的（有表 {tables[0]} 等），登记簿只恢复到空的数据库里")
        engine = create_engine(f"sqlite:///{source}")
        try:
            _carry(engine, target)
        finally:
            engine.dispose()
    finally:
        target.close()


def _carry(source: Engine, target: Register) -> None:
    """Every row of every table, in one transaction of each database."""
    with source.connect() as reading, reading.begin():
        tables = _tables(reading)
        if _VERSION not in tables:
            raise RequestError("登记簿里没有版本记录，不是本程序的登记簿")
        revision = reading.scalar(select(tables[_VERSION].c.version_num))
        target.migrate(str(revision))
        with target.engine.begin() as writing:
            mirrored = _tables(writing)
            _refuse_other(tables, mirrored)
            for table in reversed(mirrored.values()):
                if table.name != _VERSION:
                    writing.execute(delete(table))  # what a migration put there
            for name, table in mirrored.items():
                if name != _VERSION:
                    _rows(reading, tables[name], writing, table)
            if writing.dialect.name == "postgresql":
                _advance_sequences(writing, mirrored)


def _tables(connection: Connection) -> dict[str, Table]:
    known = MetaData()
    known.reflect(connection)
    return {table.name: table for table in known.sorted_tables}


def _refuse_other(source: dict[str, Table], target: dict[str, Table]) -> None:
    """A column that one side lacks would be lost without a word."""

    def columns(tables: dict[str, Table]) -> set[str]:
        return {f"{table.name}.{column.name}" for table in tables.values() for column in table.c}

    other = columns(source) ^ columns(target)
    if other:
        raise RequestError(f"登记簿的表与本程序的不同：{'、'.join(sorted(other)[:5])}")


def _rows(reading: Connection, source: Table, writing: Connection, target: Table) -> None:
    options = {"stream_results": True, "yield_per": _ROWS}
    found = reading.execute(select(source), execution_options=options)
    for page in found.mappings().partitions(_ROWS):
        writing.execute(insert(target), [dict(row) for row in page])


def _advance_sequences(writing: Connection, tables: dict[str, Table]) -> None:
    """Rows carried with their numbers leave PostgreSQL's sequences where they began."""
    for table in tables.values():
        for column in table.primary_key.columns:
            named = {"table": table.name, "column": column.name}
            sequence = writing.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), named)
            highest = writing.scalar(select(func.max(column))) if sequence else None
            if highest is not None:
                writing.execute(
                    text("SELECT setval(:name, :value)"), {"name": sequence, "value": highest}
                )


def row_counts(register: Register) -> dict[str, int]:
    """How many rows each table has."""
    with register.engine.connect() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in _tables(connection).items()
        }


def audit_head(register: Register) -> Head:
    """The newest line of the audit trail."""
    with register.read() as session:
        return head(session)


def kept_cases(register: Register, number: str = "") -> list[Case]:
    """Cases whose envelopes are kept, the newest first; one of them, where a number is given."""
    query = select(Case).where(Case.deleted_at.is_(None)).order_by(Case.id.desc())
    with register.read() as session:
        return list(session.scalars(query.where(Case.number == number) if number else query))


def kept_envelopes(register: Register) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of each envelope that the register says is kept."""
    with register.read() as session:
        for case in session.scalars(select(Case).where(Case.deleted_at.is_(None))):
            yield case.lookup, case.sha256
            yield from ((m.name, m.sha256) for m in case.messages if m.name)
