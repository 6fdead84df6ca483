"""Whatever gets a receipt, the desk opens: any text, in any field, through the real form."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from portal.casework.unsealing import objection_of, unseal_file
from portal.domain.objection import Objection, Objector, ObjectorKind
from portal.errors import UnreadableError
from portal.submission.form_drafts import code_of, new_secret
from tests.publicside import OPEN, SLUG, Citizen, PublicSide, pdf, public_side
from tests.sites import SiteTree
from tests.submission.test_submitting import Objecting

HOSTILE = ["\0", "\x02", "\x1b", "\u202e", "\ufffd", "\ue000", "\ud7ff", "\r", "\u2028", "_x0000_"]
TEXTS = st.lists(
    st.one_of(st.sampled_from([*HOSTILE, "质量", "抽检"]), st.text(max_size=8)), max_size=8
).map("".join)


def opened(side: PublicSide) -> list[Objection]:
    """Every objection in the inbox, by the desk's own reader."""
    found = []
    for path in sorted(side.box.inbox.glob("*.sealed")):
        identity = side.identities["pingding-office", SLUG]
        found.append(objection_of(unseal_file(path, [identity])))
    return found


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # an example takes a second: none is made smaller
)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_whatever_gets_a_receipt_the_desk_opens(
    site_from: Callable[..., SiteTree], name: str, facts: str, address: str, file: str
) -> None:
    # The search index is made beside the requests, and may still be when the folder goes.
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        side = public_side(site_from(), Path(folder))
        app = side.app()
        app.test_client_class = FlaskClient  # what is typed here is not as pages are written
        citizen = Citizen(side, app)
        citizen.begin()
        facts = f"该单位申报材料中的产值数据与公报不一致{facts}"
        citizen.check(name=f"钱{name}", facts=facts, address=address, files=[pdf(f"{file}.pdf")])
        if citizen.code == 200:
            citizen.press("send")
        got_receipt = 'id="receipt-code"' in citizen.page
        assert got_receipt or citizen.errors()
        assert len(opened(side)) == got_receipt
        for objection in opened(side):
            assert not set("\0\x02\x1b\u202e") & set(objection.facts + objection.objector.name)


@pytest.mark.parametrize("character", ["\0", "\x02"])
def test_control_characters_are_cleaned_in_every_form(citizen: Citizen, character: str) -> None:
    code = citizen.object(
        facts=f"该单位申报材料中的产值{character}数据与公报不一致", name=f"钱{character}七"
    )
    [objection] = opened(citizen.side)
    assert objection.facts == "该单位申报材料中的产值数据与公报不一致"
    assert objection.objector.name == "钱七"
    citizen.look_up(code)
    citizen.say("evidence", text=f"补{character}充")
    assert [message.text for message in citizen.side.messages()] == ["补充"]


def test_a_character_that_others_cannot_read_is_told_at_its_field(citizen: Citizen) -> None:
    citizen.begin()
    citizen.check(name="钱\ue000")
    assert citizen.code == 422
    assert any("自造字" in error for error in citizen.errors())


def test_nothing_is_stored_that_the_desks_reader_refuses(side: PublicSide) -> None:
    """Also where the form lets something through: it is read back before it is sealed."""
    objecting = Objecting(side)
    for facts in ("\0", "长" * 20_001, "\ud800"):
        with pytest.raises(UnreadableError) as caught:
            objecting.send(code_of(new_secret()), facts)
        assert caught.value.field in ("facts", "")
    objector = Objector(ObjectorKind.PERSON, "钱七" * 200)
    draft = Objection("", SLUG, 1, OPEN, objector, (), "事实", "1")
    with pytest.raises(UnreadableError) as caught:
        objecting.submissions.submit(
            draft,
            [],
            notice=objecting.notice,
            office="pingding-office",
            code=code_of(new_secret()),
            decide=objecting.decide,
        )
    assert caught.value.field == "name"
    assert list(side.box.inbox.iterdir()) == []
