"""How much comes of one kind in one window of time: what loops and storms are told by (reliability §3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Scope(StrEnum):
    """What is counted, and by which key.

    BURST and SENDER: tickets that an address opens; TICKET: letters to staff about new messages in a ticket; RULE:
    new tickets of a case type; TOTAL: mails that make anybody be told. SILENCED marks an address that is answered
    no more by any automatic letter. CALLED: letters with the number for emergencies to an address.
    """

    BURST = "burst"
    SENDER = "sender"
    TICKET = "ticket"
    RULE = "rule"
    TOTAL = "total"
    SILENCED = "silenced"
    CALLED = "called"


# The windows stand side by side: half past two lies in the hour that began at two.
LENGTHS = {
    Scope.BURST: timedelta(minutes=10),
    Scope.SENDER: timedelta(hours=1),
    Scope.TICKET: timedelta(hours=1),
    Scope.RULE: timedelta(hours=1),
    Scope.TOTAL: timedelta(hours=1),
    Scope.SILENCED: timedelta(days=1),
    Scope.CALLED: timedelta(days=1),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def window_index(scope: Scope, at: datetime) -> int:
    """The how manieth window of its kind `at` lies in."""
    return (at - _EPOCH) // LENGTHS[scope]


def window_start(scope: Scope, at: datetime) -> datetime:
    """When the window of `at` began."""
    return _EPOCH + window_index(scope, at) * LENGTHS[scope]


@dataclass(frozen=True, slots=True)
class Traffic:
    """How often something happened in the running window.

    `trips` is how many windows in a row before it were over their allowance. `number` is the ticket that it led to
    first, where it leads to any.
    """

    scope: Scope
    key: str
    now: int
    trips: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """One more, to be written with the decision that saw `seen` before it and was allowed `allowed`.

    `number` is the ticket that it leads to.
    """

    scope: Scope
    key: str
    seen: int
    allowed: int
    trips: int = 0
    number: int | None = None


def allowance(limit: int, trips: int, index: int) -> int:
    """How much the window number `index` may have after `trips` windows in a row that were over theirs.

    Half open: after the first a tenth is let through, then one every second window, every fourth, … up to every
    32nd. A window that keeps within what it was allowed brings the whole allowance back.
    """
    if trips == 0:
        return limit
    if trips == 1:
        return max(1, limit // 10)
    return 1 if index % _pause(trips - 1) == 0 else 0


def opens_again(scope: Scope, trips: int, at: datetime) -> datetime:
    """When the next window begins in which anything is allowed, if the one of `at` is over its allowance."""
    pause = _pause(trips)
    return _EPOCH + (window_index(scope, at) // pause + 1) * pause * LENGTHS[scope]


def remembered(trips: int) -> int:
    """For so many windows a storm of `trips` windows is not forgotten, however quiet it is meanwhile."""
    return 2 * _pause(trips)


def _pause(trips: int) -> int:
    return 1 << min(trips, MOST_TRIPS)


MOST_TRIPS = 5
