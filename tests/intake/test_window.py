"""Open and shut by the server's clock, to the second; nothing is ever half taken."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.publicside import ANSWERS, CLOSES, OPENS, SLUG, Citizen, PublicSide, public_side
from tests.sites import SiteTree

SECOND = timedelta(seconds=1)
WITHDRAWN = """
-- notices/taken-back/notice.md --
---
title: 撤回平定县推荐名单公示
kind: withdrawal
edition: third
issuer: pingding-office
published: 2021-12-08T10:00:00+08:00
amends: pingding-list
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
名单有误，予以撤回。
"""


@pytest.mark.parametrize(
    ("at", "code", "told"),
    [
        (OPENS - SECOND, 404, "没有找到这份公告"),
        (OPENS, 200, "下一步：核对"),
        (CLOSES - SECOND, 200, "下一步：核对"),
        (CLOSES, 200, "公示期已经届满"),
    ],
)
def test_the_form_opens_and_closes_to_the_second(
    side: PublicSide, at: datetime, code: int, told: str
) -> None:
    side.clock.now = at
    citizen = Citizen(side)
    assert told in citizen.get(f"/objections/{SLUG}/new")
    assert citizen.code == code


def test_a_notice_published_before_its_window_says_when_it_opens(
    site_from: Callable[..., SiteTree], tmp_path: Path
) -> None:
    tree = site_from()
    side = public_side(tree, tmp_path / "state")
    notice = (tree.root / f"notices/{SLUG}/notice.md").read_text(encoding="utf-8")
    tree.write(
        f"-- notices/{SLUG}/notice.md --\n"
        + notice.replace("opens: 2021-12-06", "opens: 2021-12-08")
    )
    side.catalogue = tree.catalogue()
    page = Citizen(side).get(f"/objections/{SLUG}/new")
    assert "公示期从2021年12月8日00:00开始" in page
    assert "<form method" not in page


@pytest.mark.parametrize("step", ["form", "check"])
def test_a_form_sent_after_closing_is_refused_kindly_and_leaves_nothing(
    side: PublicSide, step: str
) -> None:
    side.clock.now = CLOSES - timedelta(minutes=5)
    citizen = Citizen(side)
    citizen.begin()
    if step == "check":
        citizen.check()
        side.clock.now = CLOSES
        citizen.press("send")
    else:
        side.clock.now = CLOSES
        citizen.check()
    assert citizen.code == 409
    assert "您的异议没有提交，没有保存任何内容" in citizen.page
    assert "邮寄或者当面递交书面材料" in citizen.page
    assert "2880836" in citizen.page
    assert [p for p in side.root.rglob("*") if p.suffix in (".sealed", ".d")] == []


def test_the_last_second_counts_and_is_printed_on_the_receipt(side: PublicSide) -> None:
    side.clock.now = CLOSES - timedelta(minutes=1)
    citizen = Citizen(side)
    citizen.begin()
    citizen.check()
    side.clock.now = CLOSES - timedelta(microseconds=1)
    citizen.press("send")
    assert citizen.receipt_code()
    assert "2021-12-10 23:59:59" in citizen.page


def test_a_receipt_lost_on_the_way_is_shown_again_even_after_closing(side: PublicSide) -> None:
    side.clock.now = CLOSES - timedelta(minutes=1)
    citizen = Citizen(side)
    citizen.begin()
    citizen.check()
    sending = citizen.page
    citizen.press("send")
    code = citizen.receipt_code()
    side.clock.now = CLOSES + timedelta(minutes=5)
    citizen.page = sending
    citizen.press("send")
    assert citizen.receipt_code() == code
    assert "没有重复提交" in citizen.page
    side.collect()
    citizen.page = sending
    citizen.press("send")
    assert citizen.receipt_code() == code
    side.clock.forward(minutes=15)
    citizen.page = sending
    citizen.press("send")
    assert "已经提交过了" in citizen.page
    assert len(list(side.desk.envelopes.glob("*.sealed"))) == 1


def test_a_withdrawn_notice_takes_nothing(
    side: PublicSide, site_from: Callable[..., SiteTree]
) -> None:
    citizen = Citizen(side)
    citizen.begin()
    citizen.check()
    side.catalogue = SiteTree(side.root.parent).write(WITHDRAWN).catalogue()
    side.clock.forward(days=2)
    citizen.press("send")
    assert citizen.code == 410
    assert "这份公告已经撤回" in citizen.page
    assert side.objections() == []


def test_unknown_notices_and_those_without_a_window_have_their_own_pages(
    side: PublicSide,
) -> None:
    citizen = Citizen(side)
    assert "没有找到这份公告" in citizen.get("/objections/no-such-notice/new")
    assert citizen.code == 404
    side.catalogue = SiteTree(side.root.parent).write(WITHDRAWN).catalogue()
    side.clock.forward(days=2)
    assert "这份公告不设公示期" in citizen.get("/objections/taken-back/new")


def test_without_keys_nothing_is_taken(side: PublicSide) -> None:
    citizen = Citizen(side)
    citizen.begin()
    citizen.check()
    (side.root / "keys/public/escrow" / f"{SLUG}.pub").unlink()
    citizen.press("send")
    assert citizen.code == 503
    assert "暂时不能在线提交" in citizen.page
    assert "暂时不能在线提交" in citizen.get(f"/objections/{SLUG}/new")
    assert str(ANSWERS["facts"]) not in citizen.page


def test_a_disk_that_fails_while_storing_keeps_the_draft(side: PublicSide) -> None:
    citizen = Citizen(side)
    citizen.begin()
    citizen.check()
    sending = citizen.page
    side.box.inbox.rmdir()
    citizen.press("send")
    assert citizen.code == 503
    assert "没有提交成功" in citizen.page
    assert list(side.box.tmp.iterdir()) == []
    side.box.prepare()
    citizen.page = sending
    citizen.press("send")
    assert citizen.receipt_code()
