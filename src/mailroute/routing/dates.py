"""When somebody means by `Freitag`, `in 3 Tagen`, `15.12. 14 Uhr`, `next monday`. Pure; None where it is not clear.

The moment and the calendar they are reckoned from are arguments. Without a time of day it is when work begins on
that day, or on the next day that somebody works; with one it is that time, also on a Sunday.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailroute.model.calendar import Calendar
from mailroute.model.moment import MONTHS, WEEKDAYS
from mailroute.model.text import fold

LONGEST_CHARS = 60
FARTHEST = timedelta(days=731)

_DAY = timedelta(days=1)
_NUMBERS = {
    "ein": 1, "eine": 1, "einem": 1, "einer": 1, "einen": 1, "a": 1, "an": 1, "one": 1, "zwei": 2, "two": 2,
    "drei": 3, "three": 3, "vier": 4, "four": 4, "fuenf": 5, "five": 5, "sechs": 6, "six": 6, "sieben": 7,
    "seven": 7, "acht": 8, "eight": 8, "neun": 9, "nine": 9, "zehn": 10, "ten": 10, "zwoelf": 12, "twelve": 12,
}  # fmt: skip
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_NEAR_DAYS = {
    "heute": 0, "today": 0, "morgen": 1, "tomorrow": 1, "uebermorgen": 2, "day after tomorrow": 2,
}  # fmt: skip
_NEXT_WEEK = frozenset({"naechste woche", "kommende woche", "next week"})
# What changes nothing: "am Freitag", "on Friday", "nächsten Freitag" is the one that comes next.
_FILLERS = re.compile(
    r"\b(?:am|um|bis|zum|ab|den|der|dem|on|at|by|until|till|the|of|this|coming|next|"
    r"(?:diese|naechste|kommende)[nrms]?)\b"
)
_TIMES = (
    re.compile(r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?uhr\b(?: (?P<minute2>\d{2})\b)?"),
    re.compile(r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})(?: ?(?P<half>[ap])\.?m\b\.?)?"),
    re.compile(r"\b(?P<hour>\d{1,2}) ?(?P<half>[ap])\.?m\b\.?"),
)
_PARTS_OF_DAY = (
    (re.compile(r"\b(?:nachmittags?|(?:in the )?afternoon)\b"), time(14)),
    (re.compile(r"\b(?:vormittags?|frueh|(?:in the )?morning)\b"), None),
    (re.compile(r"\b(?:mittags?|noon)\b"), time(12)),
)
_SPAN = re.compile(
    rf"in {_NUMBER} (?P<unit>stunden?|hours?|werktage?n?|arbeitstage?n?|working days?|business days?|tage?n?|days?|"
    r"wochen?|weeks?|monate?n?|months?)"
)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.?(?: ?(\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)? ([a-z]{3,9})\.?(?: (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")

_YEAR = re.compile(r"\b20\d\d\b")
_SOME_DAY = datetime(2027, 3, 1, tzinfo=UTC)
_ALL_HOURS = Calendar("always", "UTC", (((0, 24 * 60),),) * 7, None)


def read_moment(words: str, now: datetime, calendar: Calendar) -> datetime | None:
    """The instant (UTC) that `words` mean when they are written at `now`; it may be past. None: not understood."""
    text = " ".join(fold(words[:LONGEST_CHARS]).split()).strip(" .,!:;")
    if not text or len(words) > LONGEST_CHARS:
        return None
    local = now.astimezone(ZoneInfo(calendar.zone))
    try:
        found = _span(text, local, calendar) or _day_and_time(text, local, calendar)
    except (OverflowError, ValueError):
        return None
    return found if found is not None and found - now <= FARTHEST else None


def means_a_moment(words: str) -> bool:
    """Whether the words are a date or a time at all, whenever they are written."""
    that_year = _YEAR.sub(str(_SOME_DAY.year), words)
    return any(read_moment(one, _SOME_DAY, _ALL_HOURS) is not None for one in (words, that_year))


def read_day(words: str, today: date) -> date | None:
    """The calendar day that `words` mean, without a time: for absences. It may be past."""
    text = " ".join(fold(words[:LONGEST_CHARS]).split()).strip(" ,!:;")
    try:
        return _day(_without_fillers(text), today)
    except (OverflowError, ValueError):
        return None


def _span(text: str, local: datetime, calendar: Calendar) -> datetime | None:
    """`in 3 Tagen`, `in zwei Stunden`, `in 2 working days`, with a time of day or without."""
    at, rest = _time_of_day(text)
    found = _SPAN.fullmatch(_without_fillers(rest))
    if found is None:
        return None
    count = _number(found[1])
    unit = found["unit"]
    if unit.startswith(("stunde", "hour")):
        return (local.astimezone(UTC) + timedelta(hours=count)) if at is None else None
    if unit.startswith(("werk", "arbeits", "working", "business")):
        return _at(_working_days_on(local.date(), count, calendar), at, calendar)
    if unit.startswith(("monat", "month")):
        return _at(_months_on(local.date(), count), at, calendar)
    days = 7 * count if unit.startswith(("woche", "week")) else count
    return _at(local.date() + timedelta(days=days), at, calendar)


def _day_and_time(text: str, local: datetime, calendar: Calendar) -> datetime | None:
    at, rest = _time_of_day(text)
    rest = _without_fillers(rest) if rest not in _NEXT_WEEK else rest
    day = local.date() if not rest and at is not None else _day(rest, local.date())
    return None if day is None else _at(day, at, calendar)


def _time_of_day(text: str) -> tuple[time | None, str]:
    """The time that stands in the text, and the text without it. Raises ValueError for 25 o'clock."""
    for pattern in _TIMES:
        if found := pattern.search(text):
            groups = found.groupdict()
            minute = int(groups.get("minute") or groups.get("minute2") or 0)
            hour = _hour(int(found["hour"]), groups.get("half"))
            return time(hour, minute), text[: found.start()] + text[found.end() :]
    for pattern, at in _PARTS_OF_DAY:
        # "morgen" by itself is tomorrow; "morgen früh" is tomorrow morning.
        if found := pattern.search(text):
            return at, text[: found.start()] + text[found.end() :]
    return None, text


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"there is no {hour} o'clock in half a day")
    return hour % 12 + (12 if half == "p" else 0)


