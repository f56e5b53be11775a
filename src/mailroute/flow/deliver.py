"""The postman: letters leave the outbox, one recipient each, and what the relay said is written down.

waiting → attempting (committed before the first byte of a letter can leave) → sent | later | never | in doubt.
A crash in between leaves *attempting*: after the lease one identical copy is sent, never a third (reliability §2).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from mailroute import log
from mailroute.clock import Clock
from mailroute.delivery.backoff import next_attempt
from mailroute.errors import Conflict
from mailroute.flow.failpoints import crash_point
from mailroute.flow.unwritten import Unwritten, Work
from mailroute.model.letter import SendOutcome, SendResult
from mailroute.store.engine import Store
from mailroute.store.outbox import (
    ClaimedLetter,
    claim_letters,
    mark_attempting,
    record,
    recover_attempting,
    release_letters,
)
from mailroute.store.restart import forget_claims

# Only until the letter's own attempt begins, which has a lease of its own (store.outbox.LONGEST_ATTEMPT).
LEASE = timedelta(minutes=2)
BATCH = 50

# While the relay refuses us as a whole, everything waits this long.
OURS_AGAIN_AFTER = timedelta(minutes=5)


class Sends(Protocol):
    """What takes a letter to the relay; total: whatever happens is a SendResult."""

    def send(self, mail_from: str, to: str, content: bytes) -> SendResult: ...


def deliver_due(
    store: Store,
    relay: Sends,
    unwritten: Unwritten,
    *,
    owner: str,
    clock: Clock,
    jitter: random.Random,
    goes_on: Callable[[], bool],
) -> int:
    """Send what is due, at most BATCH letters. Returns how many were tried. Raises TryLater if the store is gone.

    Between two letters `goes_on` is asked; what is left is given back when it says no.
    """
    unwritten.settle()
    now = clock()
    letters = store.write(
        lambda tx: claim_letters(tx, owner=owner, now=now, lease=LEASE, limit=BATCH)
    ).result()
    left = deque(letters)
    tried = 0
    try:
        while left and goes_on():
            crash_point("letter-claimed")
            may_leave = _may_leave(store, left[0], clock())
            letter = left.popleft()
            if not may_leave:
                continue
            crash_point("letter-attempting")
            result = relay.send(letter.mail_from, letter.to_address, letter.content)
            crash_point("letter-on-the-wire")
            unwritten.write(_record(letter, result, clock(), jitter.random()))
            tried += 1
            if result.outcome is SendOutcome.OURS:
                break
    finally:
        _give_back(unwritten, left)
    unwritten.settle()
    if tried:
        crash_point("letter-recorded")
    return tried


def recover(store: Store, now: datetime, *, alone: bool) -> None:
    """After a crash: what was *attempting* is sent once more, the second time it is left to a person.

    `alone`: there is no other daemon (SQLite), so nothing that the dead one had claimed waits for its lease: letters,
    mails and timers. Commits.
    """
    for letter in store.write(lambda tx: (forget_claims if alone else recover_attempting)(tx, now)).result():
        log.emit("in-doubt", letter=letter, attempt="-", reply="the daemon died while sending it, twice")


def _may_leave(store: Store, letter: ClaimedLetter, now: datetime) -> bool:
    """Commit that the letter is on its way; False if it was stopped meanwhile or another daemon has it."""
    try:
        store.write(lambda tx: mark_attempting(tx, (letter.id,), now)).result()
    except Conflict:
        return False
    return True


def _give_back(unwritten: Unwritten, letters: Iterable[ClaimedLetter]) -> None:
    ids = [one.id for one in letters]
    if ids:
        unwritten.write(lambda tx: release_letters(tx, ids))


def _record(letter: ClaimedLetter, result: SendResult, now: datetime, jitter: float) -> Work:
    """The work that writes down what the relay said."""
    retry_at = None
    if result.outcome is SendOutcome.OURS:
        retry_at = now + OURS_AGAIN_AFTER
    elif result.outcome in (SendOutcome.LATER, SendOutcome.IN_DOUBT):
        retry_at = next_attempt(letter.attempts + 1, letter.created_at, now, jitter)
    _log(letter, result, retry_at)
    return lambda tx: record(tx, letter.id, result, now=now, retry_at=retry_at)


def _log(letter: ClaimedLetter, result: SendResult, retry_at: datetime | None) -> None:
    event = {
        SendOutcome.SENT: "sent",
        SendOutcome.LATER: "not-sent" if retry_at else "never-sent",
        SendOutcome.NEVER: "never-sent",
        SendOutcome.IN_DOUBT: "in-doubt",
        SendOutcome.OURS: "relay-refuses-us",
    }[result.outcome]
    log.emit(event, letter=letter.id, attempt=letter.attempts + 1, reply=result.reply)
