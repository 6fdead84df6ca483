"""Load on the objection form: `python -m tests.bench.objections [--quick]` prints a table.

Server: gunicorn as deploy/systemd has it (2 workers, 8 threads each), on loopback, with the
demonstration round. What is compared to the bare write–fsync–rename is the request that sends:
it is the one after which a citizen is told that the objection arrived. Two ways are measured: the
form that the server seals (`way`: server; it sends a check page that was filled in before), and the
envelope that a page sealed (`way`: page; 17 kB, sealed before the clock starts). The processor time
is that of both workers in that round. The second without
sockets: `python -m tests.bench.sealed`.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import io
import json
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import urlencode

import psutil

from portal.casework.identities import new_identity
from portal.demo.award_round import write_demo
from portal.domain.exchange import write_objection
from portal.domain.objection import Objection, Objector, ObjectorKind
from portal.domain.receipt_code import ReceiptCode, grouped, read_code
from portal.domain.routing import ESCROW
from portal.domain.workdays import SHANGHAI
from portal.sealed.dropbox import DropBox, publish
from portal.sealed.envelope import Header, container, write_head
from portal.sealed.receipts import derived
from tests.codes import new_code
from tests.pagesealed import OBJECTION, age
from tests.publicside import SLUG, public_side
from tests.sites import MINIMAL, SiteTree, load_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent.parent
MEGABYTE = 1024 * 1024
FACTS = "该单位申报材料中的产值数据与统计公报不一致，附公报期号，请核查。" * 12
BOUNDARY = "benchmark-boundary"
LIMITS = ("ALL", "WINDOW", "ADDRESS", "DRAFTS", "LOOKUPS")
Ready: TypeAlias = "tuple[ReceiptCode, dict[str, str], bytes]"


@dataclass
class Bench:
    """The public side under load."""

    folder: Path
    port: int
    slug: str
    entry: str
    promised: list[tuple[str, str]] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)

    @property
    def box(self) -> DropBox:
        return DropBox(self.folder / "state/dropbox").prepare()


def set_up(folder: Path) -> tuple[str, str]:
    """The demonstration round with keys for its open window; slug and entry to object to."""
    content, notices = [ROOT / "content"], [ROOT / "notices"]
    real = load_all(content, notices)
    now = datetime.now(SHANGHAI)
    write_demo(folder / "demo", real, now.date())
    catalogue = load_all([*content, folder / "demo/content"], [folder / "demo/notices"])
    notice = next(n for n in catalogue.notices if catalogue.status(n, now).accepts_objections)
    for office in (*catalogue.site.offices, ESCROW):
        path = folder / "state/keys/public" / office / f"{notice.slug}.pub"
        path.parent.mkdir(parents=True)
        path.write_text(new_identity()[1] + "\n")
    return notice.slug, notice.entries[0].name


@contextmanager
def serving(folder: Path, workers: int) -> Iterator[tuple[int, list[int]]]:
    """gunicorn on a free port; port and worker processes."""
    port = 20_000 + secrets.randbelow(20_000)
    environment = os.environ | {
        "PORTAL_CONTENT": f"{ROOT / 'content'}:{folder / 'demo/content'}",
        "PORTAL_NOTICES": str(folder / "demo/notices"),
        "PORTAL_STATE": str(folder / "state"),
        "PORTAL_LIMIT_SECONDS": "0",
        "PORTAL_DRAFTS": "1",  # nobody signed the demonstration's ledger here
        **{
            f"PORTAL_LIMIT_{n}": "1000000000"
            for n in ["ALL", "WINDOW", "ADDRESS", "DRAFTS", "LOOKUPS"]
        },
    }
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
    command += ["--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--log-level", "error"]
    command += ["--keep-alive", "30", "--timeout", "120", "portal.public:from_environment()"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(300):
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", "/objections/status")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        yield port, [child.pid for child in psutil.Process(server.pid).children()]
    finally:
        server.terminate()
        server.wait(20)


class Client:
    """One keep-alive connection with its cookie."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.connection = HTTPConnection("127.0.0.1", bench.port, timeout=120)
        self.cookie = ""

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "") -> str:
        headers = {"Cookie": self.cookie, **({"Content-Type": kind} if kind else {})}
        self.connection.request(method, path, body or None, headers)
        response = self.connection.getresponse()
        self.cookie = (response.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        text = response.read().decode()
        if response.status == 303:  # as a browser follows the answer of a form
            return self.request("GET", response.getheader("Location") or "/")
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status}\n{text[-3000:]}")
        return text

    def seal(self) -> Ready:
        """An envelope as a page would send it, with the token of its form; its code."""
        told = json.loads(self.request("GET", f"/objections/{self.bench.slug}/begin"))
        code = new_code()
        known = derived(code)
        header = Header(
            "objection",
            known.lookup,
            notice=self.bench.slug,
            office=told["first"],
            reply=known.reply,
            demonstration=True,
            sealed="page",
        )
        document = write_objection(replace(OBJECTION, facts=FACTS), header.bound)
        target = io.BytesIO()
        write_head(header, target)
        inside = container("objection.json", document).read()
        body = target.getvalue() + age(inside, told["keys"][told["first"]])
        return code, {"X-Form-Token": told["token"], "X-Privacy": told["privacy"]}, body

    def send_sealed(self, ready: Ready) -> tuple[str, str]:
        """Send it; code and envelope digest of the receipt."""
        code, headers, body = ready
        kind = {"Content-Type": "application/octet-stream"}
        path = f"/objections/{self.bench.slug}/sealed"
        self.connection.request("POST", path, body, headers | kind)
        response = self.connection.getresponse()
        told = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {told}")
        return grouped(code), str(told["sha256"])

    def form(self, method: str, path: str, fields: dict[str, str]) -> str:
        return self.request(
            method, path, urlencode(fields).encode(), "application/x-www-form-urlencoded"
        )

    def prepare(self, files: int = 0) -> dict[str, str]:
        """Fill in the form up to the check page; what its send button posts."""
        path = f"/objections/{self.bench.slug}/new"
        page = self.request("GET", path)
        entry = re.search(rf'value="([^"]*{self.bench.entry}[^"]*)"', page)
        assert entry
        fields = hidden(page) | {
            "entries": html.unescape(entry[1]),
            "grounds": "untrue",
            "kind": "person",
            "name": "钱七",
            "phone": "13912345678",
            "facts": FACTS,
        }
        body = b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
            for k, v in fields.items()
        )
        for number in range(files):
            body += (
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; '
                f'filename="{number}.pdf"\r\n\r\n'
            ).encode()
            body += b"%PDF-" + os.urandom(20 * MEGABYTE - 5) + b"\r\n"
        body += f"--{BOUNDARY}--\r\n".encode()
        return hidden(self.request("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}"))

    def send(self, fields: dict[str, str]) -> tuple[str, str]:
        """Send; code and envelope digest of the receipt."""
        page = self.form(
            "POST", f"/objections/{self.bench.slug}/check", fields | {"action": "send"}
        )
        code = re.search(r'id="receipt-code">([^<]+)', page)
        digest = re.search(r"sha256:([0-9a-f]{64})", page)
        assert code, page
        assert digest, page
        return code[1], digest[1]


