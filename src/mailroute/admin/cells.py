"""The cells of another program's table in our words: ids for names, 2026-02-01 for 01.02.2026, owner for Eigentümer.

Nothing is invented: what is not known stays as it is, for `check` to speak of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from pydantic_core import PydanticCustomError

from mailroute.admin.headings import ROLE
from mailroute.admin.impossible import Impossible
from mailroute.model.text import fold
from mailroute.rules import values as v
from mailroute.rules.reader import Entries, slug

_STAFF, _ROLE, _PROPERTY = "staff", "role", "property"
# Columns that name something which another file defines.
_NAMES = {"staff": _STAFF, "adviser": _STAFF, "clerk": _STAFF, "role": _ROLE, "property": _PROPERTY}
_DAYS = frozenset({"from", "to", "offered_on", "applied_on", "documented_on"})
_WORDS = {
    "relation": {
        "tenant": "mieter mieterin mietpartei bewohner bewohnerin",
        "owner": "eigentuemer eigentuemerin miteigentuemer vermieter",
        "board": "beirat verwaltungsbeirat beiraetin",
        "customer": "kunde kundin versicherungsnehmer",
    },
    "language": {"de": "deutsch german", "en": "englisch english"},
}
_ONE_WORD = {
    (column, word): ours
    for column, words in _WORDS.items()
    for ours, others in words.items()
    for word in others.split()
}
_ADDRESS = re.compile(
    r"(?P<street>.*?[^\W\d].*?)[ ,]+(?P<house_number>\d+ ?[a-zA-Z]?(?: ?[-–/+] ?\d* ?[a-zA-Z]?)?)"
)
_TOWN = re.compile(r"(?P<postcode>(?:[A-Z]{1,2}-)?\d{4,5}) +(?P<town>\D.*)")
_WHOLE = re.compile(rf"{_ADDRESS.pattern} *, *{_TOWN.pattern}")
_SERIAL = re.compile(r"[2-6]\d{4}(?:[.,]\d+)?")
_FIRST_DAY = date(1899, 12, 30)


@dataclass(slots=True)
class Wording:
    """Says cells in our words, and remembers how often it said which of theirs otherwise."""

    words: dict[str, dict[str, str]]
    defines_properties: bool
    changed: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def row(self, line: int, cells: dict[str, str]) -> dict[str, str]:
        """The filled cells of one row by our columns. Raises Impossible for a day that is only a number."""
        return {column: self._cell(line, column, text) for column, text in _divided(cells).items()}

    def _cell(self, line: int, column: str, text: str) -> str:
        if column in _DAYS:
            return _day(line, column, text)
        if column == "email":
            return " | ".join(filter(None, re.split(r"[\s;,|]+", text)))
        if column.startswith(ROLE):
            parts = [self._name(column, _STAFF, part.strip()) for part in re.split(r"[|;]", text)]
            return " | ".join(filter(None, parts))
        kind = _NAMES.get(column)
        if kind is not None:
            return self._name(column, kind, text)
        if column == "id" and self.defines_properties:
            return self._said(column, text, text if v.ID.fullmatch(text) else slug(text))
        return self._said(column, text, _ONE_WORD.get((column, fold(text)), text))

    def _name(self, column: str, kind: str, text: str) -> str:
        known = self.words[kind]
        return self._said(column, text, known.get(_key(text)) or known.get(slug(text)) or text)

    def _said(self, column: str, theirs: str, ours: str) -> str:
        if theirs != ours:
            self.changed[column, theirs, ours] += 1
        return ours


def wording_of(entries: Entries, *, defines_properties: bool) -> Wording:
    """What the files of a rules directory call people, roles and properties."""
    staff = (
        (one.id, (one.value.email, *one.value.also, one.value.name, _without_title(one.value.name)))
        for one in entries.staff.values()
    )
    roles = ((one.id, (one.value.name.de, one.value.name.en)) for one in entries.roles.values())
    properties = (
        (
            one.id,
            (
                slug(one.id),
                one.value.name,
                *one.value.aliases,
                f"{one.value.street} {one.value.house_number}",
            ),
        )
        for one in entries.properties
    )
    words = {_STAFF: _by_word(staff), _ROLE: _by_word(roles), _PROPERTY: _by_word(properties)}
    return Wording(words, defines_properties)


def _by_word(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """Every word for something, folded → its id; a word for two things means neither, an id always itself."""
    found: dict[str, str] = {}
    ids = {}
    for id_, names in named:
        ids[id_] = id_
        for name in {_key(name) for name in names if name}:
            found[name] = id_ if found.get(name, id_) == id_ else ""
    return found | ids


def _key(text: str) -> str:
    """A word as it is compared; `Lindenstr. 5` is `Lindenstraße 5`."""
    return re.sub(r"str(?:asse\b|\.)", "str", fold(text))


def _without_title(name: str) -> str:
    return re.sub(r"^(?:herr|frau|mr|mrs|ms|dr\.?|prof\.?) +", "", name, flags=re.I)


def _day(line: int, column: str, text: str) -> str:
    if _SERIAL.fullmatch(text):
        meant = _FIRST_DAY + timedelta(days=int(re.split("[.,]", text)[0]))
        raise Impossible(
            f"line {line}: `{column}` is {text}, which is how a spreadsheet counts days ({meant:%d.%m.%Y}): "
            "format the column as a date there and save it again"
        )
    try:
        return v.day(text.removesuffix(" 00:00:00")).isoformat()
    except PydanticCustomError:
        return text


def _divided(cells: dict[str, str]) -> dict[str, str]:
    """With the house number out of the street and the postcode out of the town, where the table has no column for them."""
    found = dict(cells)
    street, town = found.get("street", ""), found.get("town", "")
    if "town" not in found and (whole := _WHOLE.fullmatch(street)):
        return found | _stripped(whole)
    if "house_number" not in found and (parts := _ADDRESS.fullmatch(street)):
        found |= _stripped(parts)
    if "postcode" not in found and (parts := _TOWN.fullmatch(town)):
        found |= _stripped(parts)
    return found


def _stripped(parts: re.Match[str]) -> dict[str, str]:
    return {name: text.strip() for name, text in parts.groupdict().items()}
