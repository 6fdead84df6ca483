"""Notices: reads one folder notices/<slug>/ to a Notice, with every fault found on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from portal.content.files.fault_collector import Faults
from portal.content.files.fields import Fields
from portal.content.notice.news_fields import read_news
from portal.content.notice.notice_folder import LIST, REVISIONS, TEXT, FolderText, read_folder
from portal.content.notice.order import in_order
from portal.content.notice.revisions import read_earlier, read_stamp
from portal.domain.characters import without_controls
from portal.domain.identifiers import SLUG
from portal.domain.notice import Kind, ListOrder, Notice, Review, Revision
from portal.domain.stated_reasons import CapException, ListChange, StatedReason
from portal.domain.window import Counting, Extension, FirstDay
from portal.errors import CalendarError, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from portal.content.files.frontmatter import FrontMatter
    from portal.content.notice.basis import Basis
    from portal.content.notice.list_reader import ListTable
    from portal.domain.window import PublicityWindow
    from portal.errors import Issue

_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Source:
    """One notice folder as it was read; `notice` is None when a fault kept it from being built.

    `partial` is then what could be read of it, if only rows of its list are at fault: the lint goes
    on with it, nothing else does. `text_path` and `list_path` are how issues name the two files.
    """

    folder: Path
    matter: FrontMatter | None
    table: ListTable | None
    notice: Notice | None
    issues: tuple[Issue, ...]
    partial: Notice | None = None

    @property
    def slug(self) -> str:
        """The notice's slug: its folder's name."""
        return self.folder.name

    @property
    def text_path(self) -> str:
        """Path of notice.md as issues give it."""
        return f"{self.folder}/{TEXT}"

    @property
    def list_path(self) -> str:
        """Path of list.csv as issues give it."""
        return f"{self.folder}/{LIST}"


def read_notice(folder: Path, basis: Basis, *, earlier: bool = False) -> Source:
    """Read a notice folder; the faults of all its files are in the source's issues.

    An `earlier` text may say that personal data were taken out of it afterwards.
    """
    text_faults, list_faults = Faults(f"{folder}/{TEXT}"), Faults(f"{folder}/{LIST}")
    if not SLUG.fullmatch(folder.name):
        remedy = "文件夹名只用小写字母、数字和单个连字符，如 2026-dongshan-publicity"
        text_faults.add("F008", f"“{folder.name}”不能作为公告的网址名", remedy)
    text = read_folder(folder, text_faults, list_faults, basis)
    notice = None
    issues: list[Issue] = []
    if text.matter is not None:
        notice = _notice(folder, text, text.matter, basis, text_faults, earlier=earlier)
        if text.revised and (folder / REVISIONS).is_dir():
            texts, issues = read_earlier(folder / REVISIONS, text.attachments, basis)
            if notice is not None:
                notice = replace(notice, revisions=(*texts, *notice.revisions))
    issues += text_faults.issues
    elsewhere = any(issue.severity is Severity.ERROR for issue in issues)
    issues += list_faults.issues
    sound = None if elsewhere or list_faults.fatal else notice
    partial = notice if list_faults.fatal and not elsewhere else None
    return Source(folder, text.matter, text.table, sound, tuple(issues), partial)


def _notice(
    folder: Path,
    text: FolderText,
    matter: FrontMatter,
    basis: Basis,
    faults: Faults,
    *,
    earlier: bool,
) -> Notice | None:
    """Build the notice of a header; every fault is noted, None when a required value is missing."""
    fields = Fields(matter.values, matter.places, faults)
    title = fields.text("title", required=True)
    edition, issuer = fields.text("edition", required=True), fields.text("issuer", required=True)
    kind = fields.one_of("kind", basis.kinds(edition))
    published = fields.instant("published", required=True)
    county, amends, number = map(fields.text, ("county", "amends", "number"))
    window = _window(fields, basis) if fields.has("window") else None
    order = fields.choice("order", ListOrder, ListOrder.FILE) or ListOrder.FILE
    entries = in_order(text.entries, order)
    digest = text.digest(text.attachments)
    issued, tags, review = fields.day("issued"), fields.texts("tags"), _review(fields)
    stamp, news = read_stamp(fields, published), read_news(fields)
    news |= {"reasons": _reasons(fields), "exceptions": _exceptions(fields), **_imprint(fields)}
    redacted = fields.text("redacted") if earlier else ""
    _check_examined(fields)
    fields.done()
    if kind is None or published is None:
        return None
    _check_kind(kind, fields, text.table is not None)
    return Notice(
        slug=folder.name,
        title=without_controls(title),
        kind=kind,
        edition=edition,
        issuer=issuer,
        published=published,
        body=without_controls(matter.body),
        review=review,
        county=county or None,
        number=number,
        issued=issued,
        window=window,
        order=order,
        amends=amends or None,
        tags=tags,
        entries=entries,
        attachments=text.attachments,
        revisions=(
            Revision(
                *(*stamp, title, matter.body, entries, digest),
                redacted=redacted,
                extensions=len(window.extensions) if window else 0,
                attachments=text.attachments,
            ),
        )
        if stamp
        else (),
        digest=digest,
        **news,
    )


def _imprint(fields: Fields) -> dict[str, Any]:
    """版记: who gets a copy, who printed the document and when, where the header says so."""
    return {
        "copied_to": fields.text("copied-to"),
        "printed_by": fields.text("printed-by"),
        "printed": fields.day("printed"),
    }


def _check_kind(kind: Kind, fields: Fields, has_list: bool) -> None:
    """Note fields that a kind of notice needs or cannot have."""
    rules = [
        ("window", kind.has_window, kind.has_window),
        ("amends", kind.amends, kind.amends),
        ("county", kind.of_county, kind.of_county or kind.follows),
        ("step", kind is Kind.PROGRESS, kind is Kind.PROGRESS),
        ("reached", kind is Kind.PROGRESS, kind is Kind.PROGRESS),
        ("result-of", kind is Kind.RESULT, kind is Kind.RESULT),
        ("objections", kind is Kind.RESULT, kind is Kind.RESULT),
        ("departures", False, kind in (Kind.PROGRESS, Kind.RESULT, Kind.CORRECTION)),
        ("exceptions", False, kind.has_window),
        ("order", False, kind.has_list),
        ("reasons", False, kind.has_list),
    ]
    for key, required, allowed in rules:
        given = fields.has(key)
        if required and not given:
            message = f"{kind.label}缺少“{key}”"
            fields.faults.add("F006", message, "补上这一项", fields.at(key))
        elif given and not allowed:
            message = f"{kind.label}不能有“{key}”"
            fields.faults.add("F010", message, "删去这一项，或更正 kind", fields.at(key))
    if kind.has_list and not has_list:
        message = f"{kind.label}没有名单文件 {LIST}"
        fields.faults.add("L012", message, "放入名单，或用 portal import 生成", fields.at("kind"))
    elif has_list and not kind.has_list:
        message = f"{kind.label}不应有名单文件 {LIST}"
        fields.faults.add("L012", message, "删去名单文件，或更正 kind", fields.at("kind"))


def _check_examined(fields: Fields) -> None:
    """What somebody answers for in attachments that no program can look into; the lint reads it."""
    if not fields.has("examined"):
        return
    for item in fields.tables("examined"):
        for key in ("file", "by", "note"):
            item.text(key, required=True)
        item.done()


def _review(fields: Fields) -> Review:
    table = fields.table("review", required=True)
    names = [table.text(key, required=bool(table.values)) for key in Review.__slots__]
    table.done()
    return Review(*names)


def _reasons(fields: Fields) -> tuple[StatedReason, ...]:
    """Why the list differs from those before it."""
    found = []
    for item in fields.tables("reasons") if fields.has("reasons") else ():
        about = item.choice("about", ListChange)
        reason, entry = item.text("reason", required=True), item.text("entry")
        item.done()
        if about is not None and reason:
            found.append(StatedReason(about, reason, entry))
    return tuple(found)


def _exceptions(fields: Fields) -> tuple[CapException, ...]:
    """More than a cap in principle, with the reason and who agreed; all of it is printed."""
    found = []
    for item in fields.tables("exceptions") if fields.has("exceptions") else ():
        category, most = item.text("category", required=True), item.integer("most", 1)
        reason, agreed = item.text("reason", required=True), item.text("agreed", required=True)
        item.done()
        found.append(CapException(category, most, reason, agreed))
    return tuple(found)


def _window(fields: Fields, basis: Basis) -> PublicityWindow | None:
    """The window of a header; faults are noted, a year without calendar data too."""
    table = fields.table("window")
    opens = table.day("opens", required=True)
    counting = _counting(table)
    last = table.day("until", required=True) if counting is Counting.UNTIL else None
    length = 1 if counting is Counting.UNTIL else table.integer(counting, 1)
    rule = FirstDay.COUNTED
    if counting is not Counting.UNTIL:
        rule = table.choice("first-day", FirstDay, FirstDay.COUNTED) or FirstDay.COUNTED
    extensions = tuple(_extension(item, counting) for item in table.tables("extensions"))
    table.done()
    if last is not None and opens is not None:
        length = (last - opens).days + 1
        if length < 1:
            table.wrong("until", "早于公示起始日", "核对起止日期")
            return None
    if length + sum(e.length for e in extensions) > _MOST_DAYS:
        table.wrong(counting, f"超过{_MOST_DAYS}天", "核对天数")
        return None
    if opens is None:
        return None
    try:
        return basis.window(opens, length, counting, rule, extensions)
    except (CalendarError, OverflowError) as error:
        fields.faults.add("W001", str(error), "公示期不能推算，不要估计", table.at("opens"))
        return None


def _counting(table: Fields) -> Counting:
    """What the window counts: the key that its length stands under; working days where none is."""
    given = [counting for counting in Counting if table.has(counting)]
    for second in given[1:]:
        table.wrong(second, f"与“{given[0]}”不能同时写", "公示期只按一种办法计算，删去另一项")
    return given[0] if given else Counting.WORKING_DAYS


def _extension(item: Fields, counting: Counting) -> Extension:
    reason = item.text("reason", required=True)
    extension = Extension(item.integer(counting.of_extensions, 1), reason, item.day("decided"))
    item.done()
    return extension
