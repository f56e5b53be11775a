"""Invitations (RFC 5545, RFC 5546): one line of text that says what, when and where. Linear, never raises."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailroute.message.clean import clean_header

_BYTES = 256 * 1024
_VALUE_CHARS = 200
_BERLIN = ZoneInfo("Europe/Berlin")
_LINE = re.compile(r"(SUMMARY|LOCATION|DTSTART|DTEND|METHOD)((?:;[^:]{0,200})?):(.*)", re.I)
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{0,2}(Z?))?")
_ESCAPED = re.compile(r"\\([nN,;\\])")
_TITLES = {
    "CANCEL": "Termin abgesagt",
    "REPLY": "Antwort auf Termin",
    "COUNTER": "Anderer Vorschlag für Termin",
}


def summary_of(text: str) -> str:
    """`Termin: Ablesung am 12.11.2025 von 10:00 bis 11:00 Uhr, Keller`, "" where there is no event.

    Only the first event; times as the organiser sees them, those in UTC as in Germany.
    """
    text = text[:_BYTES].replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    found: dict[str, str] = {}
    in_event = in_alarm = False
    for line in text.split("\n"):
        mark = line[:20].upper().strip()
        if mark == "BEGIN:VEVENT":
            in_event = True
        elif mark == "END:VEVENT":
            break
        elif mark in ("BEGIN:VALARM", "END:VALARM"):
            in_alarm = mark == "BEGIN:VALARM"
        elif not in_alarm:
            named = _LINE.match(line)
            if named and (in_event or named[1].upper() == "METHOD"):
                found.setdefault(named[1].upper(), named[3])
    if not in_event or not (found.get("SUMMARY") or found.get("DTSTART")):
        return ""
    title = _TITLES.get(found.get("METHOD", "").strip().upper(), "Termin")
    place = _plain(found.get("LOCATION", ""))
    when = _when(found.get("DTSTART", ""), found.get("DTEND", ""))
    return f"{title}: {_plain(found.get('SUMMARY', ''))}{when}{', ' + place if place else ''}"


def _plain(value: str) -> str:
    """A value without its escapes (RFC 5545 §3.3.11), on one line."""
    return clean_header(
        _ESCAPED.sub(lambda one: " " if one[1] in "nN" else one[1], value[: 4 * _VALUE_CHARS]), _VALUE_CHARS
    )


def _when(start: str, end: str) -> str:
    begin, until = _moment(start), _moment(end)
    if begin is None:
        return ""
    (day, time), (last_day, last_time) = begin, until or begin
    said = f" am {day}"
    if time:
        said += f" von {time}" if last_time and until else f" um {time}"
        if until and last_time:
            said += f" bis {last_time if last_day == day else f'{last_day} {last_time}'}"
        said += " Uhr"
    return said


def _moment(value: str) -> tuple[str, str] | None:
    """(day, time or "") as Germans write them."""
    found = _MOMENT.match(value.strip())
    if not found:
        return None
    try:
        moment = datetime(
            int(found[1]), int(found[2]), int(found[3]), int(found[4] or 0), int(found[5] or 0), tzinfo=UTC
        )
        if found[6]:
            moment = moment.astimezone(_BERLIN)
    except (ValueError, OverflowError):
        return None
    return f"{moment:%d.%m.%Y}", f"{moment:%H:%M}" if found[4] else ""
