"""The national-cipher suite: standard vectors, any bytes come back, no change accepted, openssl."""

import base64
import io
import json
import re
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.receipt_code import code_from, grouped
from portal.domain.workdays import SHANGHAI
from portal.errors import SealError
from portal.sealed import sm_curve, sm_keys
from portal.sealed.bech32 import bech32, from_bech32
from portal.sealed.envelope import page_number
from portal.sealed.receipts import derived
from portal.sealed.sm_suite import CHUNK, TAG, read_head
from portal.sealed.suites import AGE, SM, is_recipient, recipient_of, suite_for, suite_taking

VECTORS = json.loads((Path(__file__).parent / "sm_vectors.json").read_text(encoding="utf-8"))
OFFICE, ESCROW = VECTORS["sealed"][0]["identities"]
KEYS = [recipient_of(OFFICE), recipient_of(ESCROW)]
SIZES = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 17])


def sealed(plain: bytes) -> bytes:
    out = io.BytesIO()
    SM.seal(io.BytesIO(plain), out, KEYS)
    return out.getvalue()


def opened(data: bytes, identity: str = OFFICE) -> bytes:
    out = io.BytesIO()
    SM.open(io.BytesIO(data), out, [identity])
    return out.getvalue()


LONG = bytes(2 * CHUNK + 100)
LONG_SEALED = sealed(LONG)
BODY = LONG_SEALED.index(b"\n", LONG_SEALED.index(b"--- ")) + 1 + 16


