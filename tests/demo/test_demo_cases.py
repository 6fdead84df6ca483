"""The demonstration's desk, and the commands of the desk, as a newcomer meets them."""

import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from portal.casework.models import AuditLine, Case
from portal.cli import portal
from portal.config.common import Paths
from portal.config.desk_settings import DeskSettings
from portal.demo.demo_cases import prepare
from portal.desk.desk_app import create_app
from portal.desk.entry.demo_officers import PASSPHRASE, PASSWORD
from portal.domain.objection import CaseState
from portal.errors import RequestError
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import PublicKeys
from portal.sealed.signed_answers import Proof
from portal.submission.replies import read_case
from tests.contract import ContractClient
from tests.desk.conftest import Clock, token
from tests.showcase import NOW, ROOT, showcase


@pytest.fixture(scope="module")
def demo_tree(tmp_path_factory):
    tree = tmp_path_factory.mktemp("tree")
    showcase(tree, today=NOW)
    return tree


def environment_of(tree, state):
    return {
        "PORTAL_CONTENT": os.pathsep.join((f"{ROOT}/content", f"{tree}/content")),
        "PORTAL_NOTICES": os.pathsep.join((f"{ROOT}/notices", f"{tree}/notices")),
        "PORTAL_STATE": str(state),
        "PORTAL_DEMONSTRATION": "1",
    }


@pytest.fixture(scope="module")
def prepared(demo_tree, tmp_path_factory):
    """A prepared state to copy: making keys and hashing passwords takes seconds."""
    state = tmp_path_factory.mktemp("prepared") / "state"
    return state, prepare(environment_of(demo_tree, state), NOW)


@pytest.fixture
def lines(prepared):
    return prepared[1]


@pytest.fixture
def environment(demo_tree, prepared, tmp_path):
    shutil.copytree(prepared[0], tmp_path / "state")
    return environment_of(demo_tree, tmp_path / "state")


def demo_app(environment, clock):
    content, notices = (
        tuple(map(Path, environment[name].split(os.pathsep)))
        for name in ("PORTAL_CONTENT", "PORTAL_NOTICES")
    )
    paths = Paths(content, notices, Path(environment["PORTAL_STATE"]))
    app = create_app(DeskSettings(paths=paths, demonstration=True, plain_http=True), clock)
    app.test_client_class = ContractClient
    return app


def test_the_demonstration_is_refused_where_nobody_asked_for_it(environment):
    del environment["PORTAL_DEMONSTRATION"]
    with pytest.raises(RequestError, match="只能在演示中"):
        prepare(environment, NOW)


def test_a_newcomer_signs_in_with_what_the_page_shows_and_reads_a_case(environment, lines):
    assert PASSWORD in lines
    assert PASSPHRASE in lines
    app = demo_app(environment, Clock(NOW))
    client = app.test_client()
    shown = client.get("/sign-in").text
    code = re.search(
        r"yanshi</th><td><code>[^<]*</code></td><td class=\"num\"><code>(\d{6})", shown
    )[1]
    form = {"username": "yanshi", "password": PASSWORD, "code": code}
    form["csrf_token"] = token(client, "/sign-in")
    assert client.post("/sign-in", data=form).location == "/todo"
    inbox = client.get("/inbox/?state=examining").text
    assert "【演示】" in inbox
    number = re.search(r"/cases/(YY[^/]+)/", inbox)[1]
    data = {"csrf_token": token(client), "open-passphrase": PASSPHRASE}
    assert client.post(f"/cases/{number}/open", data=data).status_code == 302
    page = client.get(f"/cases/{number}/").text
    assert "成立时间不足三年" in page
    assert "含有脚本" in page
    app.extensions["portal.desk"].close()


def test_the_printed_receipt_code_shows_the_open_question(environment, lines, tmp_path):
    code = re.search(r"查询码 +([0-9A-Z-]+)", lines)[1].replace("-", "")
    keys = PublicKeys(tmp_path / "state" / "keys" / "public")
    case = read_case(DropBox(tmp_path / "state" / "dropbox"), code, keys)
    assert case.state is CaseState.EXAMINING
    assert case.question
    assert {proof for _, proof in case.items} == {Proof.SOUND}


def test_preparing_twice_adds_nothing(environment, tmp_path):
    before = _cases(tmp_path)
    prepare(environment, NOW.replace(hour=11))
    assert _cases(tmp_path) == before
    assert len(before) == 4


def _cases(tmp_path):
    from portal.casework.register import Register

    register = Register(DeskSettings(paths=Paths((), (), tmp_path / "state")).url)
    with register.read() as session:
        found = sorted(session.execute(select(Case.number, Case.state)).all())
    register.close()
    return found


@pytest.fixture
def command(environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PORTAL_DEMONSTRATION")
    runner = CliRunner()

    def run(*arguments):
        return runner.invoke(portal, arguments)

    return run


def test_staff_are_added_reset_and_disabled_from_the_command_line(command):
    added = command("desk-user", "add", "zhangsan", "--name", "张三", "--office", "yangquan-office")
    assert added.exit_code == 0, added.output
    assert "初始密码" in added.output
    assert "otpauth://" in added.output
    assert command("desk-user", "add", "wangwu", "--name", "王五", "--auditor").exit_code == 0
    assert "初始密码" in command("desk-user", "reset", "zhangsan").output
    assert command("desk-user", "disable", "zhangsan").exit_code == 0
    unknown = command("desk-user", "add", "lisi", "--name", "李四", "--office", "nowhere")
    assert isinstance(unknown.exception, RequestError)
    assert command("desk-user", "add", "lisi", "--name", "李四").exit_code == 2
    assert isinstance(command("desk-user", "reset", "nobody").exception, RequestError)


def test_the_audit_is_verified_from_the_command_line(command, environment, tmp_path):
    fine = command("audit", "verify")
    assert fine.exit_code == 0, fine.output
    noted = re.search(r"(\d+:[0-9a-f]{64})", fine.output)[1]
    assert command("audit", "verify", "--noted", noted).exit_code == 0
    assert command("audit", "verify", "--noted", "nonsense").exit_code == 2
    from portal.casework.register import Register

    register = Register(DeskSettings(paths=Paths((), (), tmp_path / "state")).url)
    with register.write() as session:
        session.execute(update(AuditLine).where(AuditLine.seq == 3).values(actor="someone"))
    register.close()
    assert "第3行" in str(command("audit", "verify").exception)
