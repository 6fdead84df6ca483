"""`portal annex`: check a filled-in form; write the forms as files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.config.common import Paths
from portal.content.annex.annexes import load_annexes
from portal.render.annex.annex_check import check_annex, report_lines
from portal.render.annex.annex_files import all_annex_files

_CHECK = "说明填好的表是哪一版，哪里没有填，哪里太长；有问题的，退出状态为1。"


@click.group("annex", help="申报表格：检查填好的表，或者写出 Word 和 PDF。")
def command() -> None:
    """Annex forms: check one that was filled in, or write them as Word and PDF."""


@command.command("check", help=_CHECK)
@click.argument(
    "file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def check(file: Path) -> None:
    """Say which version FILE is, what is empty, what is too long; exit status 1 if anything."""
    report = check_annex(file.read_bytes(), load_annexes(Paths().content[0] / "annexes"))
    for line in report_lines(report):
        click.echo(line)
    if report.problems:
        sys.exit(1)


@command.command("write", help="把各版表格写进文件夹，并显示 SHA-256。")
@click.argument("folder", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path))
def write(folder: Path) -> None:
    """Write every version of every form into FOLDER, with SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in all_annex_files(load_annexes(Paths().content[0] / "annexes")).items():
        (folder / name).write_bytes(file.content)
        click.echo(f"{file.sha256}  {name}")
