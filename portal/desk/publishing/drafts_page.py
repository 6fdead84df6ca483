"""公告编发: the drafts and whose turn each is, what is published, and what can be begun."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, redirect, request, session, url_for

from portal.content.content_files import CONTENT_NAME
from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.desktop import TONES, desktop, head_of, note_saved
from portal.desk.publishing.draft_contexts import (
    DraftLine,
    DraftsContext,
    KindContext,
    NewContext,
    PublishedLine,
    SideContext,
)
from portal.desk.publishing.draft_room import kind_of, may_draft, sees_content
from portal.domain.dates import write_meta
from portal.domain.notice import Kind
from portal.domain.round_news import Cause, Reached, StepReached
from portal.editorial.beginnings import begin, office_of, possibilities
from portal.editorial.draft_acts import DraftState, Standing, Step
from portal.editorial.draft_checks import mend_draft
from portal.editorial.leaving import departures_named, listed_entries
from portal.errors import PortalError, RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.wrappers import Response as Answer

    from portal.casework.people import Person
    from portal.content.catalogue import Catalogue
    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.editions import Edition

_PUBLISHED = 60
_STEP_PAGES = {"list": "draft_list.page", "text": "draft_text.page", "time": "draft_time.page"}


class DraftsPage:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self) -> str:
        """Drafts first, whose turn each is; then what is published."""
        who, now = person(), self._room.now
        found = self._room.reviews.standings(who, now)
        lines = [draft_line(self._room, who, standing) for standing in found]
        lines.sort(key=lambda line: (not line.mine, line.slug))
        context = DraftsContext(
            page_head(self._room.desk, "公告编发", Crumb("公告编发")),
            lines,
            list(_published(self._room, who)),
            may_draft(),
            sees_content(self._room),
            session.pop("told", ""),
        )
        return render(context)

    def new(self, error: str = "") -> str | tuple[str, int]:
        """Cards of what can be begun; what cannot says why."""
        catalogue, who = self._room.catalogue, person()
        edition = _edition(catalogue, request.values.get("edition", ""))
        offered = possibilities(
            catalogue, catalogue.editions[edition], (who.office,), self._room.now
        )
        page = NewContext(
            page_head(
                self._room.desk,
                "新公告",
                Crumb("公告编发", url_for("publishing.page")),
                Crumb("新公告"),
                error=bool(error),
            ),
            offered,
            [(slug, one.name) for slug, one in sorted(catalogue.editions.items())],
            edition,
            may_draft(),
            error,
        )
        return (render(page), 422) if error else render(page)

    def begin(self) -> Answer | str | tuple[str, int]:
        """Begin one of them."""
        catalogue = self._room.catalogue
        county = request.form.get("county") or None
        edition = _edition(catalogue, request.form.get("edition", ""))
        try:
            if not may_draft():
                raise RequestError("您没有“经办”的权限，不能新建公告")  # noqa: TRY301 - shown there
            kind = Kind(request.form.get("kind", ""))
            issuer = office_of(catalogue, county)
            draft = begin(
                self._room.drafts,
                self._room.around,
                kind,
                edition,
                self._room.now,
                issuer=issuer,
                county=county,
                progress=_progress(),
                departures=_departures(catalogue, catalogue.editions[edition], self._room.now),
            )
            self._room.begin_writing(draft)
        except ValueError:
            return self.new("请选择公告的种类")
        except RequestError as error:
            return self.new(str(error))
        step = "draft_list.page" if kind.has_list else "draft_text.page"
        return redirect(url_for(step, slug=draft.slug))

    def kind(self, slug: str) -> str:
        """What kind of notice a draft is, and what may be done with the draft as a whole."""
        draft = self._room.draft(slug)
        kind, site = kind_of(self._room, draft), self._room.catalogue.site
        edition = self._room.catalogue.editions.get(str(draft.values.get("edition")))
        issuer = site.offices.get(str(draft.values.get("issuer")))
        facts = {
            "种类": kind.label if kind else "",
            "届次": edition.name if edition else "",
            "发布单位": issuer.name if issuer else "",
            "县（区）": site.county_name(draft.values.get("county")),
            "网址": f"/notices/{slug}/",
        }
        refusals = self._room.reviews.refusals(person(), slug, self._room.now)
        first = "draft_list.page" if kind and kind.has_list else "draft_text.page"
        return render(
            KindContext(
                head_of(self._room, draft),
                slug,
                draft.title,
                draft.digest,
                {label: text for label, text in facts.items() if text},
                url_for(first, slug=slug),
                not refusals[Step.DISCARD],
            )
        )

    def mend(self, slug: str) -> Answer:
        """Apply a repair that the lint offers."""
        draft = self._room.draft(slug)
        self._room.begin_writing(draft)
        same = draft.digest == request.form.get("seen")
        wanted = request.form.get("repair", "")
        done = same and mend_draft(draft, self._room.remarks(draft), wanted)
        note_saved(self._room, ["已按建议改正" if done else "这一处已经变了，没有改"])
        page = _STEP_PAGES.get(request.form.get("step", ""), "draft_text.page")
        return redirect(url_for(page, slug=slug))

    def side(self, slug: str) -> Response:
        """The checks alone, for the script that keeps them fresh."""
        draft = self._room.draft(slug)
        shown = desktop(self._room, draft, request.args.get("step", ""))
        return jsonify(side=render(SideContext(head_of(self._room, draft), shown)))

    def discard(self, slug: str) -> Answer:
        """Move a draft aside."""
        draft = self._room.draft(slug)
        self._room.reviews.discard(person(), slug, request.form.get("seen", ""), self._room.now)
        session["told"] = f"已放弃“{draft.title}”；文件移到了 drafts/discarded/，没有删除"
        return redirect(url_for("publishing.page"))


def _progress() -> StepReached | None:
    """The step that a notice of progress is to tell of; ValueError."""
    step = request.form.get("step", "")
    return StepReached(step, Reached(request.form.get("reached", ""))) if step else None


def _departures(catalogue: Catalogue, edition: Edition, at: datetime) -> list[dict[str, Any]]:
    """Who left the round, from the lines typed below the card of a step."""
    typed = [(cause, request.form.get(cause.value, "")) for cause in (Cause.WITHDREW, Cause.FAILED)]
    if not any(lines.strip() for _, lines in typed):
        return []
    known = listed_entries(catalogue, edition, at)
    return [one for cause, lines in typed for one in departures_named(known, lines, cause)]


def _edition(catalogue: Catalogue, wanted: str) -> str:
    """The edition asked for, else the newest by its slug's place in the file names."""
    if wanted in catalogue.editions:
        return wanted
    if not catalogue.editions:
        raise PortalError("content/awards/ 里还没有届次")
    dated = sorted(catalogue.editions.values(), key=lambda one: (str(one.deadline or ""), one.slug))
    return dated[-1].slug


