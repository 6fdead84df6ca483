"""`portal edition`: the next edition of the award, begun from an earlier one."""

from __future__ import annotations

from pathlib import Path

import click

from portal.config.common import Paths
from portal.content.award_files import read_edition
from portal.content.former_editions import FORMER
from portal.domain.identifiers import SLUG
from portal.editorial.next_edition import TO_DECIDE, keep_former, next_edition
from portal.errors import ContentError, RequestError


@click.group("edition", help="届次：从以前的一届开始新的一届。")
def command() -> None:
    """Commands about editions."""


@command.command("new", help="新的一届：照搬奖项、类别、限额和环节，列出要重新决定的事项。")
@click.argument("slug", metavar="代号")
@click.option("--from", "earlier", required=True, metavar="代号", help="从哪一届开始。")
@click.option("--short", required=True, metavar="届次", help="新的一届怎样称呼，如 第四届。")
@click.option(
    "--content",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="content 文件夹。",
)
def new(slug: str, earlier: str, short: str, content: Path | None) -> None:
    """Write content/awards/<slug>.toml; it never replaces a file."""
    folder = (content or Paths().content[0]) / "awards"
    if not SLUG.fullmatch(slug):
        raise RequestError(f"“{slug}”不能用在网址里：只用小写字母、数字和单个连字符")
    if not (folder / f"{earlier}.toml").is_file():
        known = "、".join(sorted(path.stem for path in folder.glob("*.toml"))) or "无"
        raise RequestError(f"没有届次“{earlier}”；现有：{known}")
    target = folder / f"{slug}.toml"
    if target.exists():
        raise RequestError(f"{target} 已经存在，不会覆盖")
    edition, issues = read_edition(folder / f"{earlier}.toml")
    if edition is None:
        raise ContentError(f"届次“{earlier}”的文件有错误，先改正", issues)
    kept = keep_former(folder.parent, earlier, folder.parent / FORMER)
    target.write_text(next_edition(edition, slug, short), encoding="utf-8")
    if kept:
        click.echo(f"{edition.short}的解读、问答和表格留存在 {kept}，网站上仍可查阅")
    click.echo(f"写好 {target}。要重新决定的：")
    for line in TO_DECIDE:
        click.echo(f"- {line}")
