"""The commands that write notices, as an officer at a terminal meets them."""

import shutil
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from portal.cli import editing, portal
from portal.cli.import_command import command as import_command
from portal.errors import RequestError, Severity, Stage
from tests.editorial.conftest import TEXTS, at
from tests.sites import PINGDING

OPEN = at("2021-12-08")


@pytest.fixture
def tree(site_from, tmp_path, monkeypatch):
    tree = site_from(PINGDING).record()
    shutil.copytree(TEXTS, tree.root / "content" / "texts")
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PORTAL_CONTENT", str(tree.content[0]))
    monkeypatch.setenv("PORTAL_NOTICES", str(tree.notices[0]))
    monkeypatch.setattr(editing, "now", lambda: OPEN)
    return tree


def run(*arguments):
    return CliRunner().invoke(portal, arguments, catch_exceptions=True)


def notices(tree):
    return sorted(p.name for p in tree.notices[0].iterdir() if p.is_dir() and p.name[0] != ".")


def errors(tree):
    return [i for i in tree.lint(Stage.PUBLISH, now=OPEN) if i.severity is Severity.ERROR]


def test_without_a_kind_it_tells_what_can_be_begun_and_why_not(tree):
    told = run("new").stdout
    assert "县（区）公示（盂县）：portal new county-publicity --county yuxian" in told
    assert "市级公示：现在不能起草。平定县公示期还有3个工作日" in told
    assert notices(tree) == ["pingding-list"]


@pytest.mark.parametrize("county", ["yuxian", "盂县"])
def test_a_notice_is_begun_among_the_notices(tree, county):
    result = run("new", "county-publicity", "--county", county)
    assert result.exit_code == 0, result.output
    assert "公示期：2021年12月8日至12月14日" in result.stdout
    assert notices(tree) == ["pingding-list", "third-yuxian"]
    folder = tree.notices[0] / "third-yuxian"
    assert sorted(path.name for path in folder.iterdir()) == ["notice.md"]
    assert folder.stat().st_mode & 0o777 == 0o755  # whoever serves the site reads it
    assert "未登记　third-yuxian" in run("drafts").stdout


def test_a_list_that_is_imported_fills_the_places_left_for_it(tree, tmp_path):
    run("new", "county-publicity", "--county", "yuxian")
    table = tmp_path / "名单.csv"
    table.write_text("类别,名称,工作单位\n组织,乙公司,\n专家学者,钱七,某所\n", encoding="utf-8")
    result = CliRunner().invoke(import_command, [str(table), "--notice", "third-yuxian"])
    assert result.exit_code == 0, result.output
    text = (tree.notices[0] / "third-yuxian" / "notice.md").read_text(encoding="utf-8")
    assert "现将盂县拟推荐的1个组织、1名个人予以公示" in text
    assert errors(tree) == []


def test_a_draft_for_the_desk_touches_no_notice(tree):
    result = run("new", "call", "--draft", "--slug", "our-call")
    assert result.exit_code == 0, result.output
    assert notices(tree) == ["pingding-list"]
    assert "工作台　our-call　关于开展第三届测试市质量奖评选表彰工作的通知" in run("drafts").stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["city-publicity"], "平定县公示期还有3个工作日"),
        (["poem"], "没有这种公告“poem”；可用：call（通知）"),
        (["county-publicity"], "要写明县区"),
        (["county-publicity", "--county", "孟县"], "没有县区“孟县”"),
        (["call", "--edition", "ninth"], "没有届次“ninth”；现有：third"),
        (["call", "--slug", "pingding-list"], "已经有网址名为“pingding-list”"),
    ],
)
def test_what_cannot_be_begun_leaves_nothing_behind(tree, arguments, why):
    result = run("new", *arguments)
    assert isinstance(result.exception, RequestError)
    assert why in str(result.exception)
    assert notices(tree) == ["pingding-list"]
    assert [p.name for p in tree.notices[0].glob(".begin*")] == []


def test_an_extension_keeps_the_earlier_text_and_stands_up_to_the_lint(tree):
    before = (tree.notices[0] / "pingding-list" / "notice.md").read_bytes()
    result = run("extend", "pingding-list", "--working-days", "2", "--reason", "暴雪停止办公")
    assert result.exit_code == 0, result.output
    assert "公示期延长2个工作日，至2021年12月14日" in result.stdout
    folder = tree.notices[0] / "pingding-list"
    assert (folder / "revisions" / "1" / "notice.md").read_bytes() == before
    assert (folder / "revisions" / "1" / "list.csv").is_file()
    assert "延长的原因：暴雪停止办公。" in (folder / "notice.md").read_text(encoding="utf-8")
    assert errors(tree) == []


