"""What a list changes against the lists before it: who is new, left out, renamed, struck, moved.

Whoever compares two lists of an edition sees these changes; each is explained by a reason that the
notice states (`reasons` of its header).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.differences import entry_pairs
from portal.domain.names import entry_keys, name_key
from portal.domain.stated_reasons import ListChange, StatedReason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from portal.domain.notice import Entry
    from portal.domain.standing import Hold


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: the entry as it was listed, and as it is listed now; one of them may be None.

    `name` is how a reason refers to it: the present name, else the former; of namesakes with the
    employer or county.
    """

    change: ListChange
    before: Entry | None
    after: Entry | None
    name: str

    @property
    def text(self) -> str:
        """The change in words."""
        if self.before is None or self.after is None:
            return f"{self.change.label}：{self.name}"
        told = [
            f"{label}由“{old}”改为“{new}”"
            for label, old, new in _details(self.before, self.after)
            if old and new and old != new
        ]
        return f"{self.change.label}：{self.name}（{'，'.join(told)}）"


def list_changes(
    before: Sequence[Entry], after: Sequence[Entry], holds: Collection[Hold] = ()
) -> tuple[Changed, ...]:
    """The changes of a list against the entries that stood before, in the order of both lists.

    `holds` are entries held back: who is missing for an objection was struck off.
    """
    found = list(_changes(before, after, holds))
    entries = [new or old for _, old, new in found]
    names = entry_keys([entry for entry in entries if entry is not None])
    return tuple(Changed(*one, name) for one, name in zip(found, names, strict=True))


def _changes(
    before: Sequence[Entry], after: Sequence[Entry], holds: Collection[Hold]
) -> Iterator[tuple[ListChange, Entry | None, Entry | None]]:
    for pair in entry_pairs(before, after):
        old, new = pair.before, pair.after
        if old is None:
            yield ListChange.NEW, None, new
        elif new is None:
            struck = any(hold.means(old) for hold in holds)
            yield ListChange.STRUCK_OFF if struck else ListChange.LEFT_OUT, old, None
        elif name_key(old.name) != name_key(new.name):
            yield ListChange.RENAMED, old, new
        elif old.category != new.category or _regraded(old, new):
            yield ListChange.MOVED, old, new


def _regraded(old: Entry, new: Entry) -> bool:
    return bool(old.grade and new.grade) and old.grade != new.grade


def _details(old: Entry, new: Entry) -> Iterator[tuple[str, str, str]]:
    yield "名称", old.name, new.name
    yield "类别", old.category, new.category
    yield "奖项", str(old.grade or ""), str(new.grade or "")


def reason_for(changed: Changed, reasons: Iterable[StatedReason]) -> str:
    """The reason stated for a change: its own, else that of its kind; empty where there is none."""
    own = general = ""
    for stated in reasons:
        if stated.about is not changed.change:
            continue
        if not stated.entry:
            general = general or stated.reason
        elif name_key(stated.entry) == name_key(changed.name):
            own = own or stated.reason
    return own or general
