"""Timers: one pending row per ticket and kind, claimed when due, fired in the transaction that acts on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, insert, literal_column, or_, select, update

from mailroute.model.decision import DueTimer, SetTimer, TimerChange, TimerKind
from mailroute.store.claims import walk_the_index
from mailroute.store.tables import intake, ticket, timer

_PENDING = timer.c.state == literal_column("'pending'")
_ADD = insert(timer)
_END_KIND = update(timer).where(
    timer.c.organisation_id == bindparam("b_org"),
    timer.c.number == bindparam("b_number"),
    timer.c.kind == bindparam("b_kind"),
    _PENDING,
)
_END = update(timer).where(timer.c.id == bindparam("b_id"), _PENDING)

_WAITS_SINCE_BEFORE = and_(
    intake.c.state == literal_column("'received'"), intake.c.received_at <= timer.c.due_at
)
_UNDECIDED_BEFORE = (
    select(literal_column("1"))
    .select_from(intake)
    .where(intake.c.organisation_id == timer.c.organisation_id, _WAITS_SINCE_BEFORE)
    .exists()
)
# The yes of a partner that is an organisation here comes in over there.
_UNDECIDED_AT_PARTNER = and_(
    timer.c.kind == literal_column("'partner'"),
    select(literal_column("1"))
    .select_from(intake)
    .join(ticket, intake.c.organisation_id == ticket.c.child_organisation)
    .where(
        ticket.c.organisation_id == timer.c.organisation_id,
        ticket.c.number == timer.c.number,
        _WAITS_SINCE_BEFORE,
    )
    .exists(),
)
_DUE = (
    select(timer.c.id, timer.c.organisation_id, timer.c.number, timer.c.kind, timer.c.due_at)
    .where(
        _PENDING,
        timer.c.due_at <= bindparam("now"),
        or_(timer.c.lease_until.is_(None), timer.c.lease_until <= bindparam("now")),
        ~_UNDECIDED_BEFORE,
        ~_UNDECIDED_AT_PARTNER,
    )
    .order_by(timer.c.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(timer)
    .where(timer.c.id == bindparam("b_id"))
    .values(lease_owner=bindparam("b_owner"), lease_until=bindparam("b_until"), attempts=timer.c.attempts + 1)
)


def claim_due(
    tx: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> tuple[DueTimer, ...]:
    """Lease due timers to `owner`, earliest first.

    Only of organisations where every mail received up to the due moment is decided: nobody is told they did not
    answer while their answer waits in our queue (design §6).
    """
    walk_the_index(tx)
    rows = tx.execute(_DUE, {"now": now, "limit": limit}).all()
    if rows:
        tx.execute(_LEASE, [{"b_id": row.id, "b_owner": owner, "b_until": now + lease} for row in rows])
    return tuple(
        DueTimer(row.id, row.organisation_id, row.number, TimerKind(row.kind), row.due_at) for row in rows
    )


def fire(tx: Connection, timer_id: int, now: datetime) -> bool:
    """Mark a pending timer as fired; False if it has fired, was cancelled or set anew meanwhile."""
    done = tx.execute(
        _END,
        {"b_id": timer_id, "state": "fired", "ended_at": now, "lease_owner": None, "lease_until": None},
    )
    return done.rowcount == 1


def change(
    tx: Connection, organisation: str, number: int, changes: Sequence[TimerChange], now: datetime
) -> None:
    """Set and cancel. A timer that is set anew is a new row, so that a claim on the old one fires nothing."""
    kinds = {one.kind: one for one in changes}
    tx.execute(
        _END_KIND,
        [
            {
                "b_org": organisation,
                "b_number": number,
                "b_kind": kind.value,
                "state": "cancelled",
                "ended_at": now,
            }
            for kind in kinds
        ],
    )
    new = [
        {
            "organisation_id": organisation,
            "number": number,
            "kind": one.kind.value,
            "due_at": one.due_at,
            "state": "pending",
            "attempts": 0,
        }
        for one in kinds.values()
        if isinstance(one, SetTimer)
    ]
    if new:
        tx.execute(_ADD, new)


def pending(conn: Connection, organisation: str, number: int) -> tuple[DueTimer, ...]:
    """What the ticket waits for, earliest first."""
    rows = conn.execute(
        select(timer)
        .where(timer.c.organisation_id == organisation, timer.c.number == number, _PENDING)
        .order_by(timer.c.due_at)
    )
    return tuple(
        DueTimer(row.id, row.organisation_id, row.number, TimerKind(row.kind), row.due_at) for row in rows
    )


def next_due(conn: Connection) -> datetime | None:
    """When the earliest timer is due; None if none is set."""
    return conn.execute(select(timer.c.due_at).where(_PENDING).order_by(timer.c.due_at).limit(1)).scalar()
