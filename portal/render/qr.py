"""QR codes of permalinks, for paper that should lead back to the site."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any


# Choosing the mask takes most of the time, and PDF and Word of a notice ask for the same code.
@lru_cache(maxsize=32)
def _code(url: str) -> Any:
    import segno

    return segno.make(url, error="m", micro=False)


def qr_svg(url: str) -> str:
    """The address as a QR code, as SVG."""
    out = io.BytesIO()
    _code(url).save(out, kind="svg", border=0, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode()


def qr_png(url: str) -> bytes:
    """The address as a QR code, as PNG."""
    out = io.BytesIO()
    _code(url).save(out, kind="png", scale=6, border=0)
    return out.getvalue()


_STATUS = "二维码：用手机扫描，打开查询页并填好查询码"


def secret_qr_svg(text: str, title: str = _STATUS) -> str:
    """A text that nobody else may have as a QR code, to stand in a page; kept nowhere."""
    import segno

    out = io.BytesIO()
    # Trying all eight masks took 13 ms of a receipt's 34; what is random looks well under any.
    code = segno.make(text, error="m", micro=False, mask=4)
    code.save(
        out,
        kind="svg",
        border=4,
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,
        svgclass="receipt-qr",
        lineclass=None,
        title=title,
    )
    return out.getvalue().decode()


def qr_terminal(text: str) -> str:
    """A text as a QR code of half blocks, for a terminal; kept nowhere."""
    import segno

    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()
