"""Whatever hostile bytes make a parser do, the caller gets an answer, and goes on."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from portal.confined.examining import Pool, Trouble
from portal.confined.frames import Limits
from tests.confined import hostile

TASKS = {
    name: f"{hostile.__name__}:{name}"
    for name, value in vars(hostile).items()
    if callable(value) and not name.startswith("_") and value.__module__ == hostile.__name__
}
TASKS["missing"] = "tests.confined.hostile:there_is_none"
SHORT = Limits(seconds=1, memory=400 * 1024 * 1024, output=100_000)


@pytest.fixture
def pool():
    made = Pool(TASKS)
    yield made
    made.close()


def same(value):
    return value


def test_a_task_answers(pool):
    assert pool.examine("echo", "质量".encode(), same) == {"size": 6, "text": "质量"}
    assert pool.examine("echo", bytes(30_000_000), same)["size"] == 30_000_000


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ("sleep", "用时超过上限"),
        ("spin", "用时超过上限"),
        ("eat", "需要的内存超过上限"),
        ("crash", "检查程序中途退出"),
        ("leave", "检查程序中途退出"),
        ("raising", "文件损坏，或者不是这种格式"),
        ("missing", "文件损坏，或者不是这种格式"),
        ("flood", "检查的结果过大"),
        ("half", "检查的结果无法识别"),
    ],
)
def test_whatever_happens_is_a_finding_and_the_next_file_is_examined(pool, task, why):
    assert pool.examine(task, b"1", same, SHORT) == Trouble(why)
    assert pool.examine("echo", b"next", same)["text"] == "next"


def test_what_cannot_be_read_is_a_finding(pool):
    assert pool.examine("echo", b"", lambda value: value["none"]) == Trouble("检查的结果无法识别")
    assert isinstance(pool.examine("deep", b"90000", same), Trouble)
    assert pool.examine("echo", bytes(200 * 1024 * 1024 + 1), same) == Trouble("文件过大")


def test_one_file_cannot_answer_for_another(pool):
    """What a job writes into descriptors that are not its own reaches nobody."""
    for number in range(4):
        pool.examine("stray", b"", same)
        assert pool.examine("echo", str(number).encode(), same)["text"] == str(number)


def test_nothing_is_within_reach(pool, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET", "an environment secret")
    secret = tmp_path / "identity"
    secret.write_text("AGE-SECRET-KEY")
    with socket.create_server(("127.0.0.1", 0)) as server, secret.open("rb"):
        wanted = {
            "port": server.getsockname()[1],
            "secret": str(secret),
            "folder": str(tmp_path),
            "parent": os.getpid(),
        }
        found = pool.examine("reach", json.dumps(wanted).encode(), same)
    assert not any("PORTAL" in name for name in found.pop("environment"))
    opened = found.pop("open")
    assert len(opened) == 4, opened  # the standard ones lead nowhere; the answer's
    assert {what for what, how in found.items() if how == "open"} == set()
    assert secret.read_text() == "AGE-SECRET-KEY"
    assert [p.name for p in tmp_path.iterdir()] == ["identity"]


def test_threads_share_a_pool(pool):
    before = set(psutil.Process().children())  # other tests may have left theirs

    def one(number):
        task = "crash" if number % 5 == 0 else "echo"
        return pool.examine(task, str(number).encode(), same)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(one, range(60)))
    for number, answer in enumerate(answers):
        if number % 5 == 0:
            assert answer == Trouble("检查程序中途退出")
        else:
            assert answer["text"] == str(number)
    assert len(set(psutil.Process().children()) - before) <= 2


def test_a_keeper_that_was_killed_is_replaced(pool):
    pool.examine("echo", b"", same)
    for keeper in psutil.Process().children():
        keeper.kill()
    assert pool.examine("echo", b"again", same)["text"] == "again"


def test_a_forked_process_has_keepers_of_its_own(pool):
    pool.examine("echo", b"", same)
    child = os.fork()
    if child == 0:
        answer = pool.examine("echo", b"child", same)
        pool.close()
        os._exit(0 if answer["text"] == "child" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert pool.examine("echo", b"parent", same)["text"] == "parent"


_OWNER = """
import sys, threading
from portal.confined.examining import Pool
from tests.confined.test_examining import TASKS
pool = Pool(TASKS)
pool.examine("echo", b"", dict)
threading.Thread(target=pool.examine, args=("spin", b"", dict), daemon=True).start()
print("ready", flush=True)
threading.Event().wait()
"""


def test_keepers_and_their_jobs_end_with_their_owner():
    root = Path(__file__).parents[2]
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER], cwd=root, stdout=subprocess.PIPE, env={"PYTHONPATH": "."}
    )
    with owner:
        assert owner.stdout.readline() == b"ready\n"
        family = psutil.Process(owner.pid).children(recursive=True)
        assert family
        owner.send_signal(signal.SIGKILL)
    gone, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []
    assert gone


def test_an_answer_is_quick_once_a_keeper_runs(pool):
    """No figure, only that no program is started for each file."""
    pool.examine("echo", b"", same)
    before = {child.pid for child in psutil.Process().children()}
    started = time.monotonic()
    for _ in range(50):
        pool.examine("echo", b"", same)
    assert {child.pid for child in psutil.Process().children()} == before
    assert time.monotonic() >= started
