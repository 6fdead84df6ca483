"""Answers that the office signed: what counts is what its own key signed for this very case."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from portal.casework.answer_signing import answer_key, signed_answer
from portal.casework.identities import new_identity
from portal.cli.verify_command import command as verify
from portal.domain.exchange import write_answer
from portal.domain.objection import Answer, AnswerKind, CaseState, Outcome
from portal.sealed.envelope import container
from portal.sealed.public_keys import SIGNS, PublicKeys
from portal.sealed.signed_answers import Proof, body_of, read_signed, signed_by, text_of
from portal.sealed.suites import AGE, SM, SUITES
from portal.submission.replies import read_case
from tests.publicside import BY_NAME, OPEN, SLUG
from tests.submission.test_replies import Case

OFFICE = "pingding-office"
IDENTITIES = {suite: new_identity(suite)[0] for suite in SUITES}
IDENTITY = IDENTITIES[AGE]
KEY = answer_key(IDENTITY)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=60
)


def plain(seq=1, kind=AnswerKind.STATUS, state=CaseState.ACCEPTED, **more):
    return Answer(seq, OPEN, kind, state, **more)


class Signing(Case):
    """A case whose office signs."""

    def __init__(self, root, suite=AGE):
        super().__init__(root, suite)
        self.suite, self.identity = suite, IDENTITIES[suite]
        self.keys = PublicKeys(self.side.root / "keys/public")
        path = self.keys.root / OFFICE / f"{SLUG}.pub"
        path.write_text(f"{SIGNS} {answer_key(self.identity).public}\n{path.read_text()}")

    def sign(self, answer, at=OPEN, *, number="", office=OFFICE, identity=""):
        return signed_answer(
            answer,
            number=number or self.asked.number,
            notice=SLUG,
            office=office,
            identities=[identity or self.identity],
            at=at,
        )

    def send(self, *answers):
        for answer in answers:
            document = write_answer(answer, self.header(answer.seq).bound)
            self.put(answer.seq, container("answer.json", document).read())

    def view(self):
        return read_case(self.side.box, self.code, self.keys)

    def proofs(self):
        return [proof for _, proof in self.view().items]


@pytest.fixture
def case(tmp_path, request):
    return Signing(tmp_path, getattr(request, "param", AGE))


EACH_SUITE = pytest.mark.parametrize("case", SUITES, ids=BY_NAME, indirect=True)


@EACH_SUITE
def test_a_signed_answer_is_sound_and_the_file_of_it_is_verified(case, tmp_path, monkeypatch):
    answer = case.sign(plain(text="经核查，\n异议成立。", outcome=Outcome.UPHELD))
    case.send(answer)
    assert case.proofs() == [Proof.SOUND]
    file = tmp_path / "答复.txt"
    file.write_text(text_of(answer, case.asked.number, SLUG).replace("\n", "\r\n"))
    monkeypatch.setenv("PORTAL_KEYS", str(case.side.root / "keys"))
    done = CliRunner().invoke(verify, [str(file)])
    assert done.exit_code == 0, done.output
    assert case.asked.number in done.output
    file.write_text(file.read_text().replace("异议成立", "异议不成立"))
    done = CliRunner().invoke(verify, [str(file)])
    assert done.exit_code == 1
    assert "签名不成立" in done.output


@EACH_SUITE
def test_what_another_key_case_or_office_signed_does_not_count(case):
    other, _ = new_identity(case.suite)
    one_more, _ = new_identity(AGE if case.suite is SM else SM)
    good = case.sign(plain())
    ended = plain(2, state=CaseState.NOT_ACCEPTED)
    forged = [
        case.sign(ended, identity=other),
        case.sign(ended, identity=one_more),
        case.sign(ended, number="YY20211207-00000000"),
        case.sign(ended, office="yuxian-office"),
        replace(case.sign(ended), text="另一句话"),
        ended,
        replace(good, seq=2),
        case.sign(ended, OPEN - timedelta(days=1)),
    ]
    for answer in forged:
        case.send(good, answer)
        assert case.proofs() == [Proof.SOUND, Proof.FALSE]
        assert case.view().state is CaseState.ACCEPTED
    case.send(good, case.sign(ended, OPEN + timedelta(hours=1)))
    assert case.view().state is CaseState.NOT_ACCEPTED


def test_what_came_before_the_office_signed_counts_and_is_told_apart(case):
    case.send(plain(), case.sign(plain(2, state=CaseState.EXAMINING)))
    assert case.proofs() == [Proof.UNSIGNED, Proof.SOUND]
    (case.keys.root / OFFICE / f"{SLUG}.pub").write_text("age1\n")
    assert case.proofs() == [Proof.UNSIGNED, Proof.UNKNOWN]


@EACH_SUITE
def test_a_case_handed_over_is_answered_by_the_new_office_alone(case):
    city, _ = new_identity(case.suite)
    path = case.keys.root / "city-office" / f"{SLUG}.pub"
    path.write_text(f"{SIGNS} {answer_key(city).public}\n{path.read_text()}")
    handed = case.sign(plain(1, state=CaseState.RECEIVED, office="city-office"))
    later = OPEN + timedelta(hours=1)
    case.send(handed, case.sign(plain(2), later, office="city-office", identity=city))
    assert case.proofs() == [Proof.SOUND, Proof.SOUND]
    case.send(handed, case.sign(plain(2), later))
    assert case.proofs() == [Proof.SOUND, Proof.FALSE]


@given(TEXTS, TEXTS, st.sampled_from(list(CaseState)), st.data())
def test_any_change_of_a_signed_text_is_found_but_not_of_its_spaces(text, reason, state, data):
    answer = signed_answer(
        plain(state=state, text=text, reason=reason),
        number="YY20211207-7K3QX9PA",
        notice=SLUG,
        office=OFFICE,
        identities=[IDENTITY],
        at=OPEN,
    )
    whole = text_of(answer, "YY20211207-7K3QX9PA", SLUG)
    spaced = "\ufeff" + "".join(f"  {line} \r\n" for line in whole.split("\n")[:-1])
    for copy in (whole, spaced):
        read = read_signed(copy)
        assert signed_by(read.body, read.signature, KEY.public)
    body = body_of(answer, "YY20211207-7K3QX9PA", SLUG)
    place = data.draw(st.integers(0, len(body.strip()) - 1))
    changed = body[:place] + ("X" if body[place] != "X" else "Y") + body[place + 1 :]
    assert not signed_by(changed, answer.signature.value, KEY.public)