class Dribble(io.BytesIO):
    """A stream that gives few bytes at a time, as a socket does."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 5000) if size and size > 0 else size)


def test_the_vectors_of_the_standards() -> None:
    """GB/T 32905, GB/T 32907 with RFC 8998 A.1, and GB/T 32918.5 (annexes A and C)."""
    assert sm_keys.sm3(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert sm_keys.sm3(b"abcd" * 16).hex() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"
    gcm = Cipher(
        algorithms.SM4(key), modes.GCM(bytes.fromhex("00001234567800000000abcd"))
    ).encryptor()
    gcm.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    text = b"".join(bytes((byte,)) * 8 for byte in b"\xaa\xbb\xcc\xdd\xee\xff\xee\xaa")
    assert gcm.update(text).hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    gcm.finalize()
    assert gcm.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"

    secret = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
    point = b"\x04" + bytes.fromhex(
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
        "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    )
    assert sm_curve.public_of(secret) == sm_curve.compressed(point)
    digest = sm_keys.message_digest(point, b"message digest")
    assert digest.hex() == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    r = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    s = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    signature = bytes.fromhex(f"3046022100{r}022100{s}")
    assert sm_curve.verify(sm_curve.compressed(point), digest, signature)
    x = "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    y = "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    c3 = "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    c2 = "21886ca989ca9c7d58087307ca93092d651efa"
    body = f"0220{x}022100{y}0420{c3}0413{c2}"
    ciphertext = bytes.fromhex(f"30{len(body) // 2:02x}{body}")
    assert sm_curve.decrypt(secret, ciphertext) == b"encryption standard"


@pytest.mark.parametrize("row", VECTORS["receipts"], ids=lambda row: row["secret"])
def test_what_follows_from_a_code(row: dict[str, str]) -> None:
    code = code_from(bytes.fromhex(row["secret"]))
    known = derived(code, SM)
    received = datetime(2021, 12, 6, tzinfo=SHANGHAI)
    assert row == {
        "secret": row["secret"],
        "code": grouped(code),
        "lookup": known.lookup,
        "number": page_number(known.lookup, received),
        "reply": known.reply,
        "identity": known.identity,
    }
    assert (known.lookup, known.number) == (derived(code).lookup, derived(code).number)


def test_the_fixed_files_and_the_fixed_signature() -> None:
    for file in VECTORS["sealed"]:
        assert [recipient_of(one) for one in file["identities"]] == file["recipients"]
        for identity in file["identities"]:
            data = base64.b64decode(file["file"])
            assert opened(data, identity) == base64.b64decode(file["plain"])
    row = VECTORS["signature"]
    message = row["message"].encode()
    assert sm_keys.message_holds(row["public"], row["signature"], message)
    assert not sm_keys.message_holds(row["public"], row["signature"], message + b"x")
    key = sm_keys.key_of(row["identity"])
    assert sm_keys.text_of(sm_keys.SIGNS, key.signs) == row["public"]
    assert sm_keys.message_holds(row["public"], sm_keys.sign_message(key, message), message)


@given(st.one_of(st.binary(max_size=300), SIZES.map(bytes)), st.booleans())
@settings(max_examples=25)
def test_any_bytes_come_back_for_each_recipient(plain: bytes, dribbling: bool) -> None:
    stream, out = (Dribble if dribbling else io.BytesIO)(plain), io.BytesIO()
    SM.seal(stream, out, KEYS)
    for identity in (OFFICE, ESCROW):
        back = io.BytesIO()
        SM.open((Dribble if dribbling else io.BytesIO)(out.getvalue()), back, ["x", identity])
        assert back.getvalue() == plain
    with pytest.raises(SealError, match="密钥不符"):
        opened(out.getvalue(), VECTORS["receipts"][0]["identity"])


SHORT_SEALED = base64.b64decode(VECTORS["sealed"][0]["file"])


@given(st.integers(0, len(SHORT_SEALED) - 1), st.integers(0, 7))
@settings(max_examples=120)
def test_no_flipped_bit_no_cut_and_no_addition_is_accepted(at: int, bit: int) -> None:
    whole = SHORT_SEALED
    flipped = bytearray(whole)
    flipped[at] ^= 1 << bit
    for changed in (bytes(flipped), whole[:at], whole + whole[at:], whole[at:]):
        if changed != whole:
            with pytest.raises(SealError):
                opened(changed)


def test_chunks_stay_in_their_place_and_the_last_is_the_last() -> None:
    size = CHUNK + TAG
    head, body = LONG_SEALED[:BODY], LONG_SEALED[BODY:]
    first, second, last = body[:size], body[size : 2 * size], body[2 * size :]
    assert opened(head + first + second + last) == LONG
    for parts in (
        (second, first, last),
        (first, second),
        (first, last),
        (first, second, last, last),
        (first, second, last[:TAG]),
        (last,),
        (),
    ):
        with pytest.raises(SealError):
            opened(head + b"".join(parts))
    # An empty chunk behind whole ones, rightly sealed, is not what this format writes.
    _, _, ciphertexts = read_head(io.BytesIO(head))
    file_key = sm_keys.opened_by([OFFICE], ciphertexts)
    key = sm_keys.hkdf_sm3(file_key or b"", head[-16:], b"portal-sm/1 payload", 16)
    parts = b""
    for place, chunk in enumerate((bytes(CHUNK), b"")):
        nonce = place.to_bytes(11) + bytes((place,))
        gcm = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        parts += gcm.update(chunk) + gcm.finalize() + gcm.tag
    with pytest.raises(SealError):
        opened(head + parts)
    out = io.BytesIO()
    with pytest.raises(SealError):
        SM.open(io.BytesIO(head + first + second[:-1]), out, [OFFICE])
    assert len(out.getvalue()) == CHUNK  # what was checked before, and nothing more


@pytest.mark.parametrize(
    "change",
    [
        (rb"^portal-sm/1", b"portal-sm/2"),
        (rb"-> SM2\n", b"-> SM2 \n"),
        (rb"-> SM2\n[^\n]+\n", b""),
        (rb"(-> SM2\n[^\n]+\n)(-> SM2\n[^\n]+\n)", rb"\2\1"),
        (rb"((?:-> SM2\n[^\n]+\n)+)", rb"\1" * 12),
        (rb"(-> SM2\n)[^\n]+", rb"\1" + b"A" * 5000),
        (rb"--- [^\n]+", b"--- " + b"A" * 43),
        (rb"--- [^\n]+", b"--- "),
        (rb"\n--- ", b"\n\n--- "),
        (rb"(--- [^\n]+)", rb"\1="),
    ],
)
def test_no_changed_head_is_accepted(change: tuple[bytes, bytes]) -> None:
    changed, times = re.subn(change[0], change[1], LONG_SEALED[:BODY], count=1)
    assert times == 1
    with pytest.raises(SealError):
        opened(changed + LONG_SEALED[BODY:])


@given(st.binary(max_size=400))
@settings(max_examples=30)
def test_junk_is_refused(junk: bytes) -> None:
    for data in (junk, b"portal-sm/1\n" + junk, b"portal-sm/1\n-> SM2\n" + junk):
        with pytest.raises(SealError):
            opened(data)


def test_keys_of_two_suites_are_never_mixed_nor_taken_for_each_other() -> None:
    age = AGE.recipient(AGE.identity(bytes(range(32))))
    assert (suite_taking(age), suite_taking(KEYS[0]), suite_taking("age1x")) == (AGE, SM, None)
    assert suite_for(KEYS) is SM
    for keys in ((age, KEYS[0]), (KEYS[0], "sm21x"), ()):
        with pytest.raises(SealError, match="同一套"):
            suite_for(keys)
    with pytest.raises(SealError):
        SM.seal(io.BytesIO(b"x"), io.BytesIO(), [age])
    with pytest.raises(SealError):
        opened(sealed(b"x"), AGE.identity(bytes(32)))
    for wrong in (OFFICE.lower(), OFFICE[:-1], OFFICE[:-1] + "Q", "SM2-SECRET-KEY-1"):
        with pytest.raises(SealError):
            recipient_of(wrong)
    signs = VECTORS["signature"]["public"]
    assert not is_recipient(signs)  # what signs is no key to seal to


@given(st.binary(min_size=33, max_size=33))
@settings(max_examples=60)
def test_a_public_key_is_a_point_of_the_curve_in_its_one_text(data: bytes) -> None:
    text = bech32("sm2", bytes((2 + data[0] % 2,)) + data[1:])
    x = int.from_bytes(data[1:])
    right = (x**3 + sm_curve.A * x + sm_curve.B) % sm_curve.P
    lies = x < sm_curve.P and pow(right, (sm_curve.P - 1) // 2, sm_curve.P) in (0, 1)
    assert is_recipient(text) == lies
    assert from_bech32("sm2", text)[1:] == data[1:]
    assert not is_recipient(text.upper())
    assert not is_recipient(f"{text[:-1]}{'q' if text[-1] != 'q' else 'p'}")


def _pem(identity: str, path: Path) -> Path:
    scalar = from_bech32("sm2-secret-key-", identity.lower())
    der = bytes.fromhex("30310201010420") + scalar + bytes.fromhex("a00a06082a811ccf5501822d")
    lines = base64.b64encode(der).decode()
    path.write_text(f"-----BEGIN EC PRIVATE KEY-----\n{lines}\n-----END EC PRIVATE KEY-----\n")
    return path


def _openssl(*arguments: str | Path) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def test_debian_openssl_reads_the_same_keys_ciphertexts_and_signatures(tmp_path: Path) -> None:
    """The whole file by its command line alone: 3.0 has no SM4-GCM, so the text by SM4-CTR."""
    plain = "异议内容".encode()
    (file := tmp_path / "file").write_bytes(data := sealed(plain))
    head, mac, (_, escrow) = read_head(io.BytesIO(data))
    (tmp_path / "c").write_bytes(escrow)
    key = _pem(ESCROW, tmp_path / "key.pem")
    file_key = _openssl("pkeyutl", "-decrypt", "-inkey", key, "-in", tmp_path / "c")
    assert len(file_key) == 16

    def hkdf(info: str, size: int, *salt: str) -> bytes:
        text = ["digest:SM3", f"hexkey:{file_key.hex()}", f"info:{info}", *salt]
        options = [part for option in text for part in ("-kdfopt", option)]
        return _openssl("kdf", "-keylen", str(size), *options, "-binary", "HKDF")

    (tmp_path / "head").write_bytes(head)
    macopt = f"hexkey:{hkdf('portal-sm/1 header', 32).hex()}"
    found = _openssl(
        "dgst", "-sm3", "-mac", "HMAC", "-macopt", macopt, "-binary", tmp_path / "head"
    )
    assert found == mac
    rest = file.read_bytes()[len(head) + 45 :]
    payload = hkdf("portal-sm/1 payload", 16, f"hexsalt:{rest[:16].hex()}")
    (tmp_path / "text").write_bytes(rest[16:-TAG])
    counter = (bytes(11) + b"\x01" + (2).to_bytes(4)).hex()
    shown = _openssl(
        "enc", "-d", "-sm4-ctr", "-K", payload.hex(), "-iv", counter, "-in", tmp_path / "text"
    )
    assert shown == plain

    row = VECTORS["signature"]
    (tmp_path / "message").write_text(row["message"], encoding="utf-8")
    (tmp_path / "signature").write_bytes(base64.b64decode(row["signature"]))
    point = from_bech32("sm2sign", row["public"])
    der = bytes.fromhex("3039301306072a8648ce3d020106082a811ccf5501822d032200") + point
    pem = (
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(der).decode()}\n-----END PUBLIC KEY-----\n"
    )
    (tmp_path / "public.pem").write_text(pem)
    told = _openssl(
        "pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "public.pem", "-rawin",
        "-in", tmp_path / "message", "-sigfile", tmp_path / "signature",
        "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
    )  # fmt: skip
    assert b"Verified Successfully" in told
    assert _openssl("dgst", "-sm3", "-binary", tmp_path / "message") == sm_keys.sm3(
        row["message"].encode()
    )
