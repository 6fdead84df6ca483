"""How every page of the three apps is made: a typed context, and one `render`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from flask import current_app

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask

    from portal.web.page import PageHead


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Context:
    """What every page needs; `template` is the file that a context is for.

    A subclass's fields are exactly the names that its template may use besides those of the app's
    frame, `root`, `asset` and the filters. Contexts are never compared or printed: methods for
    that, made at every start, would cost time.
    """

    template: ClassVar[str]

    page: PageHead


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame:
    """What stands round every page of an app; an app's own frame has fields, this has none."""


def init_render(app: Flask, frame: Callable[[], Frame]) -> None:
    """Say what stands round the pages of an app; asked anew for every page."""
    app.extensions["portal.web"] = frame


def render(context: Context) -> str:
    """The page of a context, in the frame of the app that is asked."""
    frame: Frame = current_app.extensions["portal.web"]()
    return current_app.jinja_env.get_template(context.template).render(
        {**_names(frame), **_names(context)}
    )


def _names(thing: Context | Frame) -> Mapping[str, Any]:
    return {field.name: getattr(thing, field.name) for field in fields(thing)}
