"""The counters of loops and storms: one row for each window of time, added to in transaction 2 (reliability §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, func, or_, select, tuple_

from mailroute.errors import Conflict
from mailroute.model.address import address_key
from mailroute.model.traffic import Count, Scope, Traffic, opens_again, remembered, window_index, window_start
from mailroute.store import tables as t
from mailroute.store.columns import AnyRow, index_key, insert_or_add
from mailroute.store.ready import Ready

_ROWS = t.traffic.c
_BUSY = _ROWS.happened >= _ROWS.allowed
_OURS, _THESE_DAYS = _ROWS.organisation_id == bindparam("org"), _ROWS.since >= bindparam("since")
# The latest window of each key: a quiet inbox has one row for every hour of the last three days, and only the last counts.
# Scopes and keys apart: for pairs of values SQLite would read every row of these days.
_ALL = t.traffic.alias("every").c
_LATEST = (
    select(_ALL.scope, _ALL.key, func.max(_ALL.since))
    .where(
        _ALL.organisation_id == bindparam("org"),
        _ALL.since >= bindparam("since"),
        _ALL.scope.in_(bindparam("scopes", expanding=True)),
        _ALL.key.in_(bindparam("keys", expanding=True)),
        or_(_ALL.scope != Scope.BURST.value, _ALL.since >= bindparam("burst")),
    )
    .group_by(_ALL.scope, _ALL.key)
)
_CONCERNING = Ready(
    select(_ROWS.scope, _ROWS.key, _ROWS.since, _ROWS.happened, _ROWS.allowed, _ROWS.trips, _ROWS.number)
    .where(
        or_(
            and_(_OURS, tuple_(_ROWS.scope, _ROWS.key, _ROWS.since).in_(_LATEST)),
            and_(_OURS, _THESE_DAYS, _ROWS.scope == Scope.RULE.value, _BUSY),
        )
    )
    .order_by(_ROWS.since)
)
_OF_SENDERS = (Scope.BURST.value, Scope.SENDER.value, Scope.SILENCED.value, Scope.CALLED.value)
# So long ago lies the oldest window that anything looks at: a storm is remembered for 64 hours at most.
_REMEMBERED = timedelta(days=3)


def concerning(
    conn: Connection, org: str, author: str | None, number: int | None, now: datetime
) -> tuple[Traffic, ...]:
    """What was counted that a mail of `author` (in the ticket `number`) may have to be weighed against.

    Of the rules only those that have had all they may: which one a mail meets is decided later.
    """
    wanted = {Scope.TOTAL.value: ""}
    if author:
        wanted |= dict.fromkeys(_OF_SENDERS, index_key(address_key(author)))
    if number is not None:
        wanted[Scope.TICKET.value] = str(number)
    rows = _CONCERNING.ask(
        conn,
        org=org,
        since=now - _REMEMBERED,
        burst=window_start(Scope.BURST, now),
        scopes=list(wanted),
        keys=list(dict.fromkeys(wanted.values())),
    )
    latest = {(row.scope, row.key): row for row in rows if wanted.get(row.scope, row.key) == row.key}
    found = (_traffic(row, now) for row in latest.values())
    return tuple(one for one in found if one is not None)


def _traffic(row: AnyRow, now: datetime) -> Traffic | None:
    """What the latest window of a key says now; None for a calm one that is over, or a storm that is forgotten."""
    scope = Scope(row.scope)
    passed = window_index(scope, now) - window_index(scope, row.since)
    if passed == 0:
        return Traffic(scope, row.key, row.happened, row.trips, row.number)
    trips = row.trips + 1
    if row.happened <= row.allowed or passed > remembered(trips):
        return None
    return Traffic(scope, row.key, 0, trips)


# The day more is for clocks that were set back.
_KEPT = _REMEMBERED + timedelta(days=1)
_FORGET = delete(t.traffic).where(
    _ROWS.organisation_id == bindparam("org"), _ROWS.since < bindparam("before")
)


def add(tx: Connection, org: str, counts: Sequence[Count], now: datetime) -> None:
    """Write what a decision counted.

    Raises Conflict if others have used up meanwhile what the decision thought it was allowed: it decides again. Far
    from the allowance many may count at the same time without knowing of each other.
    """
    statement = insert_or_add(
        tx.dialect.name,
        t.traffic,
        ("organisation_id", "scope", "key", "since"),
        "happened",
        ("allowed", "number"),
    )
    for count in sorted(counts, key=lambda one: (one.scope, one.key)):
        row = {
            "organisation_id": org,
            "scope": count.scope.value,
            "key": count.key,
            "since": window_start(count.scope, now),
            "happened": 1,
            "allowed": count.allowed,
            "trips": count.trips,
            "number": count.number,
        }
        before = tx.execute(statement, row).scalar_one() - 1
        if before >= count.allowed >= count.seen and before != count.seen:
            raise Conflict(f"the allowance of {count.scope} was used up meanwhile")
        if before == 0 and count.scope is Scope.TOTAL:
            # Once an hour, with the first mail of its window: what nothing looks at any more goes.
            tx.execute(_FORGET, {"org": org, "before": now - _KEPT})


@dataclass(frozen=True, slots=True)
class Storm:
    """Something that is told of no more until `until`. `number` is the ticket that collects it, if there is one."""

    organisation: str
    scope: Scope
    key: str
    happened: int
    allowed: int
    until: datetime
    number: int | None


_STORMS = (
    select(t.traffic)
    .where(_ROWS.since >= bindparam("since"), _ROWS.happened > _ROWS.allowed, _BUSY)
    .order_by(_ROWS.organisation_id, _ROWS.since, _ROWS.scope, _ROWS.key)
)


def storms(conn: Connection, now: datetime) -> tuple[Storm, ...]:
    """Everything of which there is more in the running window than is told of."""
    rows = conn.execute(_STORMS, {"since": now - _REMEMBERED})
    found = (
        Storm(
            row.organisation_id,
            Scope(row.scope),
            row.key,
            row.happened,
            row.allowed,
            opens_again(Scope(row.scope), row.trips, row.since),
            row.number,
        )
        for row in rows
    )
    return tuple(one for one in found if one.until > now and one.scope is not Scope.BURST)
