"""Whether somebody is told when backups fail, break off, or stop."""

import os
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.watching.backup_notes import (
    LATE,
    NOTE,
    SOON,
    last_backup,
    note_begun,
    note_done,
    note_failed,
    read_note,
)
from portal.watching.findings import Level
from tests.publicside import OPEN

HOUR = timedelta(hours=1)


def level(state, now, *, wanted=True):
    return last_backup(state, wanted=wanted).at(now).finding.level


@given(hours=st.integers(0, 200))
def test_the_age_of_the_last_backup_is_told(tmp_path_factory, hours):
    state, age = tmp_path_factory.mktemp("state"), timedelta(hours=hours)
    expected = Level.BAD if age > LATE else Level.SOON if age > SOON else Level.GOOD
    (state / "format").write_text("portal-state/1")
    os.utime(state / "format", (OPEN.timestamp(), OPEN.timestamp()))
    assert level(state, OPEN + age) is expected  # none yet: since the state was begun
    note_begun(state, OPEN)
    note_done(state, OPEN)
    assert level(state, OPEN + age) is expected
    assert level(state, OPEN + age, wanted=False) is expected  # it was set up by hand


def test_one_that_failed_or_broke_off_is_told_until_the_next_is_done(tmp_path):
    assert level(tmp_path, OPEN, wanted=False) is Level.GOOD
    note_begun(tmp_path, OPEN)
    note_done(tmp_path, OPEN)
    note_begun(tmp_path, OPEN + 10 * HOUR)
    assert level(tmp_path, OPEN + 11 * HOUR) is Level.GOOD
    assert level(tmp_path, OPEN + 17 * HOUR) is Level.BAD
    note_begun(tmp_path, OPEN + 18 * HOUR)
    note_failed(tmp_path, "服务器的磁盘已满")
    found = last_backup(tmp_path, wanted=True).at(OPEN + 18 * HOUR).finding
    assert (found.level, "磁盘已满" in found.words) == (Level.BAD, True)
    note_begun(tmp_path, OPEN + 19 * HOUR)
    note_done(tmp_path, OPEN + 19 * HOUR)
    assert level(tmp_path, OPEN + 20 * HOUR) is Level.GOOD


@pytest.mark.parametrize("damage", [b"", b"[]", b"\xff", b'{"begun": 3}', b'{"done": "x"}'])
def test_a_damaged_note_is_none(tmp_path, damage):
    (tmp_path / NOTE).write_bytes(damage)
    assert not read_note(tmp_path).done
    note_done(tmp_path, OPEN)
    assert read_note(tmp_path).done
