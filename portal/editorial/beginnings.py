"""Beginnings: which notices can be begun now, and the draft that one begins as.

What cannot be begun says why, from the same facts by which the lint would refuse it: a list whose
earlier window still runs, a year without a calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from portal.content.notice.list_writer import row_of, write_list
from portal.content.round_state import steps_told
from portal.content.selection import Selection
from portal.domain.dates import write_date, write_minute
from portal.domain.editions import kinds_of
from portal.domain.identifiers import SLUG
from portal.domain.notice import Kind
from portal.domain.round_news import Reached, StepReached
from portal.domain.window import Counting, FirstDay, honest_window, publicity_window, window_until
from portal.domain.workdays import SHANGHAI
from portal.editorial.facts import facts_of, sentence, set_in, set_in_body
from portal.editorial.keeping_true import save_list
from portal.editorial.stage_lists import stage_lists
from portal.errors import CalendarError, RequestError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.editions import Edition
    from portal.domain.notice import Notice
    from portal.domain.window import PublicityWindow
    from portal.domain.workdays import WorkCalendar
    from portal.editorial.drafts import Draft, Drafts
    from portal.editorial.stage_lists import StageList
    from portal.editorial.surroundings import Surroundings

_USUAL = timedelta(days=6)

REVIEW = {
    "drafted": "经办人（待填）",
    "reviewed": "审核人（待填）",
    "approved": "签发人（待填）",
}
"""What stands for the three people until they have acted."""


@dataclass(frozen=True, slots=True)
class Possibility:
    """A notice that can be begun now, or cannot: then `reason` says why not.

    Of one that can, `reason` is what its writer should know, or empty. `progress` is the step that
    a notice of progress tells of.
    """

    kind: Kind
    county: str | None
    label: str
    possible: bool
    reason: str = ""
    progress: StepReached | None = None


def possibilities(
    catalogue: Catalogue, edition: Edition, offices: Collection[str], at: datetime
) -> tuple[Possibility, ...]:
    """What the people of some offices can begin at an instant, in the order of the procedure.

    A county's office begins its own lists, a city office everything else; the main office, which
    others borrow people from, any of it. Corrections, withdrawals and results begin from a notice.
    """
    now, site = catalogue.as_of(at), catalogue.site
    main = site.office in offices
    known = [site.offices[slug] for slug in offices if slug in site.offices]
    city = main or any(not office.county for office in known)
    own = {office.county for office in known}
    found: list[Possibility] = []
    for kind in kinds_of([edition]):
        if kind.follows:
            continue
        if kind.of_county:
            counties = [slug for slug in site.counties if main or slug in own]
            found += [_possibility(now, edition, kind, county, at) for county in counties]
        elif kind is Kind.PROGRESS:
            found += _next_steps(now, edition, at) if city else ()
        elif city:
            found.append(_possibility(now, edition, kind, None, at))
    return tuple(found)


def _next_steps(now: Catalogue, edition: Edition, at: datetime) -> Iterator[Possibility]:
    """What can be told of the steps that no list shows: the end of what began, or a beginning.

    Steps before one that ended, or before a list that stands, are over.
    """
    told = {one.step.number: one.reached for one in steps_told(now, edition, at)}
    over = [number for number, reached in told.items() if reached is Reached.ENDED]
    for step in edition.steps:
        selection = Selection(kind=step.kind, edition=edition.slug)
        if step.kind and step.kind.has_list and _in_force(now, at, selection):
            over.append(step.number)
    for step in edition.steps:
        if step.kind is None and step.number > max(over, default=0):
            reached = Reached.ENDED if step.number in told else Reached.BEGUN
            progress = StepReached(step.name, reached)
            label = f"{Kind.PROGRESS.label}（{progress.label}）"
            yield Possibility(Kind.PROGRESS, None, label, possible=True, progress=progress)


def _possibility(
    now: Catalogue, edition: Edition, kind: Kind, county: str | None, at: datetime
) -> Possibility:
    label = f"{kind.label}（{now.site.county_name(county)}）" if county else kind.label
    reason = "；".join(_hindrances(now, edition, kind, at))
    if reason:
        return Possibility(kind, county, label, possible=False, reason=reason)
    return Possibility(kind, county, label, True, _remark(now, edition, kind, county, at))


def _hindrances(now: Catalogue, edition: Edition, kind: Kind, at: datetime) -> Iterator[str]:
    """Why a kind cannot be begun: the lists that it stands on, and the calendar."""
    for stage in edition.stands_on(kind):
        lists = [one for one in stage_lists(now, stage, edition.slug, at) if one.listed.speaks(at)]
        yield from (_running(now, one, at) for one in lists if one.runs(at))
        if not lists:
            yield f"还没有{stage.label}"
    if kind.has_window:
        try:
            first_window(edition, kind, now.calendar, at)
        except CalendarError as error:
            yield str(error)


def _running(now: Catalogue, one: StageList, at: datetime) -> str:
    """`西河县公示期还有2个工作日`."""
    who = now.site.county_name(one.notice.county) or f"《{one.notice.title}》"
    if at < one.window.opens_at:
        return f"{who}公示期{write_date(one.window.opens)}开始"
    today = at.astimezone(SHANGHAI).date()
    left = sum(d.count is not None and d.day.date >= today for d in one.window.days)
    return f"{who}公示期还有{one.window.counting.words(left)}"


def _remark(now: Catalogue, edition: Edition, kind: Kind, county: str | None, at: datetime) -> str:
    """What is worth knowing before one begins: what there is already, and who is missing."""
    same = _in_force(now, at, Selection(kind=kind, county=county, edition=edition.slug))
    remarks = [f"已有《{same[0].title}》，{write_minute(same[0].published)}发布"] if same else []
    for stage in edition.stands_on(kind):
        if not stage.of_county:
            continue
        lists = _in_force(now, at, Selection(kind=stage, edition=edition.slug))
        counties = {notice.county for notice in lists}
        without = [c.name for slug, c in now.site.counties.items() if slug not in counties]
        remarks += [f"没有公示过名单的：{'、'.join(without)}"] if without else []
    return "；".join(remarks)


def _in_force(now: Catalogue, at: datetime, selection: Selection) -> list[Notice]:
    """The public notices of a selection that were not withdrawn, newest first."""
    found = now.listed(at, selection)
    return [notice for notice in found if not now.status(notice, at).withdrawn]


def first_window(
    edition: Edition, kind: Kind, calendar: WorkCalendar, at: datetime
) -> PublicityWindow:
    """The earliest honest window of a notice that goes up at an instant; CalendarError."""
    opens = calendar.next_working(at.astimezone(SHANGHAI).date())
    step = edition.step_of(kind)
    if step is None or not step.length:
        window = window_until(opens, opens + _USUAL, calendar)
    else:
        window = publicity_window(
            *(opens, step.length, calendar), counting=step.counting, first_day=step.first_day
        )
    return honest_window(window, at, calendar)


def _as_header(window: PublicityWindow) -> dict[str, Any]:
    """A window as a header writes it."""
    if window.counting is Counting.UNTIL:
        return {"opens": window.opens, "until": window.closes}
    table: dict[str, Any] = {"opens": window.opens, str(window.counting): window.length}
    if window.first_day is not FirstDay.COUNTED:
        table["first-day"] = str(window.first_day)
    return table


def begin(
    drafts: Drafts,
    around: Surroundings,
    kind: Kind,
    edition: str,
    at: datetime,
    *,
    issuer: str,
    county: str | None = None,
    slug: str = "",
    progress: StepReached | None = None,
    departures: Sequence[Mapping[str, Any]] = (),
) -> Draft:
    """Begin a notice with title, text, window and contact set in; RequestError says why not.

    `issuer` is the office that publishes, `slug` the address, suggested where it is left out.
    """
    catalogue = around.catalogue
    award = catalogue.editions.get(edition)
    if award is None:
        raise RequestError(f"没有届次“{edition}”；现有：{'、'.join(sorted(catalogue.editions))}")
    offered = possibilities(catalogue, award, (issuer,), at)
    wanted = (kind, county, progress)
    found = next((p for p in offered if (p.kind, p.county, p.progress) == wanted), None)
    if found is None and kind is Kind.PROGRESS:
        known = "、".join(p.progress.label for p in offered if p.progress)
        raise RequestError(f"请选一个环节；现在可以写的：{known or '无'}")
    if found is None:
        raise RequestError(_not_theirs(catalogue, kind, issuer, county))
    if not found.possible:
        raise RequestError(f"现在不能开始{found.label}：{found.reason}")
    slug = slug or suggested_slug(edition, kind, county, [*drafts.slugs(), *around.folders()])
    if slug in set(around.folders()):
        raise RequestError(f"已经有网址名为“{slug}”的公告，请换一个")
    values: dict[str, Any] = {"title": "", "kind": str(kind), "edition": edition}
    values |= {"issuer": issuer, "county": county, "published": _minute(at)}
    if kind.has_window:
        window = first_window(award, kind, catalogue.calendar, at)
        values["window"] = _as_header(window)
    if progress:
        values |= {"step": progress.step, "reached": str(progress.reached)}
        values |= {"departures": list(departures) or None}
    values["review"] = dict(REVIEW)
    words, facts = around.beginning(kind), facts_of(values, None, around)
    values["title"] = set_in(words.title, facts) or f"{award.name}{found.label}"
    return drafts.create(slug, values, set_in_body(words.body, facts))


def again(drafts: Drafts, around: Surroundings, notice: Notice, reason: str, at: datetime) -> Draft:
    """Begin the second publicity of a list (再次公示), with its entries and the reason."""
    if not reason.strip():
        raise RequestError("请写明重新公示的原因，原因随文公布")
    draft = begin(
        *(drafts, around, notice.kind, notice.edition, at),
        issuer=notice.issuer,
        county=notice.county,
    )
    facts = {"原公告": notice.title, "原发布日期": write_date(notice.published)}
    told = set_in_body(around.beginning("again").body, facts | {"原因": sentence(reason)})
    body = f"{told}\n{draft.body}" if told.strip() else draft.body
    draft = drafts.save(draft.slug, draft.digest, draft.values, body)
    return save_list(drafts, around, draft, write_list(map(row_of, notice.entries))).draft


def _not_theirs(catalogue: Catalogue, kind: Kind, issuer: str, county: str | None) -> str:
    site = catalogue.site
    if kind is Kind.RESULT:
        return f"{kind.label}从期满的公示开始"
    if kind.amends:
        return f"{kind.label}从被{kind.label}的公告开始"
    if issuer not in site.offices:
        return f"没有单位“{issuer}”；现有：{'、'.join(sorted(site.offices))}"
    if kind.of_county and county not in site.counties:
        return f"{kind.label}要写明县区；现有：{'、'.join(sorted(site.counties))}"
    return f"{site.offices[issuer].name}不能发布{site.county_name(county)}{kind.label}"


def _minute(at: datetime) -> datetime:
    """The instant as a person would write it, not before it is."""
    later = at if not (at.second or at.microsecond) else at + timedelta(minutes=1)
    return later.replace(second=0, microsecond=0).astimezone(SHANGHAI)


def _part(kind: Kind) -> str:
    """What tells a kind's notices from others in their address; a county's name does already."""
    return "" if kind.of_county else kind.removesuffix("-publicity")


def suggested_slug(edition: str, kind: Kind, county: str | None, taken: Iterable[str] = ()) -> str:
    """An address that nobody has: `third-dongshan`, `third-city`, `third-decision-2`."""
    wanted = "-".join(filter(None, (edition, county, _part(kind))))
    known, slug, number = set(taken), wanted, 2
    while slug in known:
        slug, number = f"{wanted}-{number}", number + 1
    if not SLUG.fullmatch(slug):
        raise RequestError(f"届次“{edition}”不能用在网址里，请自己写网址名")
    return slug


def office_of(catalogue: Catalogue, county: str | None) -> str:
    """The office that publishes for a county, or the main office."""
    offices = catalogue.site.offices.values()
    own = next((office.slug for office in offices if county and office.county == county), None)
    return own or catalogue.site.office
