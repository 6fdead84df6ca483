"""Quotas, disk floor and faults: each refusal is a page that helps, and takes nothing."""

import html
import json
import re
from datetime import timedelta
from pathlib import Path

import altcha
import pytest

from portal.intake.intake_options import IntakeLimits
from portal.submission.counters import Quotas
from portal.submission.proof_of_work import Work
from tests.publicside import OPEN, SLUG, Citizen, PublicSide, pdf


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


def challenge_of(citizen: Citizen) -> altcha.Challenge:
    found = re.search(r'data-challenge="([^"]+)"', citizen.page)
    assert found
    return altcha.Challenge.from_dict(json.loads(html.unescape(found[1])))


def solved(challenge: altcha.Challenge) -> str:
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return str(altcha.Payload(challenge, solution).to_base64())


def test_proof_of_work_goes_past_a_quota_once_and_only_so_far(side: PublicSide) -> None:
    citizen = limited(side, submissions_per_address=1, worked_times=3)
    citizen.object()
    drafts = []
    for _ in range(3):
        citizen.begin()
        citizen.check()
        drafts.append(citizen.page)
    citizen.press("send")
    refused, payload = citizen.page, solved(challenge_of(citizen))
    citizen.post(f"/objections/{SLUG}/check", {**citizen.hidden(), "work": payload})
    assert citizen.receipt_code()
    citizen.page = drafts[0]
    citizen.post(
        f"/objections/{SLUG}/check", {**citizen.hidden(), "work": payload, "action": "send"}
    )
    assert citizen.code == 429, "the same solution is not taken twice"
    assert refused.count("data-challenge") == 1
    for draft, code in ((drafts[0], 200), (drafts[1], 429)):
        citizen.page = draft
        citizen.press("send")
        fields = {**citizen.hidden(), "work": solved(challenge_of(citizen))}
        citizen.post(f"/objections/{SLUG}/check", fields)
        assert citizen.code == code
    assert len(side.objections()) == 3


def test_no_work_is_asked_while_quotas_last(side: PublicSide, citizen: Citizen) -> None:
    citizen.begin()
    citizen.check()
    assert "data-challenge" not in citizen.page


@pytest.mark.parametrize("change", ["other notice", "old", "forged", "rubbish", "early"])
def test_work_for_another_form_too_old_or_forged_is_not_accepted(
    tmp_path: Path, change: str
) -> None:
    work, quotas = Work("secret"), Quotas(tmp_path / "q.sqlite3").prepare()
    challenge = altcha.Challenge.from_dict(json.loads(work.challenge(SLUG, OPEN, 1)))
    payload = solved(challenge)
    assert Work("secret").accept(payload, SLUG, OPEN, Quotas(tmp_path / "r").prepare())
    minutes = {"old": 11, "early": -2}.get(change, 0)
    purpose = "other" if change == "other notice" else SLUG
    if change == "forged":
        work = Work("other secret")
    text = "rubbish" if change == "rubbish" else payload
    assert not work.accept(text, purpose, OPEN + timedelta(minutes=minutes), quotas)


def test_a_solution_is_not_good_again_after_the_turn_of_the_hour(tmp_path: Path) -> None:
    work, quotas = Work("secret"), Quotas(tmp_path / "q.sqlite3").prepare()
    issued = OPEN.replace(minute=58)
    payload = solved(altcha.Challenge.from_dict(json.loads(work.challenge(SLUG, issued, 1))))
    assert work.accept(payload, SLUG, issued, quotas)
    quotas.take([], issued + timedelta(minutes=3))
    assert not work.accept(payload, SLUG, issued + timedelta(minutes=3), quotas)


@pytest.mark.parametrize("body", [b"text=" + b"x" * (3 << 20), b"&a" * 30_000])
def test_no_form_reads_what_nobody_types(citizen: Citizen, body: bytes) -> None:
    rules = citizen.client.application.url_map.iter_rules()
    posts = [rule for rule in rules if "POST" in (rule.methods or ())]
    for rule in posts:
        answer = citizen.client.post(
            rule.rule.replace("<slug>", SLUG),
            data=body,
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 413, rule.endpoint
