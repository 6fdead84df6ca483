"""Benchmark of search: `python -m tests.bench.search [COUNT …]` prints docs/benchmarks-search.md.

Live (Whoosh) and static (a cold browser), beside SQLite FTS5 with trigrams and with one token a
character, over the same documents and queries; a plain scan says what is right.
"""

import argparse
import gc
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import sync_playwright

from portal.content.text.markdown import to_html
from portal.search.analysis import parse
from portal.search.documents import Document, Segment, Text, plain_segments
from portal.search.results import narrow
from portal.search.snapshot import Snapshot, scan
from portal.search.snippets import marked, passages
from portal.search.static import StaticIndex, shards_of
from portal.search.whoosh_index import SearchIndex
from portal.site import create_app
from portal.site.site_options import SiteOptions
from portal.web.assets import Assets
from tests.bench.corpus import COUNTIES, EDITIONS, Item, generate
from tests.bench.server import served
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.search.reading import Reader
from tests.search.samples import READ_PAGE
from tests.showcase import BASE_URL, NOW, showcase
from tests.thirdaward import KINDS

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 5


def document(item: Item) -> Document:
    """A generated notice as the search sees it."""
    return Document(
        path=f"/notices/{item.slug}/",
        section=item.kind,
        digest=item.slug,
        read=partial(_text, item),
        published=item.published,
        county=item.county,
        edition=item.edition,
        states=("closed",) if item.window else ("published",),
    )


def _text(item: Item) -> Text:
    rows = [
        Segment(text, f"entry-{number}")
        for number, row in enumerate(item.rows, 1)
        for text in (row[1], row[3] + row[4])
        if text
    ]
    return Text(item.title, (*plain_segments(to_html(item.body)), *rows))


def labels(documents: Sequence[Document]) -> dict[str, dict[str, str]]:
    years = sorted({d.year for d in documents}, reverse=True)
    return {
        "kind": {str(kind): kind.label for kind in KINDS},
        "county": {county: county for county in COUNTIES},
        "edition": {edition: edition for edition in EDITIONS},
        "year": {year: f"{year}年" for year in years},
        "state": {"closed": "公示期满"},
    }


def queries(texts: Sequence[str], seed: int = 7) -> list[str]:
    """40 queries of 1 to 12 characters: parts of texts, two that match all, two across borders."""
    chance = random.Random(seed)
    # 量管 and 核查公 stand only where one word ends and another begins.
    found = ["公", "质量", "量管", "核查公"]
    while len(found) < 40:
        segment = chance.choice(chance.choice(texts).split("\n"))
        length = 1 + (len(found) - 4) % 12
        if len(segment) < length:
            continue
        start = chance.randrange(len(segment) - length + 1)
        query = segment[start : start + length]
        if query.strip() == query and query not in found and '"' not in query:
            found.append(query)
    return found


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


@dataclass
class Engine:
    """What was measured of one engine; times in seconds."""

    name: str
    build: float = 0.0
    size: int = 0
    update: float = 0.0
    times: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    found: int = 0
    right: int = 0
    expected: int = 0

    def judge(self, query: str, got: Sequence[str], truth: Sequence[str]) -> None:
        """Count what was found against what is there; the order counts as well."""
        both = len(set(got) & set(truth))
        self.found, self.right, self.expected = (
            self.found + len(got),
            self.right + both,
            self.expected + len(truth),
        )
        if list(got) != list(truth):
            self.wrong.append(query)

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


@contextmanager
def stopwatch(out: Callable[[float], None]):
    gc.collect()
    started = time.perf_counter()
    yield
    out(time.perf_counter() - started)


