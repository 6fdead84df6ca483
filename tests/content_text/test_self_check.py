"""The self-check leads every reader to an end, and a faulty file is told with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from portal.content.selfcheck import SelfCheck, read_self_check
from tests.content_text.policy import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def check() -> SelfCheck:
    found, issues = read_self_check(ROOT / "content")
    assert issues == ()
    assert found is not None
    return found


def test_every_answer_leads_to_a_listed_page_and_every_path_to_its_end(check: SelfCheck) -> None:
    addresses = check.addresses()
    reached = {""}
    for path in check.paths.values():
        reached.add(f"{path.slug}/{path.questions[0].slug}/")
        for asked in path.questions:
            for answer in asked.answers:
                reached.add(check.target(path, asked.slug, answer))
        assert f"{path.slug}/result/pass/" in reached
    assert reached == set(addresses)
    assert len(addresses) == len(set(addresses))


def test_an_excluded_reader_is_never_told_to_hand_in(check: SelfCheck) -> None:
    for path in check.paths.values():
        for outcome in check.outcomes.values():
            text = outcome.text_for(path)
            assert ("一式3份" in text) == (outcome.tone == "good")
            assert "{" not in text


def test_organizations_get_annex_1_and_people_annex_2(check: SelfCheck) -> None:
    annexes = {path.slug: path.annex for path in check.paths.values()}
    assert annexes.pop("organization") == "附件1"
    assert set(annexes.values()) == {"附件2"}
    assert len(annexes) == 4


def test_a_faulty_file_is_told_with_its_lines(tmp_path: Path) -> None:
    text = (ROOT / "content" / "self-check.yml").read_text(encoding="utf-8")
    broken = text.replace("to: barred}", "to: nowhere}").replace("[scope, registered,", "[lost,")
    (tmp_path / "self-check.yml").write_text(broken, encoding="utf-8")
    found, issues = read_self_check(tmp_path)
    assert found is None
    lines = broken.splitlines()
    assert {issue.code for issue in issues} == {"F007"}
    assert any("nowhere" in i.message and "nowhere" in lines[i.line - 1] for i in issues)
    assert any("lost" in i.message and "lost" in lines[i.line - 1] for i in issues)


def test_a_site_without_a_self_check_is_no_fault(tmp_path: Path) -> None:
    assert read_self_check(tmp_path) == (None, ())
