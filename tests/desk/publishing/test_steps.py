"""From an odd spreadsheet to 送审, step by step, and what each page refuses and keeps."""

import io
import re

import html5lib
import pytest
from docx import Document

from portal.casework.people import Person, Right, Role
from tests.casedesk import AUDITOR, CITY, PINGDING, YUXIAN
from tests.desk.conftest import post
from tests.desk.publishing.conftest import (
    DRAFTER,
    ODD,
    PAST,
    REVIEWER,
    SIGNER,
    begin,
    fields,
    upload,
    workbook,
)


def answer_first(client, slug):
    """Answer every question with its first choice, until nothing is asked."""
    for _ in range(6):
        page = client.get(f"/publishing/{slug}/list").text
        if '<fieldset class="ask"' not in page:
            return page
        data = {k: v for k, v in fields(page).items() if k.startswith("id-")}
        for number in (key.removeprefix("id-") for key in list(data)):
            choice = re.search(f'name="q-{number}" value="([^"]+)"', page)
            data[f"q-{number}"] = choice[1]
        assert post(client, f"/publishing/{slug}/list/answer", data).status_code == 302
    raise AssertionError("still asking")


def test_what_only_documents_show_is_set_in_and_days_are_days(publishing):
    client = publishing.client()
    slug = begin(client)
    page = f"/publishing/{slug}/text"
    paper = {"issued": "2026-11-02", "copied-to": "市委办公室", "printed": "2026-11-03"}
    assert post(client, page, {**fields(client.get(page).text), **paper}).status_code == 302
    values = publishing.draft(slug).values
    assert [str(values[name]) for name in paper] == list(paper.values())
    assert "issued: 2026-11-02\n" in publishing.draft(slug).text
    wrong = {**fields(client.get(page).text), "printed": "11月3日"}
    answer = post(client, page, wrong)
    assert answer.status_code == 422
    assert "印发日期“11月3日”读不出来，请写成“2026-11-03”这样" in answer.text
    assert 'value="11月3日"' in answer.text
    assert str(publishing.draft(slug).values["printed"]) == "2026-11-03"


def test_kinds_that_cannot_be_begun_say_why(publishing):
    page = publishing.client(REVIEWER).get("/publishing/new").text
    assert "市级公示" in page
    assert "还没有县（区）公示" in page
    assert page.count('<button class="kind-card">') == 0  # a reviewer alone begins nothing
    assert "kind-card" in publishing.client().get("/publishing/new").text


def test_an_odd_spreadsheet_becomes_the_list_through_questions(publishing):
    client = publishing.client()
    slug = begin(client)
    assert upload(client, slug).status_code == 302
    page = client.get(f"/publishing/{slug}/list").text
    assert "推荐表.xlsx" in page
    assert '<fieldset class="ask"' in page
    assert publishing.draft(slug).list_bytes is None  # nothing is written while something is asked
    assert "checked" not in page.split("<fieldset", 1)[1].split("</form>", 1)[0]  # nothing guessed
    page = answer_first(client, slug)
    listed = publishing.draft(slug).list_bytes.decode("utf-8-sig")
    assert "平定甲制造有限公司" in listed
    assert "合计" not in listed
    assert "2个组织" in publishing.draft(slug).body  # the count is set into the text
    assert "将公示的名单" in page


def test_a_sheet_that_cannot_be_read_is_told_and_forgotten(publishing):
    client = publishing.client()
    slug = begin(client)
    answer = upload(client, slug, b"PK\x03\x04 broken")
    assert answer.status_code == 422
    assert "推荐表.xlsx" in answer.text
    assert client.get(f"/publishing/{slug}/list").status_code == 200
    assert upload(client, slug, ODD, "..\\..\\notice.md").status_code in {302, 422}
    assert publishing.draft(slug).text.startswith("---\ntitle")


def test_rows_can_be_typed_and_come_back_as_typed(publishing):
    client = publishing.client()
    slug = begin(client)
    page = client.get(f"/publishing/{slug}/list?edit=1").text
    data = {**fields(page), "rows": "3", "c0-1": "组织", "c0-2": "平定甲有限公司", "go": "next"}
    answer = post(client, f"/publishing/{slug}/list", data)
    assert answer.location == f"/publishing/{slug}/text"
    assert "组织,平定甲有限公司" in publishing.draft(slug).list_bytes.decode()
    before = publishing.draft(slug).list_bytes
    data["seen"] = publishing.draft(slug).digest
    post(client, f"/publishing/{slug}/list", data)
    assert publishing.draft(slug).list_bytes == before


