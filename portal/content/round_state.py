"""Round state: how far the steps of an edition are and who left it, as public notices tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.content.selection import Selection
from portal.domain.notice import Kind
from portal.domain.round_news import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.editions import Edition, Step
    from portal.domain.notice import Notice
    from portal.domain.round_news import Departure, Reached


class Told(NamedTuple):
    """A departure and the notice that tells it, without its texts."""

    departure: Departure
    notice: Notice


class StepTold(NamedTuple):
    """How far a step is, and the notice that tells it, without its texts."""

    step: Step
    reached: Reached
    notice: Notice


def departures_of(catalogue: Catalogue, edition: str, at: datetime) -> tuple[Told, ...]:
    """Every departure that is public at an instant; withdrawn notices count for nothing."""
    return tuple(
        Told(departure, notice)
        for kind in (Kind.PROGRESS, Kind.RESULT)
        for notice in _standing(catalogue, kind, edition, at)
        for departure in notice.departures
    )


def revocations_of(catalogue: Catalogue, decision: str, at: datetime) -> tuple[Told, ...]:
    """The titles that corrections of a decision took away."""
    return tuple(
        Told(departure, notice)
        for notice in catalogue.amendments.get(decision, ())
        if notice.kind is Kind.CORRECTION and notice.published <= at
        for departure in notice.departures
        if departure.why is Cause.REVOKED
    )


def results_of(catalogue: Catalogue, edition: str, at: datetime) -> dict[str, str]:
    """The titles of the results that are public, by the slug of the publicity."""
    found = _standing(catalogue, Kind.RESULT, edition, at)
    return {notice.result_of: notice.title for notice in found if notice.result_of}


def steps_told(catalogue: Catalogue, edition: Edition, at: datetime) -> tuple[StepTold, ...]:
    """What public notices tell of steps that no list shows, the farthest last."""
    found = []
    for notice in _standing(catalogue, Kind.PROGRESS, edition.slug, at):
        told = notice.progress
        step = edition.step_named(told.step) if told else None
        if told and step:
            found.append(StepTold(step, told.reached, notice))
    # Of two that tell the same the newer comes last; `ended` is later than `begun` by its letters.
    found.reverse()
    return tuple(sorted(found, key=lambda one: (one.step.number, one.reached)))


def _standing(catalogue: Catalogue, kind: Kind, edition: str, at: datetime) -> Iterator[Notice]:
    for notice in catalogue.listed(at, Selection(kind=kind, edition=edition)):
        if not catalogue.status(notice, at).withdrawn:
            yield notice
