"""`portal demo`: a fictional award round; without --dir, the whole portal running on it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.config.common import Paths
from portal.content.demo import write_demo
from portal.content.loader import load
from portal.domain.workdays import SHANGHAI
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_START_SECONDS = 60
_COLLECT_SECONDS = 5


def _write(directory: Path, paths: Paths) -> None:
    real = load(paths.content, paths.notices)
    write_demo(directory, real.site, real.calendar, datetime.now(SHANGHAI).date())


def _environment(directory: Path, paths: Paths, site_url: str) -> dict[str, str]:
    """Environment of the child processes: the real content with the demonstration beside it."""

    def joined(folders: tuple[Path, ...], part: str) -> str:
        return os.pathsep.join(map(str, (*folders, directory / part)))

    return {
        **os.environ,
        "PORTAL_CONTENT": joined(paths.content, "content"),
        "PORTAL_NOTICES": joined(paths.notices, "notices"),
        "PORTAL_STATE": str(directory / "state"),
        "PORTAL_BASE_URL": site_url,
        "PORTAL_DEMONSTRATION": "1",
        # Both apps are opened on http://localhost here, where a Secure cookie would be dropped.
        "PORTAL_PLAIN_HTTP": "1",
        "PORTAL_DESK_PLAIN_HTTP": "1",
    }


def _portal(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "portal", *arguments]


@contextlib.contextmanager
def _running(environment: Mapping[str, str], *arguments: str) -> Iterator[None]:
    """Run a command of this package in the background, and stop it at the end."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        _portal(*arguments), env=dict(environment), stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _wait_for(url: str) -> None:
    """Return when a server answers; RequestError when it does not in time."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):  # noqa: S310 - ours
            return
        time.sleep(0.2)
    raise RequestError(f"{url} 没有启动；请看上面的提示，或检查端口是否被占用")


def _collect_forever(environment: Mapping[str, str]) -> None:
    """What a timer does in production: carry objections to the desk and answers back."""
    while True:
        subprocess.run(  # noqa: S603 - our own command
            _portal("collect"), env=dict(environment), check=False, stdout=subprocess.DEVNULL
        )
        time.sleep(_COLLECT_SECONDS)


def _publish(environment: Mapping[str, str], directory: Path, *site: str) -> None:
    """Enter the fictional notices into a ledger of their own, never into that of notices/."""
    key = ("--key", str(directory / "ledger.pem"), "--no-passphrase")
    where = ("--notices", str(directory / "notices"))
    subprocess.run(  # noqa: S603 - our own command
        _portal("publish", *key, *where, *site),
        env=dict(environment),
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _run(directory: Path, paths: Paths, ports: tuple[int, int]) -> None:
    site, desk = (f"http://localhost:{port}" for port in ports)
    environment = _environment(directory, paths, site)
    signal.signal(signal.SIGTERM, _stop)
    from portal.desk.demo import prepare

    click.echo("准备演示数据、密钥和签名……")
    _publish(environment, directory)
    sign_in = prepare(environment, datetime.now(SHANGHAI))
    with (
        contextlib.suppress(KeyboardInterrupt),
        _running(environment, "serve", "--port", str(ports[0])),
        _running(environment, "desk", "--port", str(ports[1])),
    ):
        _wait_for(f"{site}/robots.txt")
        click.echo(f"\n公众网站    {site}/")
        build = _portal("build", "--out", "build", "--base-url", site)
        subprocess.run(build, env=environment, check=True)  # noqa: S603 - our own command
        _publish(environment, directory, "--site", "build")
        _wait_for(f"{desk}/")
        click.echo(f"\n公众网站    {site}/")
        click.echo(f"办理台      {desk}/")
        click.echo(sign_in)
        click.echo("静态网站    build/index.html")
        click.echo("全部为演示数据；按 Ctrl+C 结束。\n")
        _collect_forever(environment)


@click.command("demo")
@click.option(
    "--dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only write the fictional edition into this folder.",
)
@click.option("--port", default=8000, show_default=True, help="Port of the public site.")
@click.option("--desk-port", default=8001, show_default=True, help="Port of the desk.")
def command(directory: Path | None, port: int, desk_port: int) -> None:
    """Show the whole portal with fictional data: site, desk and static build."""
    paths = Paths()
    target = directory or paths.state / "demo"
    _write(target, paths)
    if directory is not None:
        click.echo(f"演示数据已写入 {directory}；用 --content 和 --notices 与正式内容一并读取")
        return
    _run(target, paths, (port, desk_port))
