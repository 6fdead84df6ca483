"""Each way an installation goes wrong is found by the check that names its remedy."""

import errno
import os
import shutil
import subprocess
from datetime import datetime, timedelta

import pytest

from portal.casework.key_store import KeyStore
from portal.casework.register import Register
from portal.config.common import kept_secret
from portal.content.record.cache_folder import own_folder
from portal.content.working_calendar import load_calendar
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import PublicKeys, ReceiptKey
from portal.watching.findings import (
    Check,
    Level,
    Remembered,
    as_json,
    examine,
    good,
    ready,
)
from portal.watching.machine_checks import closed_folders
from portal.watching.site_checks import (
    built,
    calendar_data,
    collected,
    free_disk,
    keys_of_windows,
    ledgers,
)
from tests.publicside import CLOSES, OPEN, OPENS, SLUG, public_side
from tests.sites import MINIMAL, SiteTree


@pytest.fixture
def side(tmp_path):
    (tmp_path / "site/notices").mkdir(parents=True)
    return public_side(SiteTree(tmp_path / "site").write(MINIMAL), tmp_path / "state")


@pytest.fixture
def notices(side, tmp_path):
    return tmp_path / "site/notices"


def level(check, now=OPEN):
    return check.at(now).finding.level


def test_a_window_without_keys_is_told_before_it_opens_and_is_a_fault_once_open(side):
    check = keys_of_windows(lambda: side.catalogue, PublicKeys(side.root / "keys/public"))
    assert level(check) is Level.GOOD
    shutil.rmtree(side.root / "keys/public/escrow")
    assert level(check, OPENS - timedelta(days=2)) is Level.SOON
    found = check.at(OPEN).finding
    assert found.level is Level.BAD
    assert SLUG in found.words
    assert "portal keys new" in found.remedy
    assert level(check, OPENS - timedelta(days=9)) is Level.GOOD
    assert level(check, CLOSES) is Level.GOOD


def as_junk(path):
    path.write_bytes(b"\xff\xfe\x00bad")


def as_empty(path):
    path.write_bytes(b"")


def as_cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def as_folder(path):
    path.unlink()
    path.mkdir()


def as_loop(path):
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize("damage", [as_junk, as_empty, as_cut, as_folder, as_loop])
def test_a_damaged_key_file_closes_its_own_window_alone_and_is_named(side, damage):
    keys = PublicKeys(side.root / "keys/public")
    side.make_keys(["2019-old"])
    check = keys_of_windows(lambda: side.catalogue, keys)
    assert level(check) is Level.GOOD
    for slug, wanted in (("2019-old", Level.SOON), (SLUG, Level.BAD)):
        path = keys.root / "escrow" / f"{slug}.pub"
        damage(path)
        found = check.at(OPEN).finding
        assert found.level is wanted
        assert str(path) in found.words
        assert "keys/public" in found.remedy
        assert "escrow" not in keys.holders(slug)
        assert keys.takes_objections(SLUG) is (slug != SLUG)
    store = KeyStore(side.root / "keys")
    assert {key.notice for key in store.all() if key.fault} == {"2019-old", SLUG}
    with pytest.raises(RequestError, match="不会覆盖"):
        store.new("escrow", SLUG, "一句足够长的演示口令，够长", OPEN, 10)
    with pytest.raises(RequestError, match="不会覆盖"):
        store.new_in_shares(SLUG, 2, 3, OPEN)
    identity = store.identity_path("escrow", SLUG)
    identity.parent.mkdir(parents=True)
    identity.write_bytes(b"sealed")
    assert store.destroy(SLUG, [], OPEN).keys == ("escrow:unreadable",)
    assert not identity.exists()


@pytest.mark.parametrize("damage", [as_junk, as_empty, as_cut, as_folder])
@pytest.mark.parametrize("name", ["desk.pub", "receipt.pub"])
def test_a_damaged_key_of_the_desk_or_of_receipts_is_named(side, name, damage):
    assert side.key
    ReceiptKey(side.root / "keys").signer()
    check = keys_of_windows(lambda: side.catalogue, PublicKeys(side.root / "keys/public"))
    assert level(check) is Level.GOOD
    damage(side.root / "keys/public" / name)
    found = check.at(OPEN).finding
    assert found.level is Level.SOON
    assert f"{name} 不能用" in found.words
    assert found.remedy


def test_an_objection_that_nobody_fetches_is_told(side):
    check = collected(side.box)
    assert level(check) is Level.GOOD
    path = side.box.inbox / f"{'a' * 32}.sealed"
    path.write_bytes(b"")
    for hours, wanted in ((1, Level.GOOD), (3, Level.SOON), (30, Level.BAD)):
        at = (OPEN - timedelta(hours=hours)).timestamp()
        os.utime(path, (at, at))
        assert level(check) is wanted


