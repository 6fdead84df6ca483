"""What a backup brings back, and what is refused."""

import hashlib
import os
import shutil
import stat
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.backup.backup_format import FORMAT, FORMAT_MEMBER, archive_name, member_head
from portal.backup.backup_keys import new_backup_key, read_backup_key
from portal.backup.backup_reader import restore
from portal.backup.backup_writer import make_backup
from portal.backup.drill import Asked, Drill, report
from portal.backup.kept_settings import read_settings, settings_file
from portal.casework.identities import new_identity
from portal.config.desk_settings import DeskSettings
from portal.desk.desk_app import create_app
from portal.desk.entry.onetime import code_at
from portal.errors import PortalError, RequestError
from portal.sealed.suites import AGE
from tests import program
from tests.backup.conftest import IDENTITY, PASSPHRASE, RECIPIENT
from tests.casedesk import fresh_database
from tests.desk.conftest import token
from tests.publicside import OPEN


def files(root):
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


def drilled(restored, clock, database=""):
    asked = Asked(lambda _prompt: PASSPHRASE)
    drill = Drill(restored, asked, clock, database)
    return {step.title: step for step in drill.run()}


def test_everything_comes_back_and_can_be_worked_with(machine, tmp_path):
    for _ in range(2):
        machine.object()
    machine.collect()
    waiting = machine.object(data=b"%PDF-1.4 " + os.urandom(9_000_000))
    done = machine.backup(tmp_path)
    assert done.path == tmp_path / archive_name(OPEN)
    assert done.manifest.rows["cases"] == 2
    restored = restore(done.path, tmp_path / "new", [IDENTITY])
    for part in ("keys", "dropbox/inbox", "desk/envelopes", "desk/outgoing"):
        kept = {n: d for n, d in files(machine.state / part).items() if "tmp/" not in n}
        assert files(restored.state / part) == kept, part
    assert files(restored.root / "notices") == files(machine.root / "site/notices")
    assert files(restored.root / "content") == files(machine.root / "site/content")
    steps = drilled(restored, machine.side.clock)
    assert all(step.good for step in steps.values()), report(steps.values(), 0)
    assert "案件2" in steps["数目"].words
    assert "可以启封" in steps["启封"].words
    machine.numbers.remove(waiting)


@pytest.mark.postgres
def test_a_register_goes_into_an_empty_database_and_goes_on_counting_there(
    small, tmp_path, postgres
):
    small.object()
    small.collect()
    done = small.backup(tmp_path)
    url = fresh_database(postgres)
    restored = restore(done.path, tmp_path / "new", [IDENTITY], url)
    assert restored.settings["PORTAL_DESK_DATABASE"] == url
    assert not (restored.state / "desk/register.sqlite3").exists()
    # The trial account of the drill is a new row: a sequence left behind would refuse it.
    steps = drilled(restored, small.side.clock, url)
    assert all(step.good for step in steps.values()), report(steps.values(), 0)
    with pytest.raises(RequestError, match="不是空的"):
        restore(done.path, tmp_path / "again", [IDENTITY], url)
    assert not (tmp_path / "again").exists()


def test_what_the_manual_lists_is_enough(small, tmp_path):
    """docs/operation.md: the state folder without cache/ and spool/, content and notices."""
    small.object()
    small.collect()
    held = small.officer
    small.desk.close()
    left_out = shutil.ignore_patterns("cache", "spool")
    shutil.copytree(small.state, tmp_path / "copy/state", ignore=left_out)
    shutil.copytree(small.root / "site", tmp_path / "copy/site")
    shutil.rmtree(small.root)
    (tmp_path / "copy").rename(small.root)
    app = create_app(small.settings(), small.side.clock)
    client = app.test_client()
    form = {"username": held.username, "password": held.password}
    form["code"] = code_at(held.secret, small.side.clock())
    form["csrf_token"] = token(client, "/sign-in")
    assert client.post("/sign-in", data=form).status_code == 302
    desk = app.extensions["portal.desk"]
    assert desk.collect(small.side.clock()).troubles == []
    desk.close()


def test_what_a_room_begins_to_store_is_in_the_backup(small, tmp_path):
    new = {"drafts/2026-list/notice.md": b"draft", "later-room/deep/file.bin": b"\0\1", "x": b""}
    for name, data in new.items():
        path = small.state / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (small.root / "site/notices/tmp").mkdir()
    (small.root / "site/notices/tmp/notice.md").write_text("a notice of that name")
    restored = restore(small.backup(tmp_path).path, tmp_path / "new", [IDENTITY])
    for name, data in new.items():
        assert (restored.state / name).read_bytes() == data
    assert (restored.root / "notices/tmp/notice.md").exists()


