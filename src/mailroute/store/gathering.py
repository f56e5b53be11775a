"""Who gathers what, and whose turn it is: read for a decision, and written only if nobody was faster."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from mailroute.errors import Conflict
from mailroute.model.decision import Gathering, TurnTaken
from mailroute.model.facts import Turn
from mailroute.model.ticket import Ticket
from mailroute.store import tables as t
from mailroute.store.columns import insert_or_skip
from mailroute.store.ready import Ready
from mailroute.store.tickets import ticket

_GATHERED = Ready(
    select(t.gathering.c.number).where(
        t.gathering.c.organisation_id == bindparam("org"),
        t.gathering.c.property.in_(bindparam("properties", expanding=True)),
    )
)
_TURNS = Ready(
    select(t.turn).where(
        t.turn.c.organisation_id == bindparam("org"),
        t.turn.c.property.in_(bindparam("properties", expanding=True)),
    )
)


def gathered(conn: Connection, org: str, properties: Sequence[str]) -> tuple[Ticket, ...]:
    """The tickets in which mails about these properties are gathered."""
    rows = _GATHERED.ask(conn, org=org, properties=list(properties))
    found = (ticket(conn, org, row.number) for row in rows)
    return tuple(one for one in found if one is not None)


def turns(conn: Connection, org: str, properties: Sequence[str]) -> tuple[Turn, ...]:
    """Who had the last turn of each role at these properties, and site-wide."""
    rows = _TURNS.ask(conn, org=org, properties=["", *properties])
    return tuple(Turn(row.role, row.property, row.last, row.count) for row in rows)


def begin_gathering(tx: Connection, org: str, wanted: Gathering) -> None:
    """Let later mails find the ticket. Raises Conflict if another one gathers them by now."""
    key = {"organisation_id": org, "property": wanted.property, "case_type": wanted.case_type}
    if wanted.instead_of is None:
        adding = insert_or_skip(tx.dialect.name, t.gathering, returning="number")
        done = tx.execute(adding, {**key, "number": wanted.number}).first() is not None
    else:
        matches = [t.gathering.c[name] == value for name, value in key.items()]
        statement = update(t.gathering).where(*matches, t.gathering.c.number == wanted.instead_of)
        done = tx.execute(statement.values(number=wanted.number)).rowcount == 1
    if not done:
        raise Conflict(f"another ticket gathers {wanted.case_type} at {wanted.property} by now")


def take_turn(tx: Connection, org: str, taken: TurnTaken) -> None:
    """Note whose turn it was. Raises Conflict if somebody else has had it meanwhile."""
    key = {"organisation_id": org, "property": taken.property, "role": taken.role}
    new = {"last": taken.staff, "count": taken.count}
    if taken.count == 1:
        adding = insert_or_skip(tx.dialect.name, t.turn, returning="count")
        done = tx.execute(adding, {**key, **new}).first() is not None
    else:
        matches = [t.turn.c[name] == value for name, value in key.items()]
        taking = update(t.turn).where(*matches, t.turn.c["count"] == taken.count - 1).values(**new)
        done = tx.execute(taking).rowcount == 1
    if not done:
        raise Conflict(f"somebody else had this turn of {taken.role}")
