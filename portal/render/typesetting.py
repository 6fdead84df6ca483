"""The one door to the typesetter (typst): data in as JSON, PDF out, the same bytes every time."""

from __future__ import annotations

import json
import os
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FONTS = Path(sys.prefix) / "share" / "portal-fonts"
"""Where deploy/fonts.sh puts the fonts: they belong to the installed environment."""

FONT_FILES = (
    "FandolFang-Regular.otf",
    "FandolKai-Regular.otf",
    "FandolSong-Bold.otf",
    "NotoSansSC-Regular.otf",
    "NotoSerifSC-Regular.otf",
)
_TEMPLATES = Path(__file__).parent / "typst"
_STANDARDS: Any = ["ua-1"]


class Typesetter:
    """A warm compiler for one template: fonts are read once, and unchanged layout is remembered."""

    def __init__(self, template: str) -> None:
        import typst

        missing = [name for name in FONT_FILES if not (FONTS / name).exists()]
        if missing:
            raise BuildError(f"缺少排版字体：{'、'.join(missing)}；请运行 make setup")
        self._compiler = typst.Compiler(
            _TEMPLATES / template,
            root=_TEMPLATES,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": "{}"},
        )
        # The compiler keeps its inputs between calls, so two threads may not share a call.
        self._lock = threading.Lock()

    def pdf(self, data: Mapping[str, Any], stamp: datetime) -> bytes:
        """A tagged PDF (PDF/UA-1); BuildError names what could not be set, such as a glyph."""
        import typst

        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        with self._lock:
            try:
                result, warnings = self._compiler.compile_with_warnings(
                    format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=stamp
                )
            except typst.TypstError as error:
                hints = "；".join(error.hints)
                raise BuildError(f"排版失败：{error.message}（{hints}）") from error
        if warnings:
            raise BuildError("排版有疑问：" + "；".join(warning.message for warning in warnings))
        assert isinstance(result, bytes)
        return result


def typesetter(template: str) -> Typesetter:
    """The process's warm compiler for a template; a forked worker gets its own."""
    return _typesetter(template, os.getpid())


@lru_cache(maxsize=4)
def _typesetter(template: str, process: int) -> Typesetter:
    del process
    return Typesetter(template)
