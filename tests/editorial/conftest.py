"""A site with the office's own beginnings and its drafts; a desk with its officers."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import Drafts
from portal.editorial.surroundings import Surroundings
from tests.casedesk import catalogue, migrated_sqlite, postgres, register, sqlite_register
from tests.editing import CALL, editing
from tests.objectstore import store_server
from tests.sites import SiteTree

__all__ = ["migrated_sqlite", "postgres", "register", "sqlite_register", "store_server"]

TEXTS = Path(__file__).parents[2] / "content" / "texts"


@dataclass
class Office:
    """A tree, its drafts, and what they are written in, read anew each time."""

    tree: SiteTree
    drafts: Drafts

    @property
    def around(self) -> Surroundings:
        return Surroundings(
            self.tree.catalogue(), tuple(self.tree.content), tuple(self.tree.notices)
        )

    def place(self, draft) -> None:
        """Put a draft where notices lie, with three people."""
        folder = self.tree.root / "notices" / draft.slug
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(draft.folder, folder)
        text = (folder / "notice.md").read_text(encoding="utf-8")
        for pending, name in (("经办人", "赵大"), ("审核人", "钱二"), ("签发人", "孙三")):
            text = text.replace(f"{pending}（待填）", name)
        (folder / "notice.md").write_text(text, encoding="utf-8")


@pytest.fixture
def office(site_from, tmp_path):
    """Gives an office over a site made of a string."""

    def build(text: str = "") -> Office:
        tree = site_from(text)
        shutil.copytree(TEXTS, tree.root / "content" / "texts", dirs_exist_ok=True)
        return Office(tree, Drafts(tmp_path / "state" / "drafts"))

    return build


def at(day: str, hour: int = 9) -> datetime:
    """`2021-12-06` at an hour."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


@pytest.fixture
def desk(register, tmp_path):
    """A desk with one draft, a call of the main office."""
    made = editing(register, tmp_path / "state" / "drafts", catalogue())
    made.reviews.drafts.create("call", CALL, "请各单位申报。\n")
    return made
