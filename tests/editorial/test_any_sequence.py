"""Whatever officers, vandals and kills do: what is published is what three people approved."""

import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from portal.casework.register import Register
from portal.editorial.drafts import parsed
from portal.editorial.later_acts import revise
from portal.errors import PortalError
from portal.ledger.ledger_lines import read_ledger
from tests.editing import CHECKS, OFFICERS, press
from tests.sites import MINIMAL, SiteTree

SLUGS = ("call-a", "call-b")
PEOPLE = ("drafter", "reviewer", "signer", "namesake")
BODIES = ("甲。\n", "乙。\n", "丙。\n", "丁。\n", "戊。\n", "身份证号 140302199001011237。\n")
slugs, people, bodies = st.sampled_from(SLUGS), st.sampled_from(PEOPLE), st.sampled_from(BODIES)


@dataclass(frozen=True)
class Seen:
    """What somebody had before them, and who it was; `text` is what a signer was shown."""

    who: str
    files: tuple[tuple[str, bytes], ...]
    header: dict
    body: str
    text: str = ""

    @property
    def content(self):
        return self.files, self.header, self.body


class Machine(RuleBasedStateMachine):
    """Two notices, four officers, one vandal, and a job that dies now and then."""

    template: Path

    def __init__(self):
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        root = Path(self.place.name)
        (root / "notices").mkdir()
        register = root / "register.sqlite3"
        register.write_bytes(self.template.read_bytes())
        self.register = Register(f"sqlite:///{register}")
        self.desk = press(SiteTree(root).write(MINIMAL).record(), self.register)
        self.reviews, self.drafts = self.desk.editing.reviews, self.desk.editing.reviews.drafts
        self.approved, self.acts = {}, {}
        self.wrote = {slug: set() for slug in SLUGS}

    def teardown(self):
        self.desk.run()
        self.everything_published_was_approved_by_three()
        self.register.close()
        self.place.cleanup()

    def now(self):
        return self.desk.clock.now

    def seen(self, slug, who, text=""):
        folder = self.drafts.folder(slug)
        found = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "notice.md")
        files = tuple((str(p.relative_to(folder)), p.read_bytes()) for p in found)
        draft = self.drafts.read(slug)
        header = {key: value for key, value in draft.values.items() if key != "review"}
        return Seen(who, files, header, draft.body, text)

    def attempt(self, act):
        """Do it, or be told why not; whether it was done."""
        self.desk.clock.now += timedelta(seconds=1)
        try:
            act()
        except PortalError:
            return False
        return True

    @rule(slug=slugs, body=bodies, hours=st.sampled_from((0, 0, 2)))
    def begin(self, slug, body, hours):
        published = self.desk.tree.notices[0] / slug
        stands = self.drafts.folder(slug).exists()
        working = any(j.name.startswith(f"{slug}.") for j in self.taken())
        if stands or working:
            return
        self.wrote[slug] = set()
        self.acts.pop(slug, None)
        if published.exists():
            self.attempt(lambda: revise(self.drafts, published, "改正", self.now()))
        else:
            when = self.now().replace(microsecond=0) + timedelta(hours=hours)
            self.desk.create(slug, body, published=when)

    def taken(self):
        root = self.desk.job.root
        return [p for p in root.glob("*.*") if (p / "draft").exists()] if root.exists() else []

    @rule(slug=slugs, who=people, body=bodies)
    def edit(self, slug, who, body):
        def act():
            self.reviews.writing(OFFICERS[who], slug, self.now())
            self.wrote[slug].add(who)
            draft = self.drafts.read(slug)
            self.drafts.save(slug, draft.digest, draft.values, body)

        self.attempt(act)

    @rule(slug=slugs, kind=st.sampled_from(("body", "list", "names", "file")))
    def vandal(self, slug, kind):
        folder = self.drafts.folder(slug)
        if not folder.exists():
            return
        if kind == "list":
            (folder / "list.csv").write_text("类别,名称\n组织,外来\n")
        elif kind == "file":
            (folder / "files").mkdir(exist_ok=True)
            (folder / "files" / "外来.txt").write_text("x")
        elif kind == "body":
            with (folder / "notice.md").open("a") as file:
                file.write("外来。\n")
        else:
            draft = self.drafts.read(slug)
            typed = {"drafted": "假", "reviewed": "冒", "approved": "伪"}
            self.drafts.save(slug, draft.digest, {**draft.values, "review": typed}, draft.body)

    @rule(slug=slugs, who=people)
    def send(self, slug, who):
        if self.attempt(lambda: self.desk.editing.send(slug, who, self.now())):
            self.acts[slug] = [self.seen(slug, who)]

    @rule(slug=slugs, who=people)
    def pass_on(self, slug, who):
        if self.attempt(lambda: self.desk.editing.pass_on(slug, who, self.now())):
            assert who not in self.wrote[slug]
            self.acts[slug] = [self.acts[slug][0], self.seen(slug, who)]

    @rule(slug=slugs, who=people)
    def sign(self, slug, who):
        shown = []
        if self.attempt(lambda: shown.append(self.desk.editing.sign(slug, who, self.now()))):
            assert who not in self.wrote[slug]
            three = [*self.acts[slug], self.seen(slug, who, shown[0].text)]
            self.approved[shown[0].digest] = three

    @rule(slug=slugs, who=people)
    def give_back(self, slug, who):
        def act():
            seen = self.desk.editing.seen(slug, self.now())
            self.reviews.give_back(OFFICERS[who], slug, seen, "退", self.now())

        self.attempt(act)

    @rule(slug=slugs, who=people)
    def recall(self, slug, who):
        self.attempt(lambda: self.reviews.recall(OFFICERS[who], slug, "停", self.now()))

    @rule(slug=slugs, body=bodies, fuse=st.none() | st.integers(0, 24))
    def usual_way(self, slug, body, fuse):
        """Or a sequence would seldom come to its end."""
        self.desk.run()
        self.begin(slug, body, 0)
        self.send(slug, "drafter")
        self.pass_on(slug, "reviewer")
        self.sign(slug, "signer")
        if fuse is not None:
            self.desk.killed_at(fuse)
        self.desk.run()

    @initialize(slug=slugs)
    def first(self, slug):
        self.usual_way(slug, BODIES[0], None)

    @rule(fuse=st.integers(0, 24))
    def killed(self, fuse):
        self.desk.killed_at(fuse)

    @rule(hours=st.sampled_from((0, 3)))
    def run_job(self, hours):
        self.desk.clock.now += timedelta(hours=hours)
        self.desk.run()

    @invariant()
    def everything_published_was_approved_by_three(self):
        for line in read_ledger(self.desk.tree.notices[0] / "ledger.jsonl"):
            sent, passed, signed = self.approved[line.source]
            assert len({sent.who, passed.who, signed.who}) == 3
            assert sent.content == passed.content == signed.content
            copy = self.desk.tree.notices[0] / ".ledger" / line.source
            text = (copy / "notice.md").read_text(encoding="utf-8")
            assert text == signed.text
            values, body = parsed(text)
            names = values.pop("review")
            assert (values, body) == (signed.header, signed.body)
            three = [OFFICERS[seen.who].name for seen in (sent, passed, signed)]
            assert list(names.values()) == three
            kept = [file for file in signed.files if not file[0].startswith("revisions/")]
            assert all((copy / name).read_bytes() == data for name, data in kept)
            assert len([p for p in copy.rglob("*") if p.is_file()]) == len(kept) + 1


def test_whatever_is_done_each_published_text_is_what_three_people_approved(migrated_sqlite):
    assert CHECKS
    Machine.template = migrated_sqlite
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
