"""N: news of a round: how far its steps are, how a publicity ended, who is no longer in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.domain.dates import write_date, write_meta
from portal.domain.masking import mask_name
from portal.domain.notice import Kind
from portal.domain.round_news import WHOLE_LIST, Cause
from portal.errors import Severity, Stage
from portal.lint.rules.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.lint.rules.neighbours import Listed, Neighbour
    from portal.lint.rules.subjects import Subject

_UPHELD = "异议成立"
_RAISED = re.compile(
    r"(?:异议|举报|投诉|反映|来信|来访|实名)(?:人|者|单位)(?:名称|姓名)?\s*(?:[：:（(]|[为是系](?!否))"
)


@rule("N001")
def step_is_of_the_edition(subject: Subject) -> Iterator[Finding]:
    """评选进展写的环节，本届没有，或者本来就由通知、公示、决定来反映。

    环节的名称在 content/awards/ 的 [[steps]] 中，只能写没有 kind 的：其余的，发布了那一份公告就
    是到了那一步。
    """
    progress = subject.notice.progress
    if progress and subject.edition.step_named(progress.step) is None:
        known = "、".join(step.name for step in subject.edition.steps if not step.kind)
        yield subject.on("step", f"本届没有环节“{progress.step}”", f"可用：{known or '无'}")


@rule("N002", Stage.PUBLISH)
def result_follows_its_publicity(subject: Neighbour) -> Iterator[Finding]:
    """公示结果早于公示期满，或者所指的不是本届、本县（区）的公示，或者那份公示已经撤回。

    公示期满以后才有结果；公示期从发布台账记录的发布时间起计算，延长的计在内。
    """
    notice, context = subject.notice, subject.context
    publicity = context.notice(notice.result_of or "")
    if publicity is None:
        return
    if publicity.window is None:
        yield _told(subject, "result-of", f"“{publicity.title}”没有公示期", "写公示的文件夹名")
        return
    if publicity.edition != notice.edition or publicity.county != notice.county:
        message = f"“{publicity.title}”的届次或县（区）与本公告不同"
        yield _told(subject, "result-of", message, "核对 result-of、edition 和 county")
    closes = context.closes(publicity, publicity.window)
    if notice.published < closes:
        message = f"“{publicity.title}”公示期至{write_date(publicity.window.closes)}，还没有满"
        yield _told(subject, "published", message, f"{write_meta(closes)}以后再发布")
    withdrawn = context.withdrawn.get(publicity.slug)
    if withdrawn is not None and withdrawn <= notice.published:
        message = f"“{publicity.title}”已经撤回，没有结果"
        yield _told(subject, "result-of", message, "公示已经撤回的，不发布公示结果")


@rule("N003", Stage.PUBLISH)
def one_result_for_each_publicity(subject: Neighbour) -> Iterator[Finding]:
    """一份公示有两份公示结果。有误的用修订或更正，不另发一份；撤回了的不计。"""
    notice, context = subject.notice, subject.context
    if not notice.result_of:
        return
    for other in context.telling.get(notice.edition, ()):
        earlier = (other.published, other.slug) < (notice.published, notice.slug)
        if other.result_of == notice.result_of and earlier:
            message = f"这份公示已经有结果“{other.title}”"
            yield _told(subject, "result-of", message, "修订或更正那一份，或先撤回")


@rule("N004", Stage.PUBLISH)
def objections_are_about_the_list(subject: Neighbour) -> Iterator[Finding]:
    """公示结果的异议所指的条目不在那份名单上；或者异议没有成立，而写出了个人的姓名。

    写名单上的名称；个人的，异议成立的写姓名，其余的隐去部分，如“李*明”。没有指明条目的写“名单整体或者
    程序”。
    """
    notice, context = subject.notice, subject.context
    if not notice.objections:
        return
    listed = {entry.name: entry for entry in context.entries(notice.result_of or "")}
    masked = {"、".join(map(mask_name, entry.members)) for entry in listed.values() if entry.apart}
    for number, one in enumerate(notice.objections, 1):
        for name in _named(one.about, {*listed, *masked}):
            entry = listed.get(name)
            if entry is None and name not in masked:
                message = f"第{number}件异议所指的“{name}”不在那份名单上"
                yield _told(subject, "objections", message, f"核对名称；没有指明的写“{WHOLE_LIST}”")
            elif entry and entry.category.individual and one.outcome != _UPHELD:
                message = f"第{number}件异议没有成立，不写个人的全名“{name}”"
                yield _told(subject, "objections", message, f"写成“{mask_name(name)}”")


def _named(about: str, known: set[str]) -> list[str]:
    """The entries an objection is about: several are parted by 、, which names may have too."""
    if about == WHOLE_LIST:
        return []
    about = about.removesuffix(f"、{WHOLE_LIST}")
    return [about] if about in known else about.split("、")


@rule("N005", Stage.PUBLISH)
def departures_were_listed(subject: Neighbour) -> Iterator[Finding]:
    """退出、取消或者审查未通过的条目，不在以前发布的名单上；写错名称的，下一级名单就查不出来。

    名称、类别照名单写；同名的写上县区或工作单位。公示结果、更正里的，须在那一份的名单上。撤销奖项
    （why: revoked）写在更正表彰决定的公告里，其他的写在评选进展和公示结果里。
    """
    notice, context = subject.notice, subject.context
    for departure in notice.departures:
        if (departure.why is Cause.REVOKED) != (notice.kind is Kind.CORRECTION):
            message = f"{notice.kind.label}不能写“{departure.why.label}”"
            yield _told(subject, "departures", message, "撤销奖项更正表彰决定；其他写在公示结果里")
    if not notice.departures:
        return
    found = dict.fromkeys(notice.departures, 0)
    for known in context.lists.get(notice.edition, ()):
        own = not notice.about or known.slug == notice.about
        if not (own and known.sound and known.notice.published <= notice.published):
            continue
        place = context.county_name(known.notice.county)
        for departure in notice.departures:
            means = (departure.means(entry, place) for entry in context.entries(known.slug))
            found[departure] = max(found[departure], sum(means))
    for departure, times in found.items():
        if times != 1:
            fault = "不在以前发布的名单上" if not times else "在名单上不止一个，分不清是哪一个"
            message = f"“{departure.name}”（{departure.category}）{fault}"
            yield _told(
                subject, "departures", message, "核对名称和类别；同名的写 county 或 employer"
            )


@rule("N006")
def nobody_is_told_on(subject: Subject) -> Iterator[Finding]:
    """公示结果里写了是谁提出的异议。

    异议人的身份保密：正文、退出的原因里都不写异议人、举报人、反映人的姓名、单位和电话。
    """
    if subject.notice.kind is not Kind.RESULT:
        return
    remedy = "删去；结果只写所涉条目、事由和办理结果"
    for match in _RAISED.finditer(subject.notice.body):
        yield subject.body.find(match.start(), f"写了“{match.group()}……”", remedy)
    for departure in subject.notice.departures:
        if _RAISED.search(departure.reason):
            yield subject.on("departures", f"“{departure.name}”的原因写了是谁提出的", remedy)


@rule("A011", Stage.PUBLISH)
def nobody_is_listed_who_left(subject: Listed) -> Iterator[Finding]:
    """条目已经自愿退出、因异议取消或者审查未通过，不能再列入名单；名额和限额空出。

    以公告为准：评选进展和公示结果的 departures。撤回了的公告不计；确应列入的，先撤回那一份。
    """
    notice = subject.notice
    told = [
        (departure, other)
        for other in subject.context.telling.get(notice.edition, ())
        if other.published <= notice.published
        for departure in other.departures
    ]
    for entry in notice.entries if told else ():
        for departure, other in told:
            if departure.means(entry, subject.county):
                message = f"“{entry.name}”{departure.why.label}，见“{other.title}”"
                yield subject.in_list(entry, "名称", message, "从名单中取下该条目，名额空出")
                break


@rule("N007", Stage.PUBLISH)
def upheld_is_struck_off(subject: Neighbour) -> Iterator[Finding]:
    """公示结果有成立的异议，而没有写哪一个条目因此取消；或者正好相反。"""
    notice = subject.notice
    upheld = any(one.outcome == _UPHELD for one in notice.objections)
    struck = any(one.why is Cause.UPHELD for one in notice.departures)
    if notice.result_of and upheld != struck:
        if upheld:
            message = "有成立的异议，而没有写哪一个条目因此取消"
            yield _told(subject, "objections", message, "在 departures 中写上，why: upheld")
        else:
            message = "写了因异议取消的条目，而没有成立的异议"
            yield _told(subject, "departures", message, "核对 objections 的办理结果")


def _told(subject: Neighbour, key: str, message: str, remedy: str) -> Finding:
    """A finding that keeps a notice from going out; on one that stands in the ledger a warning.

    What other notices do later must not stop the office from publishing everything else.
    """
    published = (subject.notice.slug, subject.notice.revision) in subject.context.ledgered
    severity = Severity.WARNING if published else Severity.ERROR
    return subject.on(key, message, remedy, severity)


RULES = (step_is_of_the_edition, nobody_is_told_on)
NEIGHBOUR_RULES = (
    result_follows_its_publicity,
    one_result_for_each_publicity,
    objections_are_about_the_list,
    departures_were_listed,
    upheld_is_struck_off,
)
LIST_RULES = (nobody_is_listed_who_left,)
