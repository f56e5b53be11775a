"""Our public holidays against a table written down independently of the library (domain.md §3), 2015 to 2029."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from mailroute.model.calendar import REGIONS, public_holidays

YEARS = range(2015, 2030)
STATES = ("BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH")
FRONLEICHNAM = {
    "BW",
    "BY",
    "HE",
    "NW",
    "RP",
    "SL",
    "BY-A",
    "BY-KATH",
    "SN-KATH",
    "TH-KATH",
    "SN-BZ",
    "TH-EIC",
}
ASSUMPTION = {"SL", "BY-KATH", "BY-A"}
REFORMATION_ALWAYS = {"BB", "MV", "SN", "ST", "TH"}
REFORMATION_SINCE_2018 = {"HB", "HH", "NI", "SH"}


def easter(year: int) -> date:
    """Gauss's rule as Lichtenberg corrected it: another way to Easter than the library's."""
    k = year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    s = 2 - (3 * k + 3) // 4
    a = year % 19
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + s) % 7
    return date(year, 3, 1) + timedelta(days=og + 7 - (og - sz) % 7 - 1)


def expected(region: str, year: int) -> Iterator[date]:
    """The table of domain.md §3. `region` without its DE-, "" for all of Germany."""
    state, sunday = region[:2], easter(year)
    for days in (-2, 1, 39, 50):
        yield sunday + timedelta(days=days)
    for month, day in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)):
        yield date(year, month, day)
    if state in {"BW", "BY", "ST"}:
        yield date(year, 1, 6)
    if (state == "BE" and year >= 2019) or (state == "MV" and year >= 2023):
        yield date(year, 3, 8)
    if state == "BB":
        yield sunday
        yield sunday + timedelta(days=49)
    if region in FRONLEICHNAM:
        yield sunday + timedelta(days=60)
    if region == "BY-A":
        yield date(year, 8, 8)
    if region in ASSUMPTION:
        yield date(year, 8, 15)
    if state == "TH" and year >= 2019:
        yield date(year, 9, 20)
    if state in REFORMATION_ALWAYS or year == 2017 or (state in REFORMATION_SINCE_2018 and year >= 2018):
        yield date(year, 10, 31)
    if state in {"BW", "BY", "NW", "RP", "SL"}:
        yield date(year, 11, 1)
    if state == "SN":
        last = date(year, 11, 22)
        yield last - timedelta(days=(last.weekday() - 2) % 7)
    for once in (date(2020, 5, 8), date(2025, 5, 8), date(2028, 6, 17)):
        if state == "BE" and once.year == year:
            yield once


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_the_holidays_of_the_table_and_no_others(region: str) -> None:
    for year in YEARS:
        assert public_holidays(region, year) == set(expected(region[3:], year)), year


def test_the_table_speaks_of_every_state() -> None:
    assert {f"DE-{state}" for state in STATES} < set(REGIONS)
    assert {"DE-BY-A", "DE-BY-KATH", "DE-SN-BZ", "DE-TH-EIC"} < set(REGIONS)


def test_easter_is_where_the_church_has_it() -> None:
    assert [easter(year) for year in (2019, 2026, 2027)] == [
        date(2019, 4, 21),
        date(2026, 4, 5),
        date(2027, 3, 28),
    ]
