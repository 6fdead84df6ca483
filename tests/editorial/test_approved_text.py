"""What is approved: names change nothing of it, every other byte does."""

import hashlib
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.content.files.fault_collector import Faults
from portal.content.notice.notice_folder import read_folder
from portal.content.notice.notice_writer import write_text
from portal.editorial.approved_text import Names, digest_with, seen_digest, text_with_names

name = st.text("甲乙丙丁赵钱孙李·: #'\"", min_size=1, max_size=8)
names = st.builds(Names, name, name, name)
word = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12)
value = st.one_of(st.integers(), word, st.lists(word, max_size=3))
header = st.dictionaries(
    st.sampled_from(["title", "kind", "tags", "note", "zzz"]), value, max_size=5
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("draft")
    (made / "files").mkdir()
    (made / "files" / "附件.txt").write_bytes(b"1")
    (made / "list.csv").write_bytes("类别,名称\r\n组织,甲\r\n".encode())
    return made


def put(folder, text):
    (folder / "notice.md").write_bytes(text.encode())
    return seen_digest(folder)


@settings(deadline=None)
@given(header, st.text(max_size=30), st.tuples(names, names), st.booleans())
def test_names_change_nothing_and_follow_from_the_rest_alone(folder, values, body, both, flow):
    one, two = both
    text = write_text({"title": "甲", **values, "review": one.header()}, body)
    if flow:  # a header that cannot be changed key by key
        text = "---\n{title: 甲, review: {drafted: 甲}}\n---\n" + body
    seen = put(folder, text)
    first = text_with_names(folder, two)
    assert put(folder, first) == seen
    assert text_with_names(folder, two) == first
    assert put(folder, text_with_names(folder, one)) == seen
    assert text_with_names(folder, two) == first


@settings(deadline=None)
@given(names)
def test_what_the_signer_is_shown_is_what_the_ledger_will_find(folder, three):
    put(folder, "---\ntitle: 甲\n---\n正文\n")
    text = text_with_names(folder, three)
    digest = digest_with(folder, text)
    put(folder, text)
    found = read_folder(folder, Faults("t"), Faults("l"))
    assert found.digest(found.attachments) == digest
    assert found.matter.values["review"] == three.header()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("notice.md", "---\ntitle: 乙\n---\n正文\n"),
        ("notice.md", "---\ntitle: 甲\n---\n正文。\n"),
        ("notice.md", "没有信息头"),
        ("list.csv", "类别,名称\r\n组织,乙\r\n"),
        ("files/附件.txt", "2"),
        ("files/另一个.txt", ""),
        ("revisions/1/notice.md", "---\ntitle: 甲\n---\n"),
        ("revisions/2/notice.md", "---\ntitle: 甲\nreview: {drafted: 别人}\n---\n"),
    ],
)
def test_any_other_byte_changes_it(tmp_path, path, data):
    draft = tmp_path / "draft"
    (draft / "files").mkdir(parents=True)
    for place in ("revisions/1", "revisions/2"):
        (draft / place).mkdir(parents=True)
        (draft / place / "notice.md").write_text("---\ntitle: 甲\nreview: {drafted: 丁}\n---\n前\n")
    (draft / "files" / "附件.txt").write_bytes(b"1")
    (draft / "list.csv").write_bytes("类别,名称\r\n组织,甲\r\n".encode())
    before = put(draft, "---\ntitle: 甲\n---\n正文\n")
    (draft / path).write_text(data)
    assert seen_digest(draft) != before


def test_a_link_or_a_name_that_moves_changes_it_and_a_file_half_saved_does_not(tmp_path):
    draft = tmp_path / "draft"
    (draft / "files").mkdir(parents=True)
    before = put(draft, "---\ntitle: 甲\n---\n")
    (draft / "files" / "a").symlink_to("/etc/passwd")
    linked = seen_digest(draft)
    (draft / "files" / "a").unlink()
    (draft / "files" / "a").write_bytes(b"")
    real = seen_digest(draft)
    (draft / "files" / "a").rename(draft / "files" / "b")
    assert len({before, linked, real, seen_digest(draft)}) == 4
    shutil.rmtree(draft / "files")
    (draft / ".notice.md.new").write_bytes(b"half")
    assert seen_digest(draft) == before


def test_the_sum_is_that_of_sha256sum_lines(tmp_path):
    text = b"---\ntitle: \xe7\x94\xb2\n---\n"
    (tmp_path / "notice.md").write_bytes(text)
    line = f"{hashlib.sha256(text).hexdigest()}  notice.md\n"
    assert seen_digest(tmp_path) == hashlib.sha256(line.encode()).hexdigest()
