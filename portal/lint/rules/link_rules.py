"""K: links, anchors, pictures, headings and markup of prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from portal.content.text.markdown import render
from portal.errors import Severity
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.rule import Proviso
    from portal.lint.rules.subjects import Passage, Prose

_LINK = re.compile(
    r"(?P<picture>!?)\[(?P<text>[^\]\n]*)\]\(\s*<?(?P<target>[^)\s>]*)>?(?:\s+[\"'][^)]*)?\)"
)
_HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]*(?P<text>[^\n#]*)", re.MULTILINE)
_PICTURE_TAG = re.compile(r"<img\b(?P<attributes>[^>]*)>", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:script|style|iframe|object|embed|form|input|button|link|meta|svg|video|audio|font|center)\b"
    r"|<[a-z][^>]*\s(?:style|on[a-z]+|class)\s*=",
    re.IGNORECASE,
)
_VAGUE = frozenset({"点击这里", "点击此处", "这里", "此处", "点此", "链接", "详情", "更多"})
_SCHEMES = ("http", "https", "mailto", "tel")
_PAGES = """
/ /guide/ /downloads/ /faq/ /notices/ /winners/ /data/ /press/ /search/ /check/ /objections/status
/about/ /privacy/ /accessibility/ /ledger.json /manifest.json /sitemap.xml /robots.txt
"""
_PAGES = """
/ /guide/ /downloads/ /faq/ /notices/ /winners/ /press/ /search/ /check/ /objections/status
/about/ /privacy/ /accessibility/ /ledger.json /manifest.json /sitemap.xml /robots.txt
"""
_TOP = frozenset(_PAGES.split())
# What other packages publish below these is theirs to know.
_FREE = re.compile(
    r"/(?:feeds/[\w./-]+|check/.*|downloads/.+|winners/(?:who/)?[\w-]+/(?:traces/)?|former/.+|objections/.*"
    r"|notices/(?:kind|county|edition|state|page)/[\w/-]+)"
)
_FORMAT = re.compile(r"(?:[\w-]+\.(?:pdf|docx|txt|csv|json|xlsx|ics))|revisions/\d+/(?:changes/)?")


@rule("K001")
def links_lead_somewhere(passage: Passage) -> Iterator[Finding]:
    """站内链接指向不存在的页面或附件。

    站内链接从根写起（/guide/conditions/），页面地址以 / 结尾；公告的附件写 files/文件名。
    """
    for match, target in _targets(passage.prose):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        path = unquote(urljoin(passage.prose.url, parts.path))
        if path not in _TOP and path not in passage.context.anchors and not _FREE.fullmatch(path):
            message, remedy = f"链接“{target}”没有对应的页面或附件", "更正链接；页面地址以 / 结尾"
            found = passage.prose.find(match.start("target"), message, remedy)
            yield found.unless(*_of_a_notice(path))


@rule("K002")
def anchors_exist(passage: Passage) -> Iterator[Finding]:
    """链接的 # 之后的位置在那个页面上不存在。

    标题的位置名就是标题的文字，空格改为连字符；常见问题的位置名是问题的 slug。
    """
    for match, target in _targets(passage.prose):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not parts.fragment:
            continue
        page = unquote(urljoin(passage.prose.url, parts.path)) if parts.path else passage.prose.url
        if page == passage.prose.url and passage.prose.markdown:
            anchors = frozenset(heading.id for heading in render(passage.prose.text).headings)
        elif page in passage.context.anchors:
            anchors = passage.context.anchors[page]
        else:
            continue
        if unquote(parts.fragment) not in anchors:
            message = f"“{page}”上没有位置“#{unquote(parts.fragment)}”"
            remedy = f"现有：{'、'.join(sorted(anchors)[:8]) or '无'}"
            yield passage.prose.find(match.start("target"), message, remedy)


@rule("K003")
def pictures_have_alternatives(passage: Passage) -> Iterator[Finding]:
    """图片没有替代文字。

    替代文字供看不见图片的人使用：![现场审核会会场](files/a.jpg)。
    """
    prose = passage.prose
    for match in _links(prose):
        if match["picture"] and not match["text"].strip():
            yield prose.find(match.start(), "图片没有替代文字", "在方括号里写图片的内容")
    for match in _PICTURE_TAG.finditer(prose.text):
        if not re.search(r"\balt\s*=\s*[\"'][^\"']+", match["attributes"]):
            yield prose.find(match.start(), "图片没有替代文字", "改用 ![图片的内容](地址)")


@rule("K004")
def headings_step_down(passage: Passage) -> Iterator[Finding]:
    """标题跳级，或者不从二级（##）开始。

    页面的标题是一级；正文从 ## 起，每次只深一级，最深到 ####。
    """
    if not passage.prose.markdown:
        return
    level = 1
    for match in _HEADING.finditer(passage.prose.text):
        own = len(match["marks"])
        if own == 1 or own > level + 1 or own > 4:  # noqa: PLR2004 - h4 is the deepest
            message = f"标题“{match['text'].strip()}”用了 {match['marks']}"
            remedy = f"改为 {'#' * min(max(level + 1, 2), 4)}，正文标题从 ## 起，逐级加深"
            yield passage.prose.find(match.start(), message, remedy)
        level = own if own > 1 else level


@rule("K005")
def markup_survives(passage: Passage) -> Iterator[Finding]:
    """正文里有发布时会被去掉的网页代码，如 <script>、style= 或 class=。

    正文用 Markdown 书写；从网页或 Word 粘贴时请只粘贴文字。
    """
    for match in _TAG.finditer(passage.prose.text):
        message = f"网页代码“{match.group()}”会被去掉"
        remedy = "删去，改用 Markdown"
        yield passage.prose.find(match.start(), message, remedy, Severity.WARNING)


@rule("K006")
def schemes_are_safe(passage: Passage) -> Iterator[Finding]:
    """链接用了不能公开的地址：file:、javascript:、本机或内网地址。"""
    for match, target in _targets(passage.prose):
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
        private = host == "localhost" or re.match(r"(?:127|10|192\.168)\.", host)
        if (parts.scheme and parts.scheme.lower() not in _SCHEMES) or private:
            yield passage.prose.find(
                match.start("target"), f"链接“{target}”公众打不开", "改为公开的网址，或放进附件"
            )


@rule("K007")
def link_texts_speak(passage: Passage) -> Iterator[Finding]:
    """链接的文字看不出去向，如“点击这里”。

    读屏软件会单独读出链接文字；写明去处，如“评选条件”。
    """
    for match in _links(passage.prose):
        if not match["picture"] and match["text"].strip() in _VAGUE | {""}:
            message = f"链接文字“{match['text']}”看不出去向"
            yield passage.prose.find(match.start(), message, "写明链接的去处", Severity.WARNING)


def _links(prose: Prose) -> Iterator[re.Match[str]]:
    return _LINK.finditer(prose.text) if "](" in prose.text else iter(())


def _targets(prose: Prose) -> Iterator[tuple[re.Match[str], str]]:
    """Every link and picture with its target."""
    for match in _links(prose):
        try:
            urlsplit(match["target"])
        except ValueError:
            continue
        yield match, match["target"]


def _of_a_notice(path: str) -> Proviso:
    """What must be so for a notice to have a page or file at a path; nothing for no such path."""
    found = re.fullmatch(r"/notices/(?P<slug>[^/]+)/(?P<rest>.*)", path)
    if found is None:
        return ()
    if found["rest"].startswith("files/"):
        return "has_file", found["slug"], found["rest"].removeprefix("files/")
    page = not found["rest"] or _FORMAT.fullmatch(found["rest"])
    return ("is_notice", found["slug"]) if page else ()


RULES = (
    links_lead_somewhere,
    anchors_exist,
    pictures_have_alternatives,
    headings_step_down,
    markup_survives,
    schemes_are_safe,
    link_texts_speak,
)
