"""Ticket numbers: one counter row per organisation. Gaps are allowed, giving one twice is not (design §8a)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, select, update

from mailroute.errors import Conflict
from mailroute.store.columns import insert_or_skip
from mailroute.store.tables import FIRST_TICKET_NUMBER, organisation

_MOVE = (
    update(organisation)
    .where(organisation.c.id == bindparam("b_org"))
    .values(next_number=organisation.c.next_number + bindparam("b_count"))
    .returning(organisation.c.next_number)
)


def reserve_number(tx: Connection, org: str) -> int:
    """A fresh ticket number for what no mail brings (a command that opens a ticket)."""
    return next(_next_numbers(tx, org, 1))


def reserve_for(tx: Connection, wanted: Sequence[tuple[str, int | None]]) -> list[int]:
    """A number for each (organisation, number it has already or None); the counters move on by what is new.

    Locks the counter rows on PostgreSQL until the transaction ends.
    """
    missing: dict[str, int] = {}
    for org, number in wanted:
        if number is None:
            missing[org] = missing.get(org, 0) + 1
    # In the order of ids, so that two daemons lock the counters of many organisations in the same order.
    series = {org: _next_numbers(tx, org, missing[org]) for org in sorted(missing)}
    return [next(series[org]) if number is None else number for org, number in wanted]


_PEEK = select(organisation.c.next_number).where(organisation.c.id == bindparam("org"))
_TAKE = (
    update(organisation)
    .where(organisation.c.id == bindparam("b_org"), organisation.c.next_number == bindparam("b_number"))
    .values(next_number=bindparam("b_number") + 1)
)


def free_number(conn: Connection, org: str) -> int:
    """The number that comes next, not reserved: `take_number` says whether it still was."""
    return conn.execute(_PEEK, {"org": org}).scalar() or FIRST_TICKET_NUMBER


def take_number(tx: Connection, org: str, number: int) -> None:
    """Give out the number that `free_number` saw. Raises Conflict if somebody else has it by now."""
    new = {"id": org, "next_number": FIRST_TICKET_NUMBER}
    tx.execute(insert_or_skip(tx.dialect.name, organisation, "id"), new)
    if tx.execute(_TAKE, {"b_org": org, "b_number": number}).rowcount != 1:
        raise Conflict(f"T-{number} of {org} is given out")


def _next_numbers(tx: Connection, org: str, count: int) -> Iterator[int]:
    after = tx.execute(_MOVE, {"b_org": org, "b_count": count}).scalar()
    if after is None:
        new = {"id": org, "next_number": FIRST_TICKET_NUMBER}
        tx.execute(insert_or_skip(tx.dialect.name, organisation, "id"), new)
        after = tx.execute(_MOVE, {"b_org": org, "b_count": count}).scalar_one()
    return iter(range(after - count, after))
