"""The parts of the search script, each alone: what one does is what its Python twin does."""

import gzip
import json
import random

import pytest

from portal.errors import RequestError
from portal.search.analysis import SEPARATOR, fold, parse
from portal.search.documents import Segment, Text
from portal.search.results import FACETS, narrow
from portal.search.shards import decode, encode, invert, shard_of, split
from portal.search.snapshot import scan
from portal.search.snippets import marked, passages
from portal.search.static import BLOCK, StaticIndex
from portal.web.assets import JOINED, STATIC, joined
from tests.search.parts import FOLDER, needs, run
from tests.search.reading import cover, possible
from tests.search.samples import ALPHABET, LABELS, corpus, part_of

PARTS = JOINED["search.js"]


def words(chance, most, alphabet=ALPHABET):
    return "".join(chance.choices(alphabet, k=chance.randint(1, most)))


def test_the_script_is_its_parts_in_an_order_in_which_each_finds_what_it_needs():
    assert {path.stem for path in FOLDER.iterdir()} == set(PARTS)
    for position, part in enumerate(PARTS):
        assert set(needs(part)) <= set(PARTS[:position]), part
        # As its comment says, no more and no less: what is missing would be told here.
        if part != "page":
            assert run(part, "return given", 1) == 1
    whole = joined(FOLDER, PARTS)
    assert whole.count("{") == whole.count("}"), "one closure: no name is left on the page"
    assert STATIC.joinpath("search.js").exists() is False


@pytest.mark.parametrize("part", [part for part in PARTS if part != "page"])
def test_a_part_names_no_other_that_it_does_without(part):
    text = (FOLDER / f"{part}.js").read_text(encoding="utf-8")
    for other in needs(part):
        assert any(f"{name}(" in text for name in named(other)), other


def named(part):
    text = (FOLDER / f"{part}.js").read_text(encoding="utf-8")
    return [line.split()[1] for line in text.splitlines() if line.startswith("const ")]


def test_questions_are_cut_as_the_server_cuts_them():
    chance = random.Random(1)
    asked = [words(chance, 30, ALPHABET + '"“”「」 \t') for _ in range(3_000)]
    for text, got in zip(asked, run("query", "return given.map(parse)", asked), strict=True):
        try:
            wanted = list(parse(text).terms)
        except RequestError:
            wanted = []
        assert got == wanted, json.dumps(text)


def test_a_gram_is_looked_for_in_its_shard_and_a_term_by_its_grams():
    chance = random.Random(2)
    terms = [fold(words(chance, 30)) or "公" for _ in range(2_000)]
    script = "return given.map((t) => [shardOf(t, 512), cover(t)])"
    for term, (shard, grams) in zip(terms, run("postings", script, terms), strict=True):
        assert shard == shard_of(term, 512), term
        assert [tuple(pair) for pair in grams] == cover(term), term


