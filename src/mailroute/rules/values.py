"""The single values of the files: what somebody wrote → what it means, or a sentence about what is wrong with it.

Every function takes the text as it stands in the file and raises `PydanticCustomError` with one of our codes, so
that pydantic collects all of them and `problems` can say where.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any, TypeVar
from zoneinfo import available_timezones

import re2
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from mailroute.model.absence import Half
from mailroute.model.address import address_key
from mailroute.model.calendar import REGIONS, Calendar
from mailroute.model.need import Need
from mailroute.model.ruleset import CHAINS, Link, Multiple, ReplyMode
from mailroute.model.ruleset import Rank as Ranks
from mailroute.rules.regions import region_called
from mailroute.rules.report import nearest, quoted
from mailroute.rules.spreadsheet import number_as_date, slip_of_a_spreadsheet

ID = re.compile(r"[a-z0-9äöüß][a-z0-9äöüß._-]{0,63}")
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_LONGEST = timedelta(days=730)
_ID_CHARS = 64
_T = TypeVar("_T")


def wrong(code: str, message: str, remedy: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """One mistake, in the form that pydantic collects. `at` leads from the value that was read to the mistake in it."""
    # Not a literal: braces in what somebody wrote must not be taken for placeholders.
    return PydanticCustomError(code, "{message}", {"message": message, "remedy": remedy, "at": at})


def single(value: object) -> str:
    """A text of one line. Mappings and lists are not for here."""
    if value is None:
        raise wrong("MR202", "this is empty", "Write something, or remove the line.")
    if not isinstance(value, str):
        raise wrong("MR203", "a single value is expected here", "Write one text or number, no list.")
    text = value.strip()
    if len(text) > 2000 or "\n" in text:
        raise wrong("MR214", "this text is too long or has more than one line", "Shorten it to one line.")
    return text


def filled(value: object) -> str:
    """A text that says something."""
    text = single(value)
    if not text:
        raise wrong("MR202", "this is empty", "Write something, or remove the line.")
    slip = slip_of_a_spreadsheet(text)
    if slip is not None:
        raise wrong("MR219", *slip)
    return text


def house_number(value: object) -> str:
    """A house number, which is no date."""
    text = filled(value)
    slip = number_as_date(text)
    if slip is not None:
        raise wrong("MR219", *slip)
    return text


def word(value: object) -> str:
    """One word that is listened for; several stand in a list."""
    text = filled(value)
    if re.search(r"[,;]", text):
        several = ", ".join(part.strip() for part in re.split(r"[,;]", text)[:4])
        raise wrong(
            "MR203", f"{quoted(text)} is no single word", f"Write several in brackets: `[{several}]`."
        )
    return text


def paragraph(value: object) -> str:
    """A text that may have several lines."""
    if not isinstance(value, str):
        raise wrong("MR203", "a text is expected here")
    if len(value) > 10_000:
        raise wrong("MR214", "this text is longer than 10,000 characters", "Shorten it.")
    return value.rstrip()


def identifier(value: object) -> str:
    """The id of something that this file defines."""
    text = filled(value)
    if not ID.fullmatch(text):
        raise wrong("MR204", f"{quoted(text)} cannot be an id", id_remedy(text))
    # The same few ids stand in 100,000 rows.
    return sys.intern(text)


def reference(value: object) -> str:
    """The id of something that is defined elsewhere. A name in its place is none, and `link` says whose id is meant."""
    text = filled(value)
    if len(text) > _ID_CHARS or re.search(r"[,;|]", text):
        raise wrong("MR204", f"{quoted(text)} cannot be an id", id_remedy(text))
    return sys.intern(text)


def id_remedy(text: str) -> str:
    """How an id may look, and how this one could."""
    if re.search(r"[,;|]", text):
        several = [part.strip() for part in re.split(r"[,;|]", text)[:4]]
        return (
            f"Write one id; several, where that is possible, as `[{', '.join(several)}]`, "
            f"in a table as `{' | '.join(several)}` or in a row each."
        )
    if len(text) > _ID_CHARS:
        return f"Ids have no more than {_ID_CHARS} characters."
    proposed = re.sub(r"[^a-z0-9äöüß._-]+", "-", text.lower()).strip("-._")
    hint = f", for example `{proposed}`" if ID.fullmatch(proposed) else ""
    return f"Ids are lower-case words of letters, digits, hyphens, dots and underscores{hint}."


def email(value: object) -> str:
    """An e-mail address, folded for comparing."""
    written = filled(value)
    text = address_key(written)
    if not _EMAIL.fullmatch(text):
        raise wrong("MR205", f"{quoted(written)} is no e-mail address", _email_remedy(written))
    return text


def _email_remedy(written: str) -> str:
    within = [one.group() for one in re.finditer(rf"{_EMAIL.pattern}", written)]
    if len(within) > 1:
        return f"Write one address; several, where that is possible, as `[{', '.join(within[:3])}]`, in a table with `|` between."
    if within:
        return f"Write only the address: `{within[0]}`."
    joined = re.sub(r"\s+", "", written)
    return f"Did you mean `{joined}`?" if _EMAIL.fullmatch(joined) else "Write it like name@firm.example."


def domain(value: object) -> str:
    """The domain of an e-mail address."""
    text = filled(value).lower().removeprefix("@")
    if not _EMAIL.fullmatch(f"x@{text}"):
        raise wrong("MR205", f"{quoted(text)} is no domain", "Write it like firm.example.")
    return text


def yes_or_no(value: object) -> bool:
    """true, yes, ja; false, no, nein."""
    word = single(value).lower()
    if word in ("true", "yes", "ja"):
        return True
    if word in ("false", "no", "nein"):
        return False
    raise wrong("MR208", f"yes or no is expected, not {quoted(word)}", "Write `yes` or `no`.")


def whole_number(lowest: int, highest: int) -> Callable[[object], int]:
    """A reader of whole numbers between two bounds, both included."""

    def read(value: object) -> int:
        text = single(value)
        if re.fullmatch(r"-?[0-9]{1,9}", text) and lowest <= int(text) <= highest:
            return int(text)
        remedy = f"Write a whole number from {lowest} to {highest}."
        raise wrong("MR207", f"{quoted(text)} is no number that can stand here", remedy)

    return read


def weight(value: object) -> float:
    """The weight of an evidence word, negative if it speaks against."""
    text = single(value).replace(",", ".")
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,3})?", text) and 0 < abs(float(text)) <= 100:
        return float(text)
    remedy = "Write a number like 2, 0.5 or -1; at most 100, and not 0."
    raise wrong("MR207", f"{quoted(text)} is no weight", remedy)


def day(value: object) -> date:
    """A date: 2026-12-24 or 24.12.2026."""
    text = single(value)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    parts = iso.groups() if iso else german.groups()[::-1] if german else None
    if parts is not None:
        try:
            found = date(int(parts[0]), int(parts[1]), int(parts[2]))
        except ValueError:
            remedy = "Write year, month and day, like 2026-12-24, or day, month and year, like 24.12.2026."
            raise wrong("MR209", f"{quoted(text)} is not in the calendar", remedy) from None
        if 1900 <= found.year <= 2200:
            return found
    raise wrong("MR209", f"{quoted(text)} is no date", "Write it like 2026-12-24 or 24.12.2026.")


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as written: `2d` are working days, which only a calendar turns into hours."""

    minutes: int
    days: int

    def working(self, calendar: Calendar) -> timedelta:
        """As working time on that calendar: a day is its average open day."""
        return timedelta(minutes=self.minutes) + self.days * calendar.working_day

    def wall(self) -> timedelta:
        """As elapsed time: a day is 24 hours."""
        return timedelta(minutes=self.minutes, days=self.days)


