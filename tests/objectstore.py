"""A real S3 server for tests: SeaweedFS from its locked package, on free ports of this machine."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.config.shared_settings import SharedSettings
from portal.errors import UnreachableError
from portal.sealed.object_store import ObjectStore

ACCESS, SECRET = "portal-test", "portal-test-secret"
_PORTS = ("master", "volume", "filer", "s3")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class StoreServer:
    """A server over a folder; it may be killed and started again with what it has."""

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self.folder, self.address = folder, address
        ports = free_ports(2 * len(_PORTS))
        self._ports = dict(zip(_PORTS, ports[: len(_PORTS)], strict=True))
        self._grpc = dict(zip(_PORTS, ports[len(_PORTS) :], strict=True))
        self._running: subprocess.Popen[bytes] | None = None
        identity = {
            "name": "portal",
            "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "List", "Write"],
        }
        # Of public sites anybody may read what he can name, and list nothing.
        anybody = {"name": "anonymous", "actions": ["Read:portal/site-*"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [identity, anybody]}))
        (folder / "data").mkdir()

    @property
    def endpoint(self) -> str:
        return f"http://{self.address}:{self._ports['s3']}"

    def start(self) -> "StoreServer":
        ports = [f"-{name}.port={port}" for name, port in self._ports.items()]
        ports += [f"-{name}.port.grpc={port}" for name, port in self._grpc.items()]
        program = Path(sysconfig.get_path("scripts")) / "weed"
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [
                    program,
                    f"-logdir={self.folder}",  # else in the machine's temporary folder, for ever
                    "server",
                    f"-dir={self.folder / 'data'}",
                    f"-ip={self.address}",
                    f"-ip.bind={self.address}",
                    "-s3",
                    "-s3.iam=false",
                    "-s3.port.iceberg=0",
                    "-s3.port.lance=0",
                    f"-s3.config={self.folder / 's3.json'}",
                    "-master.telemetry=false",
                    "-master.volumeSizeLimitMB=128",
                    "-volume.max=20",
                    *ports,
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        return self.wait()

    def wait(self) -> "StoreServer":
        """Until it stores something."""
        until = time.monotonic() + 90
        while True:
            try:
                self.store().require_conditions()
            except UnreachableError:
                ended = self._running is None or self._running.poll() is not None
                assert not ended, self._last_words()
                assert time.monotonic() < until, self._last_words()
                time.sleep(0.1)
            else:
                return self

    def _last_words(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """As a power cut of the program: no farewell."""
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()
            self._running = None
        for port in (*self._ports.values(), *self._grpc.values()):
            for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # it puts them nowhere else
                path.unlink(missing_ok=True)

    def settings(self, database: str = "") -> SharedSettings:
        """A fresh box of this server."""
        return SharedSettings(f"s3://portal/{secrets.token_hex(4)}", self.endpoint, "", database)

    def store(self, prefix: str = "waiting") -> ObjectStore:
        return ObjectStore("portal", prefix, self.endpoint)


@pytest.fixture(scope="session")
def store_server() -> Iterator[StoreServer]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setitem(os.environ, "AWS_ACCESS_KEY_ID", ACCESS)
        patch.setitem(os.environ, "AWS_SECRET_ACCESS_KEY", SECRET)
        server = StoreServer(Path(folder)).start()
        yield server
        server.kill()