class Way(NamedTuple):
    """How an objection is prepared and sent."""

    name: str
    prepare: Callable[[Client], Any]
    send: Callable[[Client, Any], tuple[str, str]]


SERVER = Way("server", Client.prepare, Client.send)
PAGE = Way("page", Client.seal, Client.send_sealed)


def hidden(page: str) -> dict[str, str]:
    form = page[page.index('<form method="post"') :]
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
    pairs = [(re.search('name="([^"]+)"', i), re.search('value="([^"]*)"', i)) for i in inputs]
    return {name[1]: html.unescape(value[1]) for name, value in pairs if name and value}


def timed(clients: int, jobs: list[Callable[[], None]]) -> tuple[float, list[float]]:
    """Run jobs by so many threads; jobs a second, and each one's seconds."""
    waiting = iter(jobs)
    lock = threading.Lock()
    took: list[float] = []

    def work() -> None:
        while True:
            with lock:
                job = next(waiting, None)
            if job is None:
                return
            started = time.perf_counter()
            job()
            took.append(time.perf_counter() - started)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(jobs) / (time.perf_counter() - started), took


def bare(bench: Bench, clients: int, count: int, size: int) -> float:
    """Bare write–fsync–rename–fsync of as many bytes, beside the drop box."""
    folder = bench.folder / "state/bare"
    for part in ("tmp", "in"):
        (folder / part).mkdir(parents=True)
    data = os.urandom(size)

    def one() -> None:
        publish(folder / "tmp", folder / "in" / secrets.token_hex(16), lambda out: out.write(data))

    rate, _ = timed(clients, [one] * count)
    shutil.rmtree(folder)
    return rate


def percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] * 1000


def acknowledged(
    bench: Bench, clients: int, count: int, rounds: int, way: Way = SERVER
) -> dict[str, object]:
    """Sends a second, beside the bare rate measured before and after each round."""
    rates, bares, took, work = [], [], [], []
    for _ in range(rounds):
        pool = [Client(bench) for _ in range(clients)]
        ready: list[list[Any]] = [[] for _ in pool]
        fill_all(pool, ready, count // clients, way)
        before = bare(bench, clients, count, 17_000)
        spent = processor_seconds(bench.workers)
        rate, seconds = send_all(bench, pool, ready, way)
        work.append((processor_seconds(bench.workers) - spent) / len(seconds) * 1000)
        after = bare(bench, clients, count, 17_000)
        rates.append(rate)
        bares.append((before + after) / 2)
        took += seconds
    ratios = [rate / other for rate, other in zip(rates, bares, strict=True)]
    return {
        "way": way.name,
        "clients": clients,
        "acknowledged a second": round(statistics.median(rates)),
        "bare a second": round(statistics.median(bares)),
        "ratio": round(statistics.median(ratios), 2),
        "p50 ms": round(percentile(took, 0.5), 1),
        "p99 ms": round(percentile(took, 0.99), 1),
        "server CPU ms each": round(statistics.median(work), 1),
    }


def processor_seconds(processes: list[int]) -> float:
    """Processor time that processes have used."""
    times = [psutil.Process(process).cpu_times() for process in processes]
    return sum(time.user + time.system for time in times)


def door(bench: Bench, clients: int, count: int, rounds: int) -> dict[str, object]:
    """The same without HTTP and form: seal, store, sign, by threads of two processes."""
    root = bench.folder / f"door-{clients}"
    (root / "site/notices").mkdir(parents=True)
    side = public_side(SiteTree(root / "site").write(MINIMAL), root / "state")
    notice = side.catalogue.by_slug[SLUG]
    objector = Objector(ObjectorKind.PERSON, "钱七", phone="13912345678")
    draft = Objection("", SLUG, 1, side.clock(), objector, (), FACTS, "1")

    def one() -> None:
        submissions.submit(
            draft,
            [],
            notice=notice,
            office="pingding-office",
            code=new_code(),
            decide=lambda: (side.clock(), side.catalogue.status(notice, side.clock())),
        )

    submissions = side.submissions()
    rates, bares = [], []
    for _ in range(rounds):
        before = bare(bench, clients, count, 17_000)
        started = time.perf_counter()
        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                timed(clients // 2, [one] * (count // 2))
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        rates.append(count / (time.perf_counter() - started))
        bares.append((before + bare(bench, clients, count, 17_000)) / 2)
    ratios = [rate / other for rate, other in zip(rates, bares, strict=True)]
    return {
        "clients, no HTTP": clients,
        "stored a second": round(statistics.median(rates)),
        "bare a second": round(statistics.median(bares)),
        "ratio": round(statistics.median(ratios), 2),
    }


def fill_all(pool: list[Client], ready: list[list[Any]], share: int, way: Way) -> None:
    """Prepare what each client will send."""

    def work(index: int) -> None:
        ready[index] = [way.prepare(pool[index]) for _ in range(share)]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(pool))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def send_all(
    bench: Bench, pool: list[Client], ready: list[list[Any]], way: Way
) -> tuple[float, list[float]]:
    """Each client sends its own prepared forms over its own connection."""
    took: list[float] = []

    def work(index: int) -> None:
        for one in ready[index]:
            started = time.perf_counter()
            answer = way.send(pool[index], one)
            took.append(time.perf_counter() - started)
            bench.promised.append(answer)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(pool))]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(took) / (time.perf_counter() - started), took


