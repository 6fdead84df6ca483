"""A planted phrase is searched in everything the public side leaves, also during an upload."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from portal.domain.receipt_code import code_bytes, read_code
from portal.sealed.suites import SUITES
from tests.publicside import ANSWERS, BY_NAME, SLUG, Citizen, PublicSide, pdf, public_side
from tests.recording import record
from tests.sites import SiteTree

CANARY = "金丝雀-4c1e7d-平定"
IN_FILE = b"canary-in-a-file-93b1" * 60
BOUNDARY = "boundary4c1e"

SERVER = """
import sys
from datetime import datetime
from pathlib import Path
from portal.cli.server import serve
from portal.config.public_settings import PublicSettings
from portal.intake.intake_options import IntakeLimits
from portal.public import create_app
at = datetime.fromisoformat("2021-12-07T10:00:00+08:00")
limits = IntakeLimits(free_bytes=0, minimum_seconds=0)
serve(create_app(PublicSettings(limits=limits), lambda: at), "127.0.0.1", int(sys.argv[1]))
"""


def needles() -> list[bytes]:
    import base64
    from urllib.parse import quote

    text = CANARY.encode()
    return [text, quote(CANARY).encode(), base64.b64encode(text)[3:-4], IN_FILE[:63]]


def traces(*folders: Path) -> list[Path]:
    """Files that hold the phrase."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes() for needle in needles())]


def open_files(process: int) -> list[Path]:
    """Files a process holds open, those without a name too."""
    paths = Path(f"/proc/{process}/fd").iterdir()
    return [path for path in paths if path.readlink().is_absolute() and path.is_file()]


@pytest.mark.parametrize("side", SUITES, ids=BY_NAME, indirect=True)
def test_after_a_whole_case_no_file_of_the_public_side_holds_a_word(
    side: PublicSide, citizen: Citizen, tmp_path: Path
) -> None:
    code = citizen.object(
        facts=CANARY * 3,
        name="金丝雀-4c1e7d-平定",
        files=[pdf(f"{CANARY}.pdf", b"%PDF-" + IN_FILE)],
    )
    citizen.look_up(code)
    citizen.say("evidence", text=CANARY, files=[pdf("二.pdf", b"%PDF-2" + IN_FILE)])
    citizen.begin()
    citizen.check(facts=CANARY * 3, phone="", files=[pdf("三.pdf", b"%PDF-3" + IN_FILE)])
    assert CANARY in citizen.page
    side.collect()
    assert traces(tmp_path / "state") == []
    words = [word.encode() for word in (code, code.replace("-", ""), "13912345678")]
    words.append(code_bytes(read_code(code)))
    files = [p for p in (tmp_path / "state").rglob("*") if p.is_file()]
    assert any(side.suite.name.encode() in path.read_bytes() for path in files)
    assert not any(word in path.read_bytes() for path in files for word in words)


@contextmanager
def running_server(root: Path, log: Path) -> Iterator[tuple[int, int]]:
    """`portal serve` with a fixed clock and a temp folder of its own; yields port and process."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    temporary = root / "temp"
    temporary.mkdir()
    environment = os.environ | {
        "PORTAL_CONTENT": str(root / "content"),
        "PORTAL_NOTICES": str(root / "notices"),
        "PORTAL_STATE": str(root / "state"),
        "TMPDIR": str(temporary),
    }
    with log.open("wb") as out:
        command = [sys.executable, "-c", SERVER, str(port)]
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, server.pid
    finally:
        server.terminate()
        assert server.wait(10) == 0, log.read_text(encoding="utf-8")


def test_during_an_upload_nothing_readable_lies_on_the_disk(
    site_from: Callable[..., SiteTree], tmp_path: Path
) -> None:
    """The server's own buffer is looked at through its open files; half of the body is sent."""
    public_side(site_from(), tmp_path / "state")
    record(tmp_path / "notices")
    log = tmp_path / "server.log"
    with running_server(tmp_path, log) as (port, process):
        page = HTTPConnection("127.0.0.1", port, timeout=20)
        page.request("GET", f"/objections/{SLUG}/new")
        answer = page.getresponse()
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        citizen = Citizen.__new__(Citizen)
        citizen.page = answer.read().decode()
        fields = citizen.hidden() | ANSWERS | {"facts": CANARY * 3}
        start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
        parts = [f'{start}name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
        parts.append(f'{start}name="files"; filename="一.pdf"\r\n\r\n')
        head = "".join(parts).encode()
        body = b"%PDF-" + IN_FILE * 1600
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        page.putrequest("POST", f"/objections/{SLUG}/new")
        page.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        page.putheader("Content-Length", str(len(head) + len(body) + len(tail)))
        page.putheader("Cookie", cookie)
        page.endheaders()
        page.send(head + body[: len(body) // 2])
        deadline = time.monotonic() + 10
        while True:
            held = [path for path in open_files(process) if path.stat().st_size > 500_000]
            if held or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        assert held, "the server keeps half a body somewhere else: look there"
        data = b"".join(path.read_bytes() for path in open_files(process))
        assert not any(needle in data for needle in needles())
        assert traces(tmp_path / "temp", tmp_path / "state") == []
        page.send(body[len(body) // 2 :] + tail)
        answer = page.getresponse()
        answer.read()
        assert answer.status == 303
        told = (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
        page.request("GET", answer.getheader("Location") or "", headers={"Cookie": told})
        answer = page.getresponse()
        assert "核对后提交" in answer.read().decode()
        assert traces(tmp_path / "temp", tmp_path / "state") == []
        page.close()
    assert CANARY not in log.read_text(encoding="utf-8")
    assert list((tmp_path / "temp").iterdir()) == []


@pytest.mark.parametrize("phrase", [CANARY, IN_FILE.decode()[:63]])
def test_the_search_itself_finds_a_phrase_left_behind(tmp_path: Path, phrase: str) -> None:
    (tmp_path / "left").write_text(f"…{phrase}…", encoding="utf-8")
    assert traces(tmp_path) == [tmp_path / "left"]
