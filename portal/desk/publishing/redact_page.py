"""紧急撤下个人信息: what leaked is looked for, shown masked, and taken out by one officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, session, url_for

from portal.casework.people import Right
from portal.desk.entry.code_again import proved
from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.draft_room import may_draft, published_notice, sees_published
from portal.desk.publishing.redact_contexts import LeakLine, OtherLeak, RedactContext
from portal.editorial.emergencies import Emergencies
from portal.editorial.possible_acts import LaterAct, acts_on
from portal.editorial.redacting import mask
from portal.editorial.revising import recorded_text
from portal.editorial.site_due import site_due
from portal.errors import PortalError, RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.notice import Notice
    from portal.editorial.redacting import Hit, Redaction

_MOST_TOLD = 12
"""Lines that a cookie holds; the most important come first."""
_NAMES = {"notice.md": "正文", "list.csv": "名单"}


class RedactPage:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room
        paths = room.desk.settings.paths
        root = room.desk.publisher.root
        self._emergencies = Emergencies(room.reviews, paths.notices, root)

    def page(self, slug: str) -> str:
        """What is asked, and afterwards what was done and what still waits."""
        return self._page(published_notice(self._room, slug))

    def look(self, slug: str) -> str | tuple[str, int]:
        """Show every place, masked; nothing is changed."""
        notice = published_notice(self._room, slug)
        try:
            return self._page(notice, found=self._found(notice))
        except PortalError as error:
            return self._page(notice, error=str(error)), 422

    def strike(self, slug: str) -> Answer | tuple[str, int]:
        """Take it out, with a fresh one-time code; then the site follows."""
        notice = published_notice(self._room, slug)
        leaked, reason = request.form.get("leaked", ""), request.form.get("reason", "")
        found: list[Hit] = []
        try:
            found = self._found(notice)
            proof = proved(self._room.desk)
            done = self._emergencies.act(person(), proof, slug, leaked, reason)
        except PortalError as error:
            return self._page(notice, found=found, error=str(error)), 422
        told = [self._taken_up(slug)] if done.revision else []
        if self._emergencies.drafts_holding(leaked):
            told.append("还有草稿写着这项内容，请经办人改掉")
        told += [f"《{one.title}》里也有，请到它的页面撤下" for one in self._others(slug, leaked)]
        told += _told(done)
        session["redacted"] = [slug, *(mask(line, leaked) for line in told[:_MOST_TOLD])]
        self._room.desk.publisher.start(self._room.now)
        return redirect(url_for("redact.page", slug=slug))

    def take_up(self, slug: str) -> Answer | tuple[str, int]:
        """Make the text that is left a draft, where a former draft stood in the way."""
        notice = published_notice(self._room, slug)
        try:
            self._refuse(notice)
            draft = self._emergencies.take_up(person(), slug, self._room.now)
        except PortalError as error:
            return self._page(notice, error=str(error)), 422
        return redirect(url_for("draft_send.page", slug=draft.slug))

    def unlock(self, slug: str) -> Answer | tuple[str, int]:
        """Unlock the ledger's key, with which the new site is signed."""
        notice = published_notice(self._room, slug)
        try:
            self._room.unlock_ledger(request.form.get("passphrase", ""))
        except PortalError as error:
            return self._page(notice, error=str(error)), 422
        return redirect(url_for("redact.page", slug=slug))

    def _found(self, notice: Notice) -> list[Hit]:
        self._refuse(notice)
        leaked, reason = request.form.get("leaked", ""), request.form.get("reason", "")
        found = self._emergencies.look(notice.slug, leaked, reason)
        if not found:
            raise RequestError(
                "这份公告的各稿、名单和附件中没有找到；换一种写法，或者只写其中一段再找"
            )
        return found

    def _refuse(self, notice: Notice) -> None:
        if not may_draft():
            raise RequestError("您没有“经办”的权限")
        found = acts_on(self._room.catalogue, notice, (person().office,), self._room.now)
        reason = next(one.reason for one in found if one.act is LaterAct.REDACT)
        if reason:
            raise RequestError(reason)

    def _taken_up(self, slug: str) -> str:
        try:
            self._emergencies.take_up(person(), slug, self._room.now)
        except RequestError as error:
            return f"留下的文本还没有成为草稿：{error}"
        return "留下的文本已成为草稿，请送审，由第二人核对"

    def _others(self, slug: str, leaked: str) -> Iterator[OtherLeak]:
        """Further notices that hold it; those of another office have no page for this person."""
        for name in self._emergencies.others(slug, leaked):
            notice = self._room.catalogue.by_slug.get(name)
            own = notice is not None and sees_published(self._room, notice)
            url = url_for("redact.page", slug=name) if own else ""
            yield OtherLeak(notice.title if notice else name, url)

    def _waits(self, slug: str) -> bool:
        """Whether a text that nobody recorded lies there, with no draft made of it."""
        if slug in self._room.drafts.slugs():
            return False
        try:
            return recorded_text(self._emergencies.folder(slug))[1] is None
        except RequestError:
            return False

    def _page(self, notice: Notice, *, found: Iterable[Hit] = (), error: str = "") -> str:
        slug, leaked = notice.slug, request.form.get("leaked", "")
        publisher = self._room.desk.publisher
        told = session.pop("redacted", [""])
        found = list(found)
        crumbs = (
            Crumb("公告编发", url_for("publishing.page")),
            Crumb(notice.title, url_for("published.page", slug=slug)),
            Crumb(LaterAct.REDACT.label),
        )
        due = site_due(publisher.root)
        return render(
            RedactContext(
                page_head(
                    self._room.desk,
                    LaterAct.REDACT.label,
                    *crumbs,
                    error=bool(error),
                    demonstration=notice.demonstration,
                ),
                notice,
                may_draft(),
                [LeakLine(_place(hit.place), hit.line, hit.shown) for hit in found],
                list(self._others(slug, leaked)) if found else [],
                leaked if found else "",
                request.form.get("reason", ""),
                told[1:] if told[0] == slug else [],
                due,
                bool(due) and publisher.wants_key(self._room.now),
                Right.SIGN_OFF in person().may,
                self._waits(slug),
                slug in self._room.drafts.slugs(),
                error,
            )
        )


def _place(name: str) -> str:
    """A file of the notice as a clerk calls it."""
    parts = name.split("/")
    which = f"第{parts[1]}稿的" if parts[0] == "revisions" else "现在的"
    return which + _NAMES.get(parts[-1], f"附件“{parts[-1]}”")


def _told(done: Redaction) -> Iterator[str]:
    for name in done.texts:
        yield f"已从{_place(name)}删去"
    for name in done.files:
        yield f"{_place(name)}已取下；正文提到它的，请在留下的文本里改"
    for name in done.unseen:
        yield f"{_place(name)}程序看不进去，请打开看看"


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the act."""
    blueprint = Blueprint("redact", __name__, url_prefix="/published/<slug>/redact")
    views = RedactPage(room)
    blueprint.add_url_rule("", "page", views.page)
    for path, name, view in (
        ("/look", "look", views.look),
        ("/strike", "strike", views.strike),
        ("/take-up", "take_up", views.take_up),
        ("/unlock", "unlock", views.unlock),
    ):
        blueprint.add_url_rule(path, name, view, methods=["POST"])
    return blueprint
