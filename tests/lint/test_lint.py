"""Every lint code on a faulty example, with exact place; a clean tree gives none."""

import csv
import io
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.workdays import SHANGHAI
from portal.errors import Severity, Stage
from portal.ledger.chain import ledger_writer
from portal.ledger.signing import SigningKey
from portal.ledger.statements import statement
from portal.lint.checker import Checker
from portal.lint.rules.review_rules import GRACE
from portal.lint.run import explanations, lint
from tests.lint import faulty
from tests.recording import BEGUN, KEY, record
from tests.sites import DESK, MINIMAL, PINGDING, YUXIAN, export, files_of

MARK = "‸"
CASES = Path(__file__).parent / "cases"


def place_of(text):
    """Path, line and column of the mark in a site string."""
    for path, body in files_of(text).items():
        if MARK in body:
            before = body[: body.index(MARK)]
            return f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    raise AssertionError("no mark")


def over_minimal(text):
    """A site.toml example replaces only the lines it gives."""
    files = files_of(text)
    name = "content/site.toml"
    if name in files and not files[name].startswith("name = ‸"):
        key = files[name].partition(" = ")[0].lstrip(MARK)
        base = files_of(MINIMAL)[name].splitlines(keepends=True)
        files[name] = "".join(files[name] if line.startswith(key) else line for line in base)
    return "".join(f"-- {path} --\n{body}" for path, body in files.items())


@pytest.mark.parametrize(("code", "text"), faulty.DRAFT, ids=[c for c, _ in faulty.DRAFT])
def test_a_fault_is_found_at_its_place(site_from, code, text):
    text = over_minimal(text)
    assert f"{place_of(text)} {code}" in site_from(text.replace(MARK, "")).faults()


@pytest.mark.parametrize(("code", "text"), faulty.PUBLISH, ids=[c for c, _ in faulty.PUBLISH])
def test_publishing_asks_for_more(site_from, code, text):
    text = over_minimal(text)
    tree = site_from(text.replace(MARK, ""))
    expected = f"{place_of(text)} {code}"
    assert expected in tree.faults(Stage.PUBLISH)
    assert expected not in tree.faults(Stage.DRAFT)


def test_faults_of_every_kind_are_told_in_one_run(site_from):
    """A clerk mends a list once: bad rows do not hide what else is wrong, nor personal data."""
    body = "公示时间为2021年12月6日至12月9日。联系人身份证号11010519491231002X。"
    rows = "类别,名称\n个人,赵六\n组织,\n" + "".join(
        f"组织,平定县{name}公司\n" for name in "甲乙丙丁戊己"
    )
    found = site_from(
        faulty.notice(
            body=body, rows=rows, review="{drafted: 张三, reviewed: 李四, approved: 张三}"
        )
    ).faults(Stage.PUBLISH)
    codes = {fault.split()[1] for fault in found}
    assert {"L004", "L005", "P001", "R001", "A003"} <= codes
    assert any(code.startswith("W") for code in codes)


def test_personal_data_is_found_in_files_that_make_no_notice_yet(site_from):
    broken = faulty.notice(body="身份证号11010519491231002X", kind="不认识", rows="")
    tree = site_from(broken + "-- notices/a/list.csv --\n名称\n赵六13800138000\n")
    codes = {fault.split()[1] for fault in tree.faults()}
    assert {"P001", "P002"} <= codes


def test_files_that_are_missing_strange_or_not_text(site_from):
    tree = site_from(PINGDING)
    notices = tree.root / "notices"
    (notices / "empty").mkdir()
    (notices / "Bad_Name").mkdir()
    (notices / "Bad_Name" / "notice.md").write_bytes("---\ntitle: 标题\n---\n".encode("gb18030"))
    (notices / "pingding-list" / "list.xls").write_bytes(b"")
    found = tree.faults()
    assert "notices/empty/notice.md:1:1 F001" in found
    assert "notices/Bad_Name/notice.md:2:8 F002" in found
    assert "notices/Bad_Name/notice.md:1:1 F008" in found
    assert "notices/pingding-list/list.xls:1:1 F016" in found


