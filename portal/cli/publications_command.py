"""`portal publications`: what the desk publishes, how far each is; with --run, do what is due."""

from __future__ import annotations

import contextlib
import shutil
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.casework.rollback import refuse_empty
from portal.casework.upgrading import open_present
from portal.config.common import command as setting
from portal.config.desk_settings import DeskSettings
from portal.config.publishing_settings import PublishingSettings
from portal.content.followed import FollowedCatalogue
from portal.content.queries import All
from portal.content.record.changes import Folders
from portal.content.site_facts import read_site
from portal.domain.dates import write_meta
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.editorial.draft_checks import LintedTree
from portal.editorial.journal import Did
from portal.editorial.publication import Publishing
from portal.editorial.review import Reviews
from portal.editorial.site_due import site_due
from portal.editorial.under_way import Publication, publications
from portal.errors import PortalError, RequestError
from portal.ledger.signing import SigningKey, load_key, needs_passphrase
from portal.ledger.siteproof import signed_site
from portal.lint.checker import Checker
from portal.proof.form_lines import FormSeals
from portal.proof.publishing import signed_outputs
from portal.sealed.courier import DeskFolders
from portal.sealed.public_keys import PublicKeys
from portal.watching.events import log_events
from portal.web.assets import form_digests

if TYPE_CHECKING:
    from portal.casework.register import Register
    from portal.content.catalogue import Catalogue

_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


def _now() -> datetime:
    return datetime.now(SHANGHAI)


@click.command("publications", help="列出工作台签发的公告发布到了哪一步；--run 办理到时间的。")
@click.option("--run", "running", is_flag=True, help="发布到时间的，接着做没有做完的。")
@click.option(
    "--deliver",
    "delivering",
    is_flag=True,
    help="把生成好的网站再送一次，逐个文件核对；换了送出的目标、怀疑公开的文件被改过时用。",
)
@click.option("--patient", is_flag=True, help="没有做完的，隔一会儿再试。")
@click.option("--passphrase-file", type=_FILE, help="存放密钥口令的文件。")
@click.option("--key-stdin", is_flag=True, help="从标准输入读取密钥：工作台启动时用。")
def command(
    *,
    running: bool,
    delivering: bool,
    patient: bool,
    passphrase_file: Path | None,
    key_stdin: bool,
) -> None:
    """List the desk's publications, or do what is due."""
    log_events(readable=True)
    desk, settings = DeskSettings(), PublishingSettings()
    register = open_present(desk.url)
    try:
        refuse_empty(register, DeskFolders(desk.folder))
        job = job_of(desk, settings, register)
        if running:
            _warm(job)
            key = _key(settings.key_path, passphrase_file, stdin=key_stdin)
            sys.exit(_run(replace(job, key=key), patient=patient))
        if delivering:
            if not signed_site(job.site, job.sums):
                job = replace(job, key=_key(settings.key_path, passphrase_file, stdin=key_stdin))
            click.echo(job.deliver_again())
            return
        sys.exit(_list(job))
    finally:
        register.close()


def _warm(job: Publishing) -> None:
    """Load what the job needs: the desk starts it while the signer still reads.

    A document is made and thrown away: fonts and templates come with the first one.
    """
    import portal.freezer.renewal  # noqa: F401 - for its modules

    with contextlib.suppress(PortalError, OSError):  # told by the step that needs it
        catalogue = job.catalogue()
        for slug in catalogue.ask(All())[:1]:
            if notice := catalogue.notice(slug):
                signed_outputs(notice, catalogue.as_of(job.clock()))


def _key(path: Path, passphrase_file: Path | None, *, stdin: bool) -> SigningKey:
    if stdin:
        try:
            return SigningKey(
                Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.stdin.read().strip()))
            )
        except ValueError as error:
            raise RequestError("标准输入里没有密钥") from error
    secret = passphrase_file.read_text(encoding="utf-8").strip() if passphrase_file else None
    if secret is None and path.exists() and needs_passphrase(path):
        secret = click.prompt("签名密钥的口令", hide_input=True)
    return load_key(path, secret)


def _run(job: Publishing, *, patient: bool) -> int:
    troubles = job.run(patient=patient)
    for trouble in troubles:
        click.echo(trouble, err=True)
    return int(bool(troubles))


