"""How things of the directory are found: the one folding that both the files and the mails go through.

`lookups` says under which keys a directory is stored; `routing.locate` makes the same keys of a mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailroute.model.address import address_key
from mailroute.model.directory import Contract, Directory, Lookup, LookupKind, Person, Property
from mailroute.model.numbers import iban_key, phone_key
from mailroute.model.text import fold, fold_bare

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[a-z]+|[0-9]+")
_RANGE = re.compile(r"([0-9]+)([a-z]?)-([0-9]+)([a-z]?)")
_SEVERAL = re.compile(r"\s*[,;&]\s*|\s+und\s+|\s+u\.\s+")
_LETTERS = re.compile(r"([0-9]+)([a-z])-([a-z])")
_SPACES_IN_NUMBER = re.compile(r"\s*([-/+])\s*|(?<=[0-9])\s+(?=[a-z])")
_LETTER_BEHIND = re.compile(r"(?<=[0-9])\s*[-/]\s*(?=[a-z]\Z)")
_FRACTION = re.compile(r"(?<=[0-9])-(?=[123]/[234]\Z)")

# Shorter ones would be found in every other mail.
ALIAS_CHARS = 4
NUMBER_CHARS = 4

# What people write for "unit", and for "number".
UNIT_WORDS = frozenset(
    {"we", "whg", "wohnung", "wohneinheit", "einheit", "ve", "top", "apartment", "flat", "unit"}
)
NUMBER_WORDS = frozenset({"nr", "nummer", "no", "number", "hausnummer", "hausnr", "hnr"})

# Titles are left out by half of the writers: Dr.-Carl-Straße, Carlstraße.
_TITLES = frozenset({"dr", "prof", "doktor", "professor"})
# What words of a street name are short for: the last one may be glued to the name, the others stand alone.
_ENDINGS = (("str", "strasse"), ("pl", "platz"))
_LONG_FORMS = {
    "str": "strasse", "pl": "platz", "st": "sankt", "skt": "sankt", "gr": "grosse", "kl": "kleine", "ob": "obere",
    "unt": "untere", "mittl": "mittlere", "vord": "vordere", "hint": "hintere", "inn": "innere", "aeuss": "aeussere",
    "noerdl": "noerdliche", "suedl": "suedliche", "oestl": "oestliche", "westl": "westliche", "bgm": "buergermeister",
    "buergerm": "buergermeister", "buergermstr": "buergermeister", "pfr": "pfarrer", "frhr": "freiherr", "gebr": "gebrueder",
    "geschw": "geschwister", "kard": "kardinal", "hl": "heilig", "av": "avenue", "ave": "avenue", "bd": "boulevard",
    "bvd": "boulevard", "rte": "route", "friedr": "friedrich", "joh": "johann", "wilh": "wilhelm", "heinr": "heinrich",
    "ludw": "ludwig", "alb": "albert", "theod": "theodor", "chr": "christian", "ferd": "ferdinand", "bernh": "bernhard",
    "rob": "robert", "seb": "sebastian", "matth": "matthias", "fr": "friedrich", "th": "theodor",
}  # fmt: skip
# Before a name they are somebody too: in "bei Fr. Lindenweg 3" stands no Friedrich.
_PERHAPS_NO_NAME = frozenset({"fr", "th"})
# `a. d. Brücke` is "an der Brücke". A letter before a number is a square of Mannheim.
_BEFORE_DER = {"a": "an", "b": "bei", "i": "in", "v": "von"}
# Großer Weg, Am Großen Weg, Gr. Weg: the ending says nothing.
_INFLECTED = re.compile(
    r"(gross|klein|alt|neu|ober|unter|mittler|hinter|vorder|inner|aeusser|lang|kurz|hoh|breit|rot|schwarz|weiss|gruen|"
    r"noerdlich|suedlich|oestlich|westlich)e[rsnm]?"
)
_ALIKE = str.maketrans("oil", "011")
# No range of house numbers is longer than this in earnest.
_LONGEST_RANGE = 60


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
    return _long_form(word, key) + key


@lru_cache(maxsize=4096)
def is_part_of_name(word: str) -> bool:
    """Whether a (folded) word belongs to the street behind it: nobody who writes `Neue Poststr.` means the Poststr."""
    if word in _PERHAPS_NO_NAME:
        return False
    return word in _TITLES or word in _LONG_FORMS or word == "sankt" or _INFLECTED.fullmatch(word) is not None


def _long_form(word: str, key: str) -> str:
    if word == "d" and not key.isdigit():
        return "des" if key[0].isdigit() else "der"
    if word in _BEFORE_DER and key.startswith("der"):
        return _BEFORE_DER[word]
    inflected = _INFLECTED.fullmatch(word)
    return f"{inflected[1]}e" if inflected else _LONG_FORMS.get(word, word)


def _long_last(word: str) -> str:
    for short, long in _ENDINGS:
        if word.endswith(short):
            return word[: -len(short)] + long
    return word


def house_number_key(house_number: str) -> str:
    """`12 A` and `12/a` → `12a`, `12 – 14` and `12/14` → `12-14`, `12½` → `12 1-2`: 12 is not 12a, and 12-14 is not 1214."""
    number = _FRACTION.sub(" ", " ".join(fold(house_number).split()))
    return _SPACES_IN_NUMBER.sub(lambda found: "-" if found[1] else "", _LETTER_BEHIND.sub("", number))


def place_key(street: str, house_number: str) -> str:
    """Street and house number in one key, the number exact. An empty number is the street as a whole."""
    return f"{street_key(street)}|{house_number_key(house_number)}"


def postcode_key(postcode: str) -> str:
    """`A-1010` → `1010`, `01067` → `1067`: spreadsheets eat leading zeros, and half of the writers the country."""
    return postcode.rpartition("-")[2].lstrip("0")


def number_key(number: str) -> str:
    """`V-4711/0815` → `v47110815`: compared without separators and case."""
    return _NOT_WORD.sub("", fold(number))


def seen_alike(number: str) -> str:
    """A number key as the eye sees it: `5oo1`, `5001` and `5ool` are one, for people copy numbers from paper."""
    return number if number.isdigit() else number.translate(_ALIKE)


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
    """The house numbers a property answers to: `12-14` → 12, 14, 12-14; `12a-c` → 12a, 12b, 12c, 12a-c; `5, 7` → 5, 7."""
    parts = [house_number_key(part) for part in _SEVERAL.split(fold(house_number))]
    return tuple(dict.fromkeys(number for part in parts for number in _numbers_of_part(part)))


def numbers_within(house_number: str) -> tuple[str, ...]:
    """The numbers between the ends of a range, on the same side of the street: `12-18` → 14, 16."""
    inner: list[str] = []
    for part in _SEVERAL.split(fold(house_number)):
        ends = _RANGE.fullmatch(house_number_key(part))
        first, last = (int(ends[1]), int(ends[3])) if ends else (0, 0)
        if 0 < last - first <= _LONGEST_RANGE and (last - first) % 2 == 0:
            inner += [str(number) for number in range(first + 2, last, 2)]
    return tuple(inner)


def _numbers_of_part(folded: str) -> tuple[str, ...]:
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
            for number in numbers_within(one.house_number):
                yield Lookup(LookupKind.WITHIN, f"{street}|{number}", "property", one.id)
    for key in dict.fromkeys(alias_key(words) for words in (one.name, *one.aliases)):
        if len(key) >= ALIAS_CHARS:
            yield Lookup(LookupKind.ALIAS, key, "property", one.id)
    yield from _number_lookups("property", one.id, one.id)
    for unit in one.units:
        yield from _number_lookups("unit", unit.id, unit.id)


def person_lookups(person: Person) -> Iterator[Lookup]:
    """Every address of the person; `@firm.example` stands for a whole domain. And their numbers of all kinds."""
    for kind, keys in (
        (LookupKind.ADDRESS, [address_key(address.address) for address in person.addresses]),
        (LookupKind.PHONE, [phone_key(phone) for phone in person.phones]),
        (LookupKind.IBAN, [iban_key(iban) for iban in person.ibans]),
    ):
        for key in dict.fromkeys(keys):
            if key:
                yield Lookup(kind, key, "person", person.id)
    yield from _number_lookups("person", person.id, *person.numbers)


def contract_lookups(contract: Contract) -> Iterator[Lookup]:
    """The contract's numbers as customers write them, and its id."""
    yield from _number_lookups("contract", contract.id, contract.number, contract.id, *contract.also)


def _number_lookups(kind: str, target: str, *numbers: str) -> Iterator[Lookup]:
    spelt = (key for number in numbers for key in (number_key(number), number_key(fold_bare(number))))
    for key in dict.fromkeys(seen_alike(key) for key in spelt if is_telling_number(key)):
        yield Lookup(LookupKind.NUMBER, key, kind, target)


def is_telling_number(key: str) -> bool:
    """Whether a number key (letters and digits) is long enough to mean one thing, and not just a year."""
    if len(key) < NUMBER_CHARS or key.isalpha():
        return False
    return not (len(key) == 4 and key.isdigit() and key[:2] in {"19", "20"})
