"""The numbered list of an unclear ticket as a page shows it: what can be picked, with the words that spoke. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailroute.model.decision import Routing
from mailroute.model.facts import Offer
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Choice
from mailroute.routing.why import Why
from mailroute.routing.work import place_in_words


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
    return next((one.number for one in offer.contracts if one.id == choice.id), choice.id)
