"""What later acts do to a notice: its mark, its version, its time of change.

The one place that says it; every format asks here. A notice is revised (a text that replaces the
former, with a note), its window is extended (a revision too, with the reason), and other notices
correct or withdraw it. 已修订, 已延长, 已更正 and 已撤回 are four words: none stands for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.domain.dates import write_minute
from portal.domain.notice import ACT_OF_KIND
from portal.domain.states import Act

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from portal.domain.notice import Notice


_ORDER = list(Act)


@dataclass(frozen=True, slots=True)
class LaterAct:
    """One later act. `revision` is the number of the notice's own new text, 0 for another notice.

    `by` is the slug of the notice that corrects or withdraws, else empty; `note` the printed
    reason: the revision's note, or the other notice's title.
    """

    act: Act
    at: datetime
    note: str
    revision: int = 0
    by: str = ""

    @property
    def mark(self) -> str:
        """`【已延长】`."""
        return f"【{self.act.label}】"

    @property
    def short(self) -> str:
        """Mark and time in one line: `【已撤回】2026年12月9日09:00撤回，不再有效`."""
        at = write_minute(self.at)
        if self.act is Act.WITHDRAWN:
            return f"{self.mark}{at}撤回，不再有效"
        if self.act is Act.CORRECTED:
            return f"{self.mark}{at}更正，以更正公告为准"
        what = "延长公示期" if self.act is Act.EXTENDED else "修订"
        return f"{self.mark}第{self.revision}版，{at}{what}"

    @property
    def sentence(self) -> str:
        """The act as every format tells it: mark, time and reason or other notice."""
        note = self.note.rstrip("。")
        told = f"《{note}》" if self.by else f"说明：{note}"
        return f"{self.short}。{told}" + ("" if self.by else "。")


@dataclass(frozen=True, slots=True)
class History:
    """What came after a notice was published; `acts` run from the first to the last.

    `version` counts from 1; each later act raises it.
    """

    published: datetime
    version: int
    acts: tuple[LaterAct, ...]

    @property
    def kinds(self) -> frozenset[Act]:
        """The kinds of acts that were done."""
        return frozenset(later.act for later in self.acts)

    @property
    def act(self) -> Act | None:
        """The gravest act, which gives the notice its mark."""
        return max(self.kinds, key=_ORDER.index, default=None)

    @property
    def mark(self) -> str:
        """What stands before the title in every format: `【已撤回】`, or nothing."""
        return f"【{self.act.label}】" if self.act else ""

    @property
    def withdrawn(self) -> bool:
        """Whether the notice holds no more: nothing of it may be printed or counted."""
        return Act.WITHDRAWN in self.kinds

    @property
    def changed(self) -> datetime:
        """When the notice last changed, by whatever act."""
        return max((later.at for later in self.acts), default=self.published)

    @property
    def shown(self) -> tuple[LaterAct, ...]:
        """The acts that are told, the last first: of a withdrawn notice what withdrew it."""
        told = [a for a in self.acts if not self.withdrawn or a.act is Act.WITHDRAWN]
        return tuple(reversed(told))


def notice_history(notice: Notice, amending: Iterable[Notice] = ()) -> History:
    """The history of a notice; `amending` are the public notices that correct or withdraw it."""
    others = [
        LaterAct(ACT_OF_KIND[other.kind], other.published, other.title, by=other.slug)
        for other in amending
        if other.kind in ACT_OF_KIND
    ]
    acts = sorted([*_own(notice), *others], key=lambda a: (a.at, a.revision, a.by))
    return History(notice.published, notice.revision + len(others), tuple(acts))


def own_acts(notice: Notice) -> frozenset[Act]:
    """The acts that a notice's own texts tell of."""
    return frozenset(later.act for later in _own(notice))


def _own(notice: Notice) -> Iterator[LaterAct]:
    """Revisions and extensions: a text that has more extensions than the one before is one."""
    extensions = notice.window.extensions if notice.window else ()
    before = 0
    for revision in notice.revisions:
        current = revision.number == notice.revision
        now = len(extensions) if current else revision.extensions
        if revision.number > 1:
            act = Act.EXTENDED if now > before else Act.REVISED
            yield LaterAct(act, revision.published, revision.note, revision.number)
        before = now
    if extensions and notice.revision == 1:
        yield LaterAct(Act.EXTENDED, notice.published, extensions[-1].reason, 1)
