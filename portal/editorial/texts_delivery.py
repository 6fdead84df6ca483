"""The texts that public apps on other machines read: brought to them before the site shows them.

A public app opens a window by the notice and the ledger in folders of its own. A site that shows
a form whose window its app does not know would turn everybody away.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portal.content.notice.recorded import COPIES
from portal.editorial.delivery import mirror, rsync
from portal.errors import RequestError, reason_of

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class TextsDelivery:
    """Where texts go, each a folder or user@machine:folder; below it a folder of each one's name.

    What lies there under these names is replaced wholly: this machine's texts are the texts.
    """

    targets: tuple[str, ...] = ()

    def deliver(self, folders: Sequence[Path], *, thorough: bool = False) -> str:
        """Bring folders of texts to every target; what to tell about it. RequestError, by target.

        A target that cannot be reached keeps none of the others from getting theirs.
        """
        named = {folder.resolve().name: folder for folder in folders}
        if self.targets and len(named) < len(folders):
            names = "、".join(str(folder) for folder in folders)
            raise RequestError(f"文字的文件夹重名，不能按 PORTAL_DELIVERY_TEXTS 送出：{names}")
        troubles = [self._bring(target, named, thorough=thorough) for target in self.targets]
        if any(troubles):
            raise RequestError("；".join(filter(None, troubles)))
        return f"文字已送到{len(self.targets)}处" if self.targets else ""

    @staticmethod
    def _bring(target: str, named: dict[str, Path], *, thorough: bool) -> str:
        """Why a target did not get the texts, in words; empty when it did."""
        far = ":" in target.split("/", 1)[0]
        try:
            for name, folder in named.items():
                place, hidden = f"{target.rstrip('/')}/{name}", (COPIES,)
                if far:
                    rsync(folder, place, thorough=thorough, hidden=hidden)
                else:
                    mirror(folder, Path(place), thorough=thorough, hidden=hidden)
        except (RequestError, OSError) as error:
            return f"文字没有送到 {target}：{reason_of(error)}"
        return ""
