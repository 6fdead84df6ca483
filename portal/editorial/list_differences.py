"""List differences: a draft's list against the lists of the edition that came before it.

A city list is compared with the closed county lists, the winners with the city list, a county's
list with the one that it replaces. Each change has a place for a reason, which the notice states:

    reasons:
      - {about: left-out, reason: 经评审未进入获奖建议名单}
      - {about: renamed, entry: 甲公司, reason: 2026年11月变更登记}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from portal.content.round_state import departures_of
from portal.domain.earlier_lists import EarlierLists
from portal.domain.list_changes import Changed, list_changes, reason_for
from portal.domain.stated_reasons import ListChange, StatedReason
from portal.editorial.keeping_true import entries_of
from portal.editorial.stage_lists import stage_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.earlier_lists import EarlierList
    from portal.domain.notice import Entry
    from portal.domain.standing import Hold
    from portal.editorial.drafts import Draft
    from portal.editorial.stage_lists import StageList


@dataclass(frozen=True, slots=True)
class Difference:
    """A change with the list that it is a change against, and the reason stated so far.

    `key` names it in a form: what changed, and whose entry.
    """

    key: str
    changed: Changed
    title: str
    reason: str

    @property
    def about(self) -> ListChange:
        """What kind of change it is."""
        return self.changed.change


def compare(
    catalogue: Catalogue, draft: Draft, at: datetime, holds: Collection[Hold] = ()
) -> tuple[Difference, ...]:
    """The differences of a draft's list; empty where nothing was listed before."""
    values = draft.values
    award = catalogue.editions.get(str(values.get("edition")))
    kind = award.kinds.get(str(values.get("kind"))) if award else None
    if award is None or kind is None or not kind.has_list:
        return ()
    entries, stands_on = entries_of(draft.list_bytes, catalogue, values), award.stands_on(kind)
    edition, place = str(values.get("edition")), catalogue.site.county_name(values.get("county"))
    # The nearest of the stages that it stands on: what came before that stood in it already.
    lists = stage_lists(catalogue, stands_on[-1] if stands_on else kind, edition, at)
    lists = [one for one in lists if one.notice.slug != draft.slug]
    if stands_on:
        before = EarlierLists(one.listed for one in lists).stood(at, place)
    else:
        before = _replaced(lists, entries, place, at)
    if not before or not entries:
        return ()
    left = [told.departure for told in departures_of(catalogue.as_of(at), edition, at)]
    old = [entry for entry in before if not any(one.means(entry) for one in left)]
    now = [entry._replace(county=entry.county or place) for entry in entries]
    reasons = stated_reasons(values)
    return tuple(
        Difference(
            f"{one.change.value}|{one.name}",
            one,
            before[one.before].title if one.before and one.before in before else "",
            reason_for(one, reasons),
        )
        for one in list_changes(old, now, holds)
    )


def _replaced(
    lists: Iterable[StageList], entries: Sequence[Entry], county: str, at: datetime
) -> dict[Entry, EarlierList]:
    """Whom the newest list of a county names that a further one would replace: they share some."""
    own = [one for one in lists if one.listed.county == county and one.listed.speaks(at)]
    shared = [one for one in own if any(one.listed.lists(entry) for entry in entries)]
    if not shared:
        return {}
    newest = max((one.listed for one in shared), key=lambda listed: listed.published)
    return {newest.placed(entry): newest for entry in newest.entries}


def stated_reasons(values: Mapping[str, Any]) -> tuple[StatedReason, ...]:
    """The reasons of a header, as far as they can be made out."""
    found = values.get("reasons")
    kinds = {change.value: change for change in ListChange}
    return tuple(
        StatedReason(kinds[item["about"]], str(item["reason"]), str(item.get("entry") or ""))
        for item in (found if isinstance(found, list) else ())
        if isinstance(item, dict) and item.get("about") in kinds and item.get("reason")
    )


def with_reasons(
    values: Mapping[str, Any], differences: Iterable[Difference], given: Mapping[str, str]
) -> dict[str, Any]:
    """The header with these reasons, by `Difference.key`; `given` may name a kind for all of it.

    A reason that no difference of the list asks for any more is left out.
    """
    kept = [one for one in stated_reasons(values) if one.about is ListChange.VACANT]
    rows = [
        {"about": one.about.value}
        | ({"entry": one.entry} if one.entry else {})
        | {"reason": one.reason}
        for one in kept
    ]
    seen: set[ListChange] = set()
    for one in differences:
        general = given.get(one.about.value, "").strip()
        if general and one.about not in seen:
            rows.append({"about": one.about.value, "reason": general})
        seen.add(one.about)
        reason = given.get(one.key, "").strip()
        if reason and reason != general:
            rows.append({"about": one.about.value, "entry": one.changed.name, "reason": reason})
    return {**values, "reasons": rows or None}
