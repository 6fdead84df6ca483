"""Nothing acknowledged is ever lost, no receipt twice, closed windows take nothing."""

import hashlib
import os
import select
import signal
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
)

from portal.domain.notice import Notice, Status
from portal.domain.objection import (
    FileRole,
    Message,
    MessageKind,
    Objection,
    Objector,
    ObjectorKind,
)
from portal.domain.receipt_code import ReceiptCode
from portal.domain.window import WindowState
from portal.domain.workdays import SHANGHAI
from portal.sealed.courier import desk_side, exchange, public_side
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import PublicKeys
from portal.sealed.receipts import derived, verify_receipt
from portal.sealed.suites import AGE, Suite
from portal.submission.form_drafts import DraftStore, code_of, message_id_of, new_secret
from portal.submission.replies import read_case
from portal.submission.submitting import (
    Acknowledged,
    AlreadySentError,
    Upload,
    WindowShutError,
)
from tests.publicside import CLOSES, OPEN, OPENS, SLUG, PublicSide
from tests.publicside import public_side as make_side
from tests.sites import MINIMAL, SiteTree


def side_in(root: Path, suite: Suite = AGE) -> PublicSide:
    (root / "site/notices").mkdir(parents=True)
    return make_side(SiteTree(root / "site").write(MINIMAL), root / "state", suite)


def uploads_of(folder: Path, data: bytes) -> list[Upload]:
    if not data:
        return []
    store = DraftStore(folder).prepare()
    spool = store.spool(1 << 20)
    spool.write(data)
    kept = spool.keep(folder / os.urandom(8).hex())
    return [Upload("证据.pdf", "pdf", kept.size, kept.sha256, FileRole.EVIDENCE, kept.open)]


class Objecting:
    """One citizen's submission through the same door that the form uses."""

    def __init__(self, side: PublicSide) -> None:
        self.side = side
        self.submissions = side.submissions()
        self.notice: Notice = side.catalogue.by_slug[SLUG]

    def decide(self) -> tuple[datetime, Status]:
        now = self.side.clock()
        return now, self.side.catalogue.status(self.notice, now)

    def send(self, code: ReceiptCode, facts: str, data: bytes = b"") -> Acknowledged:
        objector = Objector(ObjectorKind.PERSON, "钱七", phone="13912345678")
        draft = Objection("", SLUG, 1, self.side.clock(), objector, (), facts, "1")
        uploads = uploads_of(self.side.root / "spool", data)
        return self.submissions.submit(
            draft,
            uploads,
            notice=self.notice,
            office="pingding-office",
            code=code,
            decide=self.decide,
        )


class Round(RuleBasedStateMachine):
    """A publicity round: citizens, retries, couriers, a clock; the promises hold at every step."""

    secrets = Bundle("secrets")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        root = Path(self.folder.name)
        self.side = side_in(root)
        self.side.clock.now = OPENS
        self.objecting = Objecting(self.side)
        self.carrier = DropBox(root / "carrier").prepare()
        self.promised: dict[ReceiptCode, tuple[str, bytes]] = {}
        self.messages: set[str] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(target=secrets)
    def begin(self) -> bytes:
        return new_secret()

    @rule(secret=secrets, data=st.binary(max_size=200))
    def send(self, secret: bytes, data: bytes) -> None:
        code = code_of(secret)
        now = self.side.clock()
        facts = hashlib.sha256(secret).hexdigest()
        is_open = OPENS <= now < CLOSES
        refused = None
        try:
            acknowledged = self.objecting.send(code, facts, data)
        except WindowShutError as error:
            refused = error.status.window
        except AlreadySentError:
            assert code in self.promised
            return
        if refused is not None:
            assert refused is WindowState.CLOSED
            assert not is_open
            assert code not in self.promised
            return
        assert is_open or code in self.promised
        assert acknowledged.repeated is (code in self.promised)
        self.promised.setdefault(code, (facts, data))
        if acknowledged.signed is not None:
            pem = self.objecting.submissions.signer.public_pem()
            name = f"{acknowledged.header.lookup}.sealed"
            found = [f / name for f in self.places() if (f / name).exists()]
            digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
            assert {verify_receipt(acknowledged.signed, pem).envelope} == digests

    @rule(secret=secrets, message=st.sampled_from(MessageKind))
    def say_more(self, secret: bytes, message: MessageKind) -> None:
        code = code_of(secret)
        if code in self.promised:
            content = Message(message, self.side.clock(), "补充")
            id_ = message_id_of(os.urandom(32), "")
            header = self.objecting.submissions.send(content, [], code=code, office="", id_=id_)
            self.messages.add(f"{header.name}.sealed")

    @rule(seconds=st.integers(1, 30 * 3600))
    def wait(self, seconds: int) -> None:
        self.side.clock.forward(seconds=seconds)

    @rule(at=st.sampled_from([CLOSES - timedelta(microseconds=1), CLOSES]))
    def wait_until(self, at: datetime) -> None:
        self.side.clock.now = max(self.side.clock.now, at)

    @rule()
    def collect_here(self) -> None:
        assert exchange(self.side.box, self.side.desk, 0, self.side.key).troubles == []

    @rule()
    def load_the_carrier(self) -> None:
        assert public_side(self.side.box, self.carrier, 0, self.side.key.public).troubles == []

    @rule()
    def unload_the_carrier(self) -> None:
        assert desk_side(self.carrier, self.side.desk, 0, self.side.key).troubles == []

    def places(self) -> tuple[Path, Path]:
        return self.side.box.inbox, self.side.desk.envelopes

    @invariant()
    def everything_promised_is_there_and_whole(self) -> None:
        for code, (facts, data) in self.promised.items():
            known = derived(code)
            name = f"{known.lookup}.sealed"
            paths = [folder / name for folder in self.places() if (folder / name).exists()]
            assert paths, "an acknowledged objection is nowhere"
            header, members = self.side.open(paths[0])
            assert facts.encode() in members["objection.json"]
            assert members.get("files/1.pdf", b"") == data
            assert (
                read_case(self.side.box, code, PublicKeys(self.side.root / "keys/public"))
                is not None
            )
            assert header.reply == known.reply

    @invariant()
    def nothing_else_is_there(self) -> None:
        names = {f"{derived(code).lookup}.sealed" for code in self.promised} | self.messages
        for folder in (*self.places(), self.carrier.inbox):
            found = {path.with_suffix(".sealed").name for path in folder.iterdir()}
            assert found <= names, "an envelope, or what stands beside one"

    @invariant()
    def numbers_are_given_once(self) -> None:
        headers = [self.side.box.header(derived(code).lookup) for code in self.promised]
        numbers = {header.number for header in headers if header}
        assert len(numbers) == len(self.promised)