def test_shards_are_read_as_they_are_written():
    chance = random.Random(3)
    texts = [fold(words(chance, 60)) + SEPARATOR + fold(words(chance, 9)) for _ in range(90)]
    (shard,) = split(invert(texts), 1)
    held = decode(encode(shard))
    grams = [*chance.sample(sorted(held), 300), "没有", "没", "没有的"]
    script = """return given.grams.map((g) => {
      const { docs, places } = unpack(Uint8Array.from(given.shard), g);
      return [[...docs], [...places]];
    })"""
    got = run("postings", script, {"shard": list(encode(shard)), "grams": grams})
    for gram, (docs, places) in zip(grams, got, strict=True):
        wanted = held.get(gram, {})
        assert docs == list(wanted), gram
        written = [
            value.to_bytes(max(1, -(-value.bit_length() // 8)), "little")
            for value in wanted.values()
            if len(gram) == 3
        ]
        assert bytes(places) == b"".join(written), gram


def test_no_document_is_left_out_and_few_are_let_in_by_their_postings():
    chance = random.Random(4)
    texts = [fold(words(chance, 80, "质量奖公示盂县")) + SEPARATOR for _ in range(60)]
    terms = [text[i : i + chance.randint(1, 9)] for text in texts if (i := len(text) // 3)]
    terms = [term.strip(SEPARATOR) for term in terms if term.strip(SEPARATOR)]
    shards = [list(encode(part)) for part in split(invert(texts), 4)]
    script = """
      const load = async (name) => {
        const [number] = name.match(/\\d+/);
        return new Response(Uint8Array.from(given.shards[number]));
      };
      const lists = await gather(given.terms, 4, load);
      return lists.map((list) => [...possible(list)].sort((a, b) => a - b));
    """
    postings = {g: d for s in shards for g, d in decode(bytes(s)).items()}
    got = run("postings", script, {"shards": shards, "terms": terms})
    for term, found in zip(terms, got, strict=True):
        assert {i for i, text in enumerate(texts) if term in text} <= set(found), term
        assert set(found) == possible(postings, term), term


def test_what_matches_under_which_filters_is_what_a_scan_finds(tmp_path):
    documents, chance = corpus(12, 2 * BLOCK + 30), random.Random(5)
    index = StaticIndex(tmp_path / "index")
    names = index.update(documents, LABELS)
    files = {name: list(gzip.decompress(index.read(name))) for name in names}
    index.close()
    asked = []
    while len(asked) < 60:
        try:
            terms = parse(part_of(documents, chance, 6)).terms
        except RequestError:
            continue
        chosen = {f: chance.choice(list(LABELS[f])) for f in FACETS if chance.random() < 0.15}
        asked.append((terms, chosen))
    script = """
      const load = async (name) => new Response(Uint8Array.from(given.files[name]));
      const index = await (await load("index.bin")).json();
      return Promise.all(given.asked.map(async ([terms, chosen]) => {
        const read = reader(index, load), is = attributes(index, chosen);
        const lists = await gather(terms, index.shards, load);
        const { found, kept, sure } = await answer(index, lists, terms, is.holds, read, 1e5);
        const counts = Object.fromEntries(facets.map((f) => {
          const counts = {};
          for (const n of found.filter((n) => is.holds(n, f)))
            for (const v of is.under(n, f)) counts[v] = (counts[v] || 0) + 1;
          return [f, counts];
        }));
        const many = is.tally(found).reduce((sum, [n]) => sum + n, 0);
        const paths = await Promise.all(kept.map(async (n) => (await read(n))[0]));
        const all = many === found.length;
        return { paths, sure: sure || kept.length < found.length, counts, all };
      }));
    """
    everything = scan(documents)
    for (terms, chosen), got in zip(
        asked, run("matching", script, {"files": files, "asked": asked}), strict=True
    ):
        found = everything.find(parse(" ".join(f'"{term}"' for term in terms)))
        wanted = narrow(found, chosen)
        assert (len(got["paths"]), got["all"], got["sure"]) == (wanted.total, True, True), terms
        assert got["paths"][: len(wanted.hits)] == [hit.path for hit in wanted.hits], terms
        if not chosen:
            known = {
                f: {v: n for v, n in c.items() if v in LABELS[f]} for f, c in wanted.counts.items()
            }
            assert got["counts"] == known, terms


def test_snippets_are_cut_and_marked_as_the_server_does():
    chance, cases = random.Random(6), []
    while len(cases) < 400:
        segments = [Segment(words(chance, 130)) for _ in range(chance.randint(0, 4))]
        segments += [
            Segment(words(chance, 12), f"entry-{row}") for row in (1, 1, 2) if chance.random() < 0.7
        ]
        text = Text(words(chance, 30), tuple(segments))
        source = chance.choice([text.title, *(segment.text for segment in segments)])
        start = chance.randrange(len(source))
        try:
            cases.append((text, parse(source[start : start + chance.randint(1, 9)]).terms))
        except RequestError:
            continue
    given = [[document(text), terms] for text, terms in cases]
    script = """return given.map(([doc, terms]) =>
      [cut(doc[1], spans(doc[1], terms)), passages(doc, terms)])"""
    for (text, terms), (title, places) in zip(cases, run("snippets", script, given), strict=True):
        assert pieces(title) == marked(text.title, terms)
        assert [
            (pieces(place["text"]), place.get("anchor", ""), place.get("head") or "")
            for place in places
        ] == [(place.parts, place.anchor, place.entry) for place in passages(text, terms)]


def document(text):
    """A text as the files hold it: texts, and anchors with theirs."""
    rows = {}
    for segment in text.segments:
        if segment.anchor:
            rows.setdefault(segment.anchor, []).append(segment.text)
    plain = [segment.text for segment in text.segments if not segment.anchor]
    return ["/a/", text.title, "", [*plain, *([anchor, *held] for anchor, held in rows.items())]]


def pieces(shown):
    return tuple((p, False) if isinstance(p, str) else (p[0], True) for p in shown if p)
