"""`portal doctor` on a whole machine, and on one that lost a part."""

import os
import re
import shutil
from importlib import import_module

import pytest
from click.testing import CliRunner

from portal.casework.handling import Casework
from portal.casework.people import Person, Role
from portal.cli.doctor_command import command as doctor
from portal.config.state_version import accept_state
from portal.errors import RequestError
from tests.backup.conftest import PASSPHRASE, machine_at
from tests.backup.test_backup import portal
from tests.publicside import SLUG


@pytest.mark.parametrize("arguments", [("audit", "verify"), ("publications",)])
def test_who_only_looks_makes_no_register(whole, arguments):
    group = import_module(f"portal.cli.{arguments[0]}_command").command
    path = whole.state / "desk/register.sqlite3"
    data = path.read_bytes()
    for damage in (None, b""):
        path.unlink() if damage is None else path.write_bytes(damage)
        before = bytes_of(whole.state)
        found = CliRunner().invoke(group, arguments[1:], env=environment_of(whole))
        assert bytes_of(whole.state) == before
        path.write_bytes(data)
        assert isinstance(found.exception, RequestError)
        assert str(path) in str(found.exception)


def test_doctor_names_what_is_wrong_and_the_remedy(tmp_path):
    with machine_at(tmp_path) as machine:
        machine.object()
        machine.collect()
    here = {
        "PORTAL_STATE": machine.state,
        "PORTAL_CONTENT": machine.root / "site/content",
        "PORTAL_NOTICES": machine.root / "site/notices",
        "PORTAL_BUILD": tmp_path / "no-build",
    }
    status, said = portal("doctor", "--alarm", **here)
    assert status == 0, said
    assert "故障" not in said
    assert not (machine.state / "alarm.txt").exists()
    (machine.state / "desk/secret").unlink()
    status, said = portal("doctor", "--alarm", **here)
    assert status == 3
    assert "desk/secret 不在" in said
    assert "desk/secret 不在" in (machine.state / "alarm.txt").read_text()
    assert not (machine.state / "desk/secret").exists(), "a doctor makes nothing"
    file = machine.state / "desk/register.sqlite3"
    whole = file.read_bytes()
    file.unlink()
    assert "register.sqlite3 不在" in portal("doctor", **here)[1]
    assert not file.exists()
    (machine.state / "desk/secret").write_text("a" * 64)
    cut_short = whole[:4096] + b"\xa5" * (len(whole) - 4096)
    for damaged in (b"garbage " * 2000, b"", cut_short):
        file.write_bytes(damaged)
        status, said = portal("doctor", **here)
        assert status == 1
        assert "程序出错" not in said
        assert f"故障  登记簿：{file} " in said
        assert "portal restore" in said
    file.unlink()
    file.mkdir()
    assert f"{file} 不是文件" in portal("doctor", **here)[1]
    file.rmdir()
    file.write_bytes(whole)
    (machine.state / "desk/secret").unlink()
    (machine.state / "desk/secret").mkdir()
    assert f"{machine.state / 'desk/secret'} 是一个文件夹" in portal("doctor", **here)[1]
    public = machine.state / "keys/public/desk.pub"
    (machine.state / "desk/secret").rmdir()
    (machine.state / "desk/secret").write_text("a" * 64)
    public.unlink()
    public.mkdir()
    said = portal("doctor", **here)[1]
    assert f"公钥文件 {public} 不能用" in said, said
    (machine.root / "site/content/site.toml").write_text("[")
    status, said = portal("doctor", **here)
    assert status == 1
    assert re.search(r"故障  内容和公告：.*site\.toml:1 .*portal lint", said)
    assert "正常  磁盘空间" in said, "a fault of the content hides no other check"
    told_of_what_is_lost(machine.state, here)


def told_of_what_is_lost(state, here):
    shutil.rmtree(state / "desk")
    assert f"故障  数据文件夹：{state / 'desk'} 不在" in portal("doctor", **here)[1]
    lost = state.with_name("not-mounted")
    status, said = portal("doctor", "--alarm", **{**here, "PORTAL_STATE": lost})
    assert status == 1, "no file, no mail: the timer's unit fails"
    assert f"故障  数据文件夹：{lost} 不在" in said
    assert not lost.exists()
    lost.mkdir()
    assert "里没有 format 文件" in portal("doctor", **{**here, "PORTAL_STATE": lost})[1]


