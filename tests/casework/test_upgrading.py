"""An upgrade copies first, happens once, and leaves the old state where a step fails."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context

import pytest
from sqlalchemy import inspect, text

from portal.casework import register as register_module
from portal.casework.register import Register, newest_revision
from portal.casework.upgrading import upgrade
from portal.errors import RequestError
from tests.casework.test_register import REVISIONS, empty, fill, schema  # noqa: F401 - fixture

FAILS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", {before!r}, None, None


def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("DELETE FROM staff")
    op.execute("SELECT nonsense FROM nowhere")
"""


@pytest.fixture
def failing_step(tmp_path, monkeypatch):
    """A further migration that fails after it has changed things."""
    import shutil

    copy = tmp_path / "migrations"
    shutil.copytree(register_module._MIGRATIONS, copy)
    (copy / "versions/m9999_fails.py").write_text(FAILS.format(before=newest_revision()))
    monkeypatch.setattr(register_module, "_MIGRATIONS", copy)


def rows(file, table):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_register_of_each_earlier_revision_is_copied_and_upgraded(empty, tmp_path, revision):  # noqa: F811
    empty.migrate(revision)
    fill(empty, "staff")
    before = schema(empty)
    copy = upgrade(empty, tmp_path / "kept")
    assert empty.revision() == newest_revision()
    assert copy.name == f"register-{revision}.sqlite3"
    assert rows(copy, "staff") == 1
    kept = Register(f"sqlite:///{copy}")
    assert schema(kept).keys() == before.keys()
    kept.close()
    assert upgrade(empty, tmp_path / "kept") is None


def test_nothing_is_copied_where_there_was_nothing(empty, tmp_path):  # noqa: F811
    assert upgrade(empty, tmp_path / "kept") is None
    assert not (tmp_path / "kept").exists()


def test_a_step_that_fails_leaves_everything_as_it_was(empty, tmp_path, failing_step):  # noqa: F811
    empty.migrate(REVISIONS[-1])
    fill(empty, "staff")
    before = schema(empty)
    with pytest.raises(RequestError, match="没有成功，仍是升级以前的样子"):
        upgrade(empty, tmp_path / "kept")
    assert empty.revision() == REVISIONS[-1]
    assert schema(empty) == before
    assert not inspect(empty.engine).has_table("half_done")
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM staff")).scalar() == 1


def test_tables_of_a_newer_program_are_refused_in_words(empty, tmp_path):  # noqa: F811
    empty.migrate()
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9998'"))
    for act in (empty.ready, empty.migrate, lambda: upgrade(empty, tmp_path / "kept")):
        with pytest.raises(RequestError, match=r"9998.*请先升级本程序"):
            act()
    assert not (tmp_path / "kept").exists()


def start(url, folder):
    """What a program does when it starts; a process of its own."""
    opened = Register(url)
    try:
        upgrade(opened, folder)
        return opened.revision()
    finally:
        opened.close()


def test_programs_that_start_at_once_upgrade_once(empty, tmp_path):  # noqa: F811
    empty.migrate(REVISIONS[0])
    fill(empty, "staff")
    url = empty.engine.url.render_as_string(hide_password=False)

    folders = [tmp_path / f"kept{number}" for number in range(3)]
    with ProcessPoolExecutor(3, get_context("spawn")) as pool:
        assert set(pool.map(start, [url] * 3, folders)) == {newest_revision()}
    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM staff")).scalar() == 1
