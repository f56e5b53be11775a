"""Which mails were said to be theirs, on a page, by whoever seemed to have written them: each counts once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from mailroute.errors import Conflict
from mailroute.store import tables as t


def is_confirmed(conn: Connection, org: str, intake: int) -> bool:
    """Whether somebody has said so already."""
    asked = select(t.confirmed.c.intake_id).where(
        t.confirmed.c.organisation_id == org, t.confirmed.c.intake_id == intake
    )
    return conn.execute(asked).first() is not None


def note_confirmed(tx: Connection, org: str, intake: int, now: datetime) -> None:
    """Remember that somebody has. Raises Conflict if that was noted before."""
    if is_confirmed(tx, org, intake):
        raise Conflict(f"mail m{intake} was confirmed already")
    tx.execute(insert(t.confirmed).values(organisation_id=org, intake_id=intake, at=now))