def test_a_list_that_a_spreadsheet_saved_in_gbk_is_read_and_told(site_from):
    """Excel saves CSV in GBK, where a character that GBK lacks becomes a question mark."""
    tree = site_from(faulty.notice())
    path = tree.root / "notices" / "a" / "list.csv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.encode("gb18030"))
    assert tree.faults() == ["notices/a/list.csv:1:1 L017"]
    assert [issue.severity for issue in tree.lint()] == [Severity.WARNING]
    path.write_bytes("没有表头\n".encode("gb18030"))
    assert "notices/a/list.csv:1:3 F002" in tree.faults()


def test_one_slug_in_two_folders(site_from, tmp_path):
    tree = site_from(PINGDING + faulty.call("pingding-list").replace("notices/", "more/"))
    issues = lint(tree.content, [*tree.notices, tmp_path / "more"], stage=Stage.DRAFT)
    assert [issue.code for issue in issues] == ["F015"]
    assert issues[0].path == f"{tmp_path}/more/pingding-list/notice.md"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("content/guide/04-conditions.md", "S004"),
        ("content/pages/privacy.md", "S005"),
        ("content/faq.yml", "S006"),
        ("content/awards/third.toml", "S007"),
    ],
)
def test_a_site_lacks_a_part(site_from, path, code):
    tree = site_from(f"-- {path} --\n(none)\n")
    assert code in [issue.code for issue in tree.lint()]


def test_an_award_at_fault_is_the_one_fault_that_is_told(site_from):
    """What follows from it is not laid upon the files around it."""
    tree = site_from("")
    path = tree.root / "content" / "awards" / "third.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('sort = "organization"', 'sort = "firm"', 1), encoding="utf-8")
    told = [issue for issue in tree.lint() if issue.severity is Severity.ERROR]
    assert {issue.path for issue in told} == {str(path)}


@pytest.mark.parametrize("left", [None, b""])
def test_a_ledger_that_is_gone_is_missed(site_from, left):
    tree = site_from(PINGDING)
    record(tree.root / "notices", copies=True)
    path = tree.root / "notices" / "ledger.jsonl"
    assert "R014" not in [issue.code for issue in tree.lint()]
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    (issue,) = [issue for issue in tree.lint() if issue.code == "R014"]
    assert "有1份登记过的文本" in issue.message


@pytest.mark.parametrize(
    "data",
    ["帐户 账户\n".encode("gb18030"), "帐户 账户 多\n".encode(), "账户 账户\n".encode()],
)
def test_a_list_of_wrong_words_that_cannot_be_read_is_named(site_from, data):
    tree = site_from("")
    (tree.root / "content" / "wrong-words.txt").write_bytes(data)
    assert tree.faults() == ["content/wrong-words.txt:1:1 S012"]


def test_a_cap_for_a_place_that_is_none_is_told(site_from):
    tree = site_from("")
    path = tree.root / "content" / "awards" / "third.toml"
    cap = '\n[[caps]]\ncategories = ["组织"]\nmost = 9\ncounties = ["火星区"]\n'
    path.write_text(path.read_text(encoding="utf-8") + cap, encoding="utf-8")
    assert "content/awards/third.toml:1:1 S011" in tree.faults()


def ledger(tree, recorded="", only="", *, further=False, **sources):
    """Write a ledger of the tree's notices as they now stand, or `further` lines of the one there.

    `sources` overrides digests.
    """
    path = tree.root / "notices" / "ledger.jsonl"
    if not further:
        path.unlink(missing_ok=True)
    writer = ledger_writer(path, KEY, BEGUN)
    for n in tree.catalogue().notices:
        for r in n.revisions if not only or n.slug == only else ():
            writer.recorded = datetime.fromisoformat(recorded) if recorded else r.published
            source = sources.get(n.slug.replace("-", "_"), r.digest)
            writer.revision(n.slug, r.number, r.published, source, {})
    writer.write(path)


def errors(tree, stage=Stage.PUBLISH, **options):
    """Codes in their own order: that of the issues depends on where the folders lie."""
    return sorted(i.code for i in tree.lint(stage, **options) if i.severity is Severity.ERROR)


def test_a_published_notice_changes_only_by_revision(site_from):
    tree = site_from(faulty.notice())
    ledger(tree)
    assert errors(tree) == []
    tree.write(faulty.notice(body="现将推荐名单予以公示，请监督。"))
    assert errors(tree, Stage.DRAFT) == []
    assert errors(tree) == ["R004"]
    corrected = faulty.notice(body="现将推荐名单予以公示，请监督。", **faulty.SECOND)
    tree.write(corrected)
    assert errors(tree) == ["R005"]
    tree.write(faulty.notice(folder="revisions/1/"))
    assert errors(tree) == []
    tree.write(faulty.notice(folder="revisions/1/", body="改过的旧文本，现予公示。"))
    assert errors(tree) == ["R007"]


