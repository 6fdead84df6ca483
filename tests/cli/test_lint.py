"""`portal lint` and `portal import` as an officer meets them: output and exit status."""

import json
import shutil
import time
from datetime import datetime

import openpyxl
import pytest
from click.testing import CliRunner

from portal.casework.desk_key import DeskKey
from portal.cli import portal
from portal.cli.import_command import command as import_command
from portal.cli.lint_command import command as lint_command
from portal.cli.publish_command import command as publish_command
from portal.domain.workdays import SHANGHAI
from portal.errors import ContentError, RequestError
from portal.ledger.statements import statement
from portal.lint.run import explanations
from tests.lint import faulty
from tests.lint.planting import plant
from tests.sites import PINGDING


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    """No test reads the state of this machine."""
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))


@pytest.fixture
def site_from(site_from):
    """From November on the lint asks for the holidays of the next year: this site has them."""
    year = datetime.now(SHANGHAI).year + 1
    calendar = f"-- content/calendar.yaml --\nyears:\n  {year}: {{source: 测试}}\nclosures: {{}}\n"
    return lambda text="": site_from(calendar + text)


def run(command, *arguments):
    return CliRunner().invoke(command, [str(a) for a in arguments])


def folders(tree):
    return "--content", tree.content[0], "--notices", tree.notices[0]


def test_a_clean_tree_ends_with_status_0(site_from):
    result = run(lint_command, *folders(site_from(PINGDING)))
    assert result.exit_code == 0
    assert result.stdout == "没有发现问题。\n"


def test_every_fault_is_printed_with_place_code_and_remedy(site_from):
    tree = site_from(faulty.notice(body="电话13800138000，公示期3个工作日。", number="x"))
    result = run(lint_command, *folders(tree))
    assert result.exit_code == 1
    path = tree.root / "notices" / "a" / "notice.md"
    lines = result.stdout.splitlines()
    assert f"{path}:12:3: P002 有手机号码 138****8000（删去，或改用办公电话）" in lines
    assert [line.split(": ")[1][:4] for line in lines[:-1]] == ["F014", "P002", "W005"]
    assert lines[-1].startswith("3处错误，0处提醒。")


def test_the_desks_holds_are_found_in_the_state_folder(site_from, tmp_path, monkeypatch):
    tree = site_from(faulty.notice() + faulty.city())
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    held = {"edition": "third", "county": "平定县", "name": "平定县甲制造有限公司"}
    held |= {"category": "组织", "state": "open", "case": "1"}
    content = {"generated": datetime.now(SHANGHAI).isoformat(), "holds": [held]}
    key = DeskKey(tmp_path / "keys").signer()
    (tmp_path / "holds.json").write_bytes(statement(key, "holds", content))
    result = run(lint_command, *folders(tree), "--stage", "publish")
    assert result.exit_code == 1
    assert "A008 “平定县甲制造有限公司”的异议尚未办结（案件 1）" in result.stdout


def test_warnings_alone_end_with_status_0(site_from):
    result = run(lint_command, *folders(site_from(faulty.call())), "--stage", "publish")
    assert result.exit_code == 0, result.stdout
    assert "［提醒］" in result.stdout


def test_fix_mends_what_needs_no_person_and_says_so(site_from):
    tree = site_from(faulty.call(number="阳质强办[2021]第3号", body="由\u200b现予\u200b公布。"))
    result = run(lint_command, *folders(tree), "--fix")
    assert result.exit_code == 0
    assert result.stderr.count("已改正：") == 3
    assert result.stdout == "没有发现问题。\n"


