"""What staff look at on the desk: what is unclear, with the lists to pick from, and how much of it there is. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select

from mailroute.model.decision import Disposition, Routing, Station, Step
from mailroute.model.facts import Offer
from mailroute.model.ticket import Answered, MessageAdded, Noted, Offered, PartyKind, Ticket
from mailroute.store import tables as t
from mailroute.store.codec import loads_any
from mailroute.store.concerns import led_to
from mailroute.store.lists import WaitingList
from mailroute.store.tickets import event_of, ticket_of

_Trace = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Unclear:
    """A ticket that a person must sort: the list that waits, what the rules made of its mail, and that mail's intake."""

    ticket: Ticket
    offer: Offer | None
    routing: Routing | None
    first: MessageAdded | None


_UNCLEAR = (t.ticket.c.organisation_id == bindparam("org")) & (
    t.ticket.c.status == literal_column("'triage'")
)
_TRIAGE = select(t.ticket).where(_UNCLEAR).order_by(t.ticket.c.number).limit(bindparam("most"))
# With the order: without it SQLite may take any index that begins with the organisation, and reads every ticket.
_COUNTED = select(t.ticket.c.number).where(_UNCLEAR).order_by(t.ticket.c.number).limit(bindparam("most"))
_COUNTED_MOST = 1_000
_SAID = (
    select(t.event)
    .where(
        t.event.c.organisation_id == bindparam("org"),
        t.event.c.number.in_(bindparam("numbers", expanding=True)),
        t.event.c.kind.in_(["message-added", "offered", "corrected", "undone"]),
    )
    .order_by(t.event.c.number, t.event.c.seq)
)
_ROUTED = (
    select(t.decision.c.number, t.decision.c.routing)
    .where(
        t.decision.c.organisation_id == bindparam("org"),
        t.decision.c.number.in_(bindparam("numbers", expanding=True)),
        t.decision.c.routing.is_not(None),
    )
    .order_by(t.decision.c.id)
)


def unclear_count(conn: Connection, org: str) -> int:
    """How many tickets wait for somebody to say where they belong; of very many the first thousand."""
    return len(conn.execute(_COUNTED, {"org": org, "most": _COUNTED_MOST}).all())


def unclear(conn: Connection, org: str, most: int = 25) -> tuple[Unclear, ...]:
    """The first of them, oldest first, each with the list that waits for a pick."""
    found = [ticket_of(row) for row in conn.execute(_TRIAGE, {"org": org, "most": most})]
    return with_offers(conn, org, found)


def with_offers(conn: Connection, org: str, tickets: Sequence[Ticket]) -> tuple[Unclear, ...]:
    """These tickets with what there is to pick in each."""
    asked = {"org": org, "numbers": [one.number for one in tickets]}
    first: dict[int, MessageAdded] = {}
    waiting: dict[int, WaitingList] = {}
    routed: dict[int, Routing] = {}
    for row in conn.execute(_SAID, asked) if tickets else ():
        change = event_of(row).change
        waiting.setdefault(row.number, WaitingList()).follow(change)
        if isinstance(change, MessageAdded):
            first.setdefault(row.number, change)
    for row in conn.execute(_ROUTED, asked) if tickets else ():
        if row.number not in routed:
            routed[row.number] = loads_any(row.routing, Routing)
    return tuple(
        Unclear(
            one,
            _offer(conn, org, waiting[one.number].offered if one.number in waiting else None),
            routed.get(one.number),
            first.get(one.number),
        )
        for one in tickets
    )


def _offer(conn: Connection, org: str, offered: Offered | None) -> Offer | None:
    if offered is None:
        return None
    houses, contracts = led_to(conn, org, offered.choices)
    return Offer(offered.to, offered.choices, houses, contracts)


_WRITTEN = select(t.event).where(
    t.event.c.organisation_id == bindparam("org"),
    t.event.c.number == bindparam("number"),
    t.event.c.seq > bindparam("seen"),
    t.event.c.actor_kind == PartyKind.STAFF.value,
    t.event.c.actor_id == bindparam("staff"),
    t.event.c.kind.in_(["answered", "noted"]),
)


def said_since(
    conn: Connection, org: str, number: int, seen: int, staff_id: str
) -> tuple[Answered | Noted, ...]:
    """The answers and notes that one of staff wrote in a ticket after its version `seen`."""
    asked = {"org": org, "number": number, "seen": seen, "staff": staff_id}
    changes = (event_of(row).change for row in conn.execute(_WRITTEN, asked))
    return tuple(one for one in changes if isinstance(one, Answered | Noted))


@dataclass(frozen=True, slots=True)
class Explained:
    """What was decided because of `cause`, with the trace of that day: what `mailroute explain T-…` prints too."""

    cause: str
    at: datetime
    disposition: Disposition
    trace: tuple[Step, ...]

    @property
    def is_timer(self) -> bool:
        """Whether it was time that decided, and nobody's mail or button."""
        return any(one.station is Station.TIMER for one in self.trace)


_EXPLAINED = (
    select(t.decision.c.cause, t.decision.c.at, t.decision.c.disposition, t.decision.c.trace)
    .where(t.decision.c.organisation_id == bindparam("org"), t.decision.c.number == bindparam("number"))
    .order_by(t.decision.c.id.desc())
    .limit(bindparam("most"))
)


def explained(conn: Connection, org: str, number: int, most: int) -> tuple[Explained, ...]:
    """The last decisions about a ticket, newest first."""
    rows = conn.execute(_EXPLAINED, {"org": org, "number": number, "most": most})
    return tuple(
        Explained(row.cause, row.at, Disposition(row.disposition), loads_any(row.trace, _Trace))
        for row in rows
    )
