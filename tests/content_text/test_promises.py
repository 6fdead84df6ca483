"""What the pages promise about this portal equals what the settings and limits are."""

from __future__ import annotations

import re

import pytest

from portal.config.desk_settings import DeskSettings
from portal.domain import objection
from portal.intake.intake_options import IntakeOptions
from tests.content_text.policy import ROOT

PAGES = ROOT / "content" / "pages"


def test_the_privacy_notice_states_the_retention_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PORTAL_DESK_RETENTION_DAYS", raising=False)
    privacy = (PAGES / "privacy.md").read_text(encoding="utf-8")
    assert re.findall(r"满(\d+)天", privacy) == [str(DeskSettings().retention_days)]


def test_the_privacy_notice_names_what_an_objection_holds() -> None:
    privacy = (PAGES / "privacy.md").read_text(encoding="utf-8")
    table = privacy.partition("### 收集什么")[2].partition("###")[0]
    named = {
        "name": "姓名",
        "credit_code": "统一社会信用代码",
        "contact": "联系人",
        "phone": "电话",
        "address": "地址",
    }
    fields = set(objection.Objector.__dataclass_fields__) - {"kind"}
    assert fields == set(named), "a field was added: name it in the privacy notice first"
    assert [word for word in named.values() if word not in table] == []


def test_the_version_recorded_with_an_objection_is_the_one_on_the_page() -> None:
    privacy = (PAGES / "privacy.md").read_text(encoding="utf-8")
    assert re.findall(r"个人信息告知书第(\d+)版", privacy) == [IntakeOptions().privacy]


@pytest.mark.parametrize("page", ["accessibility", "privacy"])
def test_a_statement_carries_the_date_of_its_own_text(page: str) -> None:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    found = re.search(r"^updated: (\d{4})-(\d\d)-(\d\d)$", text, re.MULTILINE)
    assert found is not None
    year, month, day = map(int, found.groups())
    assert f"{year}年{month}月{day}日" in text.partition("\n---\n")[2]
