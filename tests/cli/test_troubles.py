"""A machine in trouble at the command line: one sentence with the remedy, and status 1."""

import sqlite3

import pytest

from portal.casework.register import Register
from portal.config.state_version import accept_state
from tests.program import portal


@pytest.fixture(autouse=True)
def used(tmp_path):
    """A state folder that a desk has worked in."""
    accept_state(tmp_path)
    register = Register(f"sqlite:///{tmp_path / 'desk/register.sqlite3'}")
    register.migrate()
    register.close()


def test_a_damaged_register_is_told(tmp_path):
    (tmp_path / "desk" / "register.sqlite3").write_bytes(b"no database" * 500)
    done = portal("audit", "verify", PORTAL_STATE=str(tmp_path))
    assert done.returncode == 1
    assert "数据库损坏或者不完整" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_locked_register_is_told(tmp_path):
    path = tmp_path / "desk" / "register.sqlite3"
    assert portal("audit", "verify", PORTAL_STATE=str(tmp_path)).returncode == 0
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        arguments = ("desk-user", "disable", "nobody")
        url = f"sqlite:///{path}?timeout=1"
        done = portal(*arguments, PORTAL_STATE=str(tmp_path), PORTAL_DESK_DATABASE=url)
    finally:
        holder.close()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_an_empty_or_damaged_secret_is_told(tmp_path):
    for content in (b"", b"short", b"\xff" * 64):
        (tmp_path / "desk" / "secret").write_bytes(content)
        done = portal("desk-user", "reset", "nobody", PORTAL_STATE=str(tmp_path))
        assert done.returncode == 1, done.stderr
        assert "为空或者损坏" in done.stderr
        assert "从备份恢复" in done.stderr
        assert "Traceback" not in done.stderr