def test_what_nobody_sees_is_not_taken_and_the_rest_comes_back(publishing):
    client = publishing.client()
    slug = begin(client)
    data = {"seen": publishing.draft(slug).digest, "rows": "1"}
    data |= {"c0-1": "组织", "c0-2": "平定\x00甲有限公司"}
    wrong = post(client, f"/publishing/{slug}/list", data)
    assert wrong.status_code == 422
    assert "第1行的名称里有看不见的控制字符" in wrong.text
    assert "平定甲有限公司" in wrong.text, "typed rows stay"
    assert publishing.draft(slug).list_bytes is None
    day = {"seen": data["seen"], "issued": "2026-W10-1"}
    assert post(client, f"/publishing/{slug}/text", day).status_code == 422


def test_text_is_plain_and_a_finding_stands_beside_its_field(publishing):
    client = publishing.client()
    slug = begin(client)
    seen = publishing.draft(slug).digest
    data = {"seen": seen, "form": "plain", "title": "标题", "body": "甲*乙*\n电话13834012345"}
    assert post(client, f"/publishing/{slug}/text", data).status_code == 302
    assert publishing.draft(slug).body == "甲\\*乙\\*\n\n电话13834012345\n"
    page = client.get(f"/publishing/{slug}/text").text
    assert "甲*乙*\n电话13834012345" in page
    assert 'class="remark must"' in page
    assert "正文第3行" in page


def test_what_two_people_wrote_is_shown_to_the_later_and_both_stay(publishing):
    mine = publishing.client()
    slug = begin(mine)
    seen = publishing.draft(slug).digest
    data = {"seen": seen, "form": "plain", "title": "甲的标题", "body": "甲的正文"}
    assert post(mine, f"/publishing/{slug}/text", data).status_code == 302
    later = post(
        mine, f"/publishing/{slug}/text", {**data, "title": "乙的标题", "body": "乙的正文"}
    )
    assert later.status_code == 409
    for text in ("甲的标题", "甲的正文", "乙的标题", "乙的正文"):
        assert text in later.text
    assert publishing.draft(slug).title == "甲的标题"
    over = {**data, "title": "乙的标题", "body": "乙的正文", **fields(later.text)}
    assert post(mine, f"/publishing/{slug}/text", over).status_code == 302
    assert publishing.draft(slug).title == "乙的标题"


def test_the_script_saves_beside_the_form(publishing):
    client = publishing.client()
    slug = begin(client)
    data = {"seen": publishing.draft(slug).digest, "form": "plain", "title": "甲", "body": "乙"}
    said = post(client, f"/publishing/{slug}/text", {**data, "autosave": "1"}).json
    assert said["seen"] == publishing.draft(slug).digest
    again = post(client, f"/publishing/{slug}/text", {**data, "title": "丙", "autosave": "1"})
    assert again.status_code == 409
    assert again.json == {"clash": True}
    assert "检查" in client.get(f"/publishing/{slug}/side").json["side"]


def test_the_first_day_is_chosen_and_the_text_follows(publishing):
    client = publishing.client()
    slug = begin(client)
    page = client.get(f"/publishing/{slug}/time").text
    assert 'value="2026-03-02" checked' in page
    assert 'value="2026-03-07"' not in page  # a Saturday opens nothing
    data = {"seen": publishing.draft(slug).digest, "opens": "2026-03-09", "when": "now"}
    assert post(client, f"/publishing/{slug}/time", data).status_code == 302
    assert str(publishing.draft(slug).values["window"]["opens"]) == "2026-03-09"
    assert "2026年3月9日至3月13日" in publishing.draft(slug).body
    data = {"seen": publishing.draft(slug).digest, "opens": "2026-03-09", "when": "at"}
    past = post(client, f"/publishing/{slug}/time", {**data, "at": "2026-03-01T09:00"})
    assert past.status_code == 422
    assert "已经过去" in past.text
    assert 'id="when-at" checked' in past.text, "what was chosen stays chosen"


def test_an_attachment_goes_in_under_its_title_and_out_again(publishing):
    client = publishing.client()
    slug = begin(client)
    address = f"/publishing/{slug}/text"
    data = {"file": (io.BytesIO(b"text"), "x.txt"), "file-title": "申报须知"}
    assert post(client, address, data).status_code == 302
    assert "申报须知.txt" in client.get(address).text
    post(client, address, {"detach": "申报须知.txt"})
    assert not list((publishing.draft(slug).folder / "files").iterdir())


