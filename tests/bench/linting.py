"""The lint of the benchmark at the publish stage: python -m tests.bench.linting [1000].

First everything is read, then nothing was changed, then the text of one notice, then the list of
one county: each with what was kept of the time before. The last line reads all without the cache.
"""

import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from portal.errors import Issue, Stage
from portal.lint.run import lint
from tests.bench.corpus import generate, write_portal

RACE = 0.1
"""Seconds after which a file's time tells that it was changed again."""


def main() -> int:
    for size in [int(text) for text in sys.argv[1:]] or [1_000]:
        folder = Path(tempfile.mkdtemp(prefix="linting-"))
        try:
            write_portal(folder, list(generate(size)))
            _measure(size, folder)
        finally:
            shutil.rmtree(folder)
    return 0


def _measure(size: int, folder: Path) -> None:
    lists = sorted((folder / "notices").glob("*/list.csv"))
    county = next(p for p in lists if "county-publicity" in p.with_name("notice.md").read_text())
    text = lists[len(lists) // 2].with_name("notice.md")

    def run(kept: Path | None = folder / "cache") -> list[Issue]:
        where = [folder / "content"], [folder / "notices"]
        return lint(*where, stage=Stage.PUBLISH, kept=kept)

    time.sleep(RACE)
    _timed(size, "everything, kept", run)
    _timed(size, "nothing changed", run)
    text.write_text(text.read_text().replace("。", "；", 1))
    time.sleep(RACE)
    _timed(size, "one text changed", run)
    county.write_text(county.read_text().replace("有限公司", "厂", 1))
    time.sleep(RACE)
    _timed(size, "one list changed", run)
    _timed(size, "everything, anew", lambda: run(None))


def _timed(size: int, what: str, run: Callable[[], list[Issue]]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{size:6} notices, {what}: {wall:.2f} s wall, {cpu:.2f} s CPU,"
        f" {memory} MB at most so far, {len(found)} findings"
    )


if __name__ == "__main__":
    sys.exit(main())
