"""The access log of a real nginx with the shipped file: nobody who came to object is in it."""

import getpass
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from tempfile import TemporaryDirectory

import pytest

CONF = Path(__file__).parents[2] / "deploy/nginx.conf"


class Answer(BaseHTTPRequestHandler):
    """Stands where the app stands: what it answers does not matter to the log."""

    def do_GET(self) -> None:
        time.sleep(0.2)  # requests meet each other, so that the limit of connections refuses some
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def address_string(self) -> str:
        return "app"

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def nginx():
    """nginx with deploy/nginx.conf, only paths, ports and certificate changed."""
    with TemporaryDirectory(prefix="portal-nginx-") as name:
        root = Path(name)
        root.chmod(0o755)
        pages = root / "build"
        pages.mkdir()
        for page in ("index", "400", "404", "413", "429", "503"):
            (pages / f"{page}.html").write_text("page", encoding="utf-8")
        (pages / "objections/frozen").mkdir(parents=True)
        (pages / "objections/frozen/index.html").write_text("frozen", encoding="utf-8")
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", "/CN=award.example", "-keyout", root / "key", "-out", root / "pem"),
            ],
            check=True,
            capture_output=True,
        )
        port, plain = free_port(), free_port()
        text = CONF.read_text(encoding="utf-8")
        text = re.sub(r" *listen \[::\].*\n", "", text)
        for old, new in (
            ("listen 443 ", f"listen 127.0.0.1:{port} "),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("/etc/ssl/award.example.pem", f"{root}/pem"),
            ("/etc/ssl/private/award.example.key", f"{root}/key"),
            ("root /srv/portal/build;", f"root {pages};"),
            ("/run/portal/public.sock", f"{root}/app.sock"),
            ("/run/portal-bodies", f"{root}/bodies"),
            ("/var/log/nginx/access.log", f"{root}/access.log"),
        ):
            assert old in text
            text = text.replace(old, new)
        (root / "site.conf").write_text(text, encoding="utf-8")
        user = f"user {getpass.getuser()};\n" if os.getuid() == 0 else ""
        (root / "nginx.conf").write_text(
            f"{user}daemon off;\npid {root}/pid;\nerror_log {root}/error.log info;\nevents {{ }}\n"
            f"http {{ include {root}/site.conf; }}\n",
            encoding="utf-8",
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with Server(str(root / "app.sock"), Answer) as app:
            threading.Thread(target=app.serve_forever, daemon=True).start()
            process = subprocess.Popen([program, "-p", root, "-c", root / "nginx.conf"])
            try:
                wait_for(port)
                yield root, port, app
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(20)
                app.shutdown()


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")


def ask(port: int, path: str, method: str = "GET", **headers: str) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
    try:
        client.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        client.putheader("Host", "award.example")
        for name, value in headers.items():
            client.putheader(name.replace("_", "-"), value)
        client.endheaders()
        return client.getresponse().status
    finally:
        client.close()


def test_the_log_names_nobody_who_came_to_object(nginx) -> None:
    root, port, app = nginx
    form = "/objections/pingding-list/new"
    assert ask(port, "/") == 200
    assert ask(port, "/?came=1", Referer=f"https://award.example{form}") == 200
    assert ask(port, form) == 200
    for path in ("/%6fbjections/x/new", "//objections/x/new", "/a/../objections/x", "/OBJECTIONS/"):
        ask(port, path)
    assert ask(port, form, "POST", Content_Length=str(200 << 20)) == 413
    with ThreadPoolExecutor(20) as many:
        assert 429 in set(many.map(lambda _: ask(port, form), range(60)))
    ask(port, "/static/intake.0123456789.js", Referer=f"https://award.example{form}")
    ask(port, "/objections/" + "x" * 9000)
    app.shutdown()
    app.server_close()
    (root / "app.sock").unlink()
    assert ask(port, "/objections/frozen/?entry=x") == 200, "a file, whatever the app does"
    assert ask(port, "/objections/not-yet/") in (502, 503), "the app's"
    for _ in range(100):
        if (status := ask(port, form)) != 429:  # the rate limit has run out
            break
        time.sleep(0.2)
    assert status in (502, 503)
    logged = (root / "access.log").read_text(encoding="utf-8")
    assert '"GET / HTTP' in logged
    assert "/?came=1" in logged
    assert len(logged.splitlines()) == 2, logged
    for trace in ("objections", "%6f", "pingding", "intake"):
        assert trace not in logged.lower()
