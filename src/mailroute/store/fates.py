"""What becomes of an intake: given back, held for a human, decided, or put into the queue again.

All of it runs inside `Store.write` and commits with it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, literal_column, select, update

from mailroute.errors import Conflict
from mailroute.model import limits
from mailroute.model.mail import IntakeState
from mailroute.store.tables import intake

# Written out, not bound: a partial index is only used when the query says the very words of its condition.
UNDECIDED = intake.c.state == literal_column("'received'")

_ATTEMPTS = select(intake.c.attempts).where(intake.c.id == bindparam("id"), UNDECIDED)
_SET = update(intake).where(intake.c.id == bindparam("b_id"), UNDECIDED)


def release(
    tx: Connection,
    intake_id: int,
    attempt: int,
    *,
    error: str,
    now: datetime,
    retry_at: datetime,
    counts: bool = True,
) -> bool:
    """Give a claimed intake back until `retry_at`; after the fourth attempt that counts it is held instead: True.

    `attempt` is the one it was claimed for: whose lease ran out while somebody else has it now gives nothing back.
    `counts` False: it was not the mail's fault (the daemon stops, the database was locked).
    """
    if tx.execute(_ATTEMPTS, {"id": intake_id}).scalar() != attempt:
        return False
    if counts and attempt >= limits.ATTEMPTS_BEFORE_HELD:
        hold(tx, intake_id, f"given up after {attempt} attempts: {error}", now)
        return True
    kept = attempt if counts else max(0, attempt - 1)
    tx.execute(
        _SET,
        {
            "b_id": intake_id,
            "attempts": kept,
            "lease_owner": None,
            "lease_until": None,
            "not_before": retry_at,
            "error": error,
        },
    )
    return False


def hold(tx: Connection, intake_id: int, reason: str, now: datetime) -> None:
    """Stop an undecided intake for a human; `queue` and `held` show it with the reason."""
    tx.execute(_SET, {"b_id": intake_id, "state": IntakeState.HELD.value, **_ended(reason, now)})


def finish(tx: Connection, intake_id: int, state: IntakeState, reason: str | None, now: datetime) -> bool:
    """Mark an undecided intake as decided (or held); False if somebody else has done so already."""
    done = tx.execute(_SET, {"b_id": intake_id, "state": state.value, **_ended(reason, now)})
    return done.rowcount == 1


def _ended(reason: str | None, now: datetime) -> dict[str, object]:
    return {"lease_owner": None, "lease_until": None, "error": reason, "decided_at": now}


def retry_held(tx: Connection, intake_id: int, now: datetime) -> None:
    """Put a held intake back into the queue with all its attempts. Raises Conflict if it is not held."""
    back = tx.execute(
        update(intake)
        .where(intake.c.id == intake_id, intake.c.state == IntakeState.HELD.value)
        .values(state=IntakeState.RECEIVED.value, attempts=0, not_before=now, decided_at=None)
    )
    if back.rowcount != 1:
        raise Conflict(f"mail m{intake_id} is not held")
