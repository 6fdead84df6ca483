"""Examining: a task over hostile bytes in a confined process, by a small pool of keepers."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Timer
from typing import IO, TYPE_CHECKING, Any, TypeVar

from portal.confined.frames import ANSWER, Code, Job, Limits, write_job
from portal.confined.keeper import START
from portal.confined.tasks import TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_KEEPERS = 2
_PATIENCE = 120  # seconds to wait for a keeper that is busy with other files
_SLACK = 10  # seconds beyond the job's own limit, for starting and sending
_LARGEST = 200 * 1024 * 1024
_SEPARATOR = "\n"
_KEPT = ("LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")

_WHY = {
    Code.TIME: "用时超过上限",
    Code.MEMORY: "需要的内存超过上限",
    Code.OUTPUT: "检查的结果过大",
    Code.DIED: "检查程序中途退出",
    Code.FAILED: "文件损坏，或者不是这种格式",
}
_GARBLED, _BUSY, _NO_START = "检查的结果无法识别", "检查程序正忙，请稍后再试", "检查程序不能启动"
_TOO_LARGE = "文件过大"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why bytes could not be examined; `lasting` is False where trying again may help."""

    why: str
    lasting: bool = True

    @property
    def text(self) -> str:
        """The finding, for a reader."""
        return f"无法检查：{self.why}"


class _DeadError(Exception):
    """A keeper is gone; `late` when it was stopped for taking too long."""

    def __init__(self, *, late: bool) -> None:
        super().__init__()
        self.late = late


class _Keeper:
    """A keeper's process and its pipes."""

    def __init__(self, command: list[str]) -> None:
        self.used = False
        self.process = subprocess.Popen(  # noqa: S603 - this interpreter, our own arguments
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=os.sep,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            start_new_session=True,  # Ctrl+C at a terminal is the parent's affair
        )

    @property
    def pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        """To it and from it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        return self.process.stdin, self.process.stdout

    def ask(self, job: Job) -> tuple[bytes, bytes]:
        """The code and the bytes of its answer; _DeadError when none comes in time."""
        self.used = True
        late = False

        def stop() -> None:
            nonlocal late
            late = True
            self.process.kill()

        timer = Timer(job.limits.seconds + _SLACK, stop)
        timer.daemon = True
        timer.start()
        try:
            return self._answer(job)
        except (OSError, EOFError) as error:
            raise _DeadError(late=late) from error
        finally:
            timer.cancel()

    def _answer(self, job: Job) -> tuple[bytes, bytes]:
        to, source = self.pipes
        write_job(to, job)  # type: ignore[arg-type]
        head = source.read(ANSWER.size)
        if len(head) < ANSWER.size:
            raise EOFError
        code, size = ANSWER.unpack(head)
        if size > job.limits.output:
            raise EOFError
        payload = source.read(size)
        if len(payload) < size:
            raise EOFError
        return code, payload

    def end(self) -> None:
        """Stop it and forget it."""
        self.process.kill()
        self.abandon()
        self.process.wait()

    def abandon(self) -> None:
        """Close this process's ends of its pipes."""
        for pipe in self.pipes:
            with contextlib.suppress(OSError):
                pipe.close()


class Pool:
    """Keepers for the tasks of a list: started when first needed, replaced when they die."""

    def __init__(self, tasks: Mapping[str, str], keepers: int = _KEEPERS) -> None:
        self._tasks, self._most = tasks, keepers
        self._fresh()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._in_child)

    def _fresh(self) -> None:
        self._free = Condition()
        self._idle: list[_Keeper] = []
        self._all: set[_Keeper] = set()
        self._slots = self._most

    def _in_child(self) -> None:
        """A forked process leaves its parent's keepers alone and starts its own."""
        for keeper in self._all:
            keeper.abandon()
            keeper.process.returncode = 0  # not this process's child
        self._fresh()

    def examine(
        self, task: str, data: bytes, read: Callable[[Any], T], limits: Limits | None = None
    ) -> T | Trouble:
        """Run a task over bytes; `read` turns its answer into a value, and any error of it counts.

        Never raises for what the bytes do: whatever happens to the process is a Trouble.
        """
        job = Job(self._tasks[task], data, limits or Limits())
        if len(data) > _LARGEST:
            return Trouble(_TOO_LARGE)
        if not self._take_slot():
            return Trouble(_BUSY, lasting=False)
        try:
            code, payload = self._asked(job)
        except _DeadError as error:
            return Trouble(_WHY[Code.TIME if error.late else Code.DIED])
        except OSError:
            return Trouble(_NO_START, lasting=False)
        finally:
            self._give_slot()
        return _read(code, payload, read)

    def _take_slot(self) -> bool:
        with self._free:
            got = self._free.wait_for(lambda: self._slots > 0, _PATIENCE)
            self._slots -= got
            return got

    def _give_slot(self) -> None:
        with self._free:
            self._slots += 1
            self._free.notify()

    def _asked(self, job: Job) -> tuple[bytes, bytes]:
        while True:
            keeper = self._keeper()
            tried = keeper.used
            try:
                answer = keeper.ask(job)
            except _DeadError as error:
                self._drop(keeper)
                # One that died of old age, so to say, before it could begin: another begins.
                if error.late or not tried:
                    raise
            except BaseException:  # Ctrl+C in the middle: its answer would be taken for the next
                self._drop(keeper)
                raise
            else:
                with self._free:
                    self._idle.append(keeper)
                return answer

    def _keeper(self) -> _Keeper:
        with self._free:
            if self._idle:
                return self._idle.pop()
        keeper = _Keeper(_command(self._tasks))
        with self._free:
            self._all.add(keeper)
        return keeper

    def _drop(self, keeper: _Keeper) -> None:
        with self._free:
            self._all.discard(keeper)
        keeper.end()

    def close(self) -> None:
        """End every keeper."""
        with self._free:
            keepers, self._all, self._idle = list(self._all), set(), []
        for keeper in keepers:
            keeper.end()


def _command(tasks: Mapping[str, str]) -> list[str]:
    packages = sorted({target.partition(":")[0].partition(".")[0] for target in tasks.values()})
    paths = [path for path in sys.path if Path(path).is_absolute()]
    places = [path for path in paths if path.startswith((sys.prefix, sys.base_prefix))]
    places += [sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)]
    places += [str(Path(path) / package) for path in paths for package in packages]
    return [
        *(sys.executable, "-I", "-B", "-X", "utf8", "-c", START, "outside", _SEPARATOR),
        *(_SEPARATOR.join(part) for part in (paths, places, packages)),
    ]


def _read(code: bytes, payload: bytes, read: Callable[[Any], T]) -> T | Trouble:
    try:
        ending = Code(code.decode("ascii"))
        if ending is not Code.RESULT:
            return Trouble(_WHY[ending])
        value = json.loads(payload)
        if b"\\u" in payload:
            json.dumps(value, ensure_ascii=False).encode()  # half a character could not be shown
        return read(value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return Trouble(_GARBLED)


_pool = Pool(TASKS)


def examine(
    task: str, data: bytes, read: Callable[[Any], T], limits: Limits | None = None
) -> T | Trouble:
    """Run a task of `TASKS` over bytes in a confined process."""
    return _pool.examine(task, data, read, limits)
