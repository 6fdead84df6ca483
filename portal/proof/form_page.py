"""A saved page of the objection form, or of the look-up, held against the ledger.

Whoever takes over the public server can send another page to one visitor. What it is made of stands
in it: which scripts the browser was to run, with their digests, and which keys it was to seal
to. `curl` saves it as it came; a browser's own saving rewrites addresses.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine

if TYPE_CHECKING:
    from collections.abc import Mapping

MARKS = (b"data-sealing=", b"data-asking=")
_TAG = re.compile(r"<(script|form)\b([^>]*)>", re.IGNORECASE)
_TRAIT = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ACTIVE = re.compile(
    r"<[^>]*\son[a-z]+\s*=|javascript:|<(?:iframe|object|embed|base)\b", re.IGNORECASE
)
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SavedForm:
    """What a page of the form would run, and whom it would seal to.

    The look-up page seals nothing: it names no notice.
    """

    notice: str
    scripts: tuple[tuple[str, str], ...]
    keys: Mapping[str, tuple[str, ...]]
    active: bool


def saved_form(content: bytes) -> SavedForm | Trouble | None:
    """What a saved page says, read in a confined process; None for one that does neither."""
    if not any(mark in content for mark in MARKS) or len(content) > _LARGEST:
        return None
    return examine("form", content, _of_plain)


def _of_plain(value: Any) -> SavedForm | None:
    if value is None:
        return None
    notice, scripts, keys, active = value
    return SavedForm(
        str(notice),
        tuple((str(name), str(digest)) for name, digest in scripts),
        {str(office): tuple(map(str, found)) for office, found in keys.items()},
        bool(active),
    )


def plain_form(content: bytes) -> list[Any] | None:
    """The task: what `_of_plain` reads, of a page that seals or opens."""
    page = content.decode("utf-8", "replace")
    scripts: list[tuple[str, str]] = []
    settings: dict[str, Any] = {}
    opens = False
    for tag, inside in _TAG.findall(page):
        traits = {
            name.lower(): html.unescape(a or b or c) for name, a, b, c in _TRAIT.findall(inside)
        }
        if tag.lower() == "script":
            scripts.append((_name(traits.get("src", "")), traits.get("integrity", "")))
        elif "data-sealing" in traits:
            settings = json.loads(traits["data-sealing"])
            former = "data-age" in traits
            suite = "data-age" if former else "data-suite"
            scripts.extend(_loaded(traits, suite, "data-qr"))
        elif "data-asking" in traits:
            opens = True
            more = ("data-sm",) if "data-sm" in traits else ()
            scripts.extend(_loaded(traits, "data-age", *more))
    if opens and not settings:
        return ["", scripts, {}, bool(_ACTIVE.search(page))]
    if not settings:
        return None
    # The frozen page has the keys of every office that may receive, the app's own those that do.
    keys = settings.get("keys") or {
        office["slug"]: list(office["keys"]) for office in settings["offices"].values()
    }
    return [settings["notice"], scripts, keys, bool(_ACTIVE.search(page))]


def _loaded(traits: Mapping[str, str], *names: str) -> list[tuple[str, str]]:
    """The scripts that a script loads, as the form's attributes name them."""
    return [(_name(traits.get(name, "")), traits.get(f"{name}-digest", "")) for name in names]


def _name(address: str) -> str:
    """The name under which a script of this site is served; any other address as it is."""
    path, _, name = address.rpartition("/static/")
    return name if name and "//" not in path.removeprefix("https://") else address


def form_faults(
    form: SavedForm, scripts: Mapping[str, str], keys: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """What of a page is not as the ledger has it."""
    found = []
    for name, digest in form.scripts:
        if not name:
            found.append("页面里有直接写入的脚本，本网站没有这样的脚本")
        elif scripts.get(name) != digest:
            found.append(f"脚本 {name} 不在台账中，或者校验值与台账不符")
    escrow = keys.get("escrow", {}).get("seals", "")
    for office, used in form.keys.items():
        if used != (keys.get(office, {}).get("seals", ""), escrow):
            found.append(f"密封用的公钥与台账不符：{office}")
    if form.active:
        found.append("页面里有直接写入的程序或者嵌入的内容，本网站没有这样的内容")
    return tuple(dict.fromkeys(found))
