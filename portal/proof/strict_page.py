"""A saved page read so that no browser can read it otherwise, or refused.

What is bad is not looked for: only what the site's own templates write is let through. Every `<`
must begin a tag in one plain form (small letters, quoted values, each attribute once, references
that end with `;`), every element and attribute must be one that the forms' pages use, every name
and id one of theirs, every address a path of the site. Comments, CDATA and processing instructions
are refused: browsers and parsers differ most about them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from portal.domain.form_ways import PAGE_POLICY
from portal.proof.form_parts import GROUPS, SEARCH_HINT, VALUES, fields_of, is_id

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALUE = r"(?:[^\"<>&]|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[A-Za-z]{2,8});)*"
_TRAIT = rf"\s+[a-z][a-z0-9-]*(?:=(?:\"{_VALUE}\"|[a-z0-9]+))?"
_TAG = re.compile(rf"</?[a-z][a-z0-9]*>|<[a-z][a-z0-9]*(?:{_TRAIT})+\s*>")
_DOCTYPE = re.compile(r"\s*<!doctype html>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
# No quotes and brackets: prefs.js writes one of these addresses into the page, and a digest.
_PATH = re.compile(r"/(?!/)[\w./?=&#%~+,:@-]*|#[\w.-]*", re.ASCII)
_DIGEST = re.compile(r"sha384-[\w+/=]*|", re.ASCII)

_EVERYWHERE = frozenset({"class", "id", "hidden", "role", "tabindex"})
_ARIA = re.compile(
    r"aria-(?:atomic|busy|controls|current|describedby|expanded|haspopup|hidden|invalid|label|"
    r"labelledby|live|pressed)"
)
_MARKS = frozenset(
    f"data-{name}"
    for name in (
        *("above", "busy", "counter", "failed", "focus", "gate", "kind", "limit"),
        *("offer", "place", "print", "printed", "privacy", "size", "toggle", "way"),
    )
)
_PLAIN = (
    "aside body br dd details div dl dt em fieldset footer h1 h2 h3 head header legend li main nav "
    "ol p section small span strong summary template title ul"
)
_ELEMENTS = {name: frozenset[str]() for name in _PLAIN.split()} | {
    name: frozenset(traits.split())
    for name, traits in {
        "a": "href",
        "button": "type name value data-aloud data-aloud-digest data-style data-style-digest",
        "form": "action method enctype novalidate data-age data-age-digest data-asking data-begin "
        "data-challenge data-deadline data-frozen data-message data-pieces data-qr data-qr-digest "
        "data-sealing data-sm data-sm-digest data-suite data-suite-digest data-tells data-worker",
        "html": "lang",
        "img": "src alt width height",
        "input": "type name value checked maxlength placeholder autocomplete inputmode accept "
        "multiple",
        "label": "for",
        "link": "rel href type title integrity",
        "meta": "charset name property content http-equiv",
        "script": "src integrity defer blocking data-old data-old-digest",
        "textarea": "name rows",
        "time": "datetime",
    }.items()
}
# What a script of the pages takes from `data-…` is an address to load or go to, but for these.
_WORDS = _MARKS | {"data-deadline", "data-sealing", "data-tells"}
_TEXT_ONLY = frozenset({"script", "textarea", "title"})


class StrictPage(HTMLParser):
    """The forms and scripts of a page, and what in it the site's pages do not have.

    `fields` are the names of the form's controls, `ways` what the page says of where things are
    sealed or opened: which way, whether hidden, and its first words. `guarded`: the page has its
    policy in its own bytes. `loaded` are the style sheets, and scripts that come later, with the
    digest of each.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.scripts: list[dict[str, str]] = []
        self.loaded: list[tuple[str, str]] = []
        self.fields: set[str] = set()
        self.ways: list[tuple[str, bool, str]] = []
        self.guarded = False
        self._open = {"form": False, "template": False}
        self._own = ""
        self._inside = ""
        self._ids: set[str] = set()
        self._telling = ""
        try:
            page = content.decode("utf-8")
        except UnicodeDecodeError:
            self.faults.append("页面不是 UTF-8 编码的，本网站的页面都是")
            return
        if self._written_plainly(page):
            self.feed(page)
            self.close()
            if self._inside or any(self._open.values()):
                self.faults.append("页面没有写完：有没有结束的部分")

    def _written_plainly(self, page: str) -> bool:
        """Whether every `<` begins a tag of the plain form, after one doctype."""
        if found := _CONTROLS.search(page):
            self.faults.append(f"页面里有控制字符 U+{ord(found[0]):04X}，本网站的页面没有")
            return False
        start = _DOCTYPE.match(page)
        place = start.end() if start else 0
        while (place := page.find("<", place)) >= 0:
            tag = _TAG.match(page, place)
            if tag is None:
                line = page.count("\n", 0, place) + 1
                self.faults.append(f"第{line}行有本网站不用的写法：{_shown(page[place:])}")
                return False
            place = tag.end()
        return True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hold one tag against what the site's pages are made of."""
        traits = {name: value or "" for name, value in attrs}
        if self._inside:
            self.faults.append(f"“{self._inside}”里不应当有“{tag}”")
        if len(traits) != len(attrs):
            self.faults.append(f"“{tag}”的同一个属性写了两次")
        if tag not in _ELEMENTS:
            self.faults.append(f"页面里有本网站不用的元素“{tag}”，可能是嵌入的内容或者程序")
            return
        for name, value in traits.items():
            self._trait(tag, name, value, traits)
        if tag in _TEXT_ONLY:
            self._inside = tag
        self._tell(tag, traits)
        self._kept(tag, traits)
        if tag in {"input", "textarea"}:
            self._control(tag, traits)

    def _trait(self, tag: str, name: str, value: str, traits: dict[str, str]) -> None:
        known = name in _EVERYWHERE | _MARKS | _ELEMENTS[tag] or _ARIA.fullmatch(name)
        canonical = tag == "link" and traits.get("rel") == "canonical"
        if name.startswith("on"):
            self.faults.append(f"“{tag}”上有直接写入的程序（{name}），本网站没有这样的内容")
        elif not known:
            self.faults.append(f"“{tag}”上有本网站不用的属性“{name}”")
        elif value not in VALUES.get((tag, name), {value}):
            self.faults.append(f"“{tag}”的 {name} 不是本网站用的：{_shown(value)}")
        elif (name == "integrity" or name.endswith("-digest")) and not _DIGEST.fullmatch(value):
            self.faults.append(f"“{tag}”的 {name} 不是校验值：{_shown(value)}")
        elif name == "id":
            self._id(value)
        elif name == "http-equiv":
            self._policy(traits)
        elif _leads(name) and not canonical and not is_own_path(value):
            self.faults.append(f"“{tag}”的 {name} 不是本网站的地址：{_shown(value)}")

    def _id(self, value: str) -> None:
        """A name that scripts and labels find an element by, each once."""
        if not is_id(value, self._own):
            self.faults.append(f"本网站的页面没有叫“{_shown(value)}”的部分")
        elif value in self._ids:
            self.faults.append(f"有两个部分都叫“{value}”")
        self._ids.add(value)

    def _policy(self, traits: dict[str, str]) -> None:
        """What the page may load, said before it loads anything."""
        if self.scripts or self.guarded or traits.get("content") != PAGE_POLICY:
            self.faults.append("页面自带的安全策略（Content-Security-Policy）不是本网站的")
        self.guarded = True

    def _control(self, tag: str, traits: dict[str, str]) -> None:
        """A field: one of this form's, and no second of its name where there is but one."""
        name, own = traits.get("name", ""), traits.get("id", "")
        search = {"type": "search", "maxlength": "80", "name": "q", "placeholder": SEARCH_HINT}
        if not self._open["form"] or self._open["template"]:
            self.faults.append("表单以外另有填写的地方，本网站没有")
        elif not self._own and (tag != "input" or not search.items() <= traits.items()):
            self.faults.append("搜索框里另有填写的地方，本网站没有")
        elif own == "no-place" and traits == traits | {"type": "checkbox"} and "name" not in traits:
            return
        elif name not in fields_of(self._own):
            self.faults.append(f"表单里有本网站没有的填写项“{_shown(name)}”，可能使脚本失效")
        elif name in self.fields and name not in GROUPS:
            self.faults.append(f"表单里有两个填写项都叫“{name}”")
        elif own and own.rstrip("0123456789").removesuffix("-") != name:
            self.faults.append(f"填写项“{name}”又叫“{own}”")
        self.fields.add(name)

    def _is_search(self, traits: dict[str, str]) -> bool:
        """Whether a form is the header's search, which stands once, before the page's content."""
        plain = {"role", "action", "class"} >= traits.keys() and traits.get("role") == "search"
        return (
            plain
            and traits.get("action", "").endswith("/search/")
            and (self.forms == [traits] and "main" not in self._ids)
        )

    def _tell(self, tag: str, traits: dict[str, str]) -> None:
        """What says where things are sealed or opened begins with it, in a `strong`."""
        if "data-way" in traits:
            self.ways.append((traits["data-way"], "hidden" in traits, ""))
        self._telling = tag if "data-way" in traits or (self._telling and tag == "strong") else ""

    def _kept(self, tag: str, traits: dict[str, str]) -> None:
        """Forms, scripts and fields, each only where a browser takes it as it stands."""
        if tag in {"form", "script"} and self._open["template"]:
            self.faults.append(f"“{tag}”放在了不起作用的地方（template）")
        if tag in self._open:
            if self._open[tag]:
                self.faults.append(f"“{tag}”里又有一个“{tag}”")
            self._open[tag] = True
        self.loaded.extend(_loads(tag, traits))
        if tag == "script":
            self.scripts.append(traits)
        elif tag == "form":
            self.forms.append(traits)
            known = (kind for kind in ("sealing", "asking") if f"data-{kind}" in traits)
            self._own = next(known, "")
            if not self._own and not self._is_search(traits):
                self.faults.append("页面里另有一张表单，本网站的这一页只有一张")

    def handle_endtag(self, tag: str) -> None:
        """Close what only its own end tag closes."""
        if self._inside == tag:
            self._inside = ""
        if tag == "form" and self._open["template"]:
            self.faults.append("“form”在不起作用的地方（template）结束")
        if tag in self._open and not self._inside:
            self._open[tag] = False
            self._own = "" if tag == "form" else self._own
        self._telling = ""

    def handle_data(self, data: str) -> None:
        """A script has no text of its own, and text has no tag in it."""
        if self._inside == "script":
            self.faults.append("页面里有直接写入的脚本，本网站没有这样的脚本")
        elif "<" in data:
            self.faults.append(f"“{self._inside or '文字'}”里不应当有“{_shown(data)}”")
        if self._telling == "strong":
            way, hidden, said = self.ways[-1]
            self.ways[-1] = way, hidden, said + data
        elif data.strip():
            self._telling = ""


def _loads(tag: str, traits: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Addresses of style sheets and further scripts that a tag has loaded, with their digests."""
    if tag == "link" and traits.get("rel") == "stylesheet":
        yield traits.get("href", ""), traits.get("integrity", "")
    for name in ("data-old", "data-style", "data-aloud"):
        if name in traits:
            yield traits[name], traits.get(f"{name}-digest", "")


def _leads(name: str) -> bool:
    if name in _WORDS or name.endswith("-digest"):
        return False
    return name in {"src", "href", "action"} or name.startswith("data-")


def is_own_path(address: str) -> bool:
    """Whether an address leads to this site whatever page names it; an empty one is none."""
    return not address or _PATH.fullmatch(address) is not None


def _shown(text: str) -> str:
    return " ".join(text[:40].split())
