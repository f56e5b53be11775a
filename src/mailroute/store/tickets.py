"""Tickets and their events as rows: written by apply.py only, read by everyone. The row is the fold of the events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    insert,
    literal_column,
    not_,
    or_,
    select,
    update,
)

from mailroute.errors import Broken
from mailroute.model.access import TicketFilter
from mailroute.model.decision import Disposition, Routing, Step
from mailroute.model.outside import Elsewhere
from mailroute.model.ticket import Change, Event, Party, PartyKind, Place, Status, Ticket
from mailroute.store import tables as t
from mailroute.store.codec import dumps, loads_any
from mailroute.store.columns import AnyRow
from mailroute.store.ready import Ready

_Holders = tuple[str, ...]
_Given = tuple[bool, ...]
_Trace = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as it was written on its day: `facts` is the compact note of what it was built on."""

    organisation: str
    number: int | None
    intake: int | None
    cause: str
    at: datetime
    disposition: Disposition
    ruleset: str
    trace: tuple[Step, ...]
    routing: Routing | None
    facts: str


# --- reading ------------------------------------------------------------------------------------------------

_ONE_TICKET = select(t.ticket).where(
    t.ticket.c.organisation_id == bindparam("org"), t.ticket.c.number == bindparam("number")
)
_TICKET = Ready(_ONE_TICKET)
_TICKET_LOCKED = Ready(_ONE_TICKET.with_for_update())
_EVENTS = Ready(
    select(t.event)
    .where(t.event.c.organisation_id == bindparam("org"), t.event.c.number == bindparam("number"))
    .order_by(t.event.c.seq)
)
_PARTIES_OF = (
    select(t.ticket_party)
    .where(
        t.ticket_party.c.organisation_id == bindparam("org"), t.ticket_party.c.number == bindparam("number")
    )
    .order_by(t.ticket_party.c.since_version, t.ticket_party.c.address)
)
_PARTIES = Ready(_PARTIES_OF)


# What the column can hold.
_NUMBER_MOST = 2**31 - 1


def ticket(conn: Connection, organisation: str, number: int) -> Ticket | None:
    """The ticket with that number, None if there is none; people type any number."""
    if number > _NUMBER_MOST:
        return None
    row = _TICKET.first(conn, org=organisation, number=number)
    return ticket_of(row) if row else None


def ticket_for_change(tx: Connection, organisation: str, number: int) -> Ticket | None:
    """The ticket, locked until the transaction ends: nobody decides on it meanwhile (PostgreSQL; SQLite has one writer)."""
    row = _TICKET_LOCKED.first(tx, org=organisation, number=number)
    return ticket_of(row) if row else None


def tickets(
    conn: Connection,
    organisation: str | None = None,
    *,
    statuses: Sequence[Status] = (),
    assignee: str | None = None,
    property_id: str | None = None,
    case_types: Sequence[str] | None = None,
    open_only: bool = False,
    only: TicketFilter | None = None,
    limit: int = 100,
) -> tuple[Ticket, ...]:
    """Tickets that fit every filter given, newest first. `only`: what somebody may see (`routing.sharing.scope`)."""
    wanted = select(t.ticket).order_by(t.ticket.c.organisation_id, t.ticket.c.number.desc()).limit(limit)
    if organisation is not None:
        wanted = wanted.where(t.ticket.c.organisation_id == organisation)
    if statuses:
        wanted = wanted.where(t.ticket.c.status.in_([status.value for status in statuses]))
    if assignee is not None:
        wanted = wanted.where(t.ticket.c.assignee == assignee)
    if property_id is not None:
        wanted = wanted.where(t.ticket.c.property == property_id)
    if case_types is not None:
        wanted = wanted.where(t.ticket.c.case_type.in_(case_types))
    if only is not None:
        wanted = wanted.where(passes(only))
    if open_only:
        wanted = wanted.where(t.ticket.c.status != literal_column("'closed'"))
    return tuple(ticket_of(row) for row in conn.execute(wanted))


