"""Said: the options and the answers file of `portal import`, as answers to questions."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from portal.errors import RequestError
from portal.importing.asking import FINE, IGNORE, KEEP
from portal.importing.headings import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_KEEP_OR_IGNORE = {"keep": KEEP, "ignore": IGNORE, "same": KEEP, "empty": IGNORE}
_MOST_ROWS = 20_000


def read_answers(path: Path) -> dict[str, str]:
    """Answers by the id of the question, from a TOML file of lines such as "名单!23" = "略去"."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise RequestError(
            f'{path} 读不出来：每行写成 "问题" = "回答" 的形式（{error}）'
        ) from error
    if not all(isinstance(value, str) for value in given.values()):
        raise RequestError(f'{path} 里的回答都要加引号，如 "名单!23" = "略去"')
    return given


def answers_of(options: dict[str, str | Iterable[str] | None]) -> dict[str, str]:
    """Answers by the id of the question, from the options of the command by name."""
    found: dict[str, str] = {}
    for name, value in options.items():
        values = [value] if isinstance(value, str) else list(value or ())
        if name == "sheet" and values:
            found["sheet"] = ",".join(values)
        elif name in ("ignore-row", "keep-row"):
            answer = IGNORE if name == "ignore-row" else KEEP
            found |= {row: answer for one in values for row in _rows(one)}
        elif name == "confirm":
            found |= dict.fromkeys(values, FINE)
        elif name in ("cell", "value", "column", "empty"):
            found |= dict(_pair(name, one) for one in values)
        elif name in ("hidden", "hidden-columns", "struck"):
            found |= dict.fromkeys([name], _KEEP_OR_IGNORE[values[0]]) if values else {}
        else:
            found |= dict.fromkeys([name], values[0]) if values else {}
    return found


def _pair(name: str, text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator or not key.strip() or not value.strip():
        raise RequestError(f"--{name} “{text}”缺少等号：写成 --{name} 甲=乙 的形式")
    key, value = key.strip(), value.strip()
    if name == "column":
        return (key if key.isascii() and key.isalpha() else f"column:{plain(key)}"), value
    if name == "empty":
        return f"empty:{key}", _KEEP_OR_IGNORE.get(value, value)
    return key, value


def _rows(text: str) -> Iterator[str]:
    """Each row of 名单!5-8 as the id of its question."""
    sheet, mark, rows = text.rpartition("!")
    for part in rows.split(","):
        first, _, last = part.strip().partition("-")
        last = last or first
        if not (first.isdecimal() and last.isdecimal()) or int(last) - int(first) > _MOST_ROWS:
            raise RequestError(f"“{text}”不是行号：写成 23 或 23-25 的形式")
        yield from (f"{sheet}{mark}{row}" for row in range(int(first), int(last) + 1))