def duration(value: object) -> Duration:
    """15m, 4h, 2d, or several of them with blanks between."""
    text = single(value).lower()
    parts = re.findall(r"([0-9]{1,6})\s*([a-z]+)", text)
    units = {"m": 1, "min": 1, "h": 60}
    if not parts or "".join(a + b for a, b in parts) != re.sub(r"\s", "", text):
        raise wrong("MR210", f"{quoted(text)} is no length of time", "Write it like 15m, 4h, 2d or 1d 4h.")
    for _, unit in parts:
        if unit not in (*units, "d"):
            remedy = "Write it like 15m, 4h or 2d: m for minutes, h for hours, d for working days."
            raise wrong("MR210", f"{quoted(unit)} is no unit of time", remedy)
    minutes = sum(int(number) * units[unit] for number, unit in parts if unit in units)
    days = sum(int(number) for number, unit in parts if unit == "d")
    if not minutes and not days:
        raise wrong("MR210", f"{quoted(text)} is no time at all", "Write at least `1m`, or remove the line.")
    if timedelta(minutes=minutes, days=days) > _LONGEST:
        raise wrong("MR210", f"{quoted(text)} is longer than two years", "Write at most `730d`.")
    return Duration(minutes, days)


def share(value: object) -> int | Duration:
    """`50%` of the time for the first reaction, or a span."""
    text = single(value)
    found = re.fullmatch(r"([0-9]{1,4}) ?%", text)
    if found is None:
        return duration(value)
    if not 0 < int(found[1]) <= 1000:
        raise wrong("MR210", f"{quoted(text)} is no share of a time", "Write it like 50% or 100%.")
    return int(found[1])


