"""When a letter that could not be sent is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=5)


def next_attempt(attempts: int, written_at: datetime, now: datetime, jitter: float) -> datetime | None:
    """When to try a letter of `written_at` again after `attempts` failed ones; None: no more (RFC 5321 §4.5.4.1).

    One minute, doubled with each attempt up to four hours. `jitter` from 0 to 1 takes up to a quarter off, so that
    letters which failed together do not return together. The last attempt is made when the five days end.
    """
    end = written_at + GIVE_UP_AFTER
    if now >= end:
        return None
    doublings = min(max(attempts - 1, 0), 16)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return min(now + wait * (1 - min(max(jitter, 0.0), 1.0) / 4), end)
