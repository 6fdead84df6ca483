"""What templates write values with; dates are the domain's (portal.domain.dates)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from portal.domain.dates import write_date, write_day, write_meta, write_minute, write_second
from portal.domain.phrases import WORDS

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

_KIB = 1024
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def iso(moment: date | datetime) -> str:
    """ISO 8601 to the second: datetime attributes allow no microseconds."""
    whole = moment.replace(microsecond=0) if isinstance(moment, datetime) else moment
    return whole.isoformat()


def filesize(size: int) -> str:
    """24 KB, 1.3 MB."""
    if size < _KIB * _KIB:
        return f"{max(1, round(size / _KIB))} KB"
    return f"{size / _KIB / _KIB:.1f} MB"


def extension(filename: str) -> str:
    """PDF, XLSX: what a file's name says it is; empty where it says nothing."""
    return filename.rpartition(".")[2].upper() if "." in filename else ""


def phrases(title: str) -> Markup:
    """A title whose words stay whole: Chinese has no spaces, so browsers break it anywhere."""
    kept = WORDS.sub(r'<span class="keep">\g<0></span>', str(escape(title)))
    return Markup(kept)  # noqa: S704 - escaped above


def json_block(value: Any) -> Markup:
    """JSON that may stand in a script element: it cannot close it."""
    text = _JSON.encode(value)
    for character, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 - escaped above


FILTERS = {
    "cn_date": write_date,
    "cn_day": write_day,
    "minute": write_meta,
    "cn_minute": write_minute,
    "second": write_second,
    "iso": iso,
    "extension": extension,
    "filesize": filesize,
    "phrases": phrases,
    "json_block": json_block,
}


def init_filters(app: Flask) -> None:
    """Give the filters to templates under their own names."""
    app.jinja_env.filters.update(FILTERS)
