"""Tasks that do what a hostile file could make a parser do."""

import ctypes
import json
import os
import signal
import socket
import time
from pathlib import Path


def echo(data):
    return {"size": len(data), "text": bytes(data[:50]).decode("utf-8", "replace")}


def sleep(data):
    time.sleep(60)


def spin(data):
    while True:
        pass


def eat(data):
    held = []
    while True:
        held.append(bytes(50_000_000))


def crash(data):
    ctypes.string_at(0)


def raising(data):
    raise ZeroDivisionError(data)


def leave(data):
    os._exit(0)


def flood(data):
    return "x" * 50_000_000


def deep(data):
    value = []
    for _ in range(int(data)):
        value = [value]
    return value


def stray(data):
    """Writes into every open descriptor before it answers."""
    for number in range(64):
        try:
            os.write(number, b"R[1]")
        except OSError:
            continue
    return "answer"


def half(data):
    """Answers with half of a character, as a compromised process could."""
    answers = [n for n in range(3, 64) if _pipe(n)]
    os.write(answers[-1], b'R["\\ud800"]')
    os._exit(0)


def _pipe(number):
    try:
        return "pipe" in str(Path(f"/proc/self/fd/{number}").readlink())
    except OSError:
        try:
            os.fstat(number)
        except OSError:
            return False
        return True


def reach(data):
    """What it can get at, for each thing that it should not: the name of the error, or `open`."""
    wanted = json.loads(bytes(data))
    return {
        "network": _tried(lambda: _connect(wanted["port"])),
        "read": _tried(lambda: Path(wanted["secret"]).read_bytes()),
        "write": _tried(lambda: Path(wanted["folder"], "new").write_bytes(b"x")),
        "empty": _tried(lambda: os.open(wanted["secret"], os.O_RDWR | os.O_TRUNC)),
        "remove": _tried(lambda: Path(wanted["secret"]).unlink()),
        "memory": _tried(lambda: Path(f"/proc/{wanted['parent']}/mem").open("rb").read(1)),
        "signal": _tried(lambda: os.kill(wanted["parent"], signal.SIGCONT)),
        "program": _tried(lambda: os.execv("/bin/true", ["true"])),
        "fork": _tried(os.fork),
        "environment": sorted(os.environ),
        "open": [n for n in range(64) if _open(n)],
    }


def _connect(port):
    socket.create_connection(("127.0.0.1", port), 2).close()


def _open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _tried(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "open"
