"""Days and moments in words, German and English, as letters and receipts name them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "de": tuple("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()),
    "en": tuple(
        "January February March April May June July August September October November December".split()
    ),
}


def date_and_time(moment: datetime, zone: str, language: str) -> str:
    """`Dienstag, 24. November 2026, 12:00 Uhr`, in the reader's time zone."""
    local = moment.astimezone(_zone(zone))
    return f"{day_in_words(local.date(), language)}, {local:%H:%M}{' Uhr' if language != 'en' else ''}"


def day_in_words(day: date, language: str) -> str:
    """`Dienstag, 24. November 2026`."""
    weekday, month = WEEKDAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    return f"{weekday}, {day.day}{'' if language == 'en' else '.'} {month} {day.year}"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