def region(value: object) -> str:
    """A region of public holidays."""
    written = single(value)
    text = written.upper()
    if text not in REGIONS:
        named = region_called(written)
        otherwise = "Write the state like DE-BY, DE-NW or DE-BE."
        remedy = f"Did you mean `{named}`?" if named else nearest(text, REGIONS, otherwise=otherwise)
        raise wrong("MR212", f"{quoted(written)} is no region of public holidays", remedy)
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(value: object) -> str:
    """An IANA time zone."""
    text = single(value)
    if text not in _zones():
        raise wrong("MR213", f"{quoted(text)} is no time zone", "All of Germany is `Europe/Berlin`.")
    return text


def one_of(*words: str) -> Callable[[object], str]:
    """A reader of one of some words."""

    def read(value: object) -> str:
        word = single(value).lower()
        if word not in words:
            raise wrong("MR206", f"{quoted(word)} is not possible here", nearest(word, words))
        return word

    return read


def regex(value: object) -> str:
    """A regular expression that RE2 compiles."""
    text = filled(value)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        re2.compile(text, options)
    except re2.error as error:
        saying = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise wrong(
            "MR217", f"this regular expression cannot be used: {saying}", _regex_remedy(saying)
        ) from None
    return text


def _regex_remedy(saying: str) -> str:
    """What is most likely meant, for somebody who would be better served by words."""
    if "missing )" in saying or "unexpected )" in saying:
        return r"Each ( needs its ). For the character itself write \( or \); for plain words use `words` or `phrase`."
    if "missing ]" in saying:
        return (
            r"Each [ needs its ]. For the character itself write \[; for plain words use `words` or `phrase`."
        )
    if "repetition" in saying:
        return r"*, + and ? repeat what stands before them. For the character itself write \*, \+ or \?."
    return "RE2 knows no look-ahead, look-behind and back-references."


def postcode(value: object) -> str:
    """A postcode: five digits in Germany, four in Austria and Switzerland. `D-` says nothing, `A-` and `CH-` stay."""
    written = single(value)
    text = written.upper().removeprefix("DE-").removeprefix("D-")
    if not re.fullmatch(r"\d{5}|(?:(?:AT?|CH|F?LI?)-)?\d{4}", text, re.ASCII):
        remedy = "Write five digits; four in Austria, Switzerland and Liechtenstein (A-1010, CH-8001)."
        raise wrong("MR218", f"{quoted(written)} is no postcode", remedy)
    return text


