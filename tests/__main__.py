"""Every check and test in the order of speed, with seconds for each step."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

CHECKS = [
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("imports", [BIN / "lint-imports", "--no-cache"]),
    ("types", [BIN / "mypy"]),
]
TESTS = [("tests", [sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count() or 1)])]


def main() -> int:
    steps = CHECKS if "--checks-only" in sys.argv else CHECKS + TESTS
    for name, command in steps:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        status = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
        print(f"== {name}: {time.monotonic() - started:.1f} s", flush=True)
        if status:
            print(f"== {name} failed", flush=True)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
