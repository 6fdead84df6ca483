"""网站和单位, 奖项 in fields: the same draft as its text, for who does not write TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from portal.content.content_files import AWARDS
from portal.content.site_facts import NAME as SITE
from portal.desk.publishing.content_contexts import FieldsContext
from portal.desk.publishing.content_desktop import desktop_of
from portal.desk.publishing.desktop import head_of, note_saved
from portal.editorial.table_values import award_sections, site_sections, with_values
from portal.errors import PortalError, RequestError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.wrappers import Response as Answer

    from portal.content.content_files import ContentFile
    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.content_drafts import ContentDraft
    from portal.editorial.table_values import Section


def sections_of(file: ContentFile) -> Callable[[str], list[Section]] | None:
    """What reads the fields of a file; None for one that is text only."""
    if file.path == SITE:
        return site_sections
    return award_sections if file.path.startswith(f"{AWARDS}/") else None


class ContentFields:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str | Answer:
        """Every field, section by section; a text at fault is mended as a text first."""
        draft = self._draft(slug)
        try:
            return self._page(draft, {}, "")
        except RequestError:
            return redirect(url_for("content.edit", slug=slug))

    def save(self, slug: str) -> Answer | tuple[str, int]:
        """Write what this person changed; what another changed meanwhile stays."""
        draft = self._draft(slug)
        sections = self._sections(draft)
        form = request.form
        typed = {
            value.path: form[value.path]
            for section in sections
            for value in section.values
            if value.path in form and form[value.path] != form.get(f"was-{value.path}", value.text)
        }
        try:
            for section in sections:
                for value in section.values:
                    _refuse_both(value.path, value.label, value.text, typed)
            text = with_values(draft.text, typed)
            self._room.begin_writing(draft)
            self._room.reviews.contents.save(slug, draft.digest, text)
        except PortalError as error:
            return self._page(draft, typed, str(error)), 422
        note_saved(self._room)
        onward = "content.preview" if form.get("go") == "next" else "fields.page"
        return redirect(url_for(onward, slug=slug))

    def _draft(self, slug: str) -> ContentDraft:
        draft = self._room.content(slug)
        if sections_of(draft.file) is None:
            abort(404)
        return draft

    @staticmethod
    def _sections(draft: ContentDraft) -> list[Section]:
        read = sections_of(draft.file)
        return read(draft.text) if read else []

    def _page(self, draft: ContentDraft, typed: Mapping[str, str], error: str) -> str:
        head = head_of(self._room, draft, error=bool(error))
        desktop = desktop_of(self._room, draft, "text")
        return render(FieldsContext(head, desktop, self._sections(draft), typed, error))


def _refuse_both(path: str, label: str, now: str, typed: Mapping[str, str]) -> None:
    """Refuse to write over what another person wrote into the same field meanwhile."""
    was = request.form.get(f"was-{path}", now)
    if path in typed and now not in (was, typed[path]):
        raise RequestError(f"“{label}”另一人刚改为“{now}”；要换成您写的，再存一次")


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the fields."""
    blueprint = Blueprint("fields", __name__, url_prefix="/content/<slug>/fields")
    views = ContentFields(room)
    blueprint.add_url_rule("", "page", views.page)
    blueprint.add_url_rule("", "save", views.save, methods=["POST"])
    return blueprint
