"""The loader: what it builds from files, and that no file can break it."""

import hashlib
import os
import shutil
import subprocess
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.content.content_files import ContentFile
from portal.content.loader import read
from portal.content.notice.basis import Basis
from portal.content.notice.notice_reader import read_notice
from portal.domain.workdays import SHANGHAI, WorkCalendar
from portal.errors import ContentError, Severity
from tests.lint import faulty
from tests.sites import PINGDING, YUXIAN
from tests.thirdaward import COUNTY_PUBLICITY, EDITIONS, EXPERT, ORGANIZATION

CALENDAR = WorkCalendar(frozenset({2021}))


def test_a_notice_is_built_from_its_folder(site_from):
    catalogue = site_from(faulty.notice("a", number="阳质强办〔2021〕3号")).catalogue()
    (notice,) = catalogue.notices
    assert notice.kind == COUNTY_PUBLICITY
    assert notice.published == datetime(2021, 12, 6, 8, 30, tzinfo=SHANGHAI)
    assert (notice.window.opens, notice.window.closes) == (date(2021, 12, 6), date(2021, 12, 10))
    assert [e.name for e in notice.entries] == ["平定县甲制造有限公司", "赵六"]
    assert [e.category for e in notice.entries] == [ORGANIZATION, EXPERT]
    assert notice.body.strip() == faulty.BODY
    assert not notice.demonstration


def test_notices_run_from_newest_to_oldest(site_from):
    newer = faulty.call("zzz", published="2021-12-05T08:00:00Z")
    older = faulty.call("aaa", published="2021-12-05T08:00:00+08:00")
    assert [n.slug for n in site_from(older + newer).catalogue().notices] == ["zzz", "aaa"]


def test_equal_windows_are_one_object(site_from):
    one, other = site_from(PINGDING + YUXIAN).catalogue().notices
    assert one.window is other.window


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(site_from):
    tree = site_from(PINGDING)
    before = tree.catalogue().notices[0]
    for path in (tree.root / "notices" / "pingding-list").iterdir():
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    after = tree.catalogue().notices[0]
    assert (after.body, after.entries) == (before.body, before.entries)
    assert tree.faults() == []


def test_revisions_run_from_the_first_text_to_the_current_one(site_from):
    earlier = faulty.notice(title="平定县原来的标题", folder="revisions/1/", rows=faulty.rows())
    notice = site_from(faulty.notice(**faulty.SECOND) + earlier).catalogue().notices[0]
    assert [r.number for r in notice.revisions] == [1, 2]
    assert [r.title for r in notice.revisions] == ["平定县原来的标题", faulty.HEADER["title"]]
    assert [len(r.entries) for r in notice.revisions] == [0, 2]
    assert notice.updated > notice.published


def test_a_demonstration_edition_marks_its_notices(site_from, tmp_path):
    tree = site_from(PINGDING)
    path = tmp_path / "content" / "awards" / "third.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text("demonstration = true\n" + text, encoding="utf-8")
    assert all(notice.demonstration for notice in tree.catalogue().notices)


def test_the_digest_is_what_common_tools_compute(site_from):
    tree = site_from(PINGDING + "-- notices/pingding-list/files/乙.txt --\n二\n")
    tree.write("-- notices/pingding-list/files/b.txt --\n一\n")
    script = "sha256sum notice.md list.csv files/* | sha256sum"
    folder = tree.root / "notices" / "pingding-list"
    env = os.environ | {"LC_ALL": "C"}
    printed = subprocess.run(
        ["sh", "-c", script], cwd=folder, env=env, check=True, capture_output=True, text=True
    ).stdout
    notice = tree.catalogue().notices[0]
    assert notice.digest == printed.split()[0]
    one = notice.attachments[0]
    assert one.sha256 == hashlib.sha256((folder / "files" / one.name).read_bytes()).hexdigest()


def test_all_faults_are_told_at_once_and_nothing_is_loaded(site_from):
    tree = site_from(faulty.notice("a", kind="x") + faulty.notice("b", edition="y"))
    tree.write("-- content/faq.yml --\n- slug: A B\n")
    with pytest.raises(ContentError) as caught:
        tree.catalogue()
    names = {issue.path.rpartition("/")[0].rpartition("/")[2] for issue in caught.value.issues}
    assert names == {"a", "b", "content"}


def test_another_base_url_for_a_trial(site_from):
    assert site_from().catalogue("http://127.0.0.1:8000/").site.base_url == "http://127.0.0.1:8000"