def test_a_published_notice_cannot_vanish(site_from):
    tree = site_from(PINGDING + YUXIAN)
    ledger(tree)
    for path in (tree.root / "notices" / "yuxian-list").iterdir():
        path.unlink()
    (tree.root / "notices" / "yuxian-list").rmdir()
    assert tree.faults(Stage.PUBLISH)[-1] == "notices/yuxian-list:1:1 R009"


@pytest.mark.parametrize(("late", "codes"), [(timedelta(), []), (timedelta(minutes=1), ["R003"])])
def test_backdating_has_a_grace_of_a_day(site_from, late, codes):
    tree = site_from(faulty.call("old", published="2021-12-06T08:30:00+08:00"))
    ledger(tree)
    newest = tree.catalogue().notices[0].published
    at = newest - GRACE - late
    tree.write(faulty.call("new", published=at.isoformat()))
    assert errors(tree) == codes


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2021-12-06T08:31", None),
        ("2021-12-06T12:00", None),
        ("2021-12-06T12:01", "opens: 2021-12-07，公示期至2021年12月13日"),
        ("2021-12-11T09:00", "opens: 2021-12-13，公示期至2021年12月17日"),
        ("2021-12-28T09:00", "opens: 2021-12-28，公示期至2022年1月4日"),
        ("2021-12-01T09:00", None),
    ],
)
def test_a_window_opens_no_earlier_than_it_is_published(site_from, now, offered):
    at = datetime.fromisoformat(f"{now}+08:00")
    found = [i for i in site_from(faulty.notice()).lint(Stage.PUBLISH, now=at) if i.code == "W011"]
    assert [offered in issue.remedy for issue in found] == ([True] if offered else [])
    assert all(issue.severity is Severity.ERROR for issue in found)


def test_a_later_list_counts_the_window_from_the_recorded_publication(site_from):
    """Whatever a header says: the public has had the days since the ledger's first line."""
    text = faulty.notice() + faulty.city(published="2021-12-20T08:00:00+08:00")
    tree = site_from(text.replace("opens: 2022-01-10", "opens: 2021-12-20"))
    assert errors(tree) == []
    ledger(tree, recorded="2021-12-13T11:30:00+08:00", only="a")
    assert errors(tree) == []
    ledger(tree, recorded="2021-12-14T12:30:00+08:00", only="a")
    assert errors(tree) == ["A005"]
    assert "W011" in [issue.code for issue in tree.lint(Stage.PUBLISH)]
    # A line that is set anew later moves nothing.
    ledger(tree, recorded="2021-12-06T09:00:00+08:00", only="a")
    ledger(tree, recorded="2021-12-14T12:30:00+08:00", only="a", further=True)
    assert errors(tree) == []


def test_a_damaged_ledger_is_not_taken_for_an_empty_one(site_from):
    tree = site_from("-- notices/ledger.jsonl --\n{half a line\n")
    assert "notices/ledger.jsonl:1:1 R013" in tree.faults()


@pytest.mark.parametrize(("state", "codes"), [("open", ["A008"]), ("upheld", ["A008"])])
@pytest.mark.parametrize("county", ["pingding", "平定县"])
def test_held_entries_stay_off_the_city_list(site_from, tmp_path, state, codes, county):
    tree = site_from(faulty.notice() + faulty.city())
    held = {"edition": "third", "county": county, "name": "平定县甲制造有限公司"}
    held |= {"category": "组织", "state": state, "case": "2021-1"}
    path = export(tmp_path / "holds.json", held)
    assert errors(tree, holds=path) == codes
    ledger(tree)
    assert errors(tree, holds=path) == []
    assert codes[0] in [issue.code for issue in tree.lint(Stage.PUBLISH, path)]
    (tree.root / "notices" / "ledger.jsonl").unlink()
    export(path, held | {"edition": "second"})
    assert errors(tree, holds=path) == []


