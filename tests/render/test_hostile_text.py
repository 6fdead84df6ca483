"""Whatever characters a text holds, every format of its notice is made: none stops the site."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.render.notice.formats import formats_of
from tests.lint import faulty

HOSTILE = (
    "\x01\x0b\x1f\x7f\x85\xad\u200b\u202e\u2028\ue863\U000f0001\ufffd\uffff⻢\U0002ebf0\U00013000"
)
texts = st.text(st.sampled_from(HOSTILE + "甲乙丙"), min_size=1, max_size=6)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=texts, employer=texts, body=texts)
def test_no_character_stops_a_format(site_from, name, employer, body):
    rows = faulty.rows(f'专家学者,"丁{name}",,,"戊{employer}"')
    tree = site_from(faulty.notice(body=f"现将{body}公示。", rows=rows))
    catalogue = tree.catalogue()
    (notice,) = catalogue.notices
    for one in formats_of(notice):
        assert one.render(notice, catalogue), one.name


@pytest.mark.parametrize("character", HOSTILE)
def test_the_lint_refuses_each_of_them_in_a_name(site_from, character):
    tree = site_from(faulty.notice(rows=faulty.rows(f"专家学者,丁{character}某,,,戊研究所")))
    codes = {issue.code for issue in tree.lint() if issue.severity.value == "error"}
    assert codes & {"C001", "C002", "C005", "L001", "L006"}, hex(ord(character))
