"""Shelf: where a catalogue's notices stand; their heads are at hand, the notices are fetched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from portal.content.heads import head_of
from portal.content.index import EVER, Index, moments
from portal.domain.workdays import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from portal.content.heads import Head
    from portal.domain.notice import Notice

# Answers are asked for at the present, now and then for another instant.
_SPANS = 4


class Shelf(ABC):
    """All notices, published or not; `heads` are in no order.

    Nothing in it leads back to it: what holds a file open goes with the last who asks.
    """

    def __init__(self, heads: Iterable[Head]) -> None:
        self.heads = tuple(heads)
        self._spans: _Spans | None = None
        self._asked: datetime | None = None

    @abstractmethod
    def whole(self, text: str) -> Notice:
        """A notice by the name of its text (`Head.text`); KeyError when it is not here."""

    @abstractmethod
    def listed(self, texts: Sequence[str]) -> list[Notice]:
        """Notices as far as a list shows them: perhaps without their texts."""

    def index(self, at: datetime | None) -> Index:
        """The index at an instant: one object as long as no answer changes by itself.

        Without an instant every notice counts, published or not.
        """
        if self._spans is None:
            self._spans = _Spans(self.heads)
        self._asked = at
        return self._spans.index(at or EVER)

    def ready_for(self, other: Shelf) -> None:
        """Make what another shelf was asked for last, so that who asks next need not wait."""
        self.index(other._asked)


class _Spans:
    """The times between two moments at which an answer changes by itself, each with its index."""

    def __init__(self, heads: tuple[Head, ...]) -> None:
        begins = sorted({0.0, *moments(heads)})

        def make(span: int) -> Index:
            begin = begins[span - 1] if span else 0.0
            return Index(heads, datetime.fromtimestamp(begin, SHANGHAI))

        self._begins, self._made = begins, lru_cache(_SPANS)(make)

    def index(self, at: datetime) -> Index:
        return self._made(bisect_right(self._begins, at.timestamp()))


class MemoryShelf(Shelf):
    """Texts of notices that are all in memory, whole."""

    def __init__(self, texts: Iterable[tuple[Head, Notice]]) -> None:
        found = list(texts)
        self._texts = {head.text: notice for head, notice in found}
        super().__init__(head for head, _ in found)

    @classmethod
    def of_notices(cls, notices: Iterable[Notice]) -> MemoryShelf:
        """Notices of one text each, public from their publishing on."""
        return cls((head_of(notice), notice) for notice in notices)

    def whole(self, text: str) -> Notice:
        """A notice; KeyError when it is not here."""
        return self._texts[text]

    def listed(self, texts: Sequence[str]) -> list[Notice]:
        """The very notices."""
        return [self._texts[text] for text in texts]
