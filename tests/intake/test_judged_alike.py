"""An objection that a page sealed and one that the server sealed are judged alike."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.domain.exchange import read_objection, write_objection
from portal.domain.notice import Entry, Notice, Review
from portal.domain.objection import ENTRIES_LIMIT, Evidence, FileRole, Grounds, ObjectorKind
from portal.domain.objection_rules import WHOLE_LIST, faults_of
from portal.intake.answers import entry_ref, objection_of
from portal.intake.objection_form import ObjectionForm, entry_value
from tests.publicside import OPEN
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
