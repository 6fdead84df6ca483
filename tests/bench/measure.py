"""Running one command and saying what it cost: time, CPU and memory of all its processes."""

import compileall
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# To be looked at stalls a process, in proportion to its memory: 10 ms and more at 2 GB.
_SHORTEST, _LONGEST = 0.1, 0.5
_LOOKING = 0.02


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds; peak of the proportional set size of the process tree in MB."""

    wall: float
    cpu: float
    memory: float


def compile_program(folder: Path) -> None:
    """Compile the program as its installation does: a fresh copy would do so at every start."""
    compileall.compile_dir(folder / "portal", quiet=1)


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end; raises CalledProcessError with its output when it fails."""
    os.sync()  # what the last command left to be written is not this one's to wait for
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    output = process.stdout.read() if process.stdout else b""
    status = process.wait()
    wall = time.monotonic() - started
    watcher.join()
    if status:
        raise subprocess.CalledProcessError(status, command, output)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Take samples so far apart that looking takes no more than its small share of the time."""
    while process.poll() is None:
        started = time.monotonic()
        peak[0] = max(peak[0], sum(_share(pid) for pid in _tree(process.pid)))
        spent = time.monotonic() - started
        time.sleep(min(max(spent / _LOOKING, _SHORTEST), _LONGEST))


def _tree(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return [pid]
    return [pid, *(found for child in text.split() for found in _tree(int(child)))]


def _share(pid: int) -> float:
    """Proportional set size: pages that several processes share count once in all."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
