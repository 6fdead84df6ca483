"""What every view of the site needs: the catalogue, the time, texts as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Response
from markupsafe import Markup

from portal.site.phone_tables import adapt
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jinja2 import Environment

    from portal.content.catalogue import Catalogue
    from portal.domain.window import PublicityWindow
    from portal.site.site_options import SiteOptions
    from portal.web.context import Context

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Views:
    """Shared by the site's blueprints. Views ask it, never Flask's globals, for what they show."""

    catalogue: Callable[[], Catalogue]
    clock: Callable[[], datetime]
    options: SiteOptions
    env: Environment

    def now(self) -> tuple[Catalogue, datetime]:
        """What is public at this moment, and the moment."""
        at = self.clock()
        return self.catalogue().as_of(at), at

    def page(self, context: Context) -> Response:
        """Render a context by its template."""
        return Response(render(context), content_type=HTML)

    def html(self, catalogue: Catalogue, text: str) -> Markup:
        """Sanitised HTML of a Markdown text, fitted to narrow screens.

        Where the form is not offered, what leads to its pages is text.
        """
        html = catalogue.html(text)
        if not self.options.objections_url:
            html = _TO_THE_FORM.sub(r"\1", html)
        return Markup(adapt(html))  # noqa: S704 - sanitised

    def calendar(self, window: PublicityWindow) -> Markup:
        """Day-by-day calendar of a window, kept: many notices share the same few windows."""
        return _calendar(self.env, window)


_TO_THE_FORM = re.compile(r'<a href="[^":]*/objections/[^"]*"[^>]*>(.*?)</a>', re.DOTALL)


@lru_cache(maxsize=256)
def _calendar(env: Environment, window: PublicityWindow) -> Markup:
    weeks: dict[str, Any] = {"days": window.days}
    return Markup(env.get_template("components/calendar.html").render(weeks))  # noqa: S704 - ours
