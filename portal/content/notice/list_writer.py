"""Writing list.csv: the one writer; what it writes the reader gives back cell by cell.

UTF-8 with a byte order mark, so that Excel opens it rightly; a column that nothing stands in is
left out.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from portal.content.notice.list_reader import COLUMNS, REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from portal.domain.notice import Entry


def write_list(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The bytes of list.csv; each row names its columns."""
    rows = list(rows)
    plain = dict.fromkeys(column for row in rows for column in row if column not in COLUMNS)
    columns = (*COLUMNS[:-1], *plain, COLUMNS[-1])
    used = [c for c in columns if c in REQUIRED or any(row.get(c) for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([row.get(column, "") for column in used] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def row_of(entry: Entry) -> dict[str, str]:
    """An entry as a row by column of list.csv."""
    cells = (entry.grade or "", entry.category, entry.name, entry.credit_code)
    rest = (entry.county, entry.employer, entry.position, entry.remark)
    return dict(zip(COLUMNS, map(str, (*cells, *rest)), strict=True)) | dict(entry.more)
