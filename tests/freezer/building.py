"""Builds of small sites on disk, and what came of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from portal.content.record.cache_folder import own_folder
from portal.content.record.changes import Folders
from portal.domain.unrecorded import Unrecorded
from portal.freezer.build import build
from portal.freezer.published.trees import IDENTITY
from portal.freezer.task import BuildOptions, BuildResult
from tests.freezer.samples import instant
from tests.sites import PINGDING, YUXIAN, SiteTree

NOW = instant("2021-12-07T12:00")
CALL = """
-- notices/call/notice.md --
---
title: 关于开展评选的通知
kind: call
edition: third
issuer: city-office
published: 2021-10-08T09:00:00+08:00
review: {drafted: 张三, reviewed: 李四, approved: 王五}
---
请各单位**自愿**申报。
"""
SITE = CALL + PINGDING + YUXIAN
FORMATS = frozenset({"html", "feeds", "data"})


@dataclass
class BufferReporter:
    """Keeps everything, for tests."""

    notes: list[str] = field(default_factory=list)
    stages: dict[str, int] = field(default_factory=dict)
    done: int = 0

    def note(self, message: str) -> None:
        """Keep the line."""
        self.notes.append(message)

    def start(self, stage: str, total: int) -> None:
        """Keep the stage and its length."""
        self.stages[stage] = total

    def advance(self, steps: int = 1) -> None:
        """Add up steps over all stages."""
        self.done += steps

    def finish(self) -> None:
        """Nothing to keep."""


def amendment(slug: str, kind: str, target: str, published: str) -> str:
    """A correction or a withdrawal."""
    return f"""
-- notices/{slug}/notice.md --
---
title: 关于《{target}》的说明
kind: {kind}
edition: third
issuer: city-office
published: {published}:00+08:00
review: {{drafted: 张三, reviewed: 李四, approved: 王五}}
amends: {target}
---
说明如下。
"""


def decision(slug: str, published: str, winner: str) -> str:
    """A decision with one winner."""
    return f"""
-- notices/{slug}/notice.md --
---
title: 关于表彰{winner}的决定
kind: decision
edition: third
issuer: city-office
published: {published}:00+08:00
review: {{drafted: 张三, reviewed: 李四, approved: 王五}}
---
决定如下。
-- notices/{slug}/list.csv --
奖项,类别,名称
质量奖,组织,{winner}
"""


COMPILED: dict[str, bytes] = {}
"""Files of compiled templates, as the first build of this process wrote them."""


@contextmanager
def templates_compiled_before(cache: Path) -> Iterator[None]:
    """Give a new cache what an older one holds: compiling was half of a first build.

    Each file says of which source it is the code, so that no build takes another template's.
    """
    folder = cache / "jinja"
    if not cache.exists():
        own_folder(cache)
        folder.mkdir()
        for name, data in COMPILED.items():
            (folder / name).write_bytes(data)
    yield
    for path in folder.glob("*"):
        if path.name not in COMPILED and not path.suffix:  # a killed build leaves parts
            COMPILED[path.name] = path.read_bytes()


@dataclass
class Bench:
    """A site, its output and its cache."""

    tree: SiteTree
    out: Path
    cache: Path
    reporter: BufferReporter = field(default_factory=BufferReporter)

    @property
    def options(self) -> BuildOptions:
        folders = Folders(
            tuple(self.tree.content), tuple(self.tree.notices), unrecorded=Unrecorded.UNMARKED
        )
        return BuildOptions(folders, self.out, self.cache, FORMATS)

    def build(self, at: datetime = NOW, **options: object) -> BuildResult:
        with templates_compiled_before(self.cache):
            return build(replace(self.options, **options), at, self.reporter)

    def files(self) -> dict[str, bytes]:
        return files_below(self.out)

    def clean(self, at: datetime = NOW, **options: object) -> dict[str, bytes]:
        """What a build from nothing gives now."""
        other = Bench(self.tree, self.out.with_name("clean"), self.cache.with_name("clean-cache"))
        other.build(at, clean=True, **options)
        return other.files()


def bench(tree: SiteTree) -> Bench:
    """A bench beside the tree."""
    return Bench(tree, tree.root / "site" / "build", tree.root / "site" / "cache")


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes; the name of the site's state is another in every build."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != IDENTITY
    }


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Names of files that are not the same in both."""
    return sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n))
