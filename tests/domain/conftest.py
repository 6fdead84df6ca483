from collections.abc import Callable
from pathlib import Path

import pytest

from portal.content.working_calendar import load_calendar
from portal.domain.awards import Grade
from portal.domain.editions import Edition
from portal.domain.notice import Entry
from portal.domain.workdays import WorkCalendar
from tests.thirdaward import EXPERT, ORGANIZATION, THIRD


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    """The State Council calendar without the office's own closures."""
    return load_calendar()


@pytest.fixture
def calendar_with(tmp_path: Path) -> Callable[[str], WorkCalendar]:
    def load(text: str) -> WorkCalendar:
        path = tmp_path / "calendar.yaml"
        path.write_text(text, encoding="utf-8")
        return load_calendar(path)

    return load


@pytest.fixture(scope="session")
def third() -> Edition:
    return THIRD


def organization(name: str, grade: Grade | None = None, **facts) -> Entry:
    return Entry(name, ORGANIZATION, grade, **facts)


def person(name: str, grade: Grade | None = None, **facts) -> Entry:
    return Entry(name, facts.pop("category", EXPERT), grade, **facts)
