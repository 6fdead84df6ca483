"""The desk register: SQL through SQLAlchemy; SQLite by default, PostgreSQL by URL.

SQLite runs in WAL with `synchronous=FULL`: what was committed survives a power cut. Writers begin
with BEGIN IMMEDIATE, since a deferred transaction that reads before it writes fails at once under
concurrency, whatever the busy timeout.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, inspect, make_url, select, text
from sqlalchemy.orm import Session

from portal.casework.models import Counter
from portal.errors import RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from sqlalchemy import Connection, Engine

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = Lock()  # Alembic keeps what it works on in a global
_CHECK = text("PRAGMA foreign_key_check")
_LOCK = 0x706F7274616C  # "portal": any number that other programs of the database do not use
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)


def _harden_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the begin event below says BEGIN itself
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _refuse_other_encodings(engine: Engine) -> None:
    """A database of SQL_ASCII keeps bytes of no known meaning, and sorts and cuts them as such."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise RequestError(
                f"登记簿的数据库用的是{encoding}编码，中文会读错；"
                "请用 createdb --encoding=UTF8 --template=template0 新建一个"
            )


def _url(url: str) -> str:
    """Accept postgresql:// as people write it; psycopg 3 is the driver shipped."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


class Register:
    """One open register; `read` and `write` are the only ways to a session."""

    def __init__(self, url: str) -> None:
        parsed = make_url(_url(url))
        options: dict[str, Any] = {"pool_pre_ping": True}  # a restarted server is no trouble
        if parsed.get_backend_name() == "sqlite":
            options["connect_args"] = {"check_same_thread": False}
            if "timeout" not in parsed.query:  # seconds to wait for who writes
                options["connect_args"]["timeout"] = 15
            if parsed.database:
                closed_folder(Path(parsed.database).parent)
        else:
            options["connect_args"] = {"client_encoding": "utf8"}
        self.engine = create_engine(parsed, **options)
        if parsed.get_backend_name() == "sqlite":
            _harden_sqlite(self.engine)
        else:
            _refuse_other_encodings(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that takes no write lock; what it changed would be lost."""
        engine = self.engine.execution_options(reading=True)
        with Session(engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session committed as a whole at the end, or not at all."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def revision(self) -> str | None:
        """The revision of the tables; None before there are any."""
        with self.engine.connect() as connection:
            known = inspect(connection).has_table("alembic_version")
            query = text("SELECT version_num FROM alembic_version")
            return connection.execute(query).scalar() if known else None

    def ready(self) -> None:
        """Bring the tables to the newest revision; loads Alembic only where they are not."""
        if self.revision() != newest_revision():
            self.migrate()

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision; the newest by default.

        All in one transaction that nobody else is in: two programs that start at once migrate
        once, and a step that fails leaves the tables as they were. RequestError for tables that a
        newer program made.
        """
        from alembic import command

        refuse_newer(self.revision())
        with _MIGRATING, self.altering() as connection:
            lock = "SELECT pg_advisory_xact_lock(:key)" if self._postgres else "SELECT :key"
            connection.execute(text(lock), {"key": _LOCK})
            command.upgrade(alembic_config(connection), revision)

    @contextmanager
    def altering(self) -> Iterator[Connection]:
        """A transaction in which tables may be made anew, committed when it holds together.

        SQLite alters a table by dropping the old one, which would take along every row that
        refers to it: references are off meanwhile, and looked at before the end.
        """
        with self.engine.connect() as connection:
            pooled = connection.connection
            if not self._postgres:
                pooled.cursor().execute("PRAGMA foreign_keys=OFF")
            try:
                yield connection
                if not self._postgres and connection.execute(_CHECK).first():
                    raise RequestError("改表以后有的行失去了所指，没有改；请把经过交给管理员")
                connection.commit()
            finally:
                connection.rollback()
                if not self._postgres:
                    pooled.cursor().execute("PRAGMA foreign_keys=ON")

    @property
    def _postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _revisions() -> set[str]:
    """The revisions that this program knows: m0005_drafts.py is 0005."""
    return {path.name[1:5] for path in (_MIGRATIONS / "versions").glob("m[0-9]*_*.py")}


def newest_revision() -> str:
    """The revision that this program works with."""
    return max(_revisions())


def refuse_newer(present: str | None) -> None:
    """RequestError for tables that this program has no migration for."""
    if present is not None and present not in _revisions():
        raise RequestError(
            f"登记簿是更新的程序用过的（版本 {present}，本程序到 {newest_revision()}）："
            "请先升级本程序；"
            "要退回旧程序的，用升级以前的备份恢复"
        )


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations shipped in this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def next_value(session: Session, name: str) -> int:
    """The next number of a sequence without gaps; holds its row until the transaction ends."""
    row = session.scalar(select(Counter).where(Counter.name == name).with_for_update())
    if row is None:
        row = Counter(name=name, value=0)
        session.add(row)
    row.value += 1
    session.flush()
    return row.value
