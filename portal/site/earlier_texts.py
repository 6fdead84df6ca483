"""Earlier texts at their own addresses: what they link to leads there still, or says it is gone."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Collection

_LINK = re.compile(r'<a\s([^>]*?)href="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_PICTURE = re.compile(r'<img\s([^>]*?)src="([^"]*)"([^>]*)>')
_FILES = "files/"
# From /notices/<slug>/revisions/<n>/ to the notice's own address, against which links are written.
_UP = "../../"


def leading_on(html: str, files: Collection[str], *, own: bool) -> Markup:
    """The HTML of an earlier text; `files` are its attachments.

    `own`: they stand below its own address; else it shares those of the current text.
    """

    def link(match: re.Match[str]) -> str:
        before, address, after, text = match.groups()
        moved = _moved(address, files, own=own)
        if moved is None:
            return f"{text}（文件已不再提供）"
        return f'<a {before}href="{moved}"{after}>{text}</a>'

    def picture(match: re.Match[str]) -> str:
        before, address, after = match.groups()
        moved = _moved(address, files, own=own)
        return "（图片已不再提供）" if moved is None else f'<img {before}src="{moved}"{after}>'

    return Markup(_PICTURE.sub(picture, _LINK.sub(link, html)))  # noqa: S704 - was sanitised


def _moved(address: str, files: Collection[str], *, own: bool) -> str | None:
    """The address as seen from the earlier text; None for a file that is gone."""
    parts = urlsplit(unescape(address))
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return address
    path = parts.path.removeprefix("./")
    if path.startswith(_FILES) and unquote(path.removeprefix(_FILES)) not in files:
        return None
    if path.startswith(_FILES) and own:
        return address
    return _UP + address.removeprefix("./")
