"""What a publication works with: the folders, the key, the build, the delivery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.editorial.texts_delivery import TextsDelivery
from portal.errors import RequestError
from portal.ledger.ledger_lines import LEDGER_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from portal.content.catalogue import Catalogue
    from portal.editorial.delivery import Delivery
    from portal.editorial.draft_checks import LintedTree
    from portal.editorial.review import Reviews
    from portal.ledger.signing import SigningKey
    from portal.proof.form_lines import FormSeals


class KeyWantedError(RequestError):
    """The ledger's key has to be unlocked first; nothing is lost meanwhile."""


@dataclass(frozen=True)
class Tools:
    """What a job works with. `catalogue` gives all texts of the tree, entered or not, as they are.

    `build` brings the site at `site` up to date with the ledger as of an instant; `ping` tells
    subscribers, and says what it told; `forget` removes what the build keeps of the former site.
    """

    reviews: Reviews
    root: Path
    around: LintedTree
    catalogue: Callable[[], Catalogue]
    build: Callable[[datetime], str]
    site: Path
    delivery: Delivery
    ping: Callable[[], str]
    key_path: Path
    clock: Callable[[], datetime]
    sums: Path | None = None
    forget: Callable[[], None] = lambda: None
    texts: TextsDelivery = field(default_factory=TextsDelivery)
    form: FormSeals | None = None
    key: SigningKey | None = field(default=None, repr=False)

    def bring(self, *, thorough: bool = False) -> str:
        """Bring texts and site to where they are read; what to tell about it. RequestError."""
        folders = (*self.around.content, *self.around.notices)
        told = self.texts.deliver(folders, thorough=thorough)
        return "；".join(filter(None, (told, self.delivery.deliver(self.site, thorough=thorough))))

    def ledgers(self) -> list[Path]:
        """The ledger of each folder of notices."""
        return [folder / LEDGER_NAME for folder in self.around.notices]

    def held_key(self) -> SigningKey:
        """The key; KeyWantedError while it is locked."""
        if self.key is None:
            raise KeyWantedError("台账的签名密钥没有解锁：请有签发权限的人在工作台输入密钥口令")
        return self.key
