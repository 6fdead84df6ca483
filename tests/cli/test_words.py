"""Every word that a command prints is Chinese: help, errors, prompts, whatever goes wrong."""

import ast
import errno
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cli import main
from portal.cli.chinese import MESSAGES
from portal.content.files.fault_collector import Faults
from portal.content.files.frontmatter import read_yaml
from portal.content.files.toml_tables import read_toml
from portal.errors import reason_of
from tests.architecture.test_commands import all_commands

# Two words of letters, one after another, are English; names of files and options are not.
_ENGLISH = re.compile(r"(?<![\w/.<-])[A-Za-z]{2,} [A-Za-z]{2,}(?![\w/.-])")
_CODE = re.compile(
    r"python\S* -m [\w.]+( [a-z-]+){0,2}|portal [a-z-]+( [a-z-]+)?"
    r"|--[\w-]+( [\w./:-]+)?|'[^']*'|\S*/\S*"
)


def english(text):
    """What of a text is English, apart from commands, options, paths and quoted values."""
    return [found[0] for found in _ENGLISH.finditer(_CODE.sub(" ", text))]


def calls(path):
    """Texts that a module of click says: the arguments of `_` and `ngettext`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="_" | "ngettext"), args=[ast.Constant(value=text), *_]):
                yield text


# Said to who writes commands or completes them in a shell, never to who uses ours.
_UNSEEN = re.compile(
    r"Could not determine|No options defined|Arguments take|defined twice|same flag|Bash|colou?r"
)


def test_every_text_of_click_has_a_translation():
    folder = Path(click.__file__).parent
    said = {text for path in folder.glob("*.py") for text in calls(path)}
    assert len(said) > 50
    assert {text for text in said if text not in MESSAGES and not _UNSEEN.search(text)} == set()


def test_a_translation_fills_in_the_same_names():
    names = re.compile(r"[{%(](\w+)")
    for text, ours in MESSAGES.items():
        assert set(names.findall(ours)) - {"nargs", "len"} <= set(names.findall(text)), text


@pytest.fixture
def home(site_from, monkeypatch):
    tree = site_from()
    for name, path in {
        "PORTAL_STATE": tree.root / "state",
        "PORTAL_CONTENT": tree.content[0],
        "PORTAL_NOTICES": tree.notices[0],
        "PORTAL_BUILD": tree.root / "build",
    }.items():
        monkeypatch.setenv(name, str(path))
    monkeypatch.chdir(tree.root)
    return tree.root


@pytest.fixture
def say(home, monkeypatch, capsys):
    """Run a command as the shell does; what it printed and its status."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["portal", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        monkeypatch.setattr("portal.cli.os", SimpleNamespace(_exit=sys.exit))
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return told.out + told.err, ended.value.code or 0

    return run


def check(text, words):
    assert "Traceback" not in text, (words, text)
    assert english(text) == [], (words, text)


@pytest.mark.parametrize(("words", "command"), all_commands(), ids=[w for w, _ in all_commands()])
def test_help_is_chinese(say, words, command):
    text, status = say(*words.split()[1:], "--help")
    assert status == 0
    check(text, words)
    for option in command.params:
        if isinstance(option, click.Option):
            assert re.search(r"[\u4e00-\u9fff]", option.help or ""), option.name
    assert re.search(r"[\u4e00-\u9fff]", command.help), words


WRONG = {
    "an unknown option": ("--no-such-option",),
    "nothing": (),
    "too many arguments": ("a", "b", "c", "d"),
}


@pytest.mark.parametrize("words", [w for w, c in all_commands() if not isinstance(c, click.Group)])
@pytest.mark.parametrize("wrong", ["an unknown option", "too many arguments"])
def test_a_wrong_call_is_told_in_chinese(say, monkeypatch, words, wrong):
    monkeypatch.setenv("PORTAL_PASSPHRASE", "any passphrase of a test")
    text, status = say(*words.split()[1:], *WRONG[wrong])
    # A question comes first in some; publish takes any number of names, and knows none of these.
    named = words == "portal publish" and "没有名为“a”的公告" in text
    assert status == 2 or text.endswith("已停止\n") or named
    check(text, words)


