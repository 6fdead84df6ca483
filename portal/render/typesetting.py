"""The one door to the typesetter (typst): data in as JSON, PDF out, the same bytes every time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.content.fonts import FONT_FILES, FONTS, added_families
from portal.errors import BuildError
from portal.render.glyphs import settable

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEMPLATES = Path(__file__).parent / "typst"
_STANDARDS: Any = ["ua-1"]
_NO_GLYPH = re.compile(r"the text `\"(.*?)\"` could not be displayed")
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


class Typesetter:
    """A warm compiler for one template: fonts are read once, and unchanged layout is remembered."""

    def __init__(self, template: str) -> None:
        import typst

        missing = [name for name in FONT_FILES if not (FONTS / name).exists()]
        if missing:
            raise BuildError(f"缺少排版字体：{'、'.join(missing)}；请运行 portal setup")
        self._compiler = typst.Compiler(
            _TEMPLATES / template,
            root=_TEMPLATES,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": "{}", "fonts": "[]"},
        )
        # The compiler keeps its inputs between calls, so two threads may not share a call.
        self._lock = threading.Lock()

    def pdf(self, data: Mapping[str, Any], stamp: datetime) -> bytes:
        """A tagged PDF (PDF/UA-1); BuildError names what could not be set, such as a glyph."""
        import typst

        inputs = {
            "data": json.dumps(settable(data), ensure_ascii=False),
            "fonts": json.dumps(added_families(), ensure_ascii=False),
        }
        with self._lock:
            try:
                result, warnings = self._compiler.compile_with_warnings(
                    format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=stamp
                )
            except typst.TypstError as error:
                raise BuildError(f"排版失败：{_in_words(error.message)}") from error
        if warnings:
            said = "；".join(_in_words(warning.message) for warning in warnings)
            raise BuildError(f"排版有疑问：{said}")
        assert isinstance(result, bytes)
        return result


def _in_words(message: str) -> str:
    """What the typesetter, which speaks English, says to an office: which sign no font has."""
    shown = _NO_GLYPH.search(message)
    if shown is None:
        return "排版程序不能处理这份内容，请把它交给管理员"
    text = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), shown[1])
    codes = " ".join(f"U+{ord(sign):04X}" for sign in text)
    return f"字体里没有“{text}”（{codes}）。请换一个字，或者加一种有这个字的字体"


def typesetter(template: str) -> Typesetter | RemoteTypesetter:
    """The process's warm compiler for a template.

    The compiler's thread pool does not survive a fork: a worker forked from a process that has
    typeset before would wait for ever, so it gets a compiler in a process of its own.
    """
    here = os.getpid()
    return _local(template, here) if _first_process() == here else _remote(template, here)


@lru_cache(maxsize=1)
def _first_process() -> int:
    """The process that asked first; a forked child remembers its parent's answer."""
    return os.getpid()


@lru_cache(maxsize=4)
def _local(template: str, process: int) -> Typesetter:
    del process
    return Typesetter(template)


@lru_cache(maxsize=4)
def _remote(template: str, process: int) -> RemoteTypesetter:
    del process
    return RemoteTypesetter(template)


class RemoteTypesetter:
    """The same in a process that starts afresh; `serve` says what goes to and fro."""

    def __init__(self, template: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "portal.render.typesetting", template],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._lock = threading.Lock()

    def pdf(self, data: Mapping[str, Any], stamp: datetime) -> bytes:
        """As `Typesetter.pdf`."""
        request = json.dumps({"data": data, "stamp": stamp.isoformat()}, ensure_ascii=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(f"{request}\n".encode())
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline() or '{"error": "排版进程中断"}')
            if "error" in answer:
                raise BuildError(answer["error"])
            return self._process.stdout.read(answer["length"])


def serve(template: str) -> None:
    """Answer requests on standard input until it ends.

    A request is a line of JSON with data and stamp; the answer a line with the length of the PDF
    that follows, or with the error.
    """
    setter = Typesetter(template)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        head: dict[str, int | str]
        try:
            pdf = setter.pdf(request["data"], datetime.fromisoformat(request["stamp"]))
            head = {"length": len(pdf)}
        except BuildError as error:
            pdf, head = b"", {"error": str(error)}
        sys.stdout.buffer.write(f"{json.dumps(head)}\n".encode() + pdf)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
