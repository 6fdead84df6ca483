"""The site in a bucket: whole or as it was, only what changed sent, old versions gone."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from portal.config.publishing_settings import PublishingSettings
from portal.domain.served import served_as
from portal.editorial.bucket_site import CURRENT, LISTS, VERSIONS, BucketSite
from portal.editorial.delivery import Delivery, Way
from portal.errors import RequestError, UnreachableError
from portal.sealed.object_store import ObjectStore
from tests.editorial.test_delivery import fill

names = st.sampled_from(
    ["index.html", "a/index.html", "a/公 告+%.pdf", "c.txt", "d/e/f.json", "static/x.0123456789.js"]
)
trees = st.dictionaries(names, st.binary(max_size=4), max_size=6)


@pytest.fixture
def bucket(store_server):
    return BucketSite(store_server.store(f"site-{secrets.token_hex(4)}"))


def public(bucket):
    """What a server in front of the bucket would hand out now."""
    version = bucket.pointer().version
    listed = bucket.store.listed(f"{VERSIONS}/{version}")
    paths = [name.removeprefix(f"{VERSIONS}/{version}/") for name in listed]
    return {path: bucket.read(path) for path in paths}


def versions(bucket):
    lists = {name.removesuffix(".json") for name in bucket.store.names(LISTS)}
    # By their files: SeaweedFS lists a folder for a while after its last file went.
    return lists, {name.split("/")[1] for name in bucket.store.listed(VERSIONS)}


@settings(deadline=None, max_examples=4, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(several=st.lists(trees.filter(bool), min_size=1, max_size=5))
def test_what_is_public_is_what_was_built_and_only_changes_are_sent(
    tmp_path_factory, store_server, several
):
    bucket = BucketSite(store_server.store(f"site-{secrets.token_hex(4)}"))
    site, former = tmp_path_factory.mktemp("site"), {}
    for number, tree in enumerate(several, 1):
        fill(site, tree, number * 10**9)
        told = bucket.deliver(site)
        assert public(bucket) == tree
        known = {(data, *served_as(path).values()) for path, data in former.items()}
        assert told.sent == sum(
            (data, *served_as(path).values()) not in known for path, data in tree.items()
        )
        assert "没有改动" in str(bucket.deliver(site))
        former = tree
        lists, folders = versions(bucket)
        assert lists == folders == {bucket.pointer().version, *bucket.pointer().before}
        assert len(lists) <= 3


def test_every_file_has_its_type_and_how_long_it_is_kept(bucket, tmp_path):
    fill(tmp_path, {"index.html": b"1", "notices/a/files/b.pdf": b"%PDF"}, 1)
    bucket.deliver(tmp_path)
    fill(tmp_path, {"index.html": b"2", "notices/a/files/b.pdf": b"%PDF"}, 2)
    bucket.deliver(tmp_path)  # the second is a copy of the first
    from obstore import get

    version = bucket.pointer().version
    for path in ("index.html", "notices/a/files/b.pdf"):
        told = get(bucket.store._store, f"{VERSIONS}/{version}/{path}").attributes
        assert {name: told[name] for name in served_as(path)} == served_as(path)
        assert "Content-Encoding" not in told


KILLED = """
import os, signal, sys
from pathlib import Path
from portal.editorial.bucket_site import BucketSite
from portal.sealed.object_store import ObjectStore
left = int(sys.argv[1])
def counted(name, real):
    def call(*args, **kwargs):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call
for name in ("put", "copy", "swap", "remove", "remove_all"):
    setattr(ObjectStore, name, counted(name, getattr(ObjectStore, name)))
