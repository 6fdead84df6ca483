"""`portal build`: the static site, as far as it changed; with --watch again and again."""

from __future__ import annotations

import gc
import shlex
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from portal.config.build_settings import BuildSettings
from portal.content.record.changes import Folders
from portal.content.site_facts import read_site
from portal.domain.dates import write_clock, write_meta
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import BuildError, ContentError
from portal.freezer.build import build
from portal.freezer.groups import GROUPS
from portal.freezer.task import BuildOptions, BuildResult

if TYPE_CHECKING:
    from collections.abc import Callable

_BAR_WIDTH = 30
_WATCH_SECONDS = 1.0
# A build makes few cycles and keeps much that is none: looking for them by the usual thresholds
# takes 4 % of a build of one notice.
_COLLECT_SELDOM = (100_000, 20, 50)


class TerminalReporter:
    """Draws one bar for each stage on a terminal; elsewhere one plain line when a stage ends."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._stage, self._total, self._done, self._drawn = "", 0, 0, 0.0

    def note(self, message: str) -> None:
        """Print a line."""
        click.echo(message)

    def start(self, stage: str, total: int) -> None:
        """Begin a bar."""
        self._stage, self._total, self._done = stage, total, 0
        self._drawn = 0.0

    def advance(self, steps: int = 1) -> None:
        """Draw the bar, at most ten times a second."""
        self._done += steps
        now = time.monotonic()
        if self._terminal and now - self._drawn > 0.1:  # noqa: PLR2004
            self._drawn = now
            self._draw()

    def finish(self) -> None:
        """Leave the full bar or a plain line behind."""
        if not self._total:
            return
        if self._terminal:
            self._draw()
            click.echo()
        else:
            click.echo(f"{self._stage}：{self._done}")

    def _draw(self) -> None:
        filled = _BAR_WIDTH * self._done // self._total
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        click.echo(f"\r{self._stage} {bar} {self._done}/{self._total}", nl=False)


def _instant(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        message = "不是 ISO 格式的时间，例如 2026-11-22T09:00:00+08:00"
        raise click.BadParameter(message) from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _formats(_: click.Context, __: click.Parameter, value: str | None) -> frozenset[str] | None:
    if value is None:
        return None
    chosen = frozenset(part.strip() for part in value.split(",") if part.strip())
    unknown = chosen - GROUPS
    if unknown or not chosen:
        known = "、".join(sorted(GROUPS))
        raise click.BadParameter(f"没有“{'、'.join(sorted(unknown))}”；可选：{known}")
    return chosen


def _summary(result: BuildResult, out: Path, seconds: float) -> str:
    if not result.rendered and not result.removed:
        text = f"没有变化，{out} 中的{result.pages}个文件保持原样"
    else:
        text = (
            f"{out} 已更新：共{result.pages}个文件，生成{result.rendered}个，"
            f"改写{result.written}个，删除{result.removed}个"
        )
    due = result.next_change
    kept = "".join(f"\n未公开：{item.slug}，{item.reason}" for item in result.left_out)
    later = f"\n下一次状态变化：{write_meta(due)}" if due else ""
    return f"{text}，用时{seconds:.2f}秒{kept}{later}"


def _how_to_look(options: BuildOptions) -> str:
    """A page opened from a file manager has no style, since its links begin at the host's root."""
    site, _ = read_site(options.folders.content[0])
    root = urlsplit(options.folders.base_url or (site.base_url if site else "")).path.strip("/")
    if root:
        return f"查看：放在网站的 /{root}/ 下；直接双击打开的页面没有样式"
    return (
        f"查看：运行 python3 -m http.server --directory {shlex.quote(str(options.out))} 8080，"
        "再打开 http://localhost:8080/；直接双击打开的页面没有样式"
    )


def watch(once: Callable[[datetime], None], clock: Callable[[], datetime]) -> None:
    """Build for ever: a build that finds nothing to do is cheap enough to be the way of looking."""
    while True:
        once(clock())
        time.sleep(_WATCH_SECONDS)


