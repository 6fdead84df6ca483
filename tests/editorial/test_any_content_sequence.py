"""Whatever officers, vandals and kills do: a file is replaced by what three people saw it with."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from portal.casework.register import Register
from portal.errors import PortalError
from tests.editing import OFFICERS, press
from tests.sites import MINIMAL, SiteTree

NAME, PATH = "content_pages_about", "pages/about.md"
PEOPLE = ("drafter", "reviewer", "signer", "namesake", "county")
TEXTS = tuple(f"---\ntitle: 关于\n---\n{word}。\n" for word in "甲乙丙")
people, texts = st.sampled_from(PEOPLE), st.sampled_from((*TEXTS, "没有信息头\n"))


class Machine(RuleBasedStateMachine):
    """One page, five officers, hands that write beside the desk, a job that dies now and then."""

    template: Path

    def __init__(self):
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        root = Path(self.place.name)
        (root / "notices").mkdir()
        (root / "register.sqlite3").write_bytes(self.template.read_bytes())
        self.register = Register(f"sqlite:///{root / 'register.sqlite3'}")
        self.desk = press(SiteTree(root).write(MINIMAL).record(), self.register)
        self.reviews, self.contents = self.desk.editing.reviews, self.desk.editing.reviews.contents
        self.file = self.desk.tree.content[0] / PATH
        self.stood, self.acts, self.approved = self.read(), [], []

    def teardown(self):
        self.register.close()
        self.place.cleanup()

    def read(self):
        return self.file.read_text(encoding="utf-8")

    def now(self):
        return self.desk.clock()

    def attempt(self, act):
        try:
            act()
        except PortalError:
            return False
        return True

    def seen(self, who):
        draft = self.contents.read(NAME)
        return who, draft.text, draft.before

    @rule(who=people, text=texts)
    def write(self, who, text):
        def act():
            self.reviews.begin_content(OFFICERS[who], NAME, self.now())
            self.reviews.writing(OFFICERS[who], NAME, self.now())
            self.contents.save(NAME, self.contents.read(NAME).digest, text)

        self.attempt(act)

    @rule(who=people)
    def renew(self, who):
        def act():
            self.reviews.writing(OFFICERS[who], NAME, self.now())
            self.contents.renew(NAME, self.contents.read(NAME).digest)

        self.attempt(act)

    @rule(text=texts, inside=st.booleans())
    def vandal(self, text, inside):
        """Somebody writes to the draft, or to the public file, with an editor."""
        folder = self.reviews.drafts.folder(NAME)
        if not inside:
            self.file.write_text(text, encoding="utf-8")
            self.stood = text
        elif folder.is_dir():
            (folder / "text" / "about.md").write_text(text, encoding="utf-8")

    @rule(who=people)
    def send(self, who):
        if self.attempt(lambda: self.desk.editing.send(NAME, who, self.now())):
            self.acts = [self.seen(who)]

    @rule(who=people)
    def pass_on(self, who):
        if self.attempt(lambda: self.desk.editing.pass_on(NAME, who, self.now())):
            self.acts = [self.acts[0], self.seen(who)]

    @rule(who=people)
    def sign(self, who):
        if self.attempt(lambda: self.desk.editing.sign(NAME, who, self.now())):
            self.approved.append([*self.acts, self.seen(who)])

    @rule(who=people)
    def recall(self, who):
        self.attempt(lambda: self.reviews.recall(OFFICERS[who], NAME, "停", self.now()))

    @rule(text=texts, fuse=st.none() | st.integers(0, 20))
    def usual_way(self, text, fuse):
        """Or a sequence would seldom come to its end."""
        self.write("drafter", text)
        self.send("drafter")
        self.pass_on("reviewer")
        self.sign("signer")
        self.job(fuse)
        self.job(None)

    @rule(fuse=st.none() | st.integers(0, 20))
    def job(self, fuse):
        if fuse is None:
            self.desk.run()
        else:
            self.desk.killed_at(fuse)

    @invariant()
    def what_replaced_a_file_was_approved_with_it(self):
        present = self.read()
        if present != self.stood:
            (sent, passed, signed) = self.approved[-1]
            assert sent[1:] == passed[1:] == signed[1:] == (present, self.stood)
            assert len({sent[0], passed[0], signed[0]}) == 3
            assert {"namesake", "drafter"} - {sent[0], passed[0], signed[0]}
            assert "county" not in {sent[0], passed[0], signed[0]}
            self.stood = present


def test_whatever_is_done_a_file_is_replaced_by_what_three_people_saw(migrated_sqlite):
    Machine.template = migrated_sqlite
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=4,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
