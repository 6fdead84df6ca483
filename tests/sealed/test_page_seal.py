"""The page seals as the server does: same codes, same archive, same envelope, read by all."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.casework.identities import new_identity
from portal.domain.identifiers import credit_check
from portal.domain.objection_rules import PHONE, is_phone, tidy_phone
from portal.domain.receipt_code import code_from, grouped
from portal.domain.workdays import SHANGHAI
from portal.errors import SealError
from portal.sealed.envelope import (
    Header,
    Member,
    container,
    padded_length,
    page_number,
    parse_header,
    parse_page_header,
    read_page_header,
)
from portal.sealed.receipts import derived
from portal.sealed.suites import AGE
from portal.submission.sealed_forms import inside
from portal.web.assets import STATIC
from tests.sealed.parts import run

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "docs" / "objection-protocol.md"
AGE_HEAD = 266
LOOKUP = "0123456789abcdef0123456789abcdef"
AT = datetime(2021, 12, 6, 10, 0, tzinfo=SHANGHAI)


def vectors() -> list[list[str]]:
    """The table of the protocol: secret, code, lookup, number, reply."""
    text = VECTORS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([0-9a-f]{30})` \|(.*age1.*)\|$", text, re.MULTILINE)
    return [[secret, *re.findall(r"`([^`]+)`", rest)] for secret, rest in rows]


def test_the_vectors_of_the_protocol_are_what_python_derives() -> None:
    assert len(vectors()) >= 3
    for secret, code, lookup, number, reply in vectors():
        made = code_from(bytes.fromhex(secret))
        known = derived(made)
        assert [grouped(made), known.lookup, known.reply] == [code, lookup, reply]
        assert page_number(lookup, AT) == number


def test_the_page_derives_the_same() -> None:
    secrets = [row[0] for row in vectors()]
    script = """
      const found = [];
      for (const secret of given) {
        const d = await derivedOf(Uint8Array.from(Buffer.from(secret, "hex")), AGE_SUITE);
        found.push([secret, grouped(d.code), d.lookup, d.reply]);
      }
      return found;
    """
    assert run(script, secrets) == [[s, c, lk, r] for s, c, lk, _, r in vectors()]


def test_the_archive_is_the_server_s_own_byte_for_byte_and_so_are_lengths() -> None:
    files = {"files/1.pdf": b"%PDF-1.4" + bytes(range(256)) * 700, "files/2.jpg": b"\xff\xd8\xff"}
    document = '{"facts":"事实"}'.encode()
    members = [Member(n, len(b), io.BytesIO(b)) for n, b in files.items()]
    expected = container("objection.json", document, members).read()
    lengths = [1, 16384, 16385, 70001, 109051904, 1 << 20, (1 << 20) + 1]
    script = """
      const blob = (text) => new Blob([Buffer.from(text, "base64")]);
      const members = given.files.map(([name, text]) => ({ name, blob: blob(text) }));
      const parts = [];
      for await (const part of container(members, () => {}).stream) parts.push(Buffer.from(part));
      return [hex(AGE.sha256(Buffer.concat(parts))), given.lengths.map(padded)];
    """
    named = {"objection.json": document, **files}
    encoded = [[n, base64.b64encode(b).decode()] for n, b in named.items()]
    digest, padding = run(script, {"files": encoded, "lengths": lengths})
    assert digest == hashlib.sha256(expected).hexdigest()
    assert padding == [padded_length(length) for length in lengths]


def envelope(keys: list[str], size: int = 100) -> bytes:
    script = """
      const header = { kind: "objection", lookup: given.lookup, notice: "a-list",
        office: "city-office", reply: given.keys[0], sealed: "page", demonstration: true };
      const files = [{ name: "files/1.pdf", blob: new Blob(["x".repeat(given.size)]) }];
      const write = (bound) => ({ bound, facts: "密封的事实" });
      const made = await sealed(
        suiteOf(given.keys[0]), header, "objection.json", write, files, given.keys, () => {});
      const all = Buffer.from(await new Blob([made.head, made.sealed]).arrayBuffer());
      return all.toString("base64");
    """
    return base64.b64decode(run(script, {"keys": keys, "lookup": LOOKUP, "size": size}))


def test_python_and_debian_s_age_open_what_the_page_sealed(tmp_path: Path) -> None:
    office, escrow = new_identity(), new_identity()
    data = envelope([office[1], escrow[1]], 300_000)
    source = io.BytesIO(data)
    header = read_page_header(source)
    sealed = source.read()
    assert padded_length(inside(len(sealed) - AGE_HEAD)) == inside(len(sealed) - AGE_HEAD)
    for identity, _ in (office, escrow):
        plain = io.BytesIO()
        AGE.open(io.BytesIO(sealed), plain, [identity])
        assert header.bound.encode() in plain.getvalue()
    age = shutil.which("age")
    assert age
    key = tmp_path / "key"
    key.write_text(office[0])
    done = subprocess.run([age, "-d", "-i", key], input=sealed, capture_output=True, check=True)
    assert done.stdout == plain.getvalue()


def test_the_page_opens_what_python_seals_to_the_key_of_a_code() -> None:
    secret = bytes.fromhex(vectors()[1][0])
    answers = [b"", b"answer " * 20_000]
    files = []
    for plain in answers:
        target = io.BytesIO()
        AGE.seal(io.BytesIO(plain), target, [derived(code_from(secret)).reply])
        files.append(base64.b64encode(target.getvalue()).decode())
    script = """
      const secret = Uint8Array.from(Buffer.from(given.secret, "hex"));
      const { identity, recipient } = await AGE_SUITE.reply(secret);
      const open = async (text, key) =>
        Buffer.from(await suiteOf(recipient).open(Buffer.from(text, "base64"), key));
      const found = [];
      for (const one of given.files) found.push((await open(one, identity)).toString("base64"));
      const other = await AGE_SUITE.reply(secret.map((byte) => byte ^ 1));
      found.push(await open(given.files[0], other.identity).catch(() => "refused"));
      return found;
    """
    told = run(script, {"secret": secret.hex(), "files": files})
    assert told == [*(base64.b64encode(plain).decode() for plain in answers), "refused"]


def test_a_page_s_line_is_complete_only_with_the_number_that_follows_from_it() -> None:
    reply = new_identity()[1]
    sent = Header("objection", LOOKUP, "a-list", "city-office", reply=reply, sealed="page")
    assert parse_page_header(sent.line()) == sent
    number = page_number(LOOKUP, AT)
    stored = Header("objection", LOOKUP, "a-list", "city-office", number, AT, reply, sealed="page")
    assert parse_header(stored.line()) == stored
    assert stored.bound == sent.bound == hashlib.sha256(sent.line()).hexdigest()
    other = stored.line().replace(number.encode(), b"YY20211206-00000000")
    for line, parse in (
        (sent.line(), parse_header),
        (stored.line(), parse_page_header),
        (other, parse_header),
        (sent.line().replace(b'"page"', b'"other"'), parse_page_header),
    ):
        with pytest.raises(SealError):
            parse(line)


@given(st.integers(0, 1 << 24))
def test_the_length_inside_follows_from_the_length_outside(plain: int) -> None:
    blocks = max(1, -(-plain // 65536))
    assert inside(16 + plain + 16 * blocks) == plain


def test_phones_and_credit_codes_are_judged_alike() -> None:
    phones = [
        "13812345678",
        "0353-1234567",
        "+86 138 1234 5678",
        "0353-1234567转12",
        "12",
        "abc",
        "0353-1234567 ext. 9",
        "138123456789012345678901234567890",
        "1381234567８",
        "（138）0013 8000",
        "＋８６ 138-0013-8000",
        "00 86 13800138000 -",
        "手机：138·0013·8000",
        "(0353) — 1234567 转 8",
        "",
    ]
    first = "91140300MA0GTEST1"
    first = first.replace("S", "5")
    codes = [first + credit_check(first), first + "0", first, "91140300MA0GTEST1I"]
    script = """
      const phone = new RegExp("^(?:" + given.pattern + ")$");
      const phones = given.phones.map((one) => phone.test(one));
      return [phones, given.codes.map(isCreditCode), given.phones.map(tidyPhone)];
    """
    told = run(script, {"phones": phones, "codes": codes, "pattern": PHONE})
    assert told == [
        [is_phone(p) for p in phones],
        [True, codes[1] == codes[0], False, False],
        [tidy_phone(p) for p in phones],
    ]


def test_the_bundle_is_the_one_whose_digest_is_noted() -> None:
    for name in ("age/age.js", "age/qr.js", "sm/sm.js"):
        noted = (ROOT / "deploy" / f"{name}.sha256").read_text().strip()
        assert hashlib.sha256((STATIC / Path(name).name).read_bytes()).hexdigest() == noted


def test_what_a_server_sends_along_never_takes_the_place_of_the_words():
    said = {"message": "同一网络的次数到了上限。", "wait": 1490, "work": "{}", "again": False}
    script = """return given.map((values) => {
      const refusal = refusalOf(429, values);
      return [refusal.message, refusal.again, refusal.work];
    });"""
    errors = ["quota", "full", "failed", "many", "closed", "new"]
    found = run(script, [{"error": error, **said} for error in errors])
    assert all(said["message"] in words for words, *_ in found)
    quota, again, work = found[0]
    assert (again, work) == (True, "{}")
    assert "25分钟以后再次发送" in quota
    assert "不影响您在公示期内提出异议的权利" in quota
    assert all("没有丢失，请不要关闭本页" in words for words, again, _ in found if again)
