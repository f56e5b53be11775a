"""What comes once a day: the lines that wait for somebody's digest, and which daily letters were written already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from mailroute.model.letter import Gathered, Template
from mailroute.store import tables as t

_GATHER = insert(t.gathered)
_GATHERED = (
    select(t.gathered)
    .where(t.gathered.c.organisation_id == bindparam("org"), t.gathered.c.reader == bindparam("reader"))
    .order_by(t.gathered.c.id)
)
_DONE = select(t.daily.c.name, t.daily.c.staff).where(
    t.daily.c.organisation_id == bindparam("org"), t.daily.c.day == bindparam("day")
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that waits, with its row and when it came."""

    id: int
    at: datetime
    what: Gathered


def gather_lines(tx: Connection, organisation: str, lines: Sequence[Gathered], now: datetime) -> None:
    """Keep lines for the digests of their readers."""
    if lines:
        tx.execute(
            _GATHER,
            [
                {
                    "organisation_id": organisation,
                    "reader": one.reader,
                    "number": one.number,
                    "template": one.template.value,
                    "words": one.words,
                    "at": now,
                }
                for one in lines
            ],
        )


def waiting_lines(conn: Connection, organisation: str, reader: str) -> tuple[Line, ...]:
    """What waits for somebody's digest, oldest first."""
    rows = conn.execute(_GATHERED, {"org": organisation, "reader": reader})
    return tuple(
        Line(row.id, row.at, Gathered(row.reader, row.number, Template(row.template), row.words))
        for row in rows
    )


_READERS = (
    select(t.gathered.c.reader)
    .where(
        t.gathered.c.organisation_id == bindparam("org"),
        t.gathered.c.template == Template.SHARED.value,
        t.gathered.c.at <= bindparam("before"),
    )
    .distinct()
    .order_by(t.gathered.c.reader)
)


def readers_of_copies(conn: Connection, organisation: str, before: datetime) -> tuple[str, ...]:
    """The members for whom copies wait that are as old as that."""
    return tuple(conn.execute(_READERS, {"org": organisation, "before": before}).scalars())


def done_today(conn: Connection, organisation: str, day: date) -> frozenset[tuple[str, str]]:
    """Which daily letters (name, reader) were written on that day."""
    return frozenset((row.name, row.staff) for row in conn.execute(_DONE, {"org": organisation, "day": day}))


def finish_daily(
    tx: Connection, organisation: str, name: str, staff: str, day: date, lines: Sequence[int] = ()
) -> None:
    """Note that it was written, and forget the lines that it held. Raises Conflict if somebody else wrote it."""
    tx.execute(insert(t.daily), {"organisation_id": organisation, "name": name, "staff": staff, "day": day})
    if lines:
        tx.execute(delete(t.gathered).where(t.gathered.c.id.in_(list(lines))))
