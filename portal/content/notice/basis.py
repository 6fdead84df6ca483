"""Basis: what a notice is read by: the calendar, and what the lists of each edition may say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.domain.awards import joined_terms
from portal.domain.notice import FIXED_KINDS
from portal.domain.window import publicity_window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from portal.domain.awards import ListTerms
    from portal.domain.editions import Edition
    from portal.domain.notice import Kind
    from portal.domain.window import Counting, Extension, FirstDay, PublicityWindow
    from portal.domain.workdays import WorkCalendar

    _Key = tuple[date, int, Counting, FirstDay, tuple[Extension, ...]]


class Basis:
    """Computes windows once for each beginning, length and rule; knows every edition's terms.

    A notice whose edition is unknown, which is a fault of its own, is read by those of all.
    """

    def __init__(self, calendar: WorkCalendar, editions: Mapping[str, Edition]) -> None:
        self._calendar, self._editions = calendar, editions
        self._known: dict[_Key, PublicityWindow] = {}
        self._any_terms = joined_terms(edition.terms for edition in editions.values())
        self._any_kinds = {k: v for e in editions.values() for k, v in e.kinds.items()}

    def window(
        self,
        opens: date,
        length: int,
        counting: Counting,
        rule: FirstDay,
        extensions: tuple[Extension, ...],
    ) -> PublicityWindow:
        """The window; raises CalendarError for a year without data."""
        key = (opens, length, counting, rule, extensions)
        if key not in self._known:
            self._known[key] = publicity_window(
                *(opens, length, self._calendar),
                counting=counting,
                first_day=rule,
                extensions=extensions,
            )
        return self._known[key]

    def terms(self, edition: object) -> ListTerms:
        """What a list of an edition may say."""
        known = self._editions.get(str(edition))
        return known.terms if known else self._any_terms

    def kinds(self, edition: str) -> Mapping[str, Kind]:
        """The kinds of notices of an edition by slug."""
        known = self._editions.get(edition)
        return known.kinds if known else FIXED_KINDS | self._any_kinds