def draft_line(room: DraftRoom, who: Person, standing: Standing) -> DraftLine:
    """A draft with whose turn it is, for who is signed in."""
    content = bool(CONTENT_NAME.fullmatch(standing.slug))
    title = str(room.reviews.values(standing.slug).get("title") or standing.slug)
    kind = None
    if not content:
        with contextlib.suppress(PortalError):
            kind = kind_of(room, room.drafts.read(standing.slug))
    if standing.state is DraftState.PUBLISHING:
        notice = room.catalogue.notice(standing.slug)
        title = notice.title if notice and title == standing.slug else title
    turn, mine, note = _turn(room, who, standing)
    first = "content.edit" if content else "publishing.kind"
    end = "draft_send.page" if standing.state is not DraftState.DRAFTING else first
    if standing.state.frozen:
        end = "draft_run.page"
    if mine and standing.state in (DraftState.DRAFTING, DraftState.RETURNED):
        step = "draft_list.page" if kind and kind.has_list else "draft_text.page"
        end = first if content else step
    return DraftLine(
        standing.slug,
        title,
        kind.label if kind else "网站内容" * content,
        standing.state.label,
        "mine" if mine else TONES.get(standing.state, ""),
        turn,
        note,
        url_for(end, slug=standing.slug),
        mine,
    )


def _turn(room: DraftRoom, who: Person, standing: Standing) -> tuple[str, bool, str]:
    """Whose turn a draft is, whether it is this person's, and what to know about it."""
    refusals = room.reviews.refusals(who, standing.slug, room.now)
    writers = "、".join(hand.name for hand in standing.hands if hand.saved_at)
    match standing.state:
        case DraftState.RETURNED:
            reason = standing.returned.reason if standing.returned else ""
            return f"轮到经办（{writers}）", who.username in standing.writers, reason
        case DraftState.DRAFTING:
            lapsed = standing.lapsed[-1].why if standing.lapsed else ""
            return (
                f"轮到经办（{writers}）" if writers else "轮到经办",
                not refusals[Step.WRITE],
                lapsed,
            )
        case DraftState.IN_REVIEW:
            sent = standing.sent
            return "轮到审核", not refusals[Step.PASS], f"{sent.name}送审" if sent else ""
        case DraftState.PASSED:
            passed = standing.passed
            return (
                "轮到签发",
                not refusals[Step.SIGN_OFF],
                f"{passed.name}审核通过" if passed else "",
            )
        case DraftState.SCHEDULED | DraftState.APPROVED | DraftState.PUBLISHING:
            due = standing.due
            return (f"{write_meta(due)}发布" if due else "等待发布"), False, "三审齐全"
    return "", False, ""


def _published(room: DraftRoom, who: Person) -> list[PublishedLine]:
    """What is public of this person's office, newest first."""
    now, catalogue = room.now, room.catalogue
    main = who.office == catalogue.site.office
    found = []
    for notice in catalogue.listed(now, limit=_PUBLISHED):
        if main or (notice.county or "") == who.county:
            state = catalogue.status(notice, now)
            found.append(
                PublishedLine(
                    notice.slug,
                    notice.title,
                    notice.kind.label,
                    state.state.label,
                    notice.published,
                    notice.demonstration,
                )
            )
    return found


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the drafts as a whole."""
    blueprint = Blueprint("publishing", __name__, url_prefix="/publishing")
    views = DraftsPage(room)
    blueprint.add_url_rule("/", "page", views.page)
    blueprint.add_url_rule("/new", "new", views.new)
    blueprint.add_url_rule("/new", "begin", views.begin, methods=["POST"])
    blueprint.add_url_rule("/<slug>/", "kind", views.kind)
    blueprint.add_url_rule("/<slug>/mend", "mend", views.mend, methods=["POST"])
    blueprint.add_url_rule("/<slug>/side", "side", views.side)
    blueprint.add_url_rule("/<slug>/discard", "discard", views.discard, methods=["POST"])
    return blueprint
