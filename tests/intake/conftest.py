"""A public side with two open county windows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.sealed.suites import AGE
from tests.casedesk import postgres  # noqa: F401 - fixture
from tests.objectstore import store_server  # noqa: F401 - fixture
from tests.publicside import Citizen, PublicSide, public_side
from tests.sites import SiteTree


@pytest.fixture
def side(
    site_from: Callable[..., SiteTree], tmp_path: Path, request: pytest.FixtureRequest
) -> PublicSide:
    """With age keys, or those of the suite that a test asks for."""
    return public_side(site_from(), tmp_path / "state", getattr(request, "param", AGE))


@pytest.fixture
def citizen(side: PublicSide) -> Citizen:
    return Citizen(side)
