"""Letters on their way out: claimed, marked as attempting before they may leave, and what came of it.

Every letter is sent at least once or visibly not; a crash between the relay's yes and our note of it costs one
identical copy at most (reliability §2, I4–I6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, insert, literal_column, or_, select, update

from mailroute.errors import Conflict
from mailroute.model.letter import Letter, LetterState, SendOutcome, SendResult
from mailroute.store.claims import walk_the_index
from mailroute.store.columns import message_key
from mailroute.store.refused import pass_on_unanswerable
from mailroute.store.tables import outbox as box

# Longer than an attempt can take: connect, five commands of five minutes, the letter, ten minutes for the last reply.
LONGEST_ATTEMPT = timedelta(minutes=60)
_CLAIM_BYTES = 64 * 1024 * 1024
_CRASHED = "the daemon ended while the letter was on its way"
_NO_LEASE: dict[str, object] = {"lease_owner": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class ClaimedLetter:
    """A letter that `owner` may send until its lease ends."""

    id: str
    organisation: str
    number: int | None
    to_address: str
    mail_from: str
    content: bytes
    attempts: int
    doubts: int
    message_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A letter as `mailroute queue` and `outbox` show it, with the relay's last words."""

    id: str
    organisation: str
    number: int | None
    template: str
    to_address: str
    subject: str
    state: LetterState
    attempts: int
    doubts: int
    created_at: datetime
    due_at: datetime
    changed_at: datetime
    last_reply: str


# --- writing: for apply.py ----------------------------------------------------------------------------------

_ADD = insert(box)


def add_letters(tx: Connection, new: Sequence[Letter], stopped: LetterState | None, now: datetime) -> None:
    """Put finished letters into the outbox. Their ids are unique: deciding twice cannot send twice.

    `stopped`: the state of those that use the budget of automatic letters, if it is used up.
    """
    tx.execute(_ADD, [_row(one, stopped, now) for one in new])


def _row(letter: Letter, stopped: LetterState | None, now: datetime) -> dict[str, object]:
    automatic = letter.acknowledges is not None
    over = automatic and stopped is not None
    return {
        "id": letter.id,
        "organisation_id": letter.organisation,
        "number": letter.number,
        "template": letter.template.value,
        "to_kind": letter.to.kind.value,
        "to_id": letter.to.id,
        "to_name": letter.to.name,
        "to_address": letter.to.address,
        "mail_from": letter.mail_from,
        "message_id": message_key(letter.message_id),
        "subject": letter.subject,
        "automatic": automatic,
        "created_at": now,
        "state": (stopped if over and stopped else LetterState.WAITING).value,
        "due_at": letter.not_before or now,
        "attempts": 0,
        "doubts": 0,
        "last_reply": "not sent: too many automatic letters in this hour" if over else None,
        "changed_at": now,
        "content": letter.content,
    }


# --- sending ------------------------------------------------------------------------------------------------

