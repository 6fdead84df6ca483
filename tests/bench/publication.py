"""From the sign-off to the public page, and what is left when that is killed.

python -m tests.bench.publication [1000]        seconds of each step, at so many notices
python -m tests.bench.publication --kills 200   SIGKILL at random instants: all must agree after
"""

import argparse
import json
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from portal.casework.register import Register
from portal.config.state_version import accept_state
from portal.content.loader import load
from portal.domain.workdays import SHANGHAI
from portal.editorial.journal import Did, Stage, journals
from portal.editorial.later_acts import revise
from portal.editorial.placing import text_digest
from portal.ledger.chain import check_chain
from portal.ledger.ledger_lines import read_ledger
from portal.ledger.siteproof import site_files
from tests.bench.corpus import generate, write_portal
from tests.editing import CALL, Editing, editing, write_key
from tests.recording import KEY
from tests.sites import MINIMAL, files_of

ROOT = Path(__file__).parents[2]
BAD = "身份证号 140302199001011237。\n"
READING = 8.0
"""Seconds that a signer takes at least to read, and to type the code of a phone."""
TARGETS = "2 s at 1,000 notices, 4 s at 10,000"


def now() -> datetime:
    return datetime.now(SHANGHAI)


@dataclass
class Office:
    """A site on disk with its desk, and the job as a process of its own."""

    folder: Path
    editing: Editing
    issuer: str
    state: dict[str, str] = field(default_factory=dict)
    """What should have become of each slug: published or returned."""

    @classmethod
    def small(cls, folder: Path) -> "Office":
        """The minimal site of the tests."""
        for name, body in files_of(MINIMAL).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        (folder / "notices").mkdir(exist_ok=True)
        return cls._open(folder, "city-office")

    @classmethod
    def large(cls, folder: Path, count: int) -> "Office":
        """The corpus of the benchmarks."""
        write_portal(folder, list(generate(count)))
        return cls._open(folder, "yangquan-office")

    @classmethod
    def _open(cls, folder: Path, issuer: str) -> "Office":
        state = folder / "var"
        accept_state(state)
        write_key(state / "keys" / "ledger.pem")
        register = Register(f"sqlite:///{state / 'desk' / 'register.sqlite3'}")
        register.migrate()
        catalogue = load([folder / "content"], ())
        return cls(folder, editing(register, state / "drafts", catalogue, issuer), issuer)

    @property
    def journals(self) -> Path:
        return self.folder / "var" / "publications"

    @property
    def notices(self) -> Path:
        return self.folder / "notices"

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "PORTAL_STATE": str(self.folder / "var"),
            "PORTAL_CONTENT": str(self.folder / "content"),
            "PORTAL_NOTICES": str(self.notices),
            "PORTAL_BUILD": str(self.folder / "build"),
            "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT)),
        }

    def portal(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "portal", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if "--run" in arguments else None,
            env=self.environment(),
            start_new_session=True,
        )

    def warm(self) -> subprocess.Popen[bytes]:
        """The job, as the desk starts it when the page of the sign-off opens."""
        return self.portal("publications", "--run", "--key-stdin")

    def begin(self, warm: subprocess.Popen[bytes] | None = None) -> subprocess.Popen[bytes]:
        """The job with its key, as the sign-off gives it to the one that was loaded before."""
        process = warm or self.warm()
        assert process.stdin is not None
        process.stdin.write(KEY.private.private_bytes_raw().hex().encode())
        process.stdin.close()
        return process

    def sign(
        self, slug: str, body: str, *, wanted: str = "published", due: datetime | None = None
    ) -> None:
        """A draft through three hands; a revision where the notice is published already."""
        drafts, at = self.editing.reviews.drafts, now()
        if (self.notices / slug).is_dir():
            draft = revise(drafts, self.notices / slug, "改正", at)
            drafts.save(slug, draft.digest, draft.values, body)
        else:
            values = {
                **CALL,
                "issuer": self.issuer,
                "published": (due or at).replace(microsecond=0),
            }
            drafts.create(slug, values, body)
        self.editing.all_three(slug, at)
        self.state[slug] = wanted

    def disagreements(self) -> list[str]:
        """What does not agree: register, drafts, notices, ledger, copies, pages, manifest."""
        path, found = self.notices / "ledger.jsonl", []
        if not check_chain(path.read_text(encoding="utf-8").splitlines()).whole:
            found.append("the chain is broken")
        lines = read_ledger(path)
        if len({line.source for line in lines}) != len(lines):
            found.append("a text was entered twice")
        for slug, wanted in self.state.items():
            found += [f"{slug}: {fault}" for fault in self._of(slug, wanted, lines)]
        manifest = json.loads((self.folder / "build" / "manifest.json").read_text())
        if manifest["files"] != site_files(self.folder / "build"):
            found.append("the manifest is not of the site")
        left = [p.name for p in self.notices.iterdir() if p.name.startswith((".new-", ".old-"))]
        return found + [f"left behind: {name}" for name in left]

    def _of(self, slug, wanted, lines):
        standing = self.editing.reviews.standing(slug, now())
        draft, page = self.editing.reviews.drafts.folder(slug), self.folder / "build" / "notices"
        mine = [line for line in lines if line.slug == slug]
        if standing.state.value != wanted:
            yield f"is {standing.state.value}, should be {wanted}"
        if draft.exists() != (wanted == "returned"):
            yield "the draft is lost" if wanted == "returned" else "the draft is still there"
        signed = {act.digest for act in standing.history if act.digest}
        if wanted == "returned":
            if any(line.source in signed for line in mine):
                yield "was entered"
            return
        folder = self.notices / slug
        if not mine or text_digest(folder) != mine[-1].source or mine[-1].source not in signed:
            yield "the notice is not what was signed off and entered"
        for line in mine:
            if not (self.notices / ".ledger" / line.source).is_dir():
                yield "a copy is missing"
        body = (folder / "notice.md").read_text(encoding="utf-8").rpartition("---\n")[2].strip()
        if body not in (page / slug / "index.html").read_text(encoding="utf-8"):
            yield "the page does not say it"


