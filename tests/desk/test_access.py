"""Who reaches what: every endpoint in one list, and no way round the county."""

import re

import pytest
from sqlalchemy import select

from portal.casework.models import AuditLine, Case
from portal.desk.entry.access import LISTS, Access, access_of
from tests.casedesk import AUDITOR, CITY, EVERYONE, PINGDING, SUPERVISOR, YUXIAN
from tests.desk.conftest import post, token

ROLES = {
    Access.STAFF: {PINGDING, CITY, AUDITOR},
    Access.OFFICER: {PINGDING, CITY},
    Access.OVERSIGHT: {CITY, AUDITOR},
    Access.AUDITOR: {AUDITOR},
}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static_file"]


def address(rule, number="YY20260304-00000000"):
    values = {"number": number, "part": "0-1", "what": "accept", "form": "csv", "slug": "pd-list"}
    values |= {
        "token": "none",
        "path": "notices/pd-list/",
        "act": "revise",
        "year": "2027",
        "name": "list",
        "entry": "what-is-it",
        "username": PINGDING.username,
        "key_id": "none",
        "letter": "receipt",
    }
    return re.sub(r"<(?:[^:>]*:)?(\w+)>", lambda m: values[m[1]], rule.rule)


def test_every_endpoint_stands_in_exactly_one_list(office):
    known = [name for names in LISTS.values() for name in names]
    assert sorted(known) == sorted({rule.endpoint for rule in office.app.url_map.iter_rules()})
    assert len(known) == len(set(known))


def test_an_endpoint_in_no_list_is_refused(office):
    office.app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    assert office.client().get("/forgotten").status_code == 403
    assert office.sign_in(CITY).get("/forgotten").status_code == 403


def test_nobody_gets_in_without_signing_in(office):
    client = office.client()
    for rule in rules(office.app):
        if access_of(rule.endpoint) is Access.PUBLIC:
            continue
        for method in rule.methods & {"GET", "POST"}:
            data = {"csrf_token": token(client, "/sign-in")} if method == "POST" else None
            response = client.open(address(rule), method=method, data=data)
            assert response.location == "/sign-in", rule
    assert client.get("/no/such/page").location == "/sign-in"


@pytest.mark.parametrize("person", [PINGDING, CITY, AUDITOR], ids=lambda p: p.role.value)
def test_each_role_reaches_its_lists_and_no_other(office, person):
    client = office.sign_in(person)
    for rule in rules(office.app):
        access = access_of(rule.endpoint)
        if access is Access.PUBLIC or rule.endpoint == "entrance.sign_out":
            continue
        method = "GET" if "GET" in rule.methods else "POST"
        data = {"csrf_token": token(client)} if method == "POST" else None
        status = client.open(address(rule), method=method, data=data).status_code
        assert (status != 403) is (person in ROLES[access]), rule


def test_a_post_without_the_token_does_nothing(office):
    citizen = office.cases.arrive()
    client = office.sign_in(PINGDING)
    for rule in rules(office.app):
        if "POST" in rule.methods and "GET" not in rule.methods:
            response = client.post(address(rule, citizen.number))
            assert response.status_code == 400, rule


def test_foreign_cases_do_not_exist_whatever_the_address(office):
    """For every route with a case number and every officer who may not see the case: 404, and
    neither the case nor the audit trail says that anything was done."""
    citizens = {
        notice: office.cases.arrive(notice) for notice in ("pd-list", "yx-list", "city-list")
    }
    above = office.cases.arrive("city-list", office="discipline")
    strangers = {
        citizens["pd-list"].number: (YUXIAN, SUPERVISOR),
        citizens["yx-list"].number: (PINGDING, SUPERVISOR),
        citizens["city-list"].number: (PINGDING, YUXIAN, SUPERVISOR),
        above.number: (PINGDING, YUXIAN, CITY),
    }
    paths = [rule for rule in rules(office.app) if "number" in rule.arguments]
    assert len(paths) > 12
    clients = {person: office.sign_in(person) for person in (PINGDING, YUXIAN, CITY, SUPERVISOR)}
    before = _state(office)
    for number, people in strangers.items():
        for person in people:
            client = clients[person]
            held = token(client)
            for rule in paths:
                method = "GET" if "GET" in rule.methods else "POST"
                data = {"csrf_token": held, "assign-username": person.username}
                data |= {"ask-text": "问", "reply-text": "答", "reveal-reason": "核实身份"}
                data |= {
                    "refuse-reason": "late",
                    "refuse-summary": "迟",
                    "close-outcome": "rejected",
                }
                data |= {"close-summary": "结", "reopen-summary": "再"}
                path = address(rule, number)
                response = client.open(path, method=method, data=data if method == "POST" else None)
                assert response.status_code == 404, (person.username, method, path)
            assert number not in client.get("/inbox/?state=all").text
            assert number not in client.get(f"/inbox/?q={number}").text.replace(f'"{number}"', "")
            assert number not in client.get("/exports/register.csv").text
    assert _state(office) == before


def _state(office):
    with office.desk.room.register.read() as session:
        cases = session.execute(select(Case.number, Case.state, Case.assigned_to)).all()
        lines = session.scalars(select(AuditLine).where(AuditLine.case_number != "")).all()
        return sorted(cases), [(line.case_number, line.action) for line in lines]


def test_the_main_office_sees_a_county_case_without_its_contents(office):
    citizen = office.cases.arrive()
    county = office.opened(PINGDING, citizen)
    client = office.sign_in(CITY)
    page = client.get(f"/cases/{citizen.number}/").text
    assert "不能查看内容" in page
    assert "质量事故" not in page
    assert "质量事故" in county.get(f"/cases/{citizen.number}/").text
    assert client.get(f"/cases/{citizen.number}/files/0-1").status_code == 404
    response = post(client, f"/cases/{citizen.number}/step/accept")
    assert "由其他单位办理" in response.text


def test_the_auditor_reads_acts_and_numbers_and_no_contents(office):
    citizen = office.cases.arrive()
    office.opened(PINGDING, citizen)
    client = office.sign_in(AUDITOR)
    audit = client.get("/audit").text
    assert citizen.number in audit
    assert "拆封查看" in audit
    assert "刘小明" not in audit
    assert "质量事故" not in client.get("/figures").text
    assert client.get("/audit.csv").text.startswith("\ufeff序号")
    everyone = client.get("/staff").text
    assert all(person.username in everyone for person in EVERYONE)