_WAITING = box.c.state == literal_column("'waiting'")
_OPEN = box.c.state.in_([literal_column("'waiting'"), literal_column("'attempting'")])
_earlier = box.alias("earlier")
# One after the other to the same person in the same ticket: an answer never overtakes the one before it.
# (The smallest position and not "none exists before": see mails.py.)
_NONE_BEFORE = (
    func.coalesce(
        select(func.min(_earlier.c.position))
        .where(
            _earlier.c.organisation_id == box.c.organisation_id,
            _earlier.c.number == box.c.number,
            _earlier.c.state.in_([literal_column("'waiting'"), literal_column("'attempting'")]),
            _earlier.c.to_address == box.c.to_address,
        )
        .correlate(box)
        .scalar_subquery(),
        box.c.position,
    )
    == box.c.position
)
_CLAIMABLE = (
    select(box.c.position, func.length(box.c.content).label("size_bytes"))
    .where(
        _WAITING,
        box.c.due_at <= bindparam("now"),
        or_(box.c.lease_until.is_(None), box.c.lease_until <= bindparam("now")),
        _NONE_BEFORE,
    )
    .order_by(box.c.due_at, box.c.position)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LEASE = update(box).where(box.c.position == bindparam("b_position"))
_LETTERS = (
    select(
        box.c.id, box.c.organisation_id, box.c.number, box.c.to_address, box.c.mail_from,
        box.c.content, box.c.attempts, box.c.doubts, box.c.message_id, box.c.created_at,
    )
    .where(box.c.position.in_(bindparam("positions", expanding=True)))
    .order_by(box.c.due_at, box.c.position)
)  # fmt: skip


def claim_letters(
    tx: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> tuple[ClaimedLetter, ...]:
    """Lease due letters to `owner` until now + lease; on PostgreSQL rows that others are claiming are skipped."""
    positions: list[int] = []
    size_bytes = 0
    walk_the_index(tx)
    for position, size in tx.execute(_CLAIMABLE, {"now": now, "limit": limit}).all():
        size_bytes += size
        if positions and size_bytes > _CLAIM_BYTES:
            break
        positions.append(position)
    if not positions:
        return ()
    tx.execute(
        _LEASE, [{"b_position": one, "lease_owner": owner, "lease_until": now + lease} for one in positions]
    )
    rows = tx.execute(_LETTERS, {"positions": positions}).all()
    return tuple(
        ClaimedLetter(
            id=row.id,
            organisation=row.organisation_id,
            number=row.number,
            to_address=row.to_address,
            mail_from=row.mail_from,
            content=row.content,
            attempts=row.attempts,
            doubts=row.doubts,
            message_id=row.message_id,
            created_at=row.created_at,
        )
        for row in rows
    )


_BY_ID = box.c.id == bindparam("b_id")
_ATTEMPT = (
    update(box)
    .where(_BY_ID, _WAITING)
    .values(
        state="attempting",
        attempts=box.c.attempts + 1,
        changed_at=bindparam("b_now"),
        lease_until=bindparam("b_until"),
    )
)


def mark_attempting(
    tx: Connection, ids: Sequence[str], now: datetime, *, lease: timedelta = LONGEST_ATTEMPT
) -> None:
    """Note that these letters may leave from now on; must be committed before the first byte of them does.

    From now on they are the sender's for `lease`, however much of the claim's was left: while a slow relay still has
    the letter, nobody else may take its sender for dead.
    Raises Conflict if one of them no longer waits (stopped, or taken by another after the lease ran out).
    """
    for one in ids:
        if tx.execute(_ATTEMPT, {"b_id": one, "b_now": now, "b_until": now + lease}).rowcount != 1:
            raise Conflict(f"letter {one} no longer waits")


_STATE = select(box.c.state, box.c.doubts, box.c.attempts).where(box.c.id == bindparam("id"))
_SET = update(box).where(_BY_ID)
_RELEASE = update(box).where(_BY_ID, _WAITING)


def record(
    tx: Connection, letter_id: str, result: SendResult, *, now: datetime, retry_at: datetime | None
) -> None:
    """Note how an attempt ended. `retry_at` None: there will be no further one, a LATER becomes FAILED.

    SENT is believed whenever it comes; anything else only while the letter is still open.
    """
    row = tx.execute(_STATE, {"id": letter_id}).first()
    if row is None or row.state == LetterState.SENT.value:
        return
    is_open = row.state in (LetterState.WAITING.value, LetterState.ATTEMPTING.value)
    if not is_open and result.outcome is not SendOutcome.SENT:
        return
    attempting = row.state == LetterState.ATTEMPTING.value
    values = _outcome(result.outcome, row.doubts, retry_at or now, last=retry_at is None)
    if result.outcome is SendOutcome.OURS and attempting:
        values["attempts"] = max(0, row.attempts - 1)
    tx.execute(
        _SET, {"b_id": letter_id, "last_reply": result.reply, "changed_at": now, **_NO_LEASE, **values}
    )
    if values.get("state") == LetterState.FAILED.value:
        pass_on_unanswerable(tx, letter_id, now)


def _outcome(outcome: SendOutcome, doubts: int, retry_at: datetime, *, last: bool) -> dict[str, Any]:
    """The columns that say what comes next."""
    if outcome is SendOutcome.SENT:
        return {"state": LetterState.SENT.value}
    if outcome is SendOutcome.NEVER or (outcome is SendOutcome.LATER and last):
        return {"state": LetterState.FAILED.value}
    if outcome is SendOutcome.IN_DOUBT and doubts >= 1:
        # Twice perhaps is enough: a third copy is worse than asking a person.
        return {"state": LetterState.IN_DOUBT.value, "doubts": doubts + 1}
    again: dict[str, Any] = {"state": LetterState.WAITING.value, "due_at": retry_at}
    return {**again, "doubts": doubts + 1} if outcome is SendOutcome.IN_DOUBT else again


def recover_attempting(tx: Connection, now: datetime, *, everything: bool = False) -> tuple[str, ...]:
    """Deal with letters whose sender died under way: send once more, the second time leave it to a person.

    `everything`: right after the start of the only daemon, whatever is attempting was ours and is nobody's now;
    else only what has outlived its lease. Returns the ids that are in doubt for good.
    """
    lost = box.c.state == literal_column("'attempting'")
    if not everything:
        lost = and_(lost, or_(box.c.lease_until.is_(None), box.c.lease_until <= now))
    doubtful = case((box.c.doubts >= 1, LetterState.IN_DOUBT.value), else_=LetterState.WAITING.value)
    rows = tx.execute(
        update(box)
        .where(lost)
        .values(
            state=doubtful,
            doubts=box.c.doubts + 1,
            due_at=now,
            changed_at=now,
            last_reply=_CRASHED,
            **_NO_LEASE,
        )
        .returning(box.c.id, box.c.state)
    ).all()
    return tuple(row.id for row in rows if row.state == LetterState.IN_DOUBT.value)


def release_letters(tx: Connection, ids: Sequence[str]) -> None:
    """Give claimed letters back that were not tried (the daemon stops, the relay refuses us)."""
    for one in ids:
        tx.execute(_RELEASE, {"b_id": one, **_NO_LEASE})


def stop_letters(tx: Connection, ids: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Stop letters that have not left; returns the ids of those. What is attempting cannot be stopped."""
    rows = tx.execute(
        update(box)
        .where(box.c.id.in_(list(ids)), _WAITING)
        .values(state=LetterState.STOPPED.value, changed_at=now, **_NO_LEASE)
        .returning(box.c.id)
    )
    return tuple(row.id for row in rows)


def retry(tx: Connection, letter_id: str, now: datetime) -> None:
    """Send a letter that failed, is in doubt or was stopped once more. Raises Conflict if it is none of these."""
    states = (LetterState.FAILED.value, LetterState.IN_DOUBT.value, LetterState.STOPPED.value)
    again = tx.execute(
        update(box)
        .where(box.c.id == letter_id, box.c.state.in_(states))
        .values(
            state=LetterState.WAITING.value, due_at=now, changed_at=now, attempts=0, doubts=0, **_NO_LEASE
        )
    )
    if again.rowcount != 1:
        raise Conflict(f"letter {letter_id} is waiting or was sent")


def retry_all_waiting(tx: Connection, now: datetime) -> int:
    """Make every waiting letter due that a relay put off (not those held back on purpose); how many."""
    pulled = tx.execute(
        update(box).where(_WAITING, box.c.attempts > 0, box.c.due_at > now).values(due_at=now)
    )
    return pulled.rowcount


# --- looking ------------------------------------------------------------------------------------------------

_TROUBLE = box.c.state.in_(
    [literal_column(f"'{state}'") for state in ("waiting", "attempting", "in-doubt", "failed")]
)
_SHOWN = select(
    box.c.id, box.c.organisation_id, box.c.number, box.c.template, box.c.to_address,
    box.c.subject, box.c.state, box.c.attempts, box.c.doubts, box.c.created_at, box.c.due_at,
    box.c.changed_at, box.c.last_reply,
)  # fmt: skip


def letters(
    conn: Connection, organisation: str | None = None, *, number: int | None = None, limit: int = 1000
) -> tuple[OutboxRow, ...]:
    """Letters that are not done with (waiting, on their way, in doubt, failed), or all of a ticket, oldest first."""
    wanted = _SHOWN.order_by(box.c.position).limit(limit)
    if organisation is not None:
        wanted = wanted.where(box.c.organisation_id == organisation)
    wanted = wanted.where(_TROUBLE if number is None else box.c.number == number)
    return tuple(
        OutboxRow(
            id=row.id,
            organisation=row.organisation_id,
            number=row.number,
            template=row.template,
            to_address=row.to_address,
            subject=row.subject,
            state=LetterState(row.state),
            attempts=row.attempts,
            doubts=row.doubts,
            created_at=row.created_at,
            due_at=row.due_at,
            changed_at=row.changed_at,
            last_reply=row.last_reply or "",
        )
        for row in conn.execute(wanted)
    )


def was_written(conn: Connection, letter_id: str) -> bool:
    """Whether a letter with this id is in the outbox, whatever became of it."""
    return conn.execute(select(box.c.id).where(box.c.id == letter_id)).first() is not None


def letter_content(conn: Connection, letter_id: str) -> bytes | None:
    """The finished bytes of a letter, None if there is no such one."""
    return conn.execute(select(box.c.content).where(box.c.id == letter_id)).scalar()


def unsent(conn: Connection) -> int:
    """How many letters wait or are on their way."""
    return conn.execute(select(func.count()).select_from(box).where(_OPEN)).scalar_one()


def next_due(conn: Connection) -> datetime | None:
    """When the earliest waiting letter is due; None if none waits."""
    return conn.execute(select(func.min(box.c.due_at)).where(_WAITING)).scalar()
