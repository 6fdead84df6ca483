"""The frame round every page: header, navigation and footer, rendered once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup

from portal.web.context import Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from portal.domain.places import Site


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main navigation."""

    key: str
    label: str
    path: str


NAVIGATION = (
    NavItem("home", "首页", "/"),
    NavItem("guide", "政策解读", "/guide/"),
    NavItem("check", "申报自查", "/check/"),
    NavItem("downloads", "表格下载", "/downloads/"),
    NavItem("notices", "公告公示", "/notices/"),
    NavItem("winners", "获奖名单", "/winners/"),
    NavItem("faq", "常见问题", "/faq/"),
    NavItem("press", "新闻媒体", "/press/"),
)


@dataclass(frozen=True, slots=True)
class Chrome:
    """Header for each section, footer, and the site's facts that the head of a page repeats.

    `check` says whether the site has a self-check, so that pages lead to none where there is none;
    `preview` that every page shows what nobody has signed.
    """

    name: str
    office: str
    base_url: str
    description: str
    identifier: str
    host: str
    check: bool
    headers: Mapping[tuple[str, bool], Markup]
    footer: Markup
    preview: bool = False

    def header(self, section: str, *, guarded: bool = False) -> Markup:
        """Header with the navigation entry of a section marked as the current one.

        A `guarded` page names the digest of each script, as the form's pages do.
        """
        return self.headers.get((section, guarded), self.headers["", guarded])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SiteFrame(Frame):
    """What stands round every public page."""

    chrome: Chrome


def build_chrome(
    env: Environment,
    site: Site,
    base_url: str,
    *,
    objections_url: str | None = None,
    check: bool = True,
    preview: bool = False,
) -> Chrome:
    """Render the frame of a site."""
    facts = {
        "site": site,
        "root": urlsplit(base_url).path.rstrip("/"),
        "navigation": [item for item in NAVIGATION if check or item.key != "check"],
        "objections_url": objections_url,
    }
    # Of our own templates, rendered outside of any request, for all of them.
    header = env.get_template("chrome/header.html")
    sections = ("", *(item.key for item in NAVIGATION))
    return Chrome(
        name=site.name,
        office=site.host,
        base_url=base_url.rstrip("/"),
        description=site.description,
        identifier=site.identifier,
        host=urlsplit(base_url).netloc,
        check=check,
        headers={
            (key, guarded): Markup(header.render(facts, section=key, digests=guarded))  # noqa: S704
            for key in sections
            for guarded in (False, True)
        },
        footer=Markup(env.get_template("chrome/footer.html").render(facts)),  # noqa: S704
        preview=preview,
    )
