"""What machines read in the head of a notice: schema.org data and the meta tags of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.web.filters import minute

if TYPE_CHECKING:
    from datetime import datetime

    from portal.domain.notice import Notice
    from portal.domain.places import Office


def article_meta(notice: Notice, issuer: Office) -> dict[str, str]:
    """Meta tags as government sites have them (docs/domain.md §8); empty ones are not printed."""
    return {
        "ArticleTitle": notice.title,
        "PubDate": minute(notice.published),
        "ContentSource": issuer.name,
        "Keywords": ",".join(notice.tags),
    }


def article_data(
    notice: Notice, issuer: Office, base_url: str, updated: datetime
) -> dict[str, Any]:
    """The notice as a schema.org article."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": notice.title,
        "datePublished": notice.published.isoformat(),
        "dateModified": updated.isoformat(),
        "inLanguage": "zh-CN",
        "author": {"@type": "GovernmentOrganization", "name": issuer.name},
        "mainEntityOfPage": f"{base_url.rstrip('/')}/notices/{notice.slug}/",
    }
