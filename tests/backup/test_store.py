"""A desk whose drop box is a bucket: what waits there is in the backup, and the drill finds it."""

import os

import pytest
from click.testing import CliRunner

from portal.backup.backup_reader import restore
from portal.cli.backup_command import command
from portal.errors import RequestError
from portal.sealed.dropbox import DropBox, remove_envelope, sealed_names
from portal.sealed.envelope import read_header
from tests.backup.conftest import IDENTITY, RECIPIENT
from tests.backup.test_backup import drilled
from tests.objectstore import StoreServer


@pytest.fixture
def apart(small, store_server: StoreServer, tmp_path, monkeypatch):
    """A machine with one case collected and one that waits in the store only."""
    small.object()
    small.collect()
    small.object()
    settings, here = store_server.settings(), DropBox(small.state / "dropbox")
    (waiting,) = sealed_names(here.inbox)
    data = (here.inbox / waiting).read_bytes()
    with (here.inbox / waiting).open("rb") as file:
        header = read_header(file)
    settings.box(tmp_path).put(header, lambda target: target.write(data))
    remove_envelope(here.inbox / waiting)
    assert not sealed_names(here.inbox)
    for name, value in {
        "PORTAL_STATE": small.state,
        "PORTAL_CONTENT": small.root / "site/content",
        "PORTAL_NOTICES": small.root / "site/notices",
        "PORTAL_BACKUP_RECIPIENT": RECIPIENT,
        "PORTAL_STORE": settings.store,
        "PORTAL_STORE_ENDPOINT": settings.endpoint,
    }.items():
        monkeypatch.setitem(os.environ, name, str(value))
    return small, waiting, data


def test_what_waits_in_the_store_is_in_the_backup(apart, tmp_path):
    machine, waiting, data = apart
    file = tmp_path / "whole.age"
    told = CliRunner().invoke(command, [str(file)], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    restored = restore(file, tmp_path / "new", [IDENTITY])
    assert (restored.root / "state/dropbox/inbox" / waiting).read_bytes() == data
    steps = drilled(restored, machine.side.clock)  # never asks the store of the living portal
    assert "投件箱1个" in steps["信封"].words
    assert all(step.good for step in steps.values()), steps


def test_a_store_that_is_away_keeps_nobody_from_a_backup(apart, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "PORTAL_STORE_ENDPOINT", "http://127.0.0.1:9")
    file = tmp_path / "without.age"
    with pytest.raises(RequestError, match="备份已写好，但是存放异议的对象存储现在连不上"):
        CliRunner().invoke(command, [str(file)], catch_exceptions=False)
    assert restore(file, tmp_path / "new", [IDENTITY]).manifest.rows["cases"] == 1
