"""A backup while citizens object and officers act: nothing acknowledged before it is missing."""

import os
import signal
import time
from threading import Event, Thread

import pytest

from portal.backup.backup_reader import restore
from portal.casework.models import Case
from portal.casework.register import Register
from portal.casework.retention import delete_files, forget
from portal.errors import PortalError
from portal.sealed.dropbox import sealed_names
from portal.sealed.envelope import read_header
from tests.backup.conftest import IDENTITY, machine_at
from tests.backup.test_backup import drilled
from tests.publicside import OPEN

ROUNDS = 4


def numbers_in(state):
    """Numbers of the objections whose envelopes are there."""
    found = set()
    for folder in (state / "dropbox/inbox", state / "desk/envelopes"):
        for name in sealed_names(folder):
            with (folder / name).open("rb") as stream:
                found.add(read_header(stream).number)
    return found


def delete_oldest(machine, deleted):
    """Two officers delete a case: its row goes empty, then its files go."""
    with machine.desk.room.register.write() as session:
        case = session.query(Case).filter(Case.deleted_at.is_(None)).order_by(Case.id).first()
        if case is None:
            return
        deleted.add(case.number)
        forget(session, case, OPEN)
    delete_files(machine.desk.room)


def test_nothing_acknowledged_before_a_backup_is_missing_after_restoring(machine, tmp_path):
    stop, failures, deleted = Event(), [], set()

    def again(act):
        def run():
            while not stop.is_set():
                try:
                    act()
                    time.sleep(0.05)
                except Exception as error:  # noqa: BLE001 - told at the end
                    failures.append(error)
                    return

        return Thread(target=run)

    acts = (machine.object, machine.collect, lambda: delete_oldest(machine, deleted))
    threads = [again(act) for act in acts]
    for thread in threads:
        thread.start()
    try:
        for number in range(ROUNDS):
            before = set(machine.numbers)
            done = machine.backup(tmp_path / f"{number}.backup.age")
            place = tmp_path / f"place{number}"
            restored = restore(done.path, place, [IDENTITY])
            missing = before - numbers_in(restored.state) - deleted
            assert missing == set()
            assert done.manifest.notes == []
            steps = drilled(restored, machine.side.clock) if number == ROUNDS - 1 else {}
            assert all(step.good for step in steps.values()), steps
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(machine.numbers) > ROUNDS


def test_a_backup_that_is_killed_leaves_nothing_that_restore_accepts(small, tmp_path):
    small.object(data=b"%PDF-1.4 " + os.urandom(12_000_000))
    small.collect()
    small.object()
    target = tmp_path / "backups"
    target.mkdir()
    small.desk.close()
    cut = 0
    for number in range(8):
        path = target / f"{number}.backup.age"
        child = os.fork()
        if child == 0:
            try:
                small.backup(path)
            finally:
                os._exit(0)
        time.sleep(0.01 + number * 0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for found in [p for p in target.rglob("*") if p.is_file()]:
            if found == path:
                restore(found, tmp_path / f"whole{number}", [IDENTITY])
            elif found.parent != target:
                cut += 1
                with pytest.raises(PortalError):
                    restore(found, tmp_path / "half", [IDENTITY])
                assert not (tmp_path / "half").exists()
    assert cut, "no kill fell into the middle of a writing: the rounds prove nothing"
    whole = small.backup(target / "last.backup.age")
    restored = restore(whole.path, tmp_path / "last", [IDENTITY])
    assert numbers_in(restored.state) == set(small.numbers)
    assert list((small.state / "desk/tmp").glob(".backup-*")) == []


def test_a_backup_takes_what_still_lies_in_the_log_of_the_database(tmp_path):
    with machine_at(tmp_path / "machine") as machine:
        machine.object()
        machine.collect()
        wal = machine.state / "desk/register.sqlite3-wal"
        assert wal.stat().st_size > 0
        done = machine.backup(tmp_path)
        restored = restore(done.path, tmp_path / "new", [IDENTITY])
        register = Register(f"sqlite:///{restored.state}/desk/register.sqlite3")
        with register.read() as session:
            assert session.query(Case).count() == 1
        register.close()