def typed(text, **more):
    """What a browser sends of the page's one form: what stands there, and what was typed."""
    page = html5lib.parse(text, namespaceHTMLElements=False)
    [form] = [one for one in page.iter("form") if one.get("id") == "save"]
    own = [*form.iter(), *(one for one in page.iter() if one.get("form") == "save")]
    fields = [one for one in page.iter() if one.tag in {"input", "textarea"}]
    for one in fields:
        assert one in own or one.get("type") == "hidden", "lost when another button is pressed"
    kept = [one for one in fields if one in own and one.get("name") and one.get("type") != "file"]
    return {one.get("name"): one.get("value") or one.text or "" for one in kept} | more


def word(text):
    out, document = io.BytesIO(), Document()
    document.add_paragraph(text)
    document.save(out)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize("button", ["", "next", "attach", "detach", "word", "repair"])
def test_whichever_button_is_pressed_what_is_typed_stays(publishing, button):
    """Without script: every button of the page sends the one form, and that keeps everything."""
    client = publishing.client()
    slug = begin(client)
    address = f"/publishing/{slug}/text"
    post(client, address, {"file": (io.BytesIO(b"text"), "旧的.txt")})
    sent = typed(client.get(address).text, title="新的标题", body="甲\u200b乙。")
    extra = {
        "attach": {"go": "attach", "file": (io.BytesIO(b"text"), "新的.txt")},
        "detach": {"detach": "旧的.txt"},
        "word": {"go": "word", "docx": (word("新的正文。"), "正文.docx")},
        "next": {"go": "next", "file": (io.BytesIO(b"text"), "新的.txt")},
    }
    if button == "repair":  # which is offered for what can be read at all
        upload(client, slug, workbook(("类别", "名称"), ("组织", "平定甲制造有限公司")))
        answer_first(client, slug)
        sent["seen"] = publishing.draft(slug).digest
        post(client, address, sent)
        page = client.get(address).text
        wanted = re.search(r'form="save" name="repair" value="([^"]+)"', page)[1]
        sent = typed(page, title="更新的标题", repair=wanted)
    answer = post(client, address, sent | extra.get(button, {"go": button}))
    assert answer.status_code == 302, answer.text
    draft = publishing.draft(slug)
    files = {path.name for path in (draft.folder / "files").iterdir()}
    assert draft.title == ("更新的标题" if button == "repair" else "新的标题")
    assert ("新的正文" in draft.body) == (button == "word")
    assert ("\u200b" in draft.body) == (button not in {"word", "repair"})
    assert ("旧的.txt" in files) == (button != "detach")
    assert ("新的.txt" in files) == (button in {"attach", "next"})


def test_an_error_keeps_the_file_the_words_and_what_their_writer_saw(publishing):
    client = publishing.client()
    slug = begin(client)
    address = f"/publishing/{slug}/text"
    sent = typed(client.get(address).text, title="我的标题", issued="三月五日")
    files = {"file": (io.BytesIO(b"text"), "须知.txt")}
    wrong = post(client, address, sent | files)
    assert wrong.status_code == 422
    for text in ("读不出来", "我的标题", "三月五日", "须知.txt"):
        assert text in wrong.text
    mended = typed(wrong.text, issued="2026-03-05")
    assert post(client, address, mended).status_code == 302
    assert publishing.draft(slug).title == "我的标题"
    stale = typed(client.get(address).text, title="我后来的标题", issued="三月五日")
    post(client, address, typed(client.get(address).text, title="别人的标题"))
    wrong = post(client, address, stale)
    assert wrong.status_code == 422
    assert post(client, address, typed(wrong.text, issued="")).status_code == 409, "told of both"
    assert publishing.draft(slug).title == "别人的标题"


@pytest.mark.parametrize("what", ["list", "text", "time", "preview", "send", ""])
def test_a_draft_of_another_county_does_not_exist(publishing, what):
    slug = begin(publishing.client())
    stranger = publishing.client(YUXIAN)
    assert stranger.get(f"/publishing/{slug}/{what}").status_code == 404
    assert slug not in stranger.get("/publishing/").text
    assert publishing.client(AUDITOR).get(f"/publishing/{slug}/{what}").status_code == 403


@pytest.mark.parametrize("person", [PINGDING, CITY, REVIEWER], ids=lambda p: p.username)
def test_who_may_not_draft_changes_nothing(publishing, person):
    slug = begin(publishing.client())
    before = publishing.draft(slug)
    other = publishing.client(person)
    data = {"seen": before.digest, "form": "plain", "title": "甲", "body": "乙"}
    for path, more in (
        ("text", data),
        ("time", {"seen": before.digest, "when": "now"}),
        ("list", {"seen": before.digest, "rows": "1", "c0-2": "丙"}),
        ("list/upload", {"sheet": (io.BytesIO(ODD), "表.xlsx")}),
        ("text", {"file": (io.BytesIO(b"1"), "1.txt")}),
        ("mend", {"seen": before.digest}),
        ("discard", {"seen": before.digest}),
        ("send/send", {}),
    ):
        status = post(other, f"/publishing/{slug}/{path}", more).status_code
        assert status in {404, 405, 409, 422}, path
    assert publishing.draft(slug) == before
    assert person.role in Role


