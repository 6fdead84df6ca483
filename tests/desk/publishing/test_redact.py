"""紧急撤下个人信息 at the desk: shown masked, gone at once, the site asked for, approved after."""

import re

from sqlalchemy import select

from portal.casework.models import AuditLine
from portal.editorial.site_due import site_due
from tests.casedesk import YUXIAN
from tests.desk.conftest import post
from tests.desk.publishing.conftest import DRAFTER, PAST, REVIEWER, SIGNER, fields

NUMBER = "13800138000"
LEAKED = PAST.replace("予以公示。", f"予以公示。联系人138-0013 8000，{NUMBER}。")
ASKED = {"leaked": NUMBER, "reason": "误登手机号码"}
PAGE = "/published/pingding-list/redact"


def published(publishing):
    publishing.tree.write(LEAKED).record()
    return publishing.client()


def strike(publishing, client, page, **more):
    publishing.office.clock.on(seconds=60)
    code = publishing.office.code(DRAFTER.username)
    return post(client, f"{PAGE}/strike", {**ASKED, **fields(page), "code": code, **more})


def texts(publishing):
    folder = publishing.tree.notices[0]
    return "".join(
        path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.name != "ledger.jsonl"
    )


def acts(publishing):
    with publishing.office.desk.room.register.read() as session:
        lines = session.scalars(select(AuditLine).order_by(AuditLine.seq)).all()
        return [(line.action, line.detail) for line in lines if line.action == "redact"]


def test_what_leaked_is_shown_masked_and_only_then_taken_out(publishing):
    client = published(publishing)
    assert f'href="{PAGE}"' in client.get("/published/pingding-list/").text
    found = post(client, f"{PAGE}/look", ASKED)
    shown = re.sub(r'<input type="hidden"[^>]*>', "", found.text)
    assert "现在的正文" in shown
    assert "联系人●●●●●●●●●●●●●，●●●●●●●●●●●" in shown
    assert NUMBER not in shown
    assert NUMBER in texts(publishing)
    wrong = strike(publishing, client, found.text, code="000000")
    assert (wrong.status_code, NUMBER in texts(publishing)) == (422, True)
    assert site_due(publishing.office.desk.publisher.root) == ()
    done = strike(publishing, client, found.text)
    assert done.status_code == 302, done.text
    assert NUMBER not in texts(publishing)
    assert "8000" not in publishing.office.desk.room.catalogue().notice("pingding-list").body
    assert [one.slug for one in site_due(publishing.office.desk.publisher.root)] == [
        "pingding-list"
    ]
    ((_, detail),) = acts(publishing)
    assert "pingding-list" in detail
    assert NUMBER not in detail
    after = client.get(PAGE).text
    assert "留下的文本已成为草稿" in after
    assert "公开网站还没有换下" in after
    assert "有“签发”权限的人" in after
    assert "公开网站还没有换下" in client.get("/todo").text
    assert 'id="passphrase"' in publishing.client(SIGNER).get(PAGE).text
    again = post(client, f"{PAGE}/look", ASKED)
    assert (again.status_code, "没有找到" in again.text) == (422, True)


def test_the_text_that_is_left_goes_the_way_of_the_three_acts(publishing):
    client = published(publishing)
    strike(publishing, client, post(client, f"{PAGE}/look", ASKED).text)
    send = "/publishing/pingding-list/send"
    sent = post(client, send, fields(client.get(send).text))
    assert sent.status_code == 302, sent.text
    assert "待您审核" in publishing.client(REVIEWER).get("/todo").text


def test_a_draft_in_the_way_keeps_nothing_public_and_the_text_waits(publishing):
    client = published(publishing)
    begun = post(client, "/published/pingding-list/revise", {"reason": "名称有误"})
    assert begun.status_code == 302
    strike(publishing, client, post(client, f"{PAGE}/look", ASKED).text)
    assert NUMBER not in texts(publishing)
    after = client.get(PAGE).text
    assert "还没有成为草稿" in after
    assert "还有草稿写着这项内容" in after
    draft = publishing.draft("pingding-list")
    post(client, "/publishing/pingding-list/discard", {"seen": draft.digest})
    assert "做成草稿，送审" in client.get(PAGE).text
    assert post(client, f"{PAGE}/take-up").status_code == 302
    assert NUMBER not in publishing.draft("pingding-list").text


def test_nobody_else_takes_anything_out(publishing):
    published(publishing)
    for person, status in ((YUXIAN, 404), (REVIEWER, 422)):
        client = publishing.client(person)
        assert post(client, f"{PAGE}/look", ASKED).status_code == status
        publishing.office.clock.on(seconds=60)
        code = publishing.office.code(person.username)
        struck = post(client, f"{PAGE}/strike", {**ASKED, "code": code})
        assert struck.status_code == status
        assert post(client, f"{PAGE}/take-up").status_code == status
        assert post(client, f"{PAGE}/unlock", {"passphrase": "x"}).status_code in (404, 422)
    assert NUMBER in texts(publishing)
    assert acts(publishing) == []
