"""The third edition's own words: its grades, categories and kinds, for tests that name them."""

from pathlib import Path

from portal.content.award_files import read_editions

THIRD = read_editions(Path(__file__).parents[1] / "content")[0]["third"]
EDITIONS = {"third": THIRD}
TERMS = THIRD.terms
GRADES, CATEGORIES = TERMS.grades, TERMS.categories
AWARD, NOMINATION = GRADES
ORGANIZATION, EXPERT, MANAGER, ENGINEER, FRONTLINE = CATEGORIES
KINDS = tuple(THIRD.kinds.values())
COUNTY_PUBLICITY, CITY_PUBLICITY = (stage.kind for stage in THIRD.stages)
