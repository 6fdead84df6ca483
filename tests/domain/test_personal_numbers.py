import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.identifiers import credit_check
from portal.domain.personal_numbers import (
    find_accounts,
    find_bank_cards,
    find_birth_dates,
    find_identity_numbers,
    find_mobile_numbers,
    find_papers,
)
from tests.domain.test_identifiers import FULL_WIDTH, card, credit_stems, identities


@given(identities, st.sampled_from(["身份证号：{}。", "（{}）", "李明{}男", "\t{}\n"]))
def test_identity_numbers_are_found_where_they_stand(number, around):
    text = around.format(number)
    ((span, found),) = find_identity_numbers(text)
    assert (found, text[slice(*span)]) == (number, number)
    assert find_bank_cards(text) == find_mobile_numbers(text) == []
    full = text.translate(FULL_WIDTH)
    assert find_identity_numbers(full) == [(span, number)]


SEPARATORS = (
    " ",
    "  ",
    "-",
    "–",
    "—",
    ".",
    "·",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\n",
    "\r\n",
    " \n  ",
    "**",
    "_",
    "&nbsp;",
    "&#8203;",
    "<b>",
    "</span>",
    "\\-",
)
CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")
DIGITS = (str, lambda n: n.translate(FULL_WIDTH), lambda n: n.replace("1", "\U0001d7cf"))
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
harmless = st.text("第三届阳泉市质量奖推荐名单，。：、（）公示期abc ", max_size=30)


def broken(number, places, separator):
    """A number with a separator at some places."""
    return "".join(separator + c if i in places else c for i, c in enumerate(number))


@given(
    identities, st.tuples(harmless, harmless), st.sampled_from(SEPARATORS), st.sampled_from(DIGITS),
    st.sampled_from([(6, 14), (3, 9, 12), (14,), tuple(range(1, 18))]),
)  # fmt: skip
def test_an_identity_number_is_found_however_it_is_typed(number, around, separator, write, places):
    before, after = around
    if "\n" in separator:
        places = (7,)
    text = f"{before}{broken(write(number), places, separator)}，{after}"
    ((_, found),) = find_identity_numbers(text)
    assert found == number
    assert find_mobile_numbers(text) == find_bank_cards(text) == []
    assert (
        find_identity_numbers(f"证号{number[:17].translate(CHINESE)}{number[17]}")[0][1] == number
    )
    assert find_identity_numbers(f"ID{number}") != []


@given(
    mobiles, st.tuples(harmless, harmless), st.sampled_from(SEPARATORS), st.sampled_from(DIGITS),
    st.sampled_from([(3, 7), (3, 6), (4, 8), (7,), tuple(range(1, 11))]),
)  # fmt: skip
def test_a_mobile_number_is_found_however_it_is_typed(number, around, separator, write, places):
    before, after = around
    if "\n" in separator:
        places = (7,)
    text = f"{before}：{broken(write(number), places, separator)}，{after}"
    assert [found for _, found in find_mobile_numbers(text)] == [number]
    assert find_mobile_numbers(f"电话{number.translate(CHINESE)}。")[0][1] == number


WIDE = (" / ", "/", ",", "，", "、", "；", "|", ")", "）（", ") (", "] [", "#")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")


@given(
    identities,
    mobiles,
    st.sampled_from(WIDE),
    st.sampled_from([(6, 14), (6, 10, 14), (6, 10, 12, 14)]),
    st.sampled_from([(3, 7), (7,), (3, 6), (4, 8), (3,)]),
)
def test_numbers_in_their_usual_groups_are_found_whatever_parts_them(
    identity, mobile, between, of_identity, of_mobile
):
    text = f"证号（{broken(identity, of_identity, between)}）"
    assert [found for _, found in find_identity_numbers(text)] == [identity]
    text = f"电话（{broken(mobile, of_mobile, between)}）"
    assert [found for _, found in find_mobile_numbers(text)] == [mobile]
    assert [n for _, n in find_mobile_numbers(f"电话{mobile.translate(CIRCLED)}")] == [mobile]
    assert [n for _, n in find_mobile_numbers(f"电话{mobile}①")] == [mobile]


@given(identities, st.integers(1, 9))
def test_a_label_is_enough_when_the_check_digit_is_wrong(number, by):
    wrong = number[:16] + str((int(number[16]) + by) % 10) + number[17]
    assert find_identity_numbers(f"序号{wrong}") == []
    assert [n for _, n in find_identity_numbers(f"身份证号：{wrong}")] == [wrong]


