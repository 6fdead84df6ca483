"""A published list as the tables of pages and documents: two where both kinds stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.domain.notice import ListOrder, plain_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.domain.notice import Entry, Notice


class ListTable(NamedTuple):
    """A list, or its organizations or persons; `name_column` heads its row.

    `labels` are the headers kept short; `numbers` are the entries' places in the whole list, which
    anchors, traces and data files go by.
    """

    caption: str
    header: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name_column: int
    numbers: tuple[int, ...]


# Headers that are too long to stand beside a value on a phone.
_SHORT = {"统一社会信用代码": "信用代码", "工作单位和职务": "单位职务"}


def list_tables(notice: Notice, county_word: str = "县（区）") -> tuple[ListTable, ...]:
    """The tables of a notice's list, none where it has none; without columns that nothing fills.

    Persons stand in a table of their own where others are in the list too: the ones have posts, the
    others codes. A county's own list does not repeat the county in every row.
    """
    numbered = list(enumerate(notice.entries, start=1))
    parts = [
        (label, some)
        for label, some in (
            ("", [one for one in numbered if not one[1].category.individual]),
            ("个人", [one for one in numbered if one[1].category.individual]),
        )
        if some
    ]
    whole = len(parts) == 1
    order = "（按姓氏笔画为序）" if notice.order is ListOrder.STROKE else ""
    tables = []
    for label, some in parts:
        entries = [entry for _, entry in some]
        kinds = tuple(dict.fromkeys(entry.category for entry in entries))
        called = "" if whole else label or "、".join(kinds)
        # What the caption says of all rows needs no column.
        said = bool(called) and not label and len(kinds) == 1
        columns = [
            (label, cells)
            for label, cells in _columns(entries, "" if notice.county else county_word)
            if any(cells) and not (said and label == "类别")
        ]
        header = tuple(label for label, _ in columns)
        tables.append(
            ListTable(
                caption=f"{called}名单，共{len(entries)}项{order}",
                header=header,
                labels=tuple(_SHORT.get(label, label) for label in header),
                rows=tuple(zip(*(cells for _, cells in columns), strict=True)),
                name_column=header.index("名称"),
                numbers=tuple(number for number, _ in some),
            )
        )
    return tuple(tables)


def _columns(entries: Sequence[Entry], county_word: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Every column that a list may have, with its cells."""
    names, categories, grades, codes, counties, employers, positions, remarks, _, _ = zip(
        *entries, strict=True
    )
    yield "奖项", [grade or "" for grade in grades]
    yield "类别", categories
    yield "名称", names
    yield "统一社会信用代码", codes
    if county_word:
        yield county_word, counties
    yield "工作单位和职务", [f"{e}{p}" for e, p in zip(employers, positions, strict=True)]
    yield from plain_columns(entries)
    yield "备注", remarks
