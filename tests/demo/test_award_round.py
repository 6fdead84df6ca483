"""The demonstration is a whole, plainly marked award round on any day, and passes the linter."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from portal.demo.award_round import write_demo
from portal.domain.notice import Kind
from portal.domain.states import State
from portal.domain.workdays import SHANGHAI
from portal.errors import Severity, Stage
from portal.form.frozen_form import has_form
from portal.lint.run import lint
from tests.sites import DESK, export, load_all
from tests.thirdaward import COUNTY_PUBLICITY, KINDS

ROOT = Path(__file__).parents[2]
REAL = load_all([ROOT / "content"], [])
# A working day, the eve of a long holiday, a weekend, a make-up Sunday, the year's turn, and a
# year for which no calendar has been published.
DAYS = [
    date(2026, 11, 18),
    date(2026, 9, 30),
    date(2026, 11, 22),
    date(2026, 9, 20),
    date(2026, 12, 31),
    date(2031, 7, 1),
]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def written(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder, REAL, request.param)
    return folder, request.param


def sources(folder):
    return [ROOT / "content", folder / "content"], [folder / "notices"]


def test_it_passes_the_linter_at_the_publish_stage(written, tmp_path):
    folder, _ = written
    held = export(tmp_path / "holds.json")
    found = lint(*sources(folder), stage=Stage.PUBLISH, holds=held, desk=DESK.public)
    assert [str(i) for i in found if i.severity is Severity.ERROR] == []


def test_it_shows_every_state_on_its_day(written):
    folder, today = written
    catalogue = load_all(*sources(folder))
    noon = datetime.combine(today, time(12), SHANGHAI)
    public = catalogue.published(noon)
    shown = [catalogue.status(n, noon).state for n in public]
    assert {State.OPEN, State.SCHEDULED, State.CLOSED, State.WITHDRAWN} <= set(shown)
    assert {State.REVISED, State.CORRECTED} <= set(shown)
    assert sum(n.kind == COUNTY_PUBLICITY for n in public if n.edition == "demo-2") == 5
    assert {n.kind for n in public} == set(KINDS)
    decision = next(n for n in public if n.kind is Kind.DECISION)
    assert len([e for e in decision.entries if e.grade == "质量奖"]) == 2


def test_everything_is_marked(written):
    folder, _ = written
    catalogue = load_all(*sources(folder))
    assert catalogue.notices
    for notice in catalogue.notices:
        assert notice.demonstration
        assert "演示" in notice.title
        assert "演示" in notice.body
        for entry in notice.entries:
            assert "演示" in entry.name + entry.employer + entry.remark
    assert not catalogue.editions["third"].demonstration


def test_writing_it_again_leaves_nothing_of_the_day_before(written, tmp_path):
    _, today = written
    write_demo(tmp_path, REAL, today - timedelta(days=1))
    write_demo(tmp_path, REAL, today)
    folder, _ = written
    assert files(tmp_path) == files(folder)


def files(root):
    return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_the_demonstration_of_another_day_signs_a_ledger_of_its_own(tmp_path):
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "portal", "demo", "--dir", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "notices" / "ledger.jsonl").exists()
        (tmp_path / ".written").unlink()
    catalogue, now = load_all(*sources(tmp_path)), datetime.now(SHANGHAI)
    public = catalogue.published(now)
    open_now = [n for n in public if catalogue.status(n, now).accepts_objections]
    assert open_now
    assert all(has_form(catalogue, notice) for notice in open_now), "a newcomer sees the file"
