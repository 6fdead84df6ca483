"""A year of the working calendar on its way into content/calendar.yaml, through two persons.

    drafts/.calendar/2027.json      the pasted text, who proposed it and when

The days are read anew from the text whenever they are shown or written; nothing else is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from portal.casework.audit import Action, record
from portal.domain.dates import write_date
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import write_whole
from portal.editorial.holiday_notice import read_notice_text
from portal.errors import CalendarError, RequestError
from portal.sealed.dropbox import closed_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from portal.casework.people import Person
    from portal.casework.register import Register
    from portal.domain.workdays import WorkCalendar
    from portal.editorial.drafts import Drafts
    from portal.editorial.holiday_notice import HolidayNotice

_FOLDER, _FILE = ".calendar", "calendar.yaml"
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A year that waits for its second person."""

    year: int
    text: str
    by: str
    name: str
    at: datetime

    @property
    def notice(self) -> HolidayNotice:
        """The days that the text means."""
        return read_notice_text(self.text)


@dataclass(frozen=True)
class CalendarProposals:
    """The years that wait, and the file they go into."""

    register: Register
    drafts: Drafts
    content: Path

    def waiting(self) -> list[Proposal]:
        """Every year that waits, in order."""
        found = (_read(path) for path in sorted((self.drafts.root / _FOLDER).glob("*.json")))
        return [one for one in found if one is not None]

    def propose(self, person: Person, text: str, at: datetime) -> Proposal:
        """Propose a year; RequestError with the first doubt of its text."""
        if len(text) > _LONGEST:
            raise RequestError("粘贴的文字太长：只要通知的正文")
        notice = read_notice_text(text)
        if notice.doubts:
            raise RequestError(f"还有{len(notice.doubts)}处没有读懂：{notice.doubts[0]}")
        folder = closed_folder(self.drafts.root / _FOLDER)
        content = {"text": text, "by": person.username, "name": person.name, "at": at.isoformat()}
        path = folder / f"{notice.year}.json"
        write_whole(path, json.dumps(content, ensure_ascii=False).encode())
        self._record(person, Action.CALENDAR_PROPOSE, notice.year, at)
        return Proposal(notice.year, text, person.username, person.name, at)

    def confirm(self, person: Person, year: int, seen: str, at: datetime) -> None:
        """Write a year that another person proposed; `seen` is the text that was shown."""
        found = next((one for one in self.waiting() if one.year == year), None)
        if found is None or found.text != seen:
            raise RequestError("这一年的安排在您打开之后有变化，请重新核对")
        if found.by == person.username:
            raise RequestError("由另一人核对确认，提出的人不能自己确认")
        self._write(found)
        self._record(person, Action.CALENDAR_CONFIRM, year, at)
        self.drop(year)

    def drop(self, year: int) -> None:
        """Forget a proposal."""
        (self.drafts.root / _FOLDER / f"{year}.json").unlink(missing_ok=True)

    def _record(self, person: Person, action: Action, year: int, at: datetime) -> None:
        with self.register.write() as session:
            record(session, at, person.username, action, detail={"year": year})

    def _write(self, proposal: Proposal) -> None:
        """Put the year among the others of the file; its comments at the head stay."""
        path, notice = self.content / _FILE, proposal.notice
        before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        data: dict[str, Any] = yaml.safe_load(before) or {}
        head = "".join(line for line in before.splitlines(keepends=True) if line.startswith("#"))
        years = dict(data.get("years") or {})
        years[notice.year] = {
            "source": f"国务院办公厅关于{notice.year}年部分节假日安排的通知",
            "holidays": dict(sorted(notice.holidays.items())),
            "makeups": dict(sorted(notice.makeups.items())),
        }
        whole = {**data, "years": dict(sorted(years.items()))}
        text = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)
        write_whole(path, (head + text).encode())


def _read(path: Path) -> Proposal | None:
    try:
        content = json.loads(path.read_bytes())
        at = datetime.fromisoformat(content["at"]).astimezone(SHANGHAI)
        return Proposal(int(path.stem), content["text"], content["by"], content["name"], at)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class DayLine:
    """A run of days with what they become, and what the calendar says of them today."""

    days: str
    count: int
    name: str
    working: bool
    differs: bool


def day_lines(notice: HolidayNotice, calendar: WorkCalendar) -> list[DayLine]:
    """The days of a notice as runs, in order; `differs` where the calendar has it otherwise."""
    marked = [(day, name, False) for day, name in notice.holidays.items()]
    marked += [(day, name, True) for day, name in notice.makeups.items()]
    return list(_runs(sorted(marked), calendar))


def _runs(marked: list[tuple[date, str, bool]], calendar: WorkCalendar) -> Iterator[DayLine]:
    run: list[date] = []
    for number, (day, name, working) in enumerate(marked):
        run.append(day)
        following = marked[number + 1] if number + 1 < len(marked) else None
        if following != (day + timedelta(days=1), name, working):
            first, last = run[0], run[-1]
            said = write_date(first) + (f"至{last.month}月{last.day}日" if last > first else "")
            yield DayLine(
                said, len(run), name, working, any(_differs(d, working, calendar) for d in run)
            )
            run = []


def _differs(day: date, working: bool, calendar: WorkCalendar) -> bool:
    try:
        return calendar.is_working(day) != working
    except CalendarError:
        return True