def listed(value: object) -> list[Any]:
    """A list; a single value is a list of one. What the entries must be, their own type says."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [value]
    raise wrong("MR203", "a list is expected here", "Write `[one, two]`, or one entry per line after `- `.")


def link(value: object) -> str:
    """An https address."""
    text = filled(value)
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[!-~]*)?", text):
        raise wrong("MR222", f"{quoted(text)} is no link", "Write it like https://rechner.example/firma.")
    return text


def chain(value: object) -> tuple[str, ...]:
    """The name of a chain, or its steps in the order in which they are asked."""
    if isinstance(value, str):
        return CHAINS[one_of(*CHAINS)(value)]
    steps = tuple(one_of(*Link)(one) for one in listed(value))
    if not steps or len(set(steps)) != len(steps):
        remedy = f"Write {', '.join(f'`{name}`' for name in CHAINS)}, or `[{', '.join(Link)}]` in your order."
        raise wrong("MR203", "a chain has each of its steps once", remedy)
    return steps


Line = Annotated[str, BeforeValidator(single)]
Name = Annotated[str, BeforeValidator(filled)]
Paragraph = Annotated[str, BeforeValidator(paragraph)]
Id = Annotated[str, BeforeValidator(identifier)]
Ref = Annotated[str, BeforeValidator(reference)]
Word = Annotated[str, BeforeValidator(word)]
HouseNumber = Annotated[str, BeforeValidator(house_number)]
Email = Annotated[str, BeforeValidator(email)]
Domain = Annotated[str, BeforeValidator(domain)]
YesNo = Annotated[bool, BeforeValidator(yes_or_no)]
Urgency = Annotated[int, BeforeValidator(whole_number(1, 4))]
Order = Annotated[int, BeforeValidator(whole_number(0, 9999))]
Allowance = Annotated[int, BeforeValidator(whole_number(1, 1_000_000))]
Weight = Annotated[float, BeforeValidator(weight)]
Day = Annotated[date, BeforeValidator(day)]
Span = Annotated[Duration, BeforeValidator(duration)]
Region = Annotated[str, BeforeValidator(region)]
Zone = Annotated[str, BeforeValidator(zone)]
Pattern = Annotated[str, BeforeValidator(regex)]
Postcode = Annotated[str, BeforeValidator(postcode)]
Language = Annotated[str, BeforeValidator(one_of("de", "en"))]
Kind = Annotated[str, BeforeValidator(one_of("tenant", "owner", "customer", "staff", "partner", "unknown"))]
_FEATURES = "quiet-hours digest closing-letter rerouting-letter share-tickets learned-order invite-staff"
Feature = Annotated[str, BeforeValidator(one_of(*_FEATURES.split()))]
Released = Annotated[str, BeforeValidator(one_of("name", "address", "unit", "phone", "email", "none"))]
FactNeeded = Annotated[str, BeforeValidator(one_of(*Need))]
Share = Annotated[int | Duration, BeforeValidator(share)]
Rank = Annotated[str, BeforeValidator(one_of(*Ranks))]
HalfOfDay = Annotated[str, BeforeValidator(one_of(*Half))]
WorkingDays = Annotated[str, BeforeValidator(one_of("mo-fr", "mo-sa"))]
SaturdayEnd = Annotated[str, BeforeValidator(one_of("counts", "moves"))]
Reply = Annotated[str, BeforeValidator(one_of(*ReplyMode))]
HttpsLink = Annotated[str, BeforeValidator(link)]
RightName = Annotated[str, BeforeValidator(one_of("messages", "damage_reports", "add_contracts"))]
ChainLinks = Annotated[tuple[str, ...], BeforeValidator(chain)]
Splitting = Annotated[str, BeforeValidator(one_of(*Multiple))]
Distribution = Annotated[str, BeforeValidator(one_of("first", "round-robin"))]
Relationship = Annotated[str, BeforeValidator(one_of("tenant", "owner", "board", "customer"))]
Some = Annotated[tuple[_T, ...], BeforeValidator(listed)]