BucketSite(ObjectStore(*sys.argv[2:5])).deliver(Path(sys.argv[5]))
"""


def test_a_delivery_killed_anywhere_leaves_one_whole_site(bucket, tmp_path):
    """Killed before its n-th request that changes something, for every n until it is through."""
    store, former = bucket.store, {f"{n}.html": bytes([n]) for n in range(4)}
    fill(tmp_path, former, 1)
    bucket.deliver(tmp_path)
    for n in range(4, 60, 3):
        new = {f"{n}.html": bytes([n]), "index.html": bytes([n]), "1.html": b"1"}
        fill(tmp_path, new, n * 10**9)
        args = [str(n - 4), store.bucket, store.prefix, store.endpoint, tmp_path]
        done = subprocess.run([sys.executable, "-c", KILLED, *args], check=False)
        assert done.returncode in {0, -signal.SIGKILL}
        assert public(bucket) in (former, new)
        if done.returncode == 0:
            break
        former = public(bucket)
    else:
        pytest.fail("never through")
    assert public(bucket) == new
    lists, folders = versions(bucket)
    assert lists == folders
    assert len(folders) <= 3


def test_of_two_at_once_one_is_told_that_it_lost(bucket, tmp_path, monkeypatch):
    fill(tmp_path, {"index.html": b"0"}, 1)
    bucket.deliver(tmp_path)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        fill(folder, {"index.html": folder.name.encode()}, 1)
    real = BucketSite._fill

    def meanwhile(self, *args):
        sent = real(self, *args)
        monkeypatch.setattr(BucketSite, "_fill", real)
        bucket.deliver(second)
        return sent

    monkeypatch.setattr(BucketSite, "_fill", meanwhile)
    with pytest.raises(RequestError, match="另一次送出先换上了"):
        bucket.deliver(first)
    assert public(bucket) == {"index.html": b"second"}
    lists, folders = versions(bucket)
    assert lists == folders == {bucket.pointer().version, *bucket.pointer().before}


def test_a_pointer_that_is_not_ours_is_left_alone(bucket, tmp_path):
    fill(tmp_path, {"index.html": b"0"}, 1)
    newer = json.dumps({"format": "portal-site-pointer/2"}).encode()
    for data in (b"", b"[]", b"{}", newer, b"[" * 60_000, b" " * 100_000):
        bucket.store.put(CURRENT, data, replace=True)
        with pytest.raises(RequestError, match="PORTAL_DELIVERY_TARGET"):
            bucket.deliver(tmp_path)
        assert bucket.store.read(CURRENT, 100_000) == data


def test_what_went_from_the_bucket_is_sent_again(bucket, tmp_path):
    fill(tmp_path, {"index.html": b"0", "a.html": b"1"}, 1)
    bucket.deliver(tmp_path)
    bucket.store.remove(f"{VERSIONS}/{bucket.pointer().version}/a.html")
    assert bucket.deliver(tmp_path).sent == 1
    bucket.store.put(f"{LISTS}/{bucket.pointer().version}.json", b"cut", replace=True)
    assert bucket.deliver(tmp_path).sent == 2


ALTERED = {
    "with other headers": {"index.html": b"0"},
    "as long": {"a.html": b"X"},
    "two of them": {"a.html": b"longer", "b/index.html": b"Y"},
    "beside what was sent": {"phishing.html": b"!"},
    "nothing": {},
}


@pytest.mark.parametrize("ordinary", [True, False], ids=["tags", "tags of no meaning"])
def test_what_was_altered_in_the_bucket_is_sent_again_and_nothing_else(
    bucket, tmp_path, monkeypatch, ordinary
):
    if not ordinary:  # as of a store that encrypts: what a tag says of the bytes is nothing
        monkeypatch.setattr("portal.editorial.bucket_site.md5_of", lambda _place: "")
    site = {"index.html": b"0", "a.html": b"1", "b/index.html": b"2", "c.css": b"3"}
    fill(tmp_path, site, 1)
    bucket.deliver(tmp_path)
    time.sleep(1.1)  # the store tells times in seconds
    for altered in ALTERED.values():
        folder = f"{VERSIONS}/{bucket.pointer().version}"
        for path, data in altered.items():
            bucket.store.put(f"{folder}/{path}", data, replace=True)
        told = bucket.deliver(tmp_path)
        assert (told.sent, told.astray) == (len(altered.keys() & site), len(altered))
        assert ("查清谁能写" in str(told)) is bool(altered)
        assert public(bucket) == site
        assert "没有改动" in str(bucket.deliver(tmp_path))


def test_a_thorough_delivery_finds_what_the_stores_list_hides(bucket, tmp_path):
    fill(tmp_path, {"index.html": b"0", "a.html": b"1"}, 1)
    bucket.deliver(tmp_path)
    version = bucket.pointer().version
    name, listed = f"{VERSIONS}/{version}/a.html", f"{LISTS}/{version}.json"
    for headers in ({}, dict(served_as("a.html"))):
        data = b"1" if not headers else b"X"
        bucket.store.put(name, data, replace=True, headers=headers)
        known = json.loads(bucket.store.read(listed, 100_000))
        known["files"]["a.html"][3:] = bucket.store.listed(name.rpartition("/")[0])[name][1:]
        bucket.store.put(listed, json.dumps(known).encode(), replace=True)
        assert "没有改动" in str(bucket.deliver(tmp_path))
        told = bucket.deliver(tmp_path, thorough=True)
        assert (told.sent, told.astray) == (1, 1)
        assert "没有改动" in str(bucket.deliver(tmp_path, thorough=True))
        version = bucket.pointer().version
        name, listed = f"{VERSIONS}/{version}/a.html", f"{LISTS}/{version}.json"


def test_a_pointer_whose_metadata_name_another_version_is_written_again(bucket, tmp_path):
    fill(tmp_path, {"index.html": b"0"}, 1)
    bucket.deliver(tmp_path)
    former = bucket.pointer().version
    fill(tmp_path, {"index.html": b"1"}, 2)
    bucket.deliver(tmp_path)
    data = bucket.store.read(CURRENT, 100_000)
    bucket.store.put(CURRENT, data, replace=True, headers={"version": former})
    with pytest.raises(RequestError, match=r"指针被改过.*portal publications --deliver"):
        Delivery(Way.BUCKET, store=bucket.store).ready()
    assert "已换上" in str(bucket.deliver(tmp_path))
    assert bucket.pointer().served == bucket.pointer().version != former


def test_a_version_that_is_altered_while_it_is_sent_is_not_made_public(
    bucket, tmp_path, monkeypatch
):
    fill(tmp_path, {"index.html": b"0"}, 1)
    bucket.deliver(tmp_path)
    fill(tmp_path, {"index.html": b"1"}, 2)
    real = ObjectStore.listed

    def meanwhile(store, folder):
        if bucket.pointer().version not in folder:
            store.put(f"{folder.rstrip('/')}/index.html", b"X", replace=True)
        return real(store, folder)

    monkeypatch.setattr(ObjectStore, "listed", meanwhile)
    with pytest.raises(RequestError, match=r"index\.html 不是刚送出的"):
        bucket.deliver(tmp_path)
    monkeypatch.undo()
    assert public(bucket) == {"index.html": b"0"}


def test_the_settings_lead_to_the_bucket(bucket, tmp_path, monkeypatch):
    store = bucket.store
    for name, value in {
        "PORTAL_DELIVERY": "bucket",
        "PORTAL_DELIVERY_TARGET": f"s3://{store.bucket}/{store.prefix}",
        "PORTAL_DELIVERY_ENDPOINT": store.endpoint,
        "PORTAL_PUBLIC_ADDRESS": "",
    }.items():
        monkeypatch.setitem(os.environ, name, value)
    fill(tmp_path, {"index.html": b"0"}, 1)
    delivery = PublishingSettings().delivery
    assert "还没有送出过" in delivery.ready()
    with pytest.raises(RequestError, match=r"没有公开的 index\.html"):
        delivery.compare(tmp_path, ["index.html"])
    assert delivery.public("index.html") is None
    assert "送出1个文件" in delivery.deliver(tmp_path)
    assert delivery.public("index.html") == b"0"
    assert delivery.compare(tmp_path, ["index.html"]) == "1个文件与公开的一致"
    assert "公开的是" in delivery.ready()
    monkeypatch.setitem(os.environ, "PORTAL_DELIVERY_TARGET", "bucket/prefix")
    with pytest.raises(RequestError, match="PORTAL_DELIVERY_TARGET 应为 s3://"):
        PublishingSettings()


def test_a_store_that_is_away_is_told(tmp_path):
    away = BucketSite(ObjectStore("site", "x", "http://127.0.0.1:9", holds="网站"))
    with pytest.raises(UnreachableError, match="存放网站的对象存储现在连不上"):
        away.deliver(tmp_path)
