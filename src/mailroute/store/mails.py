"""Received mails and their intakes: stored at the door, claimed by workers, decided or held. Never read or judged.

Functions that take `tx` run inside `Store.write` and commit with it; those that take `conn` only read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, or_, select, update

from mailroute.errors import Broken
from mailroute.model import limits
from mailroute.model.address import address_key
from mailroute.model.mail import Delivery, Door, Envelope, IntakeState, Receipt
from mailroute.store.claims import walk_the_index
from mailroute.store.codec import dumps, loads_any
from mailroute.store.columns import AnyRow, insert_or_skip
from mailroute.store.fates import UNDECIDED, hold
from mailroute.store.numbers import reserve_for
from mailroute.store.readers import may_read
from mailroute.store.ready import Ready
from mailroute.store.tables import delivery, intake, mail

# A claim stops at so many bytes of mail: workers hold them in memory.
_CLAIM_BYTES = 64 * 1024 * 1024
_Addresses = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """An intake that `owner` may decide until its lease ends, with the ticket number it may use."""

    envelope: Envelope
    attempts: int
    fresh_number: int
    content_key: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Claims:
    """What a claim brought: mails to decide, and those that were held instead, with the reason."""

    taken: tuple[Claimed, ...] = ()
    held: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An intake that is not decided: waiting, being worked on (`leased_until`), or held with `error`."""

    intake_id: int
    mail_id: int
    organisation: str
    inbox: str
    mail_from: str
    received_at: datetime
    size_bytes: int
    state: IntakeState
    attempts: int
    not_before: datetime | None
    leased_until: datetime | None
    error: str


# --- storing ------------------------------------------------------------------------------------------------

_BY_DOOR_KEY = select(delivery.c.mail_id).where(delivery.c.door_key == bindparam("door_key"))
_BY_FINGERPRINT = select(mail.c.id).where(mail.c.fingerprint == bindparam("fingerprint"))
_ADD_INTAKE = insert(intake)
_FIRST_INTAKE = Ready(
    select(func.min(intake.c.id).label("id")).where(intake.c.mail_id == bindparam("mail_id"))
)


def store_delivery(
    tx: Connection,
    arrived: Delivery,
    *,
    fingerprint: str,
    content_key: str,
    routes: Sequence[tuple[str, str, tuple[str, ...]]],
) -> Receipt:
    """Write the mail, one intake per route (organisation, inbox, its recipients), and that it was delivered.

    The same fingerprint or door key again is a duplicate of the first mail; the further delivery is recorded,
    nothing else. Unique constraints decide that, so two daemons cannot both be first.
    """
    if arrived.door_key is not None:
        known = tx.execute(_BY_DOOR_KEY, {"door_key": arrived.door_key}).scalar()
        if known is not None:
            return Receipt(_first_intake(tx, known), duplicate=True)
    mail_id = _add_mail(tx, arrived, fingerprint)
    duplicate = mail_id is None
    if mail_id is None:
        mail_id = tx.execute(_BY_FINGERPRINT, {"fingerprint": fingerprint}).scalar_one()
    seen = {
        "mail_id": mail_id,
        "door": arrived.door.value,
        "door_key": arrived.door_key,
        "peer": arrived.peer,
        "received_at": arrived.received_at,
    }
    tx.execute(insert_or_skip(tx.dialect.name, delivery, "door_key"), seen)
    if not duplicate:
        tx.execute(_ADD_INTAKE, [_intake_row(mail_id, arrived, content_key, *route) for route in routes])
    return Receipt(_first_intake(tx, mail_id), duplicate)


def _first_intake(tx: Connection, mail_id: int) -> int:
    return _FIRST_INTAKE.first(tx, mail_id=mail_id).id or 0


def _add_mail(tx: Connection, arrived: Delivery, fingerprint: str) -> int | None:
    """The id of the new mail, None if there is one with this fingerprint."""
    values = {
        "fingerprint": fingerprint,
        "door": arrived.door.value,
        "mail_from": arrived.mail_from,
        "peer": arrived.peer,
        "login": arrived.login,
        "received_at": arrived.received_at,
        "sha256": hashlib.sha256(arrived.content).hexdigest(),
        "size_bytes": len(arrived.content),
        "content": arrived.content,
    }
    statement = insert_or_skip(tx.dialect.name, mail, "fingerprint", returning="id")
    new: int | None = tx.execute(statement, values).scalar()
    return new


