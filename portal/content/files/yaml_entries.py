"""Entries: reads a YAML file that is one list of mappings, each with a slug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.files.fields import Fields
from portal.content.files.frontmatter import decode, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from portal.content.files.fault_collector import Faults


def read_entries(path: Path, faults: Faults, what: str) -> list[Fields]:
    """The fields of each entry in order; none, and a fault, for a file that is no such list."""
    text = decode(path.read_bytes(), faults)
    found = read_yaml(text, faults) if text is not None else None
    if found is None:
        return []
    values, places = found
    if not isinstance(values, list) or not all(isinstance(item, dict) for item in values):
        faults.add("F004", f"应为{what}的列表", "每条以 - slug: 开头")
        return []
    return [Fields(item, places, faults, f"{number}.") for number, item in enumerate(values)]
