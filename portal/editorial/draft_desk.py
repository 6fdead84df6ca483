"""Asking about drafts: how each stands, what a person may do about it, what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.content.content_files import CONTENT_NAME
from portal.editorial.approved_text import seen_digest
from portal.editorial.dossiers import actor, begun_dossier, hand_of, latest_dossier, open_dossiers
from portal.editorial.draft_acts import DraftState, Standing, Step, standing_of
from portal.editorial.rights import concerns, refusal
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.casework.models import DraftHand
    from portal.casework.people import Person
    from portal.casework.register import Register
    from portal.content.catalogue import Catalogue
    from portal.content.review_checks import ReviewCheck
    from portal.editorial.content_drafts import ContentDrafts
    from portal.editorial.drafts import Drafts

OPEN_FOR = timedelta(minutes=30)
"""How long somebody who opened a draft counts as having it open."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person; each part in the order of the slugs."""

    returned: tuple[Standing, ...] = ()
    lapsed: tuple[Standing, ...] = ()
    to_review: tuple[Standing, ...] = ()
    to_sign: tuple[Standing, ...] = ()
    scheduled: tuple[Standing, ...] = ()
    late: tuple[Standing, ...] = ()


LATE = timedelta(minutes=5)
"""How long after its time a publication is late, which is an alarm."""


@dataclass(frozen=True)
class DraftDesk:
    """The drafts of one desk; `checks` is the list that a reviewer ticks.

    `contents` are those of content files, which go the same way under names of their own.
    """

    register: Register
    drafts: Drafts
    catalogue: Callable[[], Catalogue]
    checks: Callable[[], Sequence[ReviewCheck]]
    contents: ContentDrafts

    def standing(self, slug: str, at: datetime) -> Standing:
        """How a draft stands, also one that was published or discarded."""
        with self.register.read() as session:
            return self.standing_in(session, slug, at)

    def standings(self, person: Person, at: datetime) -> tuple[Standing, ...]:
        """Every draft of this person's office, those under publication too."""
        with self.register.read() as session:
            open_ones = {dossier.slug for dossier in open_dossiers(session)}
            slugs = sorted({*self.drafts.slugs(), *self.contents.slugs(), *open_ones})
            found = [self.standing_in(session, slug, at) for slug in slugs]
        catalogue = self.catalogue()
        return tuple(
            standing
            for standing in found
            if standing.state is not DraftState.DISCARDED
            and concerns(person, standing.slug, self.values(standing.slug), catalogue)
        )

    def refusals(self, person: Person, slug: str, at: datetime) -> dict[Step, str]:
        """For each step: why this person may not take it now; empty where it may be taken."""
        with self.register.read() as session:
            standing = self.standing_in(session, slug, at)
            acting = actor(session, person.username)
        values, catalogue = self.values(slug), self.catalogue()
        steps = [step for step in Step if step is not Step.FAIL]
        return {step: refusal(step, acting, standing, values, catalogue) for step in steps}

    def required_checks(self, slug: str) -> tuple[ReviewCheck, ...]:
        """What the reviewer of a draft has to tick."""
        kind = str(self.values(slug).get("kind") or "")
        return tuple(check for check in self.checks() if check.concerns(kind))

    def opened(self, person: Person, slug: str, at: datetime) -> tuple[DraftHand, ...]:
        """Note that a person has a draft open; gives the others who have, or who saved it lately.

        Ask again with each autosave: who has not been heard of for half an hour counts no more.
        """
        with self.register.write() as session:
            dossier = begun_dossier(session, slug, at)
            hand_of(dossier, actor(session, person.username)).opened_at = at
            return tuple(
                hand
                for hand in dossier.hands
                if hand.username != person.username
                and any(then and then > at - OPEN_FOR for then in (hand.opened_at, hand.saved_at))
            )

    def waiting_for(self, person: Person, at: datetime) -> Waiting:
        """What waits for a person: returned, reviews, sign-offs, what goes up at a time, late."""
        found: dict[str, list[Standing]] = {
            name: [] for name in ("returned", "lapsed", "to_review", "to_sign", "scheduled", "late")
        }
        for standing in self.standings(person, at):
            for name in self._waits(person, standing, at):
                found[name].append(standing)
        return Waiting(**{name: tuple(some) for name, some in found.items()})

    def _waits(self, person: Person, standing: Standing, at: datetime) -> list[str]:
        values, catalogue = self.values(standing.slug), self.catalogue()
        due = standing.due

        def may(step: Step) -> bool:
            return not refusal(step, person, standing, values, catalogue)

        mine = person.username in standing.writers
        holds = {
            "returned": mine and standing.state is DraftState.RETURNED,
            "lapsed": bool(standing.lapsed)
            and (mine or any(lapse.act.username == person.username for lapse in standing.lapsed)),
            "to_review": standing.state is DraftState.IN_REVIEW and may(Step.PASS),
            "to_sign": standing.state is DraftState.PASSED and may(Step.SIGN_OFF),
            "scheduled": standing.state is DraftState.SCHEDULED,
            "late": due is not None and standing.state.frozen and at > due + LATE,
        }
        return [name for name, true in holds.items() if true]

    def values(self, slug: str) -> Mapping[str, Any]:
        """The header of a draft, or of the one that was taken for publication; empty if unread.

        A content file has none: it is told by its title alone, which makes it the main office's.
        """
        if CONTENT_NAME.fullmatch(slug):
            return {"title": self.contents.title(slug)}
        try:
            return self.drafts.read(slug).values
        except (RequestError, OSError, ValueError):
            return {}

    def _seen(self, slug: str) -> str | None:
        folder = self.drafts.folder(slug)
        return seen_digest(folder) if folder.is_dir() else None

    def standing_in(self, session: Session, slug: str, at: datetime) -> Standing:
        """How a draft stands, in a transaction that is under way."""
        return standing_of(slug, latest_dossier(session, slug), self._seen(slug), at)
