"""Load of search: `python -m tests.bench.load [--notices N] [--minute QUERIES]`.

Starts the public app under gunicorn as deploy/systemd does, over generated notices, asks it that
many different queries within a minute at an even pace whether or not it keeps up, every tenth of
them a nuisance (too long, control characters, unknown filters), and prints what came back.
"""

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.bench.corpus import Item, generate, write_portal
from tests.bench.search import percentile

CONNECTIONS = 200
PATIENCE = 60
REASONS = ("检索词过长", "没有这样的筛选条件", "请输入要查找的", "再试")
"""What a refusal says."""


def different(items: Sequence[Item], count: int, seed: int = 5) -> list[str]:
    """So many different addresses: parts of texts, some with filters or pages, some nuisances."""
    chance, found = random.Random(seed), dict[str, None]()
    while len(found) < count:
        item = chance.choice(items)
        text = chance.choice((item.title, item.body, chance.choice(item.rows)[1]))
        start = chance.randrange(len(text))
        asked = {"q": text[start : start + chance.randint(1, 12)]}
        match chance.randrange(20):
            case 0:
                asked["q"] = (text * 20)[:800]
            case 1:
                asked["q"] += chr(chance.randrange(32)) + chance.choice('"“\u202e\ud7ff')
            case 2:
                asked["kind"] = chance.choice(("decision", "nothing"))
            case 3:
                asked["page"] = str(chance.randrange(10**6))
            case _:
                asked["q"] += f" {chance.choice(text)}{chance.choice(text)}"
        found[f"/search/?{urlencode(asked)}"] = None
    return list(found)


@contextmanager
def _public(folder: Path) -> Iterator[int]:
    """The port of the public app over a folder's content, as it is deployed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "PORTAL_CONTENT": str(folder / "content"),
        "PORTAL_NOTICES": str(folder / "notices"),
        "PORTAL_STATE": str(folder / "var"),
    }
    options = (
        "--worker-class gthread --workers 2 --threads 8 --timeout 120 --no-control-socket"
        " --limit-request-line 8190"
    )
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", *options.split()),
            *("--log-level", "warning", "--bind", f"127.0.0.1:{port}"),
            "portal.public:from_environment()",
        ],
        env=environment,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


def _until_ready(port: int) -> None:
    """Ask until several answers in turn are results: every worker has read the index."""
    good = 0
    while good < 20:
        try:
            with urlopen(f"http://127.0.0.1:{port}/search/?q=%E5%85%AC") as response:
                good = good + 1 if response.status == 200 else 0
        except OSError:
            good = 0
            time.sleep(0.5)


async def _get(port: int, path: str) -> tuple[int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = (await reader.read()).decode()
    finally:
        writer.close()
    return int(answer.split(" ", 2)[1]), answer


async def _load(port: int, paths: Sequence[str]) -> tuple[Counter[str], list[float], float]:
    """What came back, how long each took since it was due, and how long all took."""
    outcome, times = Counter[str](), []
    open_now, pace = asyncio.Semaphore(CONNECTIONS), 60 / len(paths)
    began = time.perf_counter()

    async def ask(number: int, path: str) -> None:
        due = began + number * pace
        await asyncio.sleep(max(0, due - time.perf_counter()))
        try:
            async with open_now, asyncio.timeout(PATIENCE):
                status, page = await _get(port, path)
        except (OSError, TimeoutError, ValueError, IndexError) as error:
            outcome[f"failed: {type(error).__name__}"] += 1
            return
        in_words = status == 200 or any(reason in page for reason in REASONS)
        outcome[f"{status}" if in_words else f"{status} without a reason"] += 1
        if status == 200:
            times.append(time.perf_counter() - due)

    await asyncio.gather(*(ask(number, path) for number, path in enumerate(paths)))
    return outcome, times, time.perf_counter() - began


def main() -> None:
    """Load the server and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=1_000)
    parser.add_argument("--minute", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, items = Path(name), list(generate(options.notices))
        write_portal(folder, items)
        paths = different(items, options.minute)
        with _public(folder) as port:
            _until_ready(port)
            outcome, times, whole = asyncio.run(_load(port, paths))
    for what, count in outcome.most_common():
        print(f"{what}: {count:,}")
    p50, p95 = (percentile(times, share) * 1000 for share in (0.5, 0.95))
    print(f"{len(paths):,} in {whole:.1f} s; answers: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()
