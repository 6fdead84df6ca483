"""Nothing that was acknowledged is lost, and nothing is read twice, whatever is sent and resent."""

import io
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.exchange import read_message
from portal.domain.objection import MessageKind
from portal.domain.receipt_code import ReceiptCode, read_code
from portal.intake.intake_options import IntakeLimits
from portal.sealed.envelope import read_header
from portal.sealed.receipts import derived
from tests.intake.test_sealed_status import Speaking, of_case
from tests.publicside import Citizen, PublicSide, pdf, public_side
from tests.sites import MINIMAL, SiteTree

FILES = {name: b"%PDF-1.4 " + name.encode() for name in ("", "a.pdf", "b.pdf")}
PAGES = st.integers(0, 1)
NAMES = st.sampled_from(sorted(FILES))
STEPS = st.one_of(
    st.tuples(st.just("say"), PAGES, st.sampled_from(("一", "二")), NAMES),
    st.tuples(st.just("withdraw"), PAGES, st.sampled_from(("", "一")), NAMES),
    st.tuples(st.just("faulty"), PAGES, st.just("长" * 5001), NAMES),
    st.tuples(st.sampled_from(("again", "collect", "collect")), PAGES, st.just(""), st.just("")),
    st.tuples(st.just("sealed"), PAGES, st.sampled_from(("同", "异")), st.just("")),
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Speaking:
    root = tmp_path_factory.mktemp("acknowledged")
    (root / "notices").mkdir()
    side = public_side(SiteTree(root).write(MINIMAL), root / "state")
    limits = IntakeLimits(
        submissions=9999,
        submissions_per_window=9999,
        submissions_per_address=9999,
        drafts_per_address=9999,
        free_bytes=0,
    )
    app = side.app(limits=limits)
    app.test_client_class = FlaskClient  # pages are judged elsewhere; here it takes the most time
    return Speaking(side, app)


class Holder:
    """Who has two look-up pages of one case open, and goes back to them as they were."""

    def __init__(self, page: Speaking) -> None:
        self.side = page.citizen.side
        self.citizen, self.page = Citizen(self.side, page.citizen.client.application), page
        self.code: ReceiptCode = read_code(self.citizen.object())
        self.pages = []
        for _ in range(2):
            self.citizen.look_up(self.code)
            self.pages.append(self.citizen.page)
        self.held: list[tuple[str, ...]] = [(), ()]
        self.last: list[tuple[str, ...] | None] = [None, None]
        self.acknowledged: set[tuple[Any, ...]] = set()
        self.bodies: dict[tuple[int, str], bytes] = {}

    def step(self, what: str, page: int, text: str, name: str) -> None:
        if what == "collect":
            self.collect()
        elif what == "sealed":
            self.sealed(page, text)
        elif what == "again":
            if self.last[page]:
                self.send(page, *self.last[page])
        else:
            self.send(page, what, text, name)

    def send(self, page: int, what: str, text: str, name: str) -> None:
        kind = MessageKind.WITHDRAWAL if what == "withdraw" else MessageKind.EVIDENCE
        fields: dict[str, Any] = {"text": text, "confirm": "yes"}
        if name:
            fields["files"] = [pdf(name, FILES[name])]
        self.citizen.page = self.pages[page]
        self.citizen.say(kind, **fields)
        resent = self.last[page] == (what, text, name)
        files = self.held[page] + ((name,) if name and name not in self.held[page] else ())
        if what == "faulty":
            assert "已经收到</" not in self.citizen.page
            assert self.citizen.code == 422
            self.held[page], self.last[page] = files, None
            return
        assert self.citizen.code == 200, self.citizen.errors()
        assert f"{kind.label}：已经收到" in self.citizen.page
        if not resent:
            said = () if kind is MessageKind.WITHDRAWAL else files
            self.acknowledged.add((page, kind, text, said))
        self.held[page], self.last[page] = (), (what, text, name)

    def sealed(self, page: int, text: str) -> None:
        """Two envelopes of one name: the same once more is received, the other is refused."""
        lookup, id_ = derived(self.code).lookup, f"{page:016x}"
        body = self.bodies.get((page, text)) or self.page.envelope(of_case(lookup, id_))
        first = next((t for p, t in self.bodies if p == page), text)
        self.bodies[page, text] = body
        status, told = self.page.say(self.page.fields(self.code), body)
        assert (status, told.get("error")) == ((200, None) if text == first else (409, "other"))
        self.acknowledged.add((f"sealed {page}", MessageKind.WITHDRAWAL, "不再异议", ()))

    def collect(self) -> None:
        assert self.side.collect().troubles == []
        assert list(self.side.box.inbox.iterdir()) == []

    def read(self) -> Counter[tuple[Any, ...]]:
        """What the desk reads of this case."""
        paths = self.side.desk.envelopes.glob(f"{derived(self.code).lookup}.*.sealed")
        return Counter(map(self.opened, paths))

    def opened(self, path: Path) -> tuple[Any, ...]:
        header, members = self.side.open(path)
        assert read_header(io.BytesIO(path.read_bytes())) == header
        message = read_message(members["message.json"], header.bound)
        return message.kind, message.text, tuple(e.name for e in message.evidence)


@settings(max_examples=8, deadline=None)
@given(steps=st.lists(STEPS, min_size=4, max_size=9))
def test_each_text_acknowledged_is_read_once(page: Speaking, steps: list[Any]) -> None:
    holder = Holder(page)
    for step in steps:
        holder.step(*step)
    holder.collect()
    assert holder.read() == Counter(tuple(said[1:]) for said in holder.acknowledged)


def test_a_change_after_sending_is_not_swallowed_without_a_word(
    side: PublicSide, citizen: Citizen
) -> None:
    citizen.begin()
    form = citizen.page
    citizen.check()
    citizen.press("send")
    code = citizen.receipt_code()
    assert "没有接收" not in citizen.page
    citizen.page = form
    citizen.check(facts="改动以后的事实与理由，与第一次提交的完全不同。")
    changed = citizen.page
    for _ in range(2):
        citizen.page = changed
        citizen.press("send")
        assert citizen.receipt_code() == code
        assert "提交以后改动的内容没有接收" in citizen.page
    [objection] = side.objections()
    assert "产值数据" in objection.facts
    side.clock.forward(minutes=16)
    citizen.page = changed
    citizen.press("send")
    assert "这次的改动没有接收" in citizen.page
