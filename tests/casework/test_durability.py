"""What an acknowledgement relies on is on the disk before it is given."""

import re
from pathlib import Path

from tests.casedesk import sqlite_register  # noqa: F401 - fixture

ROOT = Path(__file__).parents[2]
# Counters, caches and the record of a build: what they lose is made again or counted anew.
REBUILT = {
    "submission/counters.py",
    "search/static.py",
    "content/record/notice_store.py",
    "lint/lint_store.py",
}


def test_the_register_is_written_through(sqlite_register):  # noqa: F811
    with sqlite_register.engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar()
    assert (mode, level) in {("wal", 2), ("delete", 3)}


def test_only_what_can_be_made_again_is_not_synced():
    portal = ROOT / "portal"
    unsynced = {
        str(path.relative_to(portal))
        for path in portal.rglob("*.py")
        if re.search(r"synchronous\s*=\s*(OFF|NORMAL|0|1)\b", path.read_text(encoding="utf-8"))
    }
    assert unsynced <= REBUILT


def test_a_restarted_server_is_asked_before_it_is_trusted(sqlite_register):  # noqa: F811
    assert sqlite_register.engine.pool._pre_ping
