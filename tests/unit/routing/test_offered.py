"""The list of an unclear ticket on a page is the list of the triage letter, line for line."""

from dataclasses import replace

from mailroute.model.facts import Offer
from mailroute.model.letter import Template
from mailroute.model.ticket import Choice, Offered
from mailroute.routing.offered import pickables
from tests.support.deciding import RULESET, decide, notice
from tests.support.factories import NOW, a_directory, a_message, a_person, a_property

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
    assert [one.words for one in found] == ["Goethestraße 5, 80333 München", "Rechnung", "gone"]
    assert pickables(offer, None, RULESET, "en", DAY)[1].words == "Rechnung"
