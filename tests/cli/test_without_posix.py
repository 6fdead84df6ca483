"""The way of a trial uses nothing that Windows lacks: form, desk, lint, build.

Looked at here by taking from a Linux Python what Windows' has not; on Windows itself nobody has run
it, so what differs otherwise (paths, open files that cannot be replaced) is not shown by this.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TAKE_AWAY = """
import os, select, signal, socket, sys, types
# What these do on Windows is their own affair.
import asyncio, getpass, multiprocessing.connection, multiprocessing.context
import socketserver, subprocess, tempfile, uuid, click.testing
class Gone:
    names = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog"}
    def find_spec(self, name, path=None, target=None):
        if name in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Gone())
for name in Gone.names:
    sys.modules.pop(name, None)
locks = sys.modules["msvcrt"] = types.ModuleType("msvcrt")
locks.LK_NBLCK, locks.locking = 2, lambda descriptor, mode, count: None
LACKS = {
    os: "fork geteuid getuid getgid getegid setsid nice chown fchmod O_NOFOLLOW O_NONBLOCK O_PATH"
        " O_DIRECTORY O_CLOEXEC sched_getaffinity statvfs mkfifo killpg pread pwrite"
        " WIFSIGNALED WTERMSIG register_at_fork posix_fadvise memfd_create",
    signal: "SIGKILL SIGXCPU SIGHUP SIGALRM alarm setitimer pthread_sigmask",
    socket: "AF_UNIX",
    select: "poll epoll",
}
for module, names in LACKS.items():
    for name in names.split():
        module.__dict__.pop(name, None)
"""
_TRIAL = """
from pathlib import Path
from click.testing import CliRunner
import portal.cli.server
from portal.cli import portal
from portal.desk.desk_app import create_app
from tests.backup.conftest import machine_at
root = Path(sys.argv[1])
with machine_at(root / "machine") as machine:
    assert machine.side.app().test_client().get("/").status_code == 200
    machine.object()
    machine.collect()
    desk = create_app(machine.settings(), machine.side.clock)
    assert desk.test_client().get("/readyz", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}).json
    desk.extensions["portal.desk"].room.register.close()
os.chdir(root)
os.environ["PORTAL_CONTENT"] = str(root / "machine/site/content")
os.environ["PORTAL_NOTICES"] = str(root / "machine/site/notices")
for words in ("build --out built", "lint"):
    done = CliRunner().invoke(portal, words.split(), catch_exceptions=False)
    assert done.exit_code == 0, (words, done.output)
assert (root / "built/index.html").exists()
print("tried")
"""


def test_a_trial_needs_nothing_that_windows_lacks(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _TAKE_AWAY + _TRIAL, str(tmp_path)],
        env={n: v for n, v in os.environ.items() if not n.startswith("PORTAL_")}
        | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("tried\n"), done.stderr[-3000:]
