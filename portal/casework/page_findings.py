"""What the server could not check: what a page sealed, held against the form's rules.

A finding is shown on the case. Nothing is dropped or changed for it: whoever writes a page of their
own can seal anything, and a mistake of our own page must cost nobody the objection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.casework.listed_files import listed_files
from portal.domain.dates import write_meta
from portal.domain.filetypes import HEAD, SCAN_TYPES, TYPES, fault_of, named_by_content
from portal.domain.objection import AnswerKind, EntryRef, FileRole
from portal.domain.objection_rules import faults_of, few, message_faults_of
from portal.domain.routing import office_for
from portal.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from portal.casework.caseroom import CaseRoom
    from portal.casework.handling import Contents
    from portal.casework.models import Case
    from portal.casework.unsealing import Unsealed
    from portal.domain.notice import Notice
    from portal.domain.objection import Evidence


def findings_of(room: CaseRoom, case: Case, contents: Contents) -> tuple[str, ...]:
    """What is wrong with what a page sealed; nothing for what the server has seen."""
    return (*_of_objection(room, case, contents), *_of_messages(case, contents))


def _of_messages(case: Case, contents: Contents) -> Iterator[str]:
    asked = {row.seq for row in case.messages if row.seq and row.kind == AnswerKind.QUESTION}
    for opened in contents.messages:
        if opened.unsealed.header.sealed:
            about = f"{opened.message.kind.label}（{write_meta(opened.row.at)}）"
            for fault in message_faults_of(opened.message, asked):
                yield f"{about}：{fault}"
            for fault in _of_bytes(opened.message.evidence, opened.unsealed):
                yield f"{about}：{fault}"


def _of_objection(room: CaseRoom, case: Case, contents: Contents) -> tuple[str, ...]:
    if not contents.unsealed.header.sealed:
        return ()
    notice = room.notice(case.notice)
    listed = _listed(notice, room.county_name(case)) if notice else ()
    anonymous = notice is None or room.takes_anonymous(notice)
    found = [
        *faults_of(contents.objection, listed, anonymous=anonymous),
        *_of_bytes(contents.objection.evidence, contents.unsealed),
    ]
    if notice:
        found += _of_route(room, notice, contents)
    return tuple(found)


def _listed(notice: Notice, county: str) -> tuple[EntryRef, ...]:
    return tuple(
        EntryRef(
            e.name,
            e.category,
            e.grade or "",
            e.county or county,
            e.apart,
        )
        for e in notice.entries
    )


def _of_bytes(files: Sequence[Evidence], unsealed: Unsealed) -> Iterator[str]:
    named = {evidence.member for evidence in files}
    shown = listed_files(files, unsealed)
    if repeated := len(files) - len(named):
        yield f"文书把已经列出的文件又列了{repeated}次，每个文件只列一次、只检查一次"
    if left := len(named) - len(shown):
        yield f"文书还列了{left}个文件，信封里没有，或者太多，没有一一列出"
    yield from few([fault for listed in shown for fault in _of_file(listed.evidence, unsealed)])
    extra = len(unsealed.files.keys() - named)
    if extra:
        yield f"信封里有{extra}个文书没有提到的文件"


def _of_file(evidence: Evidence, unsealed: Unsealed) -> Iterator[str]:
    try:
        data = unsealed.file(evidence)
    except SealError:
        yield f"文件“{evidence.name}”缺失，或者与文书中记载的校验值不符"
        return
    allowed = SCAN_TYPES if evidence.role is FileRole.SEAL_SCAN else tuple(TYPES)
    if named_by_content(evidence.name, data[:HEAD], allowed) != evidence.name:
        fault = fault_of(evidence.name, data[:HEAD], allowed) or "的内容与扩展名不符"
        yield f"文件{fault.partition('，')[0]}"
    if len(data) != evidence.size:
        yield f"文件“{evidence.name}”的大小与文书中记载的不符"


def _of_route(room: CaseRoom, notice: Notice, contents: Contents) -> Iterator[str]:
    """Sealed to the wrong office: the header says to which one."""
    concerns = contents.objection.concerns_office
    site = room.catalogue().site
    meant = office_for(notice, site, concerns_office=concerns, supervisor=room.supervisor)
    sent = contents.unsealed.header.office
    if meant and sent != meant:
        yield f"应由{room.office_name(meant)}受理，却密封给了{room.office_name(sent)}"