def test_who_is_struck_off_frees_a_place_of_the_county(site_from, tmp_path):
    """Struck off by a second publicity, or by an objection that was upheld."""
    names = [f"平定县{name}厂" for name in "甲乙丙丁戊"]
    first = faulty.notice(rows=faulty.rows(*(f"组织,{name},,," for name in names)))
    again = {
        "published": "2021-12-20T08:30:00+08:00",
        "window": "{opens: 2021-12-20, working-days: 5}",
    }
    further = faulty.notice("b", rows=faulty.rows("组织,平定县己厂,,,"), **again)
    assert "A003" in errors(site_from(first + further), Stage.DRAFT)
    kept = faulty.rows(*(f"组织,{name},,," for name in [*names[1:], "平定县己厂"]))
    tree = site_from(first + faulty.notice("b", rows=kept, **again))
    assert errors(tree, Stage.DRAFT) == []
    hold = {"edition": "third", "name": names[0], "category": "组织", "county": "pingding"}
    holds = export(tmp_path / "holds.json", {**hold, "state": "upheld", "case": "1"})
    assert errors(site_from(first + further), Stage.DRAFT, holds=holds) == []


def test_no_list_goes_out_without_a_sound_export(site_from, tmp_path):
    """Missing, empty, cut, unsigned, signed by another, too old, before the last window's end."""
    tree = site_from(faulty.notice() + faulty.city())
    path, ended = tmp_path / "holds.json", datetime(2021, 12, 11, tzinfo=SHANGHAI)
    published = datetime(2022, 1, 10, 8, tzinfo=SHANGHAI)
    assert errors(tree, holds=path) == ["A008"]
    sound = export(path).read_bytes()
    stranger = SigningKey(Ed25519PrivateKey.generate())
    for data in (b"", b"{}", b"[]", sound[:-40], sound.replace(b"2199", b"2198")):
        path.write_bytes(data)
        assert errors(tree, holds=path) == ["A008", "S008"]
    path.write_bytes(statement(stranger, "holds", {"generated": "2199", "holds": []}))
    assert errors(tree, holds=path) == ["A008", "S008"]
    path.write_bytes(statement(DESK, "head", {"generated": "2199", "holds": []}))
    assert errors(tree, holds=path) == ["A008", "S008"]
    for at in (ended - timedelta(seconds=1), published - timedelta(hours=72, seconds=1)):
        assert errors(tree, holds=export(path, at=at)) == ["A008"]
    assert errors(tree, holds=export(path, at=published - timedelta(hours=72))) == []
    late = published + timedelta(hours=1)
    found = lint(
        *(tree.content, tree.notices), stage=Stage.PUBLISH, holds=path, desk=DESK.public, now=late
    )
    assert "A008" in [issue.code for issue in found if issue.severity is Severity.ERROR]
    assert "A008" in [i.code for i in lint(tree.content, tree.notices, stage=Stage.PUBLISH)]
    ledger(tree)
    assert errors(tree, holds=tmp_path / "none") == []


def test_an_export_of_the_future_speaks_for_nothing(site_from, tmp_path):
    """A desk whose clock is wrong could otherwise let a list out for years."""
    tree = site_from(faulty.notice() + faulty.city())
    now = datetime(2022, 1, 10, 8, tzinfo=SHANGHAI)
    for minutes, codes in ((-5, []), (10, []), (11, ["A008"]), (60 * 24 * 400, ["A008"])):
        path = export(tmp_path / "holds.json", at=now + timedelta(minutes=minutes))
        found = tree.lint(Stage.PUBLISH, holds=path, now=now)
        found = [i for i in found if i.code == "A008" and i.severity is Severity.ERROR]
        assert [issue.code for issue in found] == codes
    assert "比现在的时间晚" in found[0].message


def test_an_objection_to_one_namesake_holds_only_that_one(site_from, tmp_path):
    rows = (
        "奖项,类别,名称,县区,工作单位\n质量奖,一线工作人员,王伟,平定县,甲公司\n"
        "质量奖,一线工作人员,王伟,平定县,乙煤矿公司\n"
    )
    tree = site_from(faulty.notice(rows=rows.replace("奖项,", "").replace("质量奖,", "")))
    tree.write(faulty.city(rows=rows))
    held = {"edition": "third", "county": "平定县", "name": "王伟", "category": "一线工作人员"}
    held |= {"state": "open", "case": "1", "employer": "甲公司"}
    path = export(tmp_path / "holds.json", held)
    found = [i for i in tree.lint(Stage.PUBLISH, path) if i.code == "A008"]
    assert [issue.line for issue in found] == [2]
    path = export(path, held, held | {"employer": "乙煤矿公司", "case": "2"})
    assert [i.line for i in tree.lint(Stage.PUBLISH, path) if i.code == "A008"] == [2, 3]


