"""Power cuts: `python -m tests.fuzz.power_cut [--rounds 20]`, for root on Linux.

Every act is done on a file system of its own, in a file; right after its answer that file is
copied, as a disk would be found after a cut, and what was acknowledged must be in the copy.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.casework.audit import Action, head, record, verify
from portal.casework.register import Register
from portal.ledger.chain import check_chain, ledger_writer
from portal.ledger.ledger_lines import ledger_head, ledger_rows
from portal.ledger.signing import new_key
from portal.sealed.dropbox import digest
from portal.submission.form_drafts import code_of, new_secret
from tests.casedesk import NOW
from tests.submission.test_submitting import Objecting, side_in

_SIZE = 128 * 1024 * 1024


@dataclass(frozen=True)
class Act:
    """`do` ends with an acknowledgement and gives what it named; `found` looks for it later."""

    do: Callable[[], str]
    found: Callable[[Path], str]


def objecting(root: Path) -> Act:
    """A citizen sends an objection and gets the receipt: the envelope is whole."""
    one = Objecting(side_in(root / "public"))
    inbox = one.side.box.inbox.relative_to(root)

    def do() -> str:
        sent = one.send(code_of(new_secret()), "与公报不一致。", os.urandom(50_000))
        return digest(root / inbox / f"{sent.header.name}.sealed") + sent.header.name

    def found(copy: Path) -> str:
        whole = [digest(p) + p.name.removesuffix(".sealed") for p in inboxes(copy)]
        return " ".join(whole)

    def inboxes(copy: Path) -> list[Path]:
        return sorted((copy / inbox).glob("*.sealed"))

    return Act(do, found)


def desk_act(root: Path) -> Act:
    """An officer's act is answered: its line is in the audit trail, and the trail holds."""
    path = root / "register.sqlite3"
    register = Register(f"sqlite:///{path}")
    register.migrate()

    def do() -> str:
        with register.write() as session:
            record(session, NOW, "wang.pd", Action.SIGN_IN)
        with register.read() as session:
            return head(session).hash

    def found(copy: Path) -> str:
        there = Register(f"sqlite:///{copy / path.name}")
        try:
            with there.read() as session:
                return verify(session).hash
        finally:
            there.close()

    return Act(do, found)


def entering(root: Path) -> Act:
    """A revision is entered: its line is the ledger's last, and the chain holds."""
    key, ledger = new_key(root / "ledger.pem", None), root / "notices" / "ledger.jsonl"

    def do() -> str:
        writer = ledger_writer(ledger, key, NOW)
        writer.revision("a-notice", 1, NOW, "ab" * 32, {})
        writer.write(ledger)
        return ledger_head(ledger)

    def found(copy: Path) -> str:
        rows = ledger_rows(copy / "notices" / "ledger.jsonl")
        return check_chain([text for text, _ in rows]).head

    return Act(do, found)


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True)


def lost_after_cuts(folder: Path, rounds: int) -> Counter[str]:
    """How many acknowledged acts of each kind were not in the copies."""
    disk, cut = folder / "disk.img", folder / "cut.img"
    root, copy = folder / "disk", folder / "cut"
    root.mkdir()
    copy.mkdir()
    with disk.open("wb") as file:
        file.truncate(_SIZE)
    _run("mkfs.ext4", "-q", "-F", disk)
    _run("mount", "-o", "loop", disk, root)
    lost: Counter[str] = Counter()
    try:
        acts = {make.__name__: make(root) for make in (objecting, desk_act, entering)}
        for _ in range(rounds):
            for name, act in acts.items():
                promised = act.do()
                shutil.copyfile(disk, cut)
                _run("mount", "-o", "loop", cut, copy)
                try:
                    lost[name] += promised not in act.found(copy)
                finally:
                    _run("umount", copy)
    finally:
        _run("umount", "-l", root)
    return lost


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.power_cut")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mkfs.ext4") is None:
        print("needs root on Linux with mkfs.ext4: it mounts file systems of its own")
        return 2
    with tempfile.TemporaryDirectory(prefix="power-cut-") as name:
        lost = lost_after_cuts(Path(name), rounds)
    print(*(f"{name}: {lost[name]} of {rounds} lost" for name in lost), sep="\n")
    return int(bool(lost.total()))


if __name__ == "__main__":
    sys.exit(main())
