"""Addresses and names that every format of a notice prints alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from portal.content.catalogue import Catalogue
    from portal.domain.notice import Notice
    from portal.domain.window import PublicityWindow


def permalink(notice: Notice, catalogue: Catalogue) -> str:
    """The lasting address of a notice's page."""
    return f"{catalogue.site.base_url.rstrip('/')}/notices/{notice.slug}/"


def objections_link(notice: Notice, catalogue: Catalogue) -> str:
    """The address of the part of the page that says how to object."""
    return f"{permalink(notice, catalogue)}#objections"


def issuer_name(notice: Notice, catalogue: Catalogue) -> str:
    """Full name of the issuing office."""
    office = catalogue.site.offices.get(notice.issuer)
    return office.name if office else notice.issuer


def chinese_date(on: date | datetime) -> str:
    """Arabic digits without leading zeros, as GB/T 9704-2012 7.3.5.1 asks."""
    return f"{on.year}年{on.month}月{on.day}日"


def date_line(notice: Notice) -> str:
    """The date under the signature: 成文日期 where it is known, else when it was published."""
    if notice.issued:
        return chinese_date(notice.issued)
    return f"（{chinese_date(notice.published)}发布）"


def window_sentence(notice: Notice, window: PublicityWindow, catalogue: Catalogue) -> str:
    """When the window is and how to object, as one sentence of a newspaper or a document."""
    office = catalogue.site.offices.get(notice.issuer)
    channels = [f"网址：{objections_link(notice, catalogue)}"]
    if office:
        facts = (
            ("电话", office.phone),
            ("电子邮箱", office.email),
            ("地址", office.address),
            ("邮编", office.postcode),
        )
        channels += [f"{label}：{value}" for label, value in facts if value]
    last = chinese_date(window.closes)
    if window.closes.year == window.opens.year:
        last = last.partition("年")[2]
    return (
        f"公示时间为{chinese_date(window.opens)}至{last}，"
        f"共{window.total_working_days}个工作日。对公示内容有异议的，请在公示期内提出。"
        f"{'；'.join(channels)}。"
    )
