"""名单 from the closed lists: ticking candidates, and a reason for each change against them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for

from portal.desk.publishing.desktop import desktop, head_of, note_saved
from portal.desk.publishing.draft_room import kind_of, terms_of
from portal.desk.publishing.list_contexts import ChangesContext, ChooseContext, Pick
from portal.domain.names import name_key
from portal.domain.notice import Kind
from portal.editorial.choosing import candidates, chosen_list
from portal.editorial.keeping_true import entries_of
from portal.editorial.list_differences import compare, with_reasons
from portal.errors import RequestError
from portal.web.context import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response as Answer

    from portal.desk.publishing.draft_room import DraftRoom
    from portal.domain.standing import Hold
    from portal.editorial.choosing import Candidate
    from portal.editorial.drafts import Draft


class ChooseStep:
    """One method a view."""

    def __init__(self, room: DraftRoom) -> None:
        self._room = room

    def page(self, slug: str) -> str:
        """The candidates of the earlier lists, those of the draft ticked."""
        return self._page(self._room.draft(slug), "")

    def save(self, slug: str) -> Answer | tuple[str, int]:
        """Make the ticked ones the list."""
        draft = self._room.draft(slug)
        known = self._candidates(draft)
        chosen = request.form.getlist("pick")
        known_grades = terms_of(self._room, draft).grade_of
        grades = {
            one.key: known_grades[grade]
            for number, one in enumerate(known)
            if (grade := request.form.get(f"grade-{number}", "")) in known_grades
        }
        try:
            if not chosen:
                raise RequestError("还没有选，请勾上列入名单的")  # noqa: TRY301 - shown there
            saved = self._room.save_list(draft, chosen_list(known, chosen, grades))
        except RequestError as error:
            return self._page(draft, str(error)), 422
        note_saved(self._room, saved.told)
        changed = compare(self._room.catalogue, saved.draft, self._room.now, self._holds(draft))
        step = "draft_choose.changes" if changed else "draft_list.page"
        return redirect(url_for(step, slug=slug))

    def changes(self, slug: str) -> str:
        """Each change against the earlier lists, with a field for its reason."""
        draft = self._room.draft(slug)
        found = compare(self._room.catalogue, draft, self._room.now, self._holds(draft))
        kinds = [(about, list(some)) for about, some in groupby(found, key=lambda one: one.about)]
        shown = desktop(self._room, draft, "list")
        numbers = {one.key: number for number, one in enumerate(found)}
        return render(ChangesContext(head_of(self._room, draft), shown, kinds, numbers))

    def reasons(self, slug: str) -> Answer:
        """Save the reasons."""
        draft = self._room.draft(slug)
        found = compare(self._room.catalogue, draft, self._room.now, self._holds(draft))
        given: dict[str, str] = {}
        for number, one in enumerate(found):
            given[one.key] = request.form.get(f"reason-{number}", "")
            given[one.about.value] = request.form.get(f"all-{one.about.value}", "")
        saved = self._room.save(draft, with_reasons(draft.values, found, given), draft.body)
        note_saved(self._room, saved.told)
        go = "draft_text.page" if request.form.get("go") == "next" else "draft_choose.changes"
        return redirect(url_for(go, slug=slug))

    def _holds(self, draft: Draft) -> list[Hold]:
        return self._room.holds(str(draft.values.get("edition")))

    def _candidates(self, draft: Draft) -> Sequence[Candidate]:
        kind = kind_of(self._room, draft) or Kind.CALL
        edition = str(draft.values.get("edition"))
        now = self._room.now
        return candidates(self._room.catalogue, edition, kind, now, self._room.holds(edition))

    def _page(self, draft: Draft, error: str) -> str:
        entries = entries_of(draft.list_bytes, self._room.catalogue, draft.values)
        listed = {(name_key(e.name), name_key(e.apart)): e for e in entries}
        picked = set(request.form.getlist("pick"))
        picks = []
        for number, one in enumerate(self._candidates(draft)):
            entry = one.entry
            own = listed.get((name_key(entry.name), name_key(entry.apart)))
            grade = str(own.grade) if own and own.grade else ""
            picks.append(Pick(number, one, own is not None or one.key in picked, grade))
        groups = [
            (title, list(some)) for title, some in groupby(picks, key=lambda p: p.candidate.title)
        ]
        graded = kind_of(self._room, draft) is Kind.DECISION
        return render(
            ChooseContext(
                head_of(self._room, draft, error=bool(error)),
                desktop(self._room, draft, "list"),
                groups,
                list(map(str, terms_of(self._room, draft).grades)) if graded else [],
                error,
            )
        )


def make_blueprint(room: DraftRoom) -> Blueprint:
    """Views of choosing, and of the changes."""
    blueprint = Blueprint("draft_choose", __name__, url_prefix="/publishing/<slug>/list")
    step = ChooseStep(room)
    blueprint.add_url_rule("/choose", "page", step.page)
    blueprint.add_url_rule("/choose", "save", step.save, methods=["POST"])
    blueprint.add_url_rule("/changes", "changes", step.changes)
    blueprint.add_url_rule("/changes", "reasons", step.reasons, methods=["POST"])
    return blueprint
