"""Working time: open hours per weekday, public holidays of a German state, extra closed days (domain.md §3).

Instants are aware; arithmetic counts elapsed (UTC) time inside open intervals, which are local wall-clock hours,
so a change to or from summer time moves nothing but the hour it happens in.

Intervals are half-open: at 17:00 an office that works until 17:00 is closed. What is due at the very end of a
working day is therefore due when the next one begins, where somebody can see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Minutes = tuple[int, int]

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)

MONDAY_TO_FRIDAY = frozenset(range(5))
MONDAY_TO_SATURDAY = frozenset(range(6))

# Which `holidays` subdivision a region is, and whether its Catholic communes are meant (Mariä Himmelfahrt in
# Bavaria; Fronleichnam in parts of Saxony and Thuringia). None: only what all of Germany keeps.
_STATES = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
_REGIONS: dict[str, tuple[str | None, bool]] = {
    "DE": (None, False),
    **{f"DE-{state}": (state, False) for state in _STATES},
    "DE-BY-A": ("Augsburg", False),
    **{f"DE-{state}-KATH": (state, True) for state in ("BY", "SN", "TH")},
    # The same by district: Bautzen in Saxony, Eichsfeld in Thuringia.
    "DE-SN-BZ": ("SN", True),
    "DE-TH-EIC": ("TH", True),
}
REGIONS: tuple[str, ...] = tuple(_REGIONS)


@lru_cache(maxsize=1024)
def public_holidays(region: str, year: int) -> frozenset[date]:
    """The public holidays of one of `REGIONS` in one year. Raises KeyError for any other region."""
    state, catholic = _REGIONS[region]
    # Importing takes 0.2 s and most commands never ask.
    from holidays.countries.germany import Germany

    categories = ("public", "catholic") if catholic else ("public",)
    return frozenset(Germany(subdiv=state, years=year, expand=False, categories=categories))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works.

    `hours` has seven entries, Monday first, each a tuple of (start, end) minutes since midnight, end ≤ 1440,
    in order and apart. `region` is one of `REGIONS`, or None for no public holidays. `zone` is an IANA name.
    No question looks further than `max_span` ahead; beyond it every hour counts.
    `working_days` are the weekdays (0 is Monday) on which the clock of working days runs (`calendar_clock`);
    `saturday_end_moves`: what ends on a Saturday there ends on the next working day.
    """

    id: str
    zone: str
    hours: tuple[tuple[Minutes, ...], ...]
    region: str | None
    closed: frozenset[date] = frozenset()
    max_span: timedelta = timedelta(days=730)
    working_days: frozenset[int] = MONDAY_TO_FRIDAY
    saturday_end_moves: bool = False

    @property
    def working_day(self) -> timedelta:
        """The open hours of an average open day of the week, which is what `1d` means; 24 h if there is none."""
        minutes = [sum(end - start for start, end in day) for day in self.hours if day]
        return timedelta(minutes=sum(minutes) / len(minutes)) if minutes else _DAY

    def is_working_day(self, day: date) -> bool:
        """Whether a local day counts as a working day, whatever its opening hours are."""
        return day.weekday() in self.working_days and not self._is_closed(day)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at that instant."""
        instant = at.astimezone(UTC)
        return any(start <= instant < end for start, end in self._intervals(self._local_day(instant)))

    def next_open(self, at: datetime) -> datetime:
        """The first open instant from `at` on; `at` itself if there is none within `max_span`."""
        return next((start for start, _ in self._open_from(at)), at.astimezone(UTC))

    def add(self, at: datetime, duration: timedelta) -> datetime:
        """The instant when `duration` of working time has passed since `at`; lands in open time.

        Adding nothing (or less) gives the next open instant. A calendar that is never open counts every hour.
        """
        left = max(duration, _NOTHING)
        edge = at.astimezone(UTC)
        for start, end in self._open_from(at):
            if left < end - start:
                return start + left
            left -= end - start
            edge = end
        return _later(edge, left)

    def between(self, since: datetime, until: datetime) -> timedelta:
        """The working time from `since` to `until`; nothing if `until` is earlier."""
        worked = _NOTHING
        edge, last = since.astimezone(UTC), until.astimezone(UTC)
        for start, end in self._open_from(since):
            if start >= last:
                return worked
            worked += min(end, last) - start
            edge = end
        return worked + max(last - edge, _NOTHING)

    def _open_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open intervals from `at` on, in order, apart, none empty, until `max_span` is over."""
        if not any(self.hours):
            return
        edge = at.astimezone(UTC)
        day = self._local_day(edge)
        for _ in range(self.max_span.days + 1):
            for start, end in self._intervals(day):
                # In the night when clocks jump, two intervals of wall-clock hours may overlap.
                begin = max(start, edge)
                if begin < end:
                    yield begin, end
                    edge = end
            if day >= date.max - _DAY:
                return
            day += _DAY

    def _intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The open intervals of a local day as UTC instants."""
        hours = self.hours[day.weekday()]
        return _intervals(day, hours, self.zone) if hours and not self._is_closed(day) else ()

    def _is_closed(self, day: date) -> bool:
        """A closed day or a public holiday."""
        return day in self.closed or (
            self.region is not None and day in public_holidays(self.region, day.year)
        )

    def _local_day(self, instant: datetime) -> date:
        return instant.astimezone(ZoneInfo(self.zone)).date()


@lru_cache(maxsize=4096)
def _intervals(day: date, hours: tuple[Minutes, ...], zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """These hours of a local day as UTC instants. Remembered: every ticket of a week asks for the same days."""
    here = ZoneInfo(zone)
    return tuple((_instant(day, start, here), _instant(day, end, here)) for start, end in hours)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A wall-clock time as UTC. 1440 is the midnight that ends the day."""
    whole_days, rest = divmod(minutes, 1440)
    local = datetime.combine(day + whole_days * _DAY, time(rest // 60, rest % 60), zone)
    return local.astimezone(UTC)


def _later(at: datetime, duration: timedelta) -> datetime:
    """`at` + `duration` in elapsed time; the end of all time instead of an OverflowError."""
    try:
        return at + duration
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
