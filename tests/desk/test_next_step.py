"""Every case says what to do next, whatever its state."""

from tests.casedesk import CITY, PINGDING, PINGDING_2
from tests.desk.conftest import post


def step_of(client, citizen):
    page = client.get(f"/cases/{citizen.number}/").text
    return page.partition("下一步：</strong>")[2].partition("。</p>")[0]


def test_the_next_step_from_arrival_to_the_end(office):
    citizen = office.cases.arrive()
    client = office.sign_in(PINGDING)
    assert step_of(client, citizen).startswith("拆封阅读")
    assert step_of(office.sign_in(CITY), citizen) == "由平定县办办理"
    office.unlock(client, "pingding-office", "pd-list")
    base = f"/cases/{citizen.number}"
    for path, data, said in (
        ("open", {}, "受理；不符合条件的"),
        ("step/accept", {}, "开始核查"),
        ("step/examine", {}, "查清以后"),
        ("ask", {"ask-text": "请说明出处。"}, "等异议人回答3月4日的询问"),
    ):
        assert post(client, f"{base}/{path}", data).status_code == 302
        assert step_of(client, citizen).startswith(said), path
    other = office.sign_in(PINGDING_2)
    assert step_of(other, citizen).startswith("输入密钥口令")
    office.cases.follow_up(citizen, text="出处见附件")
    office.cases.collect()
    assert step_of(client, citizen) == "拆封新材料1件"
    post(client, f"{base}/open")
    closing = {
        "close-outcome": "rejected",
        "close-summary": "经核查，并无不实。",
        "close-reply": "经核查，并无不实，依据是公报。",
    }
    assert post(client, f"{base}/close", closing).status_code == 302
    assert "等另一位经办人员复核" in step_of(client, citizen)
    office.unlock(other, "pingding-office", "pd-list")
    post(other, f"{base}/open")
    assert step_of(other, citizen) == "办结等待复核"
    assert "依据是公报" in other.get(f"{base}/").text
    office.clock.on(seconds=60)
    code = {"code": office.code(PINGDING_2.username)}
    assert post(other, f"{base}/confirm", code).status_code == 302
    assert step_of(client, citizen).startswith("没有要办的")
    assert step_of(office.sign_in(CITY), citizen) == "没有要办的"
    assert "依据是公报" in [a.text for a in office.cases.inbox_of(citizen)][-2]


def test_what_cannot_be_opened_leads_to_its_own_end(office):
    citizen = office.cases.arrive()
    path = office.cases.room.envelope(citizen.lookup)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    client = office.sign_in(PINGDING)
    assert step_of(client, citizen).startswith("拆封阅读")
    office.unlock(client, "pingding-office", "pd-list")
    assert post(client, f"/cases/{citizen.number}/open").status_code in {303, 422}
    assert "在“信封无法读取”提请结束" in step_of(client, citizen)
    assert "<details open><summary>信封无法读取" in client.get(f"/cases/{citizen.number}/").text


def test_a_key_that_is_not_here_leads_there_too(office):
    citizen = office.cases.arrive()
    client = office.sign_in(PINGDING)
    post(client, f"/cases/{citizen.number}/open", {"open-passphrase": "a passphrase"})
    assert "先请密钥保管人核对" in step_of(client, citizen)
