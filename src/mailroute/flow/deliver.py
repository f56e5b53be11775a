"""The postman: letters leave the outbox, one recipient each, and what the relay said is written down.

PENDING → attempting (committed before the first byte of a letter can leave) → sent | later | never | in doubt.
A crash in between leaves *attempting*: after the lease one identical copy is sent, never a third (reliability §2).
"""

from __future__ import annotations

import random
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Protocol

from mailroute import log
from mailroute.clock import Clock
from mailroute.delivery.backoff import next_attempt
from mailroute.flow.failpoints import crash_point
from mailroute.model.letter import SendOutcome, SendResult
from mailroute.store.engine import Store
from mailroute.store.outbox import ClaimedLetter, claim_letters, mark_attempting, record

LEASE = timedelta(minutes=20)
BATCH = 50

# While the relay refuses us as a whole, everything waits this long.
OURS_AGAIN_AFTER = timedelta(minutes=5)


class Sends(Protocol):
    """What takes a letter to the relay; total: whatever happens is a SendResult."""

    def send(self, mail_from: str, to: str, content: bytes) -> SendResult: ...


def deliver_due(store: Store, relay: Sends, *, owner: str, clock: Clock, jitter: random.Random) -> int:
    """Send what is due, at most BATCH letters. Returns how many were tried. Raises TryLater if the store is gone."""
    now = clock()
    letters = store.write(
        lambda tx: claim_letters(tx, owner=owner, now=now, lease=LEASE, limit=BATCH)
    ).result()
    recorded: list[Future[None]] = []
    for letter in letters:
        crash_point("letter-claimed")
        store.write(lambda tx, one=letter: mark_attempting(tx, (one.id,), clock())).result()  # type: ignore[misc]
        crash_point("letter-attempting")
        result = relay.send(letter.mail_from, letter.to_address, letter.content)
        crash_point("letter-on-the-wire")
        recorded.append(_record(store, letter, result, clock(), jitter.random()))
        if result.outcome is SendOutcome.OURS:
            break
    for future in recorded:
        future.result()
    return len(recorded)


def _record(
    store: Store, letter: ClaimedLetter, result: SendResult, now: datetime, jitter: float
) -> Future[None]:
    retry_at = None
    if result.outcome is SendOutcome.OURS:
        retry_at = now + OURS_AGAIN_AFTER
    elif result.outcome in (SendOutcome.LATER, SendOutcome.IN_DOUBT):
        retry_at = next_attempt(letter.attempts, letter.created_at, now, jitter)
    _log(letter, result, retry_at)
    return store.write(lambda tx: record(tx, letter.id, result, now=now, retry_at=retry_at))


def _log(letter: ClaimedLetter, result: SendResult, retry_at: datetime | None) -> None:
    event = {
        SendOutcome.SENT: "sent",
        SendOutcome.LATER: "not-sent" if retry_at else "never-sent",
        SendOutcome.NEVER: "never-sent",
        SendOutcome.IN_DOUBT: "in-doubt",
        SendOutcome.OURS: "relay-refuses-us",
    }[result.outcome]
    log.emit(event, letter=letter.id, attempt=letter.attempts + 1, reply=result.reply)
