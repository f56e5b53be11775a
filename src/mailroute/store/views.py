"""Who looked with somebody else's eyes: only added to (REQ-C11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from mailroute.store import tables as t


def note_view(tx: Connection, org: str, actor: str, address: str, now: datetime) -> None:
    """Remember that `actor` of staff looked at what `address` sees."""
    tx.execute(insert(t.view_as).values(organisation_id=org, at=now, actor=actor, address=address))


# Page after page with the same eyes is one look.
_ONE_LOOK = timedelta(minutes=15)


def note_look(tx: Connection, org: str, actor: str, address: str, now: datetime) -> bool:
    """The same for each page that is shown with somebody's eyes; False where that is one look with an earlier page."""
    c = t.view_as.c
    same = (c.organisation_id == org) & (c.address == address) & (c.actor == actor) & (c.at > now - _ONE_LOOK)
    if tx.execute(select(c.id).where(same).limit(1)).first() is not None:
        return False
    note_view(tx, org, actor, address, now)
    return True


def views(conn: Connection, org: str) -> tuple[tuple[datetime, str, str], ...]:
    """(when, who, whose) of every look, oldest first."""
    rows = conn.execute(select(t.view_as).where(t.view_as.c.organisation_id == org).order_by(t.view_as.c.id))
    return tuple((row.at, row.actor, row.address) for row in rows)
