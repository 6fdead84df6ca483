"""`portal setup`: the documents' fonts, and the shipped texts to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from portal.config.shipped import shipped_texts
from portal.content.font_fetching import fetch_fonts, have_fonts, take_added
from portal.content.fonts import FONTS
from portal.errors import RequestError

_HELP = """安装以后运行一次：取来排版用的字体，逐个核对校验值。

\b
用 --texts 另把随程序发布的内容（政策说明、问答、附件、征集通知）写进一个文件夹，
在那里就可以运行 portal lint、portal build。已有的文件不动。"""


@click.command("setup", help=_HELP)
@click.option(
    "--fonts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="从这个文件夹取 Fandol 字体；不写时从 Debian 的软件包取。",
)
@click.option(
    "--added",
    type=click.Path(file_okay=False, path_type=Path),
    help="生僻字的补充字体在这个文件夹里；以前补充的由它代替。",
)
@click.option(
    "--texts",
    type=click.Path(file_okay=False, path_type=Path),
    help="把随程序发布的内容写进这个文件夹。",
)
def command(fonts: Path | None, added: Path | None, texts: Path | None) -> None:
    """Fetch the fonts with checked digests; write the shipped texts where they are asked for."""
    if not have_fonts():
        click.echo("正在取排版字体（约49 MB）……")
        fetch_fonts(fonts)
    if added is not None:
        click.echo(f"补充字体{take_added(added)}个")
    click.echo(f"排版字体齐全：{FONTS}")
    if texts is not None:
        _write(texts)


def _write(target: Path) -> None:
    source = shipped_texts()
    if source is None:
        raise RequestError("这份程序没有带内容，请重新安装")
    taken = [target / part for part in ("content", "notices") if (target / part).exists()]
    if taken:
        raise RequestError(f"{taken[0]} 已存在，不会覆盖")
    for part in ("content", "notices"):
        shutil.copytree(source / part, target / part)
    click.echo(f"内容已写入 {target}；到那里运行 portal lint，再照 site.toml 的说明改成自己的")
