"""Heads: the few facts of each notice that planning and lists need, without its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.domain.history import own_acts

if TYPE_CHECKING:
    from portal.domain.notice import Notice


class Head(NamedTuple):
    """Facts of a notice. Times are POSIX seconds; `opens` and `closes` are 0 without a window.

    `updated` is an ISO time of its own newest text; `acts` are what its later texts are, parted by
    blanks. `own` lists what the notice is published as besides its page: lines of group, space and
    path below its address; it is empty where nobody plans a site from the heads.
    """

    slug: str
    folder: str
    published: float
    updated: str
    kind: str
    county: str
    edition: str
    year: int
    amends: str
    opens: float
    closes: float
    acts: str
    digest: str
    own: str

    @property
    def membership(self) -> tuple[object, ...]:
        """What decides in which lists the notice stands, and where, and which URLs it has."""
        return (self.published, self.updated, *self[4:12], self.own)


def head_of(notice: Notice, folder: str = "", own: str = "") -> Head:
    """The head of a notice."""
    window = notice.window
    return Head(
        notice.slug,
        folder,
        notice.published.timestamp(),
        notice.updated.isoformat(),
        notice.kind.value,
        notice.county or "",
        notice.edition,
        notice.published.year,
        notice.amends or "",
        window.opens_at.timestamp() if window else 0.0,
        window.closes_at.timestamp() if window else 0.0,
        " ".join(sorted(own_acts(notice))),
        notice.digest,
        own,
    )
