"""What the page 紧急撤下个人信息 is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.web.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.domain.notice import Notice
    from portal.editorial.site_due import SiteDue


@dataclass(frozen=True, slots=True)
class LeakLine:
    """A place that will be struck out, masked; `line` is 0 for a file taken away whole."""

    place: str
    line: int
    shown: str


@dataclass(frozen=True, slots=True)
class OtherLeak:
    """A further notice that holds it; without a `url` where another office sees to it."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RedactContext(Context):
    """`/published/<slug>/redact`: `told` is what was just done, `waits` that a text is no draft."""

    template = "publishing/redact.html"

    notice: Notice
    may_draft: bool
    found: Sequence[LeakLine]
    others: Sequence[OtherLeak]
    leaked: str
    reason: str
    told: Sequence[str]
    site_due: Sequence[SiteDue]
    wants_key: bool
    may_unlock: bool
    waits: bool
    being_written: bool
    error: str
