"""Fixtures that every part of the tests uses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sites import MINIMAL, SiteTree

# The machine may be busy: time is measured in the benchmarks, not in examples.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")


@pytest.fixture
def site_from(tmp_path: Path) -> Callable[..., SiteTree]:
    """Write files given as a string over a minimal valid site: `site_from("-- path --\\n…")`."""

    def build(text: str = "") -> SiteTree:
        (tmp_path / "notices").mkdir(exist_ok=True)
        return SiteTree(tmp_path).write(MINIMAL).write(text)

    return build
