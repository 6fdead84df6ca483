"""The next edition of an award: what carries over from an earlier one, and what must be decided."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from portal.content.award_writer import write_edition
from portal.content.former_editions import FORMER, KEPT

if TYPE_CHECKING:
    from pathlib import Path

    from portal.domain.editions import Edition

TO_DECIDE = (
    "名额、限额和公示期是否照旧（awards 中的新文件）",
    "报送材料的截止日期（deadline）",
    "政策解读、常见问题和报送清单：改成新一届的，以前一届的留存在 former 中",
    "申报表格：有改动的出新的一版",
)
"""What an office must look at before the new edition begins."""


def keep_former(content: Path, edition: str, former: Path) -> Path | None:
    """Keep the guide, the questions and the forms as those of an edition that is to be former.

    They go to a folder of that edition in `former`, which is given; None where content/ keeps some
    already or has nothing to keep.
    """
    target = former / edition
    found = [content / name for name in KEPT if (content / name).exists()]
    if (content / FORMER / edition).exists() or target.exists() or not found:
        return None
    prepared = target.with_name(f".{edition}")
    shutil.rmtree(prepared, ignore_errors=True)
    prepared.mkdir(parents=True)
    for path in found:
        if path.is_dir():
            shutil.copytree(path, prepared / path.name)
        else:
            shutil.copy2(path, prepared / path.name)
    return prepared.rename(target)


def next_edition(earlier: Edition, slug: str, short: str) -> str:
    """The text of the new edition's file: the ordinal exchanged, dates left to be decided."""

    def renamed(text: str) -> str:
        return text.replace(earlier.short, short)

    steps = tuple(
        replace(
            step, name=renamed(step.name), actor=renamed(step.actor), summary=renamed(step.summary)
        )
        for step in earlier.steps
    )
    name = renamed(earlier.name)
    edition = replace(
        earlier,
        slug=slug,
        name=name if name != earlier.name else f"{short}{earlier.award or earlier.name}",
        short=short,
        steps=steps,
        deadline=None,
        demonstration=False,
    )
    comment = "\n".join((f"照{earlier.short}写成，待填：", *(f"- {line}" for line in TO_DECIDE)))
    return write_edition(edition, comment)
