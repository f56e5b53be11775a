"""The clockwork: wakes loops that look for due rows. It holds no truth; a missed tick is made up by the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apscheduler.schedulers.background import BackgroundScheduler


class Ticks:
    """A handful of interval jobs in memory (libs.md §m: coalesced, never overlapping, never dropped as late)."""

    def __init__(self, jobs: Mapping[str, tuple[float, Callable[[], None]]]) -> None:
        self._scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for name, (seconds, wake) in jobs.items():
            self._scheduler.add_job(wake, "interval", seconds=seconds, id=name)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)
