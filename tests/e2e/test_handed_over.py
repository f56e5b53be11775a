"""Whoever is handed a ticket reads why it is what it is; whoever is handed an emergency is rung, however it comes to them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.acts import Act, carry_out
from mailroute.model.ticket import Status
from tests.support.house import HUBER, MUELLER, SCHMIDT, House, Letter, a_mail, open_house

WEBER = "weber@abc-hausverwaltung.example"
PHONE = "0175888@sms.example"
DAMAGE = (
    f"Thomas Müller <{MUELLER}>",
    "Gebäudeschaden",
    "Hallo,\n\nam Haus Max-Planck-Straße 12 ist die Dachrinne beschädigt.\n\nThomas Müller\n",
)
BURST = (
    f"Thomas Müller <{MUELLER}>",
    "Hilfe",
    "Rohrbruch in der Max-Planck-Straße 12, das Wasser läuft aus der Decke!\n",
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    rules = tmp_path / "rules"
    shutil.copytree(shipped.path("rules"), rules)
    staff = rules / "staff.yaml"
    name = "  name: Herr Schmidt\n"
    assert name in staff.read_text()
    staff.write_text(staff.read_text().replace(name, f"{name}  alarm: {PHONE}\n", 1))
    with open_house(rules=rules) as running:
        yield running
        assert running.contradictions() == []


def handed_over(house: House, leaving: str, to: str) -> list[Letter]:
    """An administrator replaces one by the other."""
    daemon = house.daemons[0]
    carry_out(Act("handover", actor=leaving, target=to), daemon.store, daemon.site, house.clock)
    return house.settle()


def kinds(house: House) -> list[str]:
    return [one.change.kind for one in house.events(house.ticket())]


def test_an_emergency_that_an_administrator_hands_over_rings_and_waits_for_the_new_one(house: House) -> None:
    house.get(a_mail(*BURST))
    assert house.ticket().assignee == "weber"
    house.reply(house.letter_to(WEBER), "annehmen")
    letters = handed_over(house, "weber", "schmidt")

    assert (house.ticket().assignee, house.ticket().status) == ("schmidt", Status.OFFERED)
    assert PHONE in [one.to for one in letters]
    own = next(one for one in letters if one.to == SCHMIDT and "NOTFALL" in one.subject)
    assert "Rohrbruch" in own.text
    assert kinds(house)[-2:] == ["assigned", "alarmed"]
    # Nobody reacts: the ladder of the emergency begins again, with its telephone.
    assert PHONE in [one.to for one in house.pass_(minutes=16)]


def test_the_list_of_all_goes_out_beside_it_and_what_is_no_emergency_rings_nobody(house: House) -> None:
    house.get(a_mail(*DAMAGE))
    house.get(a_mail(*BURST))
    house.reply(house.letter_to(WEBER), "weiter an: Schmidt")
    letters = handed_over(house, "schmidt", "huber")
    assert sorted(one.to for one in letters) == [HUBER, HUBER]
    assert len([one for one in letters if "2 Vorgänge" in one.subject]) == 1
    house.pass_(minutes=1)
    letters = handed_over(house, "huber", "schmidt")
    assert sorted(one.to for one in letters) == sorted([SCHMIDT, SCHMIDT, PHONE])


def test_whoever_is_handed_a_ticket_reads_the_words_that_spoke_for_it(house: House) -> None:
    house.get(a_mail(*DAMAGE))
    house.reply(house.letter_to(SCHMIDT), "weiter an: Huber")
    given = house.letter_to(HUBER).text

    assert "Warum Sie?" in given
    assert "Objekt: Max-Planck-Straße 12, WE 03 – „Max-Planck-Straße 12“" in given
    assert "Anliegen: Schadensmeldung – " in given
    assert "Zuständig:" not in given, "a colleague chose them, and no role"
    house.reply(house.letter_to(HUBER), "ablehnen: nicht meins")
    assert "Anliegen: Schadensmeldung – " in house.letter_to(SCHMIDT).text


def test_of_what_was_corrected_only_that_is_said_which_still_holds(house: House) -> None:
    house.get(a_mail(*DAMAGE))
    house.reply(house.letter_to(SCHMIDT), "typ: Rechnung")
    given = house.letter_to(HUBER).text

    assert "Objekt: Max-Planck-Straße 12, WE 03 – „Max-Planck-Straße 12“" in given
    assert "Anliegen:" not in given[given.index("Warum Sie?") :]
    assert "Zuständig: Buchhaltung für Max-Planck-Straße 12" in given
