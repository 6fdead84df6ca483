"""`portal desk`: the staff app on this machine, in one process."""

from __future__ import annotations

from datetime import datetime

import click

from portal.cli.server import serve
from portal.config.desk_settings import DeskSettings
from portal.desk.desk_app import create_app
from portal.desk.rounds import SECONDS, Rounds
from portal.domain.workdays import SHANGHAI
from portal.watching.events import log_events


@click.command("desk", help="启动工作台；解锁的密钥只在内存里，随程序结束而消失。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。")
@click.option(
    "--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="端口。"
)
@click.option("--every", default=SECONDS, show_default=True, help="每隔多少秒收取一次。")
@click.option(
    "--new-register",
    is_flag=True,
    help="从空的登记簿开始，哪怕已经收取过信封。",
)
def command(host: str, port: int, every: float, *, new_register: bool) -> None:
    """Serve the staff desk; unlocked keys live in its memory and end with it."""
    log_events(readable=True)
    app = create_app(DeskSettings(), lambda: datetime.now(SHANGHAI), new_register=new_register)
    Rounds(app.extensions["portal.desk"], every).start()
    serve(app, host, port, told=f"工作台：http://{host}:{port}/")
