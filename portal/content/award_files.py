"""Awards: reads content/awards/*.toml, one edition (届) a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.content.files.fault_collector import Faults
from portal.content.files.toml_tables import read_toml
from portal.domain.awards import Edition, Grade, Step

if TYPE_CHECKING:
    from pathlib import Path

    from portal.content.files.fields import Fields
    from portal.errors import Issue


def read_editions(folder: Path) -> tuple[dict[str, Edition], tuple[Issue, ...]]:
    """The editions of a content folder by slug, which is the file's name; faulty ones left out."""
    editions: dict[str, Edition] = {}
    issues: list[Issue] = []
    for path in sorted((folder / "awards").glob("*.toml")):
        faults = Faults(str(path))
        fields = read_toml(path, faults)
        edition = _edition(path.stem, fields) if fields else None
        if edition and not faults.fatal:
            editions[edition.slug] = edition
        issues += faults.issues
    return editions, tuple(issues)


def _edition(slug: str, fields: Fields) -> Edition:
    places = fields.table("places", required=True)
    edition = Edition(
        slug=slug,
        name=fields.text("name", required=True),
        short=fields.text("short", required=True),
        places={grade: places.integer(grade.value, 0) for grade in Grade},
        vacancies=fields.flag("vacancies"),
        organization_cap=fields.integer("organization-cap", 0),
        individual_cap=fields.integer("individual-cap", 0),
        county_working_days=fields.integer("county-working-days", 1),
        city_working_days=fields.integer("city-working-days", 1),
        steps=tuple(_step(table) for table in fields.tables("steps")),
        deadline=fields.day("deadline"),
        demonstration=fields.flag("demonstration"),
    )
    places.done()
    fields.done()
    if [step.number for step in edition.steps] != list(range(1, len(edition.steps) + 1)):
        fields.wrong("steps", "的 number 应从 1 起连续编号", "按先后顺序编号")
    return edition


def _step(table: Fields) -> Step:
    step = Step(
        table.integer("number", 1),
        table.text("name", required=True),
        table.text("actor", required=True),
        table.text("summary", required=True),
    )
    table.done()
    return step
