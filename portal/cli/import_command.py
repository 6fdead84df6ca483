"""`portal import`: an office's spreadsheet becomes the clean list.csv of a notice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli.editing import opened
from portal.config.common import Paths
from portal.content.award_files import read_editions
from portal.content.files.fault_collector import Faults
from portal.content.notice.list_reader import read_entries, read_table
from portal.content.notice.notice_folder import LIST, TEXT, read_folder
from portal.content.site_facts import read_site
from portal.domain.awards import joined_terms
from portal.editorial.drafts import write_whole
from portal.editorial.keeping_true import follow_list
from portal.errors import ContentError, PortalError, RequestError
from portal.importing.importer import import_list
from portal.importing.said import answers_of, read_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from portal.domain.awards import ListTerms
    from portal.importing.asking import Reading

_SOURCE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
_KEEP_OR_IGNORE = click.Choice(["keep", "ignore"])
_MOST_TOLD = 200
_HELP = """从 .xlsx、.docx（Word 表格）、.csv 或制表符分隔的文件写出名单 list.csv，逐条说明改动。

不能确定的地方会提问，这时什么也不写；照屏幕上的选项回答，再运行一次。"""

# Each answers one kind of question; what is asked names the option that answers it.
_ANSWERS = (
    (
        "sheet",
        "工作表",
        "导入这张工作表或这个 Word 表格；“全部”导入所有的。可以写几次。",
        True,
        None,
    ),
    ("rows", "5-20", "只导入这些行。", False, None),
    ("header", "行号", "表头在这一行。", False, None),
    ("name-column", "标题", "名称在这一列（写标题或列的字母）。", False, None),
    ("column", "标题=用途", "这一列用作什么；“略去”不导入。可以写几次。", True, None),
    ("ignore-row", "行号", "这一行不是条目。可以写几次，也可以写 23-25。", True, None),
    ("keep-row", "行号", "这一行是条目。可以写几次。", True, None),
    ("category", "类别", "表格里没有写类别时，都是这一类。", False, None),
    ("value", "列:值=值", "表格里的值是什么，如 类别:制造业=组织。可以写几次。", True, None),
    ("empty", "列=same", "空着的格与上一行相同（same）或就是空的（empty）。", True, None),
    ("cell", "B3=内容", "这一格的内容。可以写几次。", True, None),
    ("hidden", "", "隐藏、筛选掉的行：照常导入，或略去。", False, _KEEP_OR_IGNORE),
    ("hidden-columns", "", "隐藏的列：照常导入，或略去。", False, _KEEP_OR_IGNORE),
    ("struck", "", "有删除线的行：照常导入，或略去。", False, _KEEP_OR_IGNORE),
    ("confirm", "问题", "核对过这一处，没有问题。可以写几次。", True, None),
)


def _answering(command: Callable[..., None]) -> Callable[..., None]:
    for name, metavar, words, several, kind in reversed(_ANSWERS):
        command = click.option(
            f"--{name}", metavar=metavar or None, help=words, multiple=several, type=kind
        )(command)
    return command


@click.command("import", help=_HELP)
@click.argument("source", metavar="文件", type=_SOURCE)
@click.option("--notice", "slug", required=True, metavar="代号", help="公告文件夹的名称。")
@click.option("--content", type=_FOLDER, help="content 文件夹。")
@click.option("--notices", type=_FOLDER, help="notices 文件夹。")
@click.option("--force", is_flag=True, help="替换已有的 list.csv。")
@click.option("--answers", type=_SOURCE, help='回答的文件，每行 "问题" = "回答"。')
@_answering
def command(
    source: Path,
    slug: str,
    content: Path | None,
    notices: Path | None,
    answers: Path | None,
    *,
    force: bool,
    **options: Any,
) -> None:
    """Write a clean list.csv, or ask and write nothing; exit status 1 while a question is open."""
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
    said = read_answers(answers) if answers else {}
    said |= answers_of({name.replace("_", "-"): value for name, value in options.items()})
    terms = _terms(content or paths.content[0], folder)
    reading = import_list(source, site, said, terms=terms)
    _echo(list(map(str, reading.told)), err=False)
    if reading.questions:
        _echo_questions(reading)
        sys.exit(1)
    faults = Faults(str(target))
    table = read_table(reading.data, faults)
    if table is not None:
        read_entries(table, terms, faults)
    if faults.issues:
        _echo(list(map(str, faults.issues)), err=True)
        click.echo("没有写入。请改正后再导入。", err=True)
        sys.exit(1)
    before = target.read_bytes() if target.exists() else None
    target.write_bytes(reading.data)
    _echo(list(_followed(folder, before, reading.data, content)), err=True)
    click.echo(
        f"写入 {target}：{len(reading.entries)}条，说明{len(reading.told)}处。"
        "请核对后运行 portal lint。"
    )


def _followed(folder: Path, before: bytes | None, data: bytes, content: Path | None) -> list[str]:
    """Keep the counts true in a text that nobody recorded yet; what is to be looked at."""
    text = folder / TEXT
    try:
        around, _ = opened((content,) if content else (), (folder.parent,))
        if not text.is_file() or any(line.slug == folder.name for line in around.catalogue.ledger):
            return []
        written = text.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        fresh, told = follow_list(written, before, data, around)
    except (PortalError, UnicodeDecodeError):
        return []  # the lint says what is wrong
    if fresh != written:
        write_whole(text, fresh.encode())
    return list(told)


def _terms(content: Path, folder: Path) -> ListTerms:
    """What the lists of the notice's edition say; of all editions where it names none yet."""
    editions, issues = read_editions(content)
    if not editions:
        raise ContentError("content/awards/ 里没有可用的届次，不知道有哪些奖项和类别", issues)
    matter = read_folder(folder, Faults(str(folder)), Faults(str(folder))).matter
    edition = editions.get(str(matter.values.get("edition"))) if matter else None
    return edition.terms if edition else joined_terms(e.terms for e in editions.values())


def _echo(lines: list[str], *, err: bool) -> None:
    for line in lines[:_MOST_TOLD]:
        click.echo(line, err=err)
    if len(lines) > _MOST_TOLD:
        click.echo(f"……共{len(lines)}处", err=err)


def _echo_questions(reading: Reading) -> None:
    lines: list[str] = []
    for number, question in enumerate(reading.questions, 1):
        place = f"{question.place}：" if question.place else ""
        lines.append(f"问题{number}　{place}{question.text}")
        lines += [f"    {choice.option}　{choice.text}" for choice in question.choices]
    _echo(lines, err=True)
    click.echo(
        f"没有写入：有{len(reading.questions)}个问题。加上对应的选项再运行一次；"
        "也可以写进文件，用 --answers 给出：",
        err=True,
    )
    examples: Iterable[str] = (
        f'    "{q.id}" = "{q.choices[0].value}"' for q in reading.questions[:3] if q.choices
    )
    for example in examples:
        click.echo(example, err=True)