def size_of(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def timed(
    engine: Engine, asked: Sequence[str], find: Callable[[str], Sequence[str]], truth
) -> None:
    """Ask every query several times; each answer is judged once."""
    for query in asked:
        engine.judge(query, find(query), truth[query])
    for _ in range(ROUNDS):
        for query in asked:
            started = time.perf_counter()
            find(query)
            engine.times.append(time.perf_counter() - started)


def whoosh(folder: Path, documents: list[Document], newer: Document, asked, truth) -> list[Engine]:
    engine, index = Engine("Whoosh（检索）"), SearchIndex(folder / "whoosh")
    views: list[Snapshot] = []
    with stopwatch(lambda s: setattr(engine, "build", s)):
        views.append(index.snapshot(documents))
    engine.size = size_of(folder / "whoosh")
    timed(engine, asked, lambda q: [d.path for d in views[0].find(parse(q))], truth)
    whole = Engine("Whoosh（整个结果页）", engine.build, engine.size)

    def page(query: str) -> list[str]:
        """All that the route does but the template: filters counted, ten hits with snippets."""
        wanted = parse(query)
        found = views[0].find(wanted)
        for hit in narrow(found, {}).hits:
            marked(hit.text.title, wanted.terms)
            passages(hit.text, wanted.terms)
        return [d.path for d in found]

    timed(whole, asked, page, truth)
    with stopwatch(lambda s: setattr(engine, "update", s)):
        index.snapshot([newer, *documents])
    whole.update = engine.update
    return [engine, whole]


def fts5(
    folder: Path, documents: list[Document], newer: Document, asked, truth, *, trigram: bool
) -> Engine:
    engine = Engine("FTS5 trigram" if trigram else "FTS5 逐字")
    path = folder / f"fts-{trigram}.sqlite"
    db = sqlite3.connect(path, isolation_level=None)
    tokens = "trigram" if trigram else "unicode61"
    db.execute(f"CREATE VIRTUAL TABLE doc USING fts5(path UNINDEXED, text, tokenize='{tokens}')")

    def cut(text: str) -> str:
        return text if trigram else " ".join(text)

    def add(some: Sequence[Document], first: int) -> None:
        db.execute("BEGIN")
        rows = [(first + i, d.path, cut(d.folded)) for i, d in enumerate(some)]
        db.executemany("INSERT INTO doc (rowid, path, text) VALUES (?, ?, ?)", rows)
        db.execute("COMMIT")

    with stopwatch(lambda s: setattr(engine, "build", s)):
        add(list(reversed(documents)), 1)
    engine.size = path.stat().st_size

    def find(query: str) -> list[str]:
        term = parse(query).terms[0]
        if trigram and len(term) < 3:
            sql, value = "instr(text, ?) > 0", term  # too short for its index: it reads every text
        else:
            sql, value = "doc MATCH ?", '"' + cut(term).replace('"', '""') + '"'
        rows = db.execute(f"SELECT path FROM doc WHERE {sql} ORDER BY rowid DESC", (value,))
        return [path for (path,) in rows]

    timed(engine, asked, find, truth)
    with stopwatch(lambda s: setattr(engine, "update", s)):
        add([newer], len(documents) + 1)
    db.close()
    return engine


@dataclass
class Browser:
    """What a cold browser needed for each query; times in milliseconds.

    `painted`: from the submitting until the results are on the screen. `read`: from the page's
    being read until they are in it. `floor`: the first painting of the same page without a query.
    """

    painted: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    bytes_: list[float] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    blank: list[float] = field(default_factory=list)

    def add(self, painted: float, read: float, bytes_: float, requests: float) -> None:
        """One more query."""
        self.painted.append(painted)
        self.read.append(read)
        self.bytes_.append(bytes_)
        self.requests.append(requests)


def static(
    folder: Path, documents: list[Document], newer: Document, asked, truth
) -> tuple[Engine, Browser]:
    engine, cost = Engine("静态分片（冷浏览器）"), Browser()
    names, path = labels(documents), folder / "static"
    index = StaticIndex(path)
    with stopwatch(lambda s: setattr(engine, "build", s)):
        files = index.update(documents, names)
    site = folder / "site"
    for name in files:
        data = index.read(name) or b""
        engine.size += len(data)
        target = site / "search" / "data" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    reader = Reader(index.read)
    for query in asked:  # the files, read in Python, for every match and not only the first page
        engine.judge(query, reader.find(parse(query)), truth[query])
    _write_page(site, folder, shards_of(len(documents)))
    with served(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, _NO_POPUP])
        for query in asked[:5]:  # the server's and the browser's own first steps
            _ask(browser, address, query)
        for _ in range(_FLOORS):
            cost.floor.append(_first_paint(browser, f"{address}/search/"))
            cost.blank.append(_first_paint(browser, f"{address}/blank/"))
        for query in asked:
            hits, figures = _ask(browser, address, query)
            if hits != truth[query][:10]:
                engine.wrong.append(f"{query}（浏览器）")
            engine.times.append(figures[0] / 1000)
            cost.add(*figures[1:])
        browser.close()
    with stopwatch(lambda s: setattr(engine, "update", s)):
        index.update([newer, *documents], names)
    index.close()
    return engine, cost


