"""Orders to firms outside: what each was last told, and the next number of the organisation."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, func, select

from mailroute.errors import Conflict
from mailroute.model.facts import Order
from mailroute.model.outside import ExternalOrdered, ExternalTold
from mailroute.model.ticket import Change, Ticket
from mailroute.store import tables as t
from mailroute.store.columns import insert_or_skip
from mailroute.store.tickets import event_of

_TOLD = (
    select(t.event)
    .where(
        t.event.c.organisation_id == bindparam("org"),
        t.event.c.number == bindparam("number"),
        t.event.c.kind.in_(["external-ordered", "external-told"]),
    )
    .order_by(t.event.c.seq)
)
_LAST = select(func.max(t.order_number.c.order)).where(t.order_number.c.organisation_id == bindparam("org"))


def orders_of(conn: Connection, about: Ticket) -> tuple[Order, ...]:
    """What each firm of the ticket knows, in the order in which they were first told."""
    if not about.orders:
        return ()
    known: dict[str, Order] = {}
    for row in conn.execute(_TOLD, {"org": about.organisation, "number": about.number}):
        change = event_of(row).change
        if isinstance(change, ExternalOrdered | ExternalTold):
            known[change.address] = Order(change.label, change.address, change.told)
    return tuple(known.values())


def next_order(conn: Connection, organisation: str) -> int:
    """The number after the last one that was given."""
    return (conn.execute(_LAST, {"org": organisation}).scalar() or 0) + 1


def take_numbers(tx: Connection, organisation: str, number: int, changes: Iterable[Change]) -> None:
    """Give the orders of a ticket their numbers. Raises Conflict if another ticket has one of them meanwhile."""
    for change in changes:
        if isinstance(change, ExternalOrdered):
            row = {"organisation_id": organisation, "order": change.order, "number": number}
            given = insert_or_skip(tx.dialect.name, t.order_number, returning="order")
            if tx.execute(given, row).first() is None:
                raise Conflict(f"the order number {change.label} is taken")
