"""The demonstration round as a catalogue, and notices made from parts of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal.content.catalogue import Catalogue
from portal.domain.awards import Category, Grade
from portal.domain.notice import Entry, Notice
from tests.showcase import showcase
from tests.thirdaward import AWARD, EXPERT, NOMINATION, ORGANIZATION


@pytest.fixture(scope="session")
def round_(tmp_path_factory) -> Catalogue:
    """The whole demonstration round."""
    return showcase(tmp_path_factory.mktemp("round"))


@pytest.fixture
def notice(round_) -> Callable[..., Notice]:
    """The demonstration's city list with some of its parts changed; not marked 演示."""

    def build(**changes) -> Notice:
        changes = {"demonstration": False, **changes}
        return replace(round_.by_slug["demo-1-city"], **changes)

    return build


def person(name: str, category: Category = EXPERT, **parts) -> Entry:
    return Entry(name, category, **{"grade": NOMINATION, **parts})


def firm(name: str, grade: Grade | None = AWARD, **parts) -> Entry:
    return Entry(name, ORGANIZATION, grade, **parts)
