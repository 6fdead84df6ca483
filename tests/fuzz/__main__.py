"""`python -m tests.fuzz --minutes 10 [--seed N] [target…]`: look for failures until time is up.

Prints each kind of failure once with its request and its trace; exit status 1 if there was any.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("targets", nargs="*", default=sorted(TARGETS), metavar="target")
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    tried: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    seed = asked.seed
    while time.monotonic() < end:
        for name in asked.targets:
            target = TARGETS[name]
            with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
                for finding in target.run(Path(folder), seed, target.batch):
                    kind = f"{name}: {finding.trace.strip().splitlines()[-1:]}"
                    seen[kind] += 1
                    if seen[kind] == 1:
                        print(f"{name}, seed {seed}: {finding.what}\n{finding.trace}", flush=True)
            tried[name] += target.batch
        seed += 1
    print(f"seed {asked.seed} to {seed - 1}:", *(f"{n} {c}," for n, c in sorted(tried.items())))
    print(f"{sum(seen.values())} failures of {len(seen)} kinds")
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
