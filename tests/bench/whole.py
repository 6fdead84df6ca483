"""The whole site as an office builds it, and each group of formats alone.

python -m tests.bench.whole [1000]
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.freezer.groups import GROUPS, HTML
from tests.bench.builders import Portal
from tests.bench.corpus import generate
from tests.bench.measure import Cost

NOTICES = 1_000
TARGET = "30 s and 400 MB on two cores"
_HEAD = ("| formats | files | wall s | CPU s | memory MB |", "| --- | ---: | ---: | ---: | ---: |")


@dataclass(frozen=True)
class Made:
    """A build from nothing with some formats: what it cost and how many files it made."""

    formats: str
    cost: Cost
    files: int

    @property
    def line(self) -> str:
        """A line of the table."""
        cost = self.cost
        return (
            f"| {self.formats or 'all'} | {self.files:,} | {cost.wall:.1f} | {cost.cpu:.1f} |"
            f" {cost.memory:.0f} |"
        )


def measure(count: int, folder: Path) -> Iterator[Made]:
    """Builds from nothing: with all formats, then with each group alone, the reading included."""
    portal = Portal(folder)
    portal.prepare(list(generate(count)))
    for formats in ("", HTML, *sorted(GROUPS - {HTML})):
        portal.formats = formats
        cost = portal.build()
        files = sum(1 for path in portal.out.rglob("*") if path.is_file())
        yield Made(formats, cost, files)
        for made in (portal.out, folder / "var"):
            shutil.rmtree(made)


def table(count: int, found: list[Made]) -> list[str]:
    """The figures as Markdown."""
    what = (
        f"The whole site of {count:,} notices from nothing, and each group of formats alone, each"
        f" with the reading of the notices. Target for all: {TARGET}."
    )
    return [what, "", *_HEAD, *(made.line for made in found), ""]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else NOTICES
    print(*_HEAD, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for made in measure(count, Path(folder) / "whole"):
            print(made.line, flush=True)


if __name__ == "__main__":
    main()
