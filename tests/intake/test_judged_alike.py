"""An objection that a page sealed and one that the server sealed are judged alike."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.domain.exchange import read_objection, write_objection
from portal.domain.notice import Entry, Notice, Review
from portal.domain.objection import ENTRIES_LIMIT, Evidence, FileRole, Grounds, ObjectorKind
from portal.domain.objection_rules import WHOLE_LABEL, WHOLE_LIST, faults_of
from portal.form.frozen_form import ticked_entries
from portal.form.objection_fields import ObjectionForm, entry_value
from portal.intake.answers import entry_ref, objection_of, own_words
from tests.publicside import OPEN
from tests.sealed.parts import run
from tests.thirdaward import COUNTY_PUBLICITY, ORGANIZATION

ENTRIES = tuple(Entry(f"{n}号公司", ORGANIZATION, county="平定县") for n in range(60))
NOTICE = Notice(
    "list",
    "公示",
    COUNTY_PUBLICITY,
    "third",
    "office",
    OPEN - timedelta(days=1),
    "",
    Review("甲", "乙", "丙"),
    entries=ENTRIES,
)
SCAN = Evidence("files/1.pdf", "盖章页.pdf", 9, "0" * 64, FileRole.SEAL_SCAN)
ODD = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["\ue000", "\ufffd", "\u200b", "钱七", "钱\n七", "  ", "钱" * 61, "号" * 121]),
)
CONTACTS = st.sampled_from(["", "a.b@c.cn", "Ａ@b.cn", "a@b", "(138)0013 8000", "0353-1234567"])
PHONES = st.sampled_from(["", "138", "(138)0013 8000", "+86 13800138000", "0353—1234567", "打电话"])
CREDIT = st.sampled_from(["", "911403", "91140300MA0GYJ8Q0R", "９１１４０３00ma0gyj8q0r"])
FACTS = st.one_of(ODD, st.sampled_from(["字" * n for n in (9, 10, 5000, 5001)]))
CHOSEN = st.sampled_from([1, 2, ENTRIES_LIMIT, ENTRIES_LIMIT + 1]).map(
    lambda most: [entry_value(entry) for entry in ENTRIES[:most]]
)
FIELDS = {
    ObjectorKind.PERSON: {"name": ODD, "phone": PHONES, "address": ODD},
    ObjectorKind.UNIT: {"unit": ODD, "credit_code": CREDIT, "contact": ODD, "unit_phone": PHONES},
    ObjectorKind.ANONYMOUS: {},
}
TICKABLE = [*map(entry_value, ENTRIES[:6]), WHOLE_LIST]
TEXTS = (
    *("name", "phone", "address", "unit", "credit_code", "contact", "unit_phone", "facts"),
    "notify",
)
BOXES = ("sensitive", "concerns_office")
FILLED = st.fixed_dictionaries(
    {
        "entries": st.sets(st.sampled_from(TICKABLE)).map(lambda s: sorted(s, key=TICKABLE.index)),
        "grounds": st.sets(st.sampled_from([g.value for g in Grounds])).map(
            lambda s: [g.value for g in Grounds if g.value in s]
        ),
        "kind": st.sampled_from([kind.value for kind in ObjectorKind]),
        **dict.fromkeys(TEXTS, ODD | PHONES | CREDIT | CONTACTS),
        **dict.fromkeys(BOXES, st.booleans()),
    }
)
AS_THE_PAGE = """
  const formOf = (typed) => ({
    elements: new Proxy({}, { get: (_, name) => ({
      value: typed[name] || "", checked: typed[name] === true, files: [] }) }),
    querySelectorAll: (asked) =>
      [typed[asked.match(/"(.*)"/)[1]]].flat().map((value) => ({ value })),
  });
  const settings = { notice: "list", revision: 1, entries: given.entries };
  return given.forms.map((typed) => {
    const content = contentOf(settings, answersOf(formOf(typed)), [], new Date(0));
    return JSON.stringify({ format: "portal-objection/1", bound: "b", content });
  });