@click.command("build", help="生成静态网站：只生成有变化的页面，完成后整体替换。")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="输出文件夹。")
@click.option("--as-of", callback=_instant, metavar="时间", help="按这个时间生成。")
@click.option("--jobs", type=click.IntRange(1, 64), help="同时工作的进程数；默认等于处理器核数。")
@click.option("--clean", is_flag=True, help="全部重新生成。")
@click.option("--formats", callback=_formats, metavar="html,feeds,…", help="只生成这些格式。")
@click.option(
    "--content",
    multiple=True,
    type=click.Path(path_type=Path),
    help="content 文件夹，可以写几次。",
)
@click.option(
    "--notices",
    multiple=True,
    type=click.Path(path_type=Path),
    help="notices 文件夹，可以写几次。",
)
@click.option(
    "--base-url",
    envvar="PORTAL_BASE_URL",
    help="网站地址，代替 site.toml 中的。",
)
@click.option("--drafts", is_flag=True, help="预览：没有登记的也生成，标明“预览”。")
@click.option("--watch", "stay", is_flag=True, help="不退出，有变化时再生成。")
def command(
    *,
    out: Path | None,
    as_of: datetime | None,
    jobs: int | None,
    clean: bool,
    formats: frozenset[str] | None,
    content: tuple[Path, ...],
    notices: tuple[Path, ...],
    base_url: str | None,
    drafts: bool,
    stay: bool,
) -> None:
    """Build the static site: only what changed is rendered, and it is swapped in whole."""
    gc.set_threshold(*_COLLECT_SELDOM)
    if drafts and out is None:
        raise click.UsageError("--drafts 要用 --out 写明另外的文件夹，预览不放进网站")
    settings = BuildSettings()
    paths = settings.paths
    options = BuildOptions(
        Folders(
            content or paths.content,
            notices or paths.notices,
            base_url,
            Unrecorded.MARKED if drafts else paths.unrecorded,
        ),
        out or settings.out,
        settings.cache,
        formats,
        settings.objections_url,
        jobs or settings.jobs,
        clean,
    )
    if not stay:
        _once(options, as_of or datetime.now(SHANGHAI))
        return
    if as_of or clean:
        raise click.UsageError("--watch 不能与 --as-of 或 --clean 同时使用")
    click.echo("正在监视改动，按 Ctrl+C 结束")
    quiet = _Quiet(options)
    _load()
    try:
        watch(quiet.once, lambda: datetime.now(SHANGHAI))
    except KeyboardInterrupt:
        click.echo("\n已停止")


def _load() -> None:
    """Load once what every build would otherwise load in the processes that it forks."""
    from portal.render.notice.feeds import load_library

    load_library()


def _once(options: BuildOptions, at: datetime) -> BuildResult:
    started = time.monotonic()
    result = build(options, at, TerminalReporter())
    click.echo(_summary(result, options.out, time.monotonic() - started))
    click.echo(_how_to_look(options))
    return result


class _Quiet:
    """One round of --watch: prints only when something happened, and each fault once."""

    def __init__(self, options: BuildOptions) -> None:
        self._options = options
        self._said = ""

    def once(self, at: datetime) -> None:
        """Build; a fault is told and waited out, the published site stays."""
        started = time.monotonic()
        try:
            result = build(self._options, at, TerminalReporter())
        except (ContentError, BuildError) as error:
            lines = error.issues if isinstance(error, ContentError) else error.failures
            said = "\n".join([*map(str, lines), f"错误：{error}"])
            if said != self._said:
                click.echo(said, err=True)
            self._said = said
            return
        self._said = ""
        if result.rendered or result.removed:
            seconds = time.monotonic() - started
            click.echo(f"{write_clock(at)} {_summary(result, self._options.out, seconds)}")
