"""Publication: from a sign-off to the public page, whole or not at all, whatever kills it."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.casework.models import DraftAct
from portal.content.loader import load
from portal.editorial.later_acts import revise
from portal.editorial.placing import text_digest
from portal.editorial.texts_delivery import TextsDelivery
from portal.editorial.under_way import publications, tell_lapses, tell_late, work_due
from portal.errors import BuildError
from portal.ledger.chain import check_chain
from tests.editing import AT, CALL, OFFICERS, press

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(site_from, sqlite_register):
    tree = site_from().record()
    return press(tree, sqlite_register)


def whole(desk, slug):
    """Ledger, notices, page and register agree about a notice that was published."""
    ledger = (desk.tree.notices[0] / "ledger.jsonl").read_text().splitlines()
    assert check_chain(ledger).whole
    line = desk.lines(slug)[-1]
    folder = desk.tree.notices[0] / slug
    assert text_digest(folder) == line.source
    assert line.source in desk.public(slug)
    standing = desk.editing.reviews.standing(slug, desk.clock.now)
    assert standing.state.value == "published"
    (signed,) = [act for act in standing.history if act.digest == line.source]
    assert (signed.act, signed.username) == ("sign-off", "signer")
    assert not (desk.job.reviews.drafts.folder(slug)).exists()
    assert not list(desk.tree.notices[0].glob(".new-*"))
    assert not list(desk.tree.notices[0].glob(".old-*"))


def test_what_was_signed_off_is_public_and_each_step_is_in_the_journal(desk):
    desk.create("call")
    assert desk.publish("call") == []
    whole(desk, "call")
    steps = [
        "take",
        "lint",
        "place",
        "enter",
        "build",
        "sign",
        "deliver",
        "compare",
        "notify",
        "close",
    ]
    expected = [f"{step} {state}" for step in steps for state in ("begun", "done")]
    assert desk.events("call") == ["take begun", *expected]
    assert "approved: 签丙" in (desk.tree.notices[0] / "call" / "notice.md").read_text()
    assert desk.run() == []
    assert len(desk.lines("call")) == 1


def test_public_apps_elsewhere_have_the_text_before_the_site_shows_it(desk, tmp_path):
    away = tmp_path / "away"
    host = replace(desk, job=replace(desk.job, texts=TextsDelivery((str(away / "srv"),))))
    away.write_text("no folder: this host is not there yet")
    host.create("call")
    (trouble,) = host.publish("call")
    assert f"文字没有送到 {away / 'srv'}" in trouble
    assert host.progress("call") != "published"
    assert host.events("call")[-1] == "deliver failed"
    away.unlink()
    away.mkdir()
    desk.clock.now += HOUR
    assert host.run() == []
    texts = [away / "srv" / folder.name for folder in (*desk.tree.content, *desk.tree.notices)]
    assert load(texts[:1], texts[1:]).notice("call") is not None
    assert host.progress("call") == "published"


def test_nothing_is_public_before_its_time_and_all_of_it_then(desk):
    desk.create("call", published=AT + HOUR)
    assert desk.publish("call") == []
    assert (desk.progress("call"), desk.public("call"), desk.lines("call")) == ("scheduled", "", [])
    assert not work_due(desk.editing.reviews, desk.job.root, desk.clock.now)
    desk.clock.now = AT + HOUR
    assert work_due(desk.editing.reviews, desk.job.root, desk.clock.now)
    desk.run()
    whole(desk, "call")


def test_a_scheduled_text_that_was_changed_or_recalled_does_not_go_up(desk):
    for slug in ("changed", "recalled"):
        desk.create(slug, published=AT + HOUR)
        desk.publish(slug)
    path = desk.editing.reviews.drafts.folder("changed") / "notice.md"
    path.write_text(path.read_text() + "一句。\n")
    desk.editing.reviews.recall(OFFICERS["signer"], "recalled", "等一等", desk.clock.now)
    desk.clock.now = AT + 2 * HOUR
    assert desk.run() == []
    assert desk.public("changed") == desk.public("recalled") == ""
    assert desk.lines("changed") == desk.lines("recalled") == []


@pytest.fixture
def closed():
    """As the desk's unit has it."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("closed")
