"""Commands that staff send by replying, over real SMTP in and real SMTP out."""

from collections.abc import Iterator

import pytest

from mailroute.model.ticket import Status
from tests.support.house import HUBER, MUELLER, SCHMIDT, House, a_mail, open_house

DAMAGE = (
    "Thomas Müller <mueller@mieter.example>",
    "Gebäudeschaden",
    "Hallo,\n\nam Haus Max-Planck-Straße 12 ist die Dachrinne beschädigt.\n\nThomas Müller\n",
)


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as running:
        yield running
        assert running.contradictions() == []


def test_an_answer_is_stopped_within_its_hold_and_never_leaves(house: House) -> None:
    house.get(a_mail(*DAMAGE))
    letter = house.letter_to(SCHMIDT)
    house.reply(letter, "Guten Tag Herr Müller,\n\nder Dachdecker kommt am Montag.")
    [receipt] = house.reply(letter, "rückgängig")
    assert "wird nicht gesendet" in receipt.text
    assert [one for one in house.pass_(minutes=10) if one.to == MUELLER] == []
    assert house.ticket().status is Status.OFFERED


def test_an_answer_that_has_left_is_not_taken_back(house: House) -> None:
    house.get(a_mail(*DAMAGE))
    letter = house.letter_to(SCHMIDT)
    house.reply(letter, "Guten Tag Herr Müller,\n\nder Dachdecker kommt am Montag.")
    assert [one.to for one in house.pass_(minutes=3)] == [MUELLER]
    [receipt] = house.reply(letter, "rückgängig")
    assert "Berichtigung" in receipt.text
    assert house.ticket().status is Status.ACCEPTED


def test_req_d3_d4_handed_on_and_taken_back(house: House) -> None:
    house.get(a_mail(*DAMAGE))
    letter = house.letter_to(SCHMIDT)
    given = house.reply(letter, "weiter an: Huber")
    assert sorted(one.to for one in given) == sorted([HUBER, SCHMIDT])
    [refused] = house.reply(letter, "erledigt")
    assert "widerrufen" in refused.text
    back = house.reply(letter, "widerrufen")
    assert sorted(one.to for one in back) == sorted([HUBER, SCHMIDT])
    [late] = house.reply(house.letter_to(HUBER), "annehmen")
    assert "Schmidt" in late.text
    assert house.ticket().assignee == "schmidt"
