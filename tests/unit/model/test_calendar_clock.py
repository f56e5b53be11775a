"""48 hours on a clock of working days: the 15 vectors of domain.md §3, on both readings of a working day, and what they do
not say (REQ-D8, ambiguity 20)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailroute.model.calendar import MONDAY_TO_FRIDAY, MONDAY_TO_SATURDAY, Calendar
from mailroute.model.calendar_clock import working_days_clock

BERLIN = ZoneInfo("Europe/Berlin")
HOURS_48 = timedelta(hours=48)


def firm(region: str | None = "DE-BY", **changes: object) -> Calendar:
    """An office from nine to five: its hours must not matter here."""
    week = (((540, 1020),),) * 5 + ((), ())
    return replace(Calendar("firm", "Europe/Berlin", week, region), **changes)  # type: ignore[arg-type]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


# domain.md §3: assigned (local), region, due on mo-fr, due on mo-sa. Vectors 14 and 15 are of two regions each.
VECTORS = [
    ("2026-11-24 10:00", "DE-BY", "2026-11-26 10:00", "2026-11-26 10:00"),
    ("2026-11-27 15:00", "DE-BY", "2026-12-01 15:00", "2026-11-30 15:00"),
    ("2026-11-28 09:00", "DE-BY", "2026-12-02 00:00", "2026-12-01 09:00"),
    ("2026-11-29 12:00", "DE-BY", "2026-12-02 00:00", "2026-12-02 00:00"),
    ("2026-12-24 12:00", "DE-BY", "2026-12-29 12:00", "2026-12-29 12:00"),
    ("2026-12-31 18:00", "DE-BY", "2027-01-05 18:00", "2027-01-04 18:00"),
    ("2026-11-17 16:00", "DE-SN", "2026-11-20 16:00", "2026-11-20 16:00"),
    ("2026-11-17 16:00", "DE-BY", "2026-11-19 16:00", "2026-11-19 16:00"),
    ("2026-06-03 10:00", "DE-BY", "2026-06-08 10:00", "2026-06-06 10:00"),
    ("2026-06-03 10:00", "DE-BE", "2026-06-05 10:00", "2026-06-05 10:00"),
    ("2026-04-02 09:30", "DE-NW", "2026-04-08 09:30", "2026-04-07 09:30"),
    ("2026-03-27 10:00", "DE-BE", "2026-03-31 10:00", "2026-03-30 10:00"),
    ("2026-10-23 10:00", "DE-BE", "2026-10-27 10:00", "2026-10-26 10:00"),
    ("2027-01-05 08:00", "DE-BW", "2027-01-08 08:00", "2027-01-08 08:00"),
    ("2027-01-05 08:00", "DE-HE", "2027-01-07 08:00", "2027-01-07 08:00"),
    ("2027-10-29 12:00", "DE-BW", "2027-11-03 12:00", "2027-11-02 12:00"),
    ("2027-10-29 12:00", "DE-BE", "2027-11-02 12:00", "2027-11-01 12:00"),
]


@pytest.mark.parametrize(("assigned", "region", "monday_to_friday", "monday_to_saturday"), VECTORS)
def test_48_hours_end_when_the_independent_oracle_says(
    assigned: str, region: str, monday_to_friday: str, monday_to_saturday: str
) -> None:
    for days, due in ((MONDAY_TO_FRIDAY, monday_to_friday), (MONDAY_TO_SATURDAY, monday_to_saturday)):
        calendar = firm(region, working_days=days)
        assert working_days_clock(local(assigned), HOURS_48, calendar) == local(due)


def test_the_instants_of_the_vectors_with_a_change_of_clocks_are_right_in_utc() -> None:
    for assigned, due in (
        ("2026-03-27 10:00", datetime(2026, 3, 31, 8, tzinfo=UTC)),
        ("2026-10-23 10:00", datetime(2026, 10, 27, 9, tzinfo=UTC)),
    ):
        assert working_days_clock(local(assigned), HOURS_48, firm("DE-BE")) == due


def test_where_clocks_change_on_a_working_day_the_local_time_stays() -> None:
    """Not in the EU: Tehran changed its clocks on whatever day it was."""
    tehran = firm(None, zone="Asia/Tehran", working_days=frozenset(range(7)))
    start = datetime(2022, 3, 21, 10, tzinfo=ZoneInfo("Asia/Tehran"))
    assert working_days_clock(start, HOURS_48, tehran) == datetime(
        2022, 3, 23, 10, tzinfo=ZoneInfo("Asia/Tehran")
    )


def test_what_fills_the_friday_is_due_at_its_end() -> None:
    assert working_days_clock(local("2026-11-26 00:00"), HOURS_48, firm()) == local("2026-11-28 00:00")


def test_closed_days_do_not_count() -> None:
    calendar = firm(closed=frozenset({date(2026, 11, 25)}))
    assert working_days_clock(local("2026-11-24 10:00"), HOURS_48, calendar) == local("2026-11-27 10:00")


def test_an_end_on_a_saturday_moves_where_the_calendar_says_so() -> None:
    counts = firm(working_days=MONDAY_TO_SATURDAY)
    moves = replace(counts, saturday_end_moves=True)
    thursday = local("2026-11-26 10:00")
    assert working_days_clock(thursday, HOURS_48, counts) == local("2026-11-28 10:00")
    assert working_days_clock(thursday, HOURS_48, moves) == local("2026-11-30 10:00")
    # The next working day after this one is no Monday: Easter.
    assert working_days_clock(local("2026-04-01 10:00"), HOURS_48, moves) == local("2026-04-07 10:00")
    # The end of a Friday is not on a Saturday, the end of a Saturday is.
    assert working_days_clock(local("2026-11-26 00:00"), HOURS_48, moves) == local("2026-11-28 00:00")
    assert working_days_clock(local("2026-11-27 00:00"), HOURS_48, moves) == local("2026-12-01 00:00")


def test_nothing_is_due_at_once_or_when_the_next_working_day_begins() -> None:
    assert working_days_clock(local("2026-11-24 10:00"), timedelta(0), firm()) == local("2026-11-24 10:00")
    assert working_days_clock(local("2026-11-28 10:00"), timedelta(hours=-1), firm()) == local(
        "2026-11-30 00:00"
    )


def test_a_calendar_without_working_days_ends_all_the_same() -> None:
    never = firm(working_days=frozenset(), max_span=timedelta(days=30))
    assert working_days_clock(local("2026-11-24 10:00"), HOURS_48, never) == local("2026-12-26 00:00")
    closed = firm(closed=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(2000)))
    assert working_days_clock(local("2026-11-24 10:00"), HOURS_48, closed) > local("2028-11-20 10:00")
    assert working_days_clock(datetime(9999, 12, 30, tzinfo=UTC), HOURS_48, firm()).year == 9999
