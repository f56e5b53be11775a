"""The laws of working time, across every change of clocks of thirty years."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from mailroute.model.calendar import REGIONS, Calendar, Minutes

ZONES = ("Europe/Berlin", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe")


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> tuple[Minutes, ...]:
    """Up to three spans in order and apart."""
    borders = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    return tuple((start * 15, end * 15) for start, end in pairs)


calendars = st.builds(
    Calendar,
    id=st.just("any"),
    zone=st.sampled_from(ZONES),
    hours=st.tuples(*[hours_of_a_day()] * 7).filter(any),
    region=st.none() | st.sampled_from(REGIONS),
    closed=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)

# Half of them in the nights when clocks change: the last Sundays of March and October and the days beside them.
anywhen = st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
changes = st.builds(
    lambda year, month, minutes: datetime(year, month, 24, tzinfo=UTC) + timedelta(minutes=minutes),
    st.integers(2010, 2040),
    st.sampled_from((3, 10)),
    st.integers(0, 9 * 24 * 60),
)
instants = anywhen | changes
spans = st.timedeltas(timedelta(0), timedelta(hours=60)) | st.integers(0, 600).map(
    lambda n: timedelta(minutes=15 * n)
)


def weekly(calendar: Calendar) -> timedelta:
    return timedelta(minutes=sum(end - start for day in calendar.hours for start, end in day))


@given(calendars, instants, spans, spans)
def test_two_spans_one_after_the_other_are_their_sum(
    calendar: Calendar, at: datetime, a: timedelta, b: timedelta
) -> None:
    # Beyond max_span every hour counts, and then it matters where the counting began.
    assume(weekly(calendar) * 90 > a + b)
    assert calendar.add(calendar.add(at, a), b) == calendar.add(at, a + b)


@given(calendars, instants, spans)
def test_a_span_ends_in_open_time_and_never_before_it_began(
    calendar: Calendar, at: datetime, a: timedelta
) -> None:
    assume(weekly(calendar) * 90 > a)
    due = calendar.add(at, a)
    assert calendar.is_open(due)
    assert due >= at + a


@given(calendars, instants, spans, spans)
def test_a_longer_span_never_ends_earlier(
    calendar: Calendar, at: datetime, a: timedelta, b: timedelta
) -> None:
    assert calendar.add(at, a) <= calendar.add(at, a + b)


@given(calendars, instants, spans, spans)
def test_what_begins_later_never_ends_earlier(
    calendar: Calendar, at: datetime, later: timedelta, a: timedelta
) -> None:
    assume(weekly(calendar) * 90 > a)
    assert calendar.add(at, a) <= calendar.add(at + later, a)


@given(calendars, instants, spans)
def test_between_finds_what_was_added(calendar: Calendar, at: datetime, a: timedelta) -> None:
    assert calendar.between(at, calendar.add(at, a)) == a


@given(calendars, instants, spans)
def test_working_time_is_never_longer_than_the_time_that_passed(
    calendar: Calendar, at: datetime, passed: timedelta
) -> None:
    assert timedelta(0) <= calendar.between(at, at + passed) <= passed


@given(calendars, instants)
def test_the_next_open_instant_is_open_and_nothing_between_is(calendar: Calendar, at: datetime) -> None:
    assume(weekly(calendar) >= timedelta(hours=2))
    opens = calendar.next_open(at)
    assert calendar.is_open(opens)
    assert calendar.between(at, opens) == timedelta(0)


@given(st.integers(2010, 2040), st.integers(0, 366), st.sampled_from(REGIONS))
def test_a_public_holiday_of_any_year_is_closed(year: int, day: int, region: str) -> None:
    calendar = Calendar("all", "Europe/Berlin", (((0, 1440),),) * 7, region)
    local = datetime(year, 1, 1, 12, tzinfo=ZoneInfo("Europe/Berlin")) + timedelta(days=day)
    christmas = (local.month, local.day) in ((12, 25), (12, 26), (1, 1), (5, 1), (10, 3))
    assert not (christmas and calendar.is_open(local))