@given(identities.filter(lambda number: number[6:8] == "19"))
def test_the_old_fifteen_digits_are_found(number):
    old = number[:6] + number[8:17]
    assert [n for _, n in find_identity_numbers(f"身份证{old}")] == [old]
    assert [n for _, n in find_identity_numbers(f"李明 {old}")] == [old]
    assert find_identity_numbers(f"注册号：{old}") == []


@pytest.mark.parametrize(
    "text",
    [
        "护照号E12345678",
        "护照：G 1234 5678",
        "港澳通行证C12345678",
        "军官证：字第1234567号",
    ],
)
def test_numbers_of_other_papers_are_found_behind_their_names(text):
    assert find_papers(text)


def test_accounts_are_found_and_official_ones_are_not():
    for text in ("微信号13800138000a", "微信：wxid_abc123", "QQ 123456789", "加微信 zhang2021"):
        assert find_accounts(text), text
    for text in ("微信公众号：yqzlj2021", "邮箱 123456789@qq.com", "QQ邮箱：12345678@qq.com"):
        assert find_accounts(text) == [], text


def test_birth_dates_are_found_with_or_without_the_day():
    whole = ("出生日期：1980年1月2日", "生于1980-01-02", "1980年01月02日出生", "生日 19800102")
    assert all(found for text in whole for _, found in find_birth_dates(text))
    assert all(find_birth_dates(text) for text in whole)
    for text in ("男，1980年5月生，汉族", "出生年月：1980.05"):
        ((_, day),) = find_birth_dates(text)
        assert not day
    for text in ("2021年5月生产", "2021年12月6日生效", "1980年5月出生产品", "2021年12月"):
        assert text.startswith("1980") or find_birth_dates(text) == [], text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_mobile_numbers_are_found_in_every_dress(number):
    spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
    for dress in (number, spaced, spaced.replace(" ", "-"), f"+86 {number}", f"86{number}"):
        text = f"电话{dress}，"
        assert [(text[slice(*s)], n) for s, n in find_mobile_numbers(text)] == [(dress, number)]
    assert find_mobile_numbers(f"编号A{number}") == find_mobile_numbers(f"{number}0") == []


def test_bank_cards_are_found_by_prefix_length_and_luhn():
    number = card("622202020011223344")
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for dress in (number, spaced, spaced.replace(" ", "-"), number.translate(FULL_WIDTH)):
        text = f"卡号 {dress}。"
        assert [(text[slice(*s)], n) for s, n in find_bank_cards(text)] == [(dress, number)]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert find_bank_cards(f"编码{wrong}") == []
    assert find_bank_cards(f"银行卡号{wrong}") != []
    assert find_bank_cards(card("91140300123456789")) == []


@given(credit_stems)
def test_credit_codes_of_the_city_are_never_taken_for_people(stem):
    text = f"某某有限公司,{stem + credit_check(stem)},盂县"
    assert find_identity_numbers(text) == find_mobile_numbers(text) == find_bank_cards(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "电话：2880836",
        "0353-2880836",
        "阳政发〔2020〕10号",
        "2021年12月6日至2021年12月10日",
        "2021-12-06 09:00 2021-12-10",
        "20211206090000",
        "邮编045000",
        "138****1234",
        "3.13812345678",
        "sha256 9f13812345678ab",
        "DB14/T1463-2017",
        "https://www.example.cn/2021/13812345678/140302.html",
        "邮箱：13812345678@163.com",
        "资产13 500 120 000元",
        "统一社会信用代码91350100M000100Y43",
        "得分：138,140,152,160,171",
        "1,381,234,567元",
        "比例13.8123,45678",
        "2021/12/06/2021/12/10",
        "共135,0012,00120元；",
    ],
)
def test_ordinary_numbers_are_no_personal_data(text):
    assert find_identity_numbers(text) == find_mobile_numbers(text) == find_bank_cards(text) == []


@pytest.mark.parametrize("filler", [" ", "1", "13812 ", "号", "一 ", "62220 "])
def test_searching_costs_no_more_than_the_length_of_the_text(filler):
    text = filler * (50_000 // len(filler))
    assert find_identity_numbers(text) == find_mobile_numbers(text) == find_bank_cards(text) == []
