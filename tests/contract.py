"""The page contract: what every HTML page of every app, live or frozen, must keep.

`check_page(html)` raises one AssertionError that lists every fault. `ContractClient` applies it,
and the headers, to each response of a test; set it as `app.test_client_class`. Where KEEP_PAGES
names a folder, each page is left there as well, for a checker that is no part of the tests.
"""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.web.security import HEADERS

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
MARKS = re.compile(r"^(错误：)?(【演示】)?")
TYPOGRAPHY = {
    "half-width mark between Chinese characters": re.compile(f"[{HAN}][,:;?!][{HAN}]"),
    "half-width bracket after a Chinese character": re.compile(rf"[{HAN}]\([{HAN}]"),
    "three dots for an ellipsis": re.compile(r"\.\.\."),
    "a date without leading zeros": re.compile(r"\b(19|20)\d\d-(\d-\d{1,2}|\d\d-\d)\b"),
    "a doubled mark": re.compile("。。|，，|；；|：："),
    "a space between Chinese characters and digits": re.compile(rf"[{HAN}] \d|(?<!附件)\d [{HAN}]"),
    "你 for 您": re.compile("你"),
    "24时 for 24:00": re.compile("24时"),
    "an unfilled template": re.compile(r"\{\{|\}\}|None[年月日]|\bundefined\b"),
}
CONTROLS = {"input", "select", "textarea"}
LOADED = {"src", "srcset", "action", "formaction", "poster", "data"}
ASSET_RELS = {"stylesheet", "icon", "preload", "manifest", "alternate", "next", "prev"}


