"""Row doubts: why a row may be no entry: alone, commented on, said to be out, not agreed to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.content.files.workbooks import column_letters
from portal.domain.own_words import may_say_out, says_out
from portal.importing.asking import KEEP
from portal.importing.headings import Role, plain
from portal.importing.inquiry import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from portal.importing.column_roles import Columns
    from portal.importing.inquiry import Inquiry

_PLACE = re.compile(r"[A-Z]+([0-9]+)")
# What Excel writes before a comment of a thread for its older versions.
_THREADED = re.compile(r"\[[^\]]{1,40}\].*?(?:Comment|注释|批注|评论)[:：]\s*", re.DOTALL)
_OPINION = re.compile(
    "(?:推荐|审核|审查|初审|评审|复审|县区|部门|单位|专家|处理)?意见|是否(?:同意)?(?:推荐|同意|通过|入选|上报)"
    "|(?:审核|审查|初审|评审|推荐|评选)(?:结果|结论|情况)"
)
_AGAINST = re.compile(
    r"不(?:予|再)?(?:同意|推荐|通过|合格|符合|宜|建议|上报|入选)|未(?:予)?(?:通过|推荐|同意|入选)"
    r"|反对|暂缓|待定|驳回|退回|弃权|撤回|取消|退出|放弃|淘汰"
)
_NO = re.compile(r"[否不未无×✗✘✕xXnN]|no", re.IGNORECASE)
_SHORT = 8


class RowDoubts:
    """The doubts about the rows of one block of columns; each row is asked about once."""

    def __init__(
        self, inquiry: Inquiry, headings: Mapping[int, str], text: Callable[[int, int], str]
    ) -> None:
        self.inquiry, self.headings, self.text = inquiry, headings, text

    def ask(self, rows: Sequence[int], columns: Columns) -> None:
        """Ask about each row that may be no entry, with all the reasons together."""
        found: dict[int, list[str]] = {}
        comments = comments_of(self.inquiry)
        self._tell_differing(rows, columns)
        for row in rows:
            found[row] = [f"{at}的批注写着“{text}”" for at, text in comments.get(row, ())]
            found[row] += self._words(row, columns)
            found[row] += self._opinions(row, columns)
        used = [c for c, role in columns.roles.items() if role is not Role.OTHER]
        sizes = {row: sum(bool(self.text(row, c).strip()) for c in used) for row in rows}
        most = max(sizes.values(), default=0)
        for row, size in sizes.items():
            if size == 1 < most:
                # Most often a remark below the list.
                texts = [self.text(row, column) for column in self.headings]
                found[row].append(f"只有“{in_words(filter(None, texts))}”")
        for row, why in found.items():
            if why and self.inquiry.answer(str(row)) != KEEP:
                self.inquiry.ask_row(row, f"{'；'.join(why)}，是条目吗？")

    def _words(self, row: int, columns: Columns) -> Iterator[str]:
        """What the name or a remark says of the entry itself."""
        for column, role in columns.roles.items():
            text = self.text(row, column)
            if role is Role.NAME:
                words = says_out(text)
            elif role in (Role.REMARK, Role.EMPLOYER, Role.POSITION, Role.OWN):
                words = says_out(text) or (may_say_out(text) if role is Role.REMARK else "")
            else:
                words = ""
            if words:
                yield f"{column_letters(column)}{row}写着“{in_words([words])}”"

    def _opinion_columns(self, columns: Columns) -> Iterator[tuple[int, str]]:
        for column, heading in self.headings.items():
            title = plain(heading)
            role = columns.roles.get(column)
            if role is not Role.NAME and _OPINION.search(title):
                yield column, title

    def _opinions(self, row: int, columns: Columns) -> Iterator[str]:
        """What an office said against the entry in a column that is not imported."""
        for column, title in self._opinion_columns(columns):
            text = plain(self.text(row, column))
            if _AGAINST.search(text) or _NO.fullmatch(text):
                yield f"“{title}”是“{in_words([text])}”"

    def _tell_differing(self, rows: Sequence[int], columns: Columns) -> None:
        """Opinions that differ in few words are asked about, others told."""
        for column, title in self._opinion_columns(columns):
            said = {row: plain(self.text(row, column)) for row in rows}
            others = {t for t in said.values() if not (_AGAINST.search(t) or _NO.fullmatch(t))}
            if len(others) < 2:  # noqa: PLR2004 - all say the same
                continue
            shown = "、".join(f"“{text or '空着'}”" for text in sorted(others)[:4])
            if all(len(text) <= _SHORT for text in others):
                self.inquiry.confirm(
                    f"opinion{column_letters(column)}",
                    f"“{title}”一列各行不同（{shown}），没有导入；各行都是条目吗？",
                )
            else:
                self.inquiry.tell(f"“{title}”各行不同，没有导入；请看过", 0, column)


def comments_of(inquiry: Inquiry) -> dict[int, list[tuple[str, str]]]:
    """The comments on the cells of a sheet by row: cell and text."""
    found: dict[int, list[tuple[str, str]]] = {}
    for at, text in inquiry.sheet.comments:
        match = _PLACE.fullmatch(at)
        if match:
            notice = _THREADED.match(text)
            words = text[notice.end() :] if notice else text
            found.setdefault(int(match[1]), []).append((at, in_words([words])))
    return found
