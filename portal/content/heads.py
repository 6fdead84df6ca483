"""Heads: the few facts of each notice that planning and lists need, without its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.domain.history import own_acts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from portal.domain.notice import Notice


class Version(NamedTuple):
    """A recorded text of a notice, whole, and the instant from which it is public."""

    notice: Notice
    since: datetime


class Head(NamedTuple):
    """Facts of a text of a notice. Times are POSIX seconds; `opens`, `closes` are 0 without window.

    The text is public from `since` on, until a later text of the notice takes its place at
    `until`; 0 where none does.

    `amends` names the notice that it amends, or whose result it is. `updated` is an ISO time of its
    own newest text; `acts` are what its later texts are, parted by blanks. `own` lists what the
    notice is published as besides its page: lines of group, space and path below its address; it is
    empty where nobody plans a site from the heads.
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
    since: float
    until: float

    @property
    def text(self) -> str:
        """The name of the text: a notice has one for each recorded revision."""
        return f"{self.slug}@{self.digest}"

    @property
    def membership(self) -> tuple[object, ...]:
        """What decides in which lists the notice stands, and where, and which URLs it has."""
        return (self.published, self.updated, *self[4:12], self.own, self.since, self.until)


def head_of(
    notice: Notice,
    folder: str = "",
    own: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Head:
    """The head of a notice's text, public from `since` on, or from its own publishing."""
    window = notice.window
    return Head(
        notice.slug,
        folder,
        notice.published.timestamp(),
        notice.updated.isoformat(),
        notice.kind,
        notice.county or "",
        notice.edition,
        notice.published.year,
        notice.about or "",
        window.opens_at.timestamp() if window else 0.0,
        window.closes_at.timestamp() if window else 0.0,
        " ".join(sorted(own_acts(notice))),
        notice.digest,
        own,
        (since or notice.published).timestamp(),
        until.timestamp() if until else 0.0,
    )


def heads_of(
    versions: Sequence[Version], folder: str = "", own: Callable[[Notice], str] | None = None
) -> list[tuple[Head, Notice]]:
    """The head of each recorded text of one notice; one stands until the next is public."""
    ends = [*(version.since for version in versions[1:]), None]
    return [
        (head_of(notice, folder, own(notice) if own else "", since, until), notice)
        for (notice, since), until in zip(versions, ends, strict=False)  # none has no end
    ]
