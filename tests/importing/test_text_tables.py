"""Text tables: a quote that is not closed is said with its line; Excel's first line is read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import RequestError
from portal.importing.importer import import_list
from tests.importing.reading import SITE, asked, names
from tests.thirdaward import TERMS

FIRMS = ["甲制造有限公司", "乙食品有限公司", "丙有限公司"]


def written(tmp_path, lines, end="\r\n", encoding="utf-8"):
    path = tmp_path / "名单.csv"
    path.write_bytes((end.join(lines) + end).encode(encoding))
    return path


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(0, 2),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_an_open_quote_is_said_with_its_line(tmp_path, broken, separator, end, named):
    lines = [separator.join(["序号", "单位名称", "县区"])]
    for number, firm in enumerate(FIRMS):
        quote = '"' if number == broken else ""
        lines.append(separator.join([str(number + 1), quote + firm, "平定县"]))
    if named:
        lines.insert(0, f"sep={separator}")
    path = written(tmp_path, lines, end)
    with pytest.raises(RequestError, match=rf"第{broken + 2 + named}行的引号不成对"):
        import_list(path, SITE, terms=TERMS)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("line", ["sep={}", '"sep={}"', "SEP={}"])
def test_the_line_that_names_the_separator_is_understood(tmp_path, separator, line):
    lines = [line.format(separator), separator.join(["单位名称", "统一社会信用代码", "备注"])]
    lines += [separator.join([firm, "123", "x"]) for firm in FIRMS]
    reading = import_list(written(tmp_path, lines), SITE, terms=TERMS)
    assert names(reading) == FIRMS
    assert any("B3：" in str(told) for told in reading.told)


def test_quotes_inside_a_cell_and_around_it_are_no_fault(tmp_path):
    lines = ["序号,单位名称,备注", '1,甲"制造"有限公司,好', '2,"乙,食品""有限公司","首次\n申报"']
    reading = import_list(written(tmp_path, lines), SITE, terms=TERMS)
    assert asked(reading) == ["B3"]