def job_of(desk: DeskSettings, settings: PublishingSettings, register: Register) -> Publishing:
    """The job, put together of the settings."""
    keys, paths = PublicKeys(desk.keys / "public"), settings.paths
    present = _Present(settings)
    around = LintedTree(
        paths.content,
        paths.notices,
        paths.state / "holds.json",
        keys.desk(),
        keys.takes_objections,
        Checker(setting("PORTAL_CHECKER")),
        publication=paths.state / "cache" / "publication-lint",
    )
    return Publishing(
        reviews=Reviews.at(register, paths.state, paths.content[0], present),
        root=settings.folder,
        around=around,
        catalogue=present,
        # A demonstration shows what nobody signed, as its first build did; nothing else may.
        build=lambda at: _build(
            settings, at, paths.unrecorded if desk.demonstration else Unrecorded.LEFT_OUT
        ),
        site=settings.build.out,
        delivery=settings.delivery,
        texts=settings.texts,
        ping=lambda: _ping(paths.content[0]),
        key_path=settings.key_path,
        clock=_now,
        sums=settings.sums,
        forget=lambda: _forget(settings.build.out),
        form=FormSeals(keys, form_digests()),
    )


class _Present:
    """All texts of the tree as they are, entered or not; read when they are first asked for."""

    def __init__(self, settings: PublishingSettings) -> None:
        self._settings = settings
        self._followed: FollowedCatalogue | None = None

    def __call__(self) -> Catalogue:
        """What is to be entered is set with these."""
        if self._followed is None:
            paths = self._settings.paths
            self._followed = FollowedCatalogue(
                paths.content,
                paths.notices,
                ticks=time.monotonic,
                failed=_raise,
                base_url=self._settings.base_url or None,
                unrecorded=Unrecorded.UNMARKED,
                kept=paths.state / "cache" / "publications",
            )
        return self._followed.present()


def _raise(error: Exception) -> None:
    raise error


def _build(settings: PublishingSettings, at: datetime, unrecorded: Unrecorded) -> str:
    from portal.freezer.build import build
    from portal.freezer.task import BuildOptions

    made, paths = settings.build, settings.paths
    base_url = settings.base_url or None
    folders = Folders(paths.content, paths.notices, base_url, unrecorded)
    options = BuildOptions(folders, made.out, made.cache, None, made.objections_url, made.jobs)
    result = build(options, at, _Silent())
    return f"生成{result.rendered}个页面，改写{result.written}个"


def _forget(site: Path) -> None:
    from portal.freezer.published.trees import Trees

    shutil.rmtree(Trees(site).next, ignore_errors=True)


class _Silent:
    """A reporter that draws nothing: the journal tells what became of the build."""

    def note(self, message: str) -> None:
        """Say a line, which the log of the process keeps."""
        click.echo(message)

    def start(self, stage: str, total: int) -> None:
        """Begin nothing."""

    def advance(self, steps: int = 1) -> None:
        """Count nothing."""

    def finish(self) -> None:
        """End nothing."""


def _ping(home: Path) -> str:
    from portal.content.award_files import read_editions
    from portal.domain.editions import kinds_of
    from portal.render.notice.websub import ping_hub

    site, _ = read_site(home)
    editions, _ = read_editions(home)
    if site is None or not site.websub_hub:
        return "site.toml 没有写 websub-hub，订阅者按各自的间隔读取"
    return f"已通知 {site.websub_hub}：{ping_hub(site, kinds_of(editions.values()))}个订阅源"


def _list(job: Publishing) -> int:
    """Print every publication; exit status 1 where one is late, failed or waits to be taken up."""
    found = publications(job.reviews, job.root, _now())
    for one in found:
        click.echo(_line(one))
        for trouble in one.trouble.splitlines():
            click.echo(f"    {trouble}")
    waits = site_due(job.root)
    for due in waits:
        click.echo(f"{due.slug}：已撤下个人信息，网站还没有换下；{due.trouble or '等待开始'}")
    if not found and not waits:
        click.echo("没有签发的公告")
    return int(bool(waits) or any(one.late or (one.trouble and one.progress.open) for one in found))


def _line(one: Publication) -> str:
    begun = [step for step in one.steps if step.state is not None]
    step = f"，{begun[-1].step.label}" if begun and one.progress.open else ""
    took = sum(step.seconds for step in one.steps if step.state is Did.DONE)
    seconds = f"，用时{took:.1f}秒" if took else ""
    late = "，已过时间" if one.late else ""
    return f"{one.slug}（{write_meta(one.due)}）：{one.progress.label}{step}{late}{seconds}"
