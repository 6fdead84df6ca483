"""Kernels as old as Chromium 78 (360, QQ, UC, WeChat) lay every page out and run its scripts.

Their pictures are made by `python -m tests.old_browser`; here is what makes them right.
"""

import re
from pathlib import Path

import pytest

from portal.web.assets import STATIC, squeeze_css

SHEETS = sorted(path for path in STATIC.glob("*.css") if path.name != "old.css")
# Not ours: age is loaded only where all that it needs is there, altcha only when a quota trips.
SCRIPTS = sorted(
    {*STATIC.rglob("*.js")}
    - {STATIC / f"{name}.js" for name in ("age", "sm", "qr", "altcha-pbkdf2")}
)
RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")
# Each came later than Chromium 78, and loses more than an ornament where it is not known.
LATER_CSS = re.compile(
    r"(?:margin|padding|inset|border)-(?:inline|block)|(?<![-\w(])inset:|:(?:is|where)\("
    r"|[: (](?:min|max|clamp)\((?!-)|aspect-ratio:|\dd[vh]h|@layer|@container|color-mix|\{[^{}]*&"
)
LATER_JS = re.compile(
    r"\?\.(?!\d)|\?\?|(?:\|\||&&)=|(?<!\.)\.at\(|\.findLast|\.hasOwn\(|structuredClone|\.any\("
    r"|\.replaceAll\(|static \{|^\s*#\w+",
    re.MULTILINE,
)


def rules(path: Path) -> list[tuple[str, str]]:
    """Selector and declarations of each rule of a sheet."""
    return RULE.findall(squeeze_css(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_nothing_that_old_kernels_drop(path):
    text = squeeze_css(path.read_text(encoding="utf-8")).replace("minmax(", "")
    assert LATER_CSS.findall(text) == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_rows_are_kept_apart_without_gap_too(path):
    old = (STATIC / "old.css").read_text(encoding="utf-8")
    rows = [
        selector.strip()
        for selectors, declarations in rules(path)
        if "display:flex" in declarations.replace(" ", "") and "gap:" in declarations
        for selector in selectors.split(",")
    ]
    assert [row for row in rows if f".old {row.replace('>', ' > ')} > " not in old] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_that_old_kernels_cannot_read(path):
    lines = (line for line in path.read_text(encoding="utf-8").splitlines())
    script = "\n".join(line for line in lines if not line.lstrip().startswith("//"))
    # Sealing asks for `replaceAll` before it offers itself.
    known = {".replaceAll("} if path.parent.name == "sealing" else set()
    assert set(LATER_JS.findall(script)) - known == set()
