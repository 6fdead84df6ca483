"""News fields: what a header says of a step, of a publicity's result and of who left the round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.domain.objection import Grounds
from portal.domain.round_news import (
    OUTCOMES,
    Cause,
    Departure,
    ObjectionResult,
    Reached,
    StepReached,
)

if TYPE_CHECKING:
    from portal.content.files.fields import Fields

_GROUNDS = {grounds.label for grounds in Grounds}


def read_news(fields: Fields) -> dict[str, Any]:
    """What a header says of the round, by the fields of a notice."""
    return {
        "progress": _progress(fields),
        "result_of": fields.text("result-of") or None,
        "objections": _objections(fields),
        "departures": _departures(fields),
    }


def _progress(fields: Fields) -> StepReached | None:
    """`step` and `reached`: which step of the edition begins or ends."""
    step = fields.text("step")
    reached = fields.choice("reached", Reached) if fields.has("reached") else None
    return StepReached(step, reached) if step and reached else None


def _departures(fields: Fields) -> tuple[Departure, ...]:
    """`departures`: who is no longer in the round, why, and what tells it from a namesake."""
    found = []
    for item in fields.tables("departures") if fields.has("departures") else ():
        name, category = (item.text(key, required=True) for key in ("entry", "category"))
        why, reason = item.choice("why", Cause), item.text("reason")
        county, employer = item.text("county"), item.text("employer")
        item.done()
        if why is not None:
            found.append(Departure(name, category, why, reason, county, employer))
    return tuple(found)


def _objections(fields: Fields) -> tuple[ObjectionResult, ...]:
    """`objections`: one item each; there is no field for who raised it, so nobody can fill it."""
    found = []
    for item in fields.tables("objections") if fields.has("objections") else ():
        received, about = item.day("received", required=True), item.text("about", required=True)
        grounds, outcome = item.texts("grounds"), item.text("outcome", required=True)
        item.done()
        for one in grounds:
            if one not in _GROUNDS:
                item.wrong("grounds", f"不能写“{one}”", f"可用：{'、'.join(sorted(_GROUNDS))}")
        if outcome and outcome not in OUTCOMES:
            item.wrong("outcome", f"不能写“{outcome}”", f"可用：{'、'.join(OUTCOMES)}")
        if received is not None:
            found.append(ObjectionResult(received, about, grounds, outcome))
    return tuple(found)
