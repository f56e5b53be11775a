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


_NEAR = {
    "de": {-1: "gestern", 0: "heute", 1: "morgen"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def moment_nearby(moment: datetime, now: datetime, zone: str, language: str) -> str:
    """The same as people say it who stand at `now`: `heute, 12:00 Uhr`, `Dienstag, 24. November, 12:00 Uhr`; of another year in full.

    For pages, which are read when they are made; a letter is not.
    """
    local, today = moment.astimezone(_zone(zone)), now.astimezone(_zone(zone)).date()
    day = _NEAR[language].get((local.date() - today).days)
    if day is None and local.year == today.year:
        day = day_in_words(local.date(), language).removesuffix(f" {local.year}")
    if day is None:
        return date_and_time(moment, zone, language)
    return f"{day}, {local:%H:%M}{' Uhr' if language != 'en' else ''}"


def day_in_words(day: date, language: str) -> str:
    """`Dienstag, 24. November 2026`."""
    return f"{WEEKDAYS[language][day.weekday()]}, {date_in_words(day, language)}"


def date_in_words(day: date, language: str) -> str:
    """`24. November 2026`, where nobody asks for the weekday: the beginning of a contract."""
    return f"{day.day}{'' if language == 'en' else '.'} {MONTHS[language][day.month - 1]} {day.year}"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
