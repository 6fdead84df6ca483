"""Converter: the one configured Markdown library, its output sanitised; headings and anchors."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import markdown
import nh3
from markdown.extensions import Extension
from markdown.extensions.toc import TocExtension, slugify_unicode
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from portal.content.text.rendered import Heading, Rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

# Two characters between which a line break is no space: Han, kana and full-width punctuation.
_WIDE = (
    "\u2014\u2018-\u201d\u2026\u00b7\u2e80-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff00-\uffef\U00020000-\U000323af"
)
_BREAK = re.compile(
    f"(?<=[{_WIDE}])((?:</[a-z]+>)*)\n[ \t]*((?:<(?:a|code|del|em|strong)\\b[^>]*>)*)(?=[{_WIDE}])"
)
# What an inline pattern of the library can begin with.
_MARKUP = re.compile(r"[`\\!\[<&*_\x02]|  \n")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+\.)\s+\S")
_INDENTED = re.compile(r"(?: {2,}|\t)\S")
_ALIGN = re.compile(r"text-align: (left|center|right);")

_ELEMENTS = """
a abbr b blockquote br caption code dd del dl dt em h2 h3 h4 hr i img ins kbd li ol p pre q s small
strong sub sup table tbody td tfoot th thead tr ul
"""
_TAGS = set(_ELEMENTS.split())
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Alignment is a class, since the content security policy of the site refuses style attributes.
_ALIGN_CLASSES = {"align-left", "align-center", "align-right"}
_SCHEMES = {"http", "https", "mailto", "tel"}


class _ListsAfterText(Preprocessor):
    """Puts the blank line before a list that Markdown wants and editors forget."""

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        for line in lines:
            before = result[-1] if result else ""
            if (
                _ITEM.match(line)
                and before.strip()
                and not _ITEM.match(before)
                and not _INDENTED.match(before)
            ):
                result.append("")
            result.append(line)
        return result


class _Outline(Treeprocessor):
    """Keeps headings within h2–h4, since the title is the page's h1; alignment becomes a class."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in ("h1", "h5", "h6"):
                element.tag = "h2" if element.tag == "h1" else "h4"
            elif element.tag in ("td", "th"):
                found = _ALIGN.fullmatch(element.attrib.pop("style", ""))
                if found:
                    element.set("class", f"align-{found[1]}")
            if element.tag == "th":
                element.set("scope", "col")


class _Plain(Treeprocessor):
    """Marks text without any inline markup as finished, which most of a notice is.

    Trying sixteen patterns on every table cell took two thirds of the time of a long list.
    """

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.text and not _MARKUP.search(element.text):
                element.text = AtomicString(element.text)
            if element.tail and not _MARKUP.search(element.tail):
                element.tail = AtomicString(element.tail)


class _Habits(Extension):
    """The adaptations above; and text that somebody indented is still text, not code."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the library's name
        md.parser.blockprocessors.deregister("code")
        md.preprocessors.register(_ListsAfterText(md), "lists-after-text", 15)
        md.treeprocessors.register(_Plain(md), "plain", 25)  # before inline, at 20
        md.treeprocessors.register(_Outline(md), "outline", 6)  # before toc, at 5


class _Local(threading.local):
    """A converter for each thread: it keeps state while it works."""

    def __init__(self) -> None:
        toc = TocExtension(slugify=slugify_unicode, marker="")
        self.converter = markdown.Markdown(extensions=["tables", "sane_lists", toc, _Habits()])


_local = _Local()


def convert(text: str, root: str) -> Rendered:
    """What the library and the sanitiser make of any text."""
    converter = _local.converter
    converter.reset()
    html = converter.convert(text)
    headings = tuple(_headings(getattr(converter, "toc_tokens", [])))
    clean = nh3.clean(
        _BREAK.sub(r"\1\2", html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={"td": _ALIGN_CLASSES, "th": _ALIGN_CLASSES},
        attribute_filter=_under(root) if root else None,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    return Rendered(clean, headings)


def _under(root: str) -> Callable[[str, str, str], str | None]:
    def moved(_: str, attribute: str, value: str) -> str | None:
        local = value.startswith("/") and not value.startswith("//")
        return root + value if attribute in ("href", "src") and local else value

    return moved


def _headings(tokens: list[markdown.extensions.toc._TocToken]) -> Iterator[Heading]:
    for token in tokens:
        yield Heading(token["level"], token["id"], token["name"])
        yield from _headings(token["children"])
