"""Whose a later message is: page and Python sign alike, and nothing of it can be changed."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import secrets
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.exchange import checked, read_message, write_message
from portal.domain.objection import Evidence, FileRole, Message, MessageKind
from portal.domain.receipt_code import code_from
from portal.domain.workdays import SHANGHAI
from portal.sealed.spoken import Voice, speaker, spoken_text, voice_of
from portal.sealed.suites import AGE, SM, Suite
from tests.codes import new_code
from tests.sealed.parts import SEALING, run

VECTORS = Path(__file__).parents[2] / "docs" / "objection-protocol.md"
SCRIPTS = {AGE.name: "age.js", SM.name: "sm.js"}
PARTS = (*SEALING, "status/message")
BOUND = "ab" * 32
FILE = Evidence("files/1.jpg", "照片.jpg", 3, "cd" * 32)
SAID = Message(
    MessageKind.ANSWER, datetime(2021, 12, 6, 10, tzinfo=SHANGHAI), "第三期\n“见附件”", 2, (FILE,)
)
BOTH = pytest.mark.parametrize("suite", [AGE, SM], ids=lambda suite: suite.name)


def found(pattern: str) -> list[tuple[str, ...]]:
    """What the protocol says, in every place."""
    text = VECTORS.read_text(encoding="utf-8")
    return [match.groups() for match in re.finditer(pattern, text, re.MULTILINE)]


def vectors() -> list[tuple[str, ...]]:
    """The table of the protocol: secret, Ed25519, SM2."""
    rows = found(r"^\| `([0-9a-f]{30})` \| `([^`]+=)` \| `(sm2sign1[^`]+)` \|$")
    assert len(rows) >= 4
    return rows


def test_the_keys_of_the_protocol_are_what_both_sides_derive() -> None:
    given_ = [secret for secret, _, _ in vectors()]
    codes = [code_from(bytes.fromhex(secret)) for secret in given_]
    script = """
      const suite = typeof AGE === "undefined" ? SM.SUITE : AGE_SUITE;
      return given.map((secret) => suite.speaker(Uint8Array.from(Buffer.from(secret, "hex"))).key);
    """
    for column, suite in enumerate((AGE, SM), 1):
        expected = [row[column] for row in vectors()]
        assert [speaker(code, suite).public for code in codes] == expected
        assert run(script, given_, SCRIPTS[suite.name]) == expected


def test_the_text_and_the_signature_of_the_protocol() -> None:
    [[text]] = found(r"^```\n(portal-signed-message/1\n.*\n)```$")
    [[value]] = found(r"Ed25519 signature of the second code: `([^`]+)`")
    assert text == spoken_text(SAID, BOUND)
    code = code_from(bytes.fromhex(vectors()[1][0]))
    assert value == speaker(code, AGE).sign(text.encode())


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
MESSAGES = st.builds(
    Message,
    st.sampled_from(MessageKind),
    st.integers(10**9, 7 * 10**9).map(lambda at: datetime.fromtimestamp(at, SHANGHAI)),
    TEXTS,
    st.none() | st.integers(0, 9999),
    st.lists(
        st.builds(
            Evidence,
            st.just("files/1.jpg"),
            TEXTS,
            st.integers(0, 2**40),
            st.just("cd" * 32),
            st.sampled_from(FileRole),
        ),
        max_size=3,
    ).map(tuple),
)


@BOTH
@settings(max_examples=2, deadline=None)
@given(st.lists(MESSAGES, min_size=20, max_size=30))
def test_what_the_page_signs_is_the_holder_s_for_python(suite: Suite, said: list[Message]) -> None:
    secret = secrets.token_bytes(15)
    speaks = speaker(code_from(secret), suite).public
    documents = [json.loads(write_message(message, BOUND))["content"] for message in said]
    script = """
      const suite = typeof AGE === "undefined" ? SM.SUITE : AGE_SUITE;
      const speaker = suite.speaker(Uint8Array.from(Buffer.from(given.secret, "hex")));
      return given.documents.map((one) => {
        const text = spokenText(one, given.bound);
        return [text, speaker.sign(utf8.encode(text))];
      });
    """
    found = run(
        script,
        {"secret": secret.hex(), "documents": documents, "bound": BOUND},
        SCRIPTS[suite.name],
        PARTS,
    )
    assert [text for text, _ in found] == [spoken_text(message, BOUND) for message in said]
    for message, (_, value) in zip(said, found, strict=True):
        whole = dataclasses.replace(message, signature=value)
        read = read_message(checked(whole, BOUND, write_message, read_message), BOUND)
        assert voice_of(read, BOUND, speaks) is Voice.HOLDER


@BOTH
@settings(max_examples=30, deadline=None)
@given(MESSAGES, MESSAGES)
def test_no_other_message_envelope_or_key_bears_the_same_signature(
    suite: Suite, one: Message, other: Message
) -> None:
    code = new_code()
    speaks = speaker(code, suite).public
    value = speaker(code, suite).sign(spoken_text(one, BOUND).encode())
    held = dataclasses.replace(one, signature=value)
    assert voice_of(held, BOUND, speaks) is Voice.HOLDER
    assert voice_of(held, "0" * 64, speaks) is Voice.FALSE
    assert voice_of(held, BOUND, speaker(new_code(), suite).public) is Voice.FALSE
    assert voice_of(dataclasses.replace(one, signature=""), BOUND, speaks) is Voice.UNSIGNED
    assert voice_of(held, BOUND, "") is Voice.UNKNOWN
    for name in ("kind", "sent", "text", "answers", "evidence"):
        changed = dataclasses.replace(held, **{name: getattr(other, name)})
        expected = Voice.HOLDER if changed == held else Voice.FALSE
        assert voice_of(changed, BOUND, speaks) is expected
    for wrong in (value[:-4], value + value, "x", base64.b64encode(b"0" * 64).decode()):
        assert voice_of(dataclasses.replace(one, signature=wrong), BOUND, speaks) is Voice.FALSE


@pytest.mark.parametrize("speaks", ["x", "sm2sign1q", "A" * 44, "sm21qqq"])
def test_a_key_that_is_none_makes_every_message_a_stranger_s(speaks: str) -> None:
    assert voice_of(dataclasses.replace(SAID, signature="AAAA"), BOUND, speaks) is Voice.FALSE
    assert voice_of(SAID, BOUND, speaks) is Voice.UNSIGNED
    assert not Voice.FALSE.counts
    assert not Voice.UNSIGNED.counts
