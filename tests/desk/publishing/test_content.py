"""网站内容: who may change what is no notice, and how a change goes from a text area to 已签发."""

import re

import pytest

from portal.casework.people import Person, Right, Role
from portal.editorial.surroundings import DEMONSTRATION
from tests.casedesk import AUDITOR, CITY
from tests.desk.conftest import post
from tests.desk.publishing.conftest import DRAFTER, REVIEWER, SIGNER, fields

WRITER = Person("wen.city", "文戊", Role.CITY, "city-office")
ABOUT = "content_pages_about"
PATHS = ("", "side", "preview", "preview/site/about/")


@pytest.fixture
def desk(publishing):
    publishing.add(WRITER, Right.DRAFT)
    return publishing


def begun(desk, name=ABOUT):
    client = desk.client(WRITER)
    answer = post(client, f"/content/{name}/begin")
    assert answer.location == f"/content/{name}/"
    return client


def save(client, text, name=ABOUT, **more):
    data = {**fields(client.get(f"/content/{name}/").text), "text": text, **more}
    return post(client, f"/content/{name}/", data)


def draft(desk, name=ABOUT):
    return desk.reviews.contents.read(name)


def test_the_list_shows_every_file_and_begins_it(desk):
    client = desk.client(WRITER)
    assert "网站内容" in client.get("/publishing/").text
    page = client.get("/content/").text
    for label in ("政策解读", "常见问题", "范文：", "审核事项", "单位和联系方式", "第三届"):
        assert label in page
    begun(desk)
    page = client.get("/content/").text
    assert "起草中" in page
    assert "接着办" in page
    assert "页面：" in client.get("/publishing/").text


def test_a_text_is_saved_checked_previewed_and_its_changes_are_listed(desk):
    client = begun(desk)
    text = draft(desk).text + "\n新的一段，见[解读](/guide/nothing/)。\n"
    answer = save(client, text, go="next")
    assert answer.location == f"/content/{ABOUT}/preview"
    assert "/guide/nothing/" in client.get(f"/content/{ABOUT}/").text
    line = text.splitlines().index("新的一段，见[解读](/guide/nothing/)。") + 1
    assert f"第{line}行" in client.get(f"/content/{ABOUT}/side").json["side"]
    save(client, text.replace("nothing", "scope"))
    shown = client.get(
        f"/content/{ABOUT}/preview/site/about/",
        headers={"Accept-Encoding": "gzip"},  # as every browser asks
    ).text
    assert "新的一段" in shown
    assert "<strong>预览</strong>" in shown
    assert "新的一段" not in desk.tree.catalogue().pages["about"].body
    page = client.get(f"/publishing/{ABOUT}/send").text
    assert "<ins>新的一段" in page
    assert f"第{line}行" in page


def test_three_people_take_it_to_the_publication(desk):
    client = begun(desk)
    save(client, draft(desk).text + "\n新的一段。\n")
    send = f"/publishing/{ABOUT}/send"
    assert post(client, send, fields(client.get(send).text)).status_code == 302
    reviewer = desk.client(REVIEWER)
    assert "待您审核" in reviewer.get("/todo").text
    page = reviewer.get(send).text
    ticks = {"check": re.findall(r'name="check" value="([^"]+)"', page)}
    answer = post(reviewer, f"{send}/pass", {**fields(page), **ticks})
    assert answer.status_code == 302, answer.text
    signer = desk.client(SIGNER)
    desk.office.clock.on(seconds=60)
    page = signer.get(send).text
    assert "记入审计" in page
    data = {**fields(page), "code": desk.office.code(SIGNER.username)}
    # A demonstration changes a copy that is its own, and no office's content.
    object.__setattr__(desk.office.desk.settings, "demonstration", True)
    refused = post(signer, f"{send}/sign-off", data)
    assert refused.status_code == 422
    assert "这是演示" in refused.text
    (desk.tree.content[0] / DEMONSTRATION).touch()
    answer = post(signer, f"{send}/sign-off", data)
    assert answer.location == f"/publishing/{ABOUT}/run"
    page = signer.get(f"/publishing/{ABOUT}/run").text
    assert "放入网站内容" in page
    assert "登记台账" not in page
    assert desk.reviews.standing(ABOUT, desk.office.clock.now).state.frozen
    frozen = save(client, "别的")
    assert frozen.status_code == 422
    assert "撤回" in frozen.text