def put_beside(path, disk):
    """A folder moved to another disk, with a link in its place."""
    disk.mkdir(exist_ok=True)
    path.rename(disk / path.name)
    path.symlink_to(disk / path.name)


def test_linked_folders_are_in_the_backup(small, tmp_path):
    small.object()
    small.collect()
    (small.state / "drafts/2026-list").mkdir(parents=True)
    (small.state / "drafts/2026-list/notice.md").write_bytes(b"draft")
    (small.state / "drafts/2026-list/cache").write_bytes(b"called as it likes")
    before = files(small.state)
    parts = [small.state / p for p in ("keys/private", "drafts", "desk/envelopes", "keys/desk.key")]
    for path in [*parts, small.root / "site/content/site.toml"]:
        put_beside(path, tmp_path / "disk")
    done = small.backup(tmp_path)
    restored = restore(done.path, tmp_path / "new", [IDENTITY])
    assert not any(path.is_symlink() for path in restored.root.rglob("*"))
    again = files(restored.state)
    kept = {n for n in before if n.startswith(("keys/", "drafts/", "desk/envelopes/"))}
    assert {n: again.get(n) for n in kept if "/tmp/" not in n and ".lock" not in n} == {
        n: before[n] for n in kept if "/tmp/" not in n and ".lock" not in n
    }
    assert drilled(restored, small.side.clock)["启封"].good


@pytest.mark.parametrize(
    ("link", "leads", "words"),
    [
        ("state/keys/private/lost", "disk-not-mounted", "不在"),
        ("state/desk/envelopes/lost.sealed", "disk-not-mounted", "不在"),
        ("state/around", "state", "指回"),
        ("site/content/up", ".", "指回"),
    ],
)
def test_a_link_that_misleads_stops_the_backup_by_name(small, tmp_path, link, leads, words):
    (small.root / link).symlink_to(small.root / leads)
    with pytest.raises(RequestError, match=words) as caught:
        small.backup(tmp_path)
    assert str(small.root / link) in str(caught.value)
    assert list(tmp_path.glob("*.age")) == []


def test_a_link_that_nothing_reads_is_left_out_and_told(small, tmp_path):
    (small.root / "site/notices/linked").symlink_to("/etc")
    done = small.backup(tmp_path)
    assert [place for place in done.manifest.absent if "notices/linked" in place]
    assert not any("linked" in member.name for member in done.manifest.members)


@pytest.mark.parametrize("name", ["backups", "backups/portal", "no/folder/x.backup.age"])
def test_a_target_folder_that_is_missing_becomes_no_file(small, tmp_path, name):
    with pytest.raises(RequestError, match="不在"):
        small.backup(tmp_path / "disk" / name)
    assert not (tmp_path / "disk").exists()


@pytest.mark.parametrize("part", ["content", "notices"])
def test_content_that_is_missing_stops_the_backup(small, tmp_path, part):
    (small.root / "site" / part).rename(tmp_path / "unmounted")
    with pytest.raises(RequestError, match=f"{part} 不在"):
        small.backup(tmp_path)
    assert list(tmp_path.glob("*.age")) == []


def test_a_drill_passes_only_where_a_case_can_be_opened(small, tmp_path):
    small.object()
    small.collect()
    (small.state / "keys/private").rename(tmp_path / "private")
    restored = restore(small.backup(tmp_path).path, tmp_path / "new", [IDENTITY])
    step = drilled(restored, small.side.clock)["启封"]
    assert not step.good
    assert "--keys" in step.words
    asked = Asked(lambda _prompt: PASSPHRASE, keys=tmp_path)
    steps = {step.title: step for step in Drill(restored, asked, small.side.clock).run()}
    assert steps["启封"].good, steps["启封"].words


