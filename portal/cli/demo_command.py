"""`portal demo`: a fictional award round; without --dir, the whole portal running on it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal import __version__
from portal.config.common import Paths
from portal.config.shipped import shipped_texts
from portal.content.loader import load
from portal.demo.award_round import write_demo
from portal.demo.own_content import own_content
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError
from portal.ledger.noted_heads import forget_heads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEY, _OWN = "ledger.pem", "own-content"
_START_SECONDS = 60
_COLLECT_SECONDS = 5


def _write(directory: Path, paths: Paths) -> bool:
    """Write the fictional edition; False when the one that stands is already that of today."""
    real = load(paths.content, paths.notices)
    today = datetime.now(SHANGHAI).date()
    stamp = directory / ".written"
    key = f"{today} {__version__} {real.site}"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == key:
        return False
    stamp.unlink(missing_ok=True)
    write_demo(directory, real, today)
    forget_heads(directory / _KEY)
    stamp.write_text(key, encoding="utf-8")
    return True


def _environment(directory: Path, paths: Paths, site_url: str) -> dict[str, str]:
    """Environment of the child processes: a copy of the content, the demonstration beside it.

    The desk publishes into the first folder of each: never into the office's own.
    """

    def joined(*folders: Path) -> str:
        return os.pathsep.join(map(str, folders))

    return {
        **os.environ,
        "PORTAL_CONTENT": joined(directory / _OWN, *paths.content[1:], directory / "content"),
        "PORTAL_NOTICES": joined(directory / "notices", *paths.notices),
        "PORTAL_LEDGER_KEY": str(directory / _KEY),
        "PORTAL_STATE": str(directory / "state"),
        "PORTAL_BASE_URL": site_url,
        "PORTAL_OBJECTIONS_URL": "/objections",
        "PORTAL_DEMONSTRATION": "1",
        # The shipped call, which no office has signed, is shown as a preview.
        "PORTAL_DRAFTS": "1",
        # The desk is opened on http://localhost here, where a Secure cookie would be dropped.
        "PORTAL_DESK_PLAIN_HTTP": "1",
    }


def _portal(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "portal", *arguments]


def _do(environment: Mapping[str, str], *arguments: str, quiet: bool = False) -> None:
    """Run a command of this package; RequestError when it fails, after its own message."""
    out = subprocess.DEVNULL if quiet else None
    done = subprocess.run(  # noqa: S603 - our own command
        _portal(*arguments), env=dict(environment), check=False, stdout=out
    )
    if done.returncode:
        raise RequestError(f"portal {arguments[0]} 没有成功，请看上面的提示")


@contextlib.contextmanager
def _running(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of this package in the background, and stop it at the end."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        _portal(*arguments), env=dict(environment), stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _refuse_taken(*ports: int) -> None:
    """Say before any work that a port is in use, instead of showing somebody else's server."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                message = f"端口{port}已被占用，请换一个：portal demo --port N --desk-port M"
                raise RequestError(message) from None


def _refuse_dead(*servers: subprocess.Popen[bytes]) -> None:
    for server in servers:
        if server.poll() is not None:
            raise RequestError("有一个服务已经停止，请看上面的提示")


def _wait_for(port: int, path: str, server: subprocess.Popen[bytes]) -> None:
    """Return when a server answers; RequestError when it died or does not in time."""
    url = f"http://127.0.0.1:{port}{path}"
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        _refuse_dead(server)
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    raise RequestError(f"端口{port}上的服务没有按时启动，请看上面的提示")


def _collect_forever(environment: Mapping[str, str], *servers: subprocess.Popen[bytes]) -> None:
    """What a timer does in production: carry objections to the desk and answers back."""
    while True:
        _refuse_dead(*servers)
        subprocess.run(  # noqa: S603 - our own command
            _portal("collect"), env=dict(environment), check=False, stdout=subprocess.DEVNULL
        )
        time.sleep(_COLLECT_SECONDS)


def _publish(environment: Mapping[str, str], directory: Path, *act: str) -> None:
    """Enter the fictional notices into a ledger of their own, never into that of notices/."""
    key = ("--key", str(directory / _KEY), "--no-passphrase")
    where = ("--notices", str(directory / "notices"))
    _do(environment, "publish", *act, *key, *where, quiet=True)


def _prepared(directory: Path, paths: Paths, site_url: str) -> dict[str, str]:
    """The fictional round with a ledger of its own; the environment that shows it."""
    own_content(paths.content[0], directory / _OWN)
    environment = _environment(directory, paths, site_url)
    if _write(directory, paths):
        from portal.demo.demo_cases import export

        export(environment, datetime.now(SHANGHAI))
        _publish(environment, directory, "--due")
    return environment


def _content(paths: Paths) -> Paths:
    """The content here, or what came with the program where there is none: all becomes 演示."""
    shipped = shipped_texts()
    if shipped is None or paths.content[0].exists() or "PORTAL_CONTENT" in os.environ:
        return paths
    click.echo("这里没有 content/，用随程序发布的内容")
    return replace(paths, content=(shipped / "content",), notices=(shipped / "notices",))


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _run(directory: Path, environment: Mapping[str, str], ports: tuple[int, int]) -> None:
    site, desk = (f"http://localhost:{port}/" for port in ports)
    signal.signal(signal.SIGTERM, _stop)
    from portal.demo.demo_cases import prepare

    sign_in = prepare(environment, datetime.now(SHANGHAI))
    with (
        contextlib.suppress(KeyboardInterrupt),
        _running(environment, "serve", "--port", str(ports[0])) as public_server,
        # A passkey is bound to the address at which the desk is opened.
        _running(
            {**environment, "PORTAL_DESK_ORIGIN": desk.rstrip("/")},
            *("desk", "--port", str(ports[1])),
        ) as desk_server,
    ):
        _wait_for(ports[0], "/robots.txt", public_server)
        click.echo(f"公众网站已经可以打开：{site}")
        _do(environment, "build", "--out", "build", "--base-url", site.rstrip("/"))
        _publish(environment, directory, "--site", "build")
        _wait_for(ports[1], "/", desk_server)
        click.echo(f"\n公众网站    {site}")
        click.echo(f"工作台      {desk}")
        click.echo(sign_in)
        click.echo("静态网站    build/（怎样打开，见上面的说明）")
        click.echo("全部为演示数据；按 Ctrl+C 结束。\n")
        _collect_forever(environment, public_server, desk_server)


@click.command("demo", help="用演示数据展示全部：公众网站、工作台、静态网站。")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="只把演示数据写进这个文件夹。",
)
@click.option("--port", default=8000, show_default=True, help="公众网站的端口。")
@click.option("--desk-port", default=8001, show_default=True, help="工作台的端口。")
def command(directory: Path | None, port: int, desk_port: int) -> None:
    """Show the whole portal with fictional data: site, desk and static build."""
    paths = _content(Paths())
    if directory is not None:
        _prepared(directory, paths, "")
        click.echo(f"演示数据已写入 {directory}；用 --content 和 --notices 与正式内容一并读取")
        return
    _refuse_taken(port, desk_port)
    click.echo("准备演示数据、密钥和签名……")
    target = paths.state / "demo"
    environment = _prepared(target, paths, f"http://localhost:{port}")
    _run(target, environment, (port, desk_port))
