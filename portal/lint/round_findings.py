"""Rounds: what the lists of an edition say of each other, compared again only where one differs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from portal.lint.rules import news_rules
from portal.lint.rules.neighbours import Round
from portal.lint.rules.rule_groups import LIST_RULES, ROUND_RULES, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portal.domain.notice import Kind
    from portal.lint.lint_store import LintStore
    from portal.lint.rules.neighbours import Context, Known
    from portal.lint.rules.rule_groups import Found


def round_findings(
    context: Context, store: LintStore, wanted: Callable[[str], bool], drafts: str
) -> Iterator[Found]:
    """What is found in the lists of each edition, of those kinds that have a wanted notice.

    `drafts` names those that are laid over the tree, so that what is kept of a draft does not put
    out what is kept of the tree.
    """
    for edition, lists in context.lists.items():
        among = Round(context, edition)
        kinds = {known.kind for known in lists if wanted(known.slug)}
        for kind in sorted(kinds):
            name = f"lists {edition} {kind} {drafts}"
            digest = _digest(context, edition, kind, lists) if store.kept else ""
            kept = store.get(name)
            if kept is not None and kept[0] == digest:
                yield from kept[1]
                continue
            found = list(_compared(among, kind))
            store.put(name, (digest, found))
            yield from found


def _compared(among: Round, kind: Kind) -> Iterator[Found]:
    award = among.context.tree.editions.get(among.edition)
    if award and award.first and award.first.kind == kind:
        yield from run(ROUND_RULES, among)
    rules = LIST_RULES if award and award.stands_on(kind) else news_rules.LIST_RULES
    for one in among.lists(kind):
        yield from run(rules, one)


def _digest(context: Context, edition: str, kind: Kind, lists: list[Known]) -> str:
    """Changes with everything that comparing a kind of lists depends on."""
    award = context.tree.editions.get(edition)
    looked_at = {kind, *(award.stands_on(kind) if award else ())}
    told: list[object] = [h for of, h in context.holds.holds if of == edition]
    telling = context.telling.get(edition, ())
    told += [(n.slug, n.published, n.title, n.departures) for n in telling if n.departures]
    for known in lists:
        if known.kind in looked_at:
            slug = known.slug
            entered = (slug, known.revision) in context.ledgered
            times = context.recorded.get(slug), context.withdrawn.get(slug)
            told.append((slug, known.folder, known.digest, known.sound, entered, *times))
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()
