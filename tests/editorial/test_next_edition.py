"""The next edition carries the rules over, under its own name, and says what is to be decided."""

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given

from portal.cli import portal
from portal.content.award_files import read_editions
from portal.editorial.next_edition import TO_DECIDE, next_edition
from tests.awards import editions
from tests.thirdaward import THIRD


def read(folder: Path, text: str):
    path = folder / "awards" / "next.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found, issues = read_editions(folder)
    assert issues == ()
    return found["next"]


@given(editions())
def test_the_rules_of_any_award_carry_over(tmp_path_factory, edition):
    found = read(tmp_path_factory.mktemp("award"), next_edition(edition, "next", "二届"))
    assert (found.terms, found.caps, found.stages) == (edition.terms, edition.caps, edition.stages)
    assert found.name != edition.name
    assert found.deadline is None
    assert not found.demonstration


def test_the_third_becomes_the_fourth(tmp_path):
    awards = tmp_path / "awards"
    awards.mkdir()
    own = Path(__file__).parents[2] / "content" / "awards" / "third.toml"
    (awards / "third.toml").write_bytes(own.read_bytes())
    given = ["edition", "new", "fourth", "--from", "third", "--short", "第四届"]
    told = CliRunner().invoke(portal, [*given, "--content", str(tmp_path)])
    assert told.exit_code == 0, told.output
    assert all(line in told.output for line in TO_DECIDE)
    fourth = read_editions(tmp_path)[0]["fourth"]
    assert fourth.name == THIRD.name.replace("第三届", "第四届")
    assert "第三届" not in "".join(step.actor + step.summary for step in fourth.steps)
    assert fourth.caps == replace(THIRD).caps
    again = CliRunner().invoke(portal, [*given, "--content", str(tmp_path)])
    assert again.exit_code == 1
    assert "不会覆盖" in str(again.exception)
