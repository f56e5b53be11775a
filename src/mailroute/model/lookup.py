"""How things of the directory are found: the one folding that both the files and the mails go through.

`lookups` says under which keys a directory is stored; `routing.locate` makes the same keys of a mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailroute.model.address import address_key
from mailroute.model.directory import Contract, Directory, Lookup, LookupKind, Person, Property
from mailroute.model.text import fold, fold_bare

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_RANGE = re.compile(r"([0-9]+)([a-z]?)-([0-9]+)([a-z]?)")
_LETTERS = re.compile(r"([0-9]+)([a-z])-([a-z])")
_SPACES_IN_NUMBER = re.compile(r"\s*([-/+])\s*|(?<=[0-9])\s+(?=[a-z])")

# Shorter ones would be found in every other mail.
ALIAS_CHARS = 4
NUMBER_CHARS = 4

# What people write for "unit", and for "number".
UNIT_WORDS = frozenset(
    {"we", "whg", "wohnung", "wohneinheit", "einheit", "ve", "top", "apartment", "flat", "unit"}
)
NUMBER_WORDS = frozenset({"nr", "nummer", "no", "number", "hausnummer", "hausnr", "hnr"})

# Titles are left out by half of the writers: Dr.-Carl-Straße, Carlstraße.
_TITLES = frozenset({"dr", "prof"})
# What words of a street name are short for: the last one may be glued to the name, the others stand alone.
_ENDINGS = (("str", "strasse"), ("pl", "platz"))
_LONG_FORMS = {"str": "strasse", "st": "sankt", "skt": "sankt"}


def street_key(street: str) -> str:
    """`Max-Planck-Straße`, `Max Planck Str.`, `maxplanckstr` → `maxplanckstrasse` (domain.md §2.4)."""
    return street_key_of_words(_WORD.findall(fold(street)))


def street_key_of_words(words: list[str]) -> str:
    """The same for folded words; "" if they are no name."""
    key = ""
    for word in reversed(words):
        key = prepend_street_word(word, key)
    return key


def prepend_street_word(word: str, key: str) -> str:
    """The key of a street whose name has one more word before those of `key` ("" for none yet)."""
    if not key:
        return _long_last(word)
    if word in _TITLES:
        return key
    return _LONG_FORMS.get(word, word) + key


def _long_last(word: str) -> str:
    for short, long in _ENDINGS:
        if word.endswith(short):
            return word[: -len(short)] + long
    return word


def house_number_key(house_number: str) -> str:
    """`12 A` → `12a`, `12 – 14` and `12/14` → `12-14`, `12½` → `12 1-2`: 12 is not 12a, and 12-14 is not 1214."""
    return _SPACES_IN_NUMBER.sub(lambda found: "-" if found[1] else "", " ".join(fold(house_number).split()))


def place_key(street: str, house_number: str) -> str:
    """Street and house number in one key, the number exact. An empty number is the street as a whole."""
    return f"{street_key(street)}|{house_number_key(house_number)}"


def number_key(number: str) -> str:
    """`V-4711/0815` → `v47110815`: compared without separators and case."""
    return _NOT_WORD.sub("", fold(number))


def alias_key(words: str) -> str:
    """`Planck-Hof` → `planckhof`."""
    return _NOT_WORD.sub("", fold(words))


def unit_key(name: str) -> str:
    """`WE 03`, `Whg. 3`, `Wohnung Nr. 3` → `we3`: compared inside one property only, every house has a WE 03."""
    words = [word.lstrip("0") or "0" if word.isdigit() else word for word in _WORD.findall(fold(name))]
    if words and words[0] in UNIT_WORDS:
        words[0] = "we"
    return "".join([word for word in words if word not in NUMBER_WORDS])


def house_numbers(house_number: str) -> tuple[str, ...]:
    """The house numbers a property answers to: `12-14` → 12, 14, 12-14; `12a-c` → 12a, 12b, 12c, 12a-c."""
    folded = house_number_key(house_number)
    letters = _LETTERS.fullmatch(folded)
    if letters:
        number, first, last = letters.groups()
        return (*(f"{number}{chr(c)}" for c in range(ord(first), ord(last) + 1)), folded)
    ends = _RANGE.fullmatch(folded)
    if ends:
        first_number, first_letter, last_number, last_letter = ends.groups()
        return (first_number + first_letter, last_number + last_letter, folded)
    return (folded,) if folded else ()


def lookups(directory: Directory) -> Iterator[Lookup]:
    """Every key that leads to something in the directory."""
    for one in directory.properties:
        yield from property_lookups(one)
    for person in directory.people:
        yield from person_lookups(person)
    for contract in directory.contracts:
        yield from contract_lookups(contract)


def property_lookups(one: Property) -> Iterator[Lookup]:
    """Street with each of its numbers, the street alone, name and aliases, and the ids of house and units.

    Names of units ("WE 03") are no key: they mean something only inside their property.
    """
    for street in dict.fromkeys((street_key(one.street), street_key(fold_bare(one.street)))):
        if street:
            yield Lookup(LookupKind.STREET, f"{street}|", "property", one.id)
            for number in house_numbers(one.house_number):
                yield Lookup(LookupKind.PLACE, f"{street}|{number}", "property", one.id)
    for key in dict.fromkeys(alias_key(words) for words in (one.name, *one.aliases)):
        if len(key) >= ALIAS_CHARS:
            yield Lookup(LookupKind.ALIAS, key, "property", one.id)
    yield from _number_lookups("property", one.id, one.id)
    for unit in one.units:
        yield from _number_lookups("unit", unit.id, unit.id)


def person_lookups(person: Person) -> Iterator[Lookup]:
    """Every address of the person; `@firm.example` stands for a whole domain."""
    for key in dict.fromkeys(address_key(address.address) for address in person.addresses):
        if key:
            yield Lookup(LookupKind.ADDRESS, key, "person", person.id)


def contract_lookups(contract: Contract) -> Iterator[Lookup]:
    """The contract's number as customers write it, and its id."""
    yield from _number_lookups("contract", contract.id, contract.number, contract.id)


def _number_lookups(kind: str, target: str, *numbers: str) -> Iterator[Lookup]:
    for key in dict.fromkeys(number_key(number) for number in numbers):
        if is_telling_number(key):
            yield Lookup(LookupKind.NUMBER, key, kind, target)


def is_telling_number(key: str) -> bool:
    """Whether a number key is long enough to mean one thing, and not just a year."""
    if len(key) < NUMBER_CHARS or not any(c.isdigit() for c in key):
        return False
    return not (len(key) == 4 and key.isdigit() and key[:2] in {"19", "20"})