def test_a_ledger_key_that_lies_elsewhere_comes_back_in_its_usual_place(small, tmp_path):
    elsewhere = tmp_path / "stick/award.pem"
    elsewhere.parent.mkdir()
    elsewhere.write_text("the key in use")
    elsewhere.with_name("award.heads.json").write_text("{}")
    (small.state / "keys/ledger.pem").write_text("an old one")
    found = replace(
        small.holdings(),
        ledger_key=elsewhere,
        settings=(("PORTAL_LEDGER_KEY", str(elsewhere)), ("PORTAL_SUPERVISOR", "discipline")),
    )
    done = make_backup(found, tmp_path, [RECIPIENT], lambda: OPEN)
    restored = restore(done.path, tmp_path / "new", [IDENTITY])
    assert (restored.state / "keys/ledger.pem").read_text() == "the key in use"
    assert (restored.state / "keys/ledger.heads.json").read_text() == "{}"
    assert "PORTAL_LEDGER_KEY" not in restored.settings
    assert restored.settings["PORTAL_SUPERVISOR"] == "discipline"


def test_nobody_else_may_read_what_is_restored(small, tmp_path):
    small.object()
    old = os.umask(0)
    try:
        done = small.backup(tmp_path)
        restored = restore(done.path, tmp_path / "new", [IDENTITY])
    finally:
        os.umask(old)
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    for path in [restored.state, *restored.state.rglob("*"), *restored.root.glob("*.env")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    assert stat.S_IMODE((restored.root / "notices").stat().st_mode) == 0o755


def test_an_earlier_backup_and_a_used_place_are_never_touched(small, tmp_path):
    first = small.backup(tmp_path)
    kept = first.path.read_bytes()
    small.object()
    with pytest.raises(RequestError, match="不覆盖"):
        small.backup(tmp_path)
    assert first.path.read_bytes() == kept
    (tmp_path / "used").mkdir()
    (tmp_path / "used/file").write_text("")
    with pytest.raises(RequestError, match="不是空的"):
        restore(first.path, tmp_path / "used", [IDENTITY])
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    from tests.backup.conftest import machine_at

    root = tmp_path_factory.mktemp("archive")
    with machine_at(root / "machine") as made:
        made.object()
        made.collect()
        yield made.backup(root).path.read_bytes()


@given(where=st.floats(0, 1, exclude_max=True), how=st.sampled_from(["cut", "turned", "longer"]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_archive_restores_nothing(archive, tmp_path_factory, where, how):
    at = int(len(archive) * where)
    if how == "cut":
        broken = archive[:at]
    elif how == "turned":
        broken = archive[:at] + bytes([archive[at] ^ 1]) + archive[at + 1 :]
    else:
        broken = archive + archive[at:]
    folder = tmp_path_factory.mktemp("broken")
    (folder / "a.age").write_bytes(broken)
    with pytest.raises(PortalError):
        restore(folder / "a.age", folder / "new", [IDENTITY])
    assert [p.name for p in folder.iterdir()] == ["a.age"]


def sealed(path, *members, end=bytes(1024)):
    import io

    data = b"".join(
        member_head(name, len(body)) + body + bytes(-len(body) % 512) for name, body in members
    )
    with path.open("wb") as target:
        AGE.seal(io.BytesIO(data + end), target, [RECIPIENT])
    return path


def test_another_key_a_newer_and_a_foreign_archive_are_refused_in_words(archive, tmp_path):
    (tmp_path / "a.age").write_bytes(archive)
    with pytest.raises(RequestError, match="密钥不符"):
        restore(tmp_path / "a.age", tmp_path / "new", [new_identity()[0]])
    name, _, version = FORMAT.partition("/")
    newer = f"{name}/{int(version) + 1}\n".encode()
    cases = {
        "先升级本程序": [(FORMAT_MEMBER, newer), ("state/x", b"")],
        "不是本程序的备份": [("state/x", b"")],
        "没有清单": [(FORMAT_MEMBER, f"{FORMAT}\n".encode()), ("state/x", b"")],
    }
    for words, members in cases.items():
        with pytest.raises(RequestError, match=words):
            restore(sealed(tmp_path / "b.age", *members), tmp_path / "new", [IDENTITY])
        assert not (tmp_path / "new").exists()


@given(
    st.sampled_from(["../x", "/etc/x", "state/../../x", "state", "other/x", "state/./x", "a\\b"])
)
def test_no_name_leads_out_of_the_place(tmp_path_factory, name):
    folder = tmp_path_factory.mktemp("names")
    members = [(FORMAT_MEMBER, f"{FORMAT}\n".encode()), (name, b"x")]
    with pytest.raises(RequestError):
        restore(sealed(folder / "a.age", *members), folder / "in/new", [IDENTITY])
    assert {p.name for p in folder.rglob("*")} == {"a.age", "in"}


@given(
    st.dictionaries(
        st.from_regex(r"PORTAL_[A-Z_]{1,12}", fullmatch=True),
        st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"])),
    )
)
def test_settings_come_back_as_they_were(found):
    assert read_settings(settings_file(sorted(found.items()))) == found


def test_a_register_that_is_lost_stops_the_backup(small, tmp_path):
    small.object()
    small.collect()
    small.desk.close()
    (small.state / "desk/register.sqlite3").unlink()
    with pytest.raises(RequestError, match="登记簿"):
        small.backup(tmp_path)
    assert list(tmp_path.glob("*.age")) == []


def test_a_fault_that_was_there_before_is_told_and_backed_up_as_it_is(small, tmp_path):
    small.object()
    small.collect()
    next((small.state / "desk/envelopes").glob("*.sealed")).unlink()
    done = small.backup(tmp_path)
    assert len(done.manifest.notes) == 1
    restored = restore(done.path, tmp_path / "new", [IDENTITY])
    assert not drilled(restored, small.side.clock)["信封"].good


def test_a_drill_tells_a_desk_secret_that_is_not_the_register_s(small, tmp_path):
    (small.state / "desk/secret").write_text("0" * 64)
    restored = restore(small.backup(tmp_path).path, tmp_path / "new", [IDENTITY])
    steps = drilled(restored, small.side.clock)
    assert not steps["登录"].good
    assert "动态口令" in steps["登录"].words
    assert "没有通过" in report(steps.values(), 1)


def test_the_key_of_backups_opens_with_its_passphrase_only(tmp_path):
    public = new_backup_key(tmp_path / "backup.key", PASSPHRASE, OPEN)
    assert public.startswith("age1")
    assert read_backup_key(tmp_path / "backup.key", lambda _: PASSPHRASE).startswith("AGE-SECRET")
    with pytest.raises(PortalError, match="口令"):
        read_backup_key(tmp_path / "backup.key", lambda _: "another")
    with pytest.raises(RequestError, match="已存在"):
        new_backup_key(tmp_path / "backup.key", PASSPHRASE, OPEN)


def test_settings_of_the_desk_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("PORTAL_DESK_SECRET", "kept")
    monkeypatch.setenv("PORTAL_PASSPHRASE", "never kept")
    from portal.backup.this_machine import holdings_here

    kept = dict(holdings_here().settings)
    assert kept["PORTAL_DESK_SECRET"] == DeskSettings().secret
    assert "PORTAL_PASSPHRASE" not in kept


def portal(*words, **environment):
    """A command in a process of its own, as an office runs it."""
    done = program.portal(*words, **environment)
    return done.returncode, done.stdout + done.stderr


def test_the_four_commands_one_after_the_other(small, tmp_path):
    small.object()
    small.collect()
    small.desk.close()
    here = {
        "PORTAL_STATE": small.state,
        "PORTAL_CONTENT": small.root / "site/content",
        "PORTAL_NOTICES": small.root / "site/notices",
        "PORTAL_BACKUP_PASSPHRASE": PASSPHRASE,
        "PORTAL_PASSPHRASE": PASSPHRASE,
    }
    key = tmp_path / "backup.key"
    status, said = portal("backup", tmp_path, **here)
    assert status == 1
    assert "portal keys backup" in said
    status, said = portal("keys", "backup", key, **here)
    assert status == 0, said
    public = said.splitlines()[0].partition("=")[2]
    status, said = portal("keys", "backup", key, "--show", **here)
    assert (status, said) == (0, f"PORTAL_BACKUP_RECIPIENT={public}\n")
    here["PORTAL_BACKUP_RECIPIENT"] = public
    assert "备份：设置了备份，还没有做过" in portal("doctor", **here)[1]
    status, said = portal("backup", tmp_path / "not-mounted", **here)
    assert (status, "不在" in said) == (1, True), said
    assert "备份：上次备份有问题" in portal("doctor", **here)[1]
    status, said = portal("backup", tmp_path, **here)
    assert status == 0, said
    assert "正常  备份：上次备份是" in portal("doctor", **here)[1]
    (archive,) = tmp_path.glob("*.backup.age")
    status, said = portal("restore", archive, "--into", tmp_path / "new", "--identity", key, **here)
    assert status == 0, said
    assert "portal audit verify --noted" in said
    status, said = portal("drill", archive, "--identity", key, **here)
    assert status == 0, said
    assert "演练通过" in said
    assert "可以启封" in said
    archive.write_bytes(archive.read_bytes()[:-1])
    status, said = portal("drill", archive, "--identity", key, **here)
    assert status == 1
    assert "没有通过" in said
