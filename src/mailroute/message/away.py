"""From when to when somebody is away, read from an out-of-office reply in German or English. Never raises.

No clock: a date without its year is the one nearest to the day of the mail. When in doubt: unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_CHARS = 3_000
_DATES = 12
_NEAR_CHARS = 60
_LONGEST_DAYS = 400
_DAYS_BACK = 120  # of two years a date without one may belong to the later, unless it is this long past

_MONTHS = {
    "jan": 1, "jän": 1, "feb": 2, "mär": 3, "mar": 3, "mrz": 3, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7,
    "aug": 8, "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
_MONTH = (
    r"(?P<{0}>jan(?:uary|uar)?|jänner|feb(?:ruary|ruar)?|mär(?:z)?|mar(?:ch)?|mrz|apr(?:il)?|mai|may|june?|juni|jul[iy]?|"
    r"aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|de[zc](?:ember)?)"
)
_DATE = re.compile(
    r"(?<![\d.])(?:"
    r"(?P<y1>20\d\d)-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})(?:\.\s?(?P<y2>20\d\d|\d\d)(?!\d|[.:]\d)|\.(?!\d)|(?=\s?(?:bis|[-–—])))"
    r"|(?P<d3>\d{1,2})/(?P<m3>\d{1,2})/(?P<y3>20\d\d|\d\d)"
    r"|(?P<d4>\d{1,2})(?:\.|st|nd|rd|th)?\s?(?:of )?" + _MONTH.format("m4") + r"\b\.?,?(?: (?P<y4>20\d\d))?"
    r"|" + _MONTH.format("m5") + r"\.? (?P<d5>\d{1,2})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<y5>20\d\d))?"
    r")",
    re.I,
)  # fmt: skip
# `3. bis 14. November`: the first day borrows its month from the second.
_BARE_DAY = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s*(?:bis(?: zum)?|und(?: dem)?|to|until|through|[-–—])\s*\Z", re.I
)
_WEEKDAY = (
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)\.?"
)
_FILLERS = rf"(?:[\s,(]+(?:einschließlich|einschl\.|inklusive|inkl\.|including|zum|dem|den|der|the|and including|{_WEEKDAY}))*[\s,(]*"
_BETWEEN = re.compile(rf"[\s,)]*(?:bis|to|until|till?|through|thru|and|und|[-–—]){_FILLERS}", re.I)
_UNTIL = re.compile(rf"\b(?:bis|until|till?|through|thru){_FILLERS}\Z", re.I)
_SINCE = re.compile(rf"\b(?:ab|from|vom|von|starting|beginning|seit|since|as of){_FILLERS}\Z", re.I)
_ON = re.compile(rf"\b(?:am|on){_FILLERS}\Z", re.I)
_RETURN_BEFORE = re.compile(
    rf"(?:wieder|zurück|return(?:ing)?|back|again|available)\b[^.\n]{{0,40}}?\b(?:ab|am|on|from|as of){_FILLERS}\Z",
    re.I,
)
_RETURN_AFTER = re.compile(
    r"[\s,)]*(?:bin ich |stehe ich |sind wir |i will be |i am |we are )?[^.\n]{0,30}?\b(?:wieder|zurück|back|again)\b",
    re.I,
)
_AWAY_AFTER = re.compile(
    r"[^.\n]{0,60}?\b(?:nicht|abwesend|urlaub|außer haus|out of|away|unavailable|on leave)\b", re.I
)


@dataclass(frozen=True, slots=True)
class _Found:
    day: date
    start: int
    end: int


def find_away(text: str, sent: date | None) -> tuple[date | None, date | None] | None:
    """(first, last) day of absence, either None where nothing is said of it; None where nothing is said at all."""
    text = text[:_CHARS]
    found = _dates(text, sent)
    for number, one in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        said = _said(text, one, following, sent)
        if said is not None:
            first, last = said
            if first and last and first > last:  # `23.12. bis 6.1.`, read in January
                first = _calendar_day(first.year - 1, first.month, first.day, sent)
            if first and last and not 0 <= (last - first).days <= _LONGEST_DAYS:
                continue
            return first, last
    return None


def _dates(text: str, sent: date | None) -> list[_Found]:
    """All dates of a text in order, at most _DATES."""
    found = []
    for match in _DATE.finditer(text):
        day = _day(match, sent)
        if day is not None:
            found.append(_Found(day, match.start(), match.end()))
        if len(found) >= _DATES:
            break
    return found


def _day(match: re.Match[str], sent: date | None) -> date | None:
    for form in "12345":
        day, month, year = (match[part + form] for part in "dmy")
        if day:
            break
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    day_number = int(day)
    if form == "3" and number > 12:  # American order
        day_number, number = number, day_number
    return _calendar_day(int(year) if year else None, number, day_number, sent)


def _calendar_day(year: int | None, month: int, day: int, sent: date | None) -> date | None:
    """A day; without a year the one that follows the mail, unless it is only just past."""
    if year is None:
        if sent is None:
            return None
        here = _calendar_day(sent.year, month, day, sent)
        if here is None or (sent - here).days <= _DAYS_BACK:
            return here
        year = sent.year + 1
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _said(
    text: str, one: _Found, following: _Found | None, sent: date | None
) -> tuple[date | None, date | None] | None:
    """What the words around a date say of it."""
    before = text[max(0, one.start - _NEAR_CHARS) : one.start]
    after = text[one.end : one.end + _NEAR_CHARS]
    if following and _BETWEEN.fullmatch(text[one.end : following.start][: 2 * _NEAR_CHARS]):
        return one.day, following.day
    bare = _BARE_DAY.search(before)
    if bare:
        first = _calendar_day(one.day.year, one.day.month, int(bare[1]), sent)
        if first is not None:
            return first, one.day
    if _RETURN_BEFORE.search(before):
        return None, one.day - timedelta(days=1)
    if _UNTIL.search(before):
        return None, one.day
    if _SINCE.search(before):
        if _RETURN_AFTER.match(after):
            return None, one.day - timedelta(days=1)
        return (one.day, None) if _AWAY_AFTER.match(after) else None
    if _ON.search(before) and _RETURN_AFTER.match(after):
        return None, one.day - timedelta(days=1)
    if _ON.search(before) and (_AWAY_AFTER.match(after) or _AWAY_AFTER.match(before)):
        return one.day, one.day
    return None
