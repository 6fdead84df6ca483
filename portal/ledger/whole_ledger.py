"""The ledgers of a site as one: every line that holds, found by the notice it names.

Lines are kept as they were written and read when they are asked for: of ten thousand lines a build
of one edit wants a few.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from portal.ledger.ledger_lines import line_digest, revision_of
from portal.ledger.sealing_lines import keys_of_windows, receipt_keys_named

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

    from portal.ledger.ledger_lines import LedgerLine


class Chain(NamedTuple):
    """The lines of one ledger as they were written, and the notice that each names.

    A line that names a key names no notice: its slug is empty.
    """

    texts: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()


class Ledger:
    """All chains; `coming` are lines that are about to be written."""

    def __init__(self, chains: tuple[Chain, ...] = (), coming: tuple[LedgerLine, ...] = ()) -> None:
        self.chains, self._coming = chains, coming

    def __reduce__(self) -> tuple[object, ...]:
        return Ledger, (self.chains,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ledger) and self.chains == other.chains

    def __hash__(self) -> int:
        return hash(self.heads)

    @property
    def heads(self) -> tuple[str, ...]:
        """Digest of the last line of each ledger that was begun."""
        return tuple(line_digest(chain.texts[-1]) for chain in self.chains if chain.texts)

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """The lines of each notice."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for chain in self.chains:
            for text, slug in zip(chain.texts, chain.slugs, strict=True):
                if slug:
                    found[slug].append(text)
        return dict(found)

    @property
    def slugs(self) -> KeysView[str]:
        """Every notice that a line names."""
        return self._places.keys()

    def of(self, slug: str) -> list[LedgerLine]:
        """The lines of a notice, in the order in which they were written."""
        lines = [*map(revision_of, self._places.get(slug, ())), *self._coming]
        return [line for line in lines if line is not None and line.slug == slug]

    def line(self, slug: str, revision: int) -> LedgerLine | None:
        """The newest line of a published revision, or None where it was never entered."""
        return next((line for line in reversed(self.of(slug)) if line.revision == revision), None)

    def __iter__(self) -> Iterator[LedgerLine]:
        for slug in self.slugs:
            yield from self.of(slug)

    def with_line(self, line: LedgerLine) -> Ledger:
        """The ledger as it will be once a line is written."""
        after = Ledger(self.chains, (*self._coming, line))
        after.__dict__["_places"] = self._places
        return after

    @cached_property
    def of_no_notice(self) -> tuple[str, ...]:
        """The lines that record no text: changes of key, what the objection form seals with."""
        return tuple(
            text
            for chain in self.chains
            for text, slug in zip(chain.texts, chain.slugs, strict=True)
            if not slug
        )

    @cached_property
    def _window_keys(self) -> dict[str, dict[str, dict[str, str]]]:
        return keys_of_windows(self.of_no_notice)

    def window_keys(self, notice: str) -> dict[str, dict[str, str]]:
        """The keys of a window's objections by holder: `seals`, and `signs` where it is known."""
        return dict(self._window_keys.get(notice, {}))

    @property
    def receipt_key(self) -> str:
        """The key that signs receipts, base64; empty where no line names one."""
        return next(iter(receipt_keys_named(self.of_no_notice)), "")

    def differing(self, other: Ledger) -> set[str]:
        """The notices whose lines are others in another ledger."""
        if len(self.chains) == len(other.chains) and all(map(_grown, self.chains, other.chains)):
            added = zip(self.chains, other.chains, strict=True)
            return {slug for old, new in added for slug in new.slugs[len(old.slugs) :] if slug}
        here, there = self._places, other._places
        return {slug for slug in here.keys() | there.keys() if here.get(slug) != there.get(slug)}


def _grown(old: Chain, new: Chain) -> bool:
    return new.texts[: len(old.texts)] == old.texts
