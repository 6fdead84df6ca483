"""Stops of full builds: `python -m tests.bench.stops [--stops 50] [--notices 200]`.

Every build is stopped at a random instant by Ctrl+C, SIGTERM or kill -9, as a whole group of
processes; the next ordinary build must then publish the site that a build from nothing does.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench.corpus import AS_OF, generate, write_portal

REASONS = ("clean", "settings", "program", "damaged")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stops")
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--notices", type=int, default=200)
    options = parser.parse_args()
    chance = random.Random(1)
    wrong: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_portal(folder, list(generate(options.notices)))
        started = time.monotonic()
        _build(folder, "build").wait()
        length = time.monotonic() - started
        for number in range(options.stops):
            _edit(folder, number)  # two builds, so that there is a second folder to be mistaken for
            _build(folder, "build").wait()
            reason = REASONS[number % len(REASONS)]
            _give_reason(folder, reason, number)
            process = _build(folder, "build", *(["--clean"] if reason == "clean" else []))
            time.sleep(chance.uniform(0.05, length))
            stop = chance.choice(SIGNALS)
            os.killpg(process.pid, stop)
            process.wait()
            _build(folder, "build").wait()
            shutil.rmtree(folder / "other", ignore_errors=True)
            _build(folder, "other", "--clean").wait()
            if _files(folder / "build") != _files(folder / "other"):
                wrong[f"{reason} {stop.name}"] += 1
            print(f"{number + 1}/{options.stops} {reason} {stop.name}: {wrong.total()} wrong")
    print(f"{wrong.total()} of {options.stops} wrong", dict(wrong))
    return int(bool(wrong))


def _build(folder: Path, out: str, *more: str) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "portal", "build", "--out", out, "--formats", "html"),
        *("--content", "content", "--notices", "notices", "--as-of", AS_OF.isoformat(), *more),
    ]
    path = os.environ.get("PYTHONPATH", str(Path(__file__).parents[2]))
    environment = os.environ | {"PORTAL_STATE": str(folder / "var"), "PYTHONPATH": path}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _edit(folder: Path, number: int) -> None:
    page = min(folder.glob("notices/*/notice.md"))
    with page.open("a", encoding="utf-8") as file:
        file.write(f"\n第{number}次改动。\n")


def _give_reason(folder: Path, reason: str, number: int) -> None:
    if reason == "settings":
        path = folder / "content" / "site.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('name = "', f'name = "新{number}', 1), encoding="utf-8")
    elif reason == "program":
        for record in folder.glob("var/cache/**/*.sqlite"):
            with sqlite3.connect(record) as db:
                db.execute("UPDATE meta SET value = 'another' WHERE key = 'program'")
            db.close()
    elif reason == "damaged":
        (folder / "build" / "index.html").write_text("改过的首页", encoding="utf-8")


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


if __name__ == "__main__":
    sys.exit(main())
