"""The list of an unclear ticket on a page is the list of the triage letter, line for line."""

from dataclasses import replace

import pytest

from mailroute.model.facts import Offer
from mailroute.model.letter import Template
from mailroute.model.ticket import Choice, Offered, Status
from mailroute.routing.offered import pickables
from tests.support.deciding import RULESET, commands, decide, notice
from tests.support.factories import NOW, a_directory, a_message, a_person, a_property, a_ticket

GOETHE = a_property("goethe-5", "Goethestraße", "5")
LINDEN = a_property("linden-1", "Lindenweg", "1")
DAY = NOW.date()


def _unclear() -> tuple[Offered, object, tuple[str, ...]]:
    decision = decide(
        a_message("Es geht um Goethestraße 5 oder Lindenweg 1.", "Frage", "wer@fremd.example"),
        directory=a_directory((GOETHE, LINDEN), (a_person(),)),
    )
    (offered,) = [one for one in decision.changes if isinstance(one, Offered)]
    return offered, decision.routing, notice(decision, Template.TRIAGE).candidates


def test_the_lines_are_those_of_the_letter() -> None:
    offered, routing, lines = _unclear()
    offer = Offer(offered.to, offered.choices, (LINDEN, GOETHE))
    found = pickables(offer, routing, RULESET, "de", DAY)  # type: ignore[arg-type]  # it has one
    assert tuple(one.words for one in found) == lines
    assert tuple(one.choice for one in found) == offered.choices
    assert any("„" in one.words for one in found)


def test_another_list_shows_the_names_of_what_is_on_it() -> None:
    _, routing, _ = _unclear()
    choices = (Choice("property", "goethe-5"), Choice("case-type", "rechnung"), Choice("contract", "gone"))
    offer = Offer("zeiler", choices, (replace(GOETHE, town="München"),))
    found = pickables(offer, routing, RULESET, "de", DAY)  # type: ignore[arg-type]  # it has one
    assert [one.words for one in found] == [
        "Goethestraße 5, 80333 München",
        "Rechnung",
        "gone (gibt es nicht mehr)",
    ]
    assert pickables(offer, None, RULESET, "en", DAY)[1].words == "Rechnung"


def _waits(*choices: Choice) -> Offer:
    return Offer(
        "huber", choices or (Choice("case-type", "rechnung"), Choice("case-type", "schadensmeldung")), ()
    )


@pytest.mark.parametrize(
    ("text", "template", "to"),
    [
        ("weiter an: Schmidt", Template.ASSIGNED, "schmidt"),
        ("ablehnen: nicht meins", Template.RETURNED, "zeiler"),
    ],
)
def test_the_list_goes_on_to_whoever_has_the_ticket_next(text: str, template: Template, to: str) -> None:
    """Whoever is asked what it is must be able to say so with a number, as the first one could."""
    decision = commands("huber", text, a_ticket(assignee="huber", case_type=None), offer=_waits())
    assert notice(decision, template).candidates == ("Rechnung", "Schadensmeldung")
    [offered] = [one for one in decision.changes if isinstance(one, Offered)]
    assert (offered.to, offered.choices) == (to, _waits().choices)


def test_a_list_that_was_answered_in_the_same_breath_does_not_go_on() -> None:
    decision = commands(
        "huber",
        "typ: Rechnung\nweiter an: Schmidt",
        a_ticket(assignee="huber", case_type=None),
        offer=_waits(),
    )
    assert not [one for one in decision.changes if isinstance(one, Offered)]
    assert notice(decision, Template.ASSIGNED).candidates == ()


def test_whoever_takes_the_ticket_back_has_the_list_again() -> None:
    """The letter with the list is theirs: `2` must not be refused because the ticket was away in between."""
    given = a_ticket(assignee="schmidt", case_type=None, holders=("huber",), given=(True,))
    decision = commands("huber", "widerrufen", given, offer=replace(_waits(), to="schmidt"))
    [offered] = [one for one in decision.changes if isinstance(one, Offered)]
    assert (offered.to, offered.choices) == ("huber", _waits().choices)


def test_whoever_gets_a_ticket_that_is_open_again_gets_its_list() -> None:
    closed = a_ticket(assignee="huber", case_type=None, status=Status.CLOSED)
    decision = commands("zeiler", "wieder öffnen", closed, offer=_waits())
    assert notice(decision, Template.REOPENED).candidates == ("Rechnung", "Schadensmeldung")
