"""Time, size and memory of documents as Markdown: `python -m tests.bench.documents`."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from portal.content.annex.annexes import load_annexes
from portal.content.catalogue import Catalogue
from portal.domain.notice import Notice
from portal.freezer.processes.pool import Work, batches, run
from portal.render.annex.annex_docx import annex_docx
from portal.render.annex.annex_pdf import annex_pdf
from portal.render.notice.notice_docx import notice_docx
from portal.render.notice.notice_pdf import notice_pdf
from tests.bench.corpus import generate, write_portal
from tests.showcase import ROOT, showcase
from tests.sites import load_all

ROUNDS = 15
NOTICES = 1000


def median_ms(work: Callable[[], bytes]) -> tuple[float, float, int]:
    """Median milliseconds with a warm compiler, waited and computed, and the size."""
    size = len(work())
    waited, computed = [], []
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        work()
        waited.append(time.perf_counter() - started)
        computed.append(time.process_time() - used)
    return statistics.median(waited) * 1000, statistics.median(computed) * 1000, size


def variants(notice: Notice) -> dict[str, Notice]:
    entries = notice.entries
    hundred = tuple(e._replace(name=f"{e.name}{n}") for n in range(15) for e in entries)[:100]
    return {
        "no list": replace(notice, entries=(), window=None),
        f"list of {len(entries)}": notice,
        "list of 100": replace(notice, entries=hundred),
    }


def different(notice: Notice, number: int) -> Notice:
    """The compiler remembers layouts, so a new notice must not look like the one before."""
    entries = tuple(e._replace(name=f"{e.name}{number}") for e in notice.entries)
    return replace(notice, slug=f"n-{number}", title=f"{notice.title}{number}", entries=entries)


def peak_mb() -> int:
    """Peak memory; `ru_maxrss` would count the parent's, which a child begins with."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def one_share(numbers: range) -> tuple[int, float]:
    """Both documents of a share of the notices; peak memory in MB and seconds computed."""
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        catalogue = showcase(Path(folder))
        notice = catalogue.by_slug["demo-1-city"]
        for number in numbers:
            made = different(notice, number)
            notice_pdf(made, catalogue)
            notice_docx(made, catalogue)
    return peak_mb(), time.process_time() - started


def thousand() -> tuple[float, list[tuple[int, float]]]:
    started = time.perf_counter()
    context = get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        shares = [range(0, NOTICES, 2), range(1, NOTICES, 2)]
        results = list(pool.map(one_share, shares))
    return time.perf_counter() - started, results


def only_pdfs() -> float:
    """Seconds to read the notices of the build benchmark (25 rows each) and write their PDFs."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_portal(root, list(generate(NOTICES)))
        started = time.perf_counter()
        catalogue = load_all((root / "content",), (root / "notices",))

        def make() -> Work[None]:
            def work(slugs: Sequence[str], tell: Callable[[str], None]) -> None:
                for slug in slugs:
                    tell(slug)
                    pdf = notice_pdf(catalogue.by_slug[slug], catalogue)
                    (root / f"{slug}.pdf").write_bytes(pdf)

            return work

        for _ in run(make, batches([notice.slug for notice in catalogue.notices], 16), 2):
            pass
        return time.perf_counter() - started


def rows(catalogue: Catalogue) -> list[tuple[str, float, float, int]]:
    found = []
    for name, notice in variants(catalogue.by_slug["demo-1-city"]).items():
        for kind, render in (("PDF", notice_pdf), ("Word", notice_docx)):
            counter = iter(range(ROUNDS + 1))
            measured = median_ms(
                lambda n=notice, r=render, c=counter: r(different(n, next(c)), catalogue)
            )
            found.append((f"notice, {name}: {kind}", *measured))
    for annex in load_annexes(ROOT / "content" / "annexes")[:2]:
        for kind, render in (("PDF", annex_pdf), ("Word", annex_docx)):
            measured = median_ms(lambda a=annex, r=render: r(a))
            found.append((f"annex {annex.slug}: {kind}", *measured))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        catalogue = showcase(Path(folder))
        started = time.perf_counter()
        notice_pdf(catalogue.by_slug["demo-1-call"], catalogue)
        cold = time.perf_counter() - started
        print("| document | ms, warm | of it CPU | kB |\n| --- | --- | --- | --- |")
        for name, waited, computed, size in rows(catalogue):
            print(f"| {name} | {waited:.1f} | {computed:.1f} | {size / 1000:.1f} |")
    print(f"\nFirst PDF of a process (fonts, glyph table): {cold * 1000:.0f} ms.")
    print(f"Peak memory of this process: {peak_mb()} MB.")
    seconds, results = thousand()
    memory = " + ".join(str(peak) for peak, _ in results)
    print(
        f"{NOTICES} different notices, PDF and Word, two processes on {os.cpu_count()} cores: "
        f"{seconds:.1f} s, CPU {sum(used for _, used in results):.1f} s; peak memory {memory} MB."
    )
    print(f"{NOTICES} notices of 25 rows, PDF alone, two processes: {only_pdfs():.1f} s.")
    print(f"Load average meanwhile: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    sys.exit(main())
