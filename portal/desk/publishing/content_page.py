"""网站内容: guide, questions, pages, forms, texts, facts, awards; changed by the same acts."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, abort, jsonify, redirect, request, session, url_for

from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.content_contexts import (
    ContentEditContext,
    ContentLine,
    ContentListContext,
)
from portal.desk.publishing.content_desktop import desktop_of, steps_of
from portal.desk.publishing.content_fields import sections_of
from portal.desk.publishing.content_preview_page import ContentPreview
from portal.desk.publishing.content_questions import FAQ
from portal.desk.publishing.desktop import TONES, following, head_of, note_saved
from portal.desk.publishing.draft_contexts import Clash, ClashContext, SideContext
from portal.desk.publishing.draft_room import may_draft, sees_content
from portal.desk.publishing.saving import shown_again
from portal.domain.dates import write_clock
from portal.editorial.content_drafts import NewerContentError
from portal.editorial.draft_acts import Step
from portal.editorial.next_edition import TO_DECIDE
from portal.errors import PortalError, RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response
    from werkzeug.wrappers import Response as Answer

    from portal.content.content_files import ContentFile
    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.editions import Edition
    from portal.editorial.content_drafts import ContentDraft
    from portal.editorial.draft_acts import Standing

_HINTS = {
    "md": (
        "两行 --- 之间是信息头：冒号前面的不改。",
        "空一行是新的一段；## 开头是小标题；- 开头是列表；[文字](/guide/conditions/) 是链接。",
    ),
    "yml": (
        "缩进用空格，照旁边的写；# 开头的是说明，不公开。",
        "冒号后面空一格；文字里有冒号或井号的，整段加英文引号。",
    ),
    "toml": ("等号前面的不改；文字放在英文引号里；不知道的留空引号，不要编造。",),
    "txt": ("一行一对：错的词，空格，对的词。# 开头的行不算。",),
}
_ANNEX_HINT = "每次改动都是新的一版：版本号已经加一，在 changes 的引号里写明改了什么。"
_TEXT_HINT = "花括号里的由程序填入，如 {公示期}；不要改花括号里的字。"


class ContentPage:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, error: str = "") -> str:
        """Every file, and what is being changed."""
        self._refuse_others()
        head = page_head(
            self._room.desk,
            "网站内容",
            Crumb("公告编发", url_for("publishing.page")),
            Crumb("网站内容"),
        )
        begun = {one.slug: one for one in self._room.reviews.standings(person(), self._room.now)}
        lines = [
            (file.group, _line(file, begun.get(file.name)))
            for file in self._room.reviews.contents.files()
        ]
        groups = [
            (group, [line for _, line in some])
            for group, some in groupby(lines, key=lambda pair: pair[0])
        ]
        return render(
            ContentListContext(
                head,
                groups,
                may_draft(),
                session.pop("told", ""),
                [(one.slug, one.name) for one in self._editions()],
                _typed(),
                error,
            )
        )

    def edition(self) -> Answer | tuple[str, int]:
        """Begin the next edition of the award from an earlier one."""
        self._refuse_others()
        contents, now = self._room.reviews.contents, self._room.now
        typed = _typed()
        try:
            if not may_draft():
                raise RequestError("您没有“经办”的权限，不能改网站内容")  # noqa: TRY301 - shown there
            earlier = next((e for e in self._editions() if e.slug == typed["from"]), None)
            if earlier is None:
                raise RequestError("请选从哪一届开始")  # noqa: TRY301 - shown there
            draft = contents.begin_edition(earlier, typed["slug"], typed["short"])
            self._room.reviews.writing(person(), draft.slug, now)
        except RequestError as error:
            return self.page(str(error)), 422
        return redirect(url_for("content.edit", slug=draft.slug))

    def _editions(self) -> list[Edition]:
        """The editions that a next one can go on from."""
        found = self._room.catalogue.editions.values()
        return [edition for edition in found if not edition.demonstration]

    def begin(self, slug: str) -> Answer:
        """Begin to change a file, or go on."""
        self._refuse_others()
        contents, now = self._room.reviews.contents, self._room.now
        try:
            contents.find(slug)
        except RequestError:
            abort(404)
        self._room.reviews.begin_content(person(), slug, now)
        piecewise = _piecewise(contents.find(slug))
        return redirect(piecewise or url_for("content.edit", slug=slug))

    def edit(self, slug: str) -> str:
        """The text of a file."""
        draft = self._room.content(slug)
        return self._edit(draft, draft.text, "")

    def save(self, slug: str) -> Answer | Response | tuple[str, int] | tuple[Response, int]:
        """Save the text, by the button or by the script; or show both texts of a clash."""
        draft, autosave = self._room.content(slug), "autosave" in request.form
        text = request.form.get("text", "").replace("\r\n", "\n")
        try:
            self._room.begin_writing(draft)
            seen = request.form.get("seen", "")
            saved = self._room.reviews.contents.save(slug, seen, text)
        except NewerContentError as error:
            if autosave:
                return jsonify(clash=True), 409
            return self._clash(error.current, text), 409
        except PortalError as error:
            if autosave:
                return jsonify(error=str(error)), 422
            return self._edit(draft, text, str(error)), 422
        if autosave:
            return jsonify(seen=saved.digest, at=write_clock(self._room.now), told=[])
        note_saved(self._room)
        wanted = "text"
        if request.form.get("go") == "next":
            wanted = following([name for name, _, _ in steps_of(saved)], "text")
        endpoint = next(end for name, _, end in steps_of(saved) if name == wanted)
        return redirect(url_for(endpoint, slug=slug))

    def side(self, slug: str) -> Response:
        """The checks alone, for the script that keeps them fresh."""
        draft = self._room.content(slug)
        shown = desktop_of(self._room, draft, "")
        return jsonify(side=render(SideContext(head_of(self._room, draft), shown)))

    def renew(self, slug: str) -> Answer | tuple[str, int]:
        """Go on from what stands there now, with what was typed on the page."""
        draft, contents = self._room.content(slug), self._room.reviews.contents
        seen, text = request.form.get("seen", ""), request.form.get("text", draft.text)
        text = text.replace("\r\n", "\n")
        try:
            self._room.begin_writing(draft)
            if text != draft.text:
                seen = contents.save(slug, seen, text).digest
            contents.renew(slug, seen)
        except NewerContentError as error:
            return self._clash(error.current, text), 409
        except PortalError as error:
            return self._edit(draft, text, str(error)), 422
        note_saved(self._room, ["已接着新的文件改；送审页列出和新文件的差别"])
        return redirect(url_for("content.edit", slug=slug))

    def discard(self, slug: str) -> Answer:
        """Move a draft aside; what is public stays as it is."""
        draft = self._room.content(slug)
        seen = request.form.get("seen", "")
        self._room.reviews.discard(person(), slug, seen, self._room.now)
        session["told"] = f"已放弃对“{draft.title}”的改动，公开的内容没有变"
        return redirect(url_for("content.page"))

    def _refuse_others(self) -> None:
        if not sees_content(self._room):
            abort(404)

    def _edit(self, draft: ContentDraft, text: str, error: str) -> str:
        refusals = self._room.reviews.refusals(person(), draft.slug, self._room.now)
        return render(
            ContentEditContext(
                head_of(self._room, draft, error=bool(error)),
                shown_again(desktop_of(self._room, draft, "text")),
                text,
                draft.file.path,
                tuple(_hints(draft)),
                _piecewise(draft.file),
                draft.overtaken,
                not refusals[Step.DISCARD],
                error,
            )
        )

    def _clash(self, current: ContentDraft, mine: str) -> str:
        """Both texts, side by side; mine can be changed and saved over theirs, knowingly."""
        hands = self._room.reviews.opened(person(), current.slug, self._room.now)
        saved = [hand for hand in hands if hand.saved_at]
        last = max(saved, key=lambda hand: str(hand.saved_at), default=None)
        crumbs = (Crumb("网站内容", url_for("content.page")), Crumb(current.title))
        return render(
            ClashContext(
                page_head(self._room.desk, "两个人都改过", *crumbs, error=True),
                current.title,
                url_for("content.save", slug=current.slug),
                url_for("content.edit", slug=current.slug),
                current.digest,
                last.name if last else "另一个窗口",
                [Clash("text", "文字", mine, current.text, line=False)],
                [],
            )
        )


def _piecewise(file: ContentFile) -> str:
    """Where a file is changed piece by piece, without knowing how it is written; or empty."""
    if file.name == FAQ:
        return url_for("questions.page")
    return url_for("fields.page", slug=file.name) if sections_of(file) else ""


def _typed() -> dict[str, str]:
    """What was typed for a new edition."""
    return {key: request.form.get(key, "").strip() for key in ("from", "slug", "short")}


def _hints(draft: ContentDraft) -> Iterator[str]:
    file = draft.file
    if draft.before is None and file.path.startswith("awards/"):
        kept = len(draft.outcome()) - 1
        yield f"要重新决定的：{'；'.join(TO_DECIDE)}。"
        if kept:
            yield f"前一届的解读、问答和表格共{kept}个文件随它留存，网站上仍可查阅。"
    if file.annex:
        yield _ANNEX_HINT
    if file.path.startswith("texts/"):
        yield _TEXT_HINT
    yield from _HINTS[file.filename.rpartition(".")[2]]


def _line(file: ContentFile, standing: Standing | None) -> ContentLine:
    if standing is None:
        return ContentLine(file.name, file.label, file.path)
    end = "content.edit" if not standing.sent else "draft_send.page"
    if standing.state.frozen:
        end = "draft_run.page"
    tone = TONES.get(standing.state, "")
    url = url_for(end, slug=file.name)
    return ContentLine(file.name, file.label, file.path, standing.state.label, tone, url)


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of the content that is no notice."""
    blueprint = Blueprint("content", __name__, url_prefix="/content")
    views = ContentPage(room)
    preview = ContentPreview(room)
    blueprint.add_url_rule("/", "page", views.page)
    blueprint.add_url_rule("/edition", "edition", views.edition, methods=["POST"])
    blueprint.add_url_rule("/<slug>/", "edit", views.edit)
    blueprint.add_url_rule("/<slug>/side", "side", views.side)
    blueprint.add_url_rule("/<slug>/preview", "preview", preview.page)
    blueprint.add_url_rule("/<slug>/preview/site/", "site", preview.site, defaults={"path": ""})
    blueprint.add_url_rule("/<slug>/preview/site/<path:path>", "site", preview.site)
    for path, name, view in (
        ("/", "save", views.save),
        ("/begin", "begin", views.begin),
        ("/renew", "renew", views.renew),
        ("/discard", "discard", views.discard),
    ):
        blueprint.add_url_rule(f"/<slug>{path}", name, view, methods=["POST"])
    return blueprint
