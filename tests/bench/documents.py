"""Time, size and memory of documents as Markdown: `python -m tests.bench.documents`."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from portal.content.annexes import load_annexes
from portal.content.catalogue import Catalogue
from portal.domain.notice import Notice
from portal.render.annex_docx import annex_docx
from portal.render.annex_pdf import annex_pdf
from portal.render.docx import notice_docx
from portal.render.pdf import notice_pdf
from tests.showcase import ROOT, showcase

ROUNDS = 15
NOTICES = 1000


def median_ms(work: Callable[[], bytes]) -> tuple[float, int]:
    """Median milliseconds with a warm compiler, and the size."""
    size = len(work())
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000, size


def variants(notice: Notice) -> dict[str, Notice]:
    entries = notice.entries
    hundred = tuple(replace(e, name=f"{e.name}{n}") for n in range(15) for e in entries)[:100]
    return {
        "no list": replace(notice, entries=(), window=None),
        f"list of {len(entries)}": notice,
        "list of 100": replace(notice, entries=hundred),
    }


def different(notice: Notice, number: int) -> Notice:
    """The compiler remembers layouts, so a new notice must not look like the one before."""
    entries = tuple(replace(e, name=f"{e.name}{number}") for e in notice.entries)
    return replace(notice, slug=f"n-{number}", title=f"{notice.title}{number}", entries=entries)


def peak_mb() -> int:
    """Peak memory; `ru_maxrss` would count the parent's, which a child begins with."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def one_share(numbers: range) -> int:
    """Both documents of a share of the notices, in a process of its own; peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = showcase(Path(folder))
        notice = catalogue.by_slug["demo-1-city"]
        for number in numbers:
            made = different(notice, number)
            notice_pdf(made, catalogue)
            notice_docx(made, catalogue)
    return peak_mb()


def thousand() -> tuple[float, list[int]]:
    started = time.perf_counter()
    context = get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        shares = [range(0, NOTICES, 2), range(1, NOTICES, 2)]
        memory = list(pool.map(one_share, shares))
    return time.perf_counter() - started, memory


def rows(catalogue: Catalogue) -> list[tuple[str, float, int]]:
    found = []
    for name, notice in variants(catalogue.by_slug["demo-1-city"]).items():
        for kind, render in (("PDF", notice_pdf), ("Word", notice_docx)):
            counter = iter(range(ROUNDS + 1))
            ms, size = median_ms(
                lambda n=notice, r=render, c=counter: r(different(n, next(c)), catalogue)
            )
            found.append((f"notice, {name}: {kind}", ms, size))
    for annex in load_annexes(ROOT / "content" / "annexes")[:2]:
        for kind, render in (("PDF", annex_pdf), ("Word", annex_docx)):
            ms, size = median_ms(lambda a=annex, r=render: r(a))
            found.append((f"annex {annex.slug}: {kind}", ms, size))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        catalogue = showcase(Path(folder))
        started = time.perf_counter()
        notice_pdf(catalogue.by_slug["demo-1-call"], catalogue)
        cold = time.perf_counter() - started
        print("| document | ms, warm | kB |\n| --- | --- | --- |")
        for name, ms, size in rows(catalogue):
            print(f"| {name} | {ms:.1f} | {size / 1000:.1f} |")
    print(f"\nFirst PDF of a process (fonts, glyph table): {cold * 1000:.0f} ms.")
    print(f"Peak memory of this process: {peak_mb()} MB.")
    seconds, memory = thousand()
    print(
        f"{NOTICES} different notices, PDF and Word, two processes on {os.cpu_count()} cores: "
        f"{seconds:.1f} s; peak memory {' + '.join(map(str, memory))} MB."
    )


if __name__ == "__main__":
    sys.exit(main())
