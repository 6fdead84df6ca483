"""What the commands share that write notices: the tree around them, and a folder that is new."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from portal.config.common import Paths
from portal.content.loader import load
from portal.domain.workdays import SHANGHAI
from portal.editorial.drafts import Drafts
from portal.editorial.possible_acts import acts_on
from portal.editorial.surroundings import Surroundings
from portal.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from portal.editorial.drafts import Draft
    from portal.editorial.possible_acts import LaterAct

    Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
DRAFTS = "drafts"


def with_places(command: Command) -> Command:
    """The options that say where content and notices lie, and whether a draft is wanted."""
    for option in (
        click.option(
            "--draft", "as_draft", is_flag=True, help="写进工作台的草稿，不写进 notices。"
        ),
        click.option("--notices", type=FOLDER, multiple=True, help="notices 文件夹，可以写几次。"),
        click.option("--content", type=FOLDER, multiple=True, help="content 文件夹，可以写几次。"),
    ):
        command = option(command)
    return command


def opened(content: tuple[Path, ...], notices: tuple[Path, ...]) -> tuple[Surroundings, datetime]:
    """What is public, with the folders that hold it, and the time it is."""
    paths = Paths()
    content, notices = content or paths.content, notices or paths.notices
    return Surroundings(load(content, notices), content, notices), now()


def now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(SHANGHAI)


def published_folder(around: Surroundings, slug: str, act: LaterAct, at: datetime) -> Path:
    """The folder of a public notice about which an act is possible; RequestError says why not."""
    notice = around.catalogue.as_of(at).notice(slug)
    if notice is None:
        raise RequestError(f"没有已经发布的公告“{slug}”；没有登记的，直接修改就可以")
    possible = acts_on(around.catalogue, notice, (notice.issuer,), at)
    reason = next(one.reason for one in possible if one.act is act)
    if reason:
        raise RequestError(f"“{slug}”不能{act.label}：{reason}")
    return next(root / slug for root in around.notices if (root / slug).is_dir())


@contextmanager
def drafts_for(around: Surroundings, *, as_draft: bool) -> Iterator[Drafts]:
    """Where a command begins a draft: at the desk, or aside, to be put among the notices."""
    if as_draft:
        yield Drafts(Paths().state / DRAFTS)
        return
    with tempfile.TemporaryDirectory(dir=around.notices[0], prefix=".begin-") as aside:
        yield Drafts(Path(aside))


def put_in_place(draft: Draft, around: Surroundings, *, as_draft: bool) -> Path:
    """Put what was begun among the notices, whole; the folder where it lies then."""
    if as_draft:
        return draft.folder
    target = around.notices[0] / draft.slug
    if target.exists():
        raise RequestError(f"{target} 已经存在，请用 --slug 另写一个网址名")
    draft.folder.chmod(0o755)
    return draft.folder.rename(target)