def test_a_disk_that_fills_is_told_before_objections_are_refused(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    folder = tmp_path / "not/there/yet"
    assert level(free_disk([folder], 0)) is Level.GOOD
    assert level(free_disk([folder], free // 2)) is Level.SOON
    assert level(free_disk([folder], free * 2)) is Level.BAD


def test_a_year_without_calendar_is_told_in_december_and_a_fault_in_january(side):
    last = max(load_calendar().years)
    check = calendar_data(lambda: side.catalogue)
    assert level(check, datetime(last, 11, 30, tzinfo=SHANGHAI)) is Level.GOOD
    assert level(check, datetime(last, 12, 1, tzinfo=SHANGHAI)) is Level.SOON
    assert level(check, datetime(last + 1, 1, 1, tzinfo=SHANGHAI)) is Level.BAD


def test_a_ledger_that_is_changed_or_shortened_is_told(notices, tmp_path):
    path = notices / "ledger.jsonl"
    check = ledgers([notices], tmp_path / "ledger.pem")
    whole = path.read_text()
    assert level(check) is Level.GOOD
    path.write_text("".join(whole.splitlines(keepends=True)[:-1]))
    assert level(check) is Level.BAD
    path.write_text(whole)
    assert level(check) is Level.GOOD
    path.write_text(whole.replace('"revision":1', '"revision":2', 1))
    assert level(check) is Level.BAD
    path.unlink()
    assert level(check) is Level.BAD
    assert level(ledgers([notices], tmp_path / "ledger.pem")) is Level.SOON


def test_a_site_that_lacks_the_last_line_is_told_after_a_while(notices, side, tmp_path):
    from portal.proof.ledger_json import ledger_json

    out, path = tmp_path / "build", notices / "ledger.jsonl"
    check = built(out, [notices], lambda: side.catalogue)
    assert level(check) is Level.SOON
    out.mkdir()
    (out / "ledger.json").write_bytes(ledger_json(side.catalogue))
    assert level(check) is Level.BAD
    pages = [f"notices/{notice.slug}/index.html" for notice in side.catalogue.windowed()]
    for page in (out / "index.html", *(out / name for name in pages)):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text("")
    later = datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI) + timedelta(hours=1)
    assert level(check, later) is Level.GOOD
    (out / "ledger.json").write_text('{"ledgers": [[]]}')
    assert level(check, later) is Level.BAD
    assert level(check, later - timedelta(minutes=50)) is Level.GOOD
    for junk in (b"\xff\xfe", b"[", b"[]", b"{}", b'{"ledgers": 7}'):
        (out / "ledger.json").write_bytes(junk)
        found = check.at(later).finding
        assert (found.level, "portal build" in found.remedy) == (Level.BAD, True)
        assert str(out / "ledger.json") in found.words


def test_a_folder_that_others_may_enter_is_told(tmp_path):
    tmp_path.chmod(0o755)
    found = closed_folders([tmp_path, tmp_path / "none"]).at(OPEN).finding
    assert found.level is Level.SOON
    assert "chmod 700" in found.remedy
    tmp_path.chmod(0o700)
    assert level(closed_folders([tmp_path])) is Level.GOOD
    (tmp_path / "file").write_bytes(b"")
    assert level(closed_folders([tmp_path / "file"])) is Level.BAD
    tmp_path.chmod(0o755)
    assert level(closed_folders([tmp_path, tmp_path / "file"])) is Level.BAD, "the worse is told"


def test_a_remedy_can_be_pasted_whatever_the_folder_is_called(tmp_path):
    folder = tmp_path / "质量 奖's $HOME"
    folder.mkdir(mode=0o755)
    remedy = closed_folders([folder]).at(OPEN).finding.remedy
    subprocess.run(["sh", "-c", remedy.removeprefix("运行 ")], check=True)
    assert level(closed_folders([folder])) is Level.GOOD


def test_what_the_program_makes_itself_is_closed_and_not_warned_of(tmp_path):
    var, state = tmp_path / "var", tmp_path / "state"
    own_folder(var / "cache" / "record")
    kept_secret(state / "keys" / "secret")
    Register(f"sqlite:///{state}/desk/register.sqlite3")
    folders = [var, var / "cache", state, state / "keys", state / "desk"]
    assert all(folder.is_dir() for folder in folders)
    assert level(closed_folders(folders)) is Level.GOOD


@pytest.mark.parametrize("name", ["register.sqlite3", ".backup.lock"])
def test_what_a_command_of_another_user_left_is_told(tmp_path, monkeypatch, name):
    (tmp_path / name).write_bytes(b"")
    tmp_path.chmod(0o700)
    assert level(closed_folders([tmp_path])) is Level.GOOD
    allowed = os.access  # root may write everything: refused as for the service's user
    monkeypatch.setattr(os, "access", lambda path, mode: path.name != name and allowed(path, mode))
    found = closed_folders([tmp_path]).at(OPEN).finding
    assert found.level is Level.BAD
    assert str(tmp_path / name) in found.words


def failing(error):
    def look(_now):
        raise error

    return Check("failing", "查不了的", look)


def test_a_check_that_fails_is_a_finding_and_hides_no_other(side):
    found = examine(
        [failing(OSError(errno.EIO, "I/O")), failing(ValueError("x")), collected(side.box)], OPEN
    )
    assert [one.finding.level for one in found] == [Level.BAD, Level.BAD, Level.GOOD]
    assert "磁盘读写出错" in found[0].line
    assert all(one.finding.remedy for one in found[:2])
    named = failing(PermissionError(errno.EACCES, "denied", "/srv/state/x")).at(OPEN).line
    assert "/srv/state/x 没有权限" in named
    assert not ready(found)
    assert ready(found[2:])
    assert b'"ready": false' in as_json(found)


def test_an_answer_stands_for_some_seconds():
    asked, time = [], [0.0]
    check = Check("counted", "数次数", lambda now: asked.append(now) or good("好"))
    remembered = Remembered([check], lambda: OPEN, lambda: time[0])
    for moment in (0, 5, 9.9, 10, 19, 21):
        time[0] = moment
        remembered.found()
    assert len(asked) == 3


def test_a_drop_box_that_is_not_there_waits_for_nothing(tmp_path):
    assert level(collected(DropBox(tmp_path / "none"))) is Level.GOOD