"""


def typed_form(typed):
    pairs = [("entries", value) for value in typed["entries"]]
    pairs += [("grounds", value) for value in typed["grounds"]]
    pairs += [(name, typed[name]) for name in ("kind", "privacy", *TEXTS)]
    pairs += [(name, "y") for name in BOXES if typed[name]]
    form = ObjectionForm(formdata=MultiDict(pairs), meta={"csrf": False})
    form.offer(NOTICE, anonymous=True)
    return form


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FILLED.map(lambda typed: typed | {"privacy": "1"}), min_size=20, max_size=40))
def test_what_was_ticked_and_typed_is_what_the_desk_reads_in_both_ways(forms, filled):
    told = {"entries": ticked_entries(NOTICE, "平定县"), "forms": filled}
    for typed, page in zip(filled, run(AS_THE_PAGE, told), strict=True):
        server = objection_of(typed_form(typed), NOTICE, "平定县", OPEN)
        by_server = read_objection(write_objection(server, "b"), "b")
        by_page = read_objection(page.encode(), "b")
        of_the_code = {"speak"}  # follows from the code, whatever was typed
        assert json.loads(page)["content"].keys() == set(type(server).__slots__) - of_the_code
        for name in set(type(server).__slots__) - {"received"}:
            assert getattr(by_page, name) == getattr(by_server, name), name
        ticked = [
            f"{e.name}（{e.category}）" for e in ENTRIES if entry_value(e) in typed["entries"]
        ]
        ticked += [WHOLE_LABEL] if WHOLE_LIST in typed["entries"] or not ticked else []
        assert own_words(by_page).rows[0][1] == "；".join(ticked)


@pytest.fixture(scope="module")
def forms():
    app = Flask(__name__)
    app.secret_key = "x"
    with app.test_request_context(method="POST"):
        yield


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_form_and_the_desk_agree_on_what_is_right(forms, data):
    kind = data.draw(st.sampled_from(ObjectorKind))
    anonymous, scanned = data.draw(st.booleans()), data.draw(st.booleans())
    typed = {name: data.draw(texts) for name, texts in FIELDS[kind].items()}
    chosen = data.draw(st.one_of(CHOSEN, CHOSEN.map(lambda c: [*c, WHOLE_LIST])))
    grounds = data.draw(st.lists(st.sampled_from(Grounds), unique=True, max_size=2))
    form = ObjectionForm(
        formdata=MultiDict(
            [
                ("kind", kind.value),
                ("privacy", "1"),
                ("facts", data.draw(FACTS)),
                ("notify", data.draw(CONTACTS)),
                *typed.items(),
                *(("entries", value) for value in chosen),
                *(("grounds", ground.value) for ground in grounds),
            ]
        ),
        meta={"csrf": False},
    )
    form.offer(NOTICE, anonymous=anonymous)
    taken = form.validate() and (scanned or kind is not ObjectorKind.UNIT)
    objection = objection_of(form, NOTICE, "平定县", OPEN)
    objection = type(objection)(
        **{name: getattr(objection, name) for name in objection.__slots__} | {"number": "YY"},
    )
    if scanned and kind is ObjectorKind.UNIT:
        object.__setattr__(objection, "evidence", (SCAN,))
    listed = [entry_ref(entry, "平定县") for entry in ENTRIES]
    found = faults_of(objection, listed, anonymous=anonymous)
    assert taken == (not found), (form.errors, found)
    if taken:
        assert read_objection(write_objection(objection, "b"), "b") == objection


def test_more_entries_than_the_form_takes_are_read_and_told(forms):
    form = ObjectionForm(formdata=MultiDict(), meta={"csrf": False})
    form.offer(NOTICE, anonymous=True)
    form.kind.data, form.privacy.data = "anonymous", "1"
    form.grounds.data, form.facts.data = ["other"], "这份名单里的许多单位都不符合条件。"
    form.entries.data = [entry_value(entry) for entry in ENTRIES]
    objection = objection_of(form, NOTICE, "平定县", OPEN)
    assert read_objection(write_objection(objection, "b"), "b") == objection
    listed = [entry_ref(entry, "平定县") for entry in ENTRIES]
    [told] = faults_of(objection, listed, anonymous=True)
    assert "选择了60个条目" in told
    assert any("匿名" in fault for fault in faults_of(objection, listed, anonymous=False))
