"""R: three reviewers, back-dating, revisions, and the ledger of what was published."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.notice.recorded import COPIES
from portal.domain.dates import write_date, write_meta
from portal.errors import Severity, Stage
from portal.ledger.ledger_lines import LEDGER_NAME
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.neighbours import Context, Neighbour
    from portal.lint.rules.subjects import Subject

GRACE = timedelta(hours=24)
"""How far a new notice may lie before the newest published one: a day of work in the office."""

PENDING = "（待填）"
"""What a name ends in that the office has still to fill in."""


@rule("R001")
def three_different_people(subject: Subject) -> Iterator[Finding]:
    """三审的经办人、审核人、签发人不是三个不同的人。"""
    review = subject.notice.review
    people = {
        "drafted": review.drafted,
        "reviewed": review.reviewed,
        "approved": review.approved,
    }
    seen: dict[str, str] = {}
    for key, person in people.items():
        name = "".join(person.split())
        if name and name in seen:
            message = f"“{person}”既是 {seen[name]} 又是 {key}"
            yield subject.on(f"review.{key}", message, "三审由三个不同的人负责")
        seen.setdefault(name, key)


@rule("R002", Stage.PUBLISH)
def reviewers_are_named(subject: Subject) -> Iterator[Finding]:
    """三审的人还写着“（待填）”。

    上线之前由办公室填写实际的经办人、审核人和签发人。
    """
    review = subject.notice.review
    for key in ("drafted", "reviewed", "approved"):
        person = getattr(review, key)
        if person.endswith(PENDING):
            yield subject.on(
                f"review.{key}", f"“{person}”还没有填写", "上线前填写姓名", Severity.WARNING
            )


@rule("R003", Stage.PUBLISH)
def not_backdated(subject: Neighbour) -> Iterator[Finding]:
    """新公告或新修订的发布时间，早于已经发布的最新一份（倒签）。

    发布时间要真实。发布台账里最新一份之前24小时以内的，算作同日办理，予以放行。
    """
    context, notice = subject.context, subject.notice
    # A line keeps the time at which its revision went up, so a ledgered one is never judged again.
    newest = context.newest.get(subject.known.root)
    if newest is None or (notice.slug, notice.revision) in context.ledgered:
        return
    if notice.updated < newest - GRACE:
        message = (
            f"发布时间{write_meta(notice.updated)}早于台账中最新的{write_meta(newest)}超过24小时"
        )
        key = "updated" if notice.revision > 1 else "published"
        yield subject.on(key, message, "写实际的发布时间；公示的起始日要相应推迟")


@rule("R004", Stage.PUBLISH)
def published_text_is_unchanged(subject: Neighbour) -> Iterator[Finding]:
    """已经发布的公告被改动，而没有新的修订号和说明。

    发布过的文本不得直接修改。运行 portal revise 代号 --note 改了什么：原文从台账旁的副本取回，放进
    revisions/，现在的文本成为新的一稿；不要改动的，恢复发布时的文件。
    """
    notice = subject.notice
    line = subject.context.ledgered.get((notice.slug, notice.revision))
    if line and line.source != notice.digest:
        message = f"第{notice.revision}稿已于{write_date(line.published.date())}发布，文件却有改动"
        remedy = f"运行 portal revise {notice.slug} --note 改了什么；不要改动的，恢复发布时的文件"
        yield subject.on("revision", message, remedy)


@rule("R005")
def earlier_texts_are_kept(subject: Subject) -> Iterator[Finding]:
    """有了新的修订，而早先的文本不齐。

    第N稿的文件夹里，revisions/1 至 revisions/N-1 要有早先各稿的全文。
    """
    notice = subject.notice
    kept = {revision.number for revision in notice.revisions[:-1]}
    for number in range(1, notice.revision):
        if number not in kept:
            message = f"缺少第{number}稿的文本"
            remedy = f"把第{number}稿的 notice.md 和 list.csv 放进 revisions/{number}/"
            yield subject.on("revision", message, remedy)
    for number in sorted(kept):
        if number >= notice.revision:
            message = f"revisions/ 中的第{number}稿不早于现在的第{notice.revision}稿"
            yield subject.on("revision", message, "核对 revision 和 revisions/ 中的文件夹")


@rule("R007", Stage.PUBLISH)
def earlier_texts_are_unchanged(subject: Neighbour) -> Iterator[Finding]:
    """revisions/ 中的早先文本与发布台账不一致。

    早先各稿要保持发布时的原样。因为隐私必须从早先的文本中删去个人信息的，在那一稿的信息头写
    redacted: 原因，原因随文公布，这里只提醒。
    """
    notice = subject.notice
    for revision in notice.revisions[:-1]:
        line = subject.context.ledgered.get((notice.slug, revision.number))
        if line is None or line.source == revision.digest:
            continue
        path = f"{subject.source.folder}/revisions/{revision.number}/notice.md"
        message = f"第{revision.number}稿与发布时的文本不一致"
        if revision.redacted:
            message += f"，已写明原因：{revision.redacted}"
            remedy = "核对只删去了个人信息"
            yield Finding(path, message=message, remedy=remedy, severity=Severity.WARNING)
        else:
            remedy = "恢复发布时的文件；为隐私删去个人信息的，写 redacted: 原因"
            yield Finding(path, message=message, remedy=remedy)


@rule("R008")
def revisions_run_forward(subject: Subject) -> Iterator[Finding]:
    """后一稿的时间不晚于前一稿。"""
    revisions = sorted(subject.notice.revisions, key=lambda revision: revision.number)
    for earlier, later in pairwise(revisions):
        if later.published <= earlier.published:
            message = f"第{later.number}稿的时间不晚于第{earlier.number}稿"
            yield subject.on("updated", message, "写实际的修订时间")


@rule("R009", Stage.PUBLISH)
def published_notices_stay(context: Context) -> Iterator[Finding]:
    """台账里已经发布的公告不见了。

    发布过的公告不能删去，网址也不能变；需要撤回的，另发 kind: withdrawal 的公告。
    """
    for folder, lines in context.tree.ledgers.items():
        for slug in sorted({line.slug for line in lines} - context.slugs):
            yield Finding(
                f"{folder}/{slug}",
                message=f"已经发布的公告“{slug}”不见了",
                remedy="恢复这个文件夹；需要撤回的，另发撤回公告",
            )


@rule("R010")
def amendments_follow(subject: Neighbour) -> Iterator[Finding]:
    """更正或撤回的公告早于它所针对的公告，或者针对的又是更正、撤回。"""
    notice = subject.notice
    amended = subject.context.notice(notice.amends or "")
    if amended is None:
        return
    if amended.kind.amends:
        message = f"“{amended.title}”本身是{amended.kind.label}"
        yield subject.on("amends", message, "amends 写最初的那份公告")
    if notice.published <= amended.published:
        message = f"发布时间不晚于所{notice.kind.label}的“{amended.title}”"
        yield subject.on("published", message, "核对发布时间")


@rule("R011")
def notes_come_with_numbers(subject: Subject) -> Iterator[Finding]:
    """写了 updated 或 note，却没有新的修订号。"""
    if subject.notice.revision == 1:
        for key in ("updated", "note"):
            if key in subject.matter.values:
                message = f"写了 {key}，修订号却是1"
                yield subject.on(key, message, "写 revision: 2，原文移到 revisions/1/")


@rule("R014")
def ledgers_are_where_they_were(context: Context) -> Iterator[Finding]:
    """发布台账不见了或者是空的，而它登记过的文本还在 .ledger/ 里。

    没有台账，公众什么公告也看不到。从备份恢复；从来没有登记成功过的，删去 .ledger/。
    """
    for folder, lines in context.tree.ledgers.items():
        copies = Path(folder, COPIES)
        if not lines and copies.is_dir():
            number = sum(1 for one in copies.iterdir() if not one.name.startswith("."))
            message = f"发布台账是空的，而 {COPIES}/ 里有{number}份登记过的文本"
            remedy = "从备份恢复 ledger.jsonl；从来没有登记成功过的，删去这个文件夹"
            if number:
                path = f"{folder}/{LEDGER_NAME}"
                yield Finding(path, message=message, remedy=remedy, severity=Severity.WARNING)


RULES = (
    three_different_people,
    reviewers_are_named,
    earlier_texts_are_kept,
    revisions_run_forward,
    notes_come_with_numbers,
)
NEIGHBOUR_RULES = (
    not_backdated,
    published_text_is_unchanged,
    earlier_texts_are_unchanged,
    amendments_follow,
)
TREE_RULES = (published_notices_stay, ledgers_are_where_they_were)
