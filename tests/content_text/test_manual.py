"""The offices' manual names only commands and options that there are."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from portal.cli import portal
from tests.content_text.policy import ROOT

MANUAL = (ROOT / "README.zh.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.startswith("portal ")]
INLINE = re.findall(r"`(portal [^`]+)`", MANUAL)
COMMANDS = sorted({line.partition("#")[0].strip() for line in (*LINES, *INLINE)})


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_manual_exists_with_its_options(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = portal
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no such command: {line}"
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words if word.startswith("--") and word not in known] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", MANUAL))))
def test_a_link_of_the_manual_leads_to_a_file(target: str) -> None:
    assert target.startswith("files/") or (ROOT / target).is_file()


def test_every_file_in_the_manual_s_check_list_exists() -> None:
    named = re.findall(r"`((?:content|notices|docs)/[\w./-]+\.\w+)`", MANUAL)
    made_later = {"notices/ledger.jsonl"}
    assert len(named) > 3
    assert [name for name in named if name not in made_later and not (ROOT / name).exists()] == []