class Page:
    """A parsed page and the questions the contract asks of it."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.html = html
        self.root: Element = parser.parse(html)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.parse_errors = parser.errors
        self.elements = [e for e in self.root.iter() if isinstance(e.tag, str)]
        self.by_id = {e.get("id"): e for e in self.elements if e.get("id")}

    def all(self, *tags: str) -> list[Element]:
        return [e for e in self.elements if e.tag in tags]

    def ancestors(self, element: Element) -> Iterator[Element]:
        while element in self.parents:
            element = self.parents[element]
            yield element

    def hidden(self, element: Element) -> bool:
        return any("hidden" in e.attrib for e in (element, *self.ancestors(element)))


# What was checked is often asked for its links or anchors next, and parsing takes most of the time.
parsed = lru_cache(maxsize=1)(Page)


def text_of(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _markup(page: Page) -> Iterator[str]:
    lines = page.html.splitlines()
    for (line, column), code, _ in page.parse_errors:
        near = "\n".join(lines[max(0, line - 6) : line + 4])
        yield f"HTML error {code} at line {line}, column {column}:\n{near}"
    html = page.all("html")[0]
    if html.get("lang") != "zh-CN":
        yield f"html lang is {html.get('lang')!r}"
    for name, count in Counter(e.get("id") for e in page.elements if e.get("id")).items():
        if count > 1:
            yield f"id {name!r} stands {count} times"
    for e in page.elements:
        if "style" in e.attrib or e.tag == "style":
            yield f"inline style at <{e.tag}>"
        if any(name.startswith("on") for name in e.attrib):
            yield f"inline event handler at <{e.tag}>"
        if e.tag == "script":
            yield from _script(e)


def _script(script: Element) -> Iterator[str]:
    if script.get("type") == "application/ld+json":
        json.loads(script.text or "")
    elif not script.get("src"):
        yield "inline script"


def _title(page: Page) -> Iterator[str]:
    headings = page.all("h1")
    titles = page.all("title")
    if len(headings) != 1 or len(titles) != 1:
        yield f"{len(headings)} h1 and {len(titles)} title elements"
        return
    heading, title = text_of(headings[0]), MARKS.sub("", text_of(titles[0]))
    if not heading or not title.startswith(heading):
        yield f"title {title!r} does not start with the h1 {heading!r}"


def _headings(page: Page) -> Iterator[str]:
    before = 1
    for e in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(e.tag[1])
        if level > before + 1:
            yield f"heading {text_of(e)!r} skips from h{before} to h{level}"
        before = level
    if len(page.all("main")) != 1:
        yield f"{len(page.all('main'))} main elements"
    navs = page.all("nav")
    if len(navs) > 1 and not all(n.get("aria-label") or n.get("aria-labelledby") for n in navs):
        yield "several nav elements, not all named"


def _controls(page: Page) -> Iterator[str]:
    labelled = {e.get("for") for e in page.all("label")}
    for e in page.elements:
        if e.tag in CONTROLS and e.get("type") not in ("hidden", "submit", "button"):
            named = e.get("id") in labelled or e.get("aria-label") or e.get("aria-labelledby")
            if not named and not any(a.tag == "label" for a in page.ancestors(e)):
                yield f"control {e.get('name') or e.get('id')!r} has no label"
        if e.tag in ("a", "button", "summary") and not _name(e):
            yield f"<{e.tag}> without text: {e.attrib}"
        if e.tag == "img" and "alt" not in e.attrib:
            yield f"img without alt: {e.get('src')}"
        if (
            e.tag == "form"
            and e.get("method", "get").lower() == "post"
            and "novalidate" not in e.attrib
        ):
            yield "a posted form lets the browser show its own messages (novalidate is missing)"
    yield from _references(page)
    yield from _invalid(page)


def _name(element: Element) -> str:
    images = " ".join(e.get("alt", "") for e in element.iter("img"))
    return (element.get("aria-label") or text_of(element) or images).strip()


def _references(page: Page) -> Iterator[str]:
    for e in page.elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "headers"):
            for target in (e.get(name) or "").split():
                if target not in page.by_id:
                    yield f"{name} of <{e.tag}> names the missing id {target!r}"


def _is_error(element: Element) -> bool:
    return "error-message" in (element.get("class") or "").split()


def _invalid(page: Page) -> Iterator[str]:
    """Every error message belongs to a control that says it is invalid, and the reverse."""
    for e in page.elements:
        if e.get("aria-invalid") == "true":
            ids = (e.get("aria-describedby") or "").split()
            messages = [page.by_id[i] for i in ids if i in page.by_id]
            errors = [
                m for m in messages if m is not None and "error-message" in (m.get("class") or "")
            ]
            if not any(text_of(m) and not page.hidden(m) for m in errors):
                yield f"invalid control {e.get('id')!r} is not described by a visible error"
        if _is_error(e):
            users = [
                c
                for c in page.elements
                if e.get("id") in (c.get("aria-describedby") or "").split()
                and c.get("aria-invalid") == "true"
            ]
            if not users:
                yield f"error {text_of(e)!r} belongs to no control with aria-invalid"
    titled = text_of(page.all("title")[0]).startswith("错误：")
    if any(map(_is_error, page.elements)) and not titled:
        yield "the page shows errors but its title does not say 错误："


def _addresses(page: Page) -> Iterator[str]:
    for e in page.elements:
        for name in LOADED & set(e.attrib):
            if _external(e.get(name, "")):
                yield f"{name} of <{e.tag}> leaves the site: {e.get(name)}"
        rels = set((e.get("rel") or "").split())
        if e.tag == "link" and rels & ASSET_RELS and _external(e.get("href", "")):
            yield f"link {rels} leaves the site: {e.get('href')}"
        if e.tag == "a" and _external(e.get("href", "")):
            yield f"link to another site: {e.get('href')}"


def _external(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "mailto", "tel")


def _as_it_is(element: Element) -> bool:
    """Whether text stands as somebody else wrote it: code, input, a quoted slip of the original."""
    quoted = element.get("data-label") == "原文"
    return quoted or element.tag in {"script", "style", "code", "pre", "textarea", "title"}


def _prose(page: Page) -> Iterator[str]:
    for e in page.elements:
        if any(_as_it_is(a) for a in (e, *page.ancestors(e))):
            continue
        for text in (e.text, *(child.tail for child in e)):
            for fault, pattern in TYPOGRAPHY.items():
                found = pattern.search(text or "")
                if found:
                    yield f"{fault}: …{text[max(0, found.start() - 10) : found.end() + 10]}…"


def _demonstration(page: Page) -> Iterator[str]:
    title = text_of(page.all("title")[0])
    bars = [e for e in page.elements if "demo-bar" in (e.get("class") or "")]
    bar = any(e.get("aria-label") != "预览说明" for e in bars)
    if ("【演示】" in title) is not bar:
        yield "the mark 演示 stands in the title or in the bar, not in both"


RULES = (_markup, _title, _headings, _controls, _addresses, _prose, _demonstration)


def page_faults(html: str) -> list[str]:
    """Every way in which a page breaks the contract."""
    page = parsed(html)
    return [fault for rule in RULES for fault in rule(page)]


def check_page(html: str, where: str = "page", *, demonstration: bool | None = None) -> None:
    """Fail with every fault of a page; `demonstration` says whether it must carry the mark."""
    __tracebackhide__ = True
    faults = page_faults(html)
    if demonstration is not None and ("【演示】" in html) is not demonstration:
        faults.append(f"demonstration mark expected: {demonstration}")
    assert not faults, f"{where} breaks the page contract:\n- " + "\n- ".join(faults)


def check_headers(response: TestResponse, where: str) -> None:
    """The headers of every response; nothing may loosen the policy."""
    policy = response.headers.get("Content-Security-Policy", "")
    assert "unsafe" not in policy, where
    for name, value in HEADERS.items():
        got = response.headers.get(name)
        strict = name in ("Content-Security-Policy", "Referrer-Policy") and got
        assert strict or got == value, f"{where}: {name} is {got!r}"
    assert policy.startswith("default-src 'none'"), where


class ContractClient(FlaskClient):
    """A test client none of whose responses may break the contract."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        given = super().open(*args, **kwargs)
        check_moved(given)
        response = followed(given, super().open, kwargs)
        where = f"{response.request.method} {response.request.path} ({response.status_code})"
        check_headers(response, where)
        if response.mimetype in {"text/html", "application/json"}:
            assert "/pytest-of-" not in response.text, f"{where} names a folder of the server"
        if response.mimetype == "text/html" and response.data:
            check_page(response.text, where)
            if folder := os.environ.get("KEEP_PAGES"):
                keep(Path(folder), where, response.data)
        return response