def test_a_whole_way_to_the_sign_off(publishing):
    client = publishing.client()
    slug = begin(client)
    good = workbook(
        ("类别", "名称"), ("组织", "平定甲制造有限公司"), ("组织", "平定乙铸造有限公司")
    )
    upload(client, slug, good)
    answer_first(client, slug)
    page = client.get(f"/publishing/{slug}/send").text
    assert post(client, f"/publishing/{slug}/send", fields(page)).status_code == 302
    reviewer = publishing.client(REVIEWER)
    assert "待您审核" in reviewer.get("/todo").text
    page = reviewer.get(f"/publishing/{slug}/send").text
    half = post(reviewer, f"/publishing/{slug}/send/pass", {**fields(page), "check": "list"})
    assert half.status_code == 422
    both = {**fields(page), "check": ["list", "dates"]}
    assert post(reviewer, f"/publishing/{slug}/send/pass", both).status_code == 302
    signer = publishing.client(SIGNER)
    assert "待您签发" in signer.get("/todo").text
    page = signer.get(f"/publishing/{slug}/send").text
    wrong = post(signer, f"/publishing/{slug}/send/sign-off", {**fields(page), "code": "000000"})
    assert wrong.status_code == 422
    publishing.office.clock.on(seconds=60)
    code = publishing.office.code(SIGNER.username)
    page = signer.get(f"/publishing/{slug}/send").text
    done = post(signer, f"/publishing/{slug}/send/sign-off", {**fields(page), "code": code})
    assert done.status_code == 302, done.text
    assert publishing.reviews.standing(slug, publishing.office.clock.now).signed
    assert "只能看，不能改" in client.get(f"/publishing/{slug}/text").text


def test_a_return_comes_back_to_its_writer_with_the_reason(publishing):
    client = publishing.client()
    slug = begin(client)
    upload(client, slug, workbook(("类别", "名称"), ("组织", "平定甲制造有限公司")))
    answer_first(client, slug)
    page = client.get(f"/publishing/{slug}/send").text
    assert post(client, f"/publishing/{slug}/send", fields(page)).status_code == 302
    reviewer = publishing.client(REVIEWER)
    remark = {"place": "正文第1段", "text": "请核对"}
    assert post(reviewer, f"/publishing/{slug}/send/comment", remark).status_code == 302
    page = reviewer.get(f"/publishing/{slug}/send").text
    data = {**fields(page), "reason": "第一段有误"}
    assert post(reviewer, f"/publishing/{slug}/send/return", data).status_code == 302
    todo = client.get("/todo").text
    assert "退回修改" in todo
    assert "第一段有误" in todo
    page = client.get(f"/publishing/{slug}/send").text
    assert "请核对" in page
    assert DRAFTER.name in page


def test_the_city_s_list_is_chosen_from_the_closed_ones_with_reasons(publishing):
    publishing.tree.write(PAST).record()
    city = Person("jing.city", "经丁", Role.CITY, "city-office")
    publishing.add(city, Right.DRAFT)
    client = publishing.client(city)
    answer = post(client, "/publishing/new", {"edition": "third", "kind": "city-publicity"})
    slug = answer.location.split("/")[2]
    assert "从公示期满的名单里勾选" in client.get(f"/publishing/{slug}/list").text
    page = client.get(f"/publishing/{slug}/list/choose").text
    keys = re.findall(r'name="pick" value="([^"]+)"', page)
    assert len(keys) == 2
    assert post(client, f"/publishing/{slug}/list/choose", {}).status_code == 422
    chosen = post(client, f"/publishing/{slug}/list/choose", {"pick": keys[0]})
    assert chosen.location == f"/publishing/{slug}/list/changes"
    assert "平定县甲制造有限公司" in publishing.draft(slug).list_bytes.decode()
    assert "未列入" in client.get(chosen.location).text
    post(client, f"/publishing/{slug}/list/changes", {"all-left-out": "评审未通过", "go": "next"})
    assert publishing.draft(slug).values["reasons"] == [
        {"about": "left-out", "reason": "评审未通过"}
    ]


