"""What a customer sees on our pages, each page read in one snapshot. Nothing here writes, and nothing shows more than
`sees`, the grants and the thread let them see; for whoever may not see something it does not exist: None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from mailroute.flow.further import gathered_reports, with_words
from mailroute.flow.site import Office
from mailroute.model.access import Viewer
from mailroute.model.directory import Contract, Property
from mailroute.model.grant import ContractStatus, Right, contract_status
from mailroute.model.thread import Said, Saying, Thread
from mailroute.model.ticket import Party, Place, Status, Ticket
from mailroute.model.visitor import Visitor
from mailroute.routing.doing import author_in_words
from mailroute.routing.sharing import (
    damage_types,
    is_reporter,
    may_take_part,
    rights,
    scope,
    sees,
    shared,
    visible_contracts,
)
from mailroute.routing.work import place_in_words
from mailroute.store import directory
from mailroute.store.engine import Connection
from mailroute.store.further import own_subjects
from mailroute.store.portal import KnownBy, Wanted, seen, threads, ticket_page
from mailroute.store.tickets import ticket


class Standing(StrEnum):
    """How a ticket stands, in words that say something to whoever reported it."""

    RECEIVED = "received"
    ASKED = "asked"
    WORKING = "working"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `is_new`: somebody said something since they looked; `is_open`: and nothing was done about it."""

    ticket: Ticket
    standing: Standing
    last: Said
    last_by: str
    mine: bool
    is_new: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a list; `further` is where the next one goes on, None at the end."""

    rows: tuple[Row, ...]
    further: int | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing in a thread, with its author as this reader may know them ("" is the reader)."""

    said: Said
    by: str


@dataclass(frozen=True, slots=True)
class Look:
    """A ticket as they see it. `answered_by` is who of the others has answered, so that reading is enough (REQ-B5)."""

    ticket: Ticket
    standing: Standing
    spoken: tuple[Spoken, ...]
    mine: bool
    may_answer: bool
    is_open: bool
    unanswered: bool
    answered_by: Party | None
    place: str
    contract: Contract | None
    seen: int


@dataclass(frozen=True, slots=True)
class Cover:
    """A contract as a grant shows it. `risk_address` is "" where they may not know it (REQ-C4)."""

    contract: Contract
    status: ContractStatus | None
    is_current: bool
    risk_address: str


def _viewer(who: Visitor) -> Viewer:
    assert who.viewer is not None, "a page for customers was asked for with somebody of staff"
    return who.viewer


# --- tickets --------------------------------------------------------------------------------------------------


def list_tickets(
    conn: Connection, office: Office, who: Visitor, wanted: Wanted, before: int | None = None
) -> Rows:
    """Their tickets and those that are shared with them, newest first."""
    viewer, house = _viewer(who), office.ruleset.organisation.name
    damages = damage_types(office.ruleset)
    only = scope(viewer, damages)
    found = ticket_page(conn, who.organisation, only, wanted, _known_by(conn, who, damages), before=before)
    gathered = gathered_reports(conn, who, [one for one in found.tickets if not sees(viewer, one, damages)])
    shown = [gathered[one.number].ticket if one.number in gathered else one for one in found.tickets]
    said = threads(conn, who.organisation, [one for one in shown if one.number not in gathered])
    said |= {number: one.thread for number, one in gathered.items()}
    known = seen(conn, who.organisation, who.address, shown)
    rows = (_row(one, said[one.number], known.get(one.number, 0), viewer, house) for one in shown)
    return Rows(tuple(rows), found.further)


def _known_by(conn: Connection, who: Visitor, damages: frozenset[str]) -> KnownBy:
    """What these pages show of a ticket: its subject, who reported it, and its contract and place where they may know them."""
    viewer = _viewer(who)
    contracts = {one.id: one.number for one in contracts_of(who)}

    @cache
    def home(place: Place) -> str:
        return _place_of(conn, who.organisation, place)

    def known_by(one: Ticket) -> Iterator[str]:
        if not sees(viewer, one, damages):
            yield from own_subjects(conn, who.organisation, who.address, [one.number]).values()
            return
        yield one.subject
        yield one.reporter.name or one.reporter.address
        yield contracts.get(one.place.contract or "", "")
        if is_reporter(viewer, one):
            yield one.reporter.address
            yield home(one.place)

    return known_by


def _row(one: Ticket, thread: Thread, known: int, viewer: Viewer, house: str) -> Row:
    last = thread.said[-1] if thread.said else Said(0, one.opened_at, Saying.MESSAGE, one.reporter)
    return Row(
        ticket=one,
        standing=_standing(one, thread),
        last=last.read_by(viewer.address),
        last_by=author_in_words(last, viewer, house),
        mine=is_reporter(viewer, one),
        is_new=thread.is_new(viewer.address, known),
        is_open=one.status is not Status.CLOSED and thread.is_open(viewer.address),
    )


def _standing(one: Ticket, thread: Thread) -> Standing:
    if one.status is Status.CLOSED:
        return Standing.CLOSED
    if thread.unanswered:
        return Standing.ANSWERED
    if thread.said and thread.said[-1].what is Saying.ASKED:
        return Standing.ASKED
    return Standing.RECEIVED if one.status in (Status.TRIAGE, Status.OFFERED) else Standing.WORKING


