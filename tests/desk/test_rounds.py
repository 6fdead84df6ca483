"""The desk's rounds: what arrives is registered, and a failure ends nothing."""

from sqlalchemy import select

from portal.casework.models import Case, MailNotice, Staff
from portal.desk.rounds import Rounds
from tests.casedesk import CITY


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
    assert "没有收取成功" not in office.sign_in(CITY).get("/todo").text
    with office.desk.room.register.write() as session:
        session.scalars(select(Staff).where(Staff.username == CITY.username)).one().email = "a@b.cn"
    office.clock.on(hours=25)
    rounds.once()
    with office.desk.room.register.read() as session:
        [mail] = session.scalars(select(MailNotice).where(MailNotice.recipient == "a@b.cn")).all()
    assert "已经1天没有收取成功" in mail.body
    assert "已经1天没有收取成功" in office.sign_in(CITY).get("/todo").text
