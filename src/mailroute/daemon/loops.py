"""A thread that repeats one step: at once while there is work, then when it is woken or after a while. No error ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mailroute import log
from mailroute.errors import TryLater

# After an error a loop rests, longer each time, so that a broken disk is not hammered; a success forgets it.
_REST_S = (0.5, 1.0, 2.0, 5.0, 10.0)


class Loop(threading.Thread):
    """Calls `step` until it returns 0, then waits for `wake()`, at most `look_every_s`.

    That wait is of seconds that pass, not of times of day: a clock that is set back an hour stops no reminder for
    that hour. `step` commits for itself and may raise anything.
    """

    def __init__(self, name: str, step: Callable[[], int], look_every_s: float) -> None:
        super().__init__(name=name, daemon=True)
        self._step = step
        self._look_every_s = look_every_s
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._resting = False
        self._failures = 0

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    @property
    def is_resting(self) -> bool:
        """Whether it has found nothing to do in a whole step since it was last woken."""
        # In this order: between the two the loop may take up a wake, but then it has said first that it works.
        return not self._woken.is_set() and self._resting

    def stop(self) -> None:
        """Finish the step under way and end; returns at once, `join` waits."""
        self._stopping.set()
        self._woken.set()

    def run(self) -> None:
        """The thread itself."""
        while not self._stopping.is_set():
            self._resting = False
            self._woken.clear()
            if not self._once():
                self._resting = True
                self._woken.wait(self._look_every_s)

    def _once(self) -> bool:
        """One step; whether there may be more to do. The worker loop's `except Exception` (design §11)."""
        try:
            did = self._step()
        except TryLater as error:
            log.emit("store-unavailable", part=self.name, error=str(error))
        except Exception as error:  # noqa: BLE001 - the worker loop (design §11): no error may end it
            log.emit("part-failed", part=self.name, error=type(error).__name__)
        else:
            self._failures = 0
            return did > 0
        rest = _REST_S[min(self._failures, len(_REST_S) - 1)]
        self._failures += 1
        self._stopping.wait(rest)
        return True
