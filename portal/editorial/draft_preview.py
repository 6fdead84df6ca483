"""What a preview shows: a catalogue with a draft in the place of its notice, marked 预览."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from portal.content.catalogue import Catalogue
from portal.content.heads import head_of
from portal.content.notice.basis import Basis
from portal.content.notice.notice_reader import read_notice
from portal.content.notice.recorded import as_preview
from portal.content.notice.references import with_references
from portal.content.shelf import Shelf
from portal.domain.workdays import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.content.heads import Head
    from portal.domain.notice import Notice
    from portal.editorial.drafts import Draft

_ALWAYS = datetime(1970, 1, 2, tzinfo=SHANGHAI)


class _ShelfWith(Shelf):
    """A shelf with one text more, in the place of the texts of its slug."""

    def __init__(self, base: Shelf, head: Head, notice: Notice) -> None:
        super().__init__((*(one for one in base.heads if one.slug != head.slug), head))
        self._base, self._text, self._notice = base, head.text, notice

    def whole(self, text: str) -> Notice:
        """A notice; KeyError when it is not here."""
        return self._notice if text == self._text else self._base.whole(text)

    def listed(self, texts: Sequence[str]) -> list[Notice]:
        """The notices of the base, and the draft whole."""
        others = iter(self._base.listed([text for text in texts if text != self._text]))
        return [self._notice if text == self._text else next(others) for text in texts]


def with_draft(catalogue: Catalogue, draft: Draft) -> Catalogue | None:
    """The catalogue with a draft in it; None for one whose files do not make a notice yet."""
    slugs = {head.slug for head in catalogue.shelf.heads} | {draft.slug}
    read = read_notice(draft.folder, Basis(catalogue.calendar, catalogue.editions))
    source = with_references(read, catalogue.site, catalogue.editions, slugs)
    notice = source.notice or source.partial
    if notice is None:
        return None
    marked = as_preview(notice)
    head = head_of(marked, str(draft.folder), "", _ALWAYS)
    return Catalogue(catalogue.parts, _ShelfWith(catalogue.shelf, head, marked))