def passes(only: TicketFilter) -> ColumnElement[bool]:
    """`TicketFilter.passes` for the database; a test holds the two equal."""
    c = t.ticket.c
    own = [c.reporter_address == only.address]
    if only.person is not None:
        own.append(and_(c.reporter_kind == only.person[0].value, c.reporter_id == only.person[1]))
    is_damage = and_(c.case_type.is_not(None), c.case_type.in_(sorted(only.damages)))
    return or_(
        *own,
        and_(not_(is_damage), c.reporter_address.in_(sorted(only.shared_with))),
        and_(
            is_damage,
            or_(
                c.reporter_address.in_(sorted(only.damages_shared_with)),
                c.contract.in_(sorted(only.contracts)),
            ),
        ),
    )


_LENT = select(t.ticket).where(
    t.ticket.c.organisation_id == bindparam("org"), t.ticket.c.lent_by.is_not(literal_column("NULL"))
)


def lent_tickets(conn: Connection, organisation: str) -> tuple[Ticket, ...]:
    """Tickets that somebody keeps for a colleague who is away."""
    return tuple(ticket_of(row) for row in conn.execute(_LENT, {"org": organisation}))


def events(conn: Connection, organisation: str, number: int) -> tuple[Event, ...]:
    """All that happened to the ticket, in order."""
    return tuple(event_of(row) for row in _EVENTS.ask(conn, org=organisation, number=number))


# Letters that belong to no ticket keep their recipients here, under the number that no ticket has.
NO_TICKET = 0

_READERS = Ready(
    _PARTIES_OF.where(
        or_(
            t.ticket_party.c.kind == literal_column("'staff'"),
            t.ticket_party.c.address == bindparam("address"),
        )
    )
)


def readers(conn: Connection, organisation: str, address: str | None) -> tuple[Party, ...]:
    """Whom letters that belong to no ticket went to: all staff, and of the others whoever has that address."""
    rows = _READERS.ask(conn, org=organisation, number=NO_TICKET, address=address or "")
    return tuple(_party(row) for row in rows)


def parties(conn: Connection, organisation: str, number: int) -> tuple[Party, ...]:
    """Everybody a letter of the ticket went to, and its reporter, who stands first; any number may be asked for."""
    if number > _NUMBER_MOST:
        return ()
    rows = _PARTIES.ask(conn, org=organisation, number=number)
    return tuple(_party(row) for row in rows)


def _party(row: AnyRow) -> Party:
    return Party(PartyKind(row.kind), row.party_id, row.name, row.address)


def decision_of(
    conn: Connection,
    *,
    intake: int | None = None,
    organisation: str | None = None,
    number: int | None = None,
) -> tuple[StoredDecision, ...]:
    """What was decided about a mail (`intake`), or about a ticket (`organisation` and `number`), oldest first."""
    if intake is not None:
        condition = t.decision.c.intake_id == intake
    else:
        condition = (t.decision.c.organisation_id == organisation) & (t.decision.c.number == number)
    rows = conn.execute(select(t.decision).where(condition).order_by(t.decision.c.id))
    return tuple(
        StoredDecision(
            organisation=row.organisation_id,
            number=row.number,
            intake=row.intake_id,
            cause=row.cause,
            at=row.at,
            disposition=Disposition(row.disposition),
            ruleset=row.ruleset,
            trace=loads_any(row.trace, _Trace),
            routing=loads_any(row.routing, Routing) if row.routing else None,
            facts=row.facts,
        )
        for row in rows
    )


# --- rows and values ----------------------------------------------------------------------------------------


def ticket_of(row: AnyRow) -> Ticket:
    """The ticket that a row keeps."""
    return Ticket(
        organisation=row.organisation_id,
        number=row.number,
        version=row.version,
        status=Status(row.status),
        inbox=row.inbox,
        subject=row.subject,
        reporter=Party(
            PartyKind(row.reporter_kind), row.reporter_id, row.reporter_name, row.reporter_address
        ),
        language=row.language,
        case_type=row.case_type,
        urgency=row.urgency,
        place=Place(row.property, row.unit, row.contract),
        role=row.role,
        assignee=row.assignee,
        holders=loads_any(row.holders, _Holders),
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        closed_at=row.closed_at,
        reminders=row.reminders,
        last_message_id=row.last_message_id,
        given=loads_any(row.given, _Given),
        follow_up=row.follow_up,
        partner=row.partner,
        partner_due=row.partner_due,
        partners_asked=loads_any(row.partners_asked, _Holders),
        orders=row.orders,
        asked=bool(row.asked),
        joined=row.joined,
        lent_by=row.lent_by,
        child=_elsewhere(row.child_organisation, row.child_number),
        parent=_elsewhere(row.parent_organisation, row.parent_number),
        feared=bool(row.feared),
    )


