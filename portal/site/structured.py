"""What machines read in the head of a notice: schema.org data and the meta tags of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.domain.dates import write_meta

if TYPE_CHECKING:
    from portal.domain.history import History
    from portal.domain.notice import Notice
    from portal.domain.places import Office


def article_meta(notice: Notice, issuer: Office, mark: str) -> dict[str, str]:
    """Meta tags as government sites have them (docs/domain.md §8); empty ones are not printed."""
    return {
        "ArticleTitle": mark + notice.title,
        "PubDate": write_meta(notice.published),
        "ContentSource": issuer.name,
        "Keywords": ",".join(notice.tags),
    }


def article_data(notice: Notice, issuer: Office, base_url: str, history: History) -> dict[str, Any]:
    """The notice as a schema.org article, with what was done to it later."""
    later = {
        "creativeWorkStatus": history.act.label if history.act else "",
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": act.sentence,
                "datePublished": act.at.isoformat(),
            }
            for act in history.shown
        ],
    }
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": history.mark + notice.title,
        "datePublished": notice.published.isoformat(),
        "dateModified": history.changed.isoformat(),
        "inLanguage": "zh-CN",
        "author": {"@type": "GovernmentOrganization", "name": issuer.name},
        "mainEntityOfPage": f"{base_url.rstrip('/')}/notices/{notice.slug}/",
        "version": history.version,
        **{name: value for name, value in later.items() if value},
    }
