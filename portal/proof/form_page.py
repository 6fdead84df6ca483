"""A saved page of the objection form, or of the look-up, held against the ledger.

Whoever takes over the public server can send another page to one visitor. What it is made of stands
in it: which scripts and style sheets the browser was to load, with their digests, and which keys it
was to seal to. `curl` saves it as it came; a browser's own saving may rewrite it, and is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.confined.examining import Trouble, examine
from portal.domain.form_ways import OPENING_WAYS, SEALING_WAYS
from portal.proof.form_parts import NEEDED
from portal.proof.strict_page import StrictPage, is_own_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MARK = re.compile(rb"data-(?:sealing|asking)\s*=", re.IGNORECASE)
_MOST_FAULTS = 20
_LATE = frozenset({"aloud.js", "aloud.css", "forms.css", "old.css", "site.css"})
"""What pages of former versions loaded without a digest."""
_BY_NAME = "worker"
"""In place of a digest: no browser checks one of a worker, which sees nothing that is typed."""
_LOOSE_WORDS = {"css": "样式表", "js": "按“朗读”才取的脚本"}
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SavedForm:
    """What a page of the form would run and load, and whom it would seal to.

    `files` are scripts and style sheets with their digests. The look-up page seals nothing: it has
    no notice. `keys` are pairs of an office and its keys, in every place where the page names any.
    `frozen` is the file that is the same for everybody, `guarded` one with its policy in its bytes.
    """

    notice: str
    files: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    frozen: bool
    guarded: bool
    faults: tuple[str, ...]


def saved_form(content: bytes) -> SavedForm | Trouble | None:
    """What a saved page says, read in a confined process; None for one that does neither."""
    if len(content) > _LARGEST or not _MARK.search(content):
        return None
    return examine("form", content, _of_plain)


def _of_plain(value: Any) -> SavedForm:
    notice, files, keys, frozen, guarded, faults = value
    return SavedForm(
        str(notice),
        tuple((str(name), str(digest)) for name, digest in files),
        tuple((str(office), tuple(map(str, found))) for office, found in keys),
        bool(frozen),
        bool(guarded),
        tuple(map(str, faults)),
    )


def plain_form(content: bytes) -> list[Any]:
    """The task: what `_of_plain` reads, of a page that seals or opens."""
    page = StrictPage(content)
    notice, files, keys, frozen, faults = _read(page)
    return [notice, files, keys, frozen, page.guarded, list(dict.fromkeys(faults))[:_MOST_FAULTS]]


def _read(page: StrictPage) -> tuple[str, list[tuple[str, str]], list[Any], bool, list[str]]:
    faults = page.faults
    own = [form for form in page.forms if "data-sealing" in form or "data-asking" in form]
    if faults or len(own) != 1 or ("data-sealing" in own[0]) == ("data-asking" in own[0]):
        return "", [], [], False, faults or ["页面里应当正好有一张异议表单或者查询表单"]
    form = own[0]
    files = [(_name(one.get("src", "")), one.get("integrity", "")) for one in page.scripts]
    files += [(_name(address), digest) for address, digest in page.loaded]
    kind = "sealing" if "data-sealing" in form else "asking"
    needed = {"sealing": "sealing.", "asking": "status."}[kind]
    if not any(name.startswith(needed) for name, _ in files):
        faults.append("页面里没有这张表单的脚本")
    faults.extend(f"表单里缺少填写项“{name}”" for name in sorted(NEEDED[kind] - page.fields))
    faults.extend(_untrue(page, form, kind))
    files.extend(_loaded(form))
    if "data-asking" in form:
        return "", files, [], False, faults
    try:
        settings = json.loads(form["data-sealing"])
        notice, keys = str(settings["notice"]), list(_keys(settings))
        faults.extend(_elsewhere(settings))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", [], [], False, [*faults, "表单里的密封设置不是本网站的格式"]
    if not keys or not notice:
        faults.append("表单里没有密封用的公钥")
    return notice, files, keys, "data-begin" in form, faults


def _untrue(page: StrictPage, form: Mapping[str, str], kind: str) -> Iterator[str]:
    """Where the page says another way than the one that it takes without its script.

    The frozen form does nothing then, and is not shown; any other goes to the server.
    """
    frozen = "data-begin" in form
    own = "page" if frozen else "server"
    ways = OPENING_WAYS if kind == "asking" else {own: SEALING_WAYS[own]}
    if page.ways != [(way, way != own, said) for way, said in ways.items()]:
        what = "加密" if kind == "sealing" else "打开"
        yield f"页面上写明在哪里{what}的一行，与这一页的实际做法不符"
    if frozen and "hidden" not in form:
        yield "表单没有等到脚本运行就显示出来：脚本停了，内容会原样发给服务器"


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
    if "data-worker" in traits:
        yield _name(traits["data-worker"]), _BY_NAME


def _name(address: str) -> str:
    """The name under which a script of this site is served; any other address as it is."""
    return address.rpartition("/static/")[2]


def _kind(name: str) -> str:
    """A file's name without its fingerprint: `site.css`."""
    return f"{name.partition('.')[0]}.{name.rpartition('.')[2]}"


def _is_loose(name: str, digest: str) -> bool:
    """Whether a file came without a digest, as pages of a former version had some."""
    return not digest and _kind(name) in _LATE


def without_digest(form: SavedForm) -> tuple[str, ...]:
    """Which kinds of files came without one."""
    loose = {_kind(name).rpartition(".")[2] for name, digest in form.files if not digest}
    return tuple(word for suffix, word in _LOOSE_WORDS.items() if suffix in loose)


def _former(form: SavedForm, lists: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """Kinds of files that no line of the ledger names which names all the page has a digest of."""
    by_digest = [(name, digest) for name, digest in form.files if digest != _BY_NAME]
    own = {(name, digest) for name, digest in by_digest if not _is_loose(name, digest)}
    whole = [named for named in lists if own <= named.items()]
    if not whole:
        return frozenset()
    return _LATE - {_kind(name) for named in whole for name in named}


def form_faults(
    form: SavedForm, lists: Sequence[Mapping[str, str]], keys: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    """What of a page is not as the ledger has it, whose lines name files and their digests."""
    found, former = list(form.faults), _former(form, lists)
    for name, digest in form.files:
        if not name:
            found.append("页面里有直接写入的脚本，本网站没有这样的脚本")
        elif _is_loose(name, digest) and _kind(name) in former:
            continue
        elif not any(digest in (named.get(name), name in named and _BY_NAME) for named in lists):
            what = "样式表" if name.endswith(".css") else "脚本"
            found.append(f"{what} {name} 不在台账中，或者校验值与台账不符")
    if not form.guarded and "site.css" not in former:
        found.append("页面里没有自带的安全策略（Content-Security-Policy），本网站的页面有")
    escrow = keys.get("escrow", {}).get("seals", "")
    for office, used in form.keys:
        if used != (keys.get(office, {}).get("seals", ""), escrow):
            found.append(f"密封用的公钥与台账不符：{office}")
    return tuple(dict.fromkeys(found))
