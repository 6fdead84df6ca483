"""Which command may begin, upgrade or write a state folder: one table, held against every command.

What a command needs to be called at all is made up from its own options, so that a new command is
held against the table too.
"""

import os

import click
import pytest

import portal.cli
from portal.casework.identities import new_identity
from portal.casework.register import Register, newest_revision
from portal.cli.state_use import USES, Use
from portal.config.state_version import STATE_VERSION, accept_state, refuse_owner
from portal.errors import RequestError
from tests import program
from tests.casework.test_register import REVISIONS
from tests.publicside import SLUG

RECIPIENT = new_identity()[1]
PASSPHRASE = "a passphrase of the tests"
SERVERS = {"desk", "preview", "serve"}
"""They do not end by themselves where nothing is wrong."""
MORE = {
    "audit restored": ["--yes"],
    "backup": ["--recipient", RECIPIENT],
    "desk-user add": ["--auditor"],
    "desk-user allow": ["--may", ""],
    "keys destroy": ["--yes"],
    "keys new": ["--notice", SLUG, "--office", "city-office", "--passphrase", PASSPHRASE],
    "publish": ["--due", "--no-passphrase"],
    "publications": ["--run"],
    "verify": ["--fingerprint", "0123456789abcdef"],
}
WATCHED = sorted(name for name, use in USES.items() if use is not Use.NONE)


def leaves(command, name=""):
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            yield from leaves(command.get_command(context, below), f"{name} {below}".strip())
    else:
        yield name, command


ALL = dict(leaves(portal.cli.portal))


def value(kind, folder):
    """Something that an option or argument takes."""
    if isinstance(kind, click.Choice):
        return kind.choices[0]
    if isinstance(kind, click.DateTime):
        return "2026-01-05"
    if isinstance(kind, click.Path):
        if not kind.dir_okay:
            (folder / "a-file").write_text("x")
            return folder / "a-file"
        (folder / "a-folder").mkdir(exist_ok=True)
        return folder / "a-folder"
    return "1" if kind.name in {"整数", "数"} else "a-name"


def words(name, folder):
    """A call of a command with everything that it asks for; what it writes goes to `folder`."""
    said = name.split()
    for param in ALL[name].params:
        if param.required:
            given = value(param.type, folder)
            said += [given] if isinstance(param, click.Argument) else [param.opts[0], given]
    return [*map(str, said), *MORE.get(name, [])]


def contents(folder):
    """Every file below a folder with its bytes; caches, which are made again, left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if "cache" not in path.relative_to(folder).parts
    }


@pytest.fixture
def office(site_from, monkeypatch, tmp_path_factory):
    """A site with a public notice; the state folder is not there."""
    tree = site_from()
    away = tmp_path_factory.mktemp("away")
    monkeypatch.setenv("PORTAL_STATE", str(tree.root / "state"))
    monkeypatch.setenv("PORTAL_CONTENT", str(tree.content[0]))
    monkeypatch.setenv("PORTAL_NOTICES", str(tree.notices[0]))
    monkeypatch.setenv("PORTAL_BUILD", str(away / "build"))
    monkeypatch.chdir(tree.root)
    return tree.root / "state", away


def run(name, away):
    done = program.portal(*words(name, away))
    assert "Traceback" not in done.stderr, (name, done.stderr)
    return done.returncode, done.stdout + done.stderr


def test_every_command_is_in_the_table():
    assert set(ALL) == set(USES)


@pytest.mark.parametrize("text", [f"portal-state/{STATE_VERSION + 1}\n", "another's/1\n"])
def test_a_newer_or_foreign_state_is_left_alone_by_every_command(office, text):
    state, away = office
    state.mkdir()
    (state / "format").write_text(text)
    before = contents(state)
    for name in WATCHED:
        with pytest.raises(RequestError, match=r"请先升级本程序|从备份恢复"):
            portal.cli.portal.main(words(name, away), standalone_mode=False)
        assert contents(state) == before, name


def test_root_works_in_no_state_of_another_user(office, monkeypatch):
    state, away = office
    accept_state(state)
    if not os.geteuid():
        os.chown(state, 1, 1)
    monkeypatch.setattr("portal.cli.state_use._user", lambda: 0)
    before = contents(state)
    for name in WATCHED:
        with pytest.raises(RequestError, match="runuser -u "):
            portal.cli.portal.main(words(name, away), standalone_mode=False)
        assert contents(state) == before, name
    refuse_owner(state, os.getuid() or 1)
    refuse_owner(state / "absent", 0)


def test_only_who_may_begin_a_state_begins_one(office):
    """The folder is there and empty, as one whose disk is not mounted."""
    state, away = office
    state.mkdir()
    for name in set(WATCHED) - SERVERS - {"build"} | {"doctor"}:
        status, said = run(name, away)
        made = contents(state)
        if USES[name] is Use.BEGINS:
            assert not made or "format" in made, name
            for path in sorted(state.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            continue
        assert not made, (name, made)
        if USES[name] is Use.NEEDS:
            assert (status, str(state) in said) == (1, True), (name, said)
    for name in ("keys list", "drafts", "doctor"):
        status, said = run(name, away)
        assert status == (0 if name == "drafts" else 1), (name, said)


def test_in_a_wrong_folder_nothing_is_made_and_nothing_passes(monkeypatch, tmp_path):
    here, away = tmp_path / "here", tmp_path / "away"
    here.mkdir()
    away.mkdir()
    for name in [n for n in os.environ if n.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(here)
    for name in [*(set(WATCHED) - {"preview"}), "doctor"]:
        status, said = run(name, away)
        assert status == 1, (name, said)
        assert set(contents(here)) <= {"var"}, name  # the desk has opened its cache


def test_nothing_but_the_desk_upgrades_a_register(office):
    state, away = office
    accept_state(state)
    register = Register(f"sqlite:///{state / 'desk/register.sqlite3'}")
    register.migrate(REVISIONS[2])
    register.close()
    for name, use in USES.items():
        if use is not Use.NEEDS and name not in {"desk-user add", "doctor"}:
            continue
        status, said = run(name, away)
        assert register.revision() == REVISIONS[2], name
        if name not in {"collect", "doctor"}:  # one needs none, one tells what it sees first
            assert (status, "登记簿还是版本" in said) == (1, True), (name, said)
    register.close()
    assert newest_revision() != REVISIONS[2]
    assert not (state / "desk/before-upgrade").exists()
