"""The numbered list of an unclear ticket, over real SMTP: whoever has the ticket answers it with a number."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute.admin.acts import Act, carry_out
from mailroute.model.ticket import Status
from tests.support.house import MUELLER, NOVAK, TUESDAY, ZENTRALE, House, Letter, a_mail, open_house
from tests.support.listed import number_of, to
from tests.support.own_pack import firm_with_pack

KINDS = """\
miete: {name: {de: Mietzahlung, en: Rent}, role: buchhaltung}
schild: {name: {de: Namensschild, en: Name plate}, role: sachbearbeitung}
"""
WORDS = "word;weights\n;* 1\nmiete;miete 3\nschild;schild 3\n"
UNCLEAR = "Die Miete, das Schild."
DOPPEL = "doppel@eigentuemer.example"
TWO_HOUSES = (
    f"k-9;Herr Doppel;{DOPPEL};de;owner;max-planck-12;;;\nk-9;Herr Doppel;{DOPPEL};de;owner;lindenweg-5;;;\n"
)
LIST = "In Frage kommen (antworten Sie mit der Nummer):"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    rules = firm_with_pack(tmp_path_factory.mktemp("firm"), KINDS, {"evidence.csv": WORDS}, "[eigenes]")
    with (rules / "people.csv").open("a") as people:
        people.write(TWO_HOUSES)
    with open_house(at=TUESDAY, rules=rules) as opened:
        yield opened
        assert opened.contradictions() == []


def unclear(house: House, sender: str = MUELLER, text: str = UNCLEAR) -> Letter:
    """A mail that may be two things, and the letter to the triage desk."""
    letter = to(house.get(a_mail(sender, "Frage", text)), ZENTRALE)
    assert house.ticket().status is Status.TRIAGE
    assert LIST in letter.text
    return letter


def test_the_list_goes_along_to_a_firm_that_does_not_answer_and_back(house: House) -> None:
    """REQ-D9: the last partner was silent, and the ticket is again with whoever is asked what it is."""
    house.reply(unclear(house), "weiter an: Dachdeckerei Sturm & Sohn")
    number = house.ticket().number
    while (ticket := house.tickets()[[one.number for one in house.tickets()].index(number)]).partner_due:
        letters = house.turn_to(ticket.partner_due + timedelta(minutes=1))
    news = to(letters, ZENTRALE, f"T-{number} Partnerfirma")
    assert LIST in news.text
    house.reply(news, number_of("Mietzahlung", news))
    assert (house.ticket().case_type, house.ticket().assignee) == ("miete", "huber")


def test_a_partner_who_declines_gives_the_list_back(house: House) -> None:
    """REQ-D10. Nobody of staff wrote this mail, and the list is there all the same."""
    letters = house.reply(unclear(house), "weiter an: Spenglerei Alpenblick")
    letters = house.reply(to(letters, "buero@spenglerei-alpenblick.example"), "ablehnen: keine Zeit")
    if house.ticket().partner_due:
        letters = house.reply(to(letters, "auftrag@dachdeckerei-sturm.example"), "ablehnen: keine Zeit")
    news = to(letters, ZENTRALE, "Partnerfirma")
    assert LIST in news.text
    house.reply(news, number_of("Namensschild", news))
    assert (house.ticket().case_type, house.ticket().assignee) == ("schild", "schmidt")


def test_administrators_hand_the_list_over_with_the_ticket(house: House) -> None:
    """Whoever gets the tickets of somebody who leaves answers from the letter that lists them."""
    unclear(house)
    label = house.ticket().label
    daemon = house.daemons[0]
    carry_out(Act("handover", actor="zentrale", target="novak"), daemon.store, daemon.site, house.clock)
    letters = house.settle()
    listed = to(letters, NOVAK, "For you")
    assert f"Possible matches (choose {label} and reply with the number):" in listed.text
    assert f"{label}  Frage" in listed.text
    answer_to = (
        re.findall(rf"mailto:([^?\"]+)\?[^\"]*{label}", listed.everything)[-1]
        .replace("%2B", "+")
        .replace("%40", "@")
    )
    house.get(a_mail(NOVAK, f"Re: {label}", number_of("Rent", listed), to=answer_to))
    ticket = next(one for one in house.tickets() if one.label == label)
    assert (ticket.case_type, ticket.assignee) == ("miete", "huber")


def test_a_property_that_was_asked_for_leaves_the_matter_to_be_picked(house: House) -> None:
    """Ambiguity 28: the tenant says where, the desk says what, and is not left without its list."""
    letters = house.get(a_mail(DOPPEL, "Frage", UNCLEAR))
    asked = to(letters, DOPPEL)
    letters = house.reply(asked, number_of("Lindenweg 5", asked))
    assert (house.ticket().case_type, house.ticket().place.property) == (None, "lindenweg-5")
    news = to(letters, ZENTRALE)
    assert LIST in news.text
    house.reply(news, number_of("Mietzahlung", news))
    assert (house.ticket().case_type, house.ticket().assignee) == ("miete", "novak")


def test_who_sets_one_thing_right_is_asked_for_the_other(house: House) -> None:
    """`objekt:` answers half of the list; the other half is still picked by its number."""
    receipt = to(house.reply(unclear(house), "objekt: Lindenweg 5"), ZENTRALE)
    assert "Noch offen (antworten Sie mit der Nummer): 1. " in receipt.text
    house.reply(receipt, number_of("Namensschild", receipt))
    assert (house.ticket().case_type, house.ticket().assignee) == ("schild", "schmidt")


def test_a_reminder_brings_the_list_again(house: House) -> None:
    """Between two calls nobody looks for the first letter."""
    unclear(house)
    label = house.ticket().label
    letters = [one for _ in range(4) for one in house.pass_(hours=2)]
    reminder = to(letters, ZENTRALE, f"1. Erinnerung: {label}")
    house.reply(reminder, number_of("Mietzahlung", reminder))
    assert next(one for one in house.tickets() if one.label == label).assignee == "huber"


def test_a_turn_is_taken_by_whoever_gets_a_ticket_in_whatever_way(tmp_path: Path) -> None:
    """REQ-E9: what is corrected counts as a turn too, and a correction within the role moves nothing."""
    rules = firm_with_pack(tmp_path, KINDS, {"evidence.csv": WORDS}, "[eigenes]")
    roles = rules / "roles.yaml"
    books = "buchhaltung:\n"
    roles.write_text(roles.read_text().replace(books, f"{books}  distribution: round-robin\n", 1))
    with open_house(rules=rules) as house:
        got = []
        for _ in range(2):
            letters = house.get(a_mail(MUELLER, "Schild", "Das Schild."))
            house.reply(to(letters, "schmidt@abc-hausverwaltung.example"), "typ: Mietzahlung")
            got.append(house.ticket().assignee)
        letters = house.get(a_mail(MUELLER, "Miete", "Die Miete."))
        got.append(house.ticket().assignee)
        assert got == ["huber", "novak", "huber"]
        house.reply(to(letters, "huber@abc-hausverwaltung.example"), "typ: Rechnung")
        assert house.ticket().assignee == "huber"
        assert house.contradictions() == []
