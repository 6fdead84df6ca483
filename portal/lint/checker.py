"""The door for a program that reads texts, such as for wrong characters: the office names it.

It is given one text on standard input, UTF-8, and prints what it finds, one a line:

    3:12: “按装”应为“安装”
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from portal.domain.characters import without_controls
from portal.errors import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECONDS = 20
"""How long the program may take for one text."""

_LINE = re.compile(r"(\d{1,7}):(\d{1,7}):\s*(\S.*)")
_LONGEST = 200
_KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "TZ", "SYSTEMROOT")  # and no secret of ours


class Said(NamedTuple):
    """One finding of the program, or a sentence about the program itself, at the first line."""

    line: int
    column: int
    message: str


class Checker:
    """A command that is asked about one text after another; no command finds nothing.

    One that cannot be started, takes too long or fails is told once and not asked again.
    """

    def __init__(self, command: Sequence[str] = (), seconds: float = SECONDS) -> None:
        self._command, self._seconds = tuple(command), seconds

    @property
    def asks(self) -> bool:
        """Whether there is a program."""
        return bool(self._command)

    def ask(self, text: str) -> Iterator[Said]:
        """What it says about a text."""
        if not self._command:
            return
        trouble = ""
        try:
            done = subprocess.run(  # noqa: S603 - the office's own command, without a shell
                self._command,
                input=text.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self._seconds,
                check=False,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
            )
        except subprocess.TimeoutExpired:
            trouble = f"用时超过{self._seconds:g}秒"
        except (OSError, ValueError) as error:
            trouble = f"不能启动：{reason_of(error)}"
        else:
            lines = done.stdout.decode("utf-8", "replace").splitlines()
            found = [(line, _LINE.fullmatch(line.strip())) for line in lines if line.strip()]
            yield from (_said(match) for _, match in found if match)
            if any(match is None for _, match in found):
                trouble = "的输出不是“行:列:说明”"
            elif done.returncode and not found:
                trouble = f"出错（状态{done.returncode}）"
        if trouble:
            self._command = ()
            yield Said(1, 1, f"外部检查程序{trouble}，以下没有检查")


def _said(match: re.Match[str]) -> Said:
    message = without_controls(match[3])[:_LONGEST]
    return Said(max(int(match[1]), 1), max(int(match[2]), 1), message)