def check_moved(response: TestResponse) -> None:
    """No page answers a form itself: going back to it would show the browser's own error page."""
    asked = response.request
    known = "form=" in asked.headers.get("Cookie", "")
    if asked.method == "POST" and known and asked.headers.get("Sec-Fetch-Mode") != "cors":
        page = response.mimetype == "text/html" and response.data
        moved = response.location or response.status_code >= 500
        assert moved or not page, f"POST {asked.path} answered with a page ({response.status_code})"


def followed(
    response: TestResponse, open_: Callable[..., TestResponse], how: Mapping[str, object]
) -> TestResponse:
    """The page that a form was answered with, which stands at an address of its own."""
    target = response.headers.get("Location", "")
    if response.request.method != "POST" or "shown=" not in target:
        return response
    response.request.environ["wsgi.input"].close()  # a temporary file above 500 KB
    same = {name: how[name] for name in ("environ_base", "base_url", "headers") if name in how}
    return open_(target, method="GET", **same)


def keep(folder: Path, where: str, page: bytes) -> None:
    """Leave a page in a folder, once, under a name that tells where it was met."""
    name = f"{re.sub(r'[^a-zA-Z0-9]+', '-', where)[:80]}{hashlib.sha256(page).hexdigest()[:12]}"
    (folder / f"{name}.html").write_bytes(page)


def links_of(html: str, path: str) -> Iterator[tuple[str, str]]:
    """Path and fragment of everything on a page that points into its own site."""
    for e in parsed(html).elements:
        for name in ("href", "src", "action"):
            address = e.get(name)
            if address and not _external(address) and not address.startswith(("mailto:", "tel:")):
                target, fragment = urldefrag(urljoin(path, address))
                yield unquote(urlsplit(target).path), unquote(fragment)
