"""Fits converted Markdown into the site: tables that can be read on a phone."""

from __future__ import annotations

import re

_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_HEADING = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def adapt(html: str) -> str:
    """Label the cells of every table with their columns, which show once rows become cards."""
    return _TABLE.sub(_labelled, html) if "<table>" in html else html


def _labelled(table: re.Match[str]) -> str:
    labels = [_TAG.sub("", text).replace('"', "&quot;") for text in _HEADING.findall(table[0])]
    return _ROW.sub(lambda row: _label_cells(row[0], labels), table[0]).replace(
        "<table>", '<table class="cards">'
    )


def _label_cells(row: str, labels: list[str]) -> str:
    """Each cell names its column, which style sheets show once rows are cards."""
    before, *cells = row.split("<td")
    named = [f' data-label="{label}"{cell}' for label, cell in zip(labels, cells, strict=False)]
    return "<td".join([before, *named, *cells[len(named) :]])
