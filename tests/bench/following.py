"""How the server follows its files: `python -m tests.bench.following [COUNT …]`.

Starts `portal serve` over generated notices, first with nothing kept, then with what the first run
kept, and prints when it answers a page and a search, how long visitors wait after one notice was
edited or added and entered into the ledger, when the change shows, and what memory the process
holds.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import urlopen

import psutil

from tests.bench.corpus import add_to_portal, generate, write_portal
from tests.bench.measure import compile_program
from tests.recording import record

PATIENCE = 240
QUIET = 4
"""Seconds without a visitor after an edit."""
QUERY = f"/search/?q={quote('公示')}"


@dataclass
class Server:
    """A running server; `waits` are the seconds of every request answered."""

    address: str
    process: subprocess.Popen[bytes]
    begun: float
    waits: list[float] = field(default_factory=list)

    def ask(self, path: str) -> tuple[int, str]:
        """Status and body; status 0 while nobody listens."""
        begun = time.monotonic()
        try:
            with urlopen(self.address + path, timeout=PATIENCE) as answer:
                found = answer.status, answer.read().decode()
        except HTTPError as error:
            found = error.code, ""
        except URLError:
            return 0, ""
        self.waits.append(time.monotonic() - begun)
        return found

    def until(self, path: str, *, words: str = "", pause: float = 0.02) -> float:
        """Seconds from now on until a page is there and holds some words."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE:
            status, text = self.ask(path)
            if status == 200 and words in text:
                return time.monotonic() - begun
            time.sleep(pause)
        raise TimeoutError(path)

    @property
    def seconds(self) -> float:
        """Seconds of a processor that the process has used."""
        used = psutil.Process(self.process.pid).cpu_times()
        return used.user + used.system

    @property
    def megabytes(self) -> float:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def serving(folder: Path, program: str) -> Iterator[Server]:
    """`portal serve` over a folder, started this moment."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": program,
        "PORTAL_CONTENT": str(folder / "content"),
        "PORTAL_NOTICES": str(folder / "notices"),
        "PORTAL_STATE": str(folder / "var"),
        "PORTAL_BASE_URL": "https://portal.example",  # what is kept is of one address
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "portal", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield Server(f"http://127.0.0.1:{port}", process, time.monotonic())
    finally:
        process.terminate()
        process.wait()


def started(server: Server, name: str) -> None:
    """Print when the server answers a page and a search."""
    page = server.until("/")
    search = page + server.until(QUERY, pause=0.5)
    print(
        f"{name}: page after {page:.1f} s, search after {search:.1f} s,"
        f" {server.seconds:.1f} s of a processor, {server.megabytes:.0f} MB",
        flush=True,
    )


def changed(server: Server, what: str, path: str, words: str = "") -> None:
    """Print what visitors notice of a change that was just made."""
    begun, used = time.monotonic(), server.seconds
    time.sleep(QUIET)
    used = server.seconds - used
    server.waits.clear()
    server.ask(path)
    first = server.waits[0]
    server.until(path, words=words)
    shown = time.monotonic() - begun
    server.until(QUERY, pause=0.5)
    print(
        f"{what}: first visitor waits {first:.3f} s, the longest {max(server.waits):.3f} s;"
        f" shown {shown:.1f} s after the change, {used:.2f} s of a processor beside the requests",
        flush=True,
    )


def measure(folder: Path, count: int, program: str) -> None:
    """Both starts and one change of each sort."""
    print(f"{count} notices", flush=True)
    compile_program(Path(program))
    with serving(folder, program) as server:
        started(server, "  first start")
    with serving(folder, program) as server:
        started(server, "  next start")
        notices = folder / "notices"
        slug = sorted(path.name for path in notices.iterdir() if path.is_dir())[count // 2]
        text = notices / slug / "notice.md"
        before = text.read_text(encoding="utf-8")
        text.write_text(before.replace("title: ", "title: 改后的", 1), encoding="utf-8")
        record(notices, slug)
        changed(server, "  one edited", f"/notices/{slug}/", words="改后的")
        added = next(islice(generate(count + 1, seed=9), count, None))
        add_to_portal(folder, added)
        changed(server, "  one added", f"/notices/{added.slug}/")
        print(f"  at the end {server.megabytes:.0f} MB", flush=True)


def main() -> None:
    """Measure for each count; `--folder` takes a corpus that is already written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[1_000, 10_000])
    parser.add_argument("--program", default=str(Path(__file__).parent.parent.parent))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    for count in options.counts:
        with tempfile.TemporaryDirectory() as temporary:
            folder = options.folder or Path(temporary) / "corpus"
            if not folder.exists():
                write_portal(folder, list(generate(count)))
            measure(folder, count, options.program)


if __name__ == "__main__":
    main()