def test_every_wrong_setting_is_told_at_once_and_by_the_alarm(tmp_path):
    state = tmp_path / "state"
    accept_state(state)
    wrong = {
        "PORTAL_LIMIT_ALL": "abc",
        "PORTAL_DESK_SMTP_PORT": "9" * 5000,
        "PORTAL_WATCH_NETWORKS": "nonsense",
        "PORTAL_CHECKER": "a 'b",
        "PORTAL_STORE": "elsewhere",
    }
    site = {"PORTAL_STATE": state, "PORTAL_ALARM_MAIL": "a@example.org"}
    status, said = portal("doctor", "--alarm", **site, **wrong)
    assert status == 3
    told = (state / "alarm.txt").read_text()
    for name in (*wrong, "PORTAL_DESK_SMTP_HOST"):
        assert f" {name} " in said or f"{name}，" in said, name
        assert name in told
    assert "正常  磁盘空间" in said


# One file of each kind that a machine keeps; of the doubled kinds the first.
KINDS = (
    "format",
    "holds.json",
    "desk/audit.head",
    "desk/secret",
    "desk/register.sqlite3",
    "desk/envelopes/*.sealed",
    "desk/outgoing/*.sealed",
    "dropbox/inbox/*.sealed",
    "dropbox/cases/*.json",
    "keys/desk.key",
    "keys/public/desk.pub",
    "keys/public/escrow/*.pub",
    "keys/public/pingding-office/*.pub",
    "keys/private/escrow/*.age",
)
MAY_BE_ABSENT = {
    "holds.json",  # nothing was ever objected to
    "desk/audit.head",  # a desk that never collected
    "desk/outgoing/*.sealed",  # told by `portal audit verify`, which compares every answer
    "dropbox/inbox/*.sealed",
    "dropbox/cases/*.json",
    "keys/private/escrow/*.age",  # kept elsewhere
}
UNSEEN = ("cut", "desk/outgoing/*.sealed")  # how long an answer was stands nowhere
REMEDY = re.compile("备份|portal |启动")
DAMAGES = {
    "junk": lambda _data: b"\xff\xfe\x00bad",
    "empty": lambda _data: b"",
    "cut": lambda data: data[:-20],
    "gone": lambda _data: None,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A machine with a case that was accepted, and an objection that waits."""
    root = tmp_path_factory.mktemp("machine")
    with machine_at(root) as machine:
        number = machine.object()
        machine.collect()
        officer = Person("wang.pd", "王平", Role.COUNTY, "pingding-office", "pingding")
        room, at = machine.desk.room, machine.side.clock()
        identity = room.keys.identity("pingding-office", SLUG, PASSPHRASE)
        Casework(room).open(officer, number, (identity,), at)
        machine.collect()
        machine.object()
    (machine.state / "desk").chmod(0o700)
    return machine


def bytes_of(folder):
    """Every file and folder; what SQLite keeps beside an open database comes and goes."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if not path.name.endswith(("-wal", "-shm"))
    }


def environment_of(machine):
    return {
        "PORTAL_STATE": str(machine.state),
        "PORTAL_CONTENT": str(machine.root / "site/content"),
        "PORTAL_NOTICES": str(machine.root / "site/notices"),
        "PORTAL_BUILD": str(machine.root / "no-build"),
    }


def examined(machine):
    found = CliRunner().invoke(doctor, [], env=environment_of(machine))
    return found.exit_code, found.output


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_is_named_and_nothing_is_written(whole, damage):
    status, said = examined(whole)
    assert status == 0, said
    for kind in KINDS:
        path = min(whole.state.glob(kind))
        data, times = path.read_bytes(), path.stat()
        damaged = DAMAGES[damage](data)
        path.unlink() if damaged is None else path.write_bytes(damaged)
        before = bytes_of(whole.state)
        status, said = examined(whole)
        assert bytes_of(whole.state) == before, kind
        path.write_bytes(data)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        if (damaged is None and kind in MAY_BE_ABSENT) or (damage, kind) == UNSEEN:
            continue
        lines = [line for line in said.splitlines() if not line.startswith("正常")]
        assert any(path.stem in line and REMEDY.search(line) for line in lines), (kind, said)
        assert (status, kind) == (1, kind) or kind.startswith("keys/public"), said