def test_a_whole_edition_is_clean(site_from):
    corrected = faulty.notice(**faulty.SECOND) + faulty.notice(folder="revisions/1/")
    body = (
        "现将平定县甲制造有限公司等1家组织、1名个人予以公示。\n\n"
        "公示时间：2021年12月6日至10日（5个工作日）。异议请于2021年12月10日前提出，"
        "电话2880836。见[评选条件](/guide/conditions/#组织)、[附件](files/a.txt)。\n\n"
        "## 说明\n\n### 名额\n\n每县组织不超过5个、个人不超过2名。"
    )
    tree = site_from(
        corrected
        + faulty.notice(
            "body",
            title="盂县第三届质量奖推荐名单公示",
            county="yuxian",
            issuer="city-office",
            body=body,
        )
        .replace("平定县甲", "盂县甲")
        .replace("赵六,,甲研究所", "孙七,,乙研究所")
        + "-- notices/body/files/a.txt --\n附件。\n"
        + faulty.city()
        + faulty.decision()
        + faulty.call("call", body="本县（区）公示5个工作日，每县组织不超过5个。")
        + faulty.correction(amends="d", published="2022-02-11T08:00:00+08:00", county=None)
    )
    assert errors(tree) == []
    assert {i.code for i in tree.lint(Stage.PUBLISH)} == {"S003", "L018"}


def test_from_november_on_next_years_holidays_are_missed(site_from):
    tree = site_from("-- content/calendar.yaml --\nyears:\n  2098: {source: 测试}\n")
    for month, day, warned in ((10, 31, False), (11, 1, True), (12, 31, True)):
        now = datetime(2098, month, day, 9, tzinfo=SHANGHAI)
        found = [issue for issue in tree.lint(now=now) if issue.code == "S010"]
        assert bool(found) is warned
        assert all("2099" in i.message and i.severity is Severity.WARNING for i in found)
    years = "  2098: {source: 测试}\n  2099: {source: 测试}\n"
    tree.write(f"-- content/calendar.yaml --\nyears:\n{years}")
    assert "S010" not in {issue.code for issue in tree.lint(now=now)}


def test_every_code_is_explained_and_shown_to_fail():
    shown = {code for code, _ in faulty.DRAFT + faulty.PUBLISH}
    here = Path(__file__)
    shown |= {
        code
        for path in (here, here.with_name("test_attachments.py"))
        for code in explanations()
        if f'{code}"' in path.read_text(encoding="utf-8")
    }
    assert shown == set(explanations())
    assert all(text.strip() for text in explanations().values())


def test_personal_data_can_be_taken_out_of_an_earlier_text(site_from):
    leak = "联系电话13800138000，现予公示。"
    tree = site_from(faulty.notice(body=leak))
    ledger(tree)
    tree.write(faulty.notice(**faulty.SECOND) + faulty.notice(folder="revisions/1/", body=leak))
    assert tree.faults()[0] == "notices/a/revisions/1/notice.md:11:5 P002"
    tree.write(faulty.notice(folder="revisions/1/", body="联系电话（略），现予公示。"))
    assert errors(tree) == ["R007"]
    redacted = faulty.notice(
        folder="revisions/1/", body="联系电话（略），现予公示。", redacted="删去手机号码"
    )
    tree.write(redacted)
    assert errors(tree) == []
    assert tree.catalogue().notices[0].revisions[0].redacted == "删去手机号码"