@pytest.mark.parametrize("act", ["revise", "correct", "withdraw", "again"])
def test_what_is_published_is_changed_from_its_own_page(publishing, act):
    publishing.tree.write(PAST).record()
    client = publishing.client()
    page = client.get("/published/pingding-list/").text
    assert "公示期已满，不能再延长" in page
    without = post(client, f"/published/pingding-list/{act}", {"reason": " "})
    assert without.status_code == (302 if act == "again" else 422)
    if act != "again":
        answer = post(client, f"/published/pingding-list/{act}", {"reason": "名称有误"})
        assert answer.status_code == 302, answer.text
        assert "名称有误" in publishing.draft(answer.location.split("/")[2]).text
    assert publishing.client(YUXIAN).get("/published/pingding-list/").status_code == 404


def test_a_result_and_the_progress_of_a_step_begin_at_the_desk(publishing):
    publishing.tree.write(PAST).record()
    client = publishing.client()
    left = "平定县甲制造有限公司，书面申请退出"
    wrong = post(client, "/published/pingding-list/result", {"reason": "没有的公司"})
    assert wrong.status_code == 422
    answer = post(client, "/published/pingding-list/result", {"reason": left})
    values = publishing.draft(answer.location.split("/")[2]).values
    assert values["objections"] == []
    assert [one["entry"] for one in values["departures"]] == ["平定县甲制造有限公司"]
    text = answer.location
    assert f"{left}</textarea>" in client.get(text).text.replace("（平定县）", "")
    wrong = post(client, text, {"withdrew": "没有的公司，退出"})
    assert wrong.status_code == 422
    assert "没有的公司，退出" in wrong.text
    told = {"withdrew": "", "failed": "钱七，材料不全"}
    assert post(client, f"{text}", told).status_code == 302
    (gone,) = publishing.draft(text.split("/")[2]).values["departures"]
    assert (gone["entry"], gone["why"], gone["reason"]) == ("钱七", "failed", "材料不全")
    assert post(client, text, {"go": "register"}).status_code == 302
    assert "已按登记簿更新" in client.get(text).text
    assert publishing.draft(text.split("/")[2]).values["departures"] == [gone]
    assert client.post(f"{text}", data={}).status_code == 400
    city = Person("jing.city", "经丁", Role.CITY, "city-office")
    publishing.add(city, Right.DRAFT)
    client = publishing.client(city)
    assert "评选进展（材料评审开始）" in client.get("/publishing/new").text
    step = {"step": "材料评审", "reached": "begun", "withdrew": left}
    answer = post(client, "/publishing/new", {"edition": "third", "kind": "progress"} | step)
    draft = publishing.draft(answer.location.split("/")[2])
    assert (draft.values["step"], draft.values["reached"]) == ("材料评审", "begun")
    assert draft.values["departures"][0]["why"] == "withdrew"
    assert "材料评审现已开始" in draft.body


def test_a_preview_is_the_site_itself_and_a_link_shows_nothing_else(publishing):
    publishing.office.app.test_client_class = None  # the site marks 预览 as it marks 演示
    client = publishing.client()
    slug = begin(client)
    upload(client, slug, workbook(("类别", "名称"), ("组织", "平定甲制造有限公司")))
    site = f"/publishing/{slug}/preview/site/notices/{slug}/"
    page = client.get(site)
    assert "【预览】" in page.text
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert client.get(f"{site}list.csv").status_code == 200
    assert post(client, f"/publishing/{slug}/preview/link", {"hours": "24"}).status_code == 302
    shown = client.get(f"/publishing/{slug}/preview").text
    item = shown.split("订阅里的一条", 1)[1].split("</section>", 1)[0]
    assert "【预览】" in item
    assert "名单共1项" in item
    link = re.search(r"/look/[^<]+", shown)[0]
    leader = publishing.office.client()
    assert "【预览】" in leader.get(link).text
    for other in ("", "notices/", "notices/other/", "search/"):
        assert leader.get(link.replace(f"notices/{slug}/", other) or "/").status_code in {302, 404}
    token = link.split("/")[2]
    assert leader.get(f"/look/{token}x/notices/{slug}/").status_code == 404
    nobody = Person("none.pd", "无丁", Role.COUNTY, "pingding-office", "pingding")
    publishing.add(nobody)
    idle = publishing.client(nobody)
    for path, form in (("link", {"hours": "24"}), ("link/end", {"id": "x"})):
        answer = post(idle, f"/publishing/{slug}/preview/{path}", form)
        assert "权限的人发出和收回" in idle.get(answer.location).text
    ids = re.findall(r'name="id" value="([^"]+)"', shown)
    post(client, f"/publishing/{slug}/preview/link/end", {"id": ids[0]})
    assert leader.get(link).status_code == 404
