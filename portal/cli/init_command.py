"""`portal init`: the site of another award, asked for or given by options."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.content.award_files import read_edition
from portal.domain.identifiers import SLUG
from portal.domain.places import Words
from portal.domain.window import Counting
from portal.domain.workdays import SHANGHAI
from portal.editorial.new_site import (
    SiteFacts,
    category_of,
    grade_of,
    simple_edition,
    write_site,
)
from portal.errors import ContentError, RequestError

if TYPE_CHECKING:
    from portal.domain.editions import Edition

_OWN = "main"  # the slug of whoever gives the award
_HELP = """新建一个评选的网站：写出 content 和 notices 两个文件夹，没有写明的逐项询问。

\b
内容都是中性的开头；要由办公室填写的标着“待填”，用 portal lint --todo 列出。
奖项、类别、环节复杂的，先照 docs/award.md 写好届次文件，用 --award-file 交给它。"""


@click.command("init", help=_HELP)
@click.argument("target", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path))
@click.option("--city", metavar="名称", help="哪个市、县或者区，如 示例市。")
@click.option("--award", metavar="名称", help="奖项的名称，不带届次，如 示例市质量奖。")
@click.option("--edition", "short", metavar="届次", help="如 第二届。")
@click.option("--office", metavar="名称", help="主办单位的全称。")
@click.option(
    "--district",
    "districts",
    metavar="代号=名称",
    multiple=True,
    help="下面的县区，如 dongshan=东山区，可以写几次；没有就不写。",
)
@click.option("--place-word", default="", metavar="词", help="下面各地怎样称呼，如 区、县（区）。")
@click.option("--own-word", default="", metavar="词", help="本级怎样称呼，如 市级、区级。")
@click.option("--grade", "grades", metavar="名称=名额", multiple=True, help="奖项，可以写几次。")
@click.option(
    "--category", "categories", metavar="名称=种类", multiple=True, help="类别，可以写几次。"
)
@click.option(
    "--length", default=5, show_default=True, type=click.IntRange(1, 366), help="公示期多长。"
)
@click.option(
    "--counting",
    type=click.Choice([c.value for c in Counting if c is not Counting.UNTIL]),
    default=Counting.WORKING_DAYS.value,
    show_default=True,
    help="公示期按什么计算。",
)
@click.option(
    "--award-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="写好的届次文件（content/awards/ 中的样子）。",
)
def command(  # noqa: PLR0917 - click passes them by name
    target: Path,
    city: str | None,
    award: str | None,
    short: str | None,
    office: str | None,
    districts: tuple[str, ...],
    place_word: str,
    own_word: str,
    grades: tuple[str, ...],
    categories: tuple[str, ...],
    length: int,
    counting: str,
    award_file: Path | None,
) -> None:
    """Write the folders; what no option says is asked."""
    usual = Words()
    places = dict(_district(text) for text in districts)
    if len(places) < len(districts):
        raise RequestError("--district 有两个代号相同，每个地方用不同的代号")
    city = city or click.prompt("哪个市、县或者区（如 示例市）")
    facts = SiteFacts(
        city,
        award or click.prompt("奖项名称", default=f"{city}质量奖"),
        office or click.prompt("主办单位的全称"),
        places,
        Words(place_word or usual.county, own_word or usual.own, usual.whole),
    )
    if award_file is not None:
        edition = _read(award_file)
    else:
        edition = simple_edition(
            facts,
            "first",
            short or click.prompt("届次", default="第一届"),
            grades=[grade_of(text) for text in grades or ("质量奖", "提名奖")],
            categories=[category_of(text) for text in categories or ("组织=organization",)],
            length=length,
            counting=Counting(counting),
        )
    files = write_site(target, facts, edition, datetime.now(SHANGHAI).date())
    click.echo(f"写好{len(files)}个文件，在 {target / 'content'}；公告放进 {target / 'notices'}")
    where = shlex.join(("--content", str(target / "content"), "--notices", str(target / "notices")))
    click.echo(f"接着：portal lint --todo {where}，逐项填写；portal build {where} 看一看")


def _district(text: str) -> tuple[str, str]:
    slug, _, name = text.partition("=")
    if not (SLUG.fullmatch(slug.strip()) and name.strip()) or slug.strip() == _OWN:
        raise RequestError(
            f"--district “{text}”不能用：写成 dongshan=东山区 的形式，代号只用小写字母、数字和单个"
            f"连字符，不写 {_OWN}"
        )
    return slug.strip(), name.strip()


def _read(path: Path) -> Edition:
    edition, issues = read_edition(path)
    if edition is None:
        raise ContentError(f"{path} 有错误，按提示改正", issues)
    return edition
