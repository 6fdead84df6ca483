"""A real nginx with the shipped files in front of a real bucket: what readers get, and when."""

import getpass
import http.server
import os
import re
import secrets
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from portal.domain.served import served_as
from portal.editorial.bucket_site import BucketSite
from portal.editorial.delivery import Delivery, Way
from portal.web.security import ATTACHMENT_HEADERS, HEADERS
from tests.objectstore import StoreServer
from tests.web.test_nginx_log import free_port, wait_for

DEPLOY = Path(__file__).parents[2] / "deploy"
FORMER = {
    "index.html": "首页".encode(),
    "notices/call/index.html": b"call",
    "notices/call/files/\u8868 1+a%.pdf": b"%PDF",
    "feeds/all.rss.xml": b"<rss/>",
    "feeds/all.json": b"{}",
    "sitemap.xml": b"<urlset/>",
    "search/index.html": b"search",
    "search/shard.bin": b"\x1f\x8b",
    "static/site.0123456789.css": b"a{}" * 1000,
    **{f"{page}.html": str(page).encode() for page in (400, 404, 413, 429, 503)},
}


def test_no_location_reads_a_folder_any_more():
    text = changed((DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    assert "try_files" not in text
    assert "/srv/portal/build" not in text
    assert "default_type application/xml" not in text


def changed(text):
    """nginx.conf as docs/deployment.md says to change it."""
    command = ["sed", "-f", DEPLOY / "nginx-bucket.sed"]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout


def put(text, pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def served(store_server: StoreServer):
    """nginx with both files over a bucket, only paths, ports and certificates changed."""
    with TemporaryDirectory(prefix="portal-nginx-") as name:
        root = Path(name)
        root.chmod(0o755)
        prefix, port = f"site-{secrets.token_hex(4)}", free_port()
        relay_port, names_port = free_port(), free_port()
        text = changed((DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
        text = re.sub(r" *(listen (\[::\]|80)|ssl_certificate).*\n", "", text)
        pairs = (
            ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
            ("/run/portal/public.sock", f"{root}/app.sock"),
            ("/run/portal-bodies", f"{root}/bodies"),
            ("/var/log/nginx/access.log", f"{root}/access.log"),
        )
        (root / "site.conf").write_text(put(text, pairs), encoding="utf-8")
        pairs = (
            ("/var/lib/nginx/portal-bucket", f"{root}/cache"),
            ("/run/portal-site.sock", f"{root}/site.sock"),
            ("store.example:443", f"store.example:{relay_port}"),
            ("https://$portal_store", "http://$portal_store"),
            ("resolver 127.0.0.53", f"resolver 127.0.0.1:{names_port} ipv6=off valid=1s"),
            ("resolver_timeout 3s", "resolver_timeout 300ms"),
            ("/award/site", f"/portal/{prefix}"),
        )
        text = (DEPLOY / "nginx-bucket.conf").read_text(encoding="utf-8")
        (root / "bucket.conf").write_text(put(text, pairs), encoding="utf-8")
        user = f"user {getpass.getuser()};\n" if os.getuid() == 0 else ""
        (root / "nginx.conf").write_text(
            f"{user}daemon off;\npid {root}/pid;\nerror_log {root}/error.log;\nevents {{ }}\n"
            f"http {{ include {root}/site.conf; include {root}/bucket.conf; }}\n",
            encoding="utf-8",
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with (
            Relay(("127.0.0.1", relay_port), ToStore) as relay,
            socketserver.ThreadingUnixStreamServer(str(root / "app.sock"), App) as app,
        ):
            (root / "app.sock").chmod(0o666)
            threading.Thread(target=app.serve_forever, daemon=True).start()
            host, _, store_port = store_server.endpoint.removeprefix("http://").partition(":")
            relay.open, relay.store, relay.root = [], (host, int(store_port)), root
            relay.names_port = names_port
            threading.Thread(target=relay.serve_forever, daemon=True).start()
            process = subprocess.Popen([program, "-p", root, "-c", root / "nginx.conf"])
            try:
                wait_for(port)
                yield BucketSite(store_server.store(prefix)), f"http://127.0.0.1:{port}", relay
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(20)
                relay.shutdown()
                app.shutdown()


class ToStore(socketserver.BaseRequestHandler):
    """Between nginx and the store, so that the store can go away."""

    def handle(self):
        if self.server.away:
            return
        with socket.create_connection(self.server.store) as store:
            self.server.open.append(store)
            back = threading.Thread(target=pass_on, args=(store, self.request), daemon=True)
            back.start()
            pass_on(self.request, store)
            back.join()


class App(http.server.BaseHTTPRequestHandler):
    """What nginx takes for the public app: it says what it was asked."""

    def address_string(self):
        return ""

    def do_GET(self):
        body = f"app: {self.command} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.do_GET()


def pass_on(source, target):
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class Names(socketserver.BaseRequestHandler):
    """Name service that finds every name on this machine."""

    def handle(self):
        asked, reply = self.request
        question = asked[12 : asked.index(b"\0", 12) + 5]
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"
        reply.sendto(
            asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + answer, self.client_address
        )


class Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    away = False

    def go_away(self):
        self.away = True
        for store in self.open:
            with suppress(OSError):
                store.shutdown(socket.SHUT_RDWR)


def write(folder, files):
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def ask(address, path, *more):
    """Status, headers and body, as curl gets them from a path that is no more encoded."""
    command = ["curl", "-s", "-i", "--raw", "-m", "20", "--noproxy", "*", *more, address + path]
    head, _, body = subprocess.run(command, capture_output=True, check=True).stdout.partition(
        b"\r\n\r\n"
    )
    status, *lines = head.decode().split("\r\n")
    headers = (line.split(": ", 1) for line in lines)
    return int(status.split()[1]), {name.title(): value for name, value in headers}, body


@pytest.fixture(scope="module")
def named(served):
    """The store's name resolves; nginx started while it did not, and its other pages were there."""
    _, address, relay = served
    status, _, body = ask(address, "/")
    assert (status, "请过几分钟再试" in body.decode()) == (503, True)
    assert ask(address, "/objections/status")[2] == b"app: GET /objections/status"
    with socketserver.UDPServer(("127.0.0.1", relay.names_port), Names) as names:
        threading.Thread(target=names.serve_forever, daemon=True).start()
        relay.names = names
        yield served
        names.shutdown()


def until(condition):
    """Servers read the pointer once a second."""
    for _ in range(100):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError


def test_readers_get_the_pointed_version_with_the_headers_of_any_page(named, tmp_path):
    bucket, address, _ = named
    status, _, body = ask(address, "/")
    assert (status, "请过几分钟再试" in body.decode()) == (503, True)  # nothing delivered yet
    write(tmp_path, FORMER)
    bucket.deliver(tmp_path)
    until(lambda: ask(address, "/")[0] == 200)
    for path, data in FORMER.items():
        place = f"/{path.removesuffix('index.html')}".replace("%", "%25").replace(" ", "%20")
        status, headers, body = ask(address, place)
        assert (status, body) == (200, data), path
        wanted = HEADERS | (ATTACHMENT_HEADERS if "/files/" in path else {}) | served_as(path)
        assert {name: headers[name.title()] for name in wanted} == wanted, path
        assert not [name for name in headers if name.startswith(("X-Amz", "Last-Mod"))]
        assert "Content-Encoding" not in headers
        assert ask(address, place, "-H", f"If-None-Match: {headers['Etag']}")[0] == 304
    _, headers, body = ask(address, "/static/site.0123456789.css", "-H", "Accept-Encoding: gzip")
    assert headers["Content-Encoding"] == "gzip"
    status, headers, _ = ask(address, "/notices/call?a=1")
    assert (status, headers["Location"]) == (301, "/notices/call/?a=1")
    assert ask(address, "/nothing/")[::2] == (404, b"404")
    for path in ("/../current", "/%2e%2e/current", "/?list-type=2", "/-pointer", "/current.json"):
        assert b"portal-site" not in ask(address, path, "--path-as-is")[2]
    assert ask(address, "/", "-X", "POST")[0] == 405
    assert ask(address, "/", "-r", "0-2")[::2] == (206, FORMER["index.html"][:3])


def test_the_frozen_form_comes_from_the_bucket_and_from_the_app_where_it_has_none(named, tmp_path):
    bucket, address, relay = named
    frozen = "objections/list/index.html"
    write(tmp_path, {**FORMER, frozen: "冻结的表单".encode()})
    bucket.deliver(tmp_path)
    until(lambda: ask(address, "/objections/list/")[2] == "冻结的表单".encode())
    status, headers, _ = ask(address, "/objections/list/?entry=x", "-H", "Cookie: session=secret")
    wanted = HEADERS | {"Referrer-Policy": "no-referrer"} | served_as(frozen)
    assert (status, {name: headers[name.title()] for name in wanted}) == (200, wanted)
    # Of a window that is over, what is sent, and while the store is away: the app.
    assert ask(address, "/objections/over/")[::2] == (200, b"app: GET /objections/over/")
    sent = ask(address, "/objections/list/", "-X", "POST")
    assert sent[::2] == (200, b"app: POST /objections/list/")
    assert ask(address, "/objections/status")[2] == b"app: GET /objections/status"
    relay.go_away()
    try:
        time.sleep(2)
        assert ask(address, "/objections/list/")[2] == "冻结的表单".encode()  # it was read before
        assert ask(address, "/objections/other/")[2] == b"app: GET /objections/other/"
    finally:
        relay.away = False
    assert "/objections/" not in (Path(relay.root) / "access.log").read_text()


def test_a_new_version_is_there_at_once_and_the_store_may_go_away(named, tmp_path):
    bucket, address, relay = named
    write(tmp_path, FORMER)
    bucket.deliver(tmp_path)
    delivery = Delivery(Way.BUCKET, "", address, bucket.store)
    delivery.compare(tmp_path, FORMER)
    write(tmp_path, {**FORMER, "index.html": b"new", "notices/next/index.html": b"next"})
    (tmp_path / "feeds/all.json").unlink()
    assert "送出2个文件" in delivery.deliver(tmp_path)
    assert delivery.compare(tmp_path, ["index.html", "notices/next/index.html"])
    assert ask(address, "/feeds/all.json")[0] == 404
    ask(address, "/503.html")
    relay.go_away()
    time.sleep(2)  # what is known of the pointer is old now
    assert ask(address, "/")[::2] == (200, b"new")
    assert ask(address, "/notices/call/")[::2] == (503, b"503")  # of this version nobody read it
    relay.away = False
    relay.names.shutdown()
    time.sleep(2)  # and so is what is known of the store's name
    assert ask(address, "/")[::2] == (200, b"new")
    assert ask(address, "/notices/call/")[::2] == (503, b"503")