def test_further_content_folders_add_editions_and_years(site_from, tmp_path):
    tree = site_from(PINGDING)
    more = tmp_path / "more"
    (more / "awards").mkdir(parents=True)
    text = (tree.content[0] / "awards" / "third.toml").read_text(encoding="utf-8")
    (more / "awards" / "fourth.toml").write_text(text, encoding="utf-8")
    (more / "calendar.yaml").write_text("years: {2031: {source: 测试}}\n", encoding="utf-8")
    found = read([*tree.content, more], tree.notices)
    assert set(found.editions) == {"third", "fourth"}
    assert 2031 in found.calendar.years
    assert found.issues == ()


def test_a_folder_in_the_place_of_a_file_is_told(site_from):
    tree = site_from()
    (tree.root / "notices" / "a" / "notice.md").mkdir(parents=True)
    (tree.root / "notices" / "a" / "list.csv").mkdir()
    found = [(i.path.rpartition("/")[2], i.code) for i in read(tree.content, tree.notices).issues]
    assert found == [("notice.md", "F001"), ("list.csv", "F001")]


def test_stroke_order_is_the_order_of_publication(site_from):
    rows = faulty.rows("组织,丙厂,,,", "专家学者,魏一,,,甲所", "专家学者,丁二,,,甲所")
    (notice,) = site_from(faulty.notice(rows=rows, order="stroke")).catalogue().notices
    assert [(e.name, e.line) for e in notice.entries] == [("丙厂", 2), ("丁二", 4), ("魏一", 3)]


FOLDER = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HEADER = "".join(f"{key}: {value}\n" for key, value in faulty.HEADER.items())
PIECES = st.sampled_from(
    ["---\n", HEADER, "title: ", "kind: decision\n", "window: ", "[", "{", "}", ": ", "\n", "&a ",
     "*a", "- ", "!!binary ", "<<: ", "=", "2021-13-45", "9999-12-31T23:59:59-14:00", "'", '"',
     "revision: 2\n", "extensions", "0x", "1e999", "\t", "\r", "\0", "名", "# ", "? "]
)  # fmt: skip
HEADERS = st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join)
CELLS = st.lists(
    st.sampled_from(["类别", "名称", "组织", ",", "\n", '"', "\r\n", "\0"]) | st.text(max_size=3),
    max_size=14,
).map("".join)


@FOLDER
@given(
    text=st.binary(max_size=60)
    | HEADERS.map(lambda t: f"---\n{t}\n---\n正文".encode("utf-8", "replace"))
    | HEADERS.map(lambda t: f"---\n{HEADER}{t}\n---\n正文".encode("utf-8", "replace")),
    rows=st.none() | st.binary(max_size=40) | CELLS.map(lambda t: t.encode("utf-8", "replace")),
)
def test_any_bytes_give_a_notice_or_issues_with_a_place(tmp_path, text, rows):
    folder = tmp_path / "any-notice"
    folder.mkdir(exist_ok=True)
    (folder / "notice.md").write_bytes(text)
    (folder / "list.csv").unlink(missing_ok=True)
    if rows is not None:
        (folder / "list.csv").write_bytes(rows)
    source = read_notice(folder, Basis(CALENDAR, EDITIONS))
    errors = [issue for issue in source.issues if issue.severity is Severity.ERROR]
    assert (source.notice is None) == bool(errors)
    for issue in source.issues:
        path = tmp_path / "any-notice" / issue.path.rpartition("/")[2]
        lines = path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 2
        assert 1 <= issue.line <= lines
        assert issue.column >= 1
        assert issue.message


@FOLDER
@given(st.binary(max_size=80) | HEADERS.map(lambda t: t.encode("utf-8", "replace")))
@pytest.mark.parametrize(
    "name", ["site.toml", "awards/third.toml", "faq.yml", "calendar.yaml", "guide/02-scope.md"]
)
def test_any_bytes_in_content_give_issues(site_from, name, data):
    tree = site_from()
    (tree.content[0] / name).write_bytes(data)
    found = read(tree.content, tree.notices)
    assert found.site is not None or found.issues


def test_notices_are_read_alike_whatever_stands_in_the_files_that_do_not_shape_them(site_from):
    """So that a publication of such a file need not read every notice once more."""
    tree = site_from(PINGDING)
    shutil.copytree("content", tree.root / "content", dirs_exist_ok=True, ignore=_shaping)
    before = read(tree.content, tree.notices).sources
    for path in tree.content[0].rglob("*"):
        name = path.relative_to(tree.content[0]).as_posix()
        if path.is_file() and not _shapes(name):
            path.write_text("甲", encoding="utf-8")
    assert read(tree.content, tree.notices).sources == before
    assert before


def _shapes(name):
    return name == "calendar.yaml" or ContentFile("", name, "", "").shapes_notices


def _shaping(folder, names):
    return [name for name in names if name in {"site.toml", "awards", "calendar.yaml", "fonts"}]
