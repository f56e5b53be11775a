"""What people mean by a date: German and English phrases, from a moment and a calendar that are given."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroute.model.moment import date_and_time, day_in_words
from mailroute.routing.dates import read_day, read_moment
from tests.support.factories import a_calendar

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = a_calendar()
# Tuesday, 24 November 2026, ten past eleven.
NOW = datetime(2026, 11, 24, 11, 10, tzinfo=BERLIN)


def local(words: str, now: datetime = NOW) -> str:
    found = read_moment(words, now, OFFICE)
    return f"{found.astimezone(BERLIN):%Y-%m-%d %H:%M}" if found else "?"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Freitag", "2026-11-27 08:00"),
        ("am Freitag", "2026-11-27 08:00"),
        ("nächsten Freitag", "2026-11-27 08:00"),
        ("Fr 14 Uhr", "2026-11-27 14:00"),
        ("Fr., 27.11.", "2026-11-27 08:00"),
        ("Freitag, 27.11.2026, 9:30 Uhr", "2026-11-27 09:30"),
        ("Dienstag", "2026-12-01 08:00"),
        ("heute 14 Uhr", "2026-11-24 14:00"),
        ("14:30", "2026-11-24 14:30"),
        ("um 16.15 Uhr", "2026-11-24 16:15"),
        ("morgen", "2026-11-25 08:00"),
        ("morgen früh", "2026-11-25 08:00"),
        ("morgen mittag", "2026-11-25 12:00"),
        ("morgen nachmittag", "2026-11-25 14:00"),
        ("Übermorgen", "2026-11-26 08:00"),
        ("uebermorgen 10 Uhr 30", "2026-11-26 10:30"),
        ("in 3 Tagen", "2026-11-27 08:00"),
        ("in drei Tagen um 15 Uhr", "2026-11-27 15:00"),
        ("in 4 Tagen", "2026-11-30 08:00"),
        ("in zwei Wochen", "2026-12-08 08:00"),
        ("in einer Woche", "2026-12-01 08:00"),
        ("in 2 Stunden", "2026-11-24 13:10"),
        ("in einem Monat", "2026-12-24 08:00"),
        ("in 5 Werktagen", "2026-12-01 08:00"),
        ("nächste Woche", "2026-11-30 08:00"),
        ("15.12.", "2026-12-15 08:00"),
        ("15.12", "2026-12-15 08:00"),
        ("15.12. 14 Uhr", "2026-12-15 14:00"),
        ("bis zum 15.12.2026", "2026-12-15 08:00"),
        ("15.12.26", "2026-12-15 08:00"),
        ("15. Dezember", "2026-12-15 08:00"),
        ("15. Dez. 2026", "2026-12-15 08:00"),
        ("3. März", "2027-03-03 08:00"),
        ("2026-12-15", "2026-12-15 08:00"),
        ("10.1.", "2027-01-11 08:00"),
        ("25.12.", "2026-12-28 08:00"),
        ("25.12. 10 Uhr", "2026-12-25 10:00"),
        ("Samstag", "2026-11-30 08:00"),
        ("Samstag 10 Uhr", "2026-11-28 10:00"),
        ("friday", "2026-11-27 08:00"),
        ("next monday", "2026-11-30 08:00"),
        ("on Monday at 2pm", "2026-11-30 14:00"),
        ("monday 2:30 p.m.", "2026-11-30 14:30"),
        ("tomorrow", "2026-11-25 08:00"),
        ("tomorrow at noon", "2026-11-25 12:00"),
        ("the day after tomorrow", "2026-11-26 08:00"),
        ("in 3 days", "2026-11-27 08:00"),
        ("in a week", "2026-12-01 08:00"),
        ("in two hours", "2026-11-24 13:10"),
        ("in 3 working days", "2026-11-27 08:00"),
        ("next week", "2026-11-30 08:00"),
        ("December 15th", "2026-12-15 08:00"),
        ("15 December 2026 at 9:00", "2026-12-15 09:00"),
        ("the 15th of December", "2026-12-15 08:00"),
    ],
)
def test_a_phrase_means_a_moment(words: str, meant: str) -> None:
    assert local(words) == meant


@pytest.mark.parametrize(
    "words",
    [
        "", "  ", "bald", "ist abgelaufen", "31.2.", "32.12.", "15.13.", "25 Uhr", "Freitag 25:00", "in Tagen",
        "in 999 Monaten", "1.1.2040", "9999-12-31", "13pm", "5", "in 3 Stunden 14 Uhr", "Freitag oder Montag",
        "0.0.", "Freitag " * 20, "29.2.", "\x00", "in 1000 Tagen",
    ],
)  # fmt: skip
def test_what_is_not_clear_is_not_guessed(words: str) -> None:
    assert read_moment(words, NOW, OFFICE) is None


def test_a_past_day_is_read_and_left_to_the_reader_to_refuse() -> None:
    assert local("1.11.2026") == "2026-11-02 08:00"
    assert local("heute 8 Uhr") == "2026-11-24 08:00"


def test_the_local_time_holds_across_the_change_of_clocks() -> None:
    before = datetime(2026, 10, 23, 10, 0, tzinfo=BERLIN)
    assert local("in 3 Tagen um 10 Uhr", before) == "2026-10-26 10:00"
    assert read_moment("26.10. 10 Uhr", before, OFFICE) == datetime(2026, 10, 26, 9, 0, tzinfo=UTC)


def test_a_month_that_is_shorter_ends_earlier() -> None:
    assert local("in 1 Monat 9 Uhr", datetime(2027, 1, 31, 9, 0, tzinfo=BERLIN)) == "2027-02-28 09:00"


def test_a_day_without_a_time_is_read_for_absences() -> None:
    assert read_day("1.12.", NOW.date()) == date(2026, 12, 1)
    assert read_day("Freitag", NOW.date()) == date(2026, 11, 27)
    assert read_day("irgendwann", NOW.date()) is None


@given(st.text(max_size=80), st.datetimes(timezones=st.just(UTC), min_value=datetime(1990, 1, 1)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_reading_is_total(words: str, now: datetime) -> None:
    read_moment(words, now, OFFICE)
    read_day(words, now.date())


def test_a_moment_is_named_in_full() -> None:
    assert date_and_time(NOW, "Europe/Berlin", "de") == "Dienstag, 24. November 2026, 11:10 Uhr"
    assert date_and_time(NOW, "Europe/Berlin", "en") == "Tuesday, 24 November 2026, 11:10"
    assert day_in_words(NOW.date(), "de") == "Dienstag, 24. November 2026"
