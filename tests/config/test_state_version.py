"""A state folder that a newer program used is left alone by every program of ours."""

import os

import pytest

from portal.config.state_version import STATE_VERSION, accept_state, is_used
from portal.desk.desk_app import create_app
from portal.errors import RequestError
from tests.backup.conftest import machine_at
from tests.backup.test_backup import portal


def test_it_is_noted_once_and_accepted_again(tmp_path):
    state = tmp_path / "state"
    for _ in range(2):
        accept_state(state)
        assert [p.name for p in state.iterdir()] == ["format"]
    assert (state / "format").read_text() == f"portal-state/{STATE_VERSION}\n"


@pytest.mark.parametrize("text", ["", "portal-state", "portal-state/x", "other/1", "\0"])
def test_an_odd_note_is_told(tmp_path, text):
    (tmp_path / "format").write_text(text)
    with pytest.raises(RequestError, match="从备份恢复"):
        accept_state(tmp_path)


def test_a_folder_of_somebody_else_is_told(tmp_path):
    state = tmp_path / "state"
    accept_state(state)
    state.chmod(0)
    user = os.geteuid()
    if not user:
        os.seteuid(65534)
    try:
        with pytest.raises(RequestError, match="用服务的用户运行"):
            is_used(state)
    finally:
        os.seteuid(user)
        state.chmod(0o700)


def test_no_program_works_on_what_a_newer_one_left(tmp_path):
    with machine_at(tmp_path) as machine:
        assert (machine.state / "format").exists()
        machine.desk.close()
        (machine.state / "format").write_text(f"portal-state/{STATE_VERSION + 1}\n")
        with pytest.raises(RequestError, match="请先升级本程序"):
            create_app(machine.settings(), machine.side.clock)
        with pytest.raises(RequestError, match="请先升级本程序"):
            machine.side.app()
        here = {
            "PORTAL_STATE": machine.state,
            "PORTAL_CONTENT": machine.root / "site/content",
            "PORTAL_NOTICES": machine.root / "site/notices",
        }
        for words in (["collect"], ["audit", "verify"], ["publications"]):
            status, said = portal(*words, **here)
            assert status == 1, words
            assert "请先升级本程序" in said, words
