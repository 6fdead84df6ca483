"""Staleness: which keys changed, and so which of the published pages have to be rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.queries import ALL, fingerprint, is_query, notice_key
from portal.domain.workdays import SHANGHAI
from portal.freezer.record.recorded_catalogue import CORE_PARTS, TODAY, part_key
from portal.freezer.record.store import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from portal.content.heads import Head
    from portal.content.index import Index
    from portal.content.parts import Parts

# Kept among the dirty keys when the notices in lists or the URLs of notices have changed.
LISTS = "lists"


def changed_by_edits(before: Mapping[str, Head], now: Mapping[str, Head]) -> set[str]:
    """Keys that edits of notices change; both name each text's head by the text."""
    keys: set[str] = set()
    for text in before.keys() | now.keys():
        old, new = before.get(text), now.get(text)
        if old is new or (old and new and old.digest == new.digest and old == new):
            continue
        keys.update(notice_key(head.slug) for head in (old, new) if head is not None)
        # An amended notice shows what amends it, so it changes with it.
        keys.update(notice_key(h.amends) for h in (old, new) if h is not None and h.amends)
    if keys:
        keys.add(ALL)
        if _memberships(before, keys) != _memberships(now, keys):
            keys.add(LISTS)
    return keys


def _memberships(heads: Mapping[str, Head], keys: set[str]) -> list[tuple[object, ...]]:
    """Where the texts of some notices stand in lists; which text of a notice it is says nothing."""
    chosen = (head for head in heads.values() if notice_key(head.slug) in keys)
    return sorted((head.slug, *head.membership) for head in chosen)


def changed_by_parts(before: Parts | None, now: Parts, differ: Iterable[str]) -> set[str]:
    """Keys that parts of the content change, all of which differ; a ledger changes its notices."""
    keys = {CORE if name in CORE_PARTS else part_key(name) for name in differ}
    if before is not None and "ledger" in differ:
        keys |= {notice_key(slug) for slug in before.ledger.differing(now.ledger)}
        if before.ledger.of_no_notice != now.ledger.of_no_notice:
            keys.add(LISTS)  # a window that gets its keys gets the page of its form
    return keys


def changed_by_time(index: Index, before: datetime) -> set[str]:
    """Keys that change because the as-of time moved."""
    if before == index.at:
        return set()
    crossed = index.crossed(before)
    keys = {notice_key(head.slug) for head in crossed}
    keys.update(notice_key(head.amends) for head in crossed if head.amends)
    if crossed:
        keys.update((LISTS, ALL))
    if before.astimezone(SHANGHAI).date() != index.at.astimezone(SHANGHAI).date():
        keys.add(TODAY)
    return keys


def changed_answers(index: Index, answers: dict[str, str]) -> set[str]:
    """Recorded queries that give something else now."""
    return {key for key, shown in answers.items() if fingerprint(key, index) != shown}


def stale_urls(planned: Iterable[str], published: dict[str, str], changed: set[str]) -> list[str]:
    """Planned URLs that were never rendered or that read a changed key, in the plan's order."""
    stale = []
    for url in planned:
        reads = published.get(url)
        if reads is None or not changed.isdisjoint(reads.split("\n")):
            stale.append(url)
    return stale


def queries_of(pages: Iterable[str]) -> set[str]:
    """The queries among the keys that pages read."""
    keys: set[str] = set()
    for reads in pages:
        keys.update(reads.split("\n"))
    return set(filter(is_query, keys))