def test_json_carries_the_same(site_from):
    tree = site_from(faulty.notice(number="x"))
    result = run(lint_command, *folders(tree), "--format", "json")
    (row,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (row["code"], row["line"], row["severity"]) == ("F014", 10, "error")


@pytest.mark.parametrize("code", ["L010", "f003"])
def test_a_code_is_explained(code):
    result = run(lint_command, "--explain", code)
    assert result.exit_code == 0
    assert explanations()[code.upper()] in result.stdout


def test_an_unknown_code_is_a_usage_error():
    assert run(lint_command, "--explain", "Z999").exit_code == 2
    assert run(portal, "lint", "--stage", "soon").exit_code == 2


def test_a_workbook_becomes_a_list_that_lint_accepts(site_from, tmp_path):
    tree = site_from(faulty.notice(rows=""))
    book = openpyxl.Workbook()
    book.active.append(["平定县推荐名单（组织）"])
    book.active.append(["序号", "单 位 名 称"])
    book.active.append([1, "甲　制造有限公司"])
    book.save(tmp_path / "名单.xlsx")
    source = (tmp_path / "名单.xlsx", "--notice", "a", *folders(tree))
    result = run(import_command, *source)
    assert result.exit_code == 0
    assert "Sheet!B3：“甲 制造有限公司”改为“甲制造有限公司”" in result.stdout
    written = (tree.root / "notices" / "a" / "list.csv").read_bytes().decode("utf-8")
    assert written == "\ufeff类别,名称\n组织,甲制造有限公司\n"
    assert tree.faults() == []
    again = run(import_command, *source)
    assert isinstance(again.exception, RequestError)
    assert run(import_command, *source, "--force").exit_code == 0


def test_what_the_clerk_must_decide_is_asked_and_nothing_is_written(site_from, tmp_path):
    tree = site_from(faulty.notice(rows=""))
    source = tmp_path / "list.csv"
    source.write_text(
        "序号,典型,类别,工作单位\n1,赵六,个人,甲厂\n2,钱七,个人,乙厂\n,以上共2名,,\n",
        encoding="utf-8",
    )
    command = (source, "--notice", "a", *folders(tree))
    result = run(import_command, *command)
    assert result.exit_code == 1
    assert "--name-column 典型" in result.stderr
    assert "没有写入" in result.stderr
    target = tree.root / "notices" / "a" / "list.csv"
    assert not target.exists()
    said = ("--name-column", "典型", "--value", "类别:个人=一线工作人员")
    result = run(import_command, *command, *said)
    assert result.exit_code == 0, result.stderr
    assert "一线工作人员,赵六,甲厂" in target.read_text(encoding="utf-8-sig")
    answers = tmp_path / "answers.toml"
    answers.write_text(
        '"name-column" = "典型"\n"类别:个人" = "专家学者"\n"3" = "略去"\n', encoding="utf-8"
    )
    result = run(import_command, *command, "--answers", answers, "--force", "--confirm", "count4")
    assert result.exit_code == 0, result.stderr
    assert target.read_text(encoding="utf-8-sig") == "类别,名称,工作单位\n专家学者,赵六,甲厂\n"


@pytest.mark.parametrize("option", ["--cell", "--column", "--value", "--empty", "--ignore-row"])
def test_an_answer_without_its_parts_is_refused_in_words(site_from, tmp_path, option):
    tree = site_from(faulty.notice(rows=""))
    source = tmp_path / "list.csv"
    source.write_text("单位名称\n甲有限公司\n", encoding="utf-8")
    result = run(import_command, source, "--notice", "a", *folders(tree), option, "甲")
    assert isinstance(result.exception, RequestError)
    assert "写成" in str(result.exception)


def test_publishing_does_not_believe_what_the_lint_kept(site_from, tmp_path, monkeypatch):
    """Whoever may write the cache could say that nothing was found; what is signed is read anew."""
    state = tmp_path / "state"
    monkeypatch.setenv("PORTAL_STATE", str(state))
    tree = site_from(faulty.call(body="身份证号11010519491231002X"))
    time.sleep(0.06)  # a file that was just written may change again
    arguments = ("--content", str(tree.content[0]), "--notices", str(tree.notices[0]))
    assert run(lint_command, *arguments, "--stage", "publish").exit_code == 1
    plant(state / "cache" / "lint")
    assert run(lint_command, *arguments, "--stage", "publish").exit_code == 0
    assert run(lint_command, *arguments, "--stage", "publish", "--anew").exit_code == 1
    published = run(publish_command, "a", *arguments, "--no-passphrase")
    assert isinstance(published.exception, ContentError)
    assert {issue.code for issue in published.exception.issues} == {"P001"}


def test_what_waits_for_later_stops_nobody_else(site_from, tmp_path, monkeypatch):
    """Faults of a text that nobody enters now are told, and stop no other text and no signature."""
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    number = "身份证号11010519491231002X"
    tree = site_from(faulty.call("one") + faulty.call("two", body=number))
    arguments = ("--content", str(tree.content[0]), "--notices", str(tree.notices[0]))
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("page")
    both = run(publish_command, "one", "two", *arguments, "--no-passphrase")
    assert isinstance(both.exception, ContentError)
    assert isinstance(run(publish_command, "--due", *arguments).exception, ContentError)
    one = run(publish_command, "one", *arguments, "--no-passphrase")
    assert one.exit_code == 0, one.exception
    assert "这次不登记的公告里有错误" in one.stderr
    assert "two/notice.md" in one.stderr
    signed = run(publish_command, "--site", str(site), *arguments)
    assert signed.exit_code == 0, signed.exception
    assert (site / "manifest.json").is_file()
    path = tree.notices[0] / "one" / "notice.md"
    path.write_text(path.read_text(encoding="utf-8") + number, encoding="utf-8")
    changed = run(publish_command, "--site", str(site), *arguments)
    assert isinstance(changed.exception, ContentError), "what the public has is another matter"
    assert {issue.path for issue in changed.exception.issues} == {str(path)}


def test_a_draft_is_checked_over_the_tree(site_from, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path / "state"))
    tree = site_from(PINGDING + faulty.call("other", body="电话13800138000"))
    draft = tmp_path / "state" / "drafts" / "pingding-list"
    shutil.copytree(tree.notices[0] / "pingding-list", draft)
    arguments = ("--draft", "pingding-list", *folders(tree))
    assert run(lint_command, *arguments).stdout == "没有发现问题。\n"
    (draft / "list.csv").write_text("类别,名称\n组织,\n", encoding="utf-8")
    result = run(lint_command, *arguments)
    assert result.exit_code == 1
    assert f"{draft}/list.csv:2:4: L004" in result.stdout
    assert "P002" not in result.stdout
    missing = run(lint_command, "--draft", "nothing", *folders(tree))
    assert "没有名为“nothing”的草稿" in str(missing.exception)
