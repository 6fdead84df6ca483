"""Answers to a citizen: what is no answer of the desk's shape is none, and stops nothing."""

import io
import os
import resource
import tarfile

import pytest

from portal.domain.exchange import write_answer
from portal.domain.objection import Answer, AnswerKind, CaseState
from portal.sealed.envelope import Header, container
from portal.sealed.public_keys import PublicKeys
from portal.sealed.sealing import Sealer
from portal.sealed.suites import AGE
from portal.submission.form_drafts import code_of, new_secret
from portal.submission.replies import read_case
from tests.sealed.test_plain_tar import archive, sparse
from tests.submission.test_submitting import Objecting, side_in


class Case:
    """An objection that was received, and answers put into its outbox."""

    def __init__(self, root, suite=AGE):
        self.side = side_in(root, suite)
        self.code = code_of(new_secret())
        Objecting(self.side).send(self.code, "与公报不一致。")
        self.side.collect()
        [case] = self.side.box.cases.glob(f"{'?' * 32}.json")
        self.asked = self.side.box.header(case.stem)

    def header(self, seq):
        return Header("answer", self.asked.lookup, seq=seq)

    def path(self, seq):
        return self.side.box.outbox / f"{self.header(seq).name}.sealed"

    def document(self, seq):
        answer = Answer(seq, self.side.clock(), AnswerKind.STATUS, CaseState.ACCEPTED)
        return write_answer(answer, self.header(seq).bound)

    def put(self, seq, plain):
        with self.path(seq).open("wb") as out:
            Sealer((self.asked.reply,)).seal(self.header(seq), io.BytesIO(plain), out)

    def answers(self):
        return read_case(
            self.side.box, self.code, PublicKeys(self.side.root / "keys/public")
        ).answers


@pytest.fixture
def case(tmp_path):
    made = Case(tmp_path)
    made.put(1, container("answer.json", made.document(1)).read())
    return made


def test_an_answer_is_read(case):
    [answer] = case.answers()
    assert answer.state is CaseState.ACCEPTED


def linked(info):
    info.name, info.type, info.linkname = "answer.json", tarfile.SYMTYPE, "/etc/passwd"


@pytest.mark.parametrize(
    "plain",
    [
        *(sparse(), archive(linked), archive(), b"", b"no archive", bytes(20_000)),
        container("answer.json", b"[" * 100_000).read(),
        container("answer.json", b"\xff" * 5000).read(),
    ],
    ids=["sparse", "link", "other", "empty", "no-archive", "zeros", "deep", "no-text"],
)
def test_what_is_no_answer_costs_nothing_and_hides_no_earlier_one(case, plain):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    case.put(2, plain)
    assert len(case.answers()) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


def test_pipes_folders_and_links_under_an_answer_s_name_are_not_opened(case, tmp_path):
    for make in (os.mkfifo, os.mkdir, lambda path: path.symlink_to(tmp_path)):
        make(case.path(2))
        assert len(case.answers()) == 1
        case.path(2).rename(tmp_path / f"aside-{make.__name__.strip('<>')}")


def test_an_answer_larger_than_any_is_not_opened(case):
    case.put(2, container("answer.json", case.document(2)).read() + bytes(30 * 1024 * 1024))
    assert len(case.answers()) == 1
