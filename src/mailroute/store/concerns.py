"""What a ticket still waits for from people: the answer to a question, a second matter, and who else reported it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from mailroute.model.directory import Contract, Property
from mailroute.model.facts import Concern, Further, Question
from mailroute.model.ticket import Asked, Choice, ConcernFound, Corrected, Joined, Linked, Separated, Ticket
from mailroute.store import directory
from mailroute.store import tables as t
from mailroute.store.ready import Ready
from mailroute.store.tickets import event_of

_KINDS = ["asked", "corrected", "concern-found", "linked", "joined", "separated"]
_EVENTS = Ready(
    select(t.event)
    .where(
        t.event.c.organisation_id == bindparam("org"),
        t.event.c.number == bindparam("number"),
        t.event.c.kind.in_(_KINDS),
    )
    .order_by(t.event.c.seq)
)


def waiting_in(
    conn: Connection, about: Ticket
) -> tuple[Question | None, Concern | None, tuple[Further, ...]]:
    """The question that nobody has answered, the second matter that nobody has split off, the further reporters."""
    asked: Asked | None = None
    concern: Concern | None = None
    further: dict[str, Further] = {}
    for row in _EVENTS.ask(conn, org=about.organisation, number=about.number):
        change = event_of(row).change
        match change:
            case Asked():
                asked = change
            case Corrected():
                asked = None
            case ConcernFound():
                concern = Concern(change.case_type, change.to, change.intake)
            case Linked(how="split-into"):
                concern = None
            case Joined():
                further[change.party.address] = Further(change.party, change.intake, change.subject)
            case Separated():
                further.pop(change.party.address, None)
            case _:
                pass
    return _question(conn, about, asked) if asked else None, concern, tuple(further.values())


def _question(conn: Connection, about: Ticket, asked: Asked) -> Question:
    houses, contracts = led_to(conn, about.organisation, asked.choices)
    return Question(asked.choices, houses, contracts)


def led_to(
    conn: Connection, org: str, choices: Iterable[Choice]
) -> tuple[tuple[Property, ...], tuple[Contract, ...]]:
    """The properties and contracts of a numbered list; of a unit the property it is in."""
    houses: dict[str, Property] = {}
    contracts: list[Contract] = []
    for choice in choices:
        unit = directory.unit_by_id(conn, org, choice.id) if choice.what == "unit" else None
        wanted = unit.property if unit else choice.id if choice.what == "property" else None
        house = directory.property_by_id(conn, org, wanted) if wanted else None
        if house is not None:
            houses[house.id] = house
        contract = directory.contract_by_id(conn, org, choice.id) if choice.what == "contract" else None
        if contract is not None:
            contracts.append(contract)
    return tuple(houses.values()), tuple(contracts)