def _write_page(site: Path, folder: Path, shards: int) -> None:
    """The search page of so many shards and the static files, as the freezer writes them."""
    catalogue = showcase(folder / "showcase", BASE_URL)
    client = create_app(lambda: catalogue, SiteOptions(BASE_URL), lambda: NOW).test_client()
    for path in ("/search/", *Assets("").paths):
        target = site / (path[1:] + "index.html" if path.endswith("/") else path[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(client.get(path).data)
    page = site / "search" / "index.html"
    text = page.read_text("utf-8")
    page.write_text(re.sub(r'data-shards="\d+"', f'data-shards="{shards}"', text), "utf-8")
    (site / "blank").mkdir()
    (site / "blank" / "index.html").write_text("<!doctype html><title>-</title><p>-", "ascii")


# Each context opens a window, whose address bar loads some hundred scripts of the browser's own: a
# second of both processors that no page has asked for. So it is left out, and a window may settle.
_NO_POPUP = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup"
_SETTLED = 300
_FLOORS = 15

# The script says by an attribute when it has answered; the message comes after the next painting.
_WATCH = """
new MutationObserver((_, observer) => {
  if (!document.querySelector("#results[data-done]")) return;
  observer.disconnect();
  window.answered = performance.now();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.painted = performance.now(); };
    port2.postMessage("");
  });
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
_COST = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const data = files.filter((e) => e.name.includes("/search/data/"));
  const bytes = data.reduce((sum, e) => sum + e.transferSize, 0);
  return [answered, painted, answered - page.domInteractive, bytes, data.length];
}"""
_PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"


@contextmanager
def _visitor(browser):
    """A tab of a window that has been nowhere before; nothing is in its cache."""
    context = browser.new_context()
    context.add_init_script(_WATCH)
    page = context.new_page()
    page.wait_for_timeout(_SETTLED)
    yield page
    context.close()


def _first_paint(browser, url: str) -> float:
    with _visitor(browser) as page:
        page.goto(url)
        page.wait_for_function(_PAINTED)
        return page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")


def _ask(browser, address: str, query: str) -> tuple[list[str], list[float]]:
    """The hits of one query in a browser that has been nowhere before, and what they cost."""
    with _visitor(browser) as page:
        page.goto(f"{address}/search/?{urlencode({'q': query})}")
        page.wait_for_function("window.painted", timeout=60_000)
        cost = page.evaluate(_COST)
        return [hit[0] for hit in page.evaluate(READ_PAGE)["hits"]], cost


def measure(count: int, folder: Path) -> dict[str, object]:
    """Everything for one size."""
    items = list(generate(count + 1))
    every = [document(item) for item in reversed(items)]
    newer, documents = every[0], every[1:]
    texts = [d.folded for d in documents]
    _ = newer.folded
    asked, everything = queries(texts), scan(documents)
    truth = {query: [d.path for d in everything.find(parse(query))] for query in asked}
    engines = whoosh(folder, documents, newer, asked, truth)
    engines += [fts5(folder, documents, newer, asked, truth, trigram=t) for t in (True, False)]
    plain = Engine("逐篇扫描")
    timed(plain, asked, lambda q: [d.path for d in everything.find(parse(q))], truth)
    found, cost = static(folder, documents, newer, asked, truth)
    return {"count": count, "queries": asked, "engines": [*engines, plain, found], "cost": cost}


def _line(engine: Engine) -> str:
    p50, p95 = (percentile(engine.times, share) * 1000 for share in (0.5, 0.95))
    return (
        f"| {engine.name} | {engine.build:.1f} | {engine.size / 1e6:.1f} | {p50:.2f} | {p95:.1f} "
        f"| {engine.recall:.3f} | {engine.precision:.3f} | {engine.update * 1000:.0f} |"
    )


def _browser_line(cost: Browser) -> str:
    kilobytes = [bytes_ / 1000 for bytes_ in cost.bytes_]
    rows = {
        "submitted until painted, ms": cost.painted,
        "page read until answered, ms": cost.read,
        "KB": kilobytes,
        "requests": cost.requests,
        "floor: the page without a query, until first painted, ms": cost.floor,
        "floor: a page of one letter, ms": cost.blank,
    }
    lines = [
        f"| {name} | {percentile(some, 0.5):.0f} | {percentile(some, 0.95):.0f} | {max(some):.0f} |"
        for name, some in rows.items()
    ]
    return "| cold browser | p50 | p95 | most |\n| --- | --- | --- | --- |\n" + "\n".join(lines)


def report(one: dict[str, object]) -> str:
    """The figures of one size in Markdown; a static engine's times are until it has answered."""
    engines = one["engines"]
    wrong = [f"Not as the scan: {e.name}: {'　'.join(e.wrong)}" for e in engines if e.wrong]
    lines = [
        f"### {one['count']:,} notices",
        "| engine | build s | MB | p50 ms | p95 ms | recall | precision | one notice more, ms |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n" + "\n".join(map(_line, engines)),
        _browser_line(one["cost"]),
        *wrong,
        "Queries: " + "　".join(f"`{query}`" for query in one["queries"]),
    ]
    return "\n\n".join(lines) + "\n"


def main() -> None:
    """Measure each size and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000])
    for size in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(report(measure(size, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
