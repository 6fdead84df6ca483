"""Rendering: the work of asking the site app for artifacts and noting what each page read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from portal.errors import reason_of
from portal.freezer.pages.compiled import CompiledTemplates
from portal.freezer.pages.freezing import SiteFreezer
from portal.freezer.pages.searching import search_index
from portal.freezer.record.recorded_catalogue import TODAY
from portal.site import create_app
from portal.site.site_options import SiteOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from portal.freezer.artifacts import Artifact
    from portal.freezer.pages.scene import Scene
    from portal.freezer.processes.pool import Work


class Rendered(NamedTuple):
    """A batch's pages with what they read, its failures, and HTML worth keeping."""

    pages: list[tuple[str, str]]
    failures: list[str]
    html: list[tuple[bytes, str]]


def renderer(scene: Scene, folder: Path) -> Callable[[], Work[Artifact, Rendered]]:
    """Work that writes a batch of artifacts below a folder."""

    def make() -> Work[Artifact, Rendered]:
        catalogue = scene.catalogue()
        base_url = scene.parts.site.base_url
        options = SiteOptions(
            base_url,
            scene.objections_url,
            search_files=search_index(scene.store).read,
            formats=scene.formats,
        )

        def clock() -> datetime:
            catalogue.reads.add(TODAY)
            return scene.at

        app = create_app(lambda: catalogue, options, clock)
        app.jinja_env.bytecode_cache = CompiledTemplates(scene.store.parent / "jinja")
        freezer = SiteFreezer(app, folder, base_url)

        def work(batch: Sequence[Artifact], tell: Callable[[str], None]) -> Rendered:
            done = Rendered([], [], [])

            def begin(url: str) -> None:
                catalogue.reads.clear()
                catalogue.new_html.clear()
                tell(url)

            for artifact, error in freezer.write(batch, begin):
                if error is not None:
                    done.failures.append(f"{artifact.url}：{_reason(error)}")
                    continue
                if artifact.timeless:
                    catalogue.reads.discard(TODAY)
                done.pages.append((artifact.url, artifact.content or "\n".join(catalogue.reads)))
                if not artifact.single:
                    # Only texts that stand on several pages are worth more than their space.
                    done.html.extend(catalogue.new_html)
            return done

        return work

    return make


def _reason(error: Exception) -> str:
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"（{place.tb_frame.f_code.co_filename}:{place.tb_lineno}）" if place else ""
    return f"{reason_of(error)}{where}"
