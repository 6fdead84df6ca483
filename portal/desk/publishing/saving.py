"""Saving a step: by a form or by the script beside it, and against what somebody else has saved."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import jsonify, redirect, request, url_for

from portal.desk.entry.gate import page_head, person
from portal.desk.publishing.desktop import STEPS, following, note_saved
from portal.desk.publishing.draft_contexts import Clash, ClashContext
from portal.desk.publishing.draft_room import kind_of
from portal.domain.dates import write_clock
from portal.editorial.draft_checks import mend_draft
from portal.editorial.drafts import NewerDraftError
from portal.errors import PortalError, RequestError
from portal.web.context import render
from portal.web.page import Crumb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Response
    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_contexts import Desktop
    from portal.desk.publishing.draft_room import DraftRoom
    from portal.editorial.drafts import Draft
    from portal.editorial.keeping_true import Saved

    Labels = Mapping[str, str]
    """Names of the fields that two people may have written differently, in words."""


_UNFIT = ("Cc", "Cs")
_ACTS = frozenset({"csrf_token", "seen", "autosave", "repair", "detach"})


def save_step(  # noqa: PLR0917 - two texts and their names
    room: DraftRoom,
    draft: Draft,
    step: str,
    save: Callable[[Draft], Saved],
    theirs: Callable[[Draft], Mapping[str, str]],
    labels: Labels,
    mine: Mapping[str, str] | None = None,
    seen: str | None = None,
) -> Answer | Response | tuple[str, int] | str:
    """Save, then go to the step that the form asks for; or show both texts of a clash.

    `save` is given the draft as its writer saw it, which the form says, or `seen`; `theirs` gives
    the fields of what stands now, `mine` what the form says in other words than its fields.
    A repair whose button was pressed is applied to what was saved.
    RequestError is left to the caller, who knows how to show the fields again.
    """
    autosave = "autosave" in request.form
    try:
        if draft.digest != (request.form.get("seen") if seen is None else seen):
            raise NewerDraftError(draft)  # noqa: TRY301 - the same page for both
        saved = save(draft)
    except NewerDraftError as error:
        if autosave:
            return jsonify(clash=True), 409  # type: ignore[return-value]
        return _clash(room, error.current, step, theirs(error.current), labels, mine or {}), 409
    except PortalError as error:
        if autosave:
            return jsonify(error=str(error)), 422  # type: ignore[return-value]
        raise
    if autosave:
        return jsonify(seen=saved.draft.digest, at=write_clock(room.now), told=list(saved.told))
    note_saved(room, [*_mended(room, saved.draft), *saved.told])
    return redirect(url_of_step(room, draft, step))


def writable(label: str, text: str) -> str:
    """A text as it was typed; RequestError for what no list or notice can hold."""
    if shown_typed(text) != text:
        raise RequestError(f"{label}里有看不见的控制字符，已经去掉；请核对以后再保存")
    return text


def shown_typed(text: str) -> str:
    """What was typed, as a page can show it again."""
    return "".join(
        one for one in text if one in "\r\n\t" or unicodedata.category(one) not in _UNFIT
    )


def _mended(room: DraftRoom, draft: Draft) -> list[str]:
    wanted = request.form.get("repair", "")
    if not wanted:
        return []
    done = mend_draft(draft, room.remarks(draft), wanted)
    return ["已按建议改正" if done else "这一处已经变了，没有改"]


def shown_again(shown: Desktop, seen: str | None = None) -> Desktop:
    """A page that is shown again after an error: it names what its writer saw.

    With what stands now the next save would write over somebody else's without a word.
    """
    return replace(shown, seen=request.form.get("seen", shown.seen) if seen is None else seen)


def url_of_step(room: DraftRoom, draft: Draft, step: str) -> str:
    """Where the button leads that was pressed: on, or here again."""
    kind = kind_of(room, draft)
    steps = [s for s, _, _ in STEPS if s != "list" or (kind is not None and kind.has_list)]
    wanted = following(steps, step) if request.form.get("go") == "next" else step
    endpoint = next(end for name, _, end in STEPS if name == wanted)
    return url_for(endpoint, slug=draft.slug)


def _clash(  # noqa: PLR0917 - likewise
    room: DraftRoom,
    current: Draft,
    step: str,
    theirs: Mapping[str, str],
    labels: Labels,
    mine: Mapping[str, str],
) -> str:
    """Both texts, side by side; mine can be changed and saved over theirs, knowingly."""
    form = {name: text for name, text in request.form.items() if name not in _ACTS}
    if form.get("go") != "next":  # what else was asked for is asked for again, knowingly
        form.pop("go", None)
    form |= mine
    clashes = [
        Clash(
            name,
            label,
            form[name],
            theirs.get(name, ""),
            "\n" not in form[name] + theirs.get(name, ""),
        )
        for name, label in labels.items()
        if name in form and form[name].strip() != theirs.get(name, "").strip()
    ]
    names = {clash.name for clash in clashes}
    hands = room.reviews.opened(person(), current.slug, room.now)
    saved = [hand for hand in hands if hand.saved_at]
    last = max(saved, key=lambda hand: str(hand.saved_at), default=None)
    crumbs = (Crumb("公告编发", url_for("publishing.page")), Crumb(current.title))
    endpoint = next(end for name, _, end in STEPS if name == step)
    return render(
        ClashContext(
            page_head(room.desk, "两个人都改过", *crumbs, error=True),
            current.title,
            request.path,
            url_for(endpoint, slug=current.slug),
            current.digest,
            last.name if last else "另一个窗口",
            clashes,
            [(name, text) for name, text in form.items() if name not in names],
        )
    )
