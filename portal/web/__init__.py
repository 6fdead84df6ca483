"""What the Flask apps share: headers, forms, errors, filters, assets, base templates.

`init_web` is called by each app's factory; afterwards templates know `root` (the path of the site
on its host, the start of every link), `asset(name)`, the filters, the fields of the app's frame
and those of the context that `context.render` is given.
"""

from __future__ import annotations

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.web.assets import Assets, init_assets
from portal.web.context import Frame, init_render
from portal.web.environment import QuickEnvironment
from portal.web.error_pages import init_errors
from portal.web.filters import init_filters
from portal.web.head import head_tags
from portal.web.security import init_security
from portal.web.tables import calendar_days, live, notice_line, state_tag, table_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def _contact(env: Environment, office: object) -> Markup:
    macros: Any = env.get_template("components/page.html").module
    return Markup(macros.contact(office))  # noqa: S704 - our own template


def init_web(
    app: Flask,
    *,
    root: str = "",
    assets: Assets | None = None,
    frame: Callable[[], Frame] = Frame,
    failures: Iterable[type[Exception]] = (),
) -> Assets:
    """Fit an app out; its own templates and its blueprints' come before the shared ones."""
    app.jinja_environment = QuickEnvironment
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.undefined = StrictUndefined
    assert env.loader is not None  # Flask's own: the app's folder, then the blueprints'
    env.loader = ChoiceLoader([env.loader, FileSystemLoader(TEMPLATES)])
    env.globals["root"] = root
    served = assets or Assets(root)
    init_assets(app, served)
    init_filters(app)
    env.filters.update(
        table_rows=table_rows,
        calendar_days=calendar_days,
        head_tags=head_tags,
        live=live,
        state_tag=state_tag,
        # A notice stands in five lists, an office under every notice of its own.
        listed=lru_cache(maxsize=1024)(partial(notice_line, root=root)),
        contact=lru_cache(maxsize=64)(partial(_contact, env)),
    )
    init_security(app)
    init_errors(app, failures)
    init_render(app, frame)
    return served