Round.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestRound = Round.TestCase


def _submit_for_ever(side: PublicSide, told: int) -> None:
    """The child: submit, tell the code only after the acknowledgement, collect now and then."""
    objecting = Objecting(side)
    for turn in count(1):
        code = code_of(new_secret())
        objecting.send(code, f"facts of {code}", os.urandom(3000))
        os.write(told, f"{code}\n".encode())
        if turn % 5 == 0:
            exchange(side.box, side.desk, 0, side.key)


def _killed_again_and_again(root: Path) -> tuple[set[str], int]:
    """200 rounds of kill -9; gives the codes that were acknowledged, and how many files were torn.

    The collector runs between the rounds, as it would.
    """
    side = PublicSide(root / "state", SiteTree(root / "site").catalogue())
    promised: set[str] = set()
    seen = 0
    for round_ in range(200):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _submit_for_ever(side, writer)
            finally:
                os._exit(1)
        os.close(writer)
        if round_ % 2:  # on a busy machine too, half of the children get to acknowledge
            select.select([reader], [], [], 20)
        time.sleep((round_ * 7919 % 100) / 3000)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, encoding="ascii") as pipe:
            promised |= {line.strip() for line in pipe if len(line) == 26}
        if round_ % 10 == 0:
            assert side.collect().troubles == []
        seen += len(list(side.box.tmp.iterdir()))
    return promised, seen


def test_a_process_killed_at_any_instant_loses_nothing_and_leaves_no_half(tmp_path: Path) -> None:
    side = side_in(tmp_path)
    side.submissions()
    # Forked from a process of its own: this one is large after some thousands of tests, and to
    # copy it for each of the children took four fifths of the time.
    with ProcessPoolExecutor(1, get_context("spawn")) as small:
        promised, seen = small.submit(_killed_again_and_again, tmp_path).result()
    side.collect()
    lookups = {f"{derived(ReceiptCode(code)).lookup}.sealed": code for code in promised}
    there = {path.name for path in side.desk.envelopes.glob("*.sealed")}
    assert set(lookups) <= there
    for name in there:
        _, members = side.open(side.desk.envelopes / name)
        assert b"facts of" in members["objection.json"]
        assert len(members["files/1.pdf"]) == 3000
    assert len(promised) >= 100
    assert seen, "no kill fell into the middle of a writing: the rounds prove nothing"
    side.box.sweep(time.time() + 2 * 24 * 3600)
    assert list(side.box.tmp.iterdir()) == []


def test_the_same_draft_sent_from_many_threads_is_stored_once(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    side = side_in(tmp_path)
    objecting = Objecting(side)
    code = code_of(new_secret())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: objecting.send(code, "同一份", b"x" * 500), range(16)))
    assert len({answer.signed for answer in answers}) == 1
    assert [answer.repeated for answer in answers].count(False) == 1
    assert len(list(side.box.inbox.glob("*.sealed"))) == 1
    assert side.clock() == OPEN
    assert answers[0].header.received == OPEN.astimezone(SHANGHAI)