def test_a_revision_keeps_the_earlier_text_and_its_line(desk):
    notices = desk.tree.notices[0]
    notices.chmod(0o755)
    desk.create("call", "初稿。\n")
    desk.publish("call")
    desk.clock.now = AT + HOUR
    drafts, published = desk.editing.reviews.drafts, desk.tree.notices[0] / "call"
    first = (published / "notice.md").read_bytes()
    draft = revise(drafts, published, "改正一处", desk.clock.now)
    drafts.save("call", draft.digest, draft.values, "二稿。\n")
    desk.publish("call")
    whole(desk, "call")
    # The public app reads them, as another user where both sides are one machine.
    for path in (
        published,
        *published.rglob("*"),
        *(notices / ".ledger").rglob("*"),
    ):
        wanted = 0o755 if path.is_dir() else 0o644
        assert path.stat().st_mode & 0o777 == wanted, path
    assert (notices / ".ledger").stat().st_mode & 0o777 == 0o755
    assert (published / "revisions" / "1" / "notice.md").read_bytes() == first
    assert [line.revision for line in desk.lines("call")] == [1, 2]
    assert "二稿" in desk.public("call")


def test_what_the_publish_stage_refuses_is_given_back_with_the_places(desk):
    desk.create("call", "王某，身份证号 140302199001011237。\n")
    (trouble,) = desk.publish("call")
    assert "notice.md第" in trouble
    assert "重新送审" in trouble
    standing = desk.editing.reviews.standing("call", desk.clock.now)
    assert standing.state.value == "returned"
    assert "处错误" in standing.returned.reason
    assert (desk.progress("call"), desk.lines("call"), desk.builds) == ("given-back", [], [])
    assert not (desk.tree.notices[0] / "call").exists()
    assert desk.run() == []
    desk.editing.edit("call", "改好了。\n", at=desk.clock.now)
    assert desk.publish("call") == []
    assert "改好了" in desk.public("call")


def test_an_edit_in_the_tree_that_nobody_recorded_is_not_overwritten(desk):
    desk.create("call")
    place = desk.tree.notices[0] / "call"
    place.mkdir()
    (place / "notice.md").write_text("别人正在写的")
    (trouble,) = desk.publish("call")
    assert "没有登记的改动" in trouble
    assert (place / "notice.md").read_text() == "别人正在写的"


def test_without_the_key_everything_waits_and_says_for_whom(desk):
    desk.create("call")
    desk.editing.all_three("call", desk.clock())
    (trouble,) = replace(desk.job, key=None).run()
    assert "解锁" in trouble
    assert (desk.progress("call"), desk.lines("call")) == ("failed", [])
    assert desk.run() == []
    whole(desk, "call")


def test_a_build_that_fails_leaves_the_old_site_and_is_tried_again_after_a_pause(desk):
    desk.create("old")
    desk.publish("old")
    before = desk.public("old")
    desk.clock.now = AT + HOUR
    desk.create("call")
    desk.editing.all_three("call", desk.clock())

    def broken(at):
        raise BuildError("构建失败", ["notices/call/：缺字"])

    (trouble,) = replace(desk.job, build=broken).run()
    assert "缺字" in trouble
    assert (desk.public("old"), desk.public("call")) == (before, "")
    assert desk.job.run(patient=True) == []
    assert desk.public("call") == ""
    desk.clock.now += timedelta(minutes=2)
    assert desk.job.run(patient=True) == []
    whole(desk, "call")


def test_late_is_an_alarm_by_mail_once(desk):
    with desk.editing.reviews.register.write() as session:
        from portal.casework.models import Staff

        for staff in session.query(Staff):
            staff.email = f"{staff.username}@office.test"
    desk.create("call")
    desk.editing.all_three("call", desk.clock())
    later = desk.clock.now + timedelta(minutes=6)
    reviews, root = desk.editing.reviews, desk.job.root
    assert tell_late(reviews, root, desk.clock.now) == 0
    assert [tell_late(reviews, root, later) for _ in range(2)] == [1, 1]
    assert mails(desk) == {"drafter", "reviewer", "signer", "county", "other", "namesake"}
    (late,) = publications(reviews, root, later)
    assert late.late