def kill_once(office: Office, chance: random.Random, longest: float) -> str:
    """Begin the job and kill it with all its children; where it was."""
    process = office.begin()
    time.sleep(chance.uniform(0, longest))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for journal in reversed(journals(office.journals)):
        entries = journal.entries()
        if journal.ended is None and entries:
            return f"{entries[-1].step} {entries[-1].state}"
    return "outside"


def kills(office: Office, count: int, chance: random.Random, told=print) -> int:
    """So many kills; how many left something that does not agree."""
    office.sign("first", "第一份。\n")
    begun = time.monotonic()
    office.begin().wait()
    longest, wrong, done = (time.monotonic() - begun) * 1.1, 0, 0
    while done < count:
        slug, bad = f"call-{done}", chance.random() < 0.15
        if not bad and chance.random() < 0.3:
            published = [known for known, state in office.state.items() if state == "published"]
            slug = chance.choice(published)
        text = BAD if bad else f"第{done}次写的正文。\n"
        office.sign(slug, text, wanted="returned" if bad else "published")
        for _ in range(chance.randint(1, 3)):
            place = kill_once(office, chance, longest)
            done += 1
            told(f"{done}/{count} {slug} killed at {place}")
        office.begin().wait()
        faults = office.disagreements()
        wrong += bool(faults)
        for fault in faults:
            told(f"WRONG: {fault}")
    return wrong


def seconds(office: Office, rounds: int = 5) -> None:
    """Publish so many notices, each through a process of its own, and print what each step took.

    The process was loaded while the signer read, as at the desk; the first reads all anew.
    """
    office.portal("build").wait()
    walls, processor, steps = [], [], []
    for number in range(rounds + 1):
        process = office.warm()
        time.sleep(READING)
        office.sign(f"bench-{number}", f"第{number}份正文。\n")
        begun, used = time.monotonic(), _processor()
        office.begin(process).wait()
        walls.append(time.monotonic() - begun)
        processor.append(_processor() - used)
        entries = journals(office.journals)[-1].entries()
        steps.append({e.step: e.seconds for e in entries if e.state is Did.DONE})
    faults = office.disagreements()
    for name, found in (("wall", walls), ("processor", processor)):
        print(f"{name}: first {found[0]:.2f} s, then median {statistics.median(found[1:]):.2f} s")
    for step in Stage:
        print(f"  {step.value:8} {statistics.median(s.get(step, 0) for s in steps[1:]):.3f} s")
    print(f"target {TARGETS}; {len(faults)} disagreements", *faults[:5])


def _processor() -> float:
    """Seconds of a processor that children have used: what counts on a machine that is busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.publication")
    parser.add_argument("notices", nargs="?", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.kills:
            wrong = kills(Office.small(folder), options.kills, random.Random(options.seed))
            print(f"{wrong} of {options.kills} kills left something that does not agree")
            return int(bool(wrong))
        seconds(Office.large(folder, options.notices), options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
