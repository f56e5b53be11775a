"""How things of the directory are found: the one folding that both the files and the mails go through."""

from __future__ import annotations

import re

from mailroute.model.text import fold

_STREET_END = re.compile(r"str(?:\.|asse)?$")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def street_key(street: str) -> str:
    """`Max-Planck-Straße`, `Max Planck Str.`, `maxplanckstr` → `maxplanckstrasse` (domain.md §2.4)."""
    squeezed = _NOT_WORD.sub("", fold(street).replace("str.", "strasse"))
    squeezed = squeezed.replace("strassee", "strasse")
    return _STREET_END.sub("strasse", squeezed)


def place_key(street: str, house_number: str) -> str:
    """Street and house number in one key. The number is exact: 12 is not 12a, not 112."""
    return f"{street_key(street)}|{number_key(house_number)}"


def number_key(number: str) -> str:
    """`12 A` → `12a`, `V-4711/0815` → `v47110815`: compared without separators and case."""
    return _NOT_WORD.sub("", fold(number))


def alias_key(words: str) -> str:
    """`Planck-Hof` → `planckhof`."""
    return _NOT_WORD.sub("", fold(words))


def house_numbers(house_number: str) -> tuple[str, ...]:
    """The house numbers a property answers to: `12-14` → 12, 14, 12-14; `12a-c` → 12a, 12b, 12c."""
    folded = fold(house_number).replace(" ", "").replace("–", "-")
    letters = re.fullmatch(r"(\d+)([a-z])-([a-z])", folded)
    if letters:
        number, first, last = letters.groups()
        return tuple(f"{number}{chr(c)}" for c in range(ord(first), ord(last) + 1))
    ends = re.fullmatch(r"(\d+[a-z]?)[-/](\d+[a-z]?)", folded)
    if ends:
        return (*ends.groups(), folded)
    return (folded,) if folded else ()
