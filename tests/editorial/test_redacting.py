"""Redacting: a leaked number is gone from everything that the public sees, at once."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.content.followed import FollowedCatalogue
from portal.content.loader import load
from portal.domain.personal_numbers import plain_digits, spelled_otherwise
from portal.editorial import redacting
from portal.editorial.redacting import STRUCK, Redaction, hits, redact
from portal.editorial.revising import revise_in_place
from portal.errors import RequestError, Severity, Stage
from portal.ledger.ledger_lines import LEDGER_NAME, read_ledger
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.editorial.conftest import at
from tests.recording import record
from tests.sites import PINGDING

NUMBER = "13800138000"
LEAKED = PINGDING.replace("予以公示。", f"予以公示。联系人{NUMBER}。").replace(
    "平定县研究所", f"平定县研究所{NUMBER}"
)
WHEN = at("2021-12-08")
REASON = "误登手机号码"


@pytest.fixture
def tree(site_from):
    tree = site_from(LEAKED)
    record(tree.notices[0], copies=True)
    return tree


def folder(tree):
    return tree.notices[0] / "pingding-list"


def digests(tree):
    found = {}
    for line in read_ledger(tree.notices[0] / LEDGER_NAME):
        if line.slug == "pingding-list":
            found.setdefault(line.revision, set()).add(line.source)
    return found


def act(tree, leaked=NUMBER):
    return redact(folder(tree), digests(tree), leaked, REASON, WHEN)


def public(tree):
    return load(tree.content, tree.notices).as_of(WHEN).notice("pingding-list")


def everything(tree):
    paths = [p for p in tree.notices[0].rglob("*") if p.is_file() and p.name != LEDGER_NAME]
    return {str(p): p.read_bytes().decode("utf-8", "replace") for p in paths}


def test_the_number_is_out_of_page_list_and_copies_before_anybody_approved(tree):
    ledger = (tree.notices[0] / LEDGER_NAME).read_bytes()
    done = act(tree)
    assert done.revision == 2
    assert done.copies == 1
    assert not [path for path, text in everything(tree).items() if NUMBER in text]
    shown = public(tree)
    assert f"联系人{STRUCK}。" in shown.body
    assert [entry.employer for entry in shown.entries] == ["", f"平定县研究所{STRUCK}"]
    assert shown.revision == 1  # the next one waits for a second person
    assert shown.revisions[-1].redacted == REASON
    assert (tree.notices[0] / LEDGER_NAME).read_bytes() == ledger


def test_the_page_says_that_something_was_taken_out(tree):
    act(tree)
    app = create_app(
        lambda: load(tree.content, tree.notices), SiteOptions("https://portal.test"), lambda: WHEN
    )
    page = app.test_client().get("/notices/pingding-list/").text
    assert f"本版中的个人信息已删去：{REASON}" in page
    assert NUMBER not in page


def test_a_running_site_shows_it_no_more(tree, tmp_path):
    followed = FollowedCatalogue(
        tree.content, tree.notices, ticks=lambda: 0.0, failed=pytest.fail, kept=tmp_path / "kept"
    )
    assert NUMBER in str(followed().as_of(WHEN).notice("pingding-list"))
    act(tree)
    followed.refresh()
    assert NUMBER not in str(followed().as_of(WHEN).notice("pingding-list"))


def test_what_is_left_is_the_next_revision_and_stands_up_to_the_lint(tree):
    act(tree)
    assert not [i for i in tree.lint(Stage.PUBLISH, now=WHEN) if i.severity is Severity.ERROR]
    record(tree.notices[0], "pingding-list", at=WHEN, copies=True)
    shown = public(tree)
    assert (shown.revision, shown.revisions[-1].note) == (2, f"删去误登的个人信息：{REASON}")
    assert shown.earlier(1)[0].redacted == REASON
    assert NUMBER not in str(shown)


def test_called_again_it_finds_nothing_and_changes_nothing(tree):
    act(tree)
    before = everything(tree)
    assert act(tree).nothing
    assert everything(tree) == before


def test_a_number_that_stands_in_an_earlier_text_only_asks_for_no_new_one(tree):
    for path in (folder(tree) / "notice.md", folder(tree) / "list.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace(NUMBER, ""), encoding="utf-8")
    present = tree.catalogue().notice("pingding-list").digest
    revise_in_place(folder(tree), 1, digests(tree)[1], present, note="删去号码", at=WHEN)
    record(tree.notices[0], "pingding-list", at=WHEN, copies=True)
    text = (folder(tree) / "notice.md").read_bytes()
    done = act(tree)
    assert done == Redaction(0, ("revisions/1/notice.md", "revisions/1/list.csv"), (), 1)
    assert (folder(tree) / "notice.md").read_bytes() == text
    assert public(tree).earlier(1)[0].redacted == REASON


def test_an_overwritten_original_is_cleaned_too(tree):
    text = folder(tree) / "notice.md"
    text.write_text(text.read_text(encoding="utf-8").replace(NUMBER, "2880836"), encoding="utf-8")
    done = act(tree)
    assert done.revision == 2
    assert not [path for path, text in everything(tree).items() if NUMBER in text]
    assert "联系人2880836" in text.read_text(encoding="utf-8")
    assert STRUCK in public(tree).body


def test_an_attachment_that_holds_it_is_taken_away_whole(site_from):
    tree = site_from(LEAKED)
    (folder(tree) / "files").mkdir()
    (folder(tree) / "files" / "附件.txt").write_text("电话 138-0013-8000", encoding="utf-8")
    (folder(tree) / "files" / "别的.txt").write_text("无", encoding="utf-8")
    record(tree.notices[0], copies=True)
    done = act(tree)
    assert done.files == ("附件.txt", "revisions/1/附件.txt")
    assert [file.name for file in public(tree).attachments] == ["别的.txt"]


def test_stopped_before_the_copies_it_is_completed_by_calling_it_again(tree, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(redacting, "_remove_copies", killed)
    with pytest.raises(KeyboardInterrupt):
        act(tree)
    monkeypatch.undo()
    assert NUMBER not in str(public(tree))
    assert act(tree).copies == 1
    assert not [path for path, text in everything(tree).items() if NUMBER in text]


@pytest.mark.parametrize("stop", [".new-pingding-list", "pingding-list", ".old-pingding-list"])
def test_stopped_between_two_folders_it_is_completed_by_calling_it_again(tree, monkeypatch, stop):
    def stopped(does):
        def unless(path, *rest, **options):
            if Path(path).name == stop and Path(path).exists():
                raise KeyboardInterrupt
            return does(path, *rest, **options)

        return unless

    monkeypatch.setattr(Path, "rename", stopped(Path.rename))
    monkeypatch.setattr(shutil, "rmtree", stopped(shutil.rmtree))
    with pytest.raises(KeyboardInterrupt):
        act(tree)
    monkeypatch.undo()
    act(tree)
    assert not [path for path, text in everything(tree).items() if NUMBER in text]
    assert public(tree).body.count(STRUCK) == 1


@pytest.mark.parametrize(
    ("leaked", "reason"), [("138", REASON), (" ", REASON), (NUMBER, " "), (NUMBER, f"删{NUMBER}")]
)
def test_what_cannot_be_done_leaves_everything_as_it_was(tree, leaked, reason):
    before = everything(tree)
    with pytest.raises(RequestError):
        redact(folder(tree), digests(tree), leaked, reason, WHEN)
    assert everything(tree) == before


def test_a_text_that_nobody_recorded_is_just_cleaned(site_from):
    tree = site_from(LEAKED)
    done = redact(folder(tree), {}, NUMBER, REASON, WHEN)
    assert done.revision == 0
    assert not (folder(tree) / "revisions").exists()
    assert NUMBER not in (folder(tree) / "notice.md").read_text(encoding="utf-8")


GAPS = st.lists(st.sampled_from(["", "", " ", "-", "\u200b", "*", "\\_"]), min_size=10, max_size=10)


@given(GAPS, st.booleans())
def test_no_way_of_writing_it_hides_it(gaps, wide):
    written = "".join(a + b for a, b in zip(NUMBER, [*gaps, ""], strict=True))
    text = written.translate({ord(d): chr(ord(d) + 0xFEE0) for d in "0123456789"} if wide else {})
    assert spelled_otherwise(NUMBER).search(plain_digits(f"电话{text}。"))


def test_what_is_shown_before_holds_nothing_of_it_not_even_in_a_file_s_name(tree):
    files = folder(tree) / "files"
    files.mkdir(exist_ok=True)
    (files / f"电话{NUMBER}.txt").write_text("甲", encoding="utf-8")
    shown = hits(folder(tree), NUMBER)
    assert {"notice.md", "list.csv", "files/电话●●●●●●●●●●●.txt"} <= {hit.place for hit in shown}
    assert not any(NUMBER in hit.place + hit.shown for hit in shown)