def test_what_was_not_changed_or_was_overtaken_is_not_sent(desk):
    client, send = begun(desk), f"/publishing/{ABOUT}/send"
    answer = post(client, send, fields(client.get(send).text))
    assert answer.status_code == 422
    assert "还没有改动" in answer.text
    save(client, draft(desk).text + "\n新的一段。\n")
    path = desk.tree.content[0] / "pages/about.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n手工加的。\n", encoding="utf-8")
    assert post(client, send, fields(client.get(send).text)).status_code == 422
    page = client.get(f"/content/{ABOUT}/").text
    assert "正式的文件在您起草以后有改动" in page
    assert post(client, f"/content/{ABOUT}/renew", fields(page)).status_code == 302
    page = client.get(send).text
    assert "<del>手工加的。</del>" in page  # it would be taken back, which the reviewer sees
    assert post(client, send, fields(page)).status_code == 302


def test_a_save_against_a_newer_one_shows_both(desk):
    client = begun(desk)
    old = fields(client.get(f"/content/{ABOUT}/").text)
    save(client, draft(desk).text + "\n先保存的。\n")
    answer = post(client, f"/content/{ABOUT}/", {**old, "text": "后写的。"})
    assert answer.status_code == 409
    assert "先保存的" in answer.text
    assert "后写的" in answer.text
    auto = post(client, f"/content/{ABOUT}/", {**old, "text": "后写的。", "autosave": "1"})
    assert auto.json == {"clash": True}
    assert "先保存的" in draft(desk).text
    page = fields(client.get(f"/content/{ABOUT}/").text)
    auto = post(client, f"/content/{ABOUT}/", {**page, "text": "接着写的。", "autosave": "1"})
    assert auto.json["seen"] == draft(desk).digest
    page = fields(client.get(f"/content/{ABOUT}/").text)
    assert post(client, f"/content/{ABOUT}/discard", page).location == "/content/"
    assert "公开的内容没有变" in client.get("/content/").text


@pytest.mark.parametrize("person", [DRAFTER, CITY, AUDITOR], ids=lambda p: p.username)
def test_nobody_else_reaches_or_changes_it(desk, person):
    """County and auditor reach no page; a city officer without rights reads and changes nothing."""
    begun(desk)
    seen = draft(desk).digest
    client = desk.client(person)
    for path in PATHS:
        status = client.get(f"/content/{ABOUT}/{path}").status_code
        assert status == {DRAFTER: 404, CITY: 200, AUDITOR: 403}[person], path
    for path in ("", "begin", "renew", "discard"):
        answer = post(client, f"/content/{ABOUT}/{path}", {"seen": seen, "text": "x"})
        assert answer.status_code in {400, 403, 404, 409, 422}, path
    for act in ("", "/recall", "/pass", "/return", "/sign-off"):
        answer = post(client, f"/publishing/{ABOUT}/send{act}", {"state-seen": seen, "reason": "x"})
        assert answer.status_code in {403, 404, 409, 422}, act
    assert draft(desk).digest == seen
    assert desk.reviews.standing(ABOUT, desk.office.clock.now).state.value == "drafting"


@pytest.mark.parametrize("name", ["content_pages_nothing", "content_", "pd-list", "..%2Fsite.toml"])
def test_other_names_are_no_pages(desk, name):
    client = desk.client(WRITER)
    assert client.get(f"/content/{name}/").status_code == 404
    assert post(client, f"/content/{name}/begin").status_code == 404
    assert client.get(f"/publishing/{ABOUT}/text").status_code == 404


def test_the_next_edition_begins_on_the_page_of_the_content(desk):
    client = desk.client(WRITER)
    assert "新的一届" in client.get("/content/").text
    typed = {"from": "third", "slug": "第四", "short": "第四届"}
    wrong = post(client, "/content/edition", typed)
    assert wrong.status_code == 422
    assert "不能用在网址里" in wrong.text
    assert 'value="第四届"' in wrong.text
    answer = post(client, "/content/edition", typed | {"slug": "fourth"})
    assert answer.location == "/content/content_awards_fourth/"
    page = client.get(answer.location).text
    assert "要重新决定的" in page
    assert "随它留存" in page
    assert "新的一届（fourth）" in client.get("/content/").text