def memory(process: int) -> tuple[int, int]:
    """Resident memory and its peak, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    values = {n: int(re.search(rf"{n}:\s+(\d+)", status)[1]) * 1024 for n in ("VmRSS", "VmHWM")}  # type: ignore[index]
    return values["VmRSS"], values["VmHWM"]


def large(bench: Bench, workers: list[int]) -> dict[str, object]:
    """5 × 20 MB: seconds and peak memory of the one worker process."""
    [worker] = workers
    client = Client(bench)
    bench.promised.append(client.send(client.prepare()))
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    before, _ = memory(worker)
    started = time.perf_counter()
    fields = client.prepare(files=5)
    uploaded = time.perf_counter()
    bench.promised.append(client.send(fields))
    done = time.perf_counter()
    _, peak = memory(worker)
    return {
        "upload s": round(uploaded - started, 2),
        "seal and store s": round(done - uploaded, 2),
        "peak memory +MB": round((peak - before) / MEGABYTE, 1),
    }


def look_ups(bench: Bench, clients: int, count: int) -> dict[str, object]:
    """Status look-ups a second with right codes."""
    pool = [Client(bench) for _ in range(clients)]
    tokens = [hidden(client.request("GET", "/objections/status")) for client in pool]
    codes = [code for code, _ in bench.promised]
    took: list[float] = []

    def work(index: int) -> None:
        for turn in range(count // clients):
            code = codes[(index * 31 + turn) % len(codes)]
            started = time.perf_counter()
            page = pool[index].form("POST", "/objections/status", tokens[index] | {"code": code})
            took.append(time.perf_counter() - started)
            assert "异议办理情况" in page

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(took) / (time.perf_counter() - started)
    return {
        "clients": clients,
        "look-ups a second": round(rate),
        "p50 ms": round(percentile(took, 0.5), 1),
        "p99 ms": round(percentile(took, 0.99), 1),
    }


def lost(bench: Bench) -> int:
    """Acknowledged objections that are not there, or not the bytes of the receipt."""
    missing = 0
    for code, digest in bench.promised:
        path = bench.box.inbox / f"{derived(read_code(code)).lookup}.sealed"
        whole = path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
        missing += not whole
    return missing


def main() -> None:
    """Run everything and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer requests")
    parser.add_argument("--folder", type=Path, help="where the drop box lies (a real disk)")
    options = parser.parse_args()
    count, rounds = (64, 1) if options.quick else (320, 3)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        slug, entry = set_up(folder)
        print(json.dumps({"load average": os.getloadavg(), "cores": os.cpu_count()}), flush=True)
        with serving(folder, 1) as (port, workers):
            bench = Bench(folder, port, slug, entry)
            print(json.dumps({"5 x 20 MB": large(bench, workers)}, ensure_ascii=False), flush=True)
        with serving(folder, 2) as (port, bench.workers):
            bench.port = port
            for clients in (8, 32):
                for way in (SERVER, PAGE):
                    print(json.dumps(acknowledged(bench, clients, count, rounds, way)), flush=True)
                print(json.dumps(door(bench, clients, count, rounds)), flush=True)
            print(json.dumps(look_ups(bench, 8, count * 2)), flush=True)
        print(json.dumps({"load average": os.getloadavg()}), flush=True)
        print(json.dumps({"acknowledged": len(bench.promised), "lost": lost(bench)}), flush=True)


if __name__ == "__main__":
    main()