def test_whose_act_lapsed_is_told_by_mail_once(desk):
    from portal.casework.models import Staff

    with desk.editing.reviews.register.write() as session:
        for staff in session.query(Staff):
            staff.email = f"{staff.username}@office.test"
    desk.create("call")
    desk.editing.send("call")
    desk.editing.pass_on("call")
    assert tell_lapses(desk.editing.reviews, AT) == 0
    desk.editing.edit("call", "改。\n")
    assert [tell_lapses(desk.editing.reviews, AT) for _ in range(2)] == [2, 0]
    assert mails(desk) == {"drafter", "reviewer"}


def mails(desk):
    from portal.casework.models import MailNotice

    with desk.editing.reviews.register.read() as session:
        found = [mail.recipient.partition("@")[0] for mail in session.query(MailNotice)]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("revised", [False, True])
def test_killed_at_any_look_at_the_clock_it_goes_on_where_it_was(desk, revised):
    fuse, slugs = 0, []
    while True:
        slug = f"call-{fuse}"
        desk.clock.now += HOUR
        desk.create(slug, f"第{fuse}份。\n")
        if revised:
            desk.publish(slug)
            desk.clock.now += HOUR
            drafts = desk.editing.reviews.drafts
            draft = revise(drafts, desk.tree.notices[0] / slug, "改", desk.clock.now)
            drafts.save(slug, draft.digest, draft.values, f"第{fuse}份，二稿。\n")
        desk.editing.all_three(slug, desk.clock())
        slugs.append(slug)
        if not desk.killed_at(fuse):
            break
        assert desk.run() == []
        fuse += 4 if revised else 2
    for slug in slugs:
        whole(desk, slug)
    assert fuse > 15


def test_killed_while_it_gives_back_it_gives_back_once(desk):
    for fuse in range(12):
        slug = f"bad-{fuse}"
        desk.create(slug, "身份证号 140302199001011237。\n")
        desk.editing.all_three(slug, desk.clock())
        desk.killed_at(fuse)
        desk.run()
        standing = desk.editing.reviews.standing(slug, desk.clock.now)
        assert standing.state.value == "returned"
        assert [act.act for act in standing.history].count("fail") == 1
        assert desk.editing.reviews.drafts.read(slug).body.startswith("身份证号")
        assert desk.lines(slug) == []


def test_a_draft_of_the_same_name_begun_meanwhile_is_not_lost(desk):
    desk.create("call", "身份证号 140302199001011237。\n")
    desk.editing.all_three("call", desk.clock())
    assert desk.killed_at(5)
    desk.create("call", "又一份。\n")
    desk.run()
    drafts = desk.editing.reviews.drafts
    assert drafts.read("call").body == "又一份。\n"
    aside = (drafts.root / "discarded" / "call.1" / "notice.md").read_text()
    assert "140302199001011237" in aside


def test_a_forged_act_of_another_text_publishes_nothing(desk):
    """Who can write to the register but not sign: the sums must be those of the files."""
    desk.create("call")
    desk.editing.all_three("call", desk.clock())
    with desk.editing.reviews.register.write() as session:
        for act in session.query(DraftAct):
            act.digest = "0" * 64
    (trouble,) = desk.run()
    assert "签发时看到的不同" in trouble
    assert desk.lines("call") == []


def test_several_at_one_time_all_go_up(desk):
    for number in range(3):
        desk.create(f"call-{number}", published=AT + HOUR)
        desk.publish(f"call-{number}")
    desk.clock.now = AT + HOUR
    assert desk.run() == []
    for number in range(3):
        whole(desk, f"call-{number}")


def test_a_time_stated_in_the_header_is_the_one_that_counts(desk):
    assert "published" in CALL
    desk.create("call", published=AT - HOUR)
    desk.publish("call")
    (line,) = desk.lines("call")
    assert (line.published, line.recorded) == (AT - HOUR, AT)
