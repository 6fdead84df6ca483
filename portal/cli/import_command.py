"""`portal import`: an office's spreadsheet becomes the clean list.csv of a notice."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.config.common import Paths
from portal.content.files.fault_collector import Faults
from portal.content.notice.list_reader import read_entries, read_table
from portal.content.notice.notice_folder import LIST
from portal.content.site_facts import read_site
from portal.errors import ContentError, RequestError
from portal.importing.importer import import_list

_SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)


@click.command("import")
@click.argument("source", type=_SOURCE)
@click.option("--notice", "slug", required=True, metavar="SLUG", help="Folder under notices/.")
@click.option("--content", type=_FOLDER, help="Content folder.")
@click.option("--notices", type=_FOLDER, help="Notices folder.")
@click.option("--force", is_flag=True, help="Replace a list.csv that is there.")
def command(
    source: Path, slug: str, content: Path | None, notices: Path | None, *, force: bool
) -> None:
    """Write a clean list.csv from an .xlsx or .csv file, and tell each change."""
    paths = Paths()
    site, issues = read_site(content or paths.content[0])
    if site is None:
        raise ContentError("site.toml 有误，不能核对县区", issues)
    folder = (notices or paths.notices[0]) / slug
    if not folder.is_dir():
        raise RequestError(f"没有公告文件夹 {folder}；先建立文件夹和 notice.md")
    target = folder / LIST
    if target.exists() and not force:
        raise RequestError(f"{target} 已经存在；确认要替换的，加 --force")
    imported = import_list(source, site)
    for change in imported.changes:
        click.echo(str(change))
    faults = Faults(str(target))
    table = read_table(imported.data, faults)
    if table is not None:
        read_entries(table, faults)
    target.write_bytes(imported.data)
    for issue in faults.issues:
        click.echo(str(issue), err=True)
    click.echo(
        f"写入 {target}：{imported.entries}条，改动{len(imported.changes)}处。"
        "请核对后运行 portal lint。"
    )
    if faults.issues:
        sys.exit(1)
