"""What a ticket was opened by, from the decision of that day: for whoever is handed it later."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from mailroute.model.decision import Routing
from mailroute.model.facts import Spoken
from mailroute.model.ticket import Ticket
from mailroute.store import tables as t
from mailroute.store.codec import loads
from mailroute.store.ready import Ready

_OPENED_BY = Ready(
    select(t.decision.c.routing)
    .where(
        t.decision.c.organisation_id == bindparam("org"),
        t.decision.c.number == bindparam("number"),
        t.decision.c.routing.is_not(None),
    )
    .order_by(t.decision.c.id)
    .limit(1)
)


def spoken(conn: Connection, about: Ticket) -> tuple[Spoken, ...]:
    """The words for its property and its case type as they were found then."""
    row = _OPENED_BY.first(conn, org=about.organisation, number=about.number)
    return tuple(_spoken(loads(row.routing, Routing))) if row is not None and row.routing else ()


def _spoken(routing: Routing) -> Iterator[Spoken]:
    matched, classified = routing.matched, routing.classified
    if matched is not None and matched.property is not None:
        because = next((one.because for one in matched.candidates if one.id == matched.property), "")
        yield Spoken("property", matched.property, because)
    if classified is not None and classified.case_type is not None:
        scores = [one.because for one in classified.scores if one.id == classified.case_type]
        because = " ".join([*scores, *(step.because for step in classified.steps)])
        yield Spoken("case-type", classified.case_type, because)
