"""The single list of what a notice is published as, besides its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One representation of a notice: `/notices/<slug>/<filename>`.

    `group` names the member of `portal build --formats` that it belongs to. `render` may not ask
    the clock: the same notice and catalogue give the same bytes.
    """

    name: str
    filename: str
    media_type: str
    label: str
    group: str
    applies: Callable[[Notice], bool]
    render: Callable[[Notice, Catalogue], bytes]


FORMATS: tuple[OutputFormat, ...] = ()


def formats_of(notice: Notice) -> tuple[OutputFormat, ...]:
    """The formats a notice is published in."""
    return tuple(fmt for fmt in FORMATS if fmt.applies(notice))
