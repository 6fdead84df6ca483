"""预览 of a content file: the page of the site that shows it, marked, at desk and phone width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, url_for

from portal.desk.publishing.content_contexts import ContentPreviewContext
from portal.desk.publishing.content_desktop import desktop_of
from portal.desk.publishing.desktop import head_of
from portal.desk.publishing.preview_sites import FRAMING, PreviewSites
from portal.editorial.content_checks import content_preview
from portal.web.context import render

if TYPE_CHECKING:
    from portal.content.catalogue import Catalogue
    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.content_drafts import ContentDraft


class ContentPreview:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room
        self._sites = PreviewSites(room.desk.clock, marked=True)

    def page(self, slug: str) -> Response:
        """Frames at desk and phone width."""
        draft = self._room.content(slug)
        page = ContentPreviewContext(
            head_of(self._room, draft),
            desktop_of(self._room, draft, "preview"),
            bool(draft.file.address) and self._catalogue(draft) is not None,
            url_for("content.site", slug=slug, path=draft.file.address.lstrip("/")),
        )
        return Response(render(page), headers={"Content-Security-Policy": FRAMING})

    def site(self, slug: str, path: str) -> Response:
        """An address of the site with the draft in it."""
        draft = self._room.content(slug)
        root = f"/content/{slug}/preview/site"
        return self._sites.answer(draft.digest, root, path, lambda: self._catalogue(draft))

    def _catalogue(self, draft: ContentDraft) -> Catalogue | None:
        return content_preview(draft, self._room.against, self._room.catalogue)
