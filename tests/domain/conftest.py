from collections.abc import Callable
from pathlib import Path

import pytest

from portal.content.working_calendar import load_calendar
from portal.domain.awards import Category, Edition, Grade
from portal.domain.notice import Entry
from portal.domain.workdays import WorkCalendar


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
    return Edition(
        slug="third",
        name="第三届阳泉市质量奖",
        short="第三届",
        places={Grade.AWARD: 3, Grade.NOMINATION: 5},
        vacancies=True,
        organization_cap=5,
        individual_cap=2,
        county_working_days=5,
        city_working_days=5,
    )


def organization(name: str, grade: Grade | None = None, **facts) -> Entry:
    return Entry(name, Category.ORGANIZATION, grade, **facts)


def person(name: str, grade: Grade | None = None, **facts) -> Entry:
    return Entry(name, facts.pop("category", Category.EXPERT), grade, **facts)
