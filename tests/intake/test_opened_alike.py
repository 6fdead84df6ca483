"""The page opens a case as the server does: the same letters give the same words."""

import base64
import io
import random
from dataclasses import asdict, replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from portal.casework.answer_signing import answer_key, signed_answer
from portal.casework.identities import new_identity
from portal.domain.exchange import write_answer, write_look, write_message, write_objection
from portal.domain.objection import (
    Answer,
    AnswerKind,
    CaseState,
    EntryRef,
    Evidence,
    FileRole,
    Grounds,
    Look,
    LookAct,
    Message,
    MessageKind,
    Objection,
    Objector,
    ObjectorKind,
    Outcome,
)
from portal.domain.receipt_code import IGNORED, LOOKALIKES, code_from, grouped, is_number, read_code
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.intake.case_words import case_words
from portal.sealed.envelope import Header, container
from portal.sealed.receipts import derived
from portal.sealed.sealing import Sealer
from portal.sealed.suites import AGE, SUITES, Suite
from portal.submission.replies import read_case
from portal.submission.sealed_cases import letters
from tests.publicside import OPEN
from tests.sealed.parts import STATUS, run

NOTICE, NUMBER = "a-list", "YY20211207-7K3QX9PA"
NAMES = {"county": "县办", "city": "市办"}
IDENTITIES = {
    suite.name: {office: new_identity(suite)[0] for office in ("county", "city", "other")}
    for suite in SUITES
}
SIGNS = {
    suite: {office: answer_key(held[office]).public for office in ("county", "city")}
    for suite, held in IDENTITIES.items()
}
WHITE = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2028\u2029\u202f\u3000\ufeff "
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0", codec="utf-8")
TEXTS = st.text(LETTERS | st.sampled_from(WHITE + "\n\n甲签名：| "), max_size=30)
SHORT = st.text(LETTERS, max_size=12)
TIMES = st.integers(0, 50_000_000).map(
    lambda steps: (OPEN + timedelta(seconds=steps // 7, microseconds=steps % 3)).astimezone(
        SHANGHAI
    )
)
SIZES = st.integers(0, 3_000_000)
ANSWERS = st.builds(
    Answer,
    st.just(1),
    TIMES,
    st.sampled_from(AnswerKind),
    st.sampled_from(CaseState),
    text=TEXTS,
    reason=TEXTS,
    outcome=st.none() | st.sampled_from(Outcome),
    office=st.sampled_from(["", "", "city", "elsewhere"]),
    due=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
SIGNED = st.sampled_from(["none", "county", "county", "city", "other", "changed", "again", "late"])
DAMAGE = st.sampled_from([*["none"] * 8, "cut", "kind", "seq", "key", "text", "bound"])
EVIDENCE = st.builds(
    Evidence, SHORT, SHORT, SIZES, st.just("0" * 64), role=st.sampled_from(FileRole)
)
OBJECTIONS = st.builds(
    Objection,
    st.just(NUMBER),
    st.just(NOTICE),
    st.just(1),
    TIMES,
    st.builds(Objector, st.sampled_from(ObjectorKind), SHORT, contact=SHORT, phone=SHORT),
    st.lists(st.sampled_from(Grounds), max_size=3, unique=True).map(tuple),
    TEXTS,
    st.just("1"),
    st.lists(st.builds(EntryRef, SHORT, SHORT), max_size=2).map(tuple),
    st.lists(EVIDENCE, max_size=2).map(tuple),
    whole=st.booleans(),
    notify=SHORT,
)
MESSAGES = st.builds(
    Message,
    st.sampled_from(MessageKind),
    TIMES,
    TEXTS,
    st.none() | st.integers(0, 9),
    st.lists(EVIDENCE, max_size=2).map(tuple),
)
LOOKS = st.builds(Look, TIMES, st.sampled_from(LookAct), SHORT)
BESIDE = st.lists(st.tuples(OBJECTIONS | MESSAGES | LOOKS, DAMAGE), max_size=5)
CASES = st.tuples(
    st.binary(min_size=15, max_size=15),
    st.lists(st.tuples(ANSWERS, SIGNED, DAMAGE), max_size=4),
    BESIDE,
)
WRITERS = {
    Objection: ("copy", "objection", write_objection),
    Message: ("copy", "message", write_message),
    Look: ("look", "look", write_look),
}


class Shelf:
    """A box with one case in it."""

    def __init__(self, header: Header, answers: list[bytes], beside: list[bytes]) -> None:
        self.case = header
        self.kept = [
            [SimpleNamespace(read=lambda _, d=d: d) for d in part] for part in (answers, beside)
        ]

    def header(self, _: str) -> Header:
        return self.case

    def messages(self, _: str) -> tuple[()]:
        return ()

    def answers(self, _: str) -> list:
        return self.kept[0]

    def looks(self, _: str) -> list:
        return self.kept[1]


def sealed(header: Header, name: str, document: bytes, reply: str, damage: str) -> bytes:
    """A letter, perhaps not as it should be."""
    target = io.BytesIO()
    written = replace(header, seq=header.seq % 9 + 1) if damage == "seq" and header.seq else header
    if damage == "kind":
        written = Header("look", header.lookup, id="0" * 16)
    keys = (new_identity()[1],) if damage == "key" else (reply,)
    content = b"{}" if damage == "text" else document
    Sealer(keys).seal(written, container(f"{name}.json", content), target)
    return target.getvalue()[: -40 if damage == "cut" else None]


def sign(answer: Answer, how: str, before: list[Answer], held: dict[str, str]) -> Answer:
    at = before[-1].signature.at if before and before[-1].signature else answer.at
    at += timedelta(days=-1 if how == "late" else 0)
    office = how if how in held else "county"
    if how == "again" and before and before[-1].signature:
        return replace(answer, signature=before[-1].signature)
    done = signed_answer(
        answer,
        number=NUMBER,
        notice=NOTICE,
        office="county" if office == "other" else office,
        identities=[held[office]],
        at=at,
    )
    return replace(done, text=f"{done.text}改") if how == "changed" else done


def shelf_of(case: tuple, suite: Suite) -> tuple:
    secret, given_answers, given_beside = case
    known = derived(code_from(secret), suite)
    header = Header("objection", known.lookup, NOTICE, "county", NUMBER, OPEN, known.reply)
    answers, beside, before = [], [], []
    for seq, (answer, how, damage) in enumerate(given_answers, 1):
        full = replace(answer, seq=seq)
        full = full if how == "none" else sign(full, how, before, IDENTITIES[suite.name])
        before.append(full)
        line = Header("answer", known.lookup, seq=seq)
        document = write_answer(full, "0" * 64 if damage == "bound" else line.bound)
        answers.append(sealed(line, "answer", document, known.reply, damage))
    for place, (one, damage) in enumerate(given_beside):
        kind, name, write = WRITERS[type(one)]
        line = Header(kind, known.lookup, id=f"{place:016x}")
        document = write(one, "0" * 64 if damage == "bound" else line.bound)
        beside.append(sealed(line, name, document, known.reply, damage))
    return code_from(secret), Shelf(header, answers, beside)


class Keys:
    """The keys that offices sign with."""

    def __init__(self, signs: dict[str, str]) -> None:
        self.held = signs

    def signs(self, office: str, _: str) -> str | None:
        return self.held.get(office)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@settings(max_examples=2, deadline=None, phases=[Phase.generate])
@given(cases=st.lists(CASES, min_size=12, max_size=12))
def test_page_and_server_say_the_same_of_any_case(suite: Suite, cases: list) -> None:
    told = {"number": NUMBER, "notice": NOTICE, "office": "county", "names": NAMES, "main": "市办"}
    told["signs"] = signs = SIGNS[suite.name]
    expected, given_ = [], []
    for case in cases:
        code, shelf = shelf_of(case, suite)
        words = case_words(read_case(shelf, code, Keys(signs)), NAMES, "市办")
        flags = {"unasked", "unanswered", "unseen"}
        expected.append(asdict(words) | {name: getattr(words, name) for name in flags})
        stream = b"".join(letters(told, shelf.answers(""), shelf.looks("")))
        given_.append([grouped(code), base64.b64encode(stream).decode()])
    script = """
      const found = [];
      const which = SUITES().length - 1;
      for (const [typed, text] of given) {
        const known = { suite: SUITES()[which], ...await SUITES()[which].reply(secretOf(typed)) };
        const stream = readStream(new Uint8Array(Buffer.from(text, "base64")));
        found.push(caseWordsOf(await openedCase(stream, known)));
      }
      return found;
    """
    scripts = "age.js" if suite is AGE else "age.js sm.js"
    for mine, theirs in zip(run(script, given_, scripts, STATUS), expected, strict=True):
        assert mine == plain(theirs)


def plain(value: object) -> object:
    """As JSON gives it back."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def test_the_page_reads_a_typed_code_as_the_server_does() -> None:
    chance = random.Random(17)
    alphabet = (
        "0123456789abcdefGHJKMNPQRSTVWXYZ".upper() + "OILU" + "".join(LOOKALIKES) + "　\u2003ｏß"
    )
    typed = ["", "YY20211206-7K3QX9PA", "yy 20211206 7k3qx9pa", "乱写的", "A" * 300]
    for _ in range(300):
        code = grouped(code_from(chance.randbytes(15)))
        letters_ = list(code)
        for _ in range(chance.randrange(4)):
            place = chance.randrange(len(letters_))
            letters_[place] += chance.choice(
                [*IGNORED, " ", "\u2028", "\x1c", "\ufeff", "é", *alphabet]
            )
        for place in range(len(letters_) * chance.randrange(2)):
            folded = {"0": "OoＯ〇○0", "1": "lI|1１"}.get(letters_[place])
            letters_[place] = chance.choice(folded) if folded else letters_[place].lower()
        typed.append("".join(letters_))

    def read(text: str) -> str | None:
        try:
            return grouped(read_code(text))
        except RequestError:
            return None

    expected = [[read(text), is_number(text)] for text in typed]
    assert sum(code is not None for code, _ in expected) > 50
    script = "return given.map((t) => [secretOf(t) && grouped(codeOf(secretOf(t))), isNumber(t)]);"
    assert run(script, typed, parts=STATUS) == expected