@pytest.mark.parametrize(("words", "command"), all_commands(), ids=[w for w, _ in all_commands()])
def test_a_wrong_value_is_told_in_chinese(home, capsys, monkeypatch, words, command):
    """Every option with values that its type does not take; the command itself does not run."""
    for parameter in command.params:
        if not isinstance(parameter, click.Option) or parameter.is_flag:
            continue
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        for value in ("", "不是这样的", "/no/such/file", "-1", str(home)):
            try:
                command.make_context(words, [parameter.opts[0], value])
            except (click.ClickException, click.Abort) as error:
                if isinstance(error, click.ClickException):
                    error.show()
        told = capsys.readouterr()
        check(told.out + told.err, (words, parameter.name))


@pytest.mark.parametrize(
    "words",
    [
        ("lint",),
        ("build",),
        ("publish", "--no-passphrase"),
        ("window",),
        ("keys", "list"),
        ("verify",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("damage", [b"\xff\xfe\x00", b"{", b"= [", b""], ids=repr)
def test_damaged_files_are_told_in_chinese(say, home, words, damage):
    for path in [*home.rglob("*.toml"), *home.rglob("*.yaml"), *home.rglob("*.yml")]:
        path.write_bytes(damage)
    (home / "state").mkdir()
    (home / "state" / "holds.json").write_bytes(damage)
    more = ("--opens", "2021-12-06", "--working-days", "5") if words == ("window",) else ()
    text, _ = say(*words, *more)
    check(text, words)


@pytest.mark.parametrize(
    "name", ["a.docx", "a.xlsx", "a.pdf", "a.csv", "ledger.jsonl", "ledger.json"]
)
@pytest.mark.parametrize(
    "damage", [b"", b"PK\x03\x04 broken", b"%PDF-1.4", b"\xff\x00<html>"], ids=repr
)
def test_damaged_input_is_told_in_chinese(say, home, name, damage):
    path = home / name
    path.write_bytes(damage)
    (home / "notices" / "a-list").mkdir()
    for words in (
        ("annex", "check", str(path)),
        ("import", str(path), "--notice", "a-list"),
        ("verify", str(path)),
        ("verify", str(path), "--ledger", str(path)),
    ):
        text, status = say(*words)
        assert status in (1, 2), (words, text)
        check(text, words)


def test_what_the_program_itself_does_wrong_is_kept_in_a_file(say, home, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("something went wrong inside")

    monkeypatch.setattr("portal.cli.lint_command.lint", broken)
    (home / "state").mkdir()
    text, status = say("lint")
    assert status == 1
    assert "error.log" in text
    check(text, "lint")
    assert "something went wrong inside" in (home / "state" / "error.log").read_text()


def test_a_prompt_without_a_terminal_stops_in_chinese(home):
    done = subprocess.run(
        [sys.executable, "-m", "portal", "publish", "--due"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    check(done.stdout + done.stderr.replace("getpass", ""), "publish")


@pytest.mark.parametrize("words", [("build", "--watch"), ("publish", "--due")], ids=" ".join)
def test_ctrl_c_says_that_it_stopped(home, monkeypatch, words):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # what is asked must be seen without it
    command = ["env", "--default-signal=INT", sys.executable, "-m", "portal", *words]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    first = process.stdout.read(1)  # it has begun
    process.send_signal(signal.SIGINT)
    text = first + process.communicate(timeout=60)[0]
    assert "已停止" in text
    check(text, words)


_LETTERS = st.text(st.sampled_from("a:= \t[]{}\"'!&*@%-#,\n\\1\x01中"), max_size=30)


@given(_LETTERS)
def test_a_file_that_is_no_toml_or_yaml_is_told_in_chinese(text):
    faults = Faults("x")
    read_yaml(text, faults)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.toml")
        path.write_bytes(text.encode())
        read_toml(path, faults)
    assert [english(str(issue)) for issue in faults.issues if english(str(issue))] == []


@given(st.sampled_from(sorted(errno.errorcode)))
def test_every_error_of_the_system_has_a_reason_in_chinese(number):
    for error in (OSError(number, os.strerror(number)), OSError(number, os.strerror(number), "x")):
        assert english(reason_of(error)) == []
        assert re.search(r"[\u4e00-\u9fff]", reason_of(error))
