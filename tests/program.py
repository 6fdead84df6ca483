"""`portal …` in a process of its own, forked from one that has the whole program loaded.

Loading takes up to two seconds of processor, what a command then does often a tenth of that, and
the tests run more than a hundred. Environment, folder, input, output and exit status are the
command's own. That every module loads alone is shown in tests/architecture; what is killed or goes
on serving is started as users start it.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from portal.cli import COMMANDS

ROOT = Path(__file__).parent.parent
LARGEST = 1 << 17  # bytes of a request: an environment and the words


def portal(
    *words: object, given: str = "", env: dict[str, str] | None = None, **more: object
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `more` is added to the environment."""
    environment = {**(os.environ if env is None else env), **{k: str(v) for k, v in more.items()}}
    asked = {"words": [*map(str, words)], "folder": str(Path.cwd()), "environment": environment}
    temporary = tempfile.TemporaryFile
    with temporary() as typed, temporary() as out, temporary() as err:
        typed.write(given.encode())
        typed.seek(0)
        channel = _loaded()
        files = [typed.fileno(), out.fileno(), err.fileno()]
        socket.send_fds(channel, [json.dumps(asked).encode()], files)
        status = int(channel.recv(LARGEST))
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, status, _text(out.read()), _text(err.read()))


def _text(data: bytes) -> str:
    return data.decode().replace("\r\n", "\n")


@cache
def _loaded() -> socket.socket:
    """The way to the loaded program, which ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.program", str(theirs.fileno())]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
    )
    theirs.close()
    atexit.register(process.wait)
    atexit.register(ours.close)  # goes first
    return ours


def serve(channel: socket.socket) -> dict:
    """Load everything, and fork for each request; returns in the child, with what is asked."""
    for module in COMMANDS.values():
        importlib.import_module(module)
    gc.freeze()  # what is shared with the children is not copied
    while True:
        message, files, _, _ = socket.recv_fds(channel, LARGEST, 3)
        if not message:
            sys.exit()
        if not (child := os.fork()):
            channel.close()
            for number, file in enumerate(files):
                os.dup2(file, number)
                os.close(file)
            return json.loads(message)
        for file in files:
            os.close(file)
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


if __name__ == "__main__":
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    tempfile.tempdir = None  # as the command's own environment says
    sys.argv[1:] = asked["words"]
    runpy.run_module("portal", run_name="__main__", alter_sys=True)