def _without_fillers(text: str) -> str:
    if text in _NEXT_WEEK or text in _NEAR_DAYS or text.startswith("day after"):
        return text
    kept = " ".join(_FILLERS.sub(" ", text).split()).strip(" ,;")
    weekday, comma, rest = kept.partition(", ")
    return rest if comma and _weekday(weekday) is not None else kept


def _day(text: str, today: date) -> date | None:
    readings: tuple[Callable[[str, date], date | None], ...] = (_near_day, _weekday_to_come, _date)
    return next((day for reading in readings if (day := reading(text, today)) is not None), None)


def _near_day(text: str, today: date) -> date | None:
    if text in _NEXT_WEEK:
        return today + timedelta(days=7 - today.weekday())
    return today + timedelta(days=_NEAR_DAYS[text]) if text in _NEAR_DAYS else None


def _weekday_to_come(text: str, today: date) -> date | None:
    """The weekday after today: on a Friday, `Freitag` is in a week."""
    weekday = _weekday(text)
    if weekday is None:
        return None
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekday(text: str) -> int | None:
    name = text.rstrip(".")
    return _WEEKDAY_NAMES.get(name)


def _date(text: str, today: date) -> date | None:
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DOTTED.fullmatch(text):
        return _in_year(int(found[1]), int(found[2]), found[3], today)
    if (found := _DAY_FIRST.fullmatch(text)) and found[2] in _MONTH_NAMES:
        return _in_year(int(found[1]), _MONTH_NAMES[found[2]], found[3], today)
    if (found := _MONTH_FIRST.fullmatch(text)) and found[1] in _MONTH_NAMES:
        return _in_year(int(found[2]), _MONTH_NAMES[found[1]], found[3], today)
    return None


def _in_year(day: int, month: int, year: str | None, today: date) -> date:
    """Without a year it is the next such day."""
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _months_on(day: date, months: int) -> date:
    """The same day of a later month; the last one where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _working_days_on(day: date, count: int, calendar: Calendar) -> date:
    zone = ZoneInfo(calendar.zone)
    for _ in range(count):
        opens = calendar.next_open(datetime.combine(day + _DAY, time(), zone))
        day = opens.astimezone(zone).date()
    return day


def _at(day: date, at: time | None, calendar: Calendar) -> datetime:
    zone = ZoneInfo(calendar.zone)
    if at is None:
        return calendar.next_open(datetime.combine(day, time(), zone))
    return datetime.combine(day, at, zone).astimezone(UTC)


def _number(word: str) -> int:
    return _NUMBERS[word] if word in _NUMBERS else int(word)


_WEEKDAY_NAMES = {
    name: index
    for names in WEEKDAYS.values()
    for index, whole in enumerate(names)
    for name in (fold(whole), fold(whole)[:2], fold(whole)[:3])
} | {"sonnabend": 5, "tues": 1, "thur": 3, "thurs": 3, "di": 1, "mi": 2, "do": 3, "so": 6}
_MONTH_NAMES = {
    name: index
    for names in MONTHS.values()
    for index, whole in enumerate(names, 1)
    for name in (fold(whole), fold(whole)[:3])
} | {"mrz": 3, "sept": 9}
