"""Dates of mails: RFC 5322 §3.3 read tolerantly, and the dates that programs write into quoted headers.

Never raises; what cannot be read is None. All results are aware and UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from functools import lru_cache
from zoneinfo import ZoneInfo

_DATE_CHARS = 100
# Zone names that RFC 5322 does not know but German mail uses; hours east of UTC.
_ZONES = {
    "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "MET": 1, "MEST": 2, "WET": 0, "WEST": 1, "BST": 1, "EET": 2,
    "EEST": 3, "MSK": 3, "UTC": 0, "GMT": 0, "Z": 0,
}  # fmt: skip
_MONTHS = {
    "jan": 1, "feb": 2, "mär": 3, "mae": 3, "mrz": 3, "mar": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7,
    "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
    # French, Spanish, Italian, Dutch
    "fév": 2, "avr": 4, "juin": 6, "juil": 7, "aoû": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12,
    "gen": 1, "mag": 5, "giu": 6, "lug": 7, "set": 9, "ott": 10, "mrt": 3, "mei": 5,
    # Polish, Turkish, Russian
    "sty": 1, "lut": 2, "kwi": 4, "maj": 5, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
    "oca": 1, "şub": 2, "nis": 4, "haz": 6, "tem": 7, "ağu": 8, "eyl": 9, "eki": 10, "kas": 11, "ara": 12,
    # Czech, Hungarian
    "led": 1, "úno": 2, "bře": 3, "dub": 4, "kvě": 5, "červenc": 7, "červ": 6, "srp": 8, "zář": 9, "říj": 10, "pro": 12,
    "már": 3, "ápr": 4, "máj": 5, "jún": 6, "júl": 7, "sze": 9,
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10, "ноя": 11,
    "дек": 12,
}  # fmt: skip
_GERMAN_MONTH = re.compile(r"\b(Mär|Mrz|Mai|Okt|Dez)[a-zä]*\.?(?= )")
_ENGLISH = {"Mär": "Mar", "Mrz": "Mar", "Mai": "May", "Okt": "Oct", "Dez": "Dec"}
_GERMAN_DAY = re.compile(r"^\s*(?:Mo|Di|Mi|Do|Fr|Sa|So)[a-z]*\.?,\s*")
_COMMENT = re.compile(r"\([^()]*\)")
_ZONE_AT_END = re.compile(r"\b([A-Z]{1,4})\)?\s*$")

_TIME = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s*([ap])\.?m\b)?", re.I)
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.?\s+(?:de\s+)?([^\W\d]{3,12})\.?,?\s+(?:de\s+)?(\d{4})\b")
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_MONTH_FIRST = re.compile(r"\b([^\W\d]{3,12})\.?\s+(\d{1,2}),?\s+(\d{4})\b")
_YEAR_FIRST = re.compile(r"\b(\d{4})\.\s?([^\W\d]{3,12})\.?\s+(\d{1,2})\b")
# Each with the groups that hold year, month and day.
_DAYS = (
    (_ISO, (1, 2, 3)),
    (_EAST_ASIAN, (1, 2, 3)),
    (_DOTTED, (3, 2, 1)),
    (_DAY_FIRST, (3, 2, 1)),
    (_MONTH_FIRST, (3, 1, 2)),
    (_YEAR_FIRST, (1, 2, 3)),
)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?\s*(?:\(|$)")


def read_date(text: str) -> datetime | None:
    """The moment of a Date field, or None. A missing or unknown zone counts as UTC (RFC 5322 §4.3)."""
    text = _COMMENT.sub("", text[:_DATE_CHARS]).strip()
    text = _GERMAN_DAY.sub("", text)
    text = _GERMAN_MONTH.sub(lambda found: _ENGLISH[found[1]], text)
    try:
        parts = parsedate_tz(text)
    except (ValueError, IndexError, TypeError):
        return None
    if parts is None:
        return read_loose_date(text, "UTC")
    offset = parts[9]
    if not offset:  # the stdlib takes names it does not know for UTC
        zone = _ZONE_AT_END.search(text)
        offset = 3600 * _ZONES.get(zone[1], 0) if zone else 0
    if abs(offset) > 14 * 3600:  # RFC 5322 knows none beyond; a wrong zone must not move the day
        offset = 0
    return _moment(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], offset)


def read_loose_date(text: str, zone: str = "Europe/Berlin") -> datetime | None:
    """A date as programs show it to people: `Mittwoch, 12. November 2025 um 10:12`, `Oct 27, 2021 at 9:31 AM`.

    Local time of `zone` where the text names none.
    """
    text = text[:_DATE_CHARS]
    found = _day(text)
    if found is None:
        return None
    day, text = found
    time = _TIME.search(text)
    hour, minute, second = (int(time[1]), int(time[2]), int(time[3] or 0)) if time else (0, 0, 0)
    if time and time[4]:
        hour = hour % 12 + (12 if time[4].lower() == "p" else 0)
    offset = _named_offset(text[time.end() :] if time else "")
    if offset is not None:
        return _moment(*day, hour, minute, second, offset)
    try:
        local = datetime(*day, hour, minute, min(second, 59), tzinfo=_zone(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _day(text: str) -> tuple[tuple[int, int, int], str] | None:
    """(year, month, day) in one of the usual orders, and the text without it: `12.11.` looks like a time."""
    for pattern, order in _DAYS:
        found = pattern.search(text)
        if not found:
            continue
        year, month, day = (found[number] for number in order)
        number = int(month) if month.isdigit() else _month(month.lower())
        if number is None:
            continue
        full_year = int(year) if len(year) == 4 else 2000 + int(year)
        return (full_year, number, int(day)), text[: found.start()] + " " + text[found.end() :]
    return None


def _month(name: str) -> int | None:
    """The number of a month from its first letters: June and July need seven in Czech and four in French."""
    return _MONTHS.get(name[:7]) or _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])


def _named_offset(text: str) -> int | None:
    """Seconds east of UTC if the rest of a date names a zone."""
    found = _OFFSET.search(text)
    if found:
        seconds = int(found[2]) * 3600 + int(found[3] or 0) * 60
        return seconds if found[1] == "+" else -seconds
    named = _ZONE_AT_END.search(text)
    return 3600 * _ZONES[named[1]] if named and named[1] in _ZONES else None


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int
) -> datetime | None:
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return local - timedelta(seconds=offset)
    except (ValueError, OverflowError):
        return None
