"""Tables: reads a TOML file to fields that know the lines of their keys."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from portal.content.files.fields import Fields
from portal.content.files.frontmatter import decode
from portal.content.files.syntax_words import in_words

if TYPE_CHECKING:
    from pathlib import Path

    from portal.content.files.fault_collector import Faults, Place

_HEADER = re.compile(r"\s*\[(\[?)\s*(?P<name>[^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?P<name>"[^"]*"|'[^']*'|[\w.-]+)\s*=""")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_toml(path: Path, faults: Faults) -> Fields | None:
    """The fields of a TOML file, or None and a fault."""
    if not path.is_file():
        faults.add(
            "S001",
            "缺少这个文件",
            "到内容所在的文件夹运行；刚安装的，先用 portal setup --texts 写出随程序发布的内容",
        )
        return None
    text = decode(path.read_bytes(), faults)
    if text is None:
        return None
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        found = _AT.search(str(error))
        at = (int(found[1]), int(found[2])) if found else (1, 1)
        faults.add("S001", f"TOML 格式有误：{in_words(str(error))}", "检查引号、等号和方括号", at)
        return None
    return Fields(values, toml_places(text), faults)


def toml_places(text: str) -> dict[str, Place]:
    """Where tables and keys begin, as "counties.dongshan.name"; items of [[steps]] by number.

    tomllib tells no places. Reading line by line is enough for the flat files of this project: a
    key inside a multi-line value would only give a fault a nearby line.
    """
    places: dict[str, Place] = {}
    prefix, items = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            name = _plain(header["name"])
            if header[1]:
                items = items + 1 if prefix.startswith(f"{name}.") else 0
                places.setdefault(name, (number, 1))
                name = f"{name}.{items}"
            places.setdefault(name, (number, 1))
            prefix = f"{name}."
        elif key := _KEY.match(line):
            at = (number, key.start("name") + 1)
            places.setdefault(prefix + _plain(key["name"]), at)
    return places


def _plain(name: str) -> str:
    return re.sub(r"""["']""", "", name)
