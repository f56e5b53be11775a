"""Open tickets with the moment at which each asks for an act: for the agenda, digests and hand-overs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, literal_column, select

from mailroute.model.agenda import Task
from mailroute.model.decision import TimerKind
from mailroute.store import tables as t
from mailroute.store import timers
from mailroute.store.tickets import ticket_of

# These tell somebody something, and ask nobody.
_TELLS = (TimerKind.CHANGES.value, TimerKind.MUTED.value)


def due_of(conn: Connection, organisation: str, number: int) -> datetime | None:
    """When a ticket asks for an act the next time, None if nothing asks."""
    asks = [one.due_at for one in timers.pending(conn, organisation, number) if one.kind.value not in _TELLS]
    return min(asks, default=None)


def tasks(
    conn: Connection,
    organisation: str | None = None,
    assignee: str | None = None,
    *,
    limit: int | None = None,
) -> tuple[Task, ...]:
    """Every open ticket, or those of one person: what is due first stands first. `limit`: only so many of them."""
    due = func.min(t.timer.c.due_at).label("due")
    asks = and_(
        t.timer.c.organisation_id == t.ticket.c.organisation_id,
        t.timer.c.number == t.ticket.c.number,
        t.timer.c.state == literal_column("'pending'"),
        t.timer.c.kind.not_in(_TELLS),
    )
    wanted = (
        select(t.ticket, due)
        .outerjoin_from(t.ticket, t.timer, asks)
        .where(t.ticket.c.status != literal_column("'closed'"))
        .group_by(t.ticket.c.organisation_id, t.ticket.c.number)
        .order_by(due.is_(None), due, t.ticket.c.organisation_id, t.ticket.c.number)
        .limit(limit)
    )
    if organisation is not None:
        wanted = wanted.where(t.ticket.c.organisation_id == organisation)
    if assignee is not None:
        wanted = wanted.where(t.ticket.c.assignee == assignee)
    return tuple(Task(ticket_of(row), row.due) for row in conn.execute(wanted))
