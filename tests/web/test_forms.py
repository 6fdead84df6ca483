"""Forms behave like GOV.UK Frontend's: errors in a summary with links, tied to their controls."""

import pytest
from flask import Flask, render_template_string
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.web import init_web
from portal.web.form_base import PortalForm, errors_of
from portal.web.page import PageHead
from tests.contract import ContractClient, Page, text_of

PAGE = """
{% extends "skeleton.html" %}
{% from "components/forms.html" import error_summary, csrf, text_input, textarea, radios %}
{% from "components/forms.html" import checkboxes, checkbox, button %}
{% block title %}{{ page.full_title }}{% endblock %}
{% block body %}<body><main><h1>{{ page.title }}</h1>{{ error_summary(errors) }}
<form method="post" novalidate>{{ csrf(form) }}
{{ text_input(form.name, hint="写全名") }}
{{ radios(form.kind, hints={"unit": "要盖公章"}) }}
{{ checkboxes(form.grounds) }}
{{ textarea(form.reason, limit=20) }}
{{ checkbox(form.agreed) }}
{{ button("继续") }}</form></main></body>{% endblock %}
"""


class Sample(PortalForm):
    name = StringField("姓名", [InputRequired("请填写姓名")])
    kind = RadioField(
        "身份",
        [InputRequired("请选择身份")],
        choices=[SelectChoice("person", "个人"), SelectChoice("unit", "单位")],
    )
    grounds = SelectMultipleField(
        "理由", [InputRequired("请选择理由")], choices=[SelectChoice("facts", "材料不实")]
    )
    reason = TextAreaField("事实和理由", [Length(max=20, message="最多20字")])
    agreed = BooleanField("已阅读", [InputRequired("请先阅读")])


@pytest.fixture
def client():
    app = Flask("portal.web", static_folder=None)
    app.config.update(SECRET_KEY="test", WTF_CSRF_ENABLED=False)
    init_web(app)

    @app.route("/", methods=["GET", "POST"])
    def form():
        sample = Sample()
        sample.validate_on_submit()
        errors = errors_of(sample)
        page = PageHead("填写", error=bool(errors))
        return render_template_string(PAGE, form=sample, errors=errors, page=page)

    app.test_client_class = ContractClient
    return app.test_client()


def test_an_empty_form_shows_no_error(client):
    page = client.get("/").text
    assert "error-summary" not in page
    assert "（选填）" in page


def test_every_error_is_in_the_summary_and_leads_to_its_control(client):
    page = Page(client.post("/", data={"reason": "长" * 21}).text)
    summary = next(e for e in page.elements if e.get("class") == "error-summary")
    links = {text_of(a): a.get("href", "")[1:] for a in summary.iter("a")}
    assert list(links) == ["请填写姓名", "请选择身份", "请选择理由", "最多20字", "请先阅读"]
    for target in links.values():
        assert page.by_id[target].tag in ("input", "textarea")
    assert summary.get("role") == "alert"
    assert text_of(page.all("title")[0]).startswith("错误：")


def test_what_was_typed_is_kept(client):
    page = client.post("/", data={"name": '<b>"张三"', "kind": "unit", "reason": "因为"}).text
    assert 'value="&lt;b&gt;&#34;张三&#34;"' in page
    assert 'value="unit" checked' in page
    assert "\n因为</textarea>" in page


def test_a_choice_that_was_never_offered_is_refused_in_chinese(client):
    page = client.post("/", data={"kind": "robot", "name": "张三"}).text
    assert "不是有效的选择" in page


def test_a_lost_session_is_explained_in_the_summary(client):
    client.application.config["WTF_CSRF_ENABLED"] = True
    page = client.post("/", data={"name": "张三"}).text
    assert "请再提交一次" in page
    assert "CSRF" not in page
