"""名单: a spreadsheet with its questions, or rows typed; what the file says beside what is made."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from portal.content.files.workbooks import column_letters
from portal.content.notice.list_reader import COLUMNS, REQUIRED
from portal.desk.publishing.desktop import desktop, head_of, note_saved
from portal.desk.publishing.draft_room import kind_of, stands_on, terms_of
from portal.desk.publishing.list_contexts import Asked, ListContext, SheetCell, ShownSheet
from portal.desk.publishing.saving import save_step, shown_again, shown_typed, writable
from portal.desk.publishing.shown_list import ShownList, shown_list
from portal.domain.notice import Kind
from portal.editorial.list_differences import compare
from portal.errors import RequestError
from portal.importing.asking import Reading
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from werkzeug.wrappers import Response as Answer

    from portal.content.files.workbooks import Sheet
    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.awards import ListTerms
    from portal.editorial.drafts import Draft
    from portal.editorial.list_differences import Difference
    from portal.editorial.list_imports import Pending

_SHOWN_ROWS, _SHOWN_COLUMNS, _TOLD = 300, 26, 60
_EMPTY_ROWS = 5
_MOST_ROWS = 2_000
_UNFIT = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
_TONES = {
    **dict.fromkeys(("略去", "合计", "只有序号", "重复的表头", "表外的文字"), "out"),
    **dict.fromkeys(("表头", "标题", "小标题"), "head"),
    "等待回答": "open",
}


class ListStep:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str:
        """The sheet beside the list, with its questions first."""
        draft = self._room.draft(slug)
        return self._page(draft, "", editing="edit" in request.args)

    def upload(self, slug: str) -> Answer | tuple[str, int]:
        """Take a spreadsheet; it becomes the list at once where nothing has to be asked."""
        draft = self._room.draft(slug)
        file = request.files.get("sheet")
        try:
            self._room.begin_writing(draft)
            if file is None or not file.filename:
                raise RequestError("请先选择一个文件")  # noqa: TRY301 - shown with the rest
            self._room.imports.hand_in(slug, plain_name(file.filename), file.read())
            return self._take(draft)
        except RequestError as error:
            self._forget_unreadable(draft)
            return self._page(draft, str(error)), 422

    def answer(self, slug: str) -> Answer | tuple[str, int]:
        """Take answers; the file is read again with them."""
        draft = self._room.draft(slug)
        try:
            self._room.begin_writing(draft)
            self._room.imports.answer(slug, dict(_answers()))
            return self._take(draft)
        except RequestError as error:
            return self._page(draft, str(error)), 422

    def forget(self, slug: str) -> Answer:
        """Put the spreadsheet away; the list stays."""
        draft = self._room.draft(slug)
        self._room.begin_writing(draft)
        self._room.imports.forget(slug)
        return redirect(url_for("draft_list.page", slug=slug))

    def save(self, slug: str) -> Answer | tuple[str, int] | str:
        """Save the rows as they were typed."""
        draft = self._room.draft(slug)
        try:
            rows = list(_rows(_columns(terms_of(self._room, draft))))
            data = Reading(tuple(rows)).data if rows else None
            if _same(draft.list_bytes, data):
                data = draft.list_bytes
            return save_step(
                self._room,
                draft,
                "list",
                lambda seen: self._room.save_list(seen, data),
                lambda other: {"csv": (other.list_bytes or b"").decode("utf-8-sig", "replace")},
                {"csv": "名单"},
                {"csv": (data or b"").decode("utf-8-sig")},
            )
        except RequestError as error:
            return self._page(draft, str(error), editing=True), 422

    def _take(self, draft: Draft) -> Answer:
        pending = self._pending(draft)
        if pending is not None and not pending.reading.questions:
            saved = self._room.save_list(draft, pending.reading.data)
            note_saved(self._room, saved.told)
        return redirect(url_for("draft_list.page", slug=draft.slug))

    def _changes(self, draft: Draft) -> Sequence[Difference]:
        holds = self._room.holds(str(draft.values.get("edition")))
        return compare(self._room.catalogue, draft, self._room.now, holds)

    def _pending(self, draft: Draft) -> Pending | None:
        return self._room.imports.pending(
            draft.slug, self._room.catalogue.site, terms_of(self._room, draft)
        )

    def _forget_unreadable(self, draft: Draft) -> None:
        try:
            self._pending(draft)
        except RequestError:
            self._room.imports.forget(draft.slug)

    def _page(self, draft: Draft, error: str, *, editing: bool = False) -> str:
        pending = None
        try:
            pending = self._pending(draft)
        except RequestError as trouble:
            error = error or str(trouble)
        listed = shown_list(draft.list_bytes)
        open_ = pending is not None and bool(pending.reading.questions)
        if pending is not None and open_:
            listed = _of_entries(pending.reading.entries)
        editing = (editing or (pending is None and not listed.rows and bool(error))) and not open_
        form = "save" if editing else "mend"
        site, terms = self._room.catalogue.site, terms_of(self._room, draft)
        columns = _columns(terms)
        return render(
            ListContext(
                head_of(self._room, draft, error=bool(error)),
                replace(shown_again(desktop(self._room, draft, "list")), form=form),
                pending.name if pending else "",
                list(_sheets(pending.reading)) if pending else [],
                list(_asked(pending)) if pending else [],
                [str(told) for told in pending.reading.told[:_TOLD]] if pending else [],
                _for_typing(draft.list_bytes, columns) if editing else listed,
                editing,
                columns,
                _typed(kind_of(self._room, draft), columns, listed),
                list(map(str, terms.categories)),
                list(map(str, terms.grades)),
                [county.name for county in site.counties.values()],
                stands_on(self._room, draft),
                len(self._changes(draft)),
                error,
            )
        )


def plain_name(filename: str) -> str:
    """A plain name for an upload, whatever the browser calls it."""
    last = re.split(r"[/\\]", filename)[-1]
    return _UNFIT.sub("_", last).strip(". ")[-80:] or "名单.xlsx"


def _answers() -> Iterator[tuple[str, str]]:
    """The answers of the form by the id of the question; a chosen “写出” takes the text beside."""
    for name, key in request.form.items():
        if not name.startswith("id-"):
            continue
        number = name.removeprefix("id-")
        value = request.form.get(f"q-{number}", "")
        typed = request.form.get(f"t-{number}", "").strip()
        yield key, typed if value == "" and typed else value


def _rows(columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of the form that hold something, in their order."""
    for number, cells in enumerate(_as_typed(columns), 1):
        for column, text in cells.items():
            writable(f"第{number}行的{column}", text)
        typed = {column for column, text in cells.items() if text}
        if typed - {"类别", "奖项", "县区"}:
            yield cells


