"""The desk's rounds: what arrives is registered, and a failure ends nothing."""

from sqlalchemy import select

from portal.casework.models import Case
from portal.desk.rounds import Rounds


def test_a_round_registers_what_arrived_and_a_failed_one_does_not_end_the_thread(office, caplog):
    rounds = Rounds(office.desk)
    office.cases.send()
    rounds.once()
    with office.desk.room.register.read() as session:
        assert len(session.scalars(select(Case)).all()) == 1
    office.desk.settings.dropbox.joinpath("inbox").rmdir()
    office.desk.settings.dropbox.joinpath("inbox").write_text("in the way")
    rounds.once()
    assert "a round failed" in caplog.text
