"""The files of a case on its page: what each really is, examined within a time for the whole page.

What could not be examined in that time is said to be unexamined; it is, once the page is opened
again.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from portal.casework.safety import Examined, FileReport, Finding, Level, look_into, report_of
from portal.desk.case.case_contexts import FileLine
from portal.desk.case.file_preview import shown_as
from portal.domain.filetypes import clean_name
from portal.domain.objection import FileRole
from portal.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.casework.handling import Contents
    from portal.casework.listed_files import Listed
    from portal.casework.unsealing import Unsealed

SECONDS = 10
"""How long a page may go on to further files; one file has limits of its own (`confined`)."""

_LATE = "还没有检查：这一次用时已达上限；请重新打开本页，接着检查"
_BEYOND = "没有检查：超过了表单允许的文件数"


class FileLines:
    """Makes the lines of one page; `examined` are the session's findings so far, by SHA-256.

    A line without a real type is of a file that was not examined.
    """

    def __init__(self, examined: dict[str, Examined], seconds: float = SECONDS) -> None:
        self._examined = examined
        self._until = monotonic() + seconds
        self._begun = False

    def of(self, contents: Contents, part: int) -> Iterator[FileLine]:
        """The lines of one envelope's files: part 0 is the objection's."""
        for name, listed, unsealed in contents.files_of(part):
            evidence = listed.evidence
            report = self._report(listed, unsealed)
            role = "盖章扫描件" if evidence.role is FileRole.SEAL_SCAN else "证据"
            size = len(unsealed.files.get(evidence.member, b""))
            look = shown_as(report.real_type)
            yield FileLine(name, clean_name(evidence.name), size, role, report, look)

    def _report(self, listed: Listed, unsealed: Unsealed) -> FileReport:
        """One bad file keeps nobody from the rest of a case."""
        try:
            data = unsealed.file(listed.evidence)
        except SealError as error:
            return _unexamined("缺失或者不符的文件", Level.DANGER, f"{error}，不能下载")
        if listed.beyond:
            return _unexamined("", Level.CAUTION, _BEYOND)
        found = self._examined.get(listed.evidence.sha256)
        if found is None and self._begun and monotonic() >= self._until:
            return _unexamined("", Level.CAUTION, _LATE)
        if found is None:
            self._begun = True  # at least one a page: however slow, they come to an end
            found = look_into(data)
            if found.lasting:
                self._examined[listed.evidence.sha256] = found
        return report_of(listed.evidence.name, found)


def _unexamined(kind: str, level: Level, why: str) -> FileReport:
    return FileReport(kind, matches=False, findings=(Finding(level, why),))
