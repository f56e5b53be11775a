"""Working time with German public holidays: the vectors of domain.md §3 and what they do not say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailroute.model.calendar import REGIONS, Calendar, public_holidays

BERLIN = ZoneInfo("Europe/Berlin")
ALL_DAY = ((0, 1440),)
OFFICE = ((480, 720), (780, 1020))
FRIDAY = ((480, 840),)


def office(region: str | None = "DE-BY", closed: frozenset[date] = frozenset()) -> Calendar:
    """8–12 and 13–17 from Monday to Thursday, 8–14 on Fridays."""
    return Calendar("office", "Europe/Berlin", (OFFICE,) * 4 + (FRIDAY, (), ()), region, closed)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_working_time_skips_breaks_nights_and_weekends() -> None:
    assert office().add(local("2026-11-26 11:00"), timedelta(hours=2)) == local("2026-11-26 14:00")
    assert office().add(local("2026-11-26 16:00"), timedelta(hours=2)) == local("2026-11-27 09:00")
    assert office().add(local("2026-11-27 13:30"), timedelta(hours=1)) == local("2026-11-30 08:30")


def test_what_ends_with_the_day_is_due_when_the_next_one_begins() -> None:
    assert office().add(local("2026-11-27 13:00"), timedelta(hours=1)) == local("2026-11-30 08:00")
    assert not office().is_open(local("2026-11-27 14:00"))


def test_nothing_added_is_the_next_open_instant() -> None:
    saturday, noon = local("2026-11-28 09:00"), local("2026-11-26 10:00")
    assert office().add(saturday, timedelta(0)) == office().next_open(saturday) == local("2026-11-30 08:00")
    assert office().add(noon, timedelta(hours=-3)) == office().next_open(noon) == noon


def test_closed_days_and_public_holidays_are_not_open() -> None:
    calendar = office(closed=frozenset({date(2026, 12, 24)}))
    assert not calendar.is_open(local("2026-12-24 10:00"))
    assert office().is_open(local("2026-12-24 10:00"))
    assert not office().is_open(local("2026-12-25 10:00"))
    assert office(region=None).is_open(local("2026-12-25 10:00"))


def test_between_counts_what_add_adds() -> None:
    assert office().between(local("2026-11-26 11:00"), local("2026-11-30 09:00")) == timedelta(hours=12)
    assert office().between(local("2026-11-30 09:00"), local("2026-11-26 11:00")) == timedelta(0)
    assert office().between(local("2026-11-28 11:00"), local("2026-11-29 11:00")) == timedelta(0)


def test_a_night_shift_that_loses_an_hour_to_summer_time_ends_an_hour_later() -> None:
    always = Calendar("always", "Europe/Berlin", (ALL_DAY,) * 7, None)
    start = local("2026-03-28 20:00")
    assert always.add(start, timedelta(hours=12)) == local("2026-03-29 09:00")
    assert always.between(start, local("2026-03-29 08:00")) == timedelta(hours=11)


def test_hours_that_overlap_only_in_the_night_of_the_change_are_counted_once() -> None:
    night = Calendar("night", "Europe/Berlin", (((0, 150), (180, 480)),) * 7, None)
    assert night.between(local("2026-03-29 00:00"), local("2026-03-29 12:00")) == timedelta(hours=7)


def test_a_calendar_without_hours_counts_every_hour() -> None:
    never = Calendar("never", "Europe/Berlin", ((),) * 7, "DE-BY")
    at = local("2026-11-28 09:00").astimezone(UTC)
    assert never.add(at, timedelta(hours=5)) == at + timedelta(hours=5)
    assert never.between(at, at + timedelta(days=3000)) == timedelta(days=3000)
    assert never.next_open(at) == at
    assert not never.is_open(at)
    assert never.working_day == timedelta(hours=24)


def test_a_span_beyond_all_bounds_ends_without_an_error() -> None:
    mondays = Calendar("mondays", "Europe/Berlin", (((480, 540),), (), (), (), (), (), ()), "DE-BY")
    at = local("2026-11-24 10:00")
    far = mondays.add(at, timedelta(hours=5000))
    assert far > at + mondays.max_span
    assert mondays.add(at, timedelta(days=10**8)) == datetime.max.replace(tzinfo=UTC)


def test_years_at_the_end_of_time_are_no_error() -> None:
    assert office().add(datetime(9999, 12, 30, 12, tzinfo=UTC), timedelta(days=20)).year == 9999


def test_a_working_day_is_the_average_of_the_open_days() -> None:
    assert office().working_day == timedelta(hours=(4 * 8 + 6) / 5)


def test_regions_finer_than_a_state_have_their_own_holidays() -> None:
    peace, assumption, corpus_christi = date(2026, 8, 8), date(2026, 8, 15), date(2026, 6, 4)
    assert peace in public_holidays("DE-BY-A", 2026)
    assert peace not in public_holidays("DE-BY", 2026)
    assert assumption in public_holidays("DE-BY-KATH", 2026)
    assert assumption not in public_holidays("DE-BY", 2026)
    assert corpus_christi in public_holidays("DE-TH-KATH", 2026)
    assert corpus_christi not in public_holidays("DE-TH", 2026)


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_the_nine_holidays_of_all_states(region: str) -> None:
    everywhere = {
        (1, 1), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25), (12, 26),
    }  # fmt: skip
    assert {(day.month, day.day) for day in public_holidays(region, 2026)} >= everywhere


def test_holidays_of_single_years_are_known() -> None:
    assert date(2017, 10, 31) in public_holidays("DE-BY", 2017)
    assert date(2025, 5, 8) in public_holidays("DE-BE", 2025)
    assert date(2022, 3, 8) not in public_holidays("DE-MV", 2022)
    assert date(2023, 3, 8) in public_holidays("DE-MV", 2023)