def test_an_extension_counts_as_its_window_does(tree):
    text = tree.notices[0] / "pingding-list" / "notice.md"
    other = text.read_text("utf-8").replace("working-days: 5", "days: 7")
    text.write_text(other, encoding="utf-8")
    shutil.rmtree(tree.notices[0] / ".recorded", ignore_errors=True)
    (tree.notices[0] / "ledger.jsonl").unlink()
    tree.record()
    before = text.read_bytes()
    asked = run("extend", "pingding-list", "--working-days", "2", "--reason", "暴雪停止办公")
    assert "请用 --days 写延长几天" in str(asked.exception)
    assert text.read_bytes() == before
    told = run("extend", "pingding-list", "--days", "2", "--reason", "暴雪停止办公")
    assert "公示期延长2天，至2021年12月" in told.stdout
    assert "个工作日" not in text.read_text("utf-8").split("note:")[1].split("\n")[0]


def test_a_window_is_counted_as_it_is_said():
    days = {
        "--working-days": "至 2026-10-12 24:00（起始日计为第1个工作日）",
        "--days": "至 2026-10-11 24:00（起始日计为第1天）",
    }
    for option, last in days.items():
        assert last in run("window", "--opens", "2026-10-08", option, "4").stdout
    unclear = run("window", "--opens", "2026-10-08", "--days", "4", "--working-days", "4")
    assert unclear.exit_code == 2


def test_a_second_extension_waits_for_the_first_to_be_recorded(tree):
    run("extend", "pingding-list", "--working-days", "2", "--reason", "暴雪")
    again = run("extend", "pingding-list", "--working-days", "1", "--reason", "停电")
    assert "第2稿还没有登记" in str(again.exception)


def test_a_window_that_is_over_is_not_extended(tree, monkeypatch):
    monkeypatch.setattr(editing, "now", lambda: at("2021-12-20"))
    result = run("extend", "pingding-list", "--working-days", "2", "--reason", "暴雪")
    assert "公示期已满，不能再延长" in str(result.exception)


@pytest.mark.parametrize(
    ("command", "slug", "word"),
    [
        ("correct", "pingding-list-correction", "更正"),
        ("withdraw", "pingding-list-withdrawal", "撤回"),
    ],
)
def test_an_amendment_is_a_notice_of_its_own(tree, command, slug, word):
    result = run(command, "pingding-list", "--reason", "推荐材料需要核实")
    assert result.exit_code == 0, result.output
    assert f"《关于{word}《平定县第三届质量奖推荐名单公示》的公告》" in result.stdout
    assert notices(tree) == ["pingding-list", slug]
    assert errors(tree) == []
    assert not (tree.notices[0] / "pingding-list" / "revisions").exists()


@pytest.mark.parametrize("command", ["extend", "correct", "withdraw"])
def test_what_nobody_recorded_is_simply_changed(tree, command):
    days = ["--working-days", "1"] if command == "extend" else []
    result = run(command, "nothing", "--reason", "无", *days)
    assert "没有已经发布的公告“nothing”" in str(result.exception)


def test_a_faulty_notice_hinders_no_list_of_drafts(tree):
    folder = Path(tree.notices[0], "broken")
    folder.mkdir()
    (folder / "notice.md").write_text("没有信息头", encoding="utf-8")
    assert "未登记　broken　文件有错误，见 portal lint" in run("drafts").stdout


def test_a_leaked_number_is_asked_for_unseen_and_taken_out(tree):
    folder = tree.notices[0] / "pingding-list"
    for name in ("notice.md", "list.csv"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace("赵六", "赵六13800138000"))
    shutil.copytree(folder, tree.notices[0] / "copy")
    result = CliRunner().invoke(
        portal, ["redact", "pingding-list", "--reason", "误登"], input="13800138000\n"
    )
    assert result.exit_code == 0, result.output
    assert "13800138000" not in result.output
    assert "已删去：list.csv" in result.stdout
    assert "copy 也有这项内容：portal redact copy" in result.stdout
    assert "第2稿由第二人核对后登记：portal publish pingding-list" in result.stdout
    assert "13800138000" not in (folder / "list.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_text_may_come_from_a_file(tree, tmp_path, encoding):
    source = tmp_path / "正文.txt"
    source.write_text("一、范围\n1. 全市的组织\n", encoding=encoding)
    result = run("new", "call", "--text", str(source))
    assert result.exit_code == 0, result.output
    text = (tree.notices[0] / "third-call" / "notice.md").read_text(encoding="utf-8")
    assert text.endswith("---\n一、范围\n\n1\\. 全市的组织\n")


def test_what_word_could_not_hand_over_is_told(tree, tmp_path):
    document = docx.Document()
    document.add_paragraph("正文")
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.save(tmp_path / "正文.docx")
    result = run("new", "call", "--text", str(tmp_path / "正文.docx"))
    assert "页眉“内部资料”没有带入" in result.stderr
    assert (tree.notices[0] / "third-call").is_dir()
    broken = tmp_path / "坏.docx"
    broken.write_bytes(b"PK")
    assert "另存为 .docx" in str(run("new", "call", "--text", str(broken)).exception)
    assert notices(tree) == ["pingding-list", "third-call"]
