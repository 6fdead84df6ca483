"""Keeping true: what was set into a text follows the header and the list as long as it stands.

The published text carries no mark. The beginning of content/texts/ is rendered twice, with the
facts before a change and with those after it, and both are cut into clauses (，。； and line ends).
A clause of the draft that still reads, from end to end, as it was set in is put as it would be set
in now. One that a person changed by a single character is theirs: it is left alone and told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.content.files.fault_collector import Faults
from portal.content.notice.list_reader import read_entries, read_table
from portal.content.notice.notice_folder import LIST
from portal.content.notice.notice_writer import write_text
from portal.domain.editions import terms_for
from portal.editorial.drafts import parsed
from portal.editorial.facts import facts_of, set_in, set_paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from portal.content.beginning_texts import BeginningText
    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Entry
    from portal.editorial.drafts import Draft, Drafts
    from portal.editorial.facts import Facts
    from portal.editorial.surroundings import Surroundings

_CLAUSE_END = re.compile(r"([，,。；;！？\n])")
_LONGEST_TOLD = 40


class Kept(NamedTuple):
    """A title and a body that follow the facts; `told` says what a person has to look at."""

    title: str
    body: str
    told: tuple[str, ...] = ()


class Saved(NamedTuple):
    """A draft after a change, with what its writer is to be told."""

    draft: Draft
    told: tuple[str, ...] = ()


class _Change(NamedTuple):
    before: str
    after: str


def keep_true(words: BeginningText, before: Facts, after: Facts, title: str, body: str) -> Kept:
    """The title and body of a draft that began with these words, after a change of facts."""
    clauses = _clauses(words.title)
    changes = [_Change(set_in(clause, before), set_in(clause, after)) for clause in clauses]
    new_title, told = _patched(title, changes, "标题")
    changes = [
        change
        for paragraph in words.body.strip("\n").split("\n\n")
        for change in _paragraph_changes(paragraph, before, after)
    ]
    new_body, told_body = _patched(body, changes, "正文")
    return Kept(new_title, new_body, (*told, *told_body))


def _paragraph_changes(paragraph: str, before: Facts, after: Facts) -> Iterator[_Change]:
    one, other = set_paragraph(paragraph, before), set_paragraph(paragraph, after)
    if one is None or other is None:
        # It comes or goes as a whole, which only a person can place.
        yield _Change(one or "", other or "")
        return
    for clause in _clauses(paragraph):
        yield _Change(set_paragraph(clause, before) or "", set_paragraph(clause, after) or "")


def _clauses(text: str) -> list[str]:
    return [part for part in _CLAUSE_END.split(text)[::2] if part]


def _patched(text: str, changes: list[_Change], where: str) -> tuple[str, list[str]]:
    """A text with those clauses changed that stand as they were set in; what is told of others."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for change in changes:
        wanted[change.before].append(change.after)
    spans: list[tuple[int, int, str]] = []
    missed: list[_Change] = []
    for before, afters in wanted.items():
        if all(after == before for after in afters):
            continue
        found = [match.span() for match in _standing(before).finditer(text)] if before else []
        alike = len(set(afters)) == 1 and len(found) < len(afters)
        if found and (alike or len(found) == len(afters)):
            spans += [(*span, after) for span, after in zip(found, afters, strict=False)]
        if len(found) != len(afters):
            missed += [_Change(before, a) for a in dict.fromkeys(afters) if a != before]
    for start, end, after in sorted(spans, reverse=True):
        text = text[:start] + after + text[end:]
    if len(missed) > 1 and not spans:
        return text, [f"{where}已改写，没有随公示期、名单的变化更改，请核对"]
    return text, [_told(change, where) for change in missed]


def _standing(clause: str) -> re.Pattern[str]:
    """A clause from end to end, whatever signs stand inside it."""
    return re.compile(rf"(?<![^，,。；;！？\n]){re.escape(clause)}(?![^，,。；;！？\n])")


def _told(change: _Change, where: str) -> str:
    after = _short(change.after)
    if not change.before:
        return f"{where}现在可以写上：“{after}”"
    if not change.after:
        return f"{where}的“{_short(change.before)}”现在没有依据，请删去或核对"
    return f"{where}的“{_short(change.before)}”已改写，没有随之更改；按现在的应为“{after}”"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}……"


def save(
    drafts: Drafts, around: Surroundings, draft: Draft, values: Mapping[str, Any], body: str
) -> Saved:
    """Save a header and a body with what was set in kept true; NewerDraftError as `Drafts.save`.

    `draft` is what the writer had read.
    """
    entries = entries_of(draft.list_bytes, around.catalogue, values)
    before = facts_of(draft.values, entries, around)
    after = facts_of(values, entries, around)
    text = Kept(str(values.get("title") or ""), body)
    kept = _kept(around, draft, (before, after), text)
    saved = drafts.save(draft.slug, draft.digest, {**values, "title": kept.title}, kept.body)
    return Saved(saved, kept.told)


def save_list(drafts: Drafts, around: Surroundings, draft: Draft, data: bytes | None) -> Saved:
    """Save a list, or remove it, and keep the counts true that were set into the text."""
    before = facts_of(
        draft.values, entries_of(draft.list_bytes, around.catalogue, draft.values), around
    )
    saved = drafts.save_list(draft.slug, draft.digest, data)
    after = facts_of(saved.values, entries_of(data, around.catalogue, saved.values), around)
    text = Kept(str(saved.values.get("title") or ""), saved.body)
    kept = _kept(around, draft, (before, after), text)
    if (kept.title, kept.body) == (saved.values.get("title"), saved.body):
        return Saved(saved, kept.told)
    values = {**saved.values, "title": kept.title}
    return Saved(drafts.save(saved.slug, saved.digest, values, kept.body), kept.told)


def follow_list(
    text: str, before: bytes | None, after: bytes | None, around: Surroundings
) -> tuple[str, tuple[str, ...]]:
    """A notice.md whose list was replaced, with its counts kept true, and what is to be told."""
    values, body = parsed(text)
    lists = (entries_of(data, around.catalogue, values) for data in (before, after))
    facts = [facts_of(values, entries, around) for entries in lists]
    words = around.beginning(str(values.get("kind")))
    kept = keep_true(words, facts[0], facts[1], str(values.get("title") or ""), body)
    return write_text({**values, "title": kept.title}, kept.body, text), kept.told


def _kept(around: Surroundings, draft: Draft, facts: tuple[Facts, Facts], text: Kept) -> Kept:
    if facts[0] == facts[1]:
        return text
    words = around.beginning(str(draft.values.get("kind")))
    return keep_true(words, *facts, text.title, text.body)


def entries_of(
    data: bytes | None, catalogue: Catalogue, values: Mapping[str, Any]
) -> tuple[Entry, ...]:
    """The entries of list.csv, as far as they can be made out; the header names the edition."""
    faults = Faults(LIST)
    terms = terms_for(catalogue.editions, values.get("edition"))
    table = read_table(data, faults) if data else None
    return read_entries(table, terms, faults) if table is not None else ()
