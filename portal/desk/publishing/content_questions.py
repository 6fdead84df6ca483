"""常见问题 one by one: the same draft as its text, for who does not write YAML."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, request, url_for

from portal.desk.entry.gate import person
from portal.desk.publishing.content_contexts import QuestionContext, QuestionsContext
from portal.desk.publishing.content_desktop import desktop_of
from portal.desk.publishing.desktop import head_of, note_saved
from portal.editorial.draft_acts import Step
from portal.editorial.question_entries import (
    Entry,
    entries_of,
    free_slug,
    with_entry,
    without_entry,
)
from portal.errors import PortalError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.content_drafts import ContentDraft

FAQ = "content_faq"


class Questions:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self) -> str:
        """Every question, group by group; RequestError for a text that is at fault."""
        draft = self._room.content(FAQ)
        entries = entries_of(draft.text)
        groups = [(name, list(some)) for name, some in groupby(entries, key=lambda one: one.group)]
        refused = self._room.reviews.refusals(person(), FAQ, self._room.now)[Step.WRITE]
        desktop = desktop_of(self._room, draft, "text")
        return render(QuestionsContext(head_of(self._room, draft), desktop, groups, not refused))

    def entry(self, entry: str) -> str:
        """One question."""
        draft = self._room.content(FAQ)
        found = [one for one in entries_of(draft.text) if one.slug == entry]
        if not found:
            abort(404)
        return self._entry(draft, found[0])

    def new(self) -> str:
        """A question that is to be added."""
        draft = self._room.content(FAQ)
        slug = free_slug(entries_of(draft.text))
        group = request.args.get("group", "")
        return self._entry(draft, Entry(slug, "", "", group, "policy"), new=True)

    def put(self, entry: str) -> Answer | tuple[str, int]:
        """Write a question anew."""
        typed = _typed(entry)
        return self._save(typed, lambda text: with_entry(text, typed))

    def add(self) -> Answer | tuple[str, int]:
        """Add a question at the end of its group."""
        draft = self._room.content(FAQ)
        typed = _typed(free_slug(entries_of(draft.text)))
        return self._save(typed, lambda text: with_entry(text, typed, new=True), new=True)

    def remove(self, entry: str) -> Answer | tuple[str, int]:
        """Take a question out."""
        return self._save(_typed(entry), lambda text: without_entry(text, entry))

    def _save(
        self, typed: Entry, change: Callable[[str], str], *, new: bool = False
    ) -> Answer | tuple[str, int]:
        """Change the text as this person saw it; what another saved meanwhile is not touched."""
        draft = self._room.content(FAQ)
        try:
            text = change(draft.text)
            self._room.begin_writing(draft)
            self._room.reviews.contents.save(FAQ, request.form.get("seen", ""), text)
        except PortalError as error:
            return self._entry(draft, typed, new=new, error=str(error)), 422
        note_saved(self._room)
        return redirect(url_for("questions.page"))

    def _entry(
        self, draft: ContentDraft, entry: Entry, *, new: bool = False, error: str = ""
    ) -> str:
        groups = list(dict.fromkeys(one.group for one in entries_of(draft.text)))
        head = head_of(self._room, draft, error=bool(error))
        desktop = desktop_of(self._room, draft, "text")
        return render(QuestionContext(head, desktop, entry, groups, new, error))


def _typed(slug: str) -> Entry:
    form = request.form
    return Entry(
        slug,
        form.get("question", "").strip(),
        form.get("answer", "").replace("\r\n", "\n").strip("\n"),
        form.get("group", "").strip(),
        form.get("basis", ""),
    )


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the questions."""
    blueprint = Blueprint("questions", __name__, url_prefix=f"/content/{FAQ}/questions")
    views = Questions(room)
    blueprint.add_url_rule("/", "page", views.page)
    blueprint.add_url_rule("/new", "new", views.new)
    blueprint.add_url_rule("/new", "add", views.add, methods=["POST"])
    blueprint.add_url_rule("/entry/<entry>", "entry", views.entry)
    blueprint.add_url_rule("/entry/<entry>", "put", views.put, methods=["POST"])
    blueprint.add_url_rule("/entry/<entry>/remove", "remove", views.remove, methods=["POST"])
    return blueprint
