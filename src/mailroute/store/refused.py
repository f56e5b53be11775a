"""The relay will never take a question to a partner: the ticket's clock passes it on at once (REQ-D9).

Nothing is decided here. The timer is set in the transaction that writes the refusal down, so a crash loses neither.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select

from mailroute.model.decision import SetTimer, TimerKind
from mailroute.store import timers
from mailroute.store.tables import outbox, ticket

_QUESTION = (
    select(outbox.c.organisation_id, outbox.c.number)
    .join(
        ticket,
        (ticket.c.organisation_id == outbox.c.organisation_id)
        & (ticket.c.number == outbox.c.number)
        & (ticket.c.partner == outbox.c.to_id),
    )
    .where(
        outbox.c.id == bindparam("id"),
        outbox.c.template == literal_column("'partner-offer'"),
        outbox.c.to_kind == literal_column("'partner'"),
        ticket.c.status == literal_column("'partner-asked'"),
    )
)


def pass_on_unanswerable(tx: Connection, letter_id: str, now: datetime) -> None:
    """If this letter asks the partner who is to answer just now, let the clock fire for it."""
    found = tx.execute(_QUESTION, {"id": letter_id}).first()
    if found is not None:
        timers.change(tx, found.organisation_id, found.number, (SetTimer(TimerKind.UNREACHABLE, now),), now)
