"""`portal lint`: check content and notices, each fault with its place, code and remedy."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portal.cli.editing import DRAFTS
from portal.config.common import Paths
from portal.config.common import command as setting
from portal.config.public_settings import PublicSettings
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import Drafts
from portal.errors import Severity, Stage
from portal.lint.checker import Checker
from portal.lint.left_to_say import todos
from portal.lint.repairs import repair
from portal.lint.run import explain, explanations, lint
from portal.sealed.public_keys import PublicKeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.errors import Issue

HOLDS = "holds.json"
_ROUNDS = 20
"""How often what is left is looked at again: of a character that stands often, one goes a round."""

_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command("lint", help="检查网站的文件；有必须改正的，退出状态为1。")
@click.option(
    "--stage",
    type=click.Choice([s.value for s in Stage]),
    default=Stage.DRAFT.value,
    help="draft：起草时；publish：发布以前必须满足的全部。",
)
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", help="输出的格式。"
)
@click.option("--explain", "code", metavar="代码", help="说明一个代码的意思；all 列出全部。")
@click.option("--content", type=_FOLDER, multiple=True, help="content 文件夹，可以写几次。")
@click.option("--notices", type=_FOLDER, multiple=True, help="notices 文件夹，可以写几次。")
@click.option(
    "--holds",
    type=_FILE,
    help="工作台的 holds.json：暂缓的条目；默认用状态文件夹中的。",
)
@click.option(
    "--draft", "slug", metavar="代号", help="只检查工作台的这份草稿，放在已有的公告之上。"
)
@click.option("--todo", is_flag=True, help="只列出内容里标着“待填”的地方。")
@click.option("--anew", is_flag=True, help="全部重新检查，不用上次检查过的结果。")
@click.option("--fix", is_flag=True, help="先改正不用人判断的；已入发布台账的文本不改。")
def command(  # noqa: PLR0917 - click passes them by name
    stage: str,
    style: str,
    code: str | None,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    holds: Path | None,
    slug: str | None,
    todo: bool,
    anew: bool,
    fix: bool,
) -> None:
    """Check the site's files; exit status 1 when something must be mended."""
    if code is not None:
        _explain(code)
        return
    paths = Paths()
    if todo:
        _list_todos(content or paths.content)
        return
    if holds is None and (paths.state / HOLDS).exists():
        holds = paths.state / HOLDS
    keys = PublicKeys(PublicSettings().keys / "public")
    look = partial(
        lint,
        content or paths.content,
        notices or paths.notices,
        stage=Stage(stage),
        holds=holds,
        desk=keys.desk(),
        now=datetime.now(SHANGHAI),
        keyed=keys.takes_objections,
        checker=Checker(setting("PORTAL_CHECKER")),
        drafts=[Drafts(paths.state / DRAFTS).read(slug).folder] if slug else (),
        kept=None if anew else paths.state / "cache" / "lint",
    )
    issues = look()
    for _ in range(_ROUNDS if fix else 0):
        mended = repair(issues)
        for issue in mended:
            click.echo(f"已改正：{issue}", err=True)
        if not mended:
            break
        issues = look()
    click.echo(_as_json(issues) if style == "json" else _as_text(issues))
    if any(issue.severity is Severity.ERROR for issue in issues):
        sys.exit(1)


def _list_todos(content: Sequence[Path]) -> None:
    found = [todo for folder in content for todo in todos(folder)]
    for todo in found:
        click.echo(str(todo))
    click.echo(f"{len(found)}处要填写。" if found else "没有要填写的。")


def _explain(code: str) -> None:
    if code == "all":
        for known, text in explanations().items():
            click.echo(f"{known}  {text.partition(chr(10))[0]}")
        return
    explanation = explain(code)
    if explanation is None:
        raise click.BadParameter(
            f"没有代码 {code}；用 --explain all 列出全部", param_hint="--explain"
        )
    click.echo(f"{code.upper()}  {explanation}")


def _as_text(issues: list[Issue]) -> str:
    lines = [
        f"{issue}" + ("［提醒］" if issue.severity is Severity.WARNING else "") for issue in issues
    ]
    counts = Counter(issue.severity for issue in issues)
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    if issues:
        hint = "说明：portal lint --explain 代码"
        return "\n".join([*lines, f"{errors}处错误，{warnings}处提醒。{hint}"])
    return "没有发现问题。"


def _as_json(issues: list[Issue]) -> str:
    rows = [
        {
            "path": issue.path,
            "line": issue.line,
            "column": issue.column,
            "code": issue.code,
            "severity": issue.severity.value,
            "message": issue.message,
            "remedy": issue.remedy,
            "repair": {"old": issue.repair.old, "new": issue.repair.new} if issue.repair else None,
        }
        for issue in issues
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)
