import importlib
import re

import click
import pytest
from click.testing import CliRunner

from portal.cli import COMMANDS, portal
from tests.architecture.conftest import ROOT

README = ROOT / "README.md"
written = pytest.mark.skipif(not README.exists(), reason="README.md is not written yet")


def documentation() -> str:
    files = [README, *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.exists())


def leaves(command: click.Command, words: tuple[str, ...]) -> list[tuple[str, click.Command]]:
    """A command with its sub-commands, each with the words that call it."""
    found = [(" ".join(words), command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found += leaves(command.get_command(context, name), (*words, name))
    return found


def all_commands() -> list[tuple[str, click.Command]]:
    return [
        leaf
        for name, module in COMMANDS.items()
        for leaf in leaves(importlib.import_module(module).command, ("portal", name))
    ]


def test_every_module_of_the_command_line_is_registered():
    files = {p.stem for p in (ROOT / "portal" / "cli").glob("[!_]*.py")}
    used = {module.rpartition(".")[2] for module in COMMANDS.values()}
    # Modules without a command are helpers of one that has.
    without = {f for f in files - used if not hasattr(module_of(f), "command")}
    assert files - without == used


def module_of(stem: str):
    return importlib.import_module(f"portal.cli.{stem}")


def test_every_command_and_option_says_what_it_is_for():
    silent = []
    for words, command in all_commands():
        if not (command.help or "").strip():
            silent.append(words)
        silent += [
            f"{words} {'/'.join(option.opts)}"
            for option in command.params
            if isinstance(option, click.Option) and not (option.help or "").strip()
        ]
    assert silent == []


def test_help_names_every_command():
    result = CliRunner().invoke(portal, ["--help"])
    assert result.exit_code == 0
    assert all(re.search(rf"^  {name}\b", result.output, re.MULTILINE) for name in COMMANDS)


def test_a_wrong_option_is_a_usage_error():
    for name in COMMANDS:
        assert CliRunner().invoke(portal, [name, "--no-such-option"]).exit_code == 2


@written
def test_every_command_is_documented():
    text = documentation()
    assert [words for words, _ in all_commands() if words not in text] == []


@written
def test_every_setting_is_documented():
    text = documentation()
    sources = sorted((ROOT / "portal" / "config").glob("*.py"))
    names = {n for p in sources for n in re.findall(r"\bPORTAL_[A-Z_]+[A-Z]\b", p.read_text())}
    assert sorted(name for name in names if name not in text) == []
