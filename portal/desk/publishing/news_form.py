"""What a draft says of the round, in fields: who left it, and how objections ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from sqlalchemy import select

from portal.casework.models import Case
from portal.casework.result_news import result_news
from portal.desk.publishing.draft_contexts import NewsForm
from portal.desk.publishing.draft_room import kind_of
from portal.domain.notice import Kind
from portal.domain.round_news import Cause
from portal.editorial.leaving import departures_named, lines_of, listed_entries
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.drafts import Draft

_ASKED = {
    Cause.WITHDREW: "自愿退出的",
    Cause.FAILED: "审查未通过的",
    Cause.REVOKED: "撤销奖项的",
}


def news_form(room: DraftRoom, draft: Draft) -> NewsForm | None:
    """The fields of a draft, or None for a kind that tells nothing of the round."""
    causes = _causes(room, draft)
    if not causes:
        return None
    departures = _items(draft, "departures")
    asked = [
        (str(cause), _ASKED[cause], request.form.get(cause.value) or lines_of(departures, cause))
        for cause in causes
    ]
    told = None
    if kind_of(room, draft) is Kind.RESULT:
        told = [
            (str(one.get("about", "")), str(one.get("outcome", "")))
            for one in _items(draft, "objections")
        ]
    struck = [str(one.get("entry")) for one in departures if one.get("why") == Cause.UPHELD]
    return NewsForm(asked, told, struck)


def with_departures(room: DraftRoom, draft: Draft) -> dict[str, Any]:
    """The header with who left by the lines that were typed; RequestError for an unknown name.

    Lines that stand as they were are left alone, whatever has become of their names.
    """
    kept = _items(draft, "departures")
    changed = [
        cause
        for cause in _causes(room, draft)
        if cause.value in request.form
        and request.form[cause.value].split() != lines_of(kept, cause).split()
    ]
    if not changed:
        return dict(draft.values)
    edition = room.catalogue.editions.get(str(draft.values.get("edition")))
    known = listed_entries(room.catalogue, edition, room.now) if edition else []
    kept = [one for one in kept if one.get("why") not in changed]
    for cause in changed:
        kept += departures_named(known, request.form[cause.value], cause)
    return {**draft.values, "departures": kept or None}


def with_objections(room: DraftRoom, draft: Draft) -> dict[str, Any]:
    """The header with the objections as the register has them now; RequestError."""
    slug = str(draft.values.get("result-of"))
    notice = room.catalogue.notice(slug)
    if kind_of(room, draft) is not Kind.RESULT or notice is None:
        raise RequestError("这份公告不写异议的办理结果")
    objections, struck = result_news(notice, cases_about(room, slug))
    kept = [one for one in _items(draft, "departures") if one.get("why") != Cause.UPHELD]
    return {**draft.values, "objections": objections, "departures": [*struck, *kept] or None}


def cases_about(room: DraftRoom, slug: str) -> Sequence[Case]:
    """Every objection to a publicity, whoever may see it: its result leaves none out."""
    query = select(Case).where(Case.notice == slug).order_by(Case.received_at)
    with room.desk.room.register.read() as session:
        return session.scalars(query).all()


def _causes(room: DraftRoom, draft: Draft) -> tuple[Cause, ...]:
    """Why somebody may have left, as far as this kind of notice says it."""
    kind = kind_of(room, draft)
    if kind in (Kind.RESULT, Kind.PROGRESS):
        return (Cause.WITHDREW, Cause.FAILED)
    amended = room.catalogue.notice(str(draft.values.get("amends")))
    revokes = kind is Kind.CORRECTION and amended is not None and amended.kind is Kind.DECISION
    return (Cause.REVOKED,) if revokes else ()


def _items(draft: Draft, key: str) -> list[Mapping[str, Any]]:
    found = draft.values.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
