"""预览: every output as it will be, marked 预览, by the very site that will show it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, request, session, url_for

from portal.desk.entry.gate import person
from portal.desk.publishing.desktop import desktop, head_of
from portal.desk.publishing.draft_contexts import PreviewContext
from portal.desk.publishing.preview_sites import FRAMING, PreviewSites
from portal.editorial.draft_preview import with_draft
from portal.editorial.preview_links import PreviewLinks
from portal.editorial.rights import may_show
from portal.errors import RequestError
from portal.render.notice.formats import formats_of
from portal.web.context import render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.notice import Notice
    from portal.editorial.drafts import Draft
    from portal.render.notice.feed_items import FeedItem

_HOURS = {"24": 24, "72": 72, "168": 168}


class PreviewStep:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room
        self._links = PreviewLinks(room.drafts, room.desk.room.register)
        self._sites = PreviewSites(room.desk.clock)

    def page(self, slug: str) -> Response:
        """Frames at desk and phone width, the documents, and the links handed out."""
        draft = self._room.draft(slug)
        notice = self._notice(draft)
        page = PreviewContext(
            head_of(self._room, draft),
            desktop(self._room, draft, "preview"),
            notice is not None,
            [(fmt.label, fmt.filename) for fmt in formats_of(notice)] if notice else [],
            self._links.of(slug, self._room.now),
            session.pop("link", ""),
            self._newspaper(draft, notice),
            self._item(draft, notice),
        )
        return Response(render(page), headers={"Content-Security-Policy": FRAMING})

    def site(self, slug: str, path: str) -> Response:
        """An address of the site with the draft in it."""
        draft = self._room.draft(slug)
        return self._answer(draft, f"/publishing/{slug}/preview/site", path)

    def hand_out(self, slug: str) -> Answer:
        """Make a link for a leader without an account."""
        draft = self._room.draft(slug)
        self._require()
        hours = _HOURS.get(request.form.get("hours", ""))
        if hours is None:
            raise RequestError("请选择链接的有效时间")
        lasts = timedelta(hours=hours)
        token = self._links.hand_out(slug, person().username, self._room.now, lasts)
        own = self._room.desk.settings.origin or request.host_url
        path = url_for("look.page", token=token, path=f"notices/{draft.slug}/")
        session["link"] = f"{own.rstrip('/')}{path}"
        return redirect(url_for("draft_preview.page", slug=slug))

    def take_back(self, slug: str) -> Answer:
        """End a link at once."""
        self._room.draft(slug)
        self._require()
        link_id = request.form.get("id", "")
        self._links.take_back(slug, link_id, person().username, self._room.now)
        return redirect(url_for("draft_preview.page", slug=slug))

    def _require(self) -> None:
        if not may_show(person()):
            raise RequestError("预览链接由有“经办”“审核”或者“签发”权限的人发出和收回")

    def look(self, token: str, path: str) -> Response:
        """What a link shows: the pages and files of its draft, and nothing else."""
        link = self._links.find(token, self._room.now)
        if link is None or not path.startswith((f"notices/{link.slug}/", "static/")):
            abort(404)
        answer = self._answer(self._room.drafts.read(link.slug), f"/look/{token}", path)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    def _notice(self, draft: Draft) -> Notice | None:
        catalogue = with_draft(self._room.catalogue, draft)
        return catalogue.notice(draft.slug) if catalogue else None

    def _newspaper(self, draft: Draft, notice: Notice | None) -> str:
        from portal.render.notice.newspaper import newspaper_text

        catalogue = with_draft(self._room.catalogue, draft)
        if notice is None or catalogue is None:
            return ""
        return newspaper_text(notice, catalogue.as_of(self._room.now)).decode("utf-8-sig")

    def _item(self, draft: Draft, notice: Notice | None) -> FeedItem | None:
        """What subscribers will read, at the time when it goes up."""
        from portal.render.notice.feed_items import newest_item

        catalogue = with_draft(self._room.catalogue, draft)
        if notice is None or catalogue is None:
            return None
        at = max(self._room.now, notice.updated)
        return newest_item(notice, catalogue.as_of(at), at)

    def _answer(self, draft: Draft, root: str, path: str) -> Response:
        return self._sites.answer(
            draft.digest, root, path, lambda: with_draft(self._room.catalogue, draft)
        )


def make_blueprints(room: DraftRoom) -> tuple[Blueprint, Blueprint]:
    """Views of the step, and of the links."""
    blueprint = Blueprint("draft_preview", __name__, url_prefix="/publishing/<slug>/preview")
    look = Blueprint("look", __name__)
    step = PreviewStep(room)
    blueprint.add_url_rule("", "page", step.page)
    blueprint.add_url_rule("/site/<path:path>", "site", step.site)
    blueprint.add_url_rule("/link", "hand_out", step.hand_out, methods=["POST"])
    blueprint.add_url_rule("/link/end", "take_back", step.take_back, methods=["POST"])
    look.add_url_rule("/look/<token>/<path:path>", "page", step.look)
    return blueprint, look
