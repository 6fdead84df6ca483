"""The lint of the benchmark at the publish stage: python -m tests.bench.linting [1000]."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from portal.errors import Stage
from portal.lint.run import lint
from tests.bench.corpus import generate, write_portal


def main() -> int:
    for size in [int(text) for text in sys.argv[1:]] or [1_000]:
        folder = Path(tempfile.mkdtemp(prefix="linting-"))
        try:
            write_portal(folder, list(generate(size)))
            wall, cpu = time.perf_counter(), time.process_time()
            found = lint([folder / "content"], [folder / "notices"], stage=Stage.PUBLISH)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        finally:
            shutil.rmtree(folder)
        print(f"{size:6} notices: {wall:.1f} s wall, {cpu:.1f} s CPU, {len(found)} findings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