def _elsewhere(organisation: str | None, number: int | None) -> Elsewhere | None:
    return Elsewhere(organisation, number) if organisation is not None and number is not None else None


def _row_of(value: Ticket) -> dict[str, Any]:
    """Every column that can change; the key columns are the caller's."""
    return {
        "version": value.version,
        "status": value.status.value,
        "inbox": value.inbox,
        "subject": value.subject,
        "reporter_kind": value.reporter.kind.value,
        "reporter_id": value.reporter.id,
        "reporter_name": value.reporter.name,
        "reporter_address": value.reporter.address,
        "language": value.language,
        "case_type": value.case_type,
        "urgency": value.urgency,
        "property": value.place.property,
        "unit": value.place.unit,
        "contract": value.place.contract,
        "role": value.role,
        "assignee": value.assignee,
        "holders": dumps(value.holders, _Holders),
        "given": dumps(value.given, _Given),
        "opened_at": value.opened_at,
        "changed_at": value.changed_at,
        "closed_at": value.closed_at,
        "follow_up": value.follow_up,
        "reminders": value.reminders,
        "last_message_id": value.last_message_id,
        "partner": value.partner,
        "partner_due": value.partner_due,
        "partners_asked": dumps(value.partners_asked, _Holders),
        "orders": value.orders,
        "asked": int(value.asked),
        "joined": value.joined,
        "lent_by": value.lent_by,
        "child_organisation": value.child.organisation if value.child else None,
        "child_number": value.child.number if value.child else None,
        "parent_organisation": value.parent.organisation if value.parent else None,
        "parent_number": value.parent.number if value.parent else None,
        "feared": int(value.feared),
    }


def event_of(row: AnyRow) -> Event:
    """The event that a row keeps."""
    change: Change = loads_any(row.body, Change)
    return Event(
        organisation=row.organisation_id,
        number=row.number,
        seq=row.seq,
        at=row.at,
        actor=Party(PartyKind(row.actor_kind), row.actor_id, row.actor_name, row.actor_address),
        cause=row.cause,
        ruleset=row.ruleset,
        change=change,
    )


# --- writing: for apply.py ----------------------------------------------------------------------------------

_ADD_TICKET = insert(t.ticket)
_CHANGE_TICKET = update(t.ticket).where(
    t.ticket.c.organisation_id == bindparam("b_org"),
    t.ticket.c.number == bindparam("b_number"),
    t.ticket.c.version == bindparam("b_version"),
)
_ADD_EVENTS = insert(t.event)


def write_ticket(tx: Connection, before: Ticket | None, after: Ticket) -> bool:
    """Insert the row, or replace the one with the version of `before`; False if that version is gone."""
    if before is None:
        tx.execute(
            _ADD_TICKET, {"organisation_id": after.organisation, "number": after.number, **_row_of(after)}
        )
        return True
    key = {"b_org": after.organisation, "b_number": after.number, "b_version": before.version}
    return tx.execute(_CHANGE_TICKET, {**key, **_row_of(after)}).rowcount == 1


def kept(change: Change) -> Change:
    """The change as it will be read back: the row must be folded from that, not from what a column would clean."""
    back: Change = loads_any(dumps(change, Change), Change)
    return back


def write_events(tx: Connection, new: Sequence[Event]) -> None:
    """Append; the primary key (organisation, number, seq) lets nothing happen twice."""
    if any(one.seq < 1 for one in new):
        raise Broken("events count from 1")
    tx.execute(
        _ADD_EVENTS,
        [
            {
                "organisation_id": one.organisation,
                "number": one.number,
                "seq": one.seq,
                "at": one.at,
                "actor_kind": one.actor.kind.value,
                "actor_id": one.actor.id,
                "actor_name": one.actor.name,
                "actor_address": one.actor.address,
                "cause": one.cause,
                "ruleset": one.ruleset,
                "kind": one.change.kind,
                "body": dumps(one.change, Change),
            }
            for one in new
        ],
    )
