"""Corpora for search: documents with strange characters, and the page of the static site."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from portal.domain.workdays import SHANGHAI
from portal.search.analysis import Query
from portal.search.documents import Document, Segment, Text
from portal.search.results import Results, narrow
from portal.search.snippets import marked, passages

START = datetime(2019, 3, 1, 9, tzinfo=SHANGHAI)
ALPHABET = "公示盂县平定质量奖田华示公ＩＳＯiso9001 　\t〔〕（）·㎡ﬁİßΣς\u200b\u2029“”𠮷䶮①é"
LABELS = {
    "kind": {"call": "通知", "decision": "表彰决定", "guide": "政策解读", "faq": "常见问题"},
    "county": {"pingding": "平定县", "yuxian": "盂县"},
    "edition": {"second": "第二届", "third": "第三届"},
    "year": {"2020": "2020年", "2019": "2019年"},
    "state": {
        "open": "公示中",
        "scheduled": "即将公示",
        "closed": "公示期满",
        "withdrawn": "已撤回",
    },
}
STATES = ((), ("closed",), ("closed", "corrected"), ("open",), ("withdrawn",), ("published",))


def document(
    number: int, title: str, segments: Iterable[Segment], chance: random.Random
) -> Document:
    """A notice; the higher its number the newer."""
    text = Text(title, tuple(segments))
    return Document(
        path=f"/notices/n{number}/",
        section=chance.choice(("call", "decision")),
        digest=repr(text),
        read=lambda: text,
        published=START + timedelta(days=7 * number),
        county=chance.choice(("", "pingding", "yuxian")),
        edition=chance.choice(("second", "third")),
        states=chance.choice(STATES),
        demonstration=chance.random() < 0.2,
    )


def fixed(number: int, title: str, segments: Iterable[Segment]) -> Document:
    """A page without a date."""
    text = Text(title, tuple(segments))
    section = ("guide", "faq")[number % 2]
    return Document(f"/{section}/#p{number}", section, repr(text), lambda: text)


def corpus(seed: int, notices: int, pages: int = 3) -> tuple[Document, ...]:
    """Documents in the order of `portal.search.documents`: notices newest first, then pages."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        return "".join(chance.choices(ALPHABET, k=chance.randint(1, most)))

    def segments() -> list[Segment]:
        plain = [Segment(text(120)) for _ in range(chance.randint(0, 5))]
        rows = [
            Segment(text(12), f"entry-{row}")
            for row in range(1, 4)
            for _ in range(chance.randint(0, 2))
        ]
        return plain + rows

    dated = [document(n, text(30), segments(), chance) for n in range(notices)]
    return (*reversed(dated), *(fixed(n, text(20), segments()) for n in range(pages)))


def part_of(documents: Sequence[Document], chance: random.Random, most: int = 12) -> str:
    """A query that finds something: a part of a text, with a variant of it now and then."""
    text = chance.choice(documents).text
    source = chance.choice([text.title, *(segment.text for segment in text.segments)])
    start = chance.randrange(len(source))
    return source[start : start + chance.randint(1, most)]


def shown(query: Query, results: Results) -> list[object]:
    """What a results page shows, as the tests read it from a browser."""
    return [
        [
            hit.path,
            [list(part) for part in marked(hit.text.title, query.terms)],
            [
                [passage.anchor, passage.entry, [list(part) for part in passage.parts]]
                for passage in passages(hit.text, query.terms)
            ],
        ]
        for hit in results.hits
    ]


def without_query(app: WSGIApplication) -> WSGIApplication:
    """The app as a server of files would be: what comes after the question mark is ignored."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return app({**environ, "QUERY_STRING": ""}, start_response)

    return serve


READ_PAGE = """() => {
  const all = (e, selector) => [...e.querySelectorAll(selector)];
  const parts = (e) =>
    [...e.childNodes]
      .filter((n) => n.textContent)
      .map((n) => [n.textContent, n.nodeName === "MARK"]);
  const passage = (p) => {
    const a = p.querySelector("a"), b = p.querySelector("b");
    const anchor = a ? a.getAttribute("href").split("#").pop() : "";
    return [anchor, b ? b.textContent : "", parts(p.querySelector("span"))];
  };
  const hits = all(document, ".hits > li").map((li) => {
    const a = li.querySelector("h2 a");
    return [a.getAttribute("href"), parts(a), all(li, ".passage").map(passage)];
  });
  const rows = all(document, "#results .facets dl > div");
  const facets = rows.map((d) => [
    d.querySelector("dt").textContent,
    all(d, "li a").map((a) => a.textContent),
  ]);
  const count = document.querySelector(".count strong");
  return {
    hits,
    total: count ? +count.textContent : 0,
    facets: Object.fromEntries(facets),
    done: document.getElementById("results").dataset.done,
  };
}"""

__all__ = ["LABELS", "READ_PAGE", "corpus", "narrow", "part_of", "shown", "without_query"]
