"""A clock that runs only on working days, from midnight to midnight: what `48h` means between firms (domain.md §3).

Not office hours and not "two days": 24 hours for each counted day of the one who has to react. The arithmetic is on
the local wall clock, so a change to or from summer time moves no due time.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailroute.model.calendar import Calendar

_DAY = timedelta(days=1)
_SATURDAY = 5
_END = datetime.combine(date.max - _DAY, time())


def working_days_clock(start: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """The instant at which a clock that runs on the calendar's working days has run for `span` since `start`.

    What fills a day to the end is due at its midnight. Who reacts at that very instant is in time. A calendar without
    a working day within `max_span` counts every day.
    """
    zone = ZoneInfo(calendar.zone)
    at = start.astimezone(zone).replace(tzinfo=None)
    left = max(span, timedelta(0))
    last_day = at.date() + calendar.max_span if at.date() < date.max - calendar.max_span else date.max
    while True:
        counts = calendar.is_working_day(at.date()) or at.date() >= last_day
        midnight = _midnight_after(at)
        if midnight is None or (counts and left <= midnight - at):
            break
        left -= midnight - at if counts else timedelta(0)
        at = midnight
    return _not_on_saturday(_later(at, left), calendar).replace(tzinfo=zone).astimezone(UTC)


def _not_on_saturday(due: datetime, calendar: Calendar) -> datetime:
    """Where the calendar says so, what ends on a Saturday ends on the next working day at the same time (§ 193 BGB)."""
    # Midnight that begins a Sunday ends the Saturday.
    day = (due - timedelta(microseconds=1)).date()
    if not calendar.saturday_end_moves or day.weekday() != _SATURDAY:
        return due
    later = (timedelta(days=n) for n in range(1, calendar.max_span.days))
    next_one = next((one for one in later if _is_weekday(day + one, calendar)), timedelta(0))
    return due + next_one


def _is_weekday(day: date, calendar: Calendar) -> bool:
    return day.weekday() != _SATURDAY and calendar.is_working_day(day)


def _midnight_after(at: datetime) -> datetime | None:
    """None at the end of all time."""
    return datetime.combine(at.date() + _DAY, time()) if at.date() < date.max - _DAY else None


def _later(at: datetime, span: timedelta) -> datetime:
    try:
        return at + span
    except OverflowError:
        return _END
