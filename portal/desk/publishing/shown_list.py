"""A list as a table: what pages show of list.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.notice.list_reader import REQUIRED, read_table
from portal.content.notice.notice_folder import LIST

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list as a table: the columns that are used, and rows of cells in their order."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def shown_list(data: bytes | None) -> ShownList:
    """The list with the columns that it uses."""
    table = read_table(data, Faults(LIST)) if data else None
    if table is None:
        return ShownList((), ())
    width = len(table.header)
    rows = [(*row.cells, *[""] * width)[:width] for row in table.rows]
    used = [n for n, name in enumerate(table.header) if name in REQUIRED or any(r[n] for r in rows)]
    return ShownList(
        tuple(table.header[n] for n in used), tuple(tuple(row[n] for n in used) for row in rows)
    )