PIECES = st.sampled_from(
    ["公示", "2021年", "12月6日", "31日", "2月30日", "至", "5个工作日", "等三家组织", "。", "\n",
     "[甲](", "/guide/", "#", ")", "![](", "## ", "# ", "http://[", "<p style=", "密码：", "a1b2c3",
     "住址：", "138", "00138000", "〔2021〕", "9999年", "起", "—", "十", "百", "等十百家"]
) | st.text(max_size=4)  # fmt: skip
CELLS = st.sampled_from(["组织", "专家学者", "甲公司", "甲 公司", "盂县", "孟县", "9114", ""])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.lists(PIECES, max_size=16).map("".join),
    rows=st.lists(st.tuples(CELLS, CELLS | st.text(max_size=3), CELLS, CELLS), max_size=6),
)
def test_any_text_is_judged_without_an_accident(site_from, body, rows):
    tree = site_from()
    out = io.StringIO()
    header = ("类别", "名称", "统一社会信用代码", "县区")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    body = re.sub(r"^-- ", "", body, flags=re.MULTILINE)
    tree.write(faulty.notice(body=body, rows="x"))
    path = tree.root / "notices" / "a"
    (path / "list.csv").write_text(out.getvalue(), encoding="utf-8", errors="replace")
    for issue in tree.lint(Stage.PUBLISH):
        if issue.path.startswith(str(path)):
            lines = Path(issue.path).read_text(encoding="utf-8").split("\n")
            assert 1 <= issue.line <= len(lines)
            assert 1 <= issue.column <= len(lines[issue.line - 1]) + 1


@pytest.mark.parametrize(
    "body",
    [
        "公示时间：2021年12月6日—10日（5个工作日）。",
        "公示期为2021年12月6日至2021年12月10日，共5个工作日。",
        "公示期自2021-12-06至2021-12-10。",
        "自公示之日起５个工作日内，可以书面提出异议。",
        "现进行5个工作日的公示。",
        "公示期间如有异议，请于2021年12月10日前反映。",
        "公示期满后10个工作日内报市人民政府。",
        "公示无异议的，12月13日至15日现场领取证书。",
        "公示期延长1个工作日。",
        "推荐材料于2021年11月1日至25日受理。\n\n现予公示。",
    ],
)
def test_what_notices_usually_say_about_their_window_passes(site_from, body):
    codes = {i.code for i in site_from(faulty.notice(body=body)).lint()}
    assert not {code for code in codes if code.startswith("W")}


@pytest.mark.parametrize(
    ("opens", "text", "codes"),
    [
        # Real windows that were counted wrongly (docs/domain.md §1).
        ("2023-06-20", "2023年6月20日至24日", {"W004", "W006"}),
        ("2017-12-27", "2017年12月27日至2018年1月2日", {"W006"}),
        ("2019-08-23", "2019年8月23日-27日", {"W006"}),
        ("2021-05-08", "2021年5月8日～12日（5日）", {"W006"}),
    ],
)
def test_windows_that_offices_got_wrong_are_caught(site_from, opens, text, codes):
    tree = site_from(
        faulty.notice(
            body=f"公示时间为{text}。",
            published=f"{opens}T08:00:00+08:00",
            window=f"{{opens: {opens}, working-days: 5}}",
        )
    )
    assert {i.code for i in tree.lint() if i.code.startswith("W")} == codes


@pytest.mark.parametrize("path", sorted(CASES.glob("numbers/*.txt")), ids=lambda path: path.stem)
def test_a_number_as_people_type_it_is_found_wherever_it_stands(site_from, path):
    """In the body, in a cell of the list and in an attachment."""
    text = path.read_text(encoding="utf-8")
    expected = {"passport": "P010", "wechat": "P011", "mobile": "P002", "endash": "P002"}
    code = next((c for word, c in expected.items() if word in path.stem), "P001")
    cell = '"' + text.strip() + '"'
    tree = site_from(
        faulty.call(body=text) + faulty.notice("b", rows=faulty.rows(f"组织,甲厂,,,{cell}"))
    )
    files = tree.root / "notices" / "a" / "files"
    files.mkdir()
    (files / "f.txt").write_text(text, encoding="utf-8")
    found = [issue for issue in tree.lint(Stage.PUBLISH) if issue.code == code]
    assert {Path(issue.path).name for issue in found} == {"notice.md", "list.csv", "f.txt"}


@pytest.mark.parametrize(
    "text",
    [
        "办公地点：新苑路6号楼三层。",
        "家庭住址等个人信息不予公布。",
        "申报材料报送地址：阳泉市城区南大街123号市场监管局510室。",
        "关注微信公众号“阳泉市场监管”，邮箱12345678@qq.com。",
        "网址 https://example.cn/t20211206_13800138000.html",
        "生产单元3个，创新单元2个。",
        "成立于1980年1月2日，1990年5月生产第一批产品。",
    ],
)
def test_what_is_nobodys_secret_passes(site_from, text):
    found = site_from(faulty.call(body=text)).lint(Stage.PUBLISH)
    assert [issue for issue in found if issue.code.startswith("P")] == []