def _intake_row(
    mail_id: int, arrived: Delivery, content_key: str, org: str, inbox: str, rcpt_to: tuple[str, ...]
) -> dict[str, object]:
    return {
        "mail_id": mail_id,
        "organisation_id": org,
        "inbox": inbox,
        "rcpt_to": dumps(rcpt_to, _Addresses),
        # Reports have no sender and so no order among them; NULL equals nothing, so none waits for another.
        "conversation": address_key(arrived.mail_from) or None,
        "content_key": content_key,
        "received_at": arrived.received_at,
        "state": IntakeState.RECEIVED.value,
        "attempts": 0,
    }


def known_door_keys(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these deliveries we have already."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        chunk = list(keys[start : start + 500])
        found.update(
            conn.execute(select(delivery.c.door_key).where(delivery.c.door_key.in_(chunk))).scalars()
        )
    return found


# --- claiming -----------------------------------------------------------------------------------------------

_earlier = intake.alias("earlier")
# Not "none exists before": PostgreSQL makes that a join over the whole backlog, measured 50 claims a second against
# thousands. The smallest id of a conversation is one step into an index, asked only for rows that may be claimed.
_FIRST_OF_CONVERSATION = (
    func.coalesce(
        select(func.min(_earlier.c.id))
        .where(
            _earlier.c.organisation_id == intake.c.organisation_id,
            _earlier.c.conversation == intake.c.conversation,
            _earlier.c.state == literal_column("'received'"),
        )
        .correlate(intake)
        .scalar_subquery(),
        intake.c.id,
    )
    == intake.c.id
)
_CLAIMABLE = (
    select(
        intake.c.id, intake.c.mail_id, intake.c.organisation_id, intake.c.inbox, intake.c.rcpt_to,
        intake.c.received_at, intake.c.attempts, intake.c.fresh_number, intake.c.content_key, intake.c.error,
        mail.c.door, mail.c.mail_from, mail.c.login, mail.c.size_bytes, mail.c.peer,
    )
    .join_from(intake, mail, mail.c.id == intake.c.mail_id)
    .where(
        UNDECIDED,
        or_(intake.c.lease_until.is_(None), intake.c.lease_until <= bindparam("now")),
        or_(intake.c.not_before.is_(None), intake.c.not_before <= bindparam("now")),
        _FIRST_OF_CONVERSATION,
    )
    .order_by(intake.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=intake)
)  # fmt: skip
_LEASE = update(intake).where(intake.c.id == bindparam("b_id"))
_CONTENTS = select(mail.c.id, mail.c.content).where(mail.c.id.in_(bindparam("ids", expanding=True)))


def claim_intakes(tx: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int) -> Claims:
    """Lease the oldest undecided intakes to `owner` until now + lease, at most one per sender and organisation.

    Whose lease ran out is claimed again, and alone: when a daemon dies, everything it had claimed is one attempt
    poorer, and only by itself can a mail show that it is not the one to blame. What was claimed too often is held
    instead: whatever kills its worker must not do so for ever.
    Each gets a ticket number, and keeps it however often it is claimed. On PostgreSQL rows that another daemon is
    claiming are skipped.
    """
    fresh: list[AnyRow] = []
    held: list[tuple[int, str]] = []
    size_bytes = 0
    walk_the_index(tx)
    for row in tx.execute(_CLAIMABLE, {"now": now, "limit": limit}).all():
        if row.attempts >= limits.ATTEMPTS_BEFORE_HELD:
            why = row.error or "the worker that read it died or ran out of time"
            held.append((row.id, f"given up after {row.attempts} attempts: {why}"))
            hold(tx, *held[-1], now)
            continue
        size_bytes += row.size_bytes
        if fresh and (row.attempts or size_bytes > _CLAIM_BYTES):
            break
        fresh.append(row)
        if row.attempts:
            break
    return Claims(_leased(tx, fresh, owner, now + lease) if fresh else (), tuple(held))


def _leased(tx: Connection, fresh: Sequence[AnyRow], owner: str, until: datetime) -> tuple[Claimed, ...]:
    """Mark the rows as the owner's, each with its ticket number, and read their mails."""
    numbers = reserve_for(tx, [(row.organisation_id, row.fresh_number) for row in fresh])
    tx.execute(
        _LEASE,
        [
            {
                "b_id": row.id,
                "attempts": row.attempts + 1,
                "lease_owner": owner,
                "lease_until": until,
                "fresh_number": number,
            }
            for row, number in zip(fresh, numbers, strict=True)
        ],
    )
    contents = dict(tx.execute(_CONTENTS, {"ids": [row.mail_id for row in fresh]}).all())
    return tuple(
        Claimed(envelope_in(row), row.attempts + 1, number, row.content_key, contents[row.mail_id])
        for row, number in zip(fresh, numbers, strict=True)
    )


def envelope_in(row: AnyRow) -> Envelope:
    """The envelope in a row of an intake with its mail."""
    return Envelope(
        mail_id=row.mail_id,
        intake_id=row.id,
        organisation=row.organisation_id,
        inbox=row.inbox,
        door=Door(row.door),
        mail_from=row.mail_from,
        rcpt_to=loads_any(row.rcpt_to, _Addresses),
        received_at=row.received_at,
        login=row.login,
        size_bytes=row.size_bytes,
        peer=row.peer,
    )


# --- looking ------------------------------------------------------------------------------------------------


def content(conn: Connection, mail_id: int) -> bytes:
    """The bytes as they were received."""
    found: bytes = conn.execute(select(mail.c.content).where(mail.c.id == mail_id)).scalar_one()
    return found


def content_of_intake(conn: Connection, org: str, intake_id: int) -> bytes:
    """The bytes of a mail that is this organisation's, or was given to it to read. Raises Broken if there is none."""
    found = conn.execute(_CONTENT_OF_INTAKE, {"org": org, "id": intake_id}).scalar()
    if found is None:
        raise Broken(f"there is no mail m{intake_id} of {org}")
    return bytes(found)


_CONTENT_OF_INTAKE = (
    select(mail.c.content)
    .join(intake, intake.c.mail_id == mail.c.id)
    .where(may_read(bindparam("org")), intake.c.id == bindparam("id"))
)
_QUEUE = select(
    intake, mail.c.door, mail.c.mail_from, mail.c.login, mail.c.size_bytes, mail.c.peer
).join_from(intake, mail, mail.c.id == intake.c.mail_id)


def queue(conn: Connection, org: str | None = None, limit: int = 1000) -> tuple[QueueRow, ...]:
    """Undecided intakes, oldest first."""
    return _rows(conn, UNDECIDED, org, limit)


def held(conn: Connection, org: str | None = None, limit: int = 1000) -> tuple[QueueRow, ...]:
    """Intakes that wait for a human, oldest first, each with the reason."""
    return _rows(conn, intake.c.state == literal_column("'held'"), org, limit)


def _rows(conn: Connection, state: Any, org: str | None, limit: int) -> tuple[QueueRow, ...]:
    wanted = _QUEUE.where(state).order_by(intake.c.id).limit(limit)
    if org is not None:
        wanted = wanted.where(intake.c.organisation_id == org)
    return tuple(
        QueueRow(
            intake_id=row.id,
            mail_id=row.mail_id,
            organisation=row.organisation_id,
            inbox=row.inbox,
            mail_from=row.mail_from,
            received_at=row.received_at,
            size_bytes=row.size_bytes,
            state=IntakeState(row.state),
            attempts=row.attempts,
            not_before=row.not_before,
            leased_until=row.lease_until,
            error=row.error or "",
        )
        for row in conn.execute(wanted)
    )


def unfinished(conn: Connection) -> int:
    """How many intakes wait for a decision; held ones do not count."""
    return conn.execute(select(func.count()).select_from(intake).where(UNDECIDED)).scalar_one()
