"""Delivery: the target holds what was built, each file whole; a page that differs is told."""

import functools
import http.server
import os
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.editorial.delivery import Delivery, Way, mirror
from portal.editorial.texts_delivery import TextsDelivery
from portal.errors import RequestError

names = st.sampled_from(["index.html", "a/index.html", "a/b.pdf", "c", "d/e/f.txt", "d/g"])
trees = st.dictionaries(names, st.binary(max_size=4), max_size=6)


def fill(folder, tree, number):
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, ns=(number, number))  # a build never writes to a file twice at one instant


def held(folder):
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@settings(deadline=None, max_examples=60)
@given(st.lists(trees, min_size=1, max_size=4))
def test_the_target_holds_what_the_site_holds_whatever_was_there(tmp_path_factory, several):
    site, target = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("target") / "deep"
    for number, tree in enumerate(several, 1):
        fill(site, tree, number * 10**9)
        mirror(site, target)
        assert held(target) == tree
        assert mirror(site, target) == 0
        assert all(any(path.iterdir()) for path in target.rglob("*") if path.is_dir())


def test_what_is_delivered_may_be_read_by_whoever_serves_it(site, tmp_path):
    before = os.umask(0o077)
    try:
        for path in site.rglob("*.html"):
            path.chmod(0o600)
        mirror(site, tmp_path / "target")
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "target").rglob("*")}
    assert modes == {0o644, 0o755}


def test_hidden_files_are_neither_sent_nor_removed(tmp_path):
    site, target = tmp_path / "site", tmp_path / "target"
    site.mkdir()
    target.mkdir()
    (site / ".portal-site").write_text("x")
    (site / "index.html").write_text("x")
    (target / ".well-kept").write_text("y")
    mirror(site, target)
    assert held(target) == {"index.html": b"x", ".well-kept": b"y"}


@pytest.fixture
def site(tmp_path):
    page = tmp_path / "site" / "notices" / "call"
    page.mkdir(parents=True)
    (page / "index.html").write_text("公告")
    (page / "公告.pdf").write_bytes(b"%PDF")
    return tmp_path / "site"


PAGES = ("notices/call/index.html", "notices/call/公告.pdf")


@pytest.fixture
def served(tmp_path):
    """A public site on a port of this machine."""
    (tmp_path / "public").mkdir()
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "public")
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path / "public", f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_a_public_page_is_fetched_and_compared(site, served, capfd):
    public, address = served
    delivery = Delivery(Way.FOLDER, str(public), address)
    with pytest.raises(RequestError, match="HTTP 404"):
        delivery.compare(site, PAGES)
    assert "改动2个文件" in delivery.deliver(site)
    assert delivery.compare(site, PAGES) == "2个文件与公开的一致"
    (public / PAGES[0]).write_text("旧的")
    with pytest.raises(RequestError, match="不一样"):
        delivery.compare(site, PAGES)


def test_a_thorough_delivery_believes_no_size_and_no_time(site, tmp_path):
    delivery = Delivery(Way.FOLDER, str(tmp_path / "target"))
    delivery.deliver(site)
    page = tmp_path / "target" / PAGES[0]
    times = page.stat()
    page.write_text("改的")
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "改动0个文件" in delivery.deliver(site)
    assert "改动1个文件" in delivery.deliver(site, thorough=True)
    assert delivery.compare(site, PAGES) == "2个文件与公开的一致"


def test_without_an_address_the_delivered_folder_is_compared(site, tmp_path):
    own = Delivery()
    assert str(site) in own.deliver(site)
    assert own.compare(site, PAGES) == "2个文件与公开的一致"
    carried = Delivery(Way.CARRIED, str(tmp_path / "stick"))
    assert "请带到" in carried.deliver(site)
    assert "没有核对" in carried.compare(site, PAGES)
    (tmp_path / "stick" / PAGES[1]).write_bytes(b"cut")
    with pytest.raises(RequestError, match="不一样"):
        carried.compare(site, PAGES)


@pytest.mark.parametrize(
    ("delivery", "said"),
    [
        (Delivery(Way.CARRIED), "PORTAL_DELIVERY_TARGET"),
        (Delivery(Way.RSYNC), "PORTAL_DELIVERY_TARGET"),
        (Delivery(Way.CARRIED, "/proc/nowhere"), "请接好后再试"),
        (Delivery(Way.RSYNC, "nobody@nowhere.invalid:/srv"), "rsync"),
    ],
)
def test_what_cannot_be_delivered_says_what_to_do(site, delivery, said):
    with pytest.raises(RequestError, match=said):
        delivery.deliver(site)


def test_an_address_that_is_none_is_refused(site):
    with pytest.raises(RequestError, match="PORTAL_PUBLIC_ADDRESS"):
        Delivery(address="file:///etc").compare(site, PAGES)
    with pytest.raises(RequestError, match="打不开"):
        Delivery(address="http://127.0.0.1:9").compare(site, PAGES)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(trees, trees), min_size=1, max_size=3))
def test_a_public_app_elsewhere_has_the_texts_as_they_are_here(tmp_path_factory, several):
    here, there = tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("public") / "srv"
    content, notices = here / "content", here / "notices"
    for number, (texts, lists) in enumerate(several, 1):
        lists |= {".ledger/ab12/notice.md": b"as it was", "ledger.jsonl": b"%d" % number}
        fill(content, texts, number * 10**9)
        fill(notices, lists | {"call/.notice.md.part": b"half"}, number * 10**9)
        assert TextsDelivery((str(there),)).deliver((content, notices)) == "文字已送到1处"
        assert held(there / "content") == texts
        assert held(there / "notices") == lists


def test_one_host_that_is_away_keeps_no_other_from_its_texts(tmp_path):
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "ledger.jsonl").write_text("{}")
    hosts = ("/proc/nowhere", str(tmp_path / "b"), "nobody@nowhere.invalid:/srv")
    with pytest.raises(RequestError, match=r"没有送到 /proc/nowhere：.*没有送到 nobody@nowhere"):
        TextsDelivery(hosts).deliver((tmp_path / "notices",))
    assert held(tmp_path / "b" / "notices") == {"ledger.jsonl": b"{}"}
    twice = (tmp_path / "notices", tmp_path / "more" / "notices")
    with pytest.raises(RequestError, match="重名"):
        TextsDelivery(hosts).deliver(twice)
    assert TextsDelivery().deliver(twice) == ""
