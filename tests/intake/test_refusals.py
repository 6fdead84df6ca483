"""Quotas, disk floor and faults: each refusal is a page that helps, and takes nothing."""

from portal.intake.options import IntakeLimits
from tests.publicside import SLUG, Citizen, PublicSide, pdf


def limited(side: PublicSide, **limits: int) -> Citizen:
    return Citizen(side, side.app(limits=IntakeLimits(**{"free_bytes": 0, **limits})), "192.0.2.7")


def test_a_used_up_quota_names_the_time_and_the_other_channels(side: PublicSide) -> None:
    citizen = limited(side, submissions_per_address=1)
    citizen.object()
    citizen.begin()
    citizen.check()
    waiting = citizen.page
    citizen.press("send")
    assert citizen.code == 429
    assert "请在59分钟以后再试" in citizen.page
    assert "2880836" in citizen.page
    assert len(side.objections()) == 1
    side.clock.forward(hours=1)
    citizen.page = waiting
    citizen.press("send")
    assert citizen.receipt_code()


def test_quotas_are_shared_by_worker_processes(side: PublicSide) -> None:
    first = limited(side, submissions_per_window=1)
    second = limited(side, submissions_per_window=1)
    first.object()
    second.begin()
    second.check()
    second.press("send")
    assert second.code == 429
    assert "这次公示在一小时内收到的异议达到了上限" in second.page


def test_uploads_are_counted_before_they_are_read(side: PublicSide) -> None:
    citizen = limited(side, drafts_per_address=1)
    citizen.begin()
    citizen.check(phone="")
    citizen.check(files=[pdf()])
    assert citizen.code == 429
    assert list((side.root / "spool").rglob("*.spool")) == []


def test_a_disk_nearly_full_takes_no_uploads(side: PublicSide) -> None:
    citizen = limited(side, free_bytes=1 << 60)
    citizen.begin()
    citizen.check(files=[pdf()])
    assert citizen.code == 503
    assert "存储空间不足" in citizen.page


def test_a_fault_inside_shows_no_trace_and_nothing_of_the_form(side: PublicSide) -> None:
    citizen = Citizen(side)
    citizen.client.application.testing = False
    citizen.begin()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    intake = citizen.client.application.extensions["portal.intake"]
    object.__setattr__(intake, "drafts", broken)
    page = citizen.check()
    assert citizen.code == 500
    assert "页面暂时打不开" in page
    assert "secret detail" not in page
    assert "Traceback" not in page
    assert SLUG not in page
