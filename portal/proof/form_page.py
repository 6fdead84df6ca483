"""A saved page of the objection form, or of the look-up, held against the ledger.

Whoever takes over the public server can send another page to one visitor. What it is made of stands
in it: which scripts the browser was to run, with their digests, and which keys it was to seal
to. `curl` saves it as it came; a browser's own saving may rewrite it, and is refused then.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine
from portal.proof.strict_page import StrictPage, is_own_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MARK = re.compile(rb"data-(?:sealing|asking)\s*=", re.IGNORECASE)
_MOST_FAULTS = 20
_ALOUD = "aloud."
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SavedForm:
    """What a page of the form would run, and whom it would seal to.

    The look-up page seals nothing: it names no notice. `keys` are pairs of an office and its keys,
    in every place where the page names any. `frozen` is the file that is the same for everybody.
    """

    notice: str
    scripts: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    frozen: bool
    faults: tuple[str, ...]


def saved_form(content: bytes) -> SavedForm | Trouble | None:
    """What a saved page says, read in a confined process; None for one that does neither."""
    if len(content) > _LARGEST or not _MARK.search(content):
        return None
    return examine("form", content, _of_plain)


def _of_plain(value: Any) -> SavedForm:
    notice, scripts, keys, frozen, faults = value
    return SavedForm(
        str(notice),
        tuple((str(name), str(digest)) for name, digest in scripts),
        tuple((str(office), tuple(map(str, found))) for office, found in keys),
        bool(frozen),
        tuple(map(str, faults)),
    )


def plain_form(content: bytes) -> list[Any]:
    """The task: what `_of_plain` reads, of a page that seals or opens."""
    notice, scripts, keys, frozen, faults = _read(StrictPage(content))
    return [notice, scripts, keys, frozen, list(dict.fromkeys(faults))[:_MOST_FAULTS]]


def _read(page: StrictPage) -> tuple[str, list[tuple[str, str]], list[Any], bool, list[str]]:
    faults = page.faults
    own = [form for form in page.forms if "data-sealing" in form or "data-asking" in form]
    if faults or len(own) != 1 or ("data-sealing" in own[0]) == ("data-asking" in own[0]):
        return "", [], [], False, faults or ["页面里应当正好有一张异议表单或者查询表单"]
    form = own[0]
    if any(other.get("role") != "search" for other in page.forms if other is not form):
        faults.append("页面里另有一张表单，本网站的这一页只有一张")
    scripts = [(_name(one.get("src", "")), one.get("integrity", "")) for one in page.scripts]
    scripts += [(_name(one["data-aloud"]), one.get("data-aloud-digest", "")) for one in page.aloud]
    needed = "sealing." if "data-sealing" in form else "status."
    if not any(name.startswith(needed) for name, _ in scripts):
        faults.append("页面里没有这张表单的脚本")
    scripts.extend(_loaded(form))
    if "data-asking" in form:
        return "", scripts, [], False, faults
    try:
        settings = json.loads(form["data-sealing"])
        notice, keys = str(settings["notice"]), list(_keys(settings))
        faults.extend(_elsewhere(settings))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", [], [], False, [*faults, "表单里的密封设置不是本网站的格式"]
    if not keys or not notice:
        faults.append("表单里没有密封用的公钥")
    return notice, scripts, keys, "data-begin" in form, faults


def _keys(settings: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The frozen page has the keys of every office that may receive, the app's own those that do.

    Both are read wherever they stand: the page's script takes the one or the other.
    """
    for office, found in (settings.get("keys") or {}).items():
        yield str(office), list(found)
    for office in (settings.get("offices") or {}).values():
        if office:
            yield str(office["slug"]), list(office["keys"])


def _elsewhere(settings: Mapping[str, Any]) -> Iterator[str]:
    """Addresses that the page would send to outside this site."""
    for name in ("send", "pieces", "status"):
        if not is_own_path(str(settings.get(name, ""))):
            yield f"表单发送的地址不在本网站：{settings[name]}"


def _loaded(traits: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The scripts that a script loads, every one that the form's attributes name."""
    named = [name for name in ("data-suite", "data-age", "data-sm", "data-qr") if name in traits]
    if not {"data-suite", "data-age"} & set(named):
        yield "", ""
    for name in named:
        yield _name(traits[name]), traits.get(f"{name}-digest", "")


def _name(address: str) -> str:
    """The name under which a script of this site is served; any other address as it is."""
    return address.rpartition("/static/")[2]


def has_loose_script(form: SavedForm) -> bool:
    """Whether the script that reads aloud came without a digest, as pages of a former version."""
    return any(map(_is_loose, form.scripts))


def _is_loose(script: tuple[str, str]) -> bool:
    name, digest = script
    return name.startswith(_ALOUD) and not digest


def _is_former(form: SavedForm, lists: Sequence[Mapping[str, str]]) -> bool:
    """Whether a page is of a version whose line in the ledger names no script that reads aloud."""
    own = {script for script in form.scripts if not _is_loose(script)}
    whole = [named for named in lists if own <= named.items()]
    return bool(whole) and not any(name.startswith(_ALOUD) for named in whole for name in named)


def form_faults(
    form: SavedForm, lists: Sequence[Mapping[str, str]], keys: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """What of a page is not as the ledger has it, whose lines name scripts and their digests."""
    found = list(form.faults)
    former = has_loose_script(form) and _is_former(form, lists)
    for name, digest in form.scripts:
        if not name:
            found.append("页面里有直接写入的脚本，本网站没有这样的脚本")
        elif former and _is_loose((name, digest)):
            continue
        elif not any(named.get(name) == digest for named in lists):
            found.append(f"脚本 {name} 不在台账中，或者校验值与台账不符")
    escrow = keys.get("escrow", {}).get("seals", "")
    for office, used in form.keys:
        if used != (keys.get(office, {}).get("seals", ""), escrow):
            found.append(f"密封用的公钥与台账不符：{office}")
    return tuple(dict.fromkeys(found))
