"""Absences that were said by mail or on the command line: the rows that hold now, and the log of all that was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, bindparam, insert, literal_column, select, update

from mailroute.model.absence import AbsenceChange, Away, AwayEnded, AwaySet, Half, Origin
from mailroute.model.ticket import Party
from mailroute.store import tables as t
from mailroute.store.codec import dumps
from mailroute.store.columns import AnyRow
from mailroute.store.ready import Ready

_CURRENT = Ready(
    select(t.absence)
    .where(t.absence.c.organisation_id == bindparam("org"), t.absence.c.ended_at.is_(literal_column("NULL")))
    .order_by(t.absence.c.first_day, t.absence.c.id)
)
_ADD = insert(t.absence)
_END = update(t.absence).where(t.absence.c.id == bindparam("b_id"), t.absence.c.ended_at.is_(None))
_LOG = insert(t.staff_event)


def absences(conn: Connection, organisation: str) -> tuple[Away, ...]:
    """Every absence that is not over, those to come too, by their first day."""
    return tuple(_away(row) for row in _CURRENT.ask(conn, org=organisation))


def _away(row: AnyRow) -> Away:
    return Away(
        staff=row.staff,
        since=row.first_day,
        until=row.last_day,
        deputy=row.deputy,
        half=Half(row.half) if row.half else None,
        open_tickets=row.open_tickets,
        origin=Origin(row.origin),
        id=row.id,
    )


def write_absences(
    tx: Connection,
    organisation: str,
    changes: Sequence[AbsenceChange],
    *,
    actor: Party,
    cause: str,
    now: datetime,
) -> None:
    """Write what was said, and the log of it. What has ended meanwhile stays ended."""
    for change in changes:
        match change:
            case AwaySet(away=away):
                tx.execute(_ADD, _row(organisation, away))
            case AwayEnded(away=away):
                tx.execute(_END, {"b_id": away.id, "ended_at": now})
            case _:
                assert_never(change)
        tx.execute(
            _LOG,
            {
                "organisation_id": organisation,
                "staff": change.away.staff,
                "at": now,
                "actor_kind": actor.kind.value,
                "actor_id": actor.id,
                "cause": cause,
                "kind": change.kind,
                "body": dumps(change.away, Away),
            },
        )


def _row(organisation: str, away: Away) -> dict[str, object]:
    return {
        "organisation_id": organisation,
        "staff": away.staff,
        "first_day": away.since,
        "last_day": away.until,
        "half": away.half.value if away.half else None,
        "deputy": away.deputy,
        "open_tickets": away.open_tickets,
        "origin": away.origin.value,
        "ended_at": None,
    }
