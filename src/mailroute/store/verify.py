"""Are the books right? Every ticket equals its events, every mail has its place, every letter its state.

Reads everything once, in the order of the keys and never holding more than one ticket; for `mailroute verify` and
after every crash in the tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, and_, func, not_, or_, select

from mailroute.model.letter import LetterState
from mailroute.model.mail import IntakeState
from mailroute.model.ticket import Status, fold
from mailroute.store import tables as t
from mailroute.store.columns import AnyRow
from mailroute.store.tickets import event_of, ticket_of

_ROWS_AT_ONCE = 500


def verify(conn: Connection, *, contents: bool = False) -> tuple[str, ...]:
    """Every contradiction as a sentence, () if the books are right. `contents`: read every mail's bytes too."""
    checks = (_tickets, _orphans, _intakes, _decisions, _letters, _timers)
    problems = [problem for check in checks for problem in check(conn)]
    if contents:
        problems += _contents(conn)
    return tuple(problems)


def _tickets(conn: Connection) -> Iterator[str]:
    """`fold(events) == row`, the law (design §7)."""
    statement = (
        select(t.event)
        .order_by(t.event.c.organisation_id, t.event.c.number, t.event.c.seq)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for (org, number), group in groupby(conn.execute(statement), key=_ticket_key):
        yield from _ticket(conn, org, number, list(group))
    for row in conn.execute(_WITHOUT_EVENTS):
        yield f"ticket {row.organisation_id}/T-{row.number} has no events"


_WITHOUT_EVENTS = select(t.ticket.c.organisation_id, t.ticket.c.number).where(
    ~select(t.event.c.seq)
    .where(
        t.event.c.organisation_id == t.ticket.c.organisation_id,
        t.event.c.number == t.ticket.c.number,
        t.event.c.seq == 1,
    )
    .exists()
)


def _ticket_key(row: AnyRow) -> tuple[str, int]:
    return row.organisation_id, row.number


def _ticket(conn: Connection, org: str, number: int, rows: list[AnyRow]) -> Iterator[str]:
    name = f"ticket {org}/T-{number}"
    if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
        yield f"{name} has a gap in its events"
        return
    try:
        folded = fold(event_of(row) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        yield f"{name} has events that cannot follow each other: {error}"
        return
    row = conn.execute(
        select(t.ticket).where(t.ticket.c.organisation_id == org, t.ticket.c.number == number)
    ).first()
    if row is None:
        yield f"{name} has events but no row"
    elif ticket_of(row) != folded:
        yield f"{name} is not what its events make of it"
    elif folded.status is not Status.CLOSED and not folded.assignee:
        yield f"{name} is open and nobody must act"


def _orphans(conn: Connection) -> Iterator[str]:
    """A mail that no organisation was given is lost, though it is stored."""
    lost = select(t.mail.c.id).where(~select(t.intake.c.id).where(t.intake.c.mail_id == t.mail.c.id).exists())
    for row in conn.execute(lost):
        yield f"mail {row.id} belongs to no organisation"


def _intakes(conn: Connection) -> Iterator[str]:
    """Received or done or held, and nothing else; done means: there is a decision."""
    states = [state.value for state in IntakeState]
    for row in conn.execute(select(t.intake.c.id, t.intake.c.state).where(t.intake.c.state.not_in(states))):
        yield f"mail m{row.id} is in the unknown state {row.state!r}"
    decided = select(t.decision.c.id).where(t.decision.c.intake_id == t.intake.c.id).exists()
    done = t.intake.c.state == IntakeState.DONE.value
    for row in conn.execute(select(t.intake.c.id).where(done, ~decided)):
        yield f"mail m{row.id} is done but nothing was decided about it"
    received = t.intake.c.state == IntakeState.RECEIVED.value
    held_before = (
        select(t.decision.c.id)
        .where(t.decision.c.intake_id == t.intake.c.id, t.decision.c.disposition != "hold")
        .exists()
    )
    for row in conn.execute(select(t.intake.c.id).where(received, held_before)):
        yield f"mail m{row.id} was decided but still waits"
    lost_reason = and_(t.intake.c.state == IntakeState.HELD.value, t.intake.c.error.is_(None))
    for row in conn.execute(select(t.intake.c.id).where(lost_reason)):
        yield f"mail m{row.id} is held without a reason"


def _decisions(conn: Connection) -> Iterator[str]:
    """One mail has one effect: a second decision would have made a second ticket or letter."""
    twice = (
        select(t.decision.c.intake_id, func.count().label("times"))
        .where(t.decision.c.intake_id.is_not(None), t.decision.c.disposition != "hold")
        .group_by(t.decision.c.intake_id)
        .having(func.count() > 1)
    )
    for row in conn.execute(twice):
        yield f"mail m{row.intake_id} was decided {row.times} times"


def _letters(conn: Connection) -> Iterator[str]:
    """Known state; what was sent or failed was tried; no lease is left on what is over."""
    states = [state.value for state in LetterState]
    c = t.outbox.c
    tried = (LetterState.SENT.value, LetterState.ATTEMPTING.value, LetterState.IN_DOUBT.value)
    over = (
        LetterState.SENT.value,
        LetterState.FAILED.value,
        LetterState.IN_DOUBT.value,
        LetterState.STOPPED.value,
    )
    for row in conn.execute(select(c.id, c.state).where(c.state.not_in(states))):
        yield f"letter {row.id} is in the unknown state {row.state!r}"
    for row in conn.execute(select(c.id, c.state).where(c.state.in_(tried), c.attempts < 1)):
        yield f"letter {row.id} is {row.state} but was never tried"
    for row in conn.execute(select(c.id, c.state).where(c.state.in_(over), c.lease_until.is_not(None))):
        yield f"letter {row.id} is {row.state} but still claimed by somebody"
    has_ticket = (
        select(t.ticket.c.number)
        .where(t.ticket.c.organisation_id == c.organisation_id, t.ticket.c.number == c.number)
        .exists()
    )
    for row in conn.execute(select(c.id).where(c.number.is_not(None), not_(has_ticket))):
        yield f"letter {row.id} belongs to a ticket that does not exist"


def _timers(conn: Connection) -> Iterator[str]:
    """Pending, fired or cancelled; one that is over says since when."""
    c = t.timer.c
    wrong = or_(
        c.state.not_in(["pending", "fired", "cancelled"]),
        and_(c.state != "pending", c.ended_at.is_(None)),
        and_(c.state == "pending", c.ended_at.is_not(None)),
    )
    for row in conn.execute(select(c.id, c.state).where(wrong)):
        yield f"timer t{row.id} is in a state that cannot be: {row.state!r}"


def _contents(conn: Connection) -> Iterator[str]:
    """The bytes are the ones that came."""
    ids = conn.execute(select(t.mail.c.id).order_by(t.mail.c.id)).scalars().all()
    for mail_id in ids:
        row = conn.execute(
            select(t.mail.c.sha256, t.mail.c.size_bytes, t.mail.c.content).where(t.mail.c.id == mail_id)
        ).one()
        if hashlib.sha256(row.content).hexdigest() != row.sha256 or len(row.content) != row.size_bytes:
            yield f"mail {mail_id} is not what was received: its bytes have another SHA-256"
