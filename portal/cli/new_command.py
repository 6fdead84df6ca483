"""`portal new`: begin a notice, with everything that is known set in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli.editing import drafts_for, opened, put_in_place, with_places
from portal.domain.dates import write_span
from portal.domain.round_news import Reached, StepReached
from portal.editorial.beginnings import begin, office_of, possibilities
from portal.editorial.facts import PENDING, window_of
from portal.editorial.word_text import text_from_file
from portal.errors import RequestError

if TYPE_CHECKING:
    from portal.domain.editions import Edition
    from portal.domain.places import Site
    from portal.editorial.beginnings import Possibility
    from portal.editorial.drafts import Draft
    from portal.editorial.surroundings import Surroundings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_HELP = """起草一份公告：标题、正文、公示期、联系方式按已知的填好，名单和日期以后随之更改。

不写种类的，列出现在可以起草的，不能的说明原因。"""


@click.command("new", help=_HELP)
@click.argument("kind", metavar="[种类]", required=False)
@click.option("--county", metavar="县区", help="哪个县（区），写代号或名称。")
@click.option("--edition", metavar="届次", help="content/awards/ 中的文件名；只有一届的不用写。")
@click.option("--issuer", metavar="单位", help="发布单位的代号；默认为该县（区）的，或主办单位。")
@click.option("--step", metavar="环节", help="评选进展：哪个环节，写届次规定的名称。")
@click.option(
    "--reached", type=click.Choice([r.value for r in Reached]), help="开始了，还是结束了。"
)
@click.option("--slug", default="", metavar="代号", help="网址名；不写的，按届次和县区起名。")
@click.option("--text", "source", type=_FILE, help="正文用这个 .docx、.txt 或 .md 文件的文字。")
@with_places
def command(  # noqa: PLR0917 - click passes them by name
    kind: str | None,
    county: str | None,
    edition: str | None,
    issuer: str | None,
    step: str | None,
    reached: str | None,
    slug: str,
    source: Path | None,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    as_draft: bool,
) -> None:
    """Begin a notice among the notices, or at the desk; without a kind tell what is possible."""
    around, at = opened(content, notices)
    award = _edition(around, edition)
    offered = possibilities(around.catalogue, award, tuple(around.catalogue.site.offices), at)
    if kind is None:
        for one in offered:
            click.echo(_told(one))
        return
    place = _county(around.catalogue.site, county)
    wanted = next((p for p in offered if kind in (p.kind, p.kind.label)), None)
    if wanted is None:
        kinds = dict.fromkeys(f"{p.kind}（{p.kind.label}）" for p in offered)
        raise RequestError(f"没有这种公告“{kind}”；可用：{'、'.join(kinds)}")
    progress = StepReached(step, Reached(reached)) if step and reached else None
    office = issuer or office_of(around.catalogue, place)
    with drafts_for(around, as_draft=as_draft) as drafts:
        draft = begin(
            *(drafts, around, wanted.kind, award.slug, at),
            issuer=office,
            county=place,
            slug=slug,
            progress=progress,
        )
        if source is not None:
            text = text_from_file(source.read_bytes(), source.name)
            draft = drafts.save(draft.slug, draft.digest, draft.values, text.markdown)
            for told in text.told:
                click.echo(told, err=True)
        folder = put_in_place(draft, around, as_draft=as_draft)
    _tell(draft, folder, around, as_draft=as_draft)


def _edition(around: Surroundings, wanted: str | None) -> Edition:
    editions = around.catalogue.editions
    own = [edition for edition in editions.values() if not edition.demonstration]
    if wanted is None and len(own) == 1:
        return own[0]
    if wanted is not None and wanted in editions:
        return editions[wanted]
    names = "、".join(sorted(editions)) or "无"
    raise RequestError(
        f"没有届次“{wanted}”；现有：{names}" if wanted else f"请用 --edition 写明届次：{names}"
    )


def _county(site: Site, wanted: str | None) -> str | None:
    if wanted is None or wanted in site.counties:
        return wanted
    found = next((slug for slug, county in site.counties.items() if county.name == wanted), None)
    if found is None:
        names = "、".join(f"{slug}（{county.name}）" for slug, county in site.counties.items())
        raise RequestError(f"没有县区“{wanted}”；现有：{names}")
    return found


def _told(one: Possibility) -> str:
    county = f" --county {one.county}" if one.county else ""
    if one.progress:
        county = f" --step {one.progress.step} --reached {one.progress.reached}"
    if not one.possible:
        return f"{one.label}：现在不能起草。{one.reason}"
    return f"{one.label}：portal new {one.kind}{county}" + (f"（{one.reason}）" * bool(one.reason))


def _tell(draft: Draft, folder: Path, around: Surroundings, *, as_draft: bool) -> None:
    click.echo(f"{folder}：《{draft.title}》")
    window = window_of(draft.values, around.catalogue.calendar)
    if window is not None:
        click.echo(f"公示期：{write_span(window.opens, window.closes)}，按现在发布推算")
    if PENDING in draft.body:
        click.echo(f"正文里的“{PENDING}”要填写；写名单条数的，放入名单以后核对")
    if not as_draft:
        click.echo(
            f"接着：portal import 名单.xlsx --notice {draft.slug}（有名单的）、"
            f"portal preview {draft.slug}、portal lint --stage publish、portal publish {draft.slug}"
        )
