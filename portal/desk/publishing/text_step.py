"""文字: title and body, as plain text or as Markdown, and the attachments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, request, url_for

from portal.content.notice.notice_folder import FILES
from portal.desk.publishing.desktop import desktop, head_of, note_saved
from portal.desk.publishing.draft_contexts import TextContext
from portal.desk.publishing.list_step import plain_name
from portal.desk.publishing.news_form import news_form, with_departures, with_objections
from portal.desk.publishing.saving import save_step
from portal.editorial.plain_text import to_markdown, to_plain
from portal.editorial.word_text import text_from_word
from portal.errors import RequestError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.drafts import Draft

_DATES = {"issued": "成文日期", "printed": "印发日期"}
_PAPER = {"number": "文号", "copied-to": "抄送", "printed-by": "印发机关", **_DATES}
_LABELS = {"title": "标题", "body": "正文", "note": "修订说明", **_PAPER}
_HEADER = ("title", "note", *_PAPER)
_MOST_FILE = 20 * 1024 * 1024


class TextStep:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str:
        """Title and body as they stand."""
        draft = self._room.draft(slug)
        return self._page(draft, fields_of(draft), "")

    def save(self, slug: str) -> Answer | tuple[str, int] | str:
        """Save title and body; what was set in is kept true."""
        draft = self._room.draft(slug)
        markdown = request.form.get("form") == "markdown"
        typed = request.form.get("body", "").replace("\r\n", "\n")
        same = typed.strip("\n") == fields_of(draft)["body"].strip("\n")
        body = draft.body if same else typed if markdown else to_markdown(typed)
        try:
            values = _values(draft)
            return save_step(
                self._room,
                draft,
                "text",
                lambda seen: self._room.save(seen, values, body),
                fields_of,
                _LABELS,
            )
        except RequestError as error:
            return self._page(draft, {**fields_of(draft), **request.form}, str(error)), 422

    def news(self, slug: str) -> Answer | tuple[str, int]:
        """Write who left the round, or with `go` how objections stand in the register now."""
        draft, again = self._room.draft(slug), request.form.get("go") == "register"
        try:
            self._room.begin_writing(draft)
            values = (with_objections if again else with_departures)(self._room, draft)
            saved = self._room.save(draft, values, draft.body)
        except RequestError as error:
            return self._page(draft, fields_of(draft), str(error)), 422
        told = ["异议的办理结果已按登记簿更新"] if again else []
        note_saved(self._room, [*told, *saved.told])
        return redirect(url_for("draft_text.page", slug=slug))

    def read_in(self, slug: str) -> Answer | tuple[str, int]:
        """Take a .docx as the text; it replaces the body."""
        draft = self._room.draft(slug)
        try:
            file = request.files.get("docx")
            if file is None or not file.filename:
                raise RequestError("请先选择一个 Word 文件")  # noqa: TRY301 - shown with the rest
            read = text_from_word(file.read(), plain_name(file.filename))
            saved = self._room.save(draft, draft.values, read.markdown)
            note_saved(self._room, [*read.told, *saved.told])
        except RequestError as error:
            return self._page(draft, fields_of(draft), str(error)), 422
        return redirect(url_for("draft_text.page", slug=slug))

    def attach(self, slug: str) -> Answer | tuple[str, int]:
        """Add an attachment under its title."""
        draft = self._room.draft(slug)
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise RequestError("请先选择附件")  # noqa: TRY301 - shown with the rest
            name, data = plain_name(file.filename), file.read()
            ending = "." + name.rpartition(".")[2] if "." in name else ""
            title = request.form.get("file-title", "").strip()
            name = f"{plain_name(title)}{ending}" if title else name
            if len(data) > _MOST_FILE:
                raise RequestError(f"“{name}”超过20 MB，请压缩或分成几个")  # noqa: TRY301
            self._room.begin_writing(draft)
            self._room.drafts.save_file(slug, draft.digest, name, data)
            note_saved(self._room, [f"附件“{name}”已加入"])
        except RequestError as error:
            return self._page(draft, fields_of(draft), str(error)), 422
        return redirect(url_for("draft_text.page", slug=slug))

    def detach(self, slug: str) -> Answer:
        """Take an attachment out."""
        draft = self._room.draft(slug)
        self._room.begin_writing(draft)
        name = request.form.get("name", "")
        self._room.drafts.save_file(slug, draft.digest, name, None)
        note_saved(self._room, [f"附件“{name}”已去掉"])
        return redirect(url_for("draft_text.page", slug=slug))

    def _page(self, draft: Draft, fields: Mapping[str, str], error: str) -> str:
        files = draft.folder / FILES
        found = sorted(files.iterdir()) if files.is_dir() else []
        markdown = fields.get("form") == "markdown"
        return render(
            TextContext(
                head_of(self._room, draft, error=bool(error)),
                desktop(self._room, draft, "text"),
                fields["title"],
                fields["body"],
                markdown,
                [(name, label, fields.get(name, "")) for name, label in _PAPER.items()],
                fields.get("note", ""),
                int(draft.values.get("revision") or 1),
                [(path.name, path.stat().st_size) for path in found],
                news_form(self._room, draft),
                error,
            )
        )


def fields_of(draft: Draft) -> dict[str, str]:
    """The fields of the page as a draft has them; the body plain where it can be."""
    plain = to_plain(draft.body)
    texts = {name: str(draft.values.get(name) or "") for name in _HEADER}
    body = draft.body if plain is None else plain
    return {**texts, "body": body, "form": "markdown" if plain is None else "plain"}


def _values(draft: Draft) -> dict[str, Any]:
    """The header with what the form says; a field that is emptied is left out."""
    values = dict(draft.values)
    for name in _HEADER:
        if name in request.form:
            typed = request.form[name].strip()
            empty = "" if name == "title" else None
            values[name] = (_day(name, typed) if name in _DATES else typed) if typed else empty
    return values


def _day(name: str, typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        said = f"{_DATES[name]}“{typed}”读不出来，请写成“2026-11-03”这样"
        raise RequestError(said) from error


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the step."""
    blueprint = Blueprint("draft_text", __name__, url_prefix="/publishing/<slug>/text")
    step = TextStep(room)
    blueprint.add_url_rule("", "page", step.page)
    blueprint.add_url_rule("", "save", step.save, methods=["POST"])
    blueprint.add_url_rule("/news", "news", step.news, methods=["POST"])
    blueprint.add_url_rule("/word", "read_in", step.read_in, methods=["POST"])
    blueprint.add_url_rule("/attach", "attach", step.attach, methods=["POST"])
    blueprint.add_url_rule("/detach", "detach", step.detach, methods=["POST"])
    return blueprint
