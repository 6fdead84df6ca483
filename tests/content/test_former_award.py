"""An award file of a former program means what it meant."""

from pathlib import Path

from portal.content.award_files import read_edition
from tests.showcase import ROOT

FORMER = Path(__file__).with_name("third.former.toml")


def test_the_third_edition_of_the_former_program_is_todays(tmp_path):
    path = tmp_path / "third.toml"
    path.write_bytes(FORMER.read_bytes())
    former, faults = read_edition(path)
    assert faults == ()
    today, _ = read_edition(ROOT / "content" / "awards" / "third.toml")
    assert former is not None
    assert today is not None
    assert former.terms == today.terms
    assert former.steps == today.steps
    assert [(cap.categories, cap.most) for cap in former.caps] == [
        (cap.categories, cap.most) for cap in today.caps
    ]
    # Caps were strict: the former form could not say 原则上, and an upgrade loosens no rule.
    assert not any(cap.in_principle for cap in former.caps)


def test_a_fault_of_a_former_file_is_told(tmp_path):
    path = tmp_path / "third.toml"
    path.write_bytes(
        FORMER.read_bytes().replace(b"city-working-days = 5", b"city-working-days = 0")
    )
    edition, faults = read_edition(path)
    assert edition is None
    assert "working-days" in str(faults[0])
