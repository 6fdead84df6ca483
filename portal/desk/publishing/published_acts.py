"""已发布: what can still be done about a published notice; each act begins a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from portal.casework.result_news import result_news
from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.draft_contexts import PublishedContext
from portal.desk.publishing.draft_room import may_draft, published_notice
from portal.desk.publishing.news_form import cases_about
from portal.domain.notice import Kind
from portal.domain.round_news import Cause
from portal.editorial import later_acts
from portal.editorial.beginnings import begin, office_of
from portal.editorial.leaving import departures_named
from portal.editorial.possible_acts import LaterAct, acts_on
from portal.errors import RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.notice import Notice
    from portal.editorial.drafts import Draft
    from portal.editorial.possible_acts import PossibleAct

_FIRST = {"extend": "draft_time.page", "again": "draft_list.page"}


class PublishedActs:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str:
        """The notice and the acts that are possible."""
        return self._page(self._notice(slug), "")

    def begin(self, slug: str, act: str) -> Answer | tuple[str, int]:
        """Begin the draft of an act."""
        notice = self._notice(slug)
        try:
            if not may_draft():
                raise RequestError("您没有“经办”的权限")  # noqa: TRY301 - shown with the rest
            draft = self._begun(notice, LaterAct(act), request.form.get("reason", ""))
            self._room.begin_writing(draft)
        except RequestError as error:
            return self._page(notice, str(error)), 422
        step = _FIRST.get(act, "draft_text.page")
        return redirect(url_for(step, slug=draft.slug))

    def _begun(self, notice: Notice, act: LaterAct, reason: str) -> Draft:
        drafts, around, now = self._room.drafts, self._room.around, self._room.now
        possible = next(one for one in self._acts(notice) if one.act is act)
        if possible.reason:
            raise RequestError(f"现在不能{act.label}：{possible.reason}")
        if act is LaterAct.AGAIN:
            issuer = office_of(self._room.catalogue, notice.county)
            return begin(
                *(drafts, around, notice.kind, notice.edition, now),
                issuer=issuer,
                county=notice.county,
            )
        folder = self._folder(notice.slug)
        if act is LaterAct.REVISE:
            return later_acts.revise(drafts, folder, reason, now)
        if act is LaterAct.EXTEND:
            days = request.form.get("days", "")
            number = int(days) if days.isdecimal() and len(days) < len("1000") else 0
            return later_acts.extend(drafts, folder, number, reason, now, around=around)
        if act is LaterAct.RESULT:
            objections, struck = result_news(notice, cases_about(self._room, notice.slug))
            left = departures_named(notice.entries, reason, Cause.WITHDREW)
            return later_acts.report_result(
                *(drafts, folder, objections, [*struck, *left], now), around=around
            )
        kind = Kind.CORRECTION if act is LaterAct.CORRECT else Kind.WITHDRAWAL
        return later_acts.amend(drafts, folder, kind, reason, now, around=around)

    def _acts(self, notice: Notice) -> list[PossibleAct]:
        """What can be done, and why not."""
        return list(acts_on(self._room.catalogue, notice, (person().office,), self._room.now))

    def _notice(self, slug: str) -> Notice:
        return published_notice(self._room, slug)

    def _folder(self, slug: str) -> Path:
        for root in self._room.desk.settings.paths.notices:
            if (root / slug).is_dir():
                return root / slug
        raise RequestError(f"找不到“{slug}”的文件夹，请从备份恢复")

    def _page(self, notice: Notice, error: str) -> str:
        now = self._room.now
        status = self._room.catalogue.status(notice, now)
        being_written = notice.slug in self._room.drafts.slugs()
        return render(
            PublishedContext(
                page_head(
                    self._room.desk,
                    notice.title,
                    Crumb("公告编发", url_for("publishing.page")),
                    Crumb(notice.title),
                    error=bool(error),
                    demonstration=notice.demonstration,
                ),
                notice,
                status.state.label,
                self._acts(notice),
                being_written,
                may_draft(),
                request.form.get("reason", ""),
                request.form.get("act", ""),
                error,
            )
        )


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of what is published."""
    blueprint = Blueprint("published", __name__, url_prefix="/published/<slug>")
    views = PublishedActs(room)
    blueprint.add_url_rule("/", "page", views.page)
    blueprint.add_url_rule(
        "/<any(revise, extend, correct, withdraw, again, result):act>",
        "begin",
        views.begin,
        methods=["POST"],
    )
    return blueprint
