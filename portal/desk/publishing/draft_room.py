"""The draft room: the drafts, their imports, their acts and checks, as the pages work with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort

from portal.casework.people import Right, Role
from portal.content.content_files import CONTENT_NAME
from portal.desk.entry.gate import person
from portal.domain.editions import terms_for
from portal.domain.notice import FIXED_KINDS
from portal.editorial import keeping_true
from portal.editorial.content_checks import check_content
from portal.editorial.content_drafts import ContentDraft
from portal.editorial.draft_checks import LintedTree, check_draft
from portal.editorial.list_imports import ListImports
from portal.editorial.rights import concerns
from portal.editorial.surroundings import DEMONSTRATION, Surroundings
from portal.errors import RequestError
from portal.lint.checker import Checker
from portal.lint.holds_file import read_holds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from portal.content.catalogue import Catalogue
    from portal.desk.services import Desk
    from portal.domain.awards import ListTerms
    from portal.domain.notice import Kind, Notice
    from portal.domain.standing import Hold
    from portal.editorial.draft_checks import Remark
    from portal.editorial.drafts import Draft, Drafts
    from portal.editorial.keeping_true import Saved
    from portal.editorial.review import Reviews

    Paper = Draft | ContentDraft
    """What goes the way of the three acts."""


@dataclass(frozen=True)
class DraftRoom:
    """What the pages of 公告编发 share; made once from the desk."""

    desk: Desk

    @property
    def reviews(self) -> Reviews:
        """The acts about drafts."""
        return self.desk.reviews

    @property
    def drafts(self) -> Drafts:
        """The drafts themselves."""
        return self.desk.reviews.drafts

    @property
    def imports(self) -> ListImports:
        """Spreadsheets on their way to a list."""
        return ListImports(self.drafts)

    @property
    def now(self) -> datetime:
        """The desk's clock."""
        return self.desk.clock()

    @property
    def catalogue(self) -> Catalogue:
        """What is public."""
        return self.desk.room.catalogue()

    @property
    def around(self) -> Surroundings:
        """What drafts are written in."""
        paths = self.desk.settings.paths
        return Surroundings(self.catalogue, paths.content, paths.notices)

    @property
    def against(self) -> LintedTree:
        """What drafts are checked against."""
        paths, public = self.desk.settings.paths, self.desk.room.keys.public
        return LintedTree(
            paths.content,
            paths.notices,
            holds=self.desk.room.holds,
            desk=public.desk(),
            keyed=public.takes_objections,
            checker=Checker(self.desk.settings.checker),
            kept=paths.state / "cache" / "lint",
        )

    def holds(self, edition: str) -> list[Hold]:
        """The entries of an edition that objections hold back, as the lint knows them."""
        site = self.catalogue.site
        found = read_holds(
            self.desk.room.holds,
            self.desk.room.keys.public.desk(),
            lambda county: site.county_name(county) or county,
        )
        return [hold for of, hold in found.holds if of == edition]

    def draft(self, slug: str) -> Draft:
        """A draft for who is signed in; 404 where there is none or it is not theirs to see."""
        try:
            draft = self.drafts.read(slug)
        except RequestError:
            abort(404)
        if not concerns(person(), slug, draft.values, self.catalogue):
            abort(404)
        return draft

    def unlock_ledger(self, passphrase: str) -> None:
        """Unlock the ledger's key and begin what is due; RequestError for who may not sign off."""
        if Right.SIGN_OFF not in person().may:
            raise RequestError("台账密钥由有“签发”权限的人解锁")
        self.desk.publisher.unlock(passphrase, self.now)
        self.desk.publisher.start(self.now)

    def content(self, name: str) -> ContentDraft:
        """A draft of a content file for who is signed in; 404 likewise."""
        if not sees_content(self):
            abort(404)
        try:
            return self.reviews.contents.read(name)
        except RequestError:
            abort(404)

    def paper(self, slug: str) -> Paper:
        """A draft of either kind by its name."""
        return self.content(slug) if CONTENT_NAME.fullmatch(slug) else self.draft(slug)

    def remarks(self, draft: Paper) -> list[Remark]:
        """What the lint says about a draft now."""
        if isinstance(draft, ContentDraft):
            return check_content(draft, self.against, self.now)
        return check_draft(draft, self.against, self.now)

    def begin_writing(self, draft: Paper) -> None:
        """Before each save: note the writer; RequestError where this person may not write now."""
        self.reviews.writing(person(), draft.slug, self.now)

    def save(self, draft: Draft, values: Mapping[str, Any], body: str) -> Saved:
        """Save a header and a body, what was set in kept true; NewerDraftError for a newer one."""
        self.begin_writing(draft)
        return keeping_true.save(self.drafts, self.around, draft, values, body)

    def save_list(self, draft: Draft, data: bytes | None) -> Saved:
        """Save a list, the counts in the text kept true."""
        self.begin_writing(draft)
        return keeping_true.save_list(self.drafts, self.around, draft, data)


def refuse_demonstration(room: DraftRoom) -> None:
    """RequestError in a demonstration over the office's own content: it stays as it is."""
    settings = room.desk.settings
    if settings.demonstration and not (settings.paths.content[0] / DEMONSTRATION).exists():
        raise RequestError(
            "这是演示，正式的网站内容不改动；要演示到底，用 portal demo 启动，它改的是自己的一份"
        )


def sees_content(room: DraftRoom) -> bool:
    """Whether who is signed in edits what is no notice: the main office alone."""
    who = person()
    return who.role is Role.CITY and who.office == room.catalogue.site.office


def may_draft() -> bool:
    """Whether who is signed in may begin drafts."""
    return Right.DRAFT in person().may


def published_notice(room: DraftRoom, slug: str) -> Notice:
    """A published notice for who is signed in; 404 where there is none or it is not theirs."""
    notice = room.catalogue.as_of(room.now).notice(slug)
    if notice is None or not sees_published(room, notice):
        abort(404)
    return notice


def sees_published(room: DraftRoom, notice: Notice) -> bool:
    """Whether who is signed in acts on a published notice at all: the county's, the main office."""
    who = person()
    main = who.office == room.catalogue.site.office
    return main or bool(who.county and notice.county == who.county)


def kind_of(room: DraftRoom, draft: Draft) -> Kind | None:
    """The kind of a draft, None where its header names none of its edition."""
    edition = room.catalogue.editions.get(str(draft.values.get("edition")))
    kinds = edition.kinds if edition else FIXED_KINDS
    return kinds.get(str(draft.values.get("kind")))


def stands_on(room: DraftRoom, draft: Draft) -> bool:
    """Whether the list of a draft is chosen from earlier lists."""
    edition = room.catalogue.editions.get(str(draft.values.get("edition")))
    kind = kind_of(room, draft)
    return edition is not None and kind is not None and bool(edition.stands_on(kind))


def terms_of(room: DraftRoom, draft: Draft) -> ListTerms:
    """What the list of a draft may say."""
    return terms_for(room.catalogue.editions, draft.values.get("edition"))
