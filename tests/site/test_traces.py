"""Where entries come from, what became of the others, who won over the editions, open data."""

import csv
import io
import json
import re
from datetime import datetime

import pytest

from portal.content.winners import winners_over
from portal.domain.workdays import SHANGHAI
from tests.lint.faulty import city, decision, notice, progress, rows
from tests.showcase import site_app
from tests.sites import MINIMAL, files_of

AT = datetime(2022, 3, 1, 12, tzinfo=SHANGHAI)
COUNTY = rows(
    "组织,平定县甲制造有限公司,91140300MA0H00013X,,",
    "组织,平定县乙制造有限公司,,,",
    "组织,平定县丙学校,,,",
    "专家学者,赵六,,,甲研究所",
)
CITY = """奖项,类别,名称,县区,统一社会信用代码
质量奖,组织,平定县甲制造集团有限公司,平定县,91140300MA0H00013X
"""
LEFT = "[{entry: 平定县丙学校, category: 组织, why: withdrew, reason: 书面申请退出}]"
REASONS = "[{about: left-out, reason: 经评审未列入}, {about: renamed, reason: 变更登记}]"
REVOKED = "[{entry: 平定县甲制造集团有限公司, category: 组织, why: revoked, reason: 弄虚作假}]"
ROUND = (
    notice(rows=COUNTY)
    + progress(departures=LEFT)
    + city(rows=CITY, reasons=REASONS)
    + decision(rows=CITY, reasons="[{about: vacant, entry: 提名奖, reason: 无符合条件的}]")
)
NEXT = files_of(MINIMAL)["content/awards/third.toml"].replace("第三届", "第四届")
# The fourth edition, whose titles are valid for five years; its decision names the winner anew.
FOURTH = f"-- content/awards/fourth.toml --\nvalid-years = 5\n{NEXT}" + decision(
    "e", edition="fourth", published="2022-02-20T09:00:00+08:00", rows=CITY
)


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """The pages of the round and of a fourth edition, by their address."""
    from tests.sites import SiteTree

    tree = SiteTree(tmp_path_factory.mktemp("traces"))
    tree.write(MINIMAL + ROUND + FOURTH)
    catalogue = tree.record().catalogue()
    client = site_app(catalogue, AT).test_client()

    def page(path):
        return client.get(path).text

    page.catalogue = catalogue
    return page


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_row_of_a_later_list_leads_to_the_lists_it_comes_from(ask):
    assert 'href="/winners/third/traces/#c-1"' in ask("/notices/c/")
    assert "traces" not in ask("/notices/a/")
    traces = ask("/winners/third/traces/")
    row = re.search(r'<tr id="c-1">.*?</tr>', traces)[0]
    assert 'href="/notices/a/#entry-1">平定县公示</a>（列为“平定县甲制造有限公司”）' in row
    won = re.search(r'<tr id="d-1">.*?</tr>', traces)[0]
    assert 'href="/notices/a/#entry-1"' in won
    assert 'href="/notices/c/#entry-1"' in won


def test_what_became_of_the_others_is_told_with_the_reason(ask):
    told = plain(ask("/winners/third/traces/"))
    assert "未列入 平定县乙制造有限公司、赵六 经评审未列入" in told
    assert "名称变更 平定县甲制造集团有限公司（原列“平定县甲制造有限公司”） 变更登记" in told
    assert "自愿退出 平定县丙学校 书面申请退出" in told
    assert "名额空缺 质量奖2个名额 公告没有写明" in told
    assert "名额空缺 提名奖5个名额 无符合条件的" in told


def test_a_winner_has_one_page_over_the_editions(ask):
    (winner,) = winners_over(ask.catalogue, AT)
    page = plain(ask(winner.path))
    assert [win.edition.slug for win in winner.wins] == ["fourth", "third"]
    assert "有效期至2027年2月20日（第四届规定5年）" in page
    assert "91140300MA0H00013X" in page
    assert f'href="{winner.path}"' in ask("/winners/third/")
    for words in ("甲制造集团", "91140300MA0H00013X"):
        assert f'href="{winner.path}"' in ask(f"/search/?q={words}")


def test_a_revoked_title_says_so_everywhere(site_from):
    fields = {"kind": "correction", "amends": "d", "county": None, "window": None, "rows": ""}
    fields |= {"issuer": "city-office", "published": "2022-02-25T09:00:00+08:00"}
    tree = site_from(ROUND + notice("v", departures=REVOKED, **fields)).record()
    catalogue = tree.catalogue()
    client = site_app(catalogue, AT).test_client()
    (winner,) = winners_over(catalogue, AT)
    assert "已撤销" in client.get(winner.path).text
    assert "奖项已撤销" in client.get("/winners/third/").text


def test_the_figures_of_all_editions_stand_on_one_page(ask):
    page = plain(ask("/winners/"))
    assert "获奖条目按类别" in page
    assert "获奖条目按县（区）" in page
    assert page.count("平定县 1") == 2


def test_open_data_has_every_entry_once_a_list(ask):
    read = list(csv.DictReader(io.StringIO(ask("/data/lists.csv").removeprefix("\ufeff"))))
    assert len(read) == 4 + 1 + 1 + 1
    assert {row["届次"] for row in read} == {"第三届测试市质量奖", "第四届测试市质量奖"}
    listed = json.loads(ask("/data/lists.json"))["条目"]
    assert [r["名称"] for r in listed] == [r["名称"] for r in read]
    assert set(read[0]) == set(json.loads(ask("/data/lists.json"))["栏目"])
    assert "工作单位" in ask("/data/")