def test_coordinated_counts_are_read_as_they_are_meant(site_from):
    """Organizations and individuals of each grade, as decisions name them."""
    listed = [("质量奖", "组织", n, "") for n in ("甲公司", "乙公司")]
    listed += [("提名奖", "组织", n, "") for n in ("丙公司", "丁医院", "戊学校")]
    listed += [("提名奖", "专家学者", n, "甲研究所") for n in ("钱明", "孙亮")]
    rows = "奖项,类别,名称,工作单位\n" + "".join(f"{','.join(row)}\n" for row in listed)
    body = (
        "授予甲公司、乙公司等2个组织质量奖，"
        "授予丙公司、丁医院、戊学校等3个组织和钱明、孙亮等2名个人提名奖。"
    )
    found = site_from(faulty.city() + faulty.decision(rows=rows, body=body)).lint()
    assert "L010" not in {issue.code for issue in found}
    wrong = site_from(faulty.city() + faulty.decision(rows=rows, body=body.replace("3个", "4个")))
    assert "L010" in {issue.code for issue in wrong.lint()}


def test_a_careless_text_gives_one_finding_for_each_slip(site_from):
    case = CASES / "notices" / "h44-text"
    files = "".join(
        f"-- notices/h44-text/{path.name} --\n{path.read_text(encoding='utf-8')}"
        for path in sorted(case.iterdir())
    )
    codes = [issue.code for issue in site_from(files).lint(Stage.PUBLISH)]
    for code in ("T001", "T002", "T004", "T005", "T006", "T007"):
        assert codes.count(code) == 1, code
    assert codes.count("T003") == 2  # two dates


def test_every_window_can_be_objected_to(site_from):
    found = {issue.code for issue in site_from(faulty.notice()).lint(Stage.PUBLISH)}
    spoken = faulty.notice(body="现予公示，电话0353-2880836。")
    assert "T008" not in {issue.code for issue in site_from(spoken).lint(Stage.PUBLISH)}
    assert found <= {"T008", "S003"}


def test_a_window_that_seals_objections_has_a_channel(site_from):
    tree = site_from(faulty.notice())
    path = tree.content[0] / "site.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    told = tuple(line for line in lines if not re.match(r"(phone|email|address)\b", line))
    path.write_text("".join(told), encoding="utf-8")
    for keyed, told in ((lambda slug: slug == "a", False), (lambda slug: slug == "b", True)):
        found = lint(tree.content, tree.notices, stage=Stage.PUBLISH, keyed=keyed)
        assert ("T008" in {issue.code for issue in found}) is told


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; t = sys.stdin.read(); print(f'2:3: {len(t)}个字')", [(11, 3, "11个字")]),
        ("print('1:1: 一'); print('0:0: 二'); exit(1)", [(10, 1, "一"), (10, 1, "二")]),
        ("pass", []),
        ("print('吃了吗')", [(10, 1, "外部检查程序的输出不是“行:列:说明”，以下没有检查")]),
        ("exit(3)", [(10, 1, "外部检查程序出错（状态3），以下没有检查")]),
        ("while True: pass", [(10, 1, "外部检查程序用时超过2秒，以下没有检查")]),
        (None, [(10, 1, "外部检查程序不能启动：没有这个文件或文件夹，以下没有检查")]),
    ],
)
def test_the_offices_own_program_is_asked_about_each_text(site_from, program, said):
    tree = site_from(faulty.call(body="现予公布。\n请办理。", tags="[一]"))
    command = ["/nowhere/checker"] if program is None else [sys.executable, "-c", program]
    checker = Checker(command, seconds=2)
    found = lint(tree.content, tree.notices, stage=Stage.DRAFT, checker=checker)
    at = {(i.line, i.column, i.message) for i in found if i.path.endswith("a/notice.md")}
    told = {issue.message for issue in found if issue.code == "T013"}
    assert all(issue.severity is Severity.WARNING for issue in found)
    if said and "程序" in said[0][2]:
        assert told == {said[0][2]}  # once, for the first text of all
    else:
        assert at == set(said)
