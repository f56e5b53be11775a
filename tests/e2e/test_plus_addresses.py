"""A tenant writes from a plus-address of their mailbox: they are known, and every letter goes to the address on file."""

from collections.abc import Iterator

import pytest

from tests.support.house import MUELLER, SCHMIDT, House, a_mail, open_house

PLUS = MUELLER.replace("@", "+haus@")


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as running:
        yield running
        assert running.contradictions() == []


def test_their_matter_is_theirs_and_the_answer_reaches_the_mailbox_on_file(house: House) -> None:
    house.get(a_mail(f"Thomas Müller <{PLUS}>", "Gebäudeschaden", "Die Dachrinne ist beschädigt.\n"))

    ticket = house.ticket()
    assert (ticket.reporter.id is not None, ticket.reporter.address) == (True, MUELLER)
    house.reply(house.letter_to(SCHMIDT), "Guten Tag Herr Müller,\n\nder Dachdecker kommt am Montag.")
    assert [one.to for one in house.pass_(minutes=3)] == [MUELLER]
    assert {one.to for one in house.letters} == {MUELLER, SCHMIDT}


def test_an_answer_from_either_address_is_added_to_the_ticket(house: House) -> None:
    house.get(a_mail(f"Thomas Müller <{PLUS}>", "Gebäudeschaden", "Die Dachrinne ist beschädigt.\n"))
    house.reply(house.letter_to(SCHMIDT), "Guten Tag Herr Müller,\n\nwann passt es Ihnen?")
    house.pass_(minutes=3)
    question = house.letter_to(MUELLER)

    house.reply(question, "Am Dienstag.", sender=PLUS)
    house.reply(question, "Oder am Mittwoch.")
    assert len(house.tickets()) == 1
    added = [one for one in house.events(house.ticket()) if one.change.kind == "message-added"]
    assert len(added) == 3, "the first mail, and both answers"
