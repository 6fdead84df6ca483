"""Search data of a build: the documents of the live search, written only where they change."""

from dataclasses import replace
from datetime import timedelta

from portal.content.index import Index
from portal.freezer.pages.scene import Scene
from portal.freezer.record.store import Store
from portal.search.analysis import parse
from portal.search.documents import documents
from portal.search.snapshot import scan
from tests.freezer.building import CALL, FORMATS, NOW, SITE, amendment, bench
from tests.search.reading import Reader

SEARCH = FORMATS | {"search"}
REVISED = CALL.replace("notices/call/", "notices/revised/revisions/1/") + CALL.replace(
    "notices/call/", "notices/revised/"
).replace("kind: call", "kind: call\nrevision: 2\nupdated: 2021-11-01T09:00:00+08:00\nnote: 补正")
AMENDED = amendment("fix", "correction", "call", "2021-10-09T09:00") + amendment(
    "undo", "withdrawal", "revised", "2021-11-03T09:00"
)


def many(count, text="自愿"):
    """Calls, the first of them the oldest."""
    return "".join(
        CALL.replace("notices/call/", f"notices/call-{number:03}/")
        .replace("2021-10-08T09:00", f"2021-10-08T10:{number:02}")
        .replace("自愿", f"{text}{number}")
        for number in range(count)
    )


def data_of(files):
    return {name: data for name, data in files.items() if name.startswith("search/data/")}


def test_documents_from_the_store_are_those_of_the_catalogue(site_from):
    made = bench(site_from(SITE + REVISED + AMENDED))
    made.build()
    [record] = made.cache.glob("*.sqlite")
    catalogue = made.tree.catalogue()
    for at in (NOW, NOW + timedelta(days=30), NOW - timedelta(days=33)):
        index = Index(Store(record).heads(), at)
        scene = Scene(catalogue, index, record, None)
        found = tuple(documents(scene.catalogue(), at))
        assert found == documents(catalogue, at)
        assert [d.text for d in found] == [d.text for d in documents(catalogue, at)]


def test_the_written_files_answer_as_the_live_search(site_from):
    made = bench(site_from(SITE + REVISED + many(20)))
    made.build(formats=SEARCH)
    files = data_of(made.files())
    reader = Reader(lambda name: files.get(f"search/data/{name}"))
    everything = scan(documents(made.tree.catalogue(), NOW))
    for text in ("自愿1", "各单位", "平定县甲", "赵六", "补", "申报。"):
        query = parse(text)
        assert reader.find(query) == [document.path for document in everything.find(query)]


def test_incremental_search_data_are_those_of_a_clean_build(site_from):
    made = bench(site_from(SITE + many(33)))
    made.build(formats=SEARCH)
    for edit in (
        amendment("later", "correction", "call", "2021-12-06T09:00"),
        many(1, "改过"),
        "-- notices/call-005/notice.md --\n(none)\n",
        REVISED,
    ):
        made.tree.write(edit)
        if "(none)" in edit:
            (made.tree.root / "notices" / "call-005").rmdir()
        made.build(formats=SEARCH)
        assert data_of(made.files()) == data_of(made.clean(formats=SEARCH))
    later = NOW + timedelta(days=9)  # windows have closed
    made.build(later, formats=SEARCH)
    assert data_of(made.files()) == data_of(made.clean(later, formats=SEARCH))


def test_one_more_notice_rewrites_one_file_of_the_search_data(site_from):
    made = bench(site_from(SITE + many(33)))
    made.build(formats=SEARCH)
    before = data_of(made.files())
    made.tree.write(amendment("later", "correction", "call", "2021-12-06T09:00"))
    made.build(formats=SEARCH)
    after = data_of(made.files())
    assert {name for name in after if after[name] != before.get(name)} == {"search/data/index.bin"}


def test_a_build_without_search_has_the_page_and_no_data(site_from):
    made = bench(site_from(SITE))
    made.build(formats=SEARCH)
    assert data_of(made.files())
    made.build(formats=FORMATS)
    assert not data_of(made.files())
    assert "search/index.html" in made.files()
    fresh = replace(
        made, out=made.out.with_name("other"), cache=made.cache.with_name("other-cache")
    )
    fresh.build()
    assert not list(fresh.cache.glob("*.search"))
