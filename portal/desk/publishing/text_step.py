"""文字: title and body, as plain text or as Markdown, and the attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from portal.content.notice.notice_folder import FILES
from portal.desk.publishing.desktop import desktop, head_of
from portal.desk.publishing.draft_contexts import TextContext
from portal.desk.publishing.list_step import plain_name
from portal.desk.publishing.news_form import news_form, with_departures, with_objections
from portal.desk.publishing.saving import save_step, shown_again, shown_typed, writable
from portal.domain.dates import read_day
from portal.editorial.keeping_true import Saved
from portal.editorial.plain_text import to_markdown, to_plain
from portal.editorial.word_text import text_from_word
from portal.errors import RequestError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

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
        """Save all that the page holds, whichever button was pressed: nothing typed is lost.

        Attachments go first, since no browser shows a chosen file again after an error.
        """
        draft, autosave = self._room.draft(slug), "autosave" in request.form
        seen = request.form.get("seen", draft.digest)
        try:
            self._room.begin_writing(draft)
            current, told = self._files(draft)
            seen = current.digest if seen == draft.digest else seen
            values, body = _values(current), _body(current)
            if not autosave:
                values = self._news(replace(current, values=values), told)
                body = _from_word(told) or body
            return save_step(
                self._room,
                current,
                "text",
                lambda shown: self._saved(shown, values, body, told),
                fields_of,
                _LABELS,
                seen=seen,
            )
        except RequestError as error:
            if autosave:
                return jsonify(error=str(error)), 422  # type: ignore[return-value]
            typed = {name: shown_typed(text) for name, text in request.form.items()}
            return self._page(
                self._room.draft(slug), {**fields_of(draft), **typed}, str(error), seen
            ), 422

    def _saved(self, draft: Draft, values: dict[str, Any], body: str, told: list[str]) -> Saved:
        saved = self._room.save(draft, values, body)
        return Saved(saved.draft, (*told, *saved.told))

    def _files(self, draft: Draft) -> tuple[Draft, list[str]]:
        """Take the attachment that was chosen, and take out the one that is not wanted."""
        file, unwanted = request.files.get("file"), request.form.get("detach", "")
        told = []
        if file is not None and file.filename:
            name, data = plain_name(file.filename), file.read()
            ending = "." + name.rpartition(".")[2] if "." in name else ""
            title = request.form.get("file-title", "").strip()
            name = f"{plain_name(title)}{ending}" if title else name
            if len(data) > _MOST_FILE:
                raise RequestError(f"“{name}”超过20 MB，请压缩或分成几个")
            draft = self._room.drafts.save_file(draft.slug, draft.digest, name, data)
            told.append(f"附件“{name}”已加入")
        elif request.form.get("go") == "attach":
            raise RequestError("请先选择附件")
        if unwanted:
            draft = self._room.drafts.save_file(draft.slug, draft.digest, unwanted, None)
            told.append(f"附件“{unwanted}”已去掉")
        return draft, told

    def _news(self, draft: Draft, told: list[str]) -> dict[str, Any]:
        """The header with who left the round, and how objections stand in the register now."""
        if request.form.get("go") == "register":
            draft = replace(draft, values=with_objections(self._room, draft))
            told.append("异议的办理结果已按登记簿更新")
        return with_departures(self._room, draft)

    def _page(
        self, draft: Draft, fields: Mapping[str, str], error: str, seen: str | None = None
    ) -> str:
        files = draft.folder / FILES
        found = sorted(files.iterdir()) if files.is_dir() else []
        markdown = fields.get("form") == "markdown"
        return render(
            TextContext(
                head_of(self._room, draft, error=bool(error)),
                shown_again(desktop(self._room, draft, "text"), seen),
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


def _body(draft: Draft) -> str:
    """The body as it was typed, by hand or as Markdown; untouched where nothing was."""
    typed = request.form.get("body", "").replace("\r\n", "\n")
    if "body" not in request.form or typed.strip("\n") == fields_of(draft)["body"].strip("\n"):
        return draft.body
    writable("正文", typed)
    return typed if request.form.get("form") == "markdown" else to_markdown(typed)


def _from_word(told: list[str]) -> str:
    """The text of the chosen .docx, where it is to replace the body."""
    file, wanted = request.files.get("docx"), request.form.get("go") == "word"
    chosen = file is not None and bool(file.filename)
    if wanted and (file is None or not chosen):
        raise RequestError("请先选择一个 Word 文件")
    if file is not None and chosen and not wanted:
        told.append("选好的 Word 文件没有用：要用它作正文，请再选一次，按“读入”")
    if file is None or not wanted:
        return ""
    read = text_from_word(file.read(), plain_name(file.filename or ""))
    told += read.told
    return read.markdown


def _values(draft: Draft) -> dict[str, Any]:
    """The header with what the form says; a field that is emptied is left out."""
    values = dict(draft.values)
    for name in _HEADER:
        if name in request.form:
            typed = writable(_LABELS[name], request.form[name].strip())
            empty = "" if name == "title" else None
            values[name] = (_day(name, typed) if name in _DATES else typed) if typed else empty
    return values


def _day(name: str, typed: str) -> date:
    try:
        return read_day(typed)
    except ValueError as error:
        said = f"{_DATES[name]}“{typed}”读不出来，请写成“2026-11-03”这样"
        raise RequestError(said) from error


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the step."""
    blueprint = Blueprint("draft_text", __name__, url_prefix="/publishing/<slug>/text")
    step = TextStep(room)
    blueprint.add_url_rule("", "page", step.page)
    blueprint.add_url_rule("", "save", step.save, methods=["POST"])
    return blueprint
