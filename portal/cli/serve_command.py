"""`portal serve`: the public site with the objection form, on one machine."""

from __future__ import annotations

from datetime import datetime

import click

from portal.cli.server import serve
from portal.config.public_settings import PublicSettings
from portal.domain.workdays import SHANGHAI
from portal.public import create_app
from portal.watching.events import log_events


@click.command("serve", help="启动公众网站和异议表单；内容文件改动后自动重新读取。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口。"
)
@click.option(
    "--threads",
    default=8,
    show_default=True,
    type=click.IntRange(1, 64),
    help="同时处理的请求数。",
)
@click.option("--development", is_flag=True, help="另有 /styleguide/，列出页面的全部部件。")
def command(host: str, port: int, threads: int, *, development: bool) -> None:
    """Serve the public site and the objection form; content is reloaded when its files change."""
    log_events(readable=True)
    app = create_app(PublicSettings(), lambda: datetime.now(SHANGHAI), development=development)
    told = f"公开网站：http://{host}:{port}{app.jinja_env.globals['root']}/"
    serve(app, host, port, threads=threads, told=told)