def look_at(conn: Connection, office: Office, who: Visitor, number: int) -> Look | None:
    """One ticket with its thread; None if they may not see it, or there is none."""
    viewer, damages = _viewer(who), damage_types(office.ruleset)
    one = ticket(conn, who.organisation, number)
    if one is None:
        return None
    if not sees(viewer, one, damages):
        return _look_at_own(conn, who, one, office.ruleset.organisation.name)
    thread = threads(conn, who.organisation, [one])[number]
    house = office.ruleset.organisation.name
    takes_part = may_take_part(viewer, one, damages)
    return Look(
        ticket=one,
        standing=_standing(one, thread),
        spoken=tuple(
            Spoken(each.read_by(who.address), author_in_words(each, viewer, house)) for each in thread.said
        ),
        mine=is_reporter(viewer, one),
        may_answer=takes_part,
        is_open=takes_part and one.status is not Status.CLOSED and thread.is_open(who.address),
        unanswered=thread.unanswered,
        answered_by=thread.answered_by(who.address),
        place=_place(conn, one, viewer),
        contract=contract_of(who, one.place.contract) if one.place.contract else None,
        seen=seen(conn, who.organisation, who.address, [one]).get(number, 0),
    )


def _look_at_own(conn: Connection, who: Visitor, one: Ticket, house: str) -> Look | None:
    """The ticket in which their own report was gathered, as if it held nothing else; None if there is no such report."""
    own = gathered_reports(conn, who, [one]).get(one.number)
    if own is None:
        return None
    return Look(
        ticket=own.ticket,
        standing=_standing(own.ticket, own.thread),
        spoken=tuple(
            Spoken(each, author_in_words(each, _viewer(who), house)) for each in with_words(conn, own)
        ),
        mine=True,
        may_answer=True,
        is_open=False,
        unanswered=False,
        answered_by=None,
        place="",
        contract=None,
        seen=seen(conn, who.organisation, who.address, [one]).get(one.number, 0),
    )


def _place(conn: Connection, one: Ticket, viewer: Viewer) -> str:
    """The property and unit of their own ticket; in one that is shared where somebody lives is not theirs to know."""
    return _place_of(conn, one.organisation, one.place) if is_reporter(viewer, one) else ""


def _place_of(conn: Connection, org: str, place: Place) -> str:
    if place.property is None:
        return ""
    home = directory.property_by_id(conn, org, place.property)
    unit = directory.unit_by_id(conn, org, place.unit) if place.unit else None
    return place_in_words(home, unit)


# --- contracts ------------------------------------------------------------------------------------------------


def contracts_of(who: Visitor) -> tuple[Contract, ...]:
    """Every contract that their grants show."""
    viewer = _viewer(who)
    return visible_contracts(viewer.grants, viewer.contracts)


def contract_of(who: Visitor, contract_id: str) -> Contract | None:
    """The contract if one of their grants shows it."""
    return next((one for one in contracts_of(who) if one.id == contract_id), None)


def covers_of(conn: Connection, who: Visitor, today: date) -> tuple[Cover, ...]:
    """Their contracts as the pages show them: what is in force first."""
    found = [cover_of(conn, who, one, today) for one in contracts_of(who)]
    return tuple(
        sorted(
            found, key=lambda one: (not one.is_current, one.contract.line_of_business, one.contract.number)
        )
    )


def cover_of(conn: Connection, who: Visitor, one: Contract, today: date) -> Cover:
    """One contract; where the risk lies only if a grant that shows it lets them see that."""
    viewer, status = _viewer(who), contract_status(one.status)
    showing = [grant for grant in viewer.grants if shared(one, grant)]
    home = (
        directory.property_by_id(conn, who.organisation, one.property)
        if one.property and Right.RISK_ADDRESSES in rights(showing)
        else None
    )
    is_current = status in (ContractStatus.OWN, ContractStatus.FOREIGN, ContractStatus.FOREIGN_PART, None)
    return Cover(one, status, is_current and one.validity.covers(today), _address(home) if home else "")


def _address(home: Property) -> str:
    return ", ".join(
        part for part in (place_in_words(home, None), f"{home.postcode} {home.town}".strip()) if part
    )


# --- what a report may be about ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """Something of theirs that a message may be about: `key` for the form, `words` for people and for the mail."""

    key: str
    words: str
    is_contract: bool


def subjects_of(conn: Connection, who: Visitor, today: date) -> tuple[Subject, ...]:
    """Their contracts, and the houses and flats that they rent or own now."""
    contracts = [
        Subject(f"c:{one.id}", f"{one.line_of_business} {one.number}".strip(), is_contract=True)
        for one in contracts_of(who)
    ]
    return (*contracts, *_homes(conn, who, today))


def _homes(conn: Connection, who: Visitor, today: date) -> tuple[Subject, ...]:
    person = directory.person_by_id(conn, who.organisation, who.party.id) if who.party.id else None
    found: dict[str, Subject] = {}
    for one in person.occupancies if person is not None else ():
        home = directory.property_by_id(conn, who.organisation, one.property)
        if home is None or not one.validity.covers(today):
            continue
        unit = next((each for each in home.units if each.id == one.unit), None)
        key = f"u:{one.unit}" if unit is not None else f"p:{one.property}"
        words = f"{_address(home)}, {unit.name}" if unit is not None else _address(home)
        found.setdefault(key, Subject(key, words, is_contract=False))
    return tuple(found.values())
