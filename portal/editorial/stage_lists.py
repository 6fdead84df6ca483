"""Stage lists: the published lists of one stage of an edition, on which the next ones stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.content.selection import Selection
from portal.domain.earlier_lists import EarlierList
from portal.domain.notice import Kind
from portal.domain.window import honest_window
from portal.errors import CalendarError

if TYPE_CHECKING:
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.domain.window import PublicityWindow


class StageList(NamedTuple):
    """A published list; `window` is counted from its recorded publication, as the lint counts."""

    notice: Notice
    window: PublicityWindow
    listed: EarlierList

    def runs(self, at: datetime) -> bool:
        """Whether its window has not ended, and it was not withdrawn."""
        return self.listed.speaks(at) and not self.listed.closed(at)


def stage_lists(catalogue: Catalogue, kind: Kind, edition: str, at: datetime) -> list[StageList]:
    """The lists of a kind that are public at an instant, oldest first; withdrawn ones too."""
    now = catalogue.as_of(at)
    notices = now.select(at, Selection(kind=kind, edition=edition))
    found = (_stage_list(now, notice) for notice in sorted(notices, key=lambda n: n.slug))
    return [one for one in found if one is not None]


def _stage_list(now: Catalogue, notice: Notice) -> StageList | None:
    if notice.window is None:
        return None
    lines = now.ledger.of(notice.slug)
    recorded = min((line.recorded or line.published for line in lines), default=None)
    window = notice.window
    if recorded is not None and not notice.demonstration:
        try:
            window = honest_window(window, recorded, now.calendar)
        except CalendarError:
            return None
    amending = now.amendments.get(notice.slug, ())
    withdrawn = [other.published for other in amending if other.kind is Kind.WITHDRAWAL]
    listed = EarlierList(
        notice.title,
        notice.entries,
        notice.published,
        window.closes_at,
        min(withdrawn, default=None),
        now.site.county_name(notice.county),
    )
    return StageList(notice, window, listed)