def _as_typed(columns: Sequence[str]) -> Iterator[dict[str, str]]:
    given = request.form.get("rows", "")
    count = int(given) if given.isascii() and given.isdecimal() and len(given) < len("10000") else 0
    for row in range(min(count, _MOST_ROWS)):
        yield {
            column: request.form.get(f"c{row}-{number}", "").strip()
            for number, column in enumerate(columns)
        }


def _same(one: bytes | None, other: bytes | None) -> bool:
    """Whether two lists say the same, so that bytes written by hand are kept."""
    return shown_list(one) == shown_list(other)


def _of_entries(entries: tuple[Mapping[str, str], ...]) -> ShownList:
    used = [c for c in COLUMNS if c in REQUIRED or any(entry.get(c) for entry in entries)]
    return ShownList(used, [[entry.get(column, "") for column in used] for entry in entries])


def _columns(terms: ListTerms) -> tuple[str, ...]:
    """The columns of an edition's lists, in the order in which they are typed."""
    return (*COLUMNS[:-1], *terms.columns, COLUMNS[-1])


def _for_typing(data: bytes | None, columns: Sequence[str]) -> ShownList:
    """All columns as the form has them, else as the list has, and some empty rows at the end."""
    if "rows" in request.form:
        return ShownList(
            columns, [list(map(shown_typed, row.values())) for row in _as_typed(columns)]
        )
    shown = shown_list(data)
    places = [shown.columns.index(c) if c in shown.columns else -1 for c in columns]
    rows = [[row[place] if place >= 0 else "" for place in places] for row in shown.rows]
    return ShownList(columns, [*rows, *[[""] * len(columns)] * _EMPTY_ROWS])


def _typed(kind: Kind | None, columns: Sequence[str], listed: ShownList) -> frozenset[str]:
    """The columns to type into: those that the kind has, and those that the list has."""
    unused = {"奖项"} if kind is not Kind.DECISION else set()
    unused |= {"县区"} if kind is not None and kind.of_county else set()
    return frozenset(set(columns) - unused | set(listed.columns))


def _asked(pending: Pending) -> Iterator[Asked]:
    for number, question in enumerate(pending.reading.questions):
        choices = [choice for choice in question.choices if choice.value]
        answer = pending.answers.get(question.id, "")
        yield Asked(
            number, question.id, question.place, question.text, choices, question.free, answer
        )


def _sheets(reading: Reading) -> Iterator[ShownSheet]:
    """The sheets as they stand, each cell with what became of it."""
    told = {told.place for told in reading.told}
    for sheet in reading.sheets:
        width = min(max(map(len, sheet.rows), default=0), _SHOWN_COLUMNS)
        rows = [
            (
                number,
                [_cell(sheet, reading, told, number, column) for column in range(1, width + 1)],
            )
            for number, row in enumerate(sheet.rows[:_SHOWN_ROWS], 1)
            if any(row)
        ]
        letters = [column_letters(column) for column in range(1, width + 1)]
        if rows:
            yield ShownSheet(sheet.title, letters, rows, max(0, len(sheet.rows) - _SHOWN_ROWS))


def _cell(sheet: Sheet, reading: Reading, told: set[str], row: int, column: int) -> SheetCell:
    cells = sheet.rows[row - 1]
    text = cells[column - 1] if column <= len(cells) else ""
    prefix = f"{sheet.title}!" if sheet.title else ""
    place = f"{prefix}{column_letters(column)}{row}"
    fate = reading.accounted.get(place, "")
    return SheetCell(text, "told" if place in told else _TONES.get(fate, ""))


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the step."""
    blueprint = Blueprint("draft_list", __name__, url_prefix="/publishing/<slug>/list")
    step = ListStep(room)
    blueprint.add_url_rule("", "page", step.page)
    blueprint.add_url_rule("", "save", step.save, methods=["POST"])
    blueprint.add_url_rule("/upload", "upload", step.upload, methods=["POST"])
    blueprint.add_url_rule("/answer", "answer", step.answer, methods=["POST"])
    blueprint.add_url_rule("/forget", "forget", step.forget, methods=["POST"])
    return blueprint
