"""Settings of publications: which key signs, where the built site goes, where the public reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from portal.config.build_settings import BuildSettings
from portal.config.common import Paths, text
from portal.config.shared_settings import bucket_of
from portal.editorial.delivery import Delivery, Way
from portal.editorial.texts_delivery import TextsDelivery
from portal.errors import RequestError
from portal.sealed.object_store import ObjectStore


def _delivery() -> Delivery:
    way = text("PORTAL_DELIVERY") or Way.FOLDER.value
    try:
        chosen = Way(way)
    except ValueError:
        known = "、".join(known.value for known in Way)
        raise RequestError(f"PORTAL_DELIVERY 应为 {known} 之一，现为“{way}”") from None
    target, store = text("PORTAL_DELIVERY_TARGET"), None
    if chosen is Way.BUCKET:
        bucket, prefix = bucket_of("PORTAL_DELIVERY_TARGET", target)
        store = ObjectStore(
            *(bucket, prefix, text("PORTAL_DELIVERY_ENDPOINT"), text("PORTAL_DELIVERY_REGION")),
            holds="网站",
            setting="PORTAL_DELIVERY",
        )
    return Delivery(chosen, target, text("PORTAL_PUBLIC_ADDRESS"), store)


@dataclass(frozen=True)
class PublishingSettings:
    """What a publication job takes.

    Environment: PORTAL_LEDGER_KEY (else <state>/keys/ledger.pem), PORTAL_DELIVERY (folder, carried,
    rsync or bucket), PORTAL_DELIVERY_TARGET (folder, user@machine:folder, or s3://bucket/prefix),
    PORTAL_DELIVERY_TEXTS (where public apps read the texts, separated by ";"),
    PORTAL_DELIVERY_ENDPOINT and PORTAL_DELIVERY_REGION (of the store, as PORTAL_STORE_ENDPOINT),
    PORTAL_PUBLIC_ADDRESS (where this machine fetches the public site to compare it; unset: the
    delivered files are compared),
    PORTAL_BASE_URL (else the one of content/site.toml, as for `portal build`).
    """

    paths: Paths = field(default_factory=Paths)
    build: BuildSettings = field(default_factory=BuildSettings)
    delivery: Delivery = field(default_factory=_delivery)
    texts: TextsDelivery = field(
        default_factory=lambda: TextsDelivery(
            tuple(filter(None, map(str.strip, text("PORTAL_DELIVERY_TEXTS").split(";"))))
        )
    )
    key: str = field(default_factory=lambda: text("PORTAL_LEDGER_KEY"))
    base_url: str = field(default_factory=lambda: text("PORTAL_BASE_URL"))

    @property
    def key_path(self) -> Path:
        """The ledger's signing key, under its passphrase."""
        return Path(self.key) if self.key else self.paths.state / "keys" / "ledger.pem"

    @property
    def folder(self) -> Path:
        """Where publications have their journals."""
        return self.paths.state / "publications"

    @property
    def sums(self) -> Path:
        """Sums of the site's files, which can be computed again."""
        return self.paths.state / "cache" / "site-sums.json"
