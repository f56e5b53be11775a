"""What `abwesend 1.12.–14.12. Vertretung Schmidt` says: from when to when, who stands in. Pure; never guesses.

Days are the organisation's; a date without its year is the one nearest to today, so that what is past is seen to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mailroute.model.absence import Half
from mailroute.model.text import fold
from mailroute.routing.dates import FARTHEST, read_day

LONGEST_CHARS = 200

_DAY = timedelta(days=1)
# A date without a year that is so far ahead was the one of this year.
_MEANT_THE_PAST = timedelta(days=305)

_DEPUTY = re.compile(
    r"[,;(]?\s*\b(?:vertretung|stellvertretung|stellvertreter(?:in)?|vertreter(?:in)?|vertreten durch|deputy|stand[- ]?in|"
    r"covered by|cover)\b\s*(?::|=|durch|ist|is|by|uebernimmt)?\s*(?P<name>[^,;()]*)\)?"
)
_OPEN_TICKETS = re.compile(
    r"[,;(]?\s*\b(?:(?:und|and|also|mit|with|including|incl|inkl)\b\.?\s*)*(?:auch\s+)?(?:alle[nr]?\s+|all\s+|my\s+|meine[n]?\s+)?"
    r"(?:offene[nr]?|open)\b(?:\s+(?:vorgaenge[n]?|tickets?|faelle[n]?|cases))?(?:\s+(?:auch|too|as well))?\)?"
)
_HALVES = (
    (re.compile(r"\b(?:vormittags?|(?:in the )?mornings?)\b"), Half.MORNING),
    (re.compile(r"\b(?:nachmittags?|(?:in the )?afternoons?)\b"), Half.AFTERNOON),
)
_SICK = re.compile(r"^(?:krank(?:gemeldet|geschrieben)?|sick|ill)\b[:,]?")
_RANGE = re.compile(
    r"^(?P<first>.+?)\s*(?:\bbis(?: zum| einschliesslich)?\b|\bto\b|\buntil\b|\btill?\b|\bthrough\b|[-–—])\s*(?P<last>.+)$"
)
_UNTIL = re.compile(
    r"^(?:bis(?: zum| einschliesslich| einschl\.?)?|until|till?|through|to)\b\s*(?P<last>.+)$"
)
_SINCE = re.compile(r"^(?:ab|seit|from|as of|starting)\b\s*(?P<first>.+)$")
_FOR = re.compile(r"^(?:fuer |for )?(?P<count>\d{1,3}) (?P<unit>tage?|days?|wochen?|weeks?)$")
_BARE_DAY = re.compile(r"^(?:vom |von |from )?(?P<day>\d{1,2})\.?$")
_ISO_RANGE = re.compile(
    r"(?:von |vom |from )?(\d{4}-\d{1,2}-\d{1,2})\s*(?:bis(?: zum)?|to|until|[-–—])\s*(\d{4}-\d{1,2}-\d{1,2})"
)
_OPEN_END = frozenset({"bis auf weiteres", "auf weiteres", "until further notice"})
_WEEKS = {"diese woche": 0, "this week": 0, "naechste woche": 1, "kommende woche": 1, "next week": 1}
_YEAR = re.compile(r"\b20\d\d\b|\.\d{1,2}\.\d\d$")
_WORDS_AROUND = re.compile(r"^(?:vom|von|from|am|on)\b\s*")


@dataclass(frozen=True, slots=True)
class SaidAway:
    """What was understood. `deputy` is a name as written, "" for none; `until` None: until further notice."""

    since: date
    until: date | None
    deputy: str
    half: Half | None
    open_tickets: bool


def read_away(words: str, today: date) -> SaidAway | None:
    """Understand it, None where it is not clear. What is understood may lie in the past."""
    if len(words) > LONGEST_CHARS:
        return None
    text = " ".join(fold(words).split())
    text, open_tickets = _cut(_OPEN_TICKETS, text)
    text, deputy = _cut(_DEPUTY, text)
    half = None
    for pattern, meant in _HALVES:
        if pattern.search(text):
            text, half = pattern.sub(" ", text), meant
    text = " ".join(text.split()).strip(" .,;:!")
    text, sick = _cut(_SICK, text)
    days = _days(text.strip(" .,;:!") if not text.endswith(".") else text.strip(" ,;:!"), today, bool(sick))
    if days is None:
        return None
    name = deputy.group("name").strip(" .:!") if deputy else ""
    return SaidAway(days[0], days[1], name, half, bool(open_tickets))


def says_when(words: str) -> bool:
    """Whether the words are an absence at all, whenever they are written."""
    return read_away(_YEAR.sub(str(_SOME_DAY.year), words), _SOME_DAY) is not None


_YEAR = re.compile(r"\b20\d\d\b")
_SOME_DAY = date(2027, 3, 1)


def _cut(pattern: re.Pattern[str], text: str) -> tuple[str, re.Match[str] | None]:
    found = pattern.search(text)
    return (
        (text, None)
        if found is None
        else ((text[: found.start()] + " " + text[found.end() :]).strip(), found)
    )


def _days(text: str, today: date, sick: bool) -> tuple[date, date | None] | None:
    if not text:
        # Who is ill seldom knows for how long: like an automatic reply that names no day.
        return (today, today + _DAY) if sick else None
    if text in _OPEN_END:
        return today, None
    if text in _WEEKS:
        monday = today + timedelta(days=7 * _WEEKS[text] - today.weekday())
        return max(monday, today), monday + 6 * _DAY
    if found := _FOR.match(text):
        days = int(found["count"]) * (7 if found["unit"].startswith(("w",)) else 1)
        return (today, today + timedelta(days=days - 1)) if 0 < days <= FARTHEST.days else None
    if found := _UNTIL.match(text):
        last = _day(found["last"], today)
        return (today, last) if last is not None else None
    found = _ISO_RANGE.fullmatch(text)
    if found:
        return _between(found[1], found[2], today)
    if (found := _RANGE.match(text)) and not re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text):
        return _between(found["first"], found["last"], today)
    if found := _SINCE.match(text):
        first = _day(found["first"], today)
        return (first, None) if first is not None else None
    day = _day(text, today)
    return (day, day) if day is not None else None


def _between(first: str, last: str, today: date) -> tuple[date, date] | None:
    """`1.-14.12.` borrows the month of its end; `Montag bis Mittwoch` ends after it begins."""
    first = _WORDS_AROUND.sub("", _SINCE.sub(r"\g<first>", first)).strip(" ,")
    end = _day(last, today)
    if end is None:
        return None
    bare = _BARE_DAY.match(first)
    try:
        begin = end.replace(day=int(bare["day"])) if bare else _day(first, today)
    except ValueError:
        return None
    if begin is None:
        return None
    if end < begin and not _YEAR.search(last):
        later = read_day(last.strip(" ,"), begin)
        end = later if later is not None else end
    return (begin, end) if begin <= end else None


def _day(words: str, today: date) -> date | None:
    words = _WORDS_AROUND.sub("", words).strip(" ,")
    day = read_day(words, today)
    if day is None:
        return None
    if day - today > _MEANT_THE_PAST and not _YEAR.search(words):
        try:
            day = day.replace(year=day.year - 1)
        except ValueError:
            return None
    return day if day - today <= FARTHEST else None
