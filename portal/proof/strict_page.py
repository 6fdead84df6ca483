"""A saved page read so that no browser can read it otherwise, or refused.

What is bad is not looked for: only what the site's own templates write is let through. Every `<`
must begin a tag in one plain form (small letters, quoted values, each attribute once, references
that end with `;`), every element and attribute must be one that the forms' pages use, every address
a path of the site. Comments, CDATA and processing instructions are refused: browsers and parsers
differ most about them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_VALUE = r"(?:[^\"<>&]|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[A-Za-z]{2,8});)*"
_TRAIT = rf"\s+[a-z][a-z0-9-]*(?:=(?:\"{_VALUE}\"|[a-z0-9]+))?"
_TAG = re.compile(rf"</?[a-z][a-z0-9]*>|<[a-z][a-z0-9]*(?:{_TRAIT})+\s*>")
_DOCTYPE = re.compile(r"\s*<!doctype html>", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
# No quotes and brackets: prefs.js writes one of these addresses into the page.
_PATH = re.compile(r"/(?!/)[\w./?=&#%~+,:@-]*|#[\w.-]*", re.ASCII)

_EVERYWHERE = frozenset({"class", "id", "hidden", "role", "tabindex"})
_ARIA = re.compile(
    r"aria-(?:atomic|busy|controls|current|describedby|expanded|haspopup|hidden|invalid|label|"
    r"labelledby|live|pressed)"
)
_MARKS = frozenset(
    f"data-{name}"
    for name in (
        *("above", "busy", "counter", "failed", "focus", "gate", "kind", "limit"),
        *("offer", "place", "print", "printed", "privacy", "size", "style", "toggle", "way"),
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
        "button": "type name value data-aloud data-aloud-digest",
        "form": "action method enctype novalidate data-age data-age-digest data-asking data-begin "
        "data-challenge data-deadline data-frozen data-message data-qr data-qr-digest data-sealing "
        "data-sm data-sm-digest data-suite data-suite-digest data-tells data-worker",
        "html": "lang",
        "img": "src alt width height",
        "input": "type name value checked maxlength placeholder autocomplete inputmode accept "
        "multiple",
        "label": "for",
        "link": "rel href type title",
        "meta": "charset name property content",
        "script": "src integrity defer blocking data-old",
        "textarea": "name rows",
        "time": "datetime",
    }.items()
}
# What a script of the pages takes from `data-…` is an address to load or go to, but for these.
_WORDS = (_MARKS - {"data-style"}) | {"data-deadline", "data-sealing", "data-tells"}
_TEXT_ONLY = frozenset({"script", "textarea", "title"})


class StrictPage(HTMLParser):
    """The forms and scripts of a page, and what in it the site's pages do not have."""

    def __init__(self, content: bytes) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.scripts: list[dict[str, str]] = []
        self.aloud: list[dict[str, str]] = []
        self._open = {"form": False, "template": False}
        self._own = False
        self._inside = ""
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
        self._kept(tag, traits)

    def _trait(self, tag: str, name: str, value: str, traits: dict[str, str]) -> None:
        known = name in _EVERYWHERE | _MARKS | _ELEMENTS[tag] or _ARIA.fullmatch(name)
        canonical = tag == "link" and traits.get("rel") == "canonical"
        if name.startswith("on"):
            self.faults.append(f"“{tag}”上有直接写入的程序（{name}），本网站没有这样的内容")
        elif not known:
            self.faults.append(f"“{tag}”上有本网站不用的属性“{name}”")
        elif name == "charset" and value.lower() != "utf-8":
            self.faults.append("页面声明的编码不是 UTF-8")
        elif _leads(name) and not canonical and not is_own_path(value):
            self.faults.append(f"“{tag}”的 {name} 不是本网站的地址：{_shown(value)}")

    def _kept(self, tag: str, traits: dict[str, str]) -> None:
        """Forms, scripts and fields, each only where a browser takes it as it stands."""
        if tag in {"form", "script"} and self._open["template"]:
            self.faults.append(f"“{tag}”放在了不起作用的地方（template）")
        if tag in self._open:
            if self._open[tag]:
                self.faults.append(f"“{tag}”里又有一个“{tag}”")
            self._open[tag] = True
        if tag == "script":
            self.scripts.append(traits)
        elif tag == "button" and "data-aloud" in traits:
            self.aloud.append(traits)
        elif tag == "form":
            self.forms.append(traits)
            self._own = "data-sealing" in traits or "data-asking" in traits
        elif tag in {"input", "textarea"} and not self._own and traits.get("name") != "q":
            self.faults.append("表单以外另有填写的地方，本网站没有")

    def handle_endtag(self, tag: str) -> None:
        """Close what only its own end tag closes."""
        if self._inside == tag:
            self._inside = ""
        if tag == "form" and self._open["template"]:
            self.faults.append("“form”在不起作用的地方（template）结束")
        if tag in self._open and not self._inside:
            self._open[tag] = False
            self._own = self._own and tag != "form"

    def handle_data(self, data: str) -> None:
        """A script has no text of its own, and text has no tag in it."""
        if self._inside == "script":
            self.faults.append("页面里有直接写入的脚本，本网站没有这样的脚本")
        elif "<" in data:
            self.faults.append(f"“{self._inside or '文字'}”里不应当有“{_shown(data)}”")


def _leads(name: str) -> bool:
    if name in _WORDS or name.endswith("-digest"):
        return False
    return name in {"src", "href", "action"} or name.startswith("data-")


def is_own_path(address: str) -> bool:
    """Whether an address leads to this site whatever page names it; an empty one is none."""
    return not address or _PATH.fullmatch(address) is not None


def _shown(text: str) -> str:
    return " ".join(text[:40].split())
