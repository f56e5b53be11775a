"""The numbered list of an unclear ticket: as a page shows it, with the words that spoke, and as it goes on to the next holder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from mailroute.model.decision import Routing
from mailroute.model.facts import Offer
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.ticket import Choice, Corrected, Offered, Ticket
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
    """Offer to whoever has the ticket now what the list still asks, and give its lines in their language; none if nothing,
    or where the ticket is closed.
    """
    if offer is None or work.ticket is None or not work.may(Offered):
        return ()
    left = offer.choices
    if any(isinstance(one, Corrected) for one in work.changes):
        left = tuple(one for one in left if not _is_settled(one, work.ticket))
    if not left:
        return ()
    work.change(Offered(to.id, left))
    return _lines(work, replace(offer, choices=left), to)


def list_of(work: Work, offer: Offer | None, reader: Staff) -> tuple[str, ...]:
    """The lines of the list that waits for a number of the reader; none where theirs is none."""
    if offer is None or offer.to != reader.id:
        return ()
    return _lines(work, offer, reader)


def _lines(work: Work, offer: Offer, reader: Staff) -> tuple[str, ...]:
    day = local_day(work.ruleset, work.now)
    return tuple(one.words for one in pickables(offer, None, work.ruleset, reader.language, day))


def _is_settled(choice: Choice, ticket: Ticket) -> bool:
    """Whether what was set right says already what this line would."""
    match choice.what:
        case "case-type":
            return ticket.case_type is not None and not ticket.feared
        case "contract":
            return ticket.place.contract is not None
        case _:
            return ticket.place.property is not None


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