SITE, AWARD = "content_site", "content_awards_third"
PHONE = "offices.pingding-office.phone"


def shown(client, name):
    """The fields of a page as a browser would send them."""
    page = client.get(f"/content/{name}/fields").text
    rest = dict(re.findall(r'<input class="input"[^>]* name="([^"]+)" value="([^"]*)"', page))
    return fields(page) | rest


def test_offices_are_changed_in_fields_and_nothing_else_of_the_file(desk):
    client, path = desk.client(WRITER), f"/content/{SITE}/fields"
    assert post(client, f"/content/{SITE}/begin").location == path
    before = shown(client, SITE)
    assert before["offices.city-office.phone"] == "2880836"
    was = draft(desk, SITE).text
    saved = post(client, path, before | {PHONE: "0353-6066666", "icp": "晋ICP备1号", "go": "next"})
    assert saved.location == f"/content/{SITE}/preview"
    lines = draft(desk, SITE).text.splitlines()
    more = set(lines) - set(was.splitlines())
    assert more == {'phone = "0353-6066666"', 'icp = "晋ICP备1号"'}
    assert set(was.splitlines()) <= set(lines)
    assert "一项一项地改" in client.get(f"/content/{SITE}/").text
    # Who opened the page before that changes another field, and theirs stays.
    other = {**before, "offices.yuxian-office.phone": "8122222"}
    assert post(client, path, other).status_code == 302
    assert shown(client, SITE)[PHONE] == "0353-6066666"
    both = post(client, path, {**before, PHONE: "1"})
    assert both.status_code == 422
    assert "另一人刚改为“0353-6066666”" in both.text
    assert 'value="1"' in both.text


def test_the_award_is_changed_in_fields_of_their_kinds(desk):
    client, path = desk.client(WRITER), f"/content/{AWARD}/fields"
    assert post(client, f"/content/{AWARD}/begin").location == path
    wrong = post(client, path, shown(client, AWARD) | {"grades.1.places": "五"})
    assert wrong.status_code == 422
    assert "应当是一个整数" in wrong.text
    assert post(client, path, shown(client, AWARD) | {"grades.1.places": "6"}).status_code == 302
    assert 'name = "提名奖"\nplaces = 6\n' in draft(desk, AWARD).text


def test_fields_are_the_main_office_s_and_of_no_other_file(desk):
    client = desk.client(WRITER)
    for name in (SITE, ABOUT):
        post(client, f"/content/{name}/begin")
    assert client.get(f"/content/{ABOUT}/fields").status_code == 404
    seen = draft(desk, SITE).digest
    for person, status in {DRAFTER: 404, CITY: 200, AUDITOR: 403}.items():
        other = desk.client(person)
        assert other.get(f"/content/{SITE}/fields").status_code == status
        answer = post(other, f"/content/{SITE}/fields", {PHONE: "1"})
        assert answer.status_code in {403, 404, 409, 422}
    assert draft(desk, SITE).digest == seen


def test_questions_are_changed_one_by_one(desk):
    client = desk.client(WRITER)
    assert post(client, "/content/content_faq/begin").location == "/content/content_faq/questions/"
    page = client.get("/content/content_faq/questions/").text
    entry = re.search(r"/content/content_faq/questions/entry/[a-z0-9-]+", page)[0]
    typed = {"question": "要带什么？", "answer": "身份证。\n\n> 原文", "group": "新的一组"}
    half = post(client, entry, {**fields(client.get(entry).text), **typed, "answer": ""})
    assert half.status_code == 422
    assert "要带什么？" in half.text
    whole = {**fields(client.get(entry).text), **typed, "basis": "practice"}
    assert post(client, entry, whole).location == "/content/content_faq/questions/"
    new = "/content/content_faq/questions/new"
    more = {**whole, **fields(client.get(new).text), "question": "还要什么：“表”?"}
    assert post(client, new, more).status_code == 302
    stale = post(client, entry, whole)
    assert stale.status_code == 422
    assert "他人保存过" in stale.text
    shown = client.get("/content/content_faq/preview/site/faq/").text
    assert "要带什么？" in shown
    assert "还要什么：“表”?" in shown
    gone = post(client, f"{entry}/remove", fields(client.get(entry).text))
    assert gone.status_code == 302
    assert client.get(entry).status_code == 404
