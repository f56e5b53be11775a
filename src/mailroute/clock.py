"""The one place that looks at the clock. Everything else is handed a `Clock`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


class ShiftedClock:
    """A clock that runs like the system's, from another moment on; the demo turns it forward, tests stop it."""

    def __init__(self, start: datetime, *, source: Clock = system_clock) -> None:
        self._source = source
        self._shift = start - source()
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._source() + self._shift

    def advance(self, span: timedelta) -> datetime:
        """Turn forward and return the new now."""
        with self._lock:
            self._shift += span
            return self._source() + self._shift

    def turn_to(self, at: datetime) -> None:
        """Turn to a moment; it goes on from there."""
        with self._lock:
            self._shift = at - self._source()


class StoppedClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        return self._at

    def advance(self, span: timedelta) -> datetime:
        """Turn forward and return the new now."""
        self._at += span
        return self._at

    def turn_to(self, at: datetime) -> None:
        """Turn to a moment."""
        self._at = at
