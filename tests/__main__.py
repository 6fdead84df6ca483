"""Every check and test in the order of speed, with seconds for each step.

The types are checked while the tests run, which wait for browsers and other processes: alone they
leave every core but one idle for half a minute. A fault there ends the tests.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

CHECKS = [
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [BIN / "ruff", "check", "--quiet", "."]),
    ("imports", [BIN / "lint-imports", "--no-cache"]),
]
TYPES = [BIN / "mypy"]
# Tests write through (fsync) thousands of small files: in memory that costs nothing, on a slow disk
# two workers waited for it two fifths of the time. What is proved about power cuts is proved by
# killing processes, which the file system does not change.
MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30  # bytes; a whole run leaves about 0.6 GB
WORKERS = str(os.cpu_count() or 1)
# Each worker begins with its own half: what a module sets up once is not set up by every worker.
STEAL = ["-n", WORKERS, "--dist", "worksteal"]
TESTS = [sys.executable, "-m", "pytest", "-q", *STEAL]


# Hundreds of tests start the program as its users do: where modules are compiled anew each time
# that costs seconds, and where nothing is buffered a prompt that is never flushed is not missed.
UNLIKE_USERS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


def environment() -> dict[str, str]:
    """As users have it; tests write to memory where there is room."""
    env = {name: value for name, value in os.environ.items() if name not in UNLIKE_USERS}
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        env["TMPDIR"] = str(MEMORY)
    return env


def begin(command: list[object], **how: Any) -> subprocess.Popen[str]:
    words = [str(part) for part in command]
    return subprocess.Popen(words, cwd=ROOT, env=environment(), text=True, **how)


def ended(name: str, started: float, status: int) -> int:
    print(f"== {name}: {time.monotonic() - started:.1f} s", flush=True)
    if status:
        print(f"== {name} failed", flush=True)
    return status


def in_turn(steps: list[tuple[str, list[object]]]) -> int:
    """One after the other, up to the first that fails."""
    for name, command in steps:
        started = time.monotonic()
        print(f"== {name}", flush=True)
        if status := ended(name, started, begin(command).wait()):
            return status
    return 0


def types_and_tests() -> int:
    """Both at once; what the types say comes when it is known."""
    started = time.monotonic()
    print("== types and tests", flush=True)
    types = begin(TYPES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with begin(TESTS) as tests:
        said, _ = types.communicate()
        print(f"\n{said}", end="", flush=True)
        if status := ended("types", started, types.returncode):
            tests.terminate()
            return status
        return ended("tests", started, tests.wait())


def main() -> int:
    if "--checks-only" in sys.argv:
        return in_turn([*CHECKS, ("types", TYPES)])
    return in_turn(CHECKS) or types_and_tests()


if __name__ == "__main__":
    sys.exit(main())
