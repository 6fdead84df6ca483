"""Every check and test in the order of speed, with seconds for each step."""

import os
import shutil
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
# Tests write through (fsync) thousands of small files: in memory that costs nothing, on a slow disk
# two workers waited for it two fifths of the time. What is proved about power cuts is proved by
# killing processes, which the file system does not change.
MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30  # bytes; a whole run leaves about 0.6 GB
WORKERS = str(os.cpu_count() or 1)
# Each worker begins with its own half: what a module sets up once is not set up by every worker.
STEAL = ["-n", WORKERS, "--dist", "worksteal"]
TESTS = [("tests", [sys.executable, "-m", "pytest", "-q", *STEAL])]


# Hundreds of tests start the program as its users do: where modules are compiled anew each time
# that costs seconds, and where nothing is buffered a prompt that is never flushed is not missed.
UNLIKE_USERS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


def environment() -> dict[str, str]:
    """As users have it; tests write to memory where there is room."""
    env = {name: value for name, value in os.environ.items() if name not in UNLIKE_USERS}
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        env["TMPDIR"] = str(MEMORY)
    return env


def main() -> int:
    steps = CHECKS if "--checks-only" in sys.argv else CHECKS + TESTS
    env = environment()
    for name, command in steps:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        status = subprocess.run(
            [str(part) for part in command], cwd=ROOT, check=False, env=env
        ).returncode
        print(f"== {name}: {time.monotonic() - started:.1f} s", flush=True)
        if status:
            print(f"== {name} failed", flush=True)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
