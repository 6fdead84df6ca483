"""A site in a string: files under `-- path --` lines, written over a minimal valid site."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.content.catalogue import Catalogue
from portal.content.loader import load
from portal.domain.unrecorded import Unrecorded
from portal.domain.workdays import SHANGHAI
from portal.errors import Issue, Stage
from portal.ledger.signing import SigningKey
from portal.ledger.statements import statement
from portal.lint.run import lint
from tests.recording import record

MINIMAL = (Path(__file__).parent / "minimal.txtar").read_text(encoding="utf-8")

COUNTY_NOTICE = """
-- notices/{slug}/notice.md --
---
title: {name}第三届质量奖推荐名单公示
kind: county-publicity
edition: third
issuer: {county}-office
county: {county}
published: 2021-12-06T08:30:00+08:00
window: {{opens: 2021-12-06, working-days: 5}}
review: {{drafted: 张三, reviewed: 李四, approved: 王五}}
---
现将推荐名单予以公示。
-- notices/{slug}/list.csv --
类别,名称,统一社会信用代码,工作单位
组织,{name}甲制造有限公司,,
专家学者,赵六,,{name}研究所
"""
PINGDING = COUNTY_NOTICE.format(slug="pingding-list", county="pingding", name="平定县")
YUXIAN = COUNTY_NOTICE.format(slug="yuxian-list", county="yuxian", name="盂县")


def load_all(content, notices, *, base_url: str | None = None) -> Catalogue:
    """All that stands in a tree, recorded or not: what is public is tested by itself."""
    return load(content, notices, base_url=base_url, unrecorded=Unrecorded.UNMARKED)


def files_of(text: str) -> dict[str, str]:
    """The sections of a txtar-like string; a later one of the same path wins."""
    parts = re.split(r"^-- (\S+) --\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


DESK = SigningKey(Ed25519PrivateKey.generate())
LATE = datetime(2199, 1, 1, tzinfo=SHANGHAI)


def export(path: Path, *holds: dict[str, str], at: datetime = LATE) -> Path:
    """A holds.json as the desk of the tests signs it."""
    content = {"generated": at.isoformat(), "holds": list(holds)}
    path.write_bytes(statement(DESK, "holds", content))
    return path


@dataclass(frozen=True)
class SiteTree:
    """A site on disk."""

    root: Path

    @property
    def content(self) -> list[Path]:
        return [self.root / "content"]

    @property
    def notices(self) -> list[Path]:
        return [self.root / "notices"]

    def write(self, text: str) -> "SiteTree":
        """Add or replace files; a section that holds only `(none)` removes its file."""
        for name, body in files_of(text).items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if body.strip() == "(none)":
                path.unlink()
            else:
                path.write_text(body, encoding="utf-8")
        return self

    def record(self) -> "SiteTree":
        """Enter all that stands here into the ledger: it is public then."""
        record(self.notices[0])
        return self

    def catalogue(self, base_url: str | None = None) -> Catalogue:
        return load_all(self.content, self.notices, base_url=base_url)

    def lint(
        self,
        stage: Stage = Stage.DRAFT,
        holds: Path | None = None,
        desk: str = DESK.public,
        now: datetime | None = None,
    ) -> list[Issue]:
        """`holds` is an export of the desk; a sound one that holds nothing back where none is."""
        held = holds or export(self.root / "holds.json", at=now or LATE)
        return lint(self.content, self.notices, stage=stage, holds=held, desk=desk, now=now)

    def faults(self, stage: Stage = Stage.DRAFT, holds: Path | None = None) -> list[str]:
        """`path:line:column code` of every issue, with paths from the tree's root."""
        prefix = f"{self.root}/"
        return [
            f"{i.path.removeprefix(prefix)}:{i.line}:{i.column} {i.code}"
            for i in self.lint(stage, holds)
        ]
