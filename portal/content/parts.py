"""Parts: all of the content but the notices, each part made when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from portal.domain.editions import kinds_of
from portal.ledger.whole_ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from portal.content.annex.annexes import Annex
    from portal.content.selfcheck import SelfCheck
    from portal.domain.editions import Edition
    from portal.domain.notice import Kind
    from portal.domain.places import Site
    from portal.domain.workdays import WorkCalendar
    from portal.ledger.ledger_lines import LedgerLine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """A prose page of content/; `body` is Markdown, `updated` the day its text last changed.

    `line` is where the body begins in its file.
    """

    slug: str
    title: str
    body: str
    summary: str = ""
    order: int = 0
    updated: date | None = None
    digest: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """An FAQ entry. `basis` is policy (the policy text), practice (general) or unstated."""

    slug: str
    question: str
    answer: str
    group: str
    basis: str


@dataclass(frozen=True, slots=True)
class FormerEdition:
    """What stood on the site for an edition, by the edition's slug."""

    slug: str
    guide: tuple[Page, ...]
    questions: tuple[Question, ...]
    annexes: tuple[Annex, ...]

    @property
    def path(self) -> str:
        """The address of its first page."""
        return f"/former/{self.slug}/"


class _Part(Generic[T]):
    """An attribute that is asked of `Parts.part` under its own name."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, parts: Parts, owner: type) -> T:
        found: T = parts.part(self._name)
        return found


class Parts:
    """All of the content but the notices; `make` gives a part by its name, once.

    A small build shows few parts, and reading the self-check or the forms out of its record takes
    more modules and time than the page of a notice.
    """

    site = _Part["Site"]()
    calendar = _Part["WorkCalendar"]()
    editions = _Part["Mapping[str, Edition]"]()
    guide = _Part["tuple[Page, ...]"]()
    pages = _Part["Mapping[str, Page]"]()
    questions = _Part["tuple[Question, ...]"]()
    annexes = _Part["tuple[Annex, ...]"]()
    former = _Part["tuple[FormerEdition, ...]"]()
    ledger = _Part["Ledger"]()
    self_check = _Part["SelfCheck | None"]()
    # Every page's navigation asks, so it is known without the self-check.
    has_self_check = _Part["bool"]()

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._made: dict[str, Any] = {}

    def part(self, name: str) -> Any:
        """A part by its name."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind of notice that the editions have, in the order in which lists offer them."""
        return kinds_of(self.editions.values())

    def ledger_line(self, slug: str, revision: int) -> LedgerLine | None:
        """The newest ledger line of a published revision, or None where it was never entered."""
        return self.ledger.line(slug, revision)


NAMES = tuple(name for name, value in vars(Parts).items() if isinstance(value, _Part))
"""The names of all parts."""


def parts_of(
    site: Site,
    calendar: WorkCalendar,
    editions: Mapping[str, Edition],
    *,
    guide: tuple[Page, ...] = (),
    pages: Mapping[str, Page] | None = None,
    questions: tuple[Question, ...] = (),
    annexes: tuple[Annex, ...] = (),
    former: tuple[FormerEdition, ...] = (),
    ledger: Ledger | None = None,
    self_check: SelfCheck | None = None,
) -> Parts:
    """Parts that are all at hand."""
    parts: dict[str, Any] = {
        "site": site,
        "calendar": calendar,
        "editions": editions,
        "guide": guide,
        "pages": pages or {},
        "questions": questions,
        "annexes": annexes,
        "former": former,
        "ledger": ledger or Ledger(),
        "self_check": self_check,
        "has_self_check": self_check is not None,
    }
    return Parts(parts.__getitem__)


def with_parts(parts: Parts, **changed: Any) -> Parts:
    """The parts with others in place of some."""
    return Parts(lambda name: changed[name] if name in changed else parts.part(name))
