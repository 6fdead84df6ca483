"""发布: how far a publication is, step by step with its times; and the key that it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from portal.casework.people import Right
from portal.content.content_files import CONTENT_NAME
from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.draft_contexts import JournalLine, RunContext, Said
from portal.editorial.journal import Did
from portal.editorial.rights import concerns
from portal.editorial.under_way import Progress
from portal.errors import PortalError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.under_way import Publication, StepLine

_TONES = {Did.BEGUN: "now", Did.DONE: "done", Did.FAILED: "failed", Did.GIVEN_BACK: "failed"}
_MOVING = (Progress.DUE, Progress.RUNNING, Progress.STOPPED)


class RunPage:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str:
        """The newest publication of a slug; it refreshes itself while it runs."""
        return self._page(slug, "")

    def unlock(self, slug: str) -> Answer | tuple[str, int]:
        """Unlock the ledger's key, and begin what is due."""
        self._publication(slug)
        try:
            self._room.unlock_ledger(request.form.get("passphrase", ""))
        except PortalError as error:
            return self._page(slug, str(error)), 422
        return redirect(url_for("draft_run.page", slug=slug))

    def _publication(self, slug: str) -> Publication:
        """The newest publication of a slug that is this person's to see; 404 otherwise."""
        found = [one for one in self._room.desk.publisher.all(self._room.now) if one.slug == slug]
        values = self._room.reviews.values(slug)
        notice = self._room.catalogue.notice(slug)
        if not values and notice is not None:
            values = {"issuer": notice.issuer, "county": notice.county}
        if not found or not concerns(person(), slug, values, self._room.catalogue):
            abort(404)
        return found[-1]

    def _page(self, slug: str, error: str) -> str:
        publication, now = self._publication(slug), self._room.now
        notice = self._room.catalogue.notice(slug)
        values = self._room.reviews.values(slug)
        title = str(values.get("title") or (notice.title if notice else slug))
        scheduled = publication.progress is Progress.SCHEDULED
        publisher = self._room.desk.publisher
        wants = publication.progress.open and publisher.wants_key(now)
        wants = wants or (scheduled and not publisher.held.lasts(now, publication.due))
        return render(
            RunContext(
                page_head(self._room.desk, title, Crumb(title), error=bool(error)),
                slug,
                publication,
                tuple(_line(step) for step in publication.steps),
                wants,
                Right.SIGN_OFF in person().may,
                publication.progress in _MOVING and not wants,
                self._room.catalogue.site.base_url + self._address(slug),
                self._after(slug),
                error,
            )
        )

    def _address(self, slug: str) -> str:
        """Where the public finds it."""
        if CONTENT_NAME.fullmatch(slug):
            return self._room.reviews.contents.find(slug).address or "/"
        return f"/notices/{slug}/"

    @staticmethod
    def _after(slug: str) -> Said:
        """Where to go when all is done."""
        if CONTENT_NAME.fullmatch(slug):
            return Said("回到网站内容", "", url_for("content.page"))
        return Said("去看已发布的公告", "", url_for("published.page", slug=slug))


def _line(step: StepLine) -> JournalLine:
    tone = _TONES[step.state] if step.state else ""
    took = f"用时{step.seconds:.1f}秒" if step.state is Did.DONE else ""
    return JournalLine(step.step.label, tone, step.at, step.detail or took)


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of a publication."""
    blueprint = Blueprint("draft_run", __name__, url_prefix="/publishing/<slug>/run")
    views = RunPage(room)
    blueprint.add_url_rule("", "page", views.page)
    blueprint.add_url_rule("/unlock", "unlock", views.unlock, methods=["POST"])
    return blueprint
