"""What an award's own rules add to a notice is told in every output: exceptions, plain columns."""

import json
from datetime import datetime

from portal.content.selection import EVERYTHING
from portal.domain.workdays import SHANGHAI
from portal.render.notice.document import notice_document
from portal.render.notice.feeds import FeedFormat, feed
from portal.render.notice.list_data import list_csv, list_json
from portal.render.notice.newspaper import newspaper_text
from portal.site import create_app
from portal.site.site_options import SiteOptions
from tests.lint.faulty import UPHELD, result
from tests.sites import PINGDING, load_all

NOW = datetime(2021, 12, 7, 10, tzinfo=SHANGHAI)
SIX = "类别,名称\n" + "".join(f"组织,平定县{n}厂\n" for n in "甲乙丙丁戊己")
EXCEPTION = "{category: 组织, most: 6, reason: 申报多, agreed: 市领导小组第三次会议}"
SENTENCE = "超出原则上的限额：组织推荐至6个。原因：申报多。同意：市领导小组第三次会议。"
PROJECT = """
[[categories]]
name = "质量项目"
sort = "project"
columns = ["主要完成单位"]
apart = "主要完成单位"

[[caps]]"""


def test_an_exception_to_a_cap_lets_the_list_out_and_is_printed_everywhere(site_from):
    text = PINGDING.partition("-- notices/pingding-list/list.csv --\n")[0]
    text += f"-- notices/pingding-list/list.csv --\n{SIX}"
    assert [i.code for i in site_from(text).lint() if i.code.startswith("A")] == ["A003"]
    tree = site_from(text.replace("review:", f"exceptions: [{EXCEPTION}]\nreview:"))
    assert [str(i) for i in tree.lint() if i.code.startswith("A")] == []
    catalogue = load_all(tree.content, tree.notices).as_of(NOW)
    notice = catalogue.by_slug["pingding-list"]
    app = create_app(lambda: catalogue, SiteOptions("https://x.example", None), lambda: NOW)
    assert SENTENCE in app.test_client().get("/notices/pingding-list/").text
    assert SENTENCE in notice_document(notice, catalogue).closing
    assert SENTENCE in newspaper_text(notice, catalogue).decode("utf-8-sig")
    assert SENTENCE in feed(catalogue, EVERYTHING, NOW, FeedFormat.JSON).decode()


def test_columns_of_an_awards_own_stand_in_every_list(site_from):
    award = site_from().root / "content" / "awards" / "third.toml"
    own = award.read_text(encoding="utf-8").replace("\n[[caps]]", PROJECT, 1)
    rows = "类别,名称,主要完成单位\n质量项目,提升工程,甲厂\n质量项目,提升工程,乙厂\n"
    text = PINGDING.partition("-- notices/pingding-list/list.csv --\n")[0]
    text += f"-- notices/pingding-list/list.csv --\n{rows}-- content/awards/third.toml --\n{own}"
    tree = site_from(text)
    # Two projects of one name are told apart by who did them.
    assert [str(i) for i in tree.lint() if i.severity.value == "error"] == []
    catalogue = load_all(tree.content, tree.notices).as_of(NOW)
    notice = catalogue.by_slug["pingding-list"]
    assert "主要完成单位" in list_csv(notice, catalogue).decode("utf-8-sig").splitlines()[0]
    listed = json.loads(list_json(notice, catalogue))["entries"]
    assert [entry["主要完成单位"] for entry in listed] == ["甲厂", "乙厂"]
    assert "主要完成单位" in notice_document(notice, catalogue).tables[0].head


def test_a_result_tells_objections_and_departures_everywhere_and_nobody_who_objected(site_from):
    told = result(
        result_of="pingding-list",
        objections=f"[{UPHELD}]",
        departures="[{entry: 赵六, category: 专家学者, why: upheld, reason: 材料不实}]",
        body="公示期已满，办理情况公布如下。",
    )
    tree = site_from(PINGDING + told)
    at = datetime(2021, 12, 14, 10, tzinfo=SHANGHAI)
    catalogue = load_all(tree.content, tree.notices).as_of(at)
    notice = catalogue.by_slug["r"]
    outputs = {
        "document": "\n".join(notice_document(notice, catalogue).closing),
        "newspaper": newspaper_text(notice, catalogue).decode("utf-8-sig"),
        "feed": feed(catalogue, EVERYTHING, at, FeedFormat.ATOM).decode(),
    }
    for name, text in outputs.items():
        assert "共收到异议1件" in text, name
        assert "2021年12月7日；赵六；材料不实；异议成立。" in text, name
        assert "因异议取消：赵六。原因：材料不实。" in text, name
    facts = dict(notice_document(notice, catalogue).facts)
    assert facts["所属公示"].startswith("平定县第三届质量奖推荐名单公示")
