"""Enters the keys and scripts of the form into a test site's ledger, as a publication does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.proof.form_lines import FormSeals
from portal.proof.publishing import publish_folder
from portal.sealed.public_keys import PublicKeys
from portal.web.assets import form_digests
from tests.publicside import OPEN, PublicSide, public_side
from tests.recording import KEY

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.sites import SiteTree


def enter_keys(side: PublicSide, tree: SiteTree, at: datetime = OPEN) -> None:
    """The keys of the side as they are now; its catalogue knows the line afterwards."""
    seals = FormSeals(PublicKeys(side.root / "keys/public"), form_digests())
    publish_folder(side.catalogue, tree.notices[0], KEY, at, only=set(), form=seals)
    side.catalogue = tree.catalogue()


def published_side(tree: SiteTree, root: Path) -> PublicSide:
    """A public side whose keys stand in the ledger, so that each window has its frozen form."""
    side = public_side(tree, root)
    side.app()  # makes the key of the receipts
    enter_keys(side, tree)
    return side
