"""The policy text as the tests compare it: page furniture dropped, noted slips corrected."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

CORRECTIONS = (
    ("组织 and 个人", "组织和个人"),
    ("创新能力。。", "创新能力。"),
    ("市标准化和质量强市领导组办公室", "市标准化和质量强市领导小组办公室"),
    ("word电子版", "Word电子版"),
)
"""Slips of the policy text and what the site prints; each is explained in docs/content-notes.md."""

_HALF_WIDTH = str.maketrans("(),:;", "（），：；")
_FURNITURE = re.compile(
    r"●.*|PART\s*\d+|\d\d\s.*|目 录|CONTENTS|解 读|发文的背景|阳泉市市场监督管理局|《开展.*"
)
# List numbers, and those of the exclusions, which the guide moves to a heading of their own.
_NUMBER = re.compile(r"^(?:-?\s*\d、|[(（][二四][)）]\s*(?=凡有))")
_MARKS = re.compile(r"[*>#|]|^\s*(?:-|\d+\.)\s|\s|\[|\]\([^)]*\)", re.MULTILINE)


def original() -> str:
    """The policy text as it was handed over."""
    return (HERE / "policy-explainer.txt").read_text(encoding="utf-8")


def corrected() -> str:
    """The policy text with the noted slips corrected."""
    text = original()
    for slip, correction in CORRECTIONS:
        text = text.replace(slip, correction)
    return text


def plain(text: str) -> str:
    """Text without Markdown marks, white space and half-width punctuation."""
    return _MARKS.sub("", text).translate(_HALF_WIDTH)


def sentences() -> list[str]:
    """Every sentence of the policy text, in order, ready for comparison."""
    found = []
    for raw in corrected().splitlines():
        line = _NUMBER.sub("", raw.strip()).removesuffix("如下：").removesuffix("如下:")
        if line and not _FURNITURE.fullmatch(line):
            found += [plain(part) for part in re.split(r"[。；：:]", line) if part.strip()]
    return found


def body_of(path: Path) -> str:
    """A Markdown file without its front matter."""
    return path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
