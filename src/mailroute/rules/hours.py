"""Opening hours and closed days as people write them: `mo-fr: 8:00-12:00, 13:00-17:00`, `24.12.`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from mailroute.model.calendar import Minutes
from mailroute.rules.report import quoted
from mailroute.rules.values import day, single, wrong

Week = tuple[tuple[Minutes, ...], ...]

_DAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
_ENGLISH = {"tu": "di", "we": "mi", "th": "do", "su": "so"}
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*[-–]\s*{_TIME}", re.ASCII)
_CLOSED = ("closed", "geschlossen", "zu")
# A day that is closed every year is written out for as long as anybody will run this.
_YEARS = range(2020, 2061)
_LONGEST_RANGE_DAYS = 400


def week(days: dict[str, tuple[Minutes, ...]]) -> Week:
    """Spans by days → seven tuples of minutes, Monday first."""
    found: dict[int, tuple[Minutes, ...]] = {}
    for text, minutes in days.items():
        for index in _day_indexes(text):
            if index in found:
                message = f"{_DAYS[index]} is named twice"
                raise wrong(
                    "MR211", message, "Write the hours of each day once.", at=("hours", text, "[key]")
                )
            found[index] = minutes
    return tuple(found.get(index, ()) for index in range(7))


def _mapping(value: object) -> object:
    if not isinstance(value, dict):
        raise wrong("MR203", "opening hours are a mapping", "Write lines like `mo-fr: 8:00-17:00`.")
    return value


def _days(value: object) -> str:
    text = single(value)
    _day_indexes(text)
    return text


def closed_days(value: object) -> frozenset[date]:
    """A list of dates, ranges of dates and days of every year."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise wrong("MR203", "closed days are a list", "Write `[24.12., 2026-12-28 to 2026-12-30]`.")
    days: set[date] = set()
    for index, text in enumerate(value):
        try:
            days |= set(_closed(single(text)))
        except PydanticCustomError as error:
            said = error.context or {}
            raise wrong(error.type, said["message"], said["remedy"], at=(index,)) from None
    return frozenset(days)


def _day_indexes(text: str) -> list[int]:
    """`mo-fr` → 0…4, `sa, so` → 5, 6."""
    indexes: list[int] = []
    for part in re.split(r"\s*,\s*", text.strip().lower()):
        ends = [_day_index(end) for end in re.split(r"\s*[-–]\s*", part)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise wrong("MR211", f"{quoted(text)} is no span of days", "Write it like `mo-fr`.")
        indexes += range(ends[0], ends[-1] + 1)
    return indexes


def _day_index(text: str) -> int:
    short = _ENGLISH.get(text[:2], text[:2])
    if short not in _DAYS or not text.isalpha():
        raise wrong("MR211", f"{quoted(text)} is no day of the week", "Days are " + " ".join(_DAYS) + ".")
    return _DAYS.index(short)


def _spans(value: object) -> tuple[Minutes, ...]:
    if isinstance(value, list):
        remedy = "Write them without brackets, like `8:00-12:00, 13:00-17:00`."
        raise wrong("MR211", "the hours of a day are one text, no list", remedy)
    text = single(value)
    if text.lower() in _CLOSED:
        return ()
    spans = tuple(_span(part.strip()) for part in text.split(","))
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise wrong("MR211", f"the hours in {quoted(text)} overlap", "Write them in order of the day.")
    return spans


def _span(text: str) -> Minutes:
    match = _SPAN.fullmatch(text)
    if match is None:
        remedy = "Write them like `8:00-12:00, 13:00-17:00`, or `closed`."
        raise wrong("MR211", f"{quoted(text)} are no opening hours", remedy)
    numbers = [int(number or 0) for number in match.groups()]
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if max(numbers[1], numbers[3]) > 59 or end > 1440:
        raise wrong("MR211", f"{quoted(text)} are no times of a day", "Times go from 0:00 to 24:00.")
    if start >= end:
        remedy = "For hours over midnight write two: `22:00-24:00` and, on the next day, `0:00-6:00`."
        raise wrong("MR211", f"{quoted(text)} ends before it begins", remedy)
    return start, end


def _closed(text: str) -> Iterator[date]:
    yearly = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.", text, re.ASCII)
    if yearly:
        yield from _every_year(text, int(yearly[1]), int(yearly[2]))
        return
    first, word, last = re.sub(r"\s+(?:bis|to|–|-)\s+", " to ", text).partition(" to ")
    if not word and re.fullmatch(r"\S+\s*[-–]\s*\S+", text) and text.count(".") > 2:
        remedy = "Write a range with `to` and with its years: `2026-12-24 to 2026-12-31`."
        raise wrong("MR209", f"{quoted(text)} is no date", remedy)
    since, until = day(first), day(last if word else first)
    if until < since:
        raise wrong("MR220", f"{quoted(text)} ends before it begins", "Write the first day first.")
    if (until - since).days > _LONGEST_RANGE_DAYS:
        raise wrong("MR209", f"{quoted(text)} is longer than a year", "Check the years.")
    yield from (since + timedelta(days=n) for n in range((until - since).days + 1))


def _every_year(text: str, day_of_month: int, month: int) -> Iterator[date]:
    try:
        date(2020, month, day_of_month)
    except ValueError:
        raise wrong("MR209", f"{quoted(text)} is not in the calendar", "Check day and month.") from None
    for year in _YEARS:
        # The 29th of February exists only in some of them.
        try:
            yield date(year, month, day_of_month)
        except ValueError:
            continue


Hours = Annotated[
    dict[Annotated[str, BeforeValidator(_days)], Annotated[tuple[Minutes, ...], PlainValidator(_spans)]],
    BeforeValidator(_mapping),
]
Closed = Annotated[frozenset[date], BeforeValidator(closed_days)]
