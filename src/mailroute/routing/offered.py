"""The numbered list of an unclear ticket: as a page shows it, with the words that spoke, and as it goes on to the next holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailroute.model.decision import Routing
from mailroute.model.facts import Offer
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.ticket import Choice, Corrected, Offered
from mailroute.routing.why import Why
from mailroute.routing.work import Work, local_day, place_in_words


@dataclass(frozen=True, slots=True)
class Pickable:
    """One line of the list, in the reader's language."""

    choice: Choice
    words: str


def pickables(
    offer: Offer, routing: Routing | None, ruleset: Ruleset, language: str, day: date
) -> tuple[Pickable, ...]:
    """The lines of the triage letter while its list is the one that waits; of another list the names alone."""
    why = _why(offer, routing, ruleset, day)
    if why is not None and why.choices() == offer.choices:
        lines = why.candidates(language)
        return tuple(Pickable(choice, line) for choice, line in zip(offer.choices, lines, strict=True))
    return tuple(Pickable(one, _title(one, offer, ruleset, language)) for one in offer.choices)


def pass_list_on(work: Work, offer: Offer | None, to: Staff) -> tuple[str, ...]:
    """Offer a list that still waits to whoever has the ticket now, and give its lines in their language; none if it was answered."""
    if offer is None or any(isinstance(one, Corrected) for one in work.changes):
        return ()
    work.change(Offered(to.id, offer.choices))
    found = pickables(offer, None, work.ruleset, to.language, local_day(work.ruleset, work.now))
    return tuple(one.words for one in found)


def _why(offer: Offer, routing: Routing | None, ruleset: Ruleset, day: date) -> Why | None:
    if routing is None or not routing.matched or not routing.classified or not routing.assignment:
        return None
    return Why(
        ruleset,
        "",
        offer.houses,
        routing.matched,
        routing.classified,
        routing.assignment,
        day,
        offer.contracts,
    )


def _title(choice: Choice, offer: Offer, ruleset: Ruleset, language: str) -> str:
    for house in offer.houses:
        if choice.what == "property" and house.id == choice.id:
            return f"{place_in_words(house, None)}, {house.postcode} {house.town}"
        for unit in house.units:
            if choice.what == "unit" and unit.id == choice.id:
                return place_in_words(house, unit)
    case_type = ruleset.case_type(choice.id) if choice.what == "case-type" else None
    if case_type is not None:
        return case_type.name.in_language(language)
    gone = "exists no more" if language == "en" else "gibt es nicht mehr"
    return next((one.number for one in offer.contracts if one.id == choice.id), f"{choice.id} ({gone})")
