"""Streets with house numbers in running text, as look-up keys (domain.md §2.4). Finds candidates, knows no property.

A street may be called anything ("Am Anger 3"), so every number is tried with the words before it; the directory
says which of these exist. What must not happen is that half a name speaks: in `Max-Planck-Straße 12` nobody wrote
`Planckstraße 12`, which is another street. So a name never begins behind a hyphen or a first name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from mailroute.model.lookup import (
    NUMBER_WORDS,
    UNIT_WORDS,
    is_part_of_name,
    prepend_street_word,
    street_key_of_words,
)
from mailroute.model.scan import digit_runs, letters_in, runs_behind_no_word, words_of
from mailroute.routing.first_names import FIRST_NAMES
from mailroute.routing.house_numbers import NO_HOUSE, houses_at, may_be_house

# A key and the (start, end) in the folded text that spoke.
Hit = tuple[str, int, int]

NAME_WORDS = 5
NAME_CHARS = 64
WORD_CHARS = 16
# Bounds the work on a mail that is nothing but numbers.
NUMBERS_TRIED = 2000
STREET_WORDS_TRIED = 200

_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[a-z]+|[0-9]+")
# "Haus Nr. 12", and what else stands before a number that may stand before its street: "Nr. 12 in der Lindenallee".
_HOUSE_WORDS = NUMBER_WORDS | {"haus"}
_NUMBER_FIRST = re.compile(
    r"(?<![a-z0-9])(?:(haus ?nr\.?|hausnummer|haus)|(?:nr\.?|nummer|no\.?|number)) ?(?=[0-9]{1,4}(?![0-9]))"
)
_NOTHING_COUNTED = re.compile(r"[a-z]?(?:\Z|[,;)\n]|\.(?:\s|\Z))")
_CLAUSE_ENDS = frozenset("\n,;(")
_NEXT_WORD = re.compile(r"[a-z]?,? [a-z]")
_BEFORE_ADDRESSES = frozenset(
    "at in of from to near for adresse anschrift objekt address property wohne lebe live au".split()
)
_NUMBER_THEN_STREET = re.compile(r",? ?(?:(?:in|im|an|am|auf|von|of|on|at) )?(?:(?:der|dem|den|the) )?")
# What else people number: "Wohnung Nr. 12, Lindenallee".
_NUMBERED_THINGS = UNIT_WORDS | frozenset(
    "aufzug auftrag bus buslinie garage keller kunde kunden konto linie mieter platz raum rechnung room schluessel "
    "stellplatz tel telefon ticket tor vertrag zaehler zimmer".split()
)
# Mannheim has squares in place of streets: Q7, 24 and Q 7 24, Q7/24 and Q 7,24.
_SQUARE = re.compile(r"(?<![a-z0-9])([a-u]) ?([1-7])(?:, ?| ?[/-] ?| (?:nr\.? ?)?)(?=[0-9])")
_TYPES = (
    "strasse",
    "str",
    "platz",
    "weg",
    "allee",
    "gasse",
    "ring",
    "damm",
    "ufer",
    "chaussee",
    "steig",
    "graben",
)
# In the west of Switzerland the kind of a street comes first.
_FRENCH_TYPES = (
    "rue",
    "avenue",
    "av",
    "boulevard",
    "bd",
    "chemin",
    "quai",
    "route",
    "rte",
    "place",
    "ruelle",
    "via",
)
_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_GLUE = frozenset({"", "-", ".-"})
_JOIN_MARKS = " .-'/\n\r\t"
_JOINS = frozenset(_JOIN_MARKS)
_JOINS_BEFORE_WORD = _JOINS | {","}
# 8004 Zürich, 1060 Wien
_SHORT_POSTCODE = re.compile(r"[0-9]{4} [a-z]{3}")
_ANOTHER_NUMBER = re.compile(r"[ .,]{0,2}(?:nr\.? ?)?([0-9]+)")

# What has a letter of its own: "in Haus B. Lindenweg 5 ist …".
_LETTERED_THINGS = frozenset(
    "abschnitt aufgang bauteil block eingang garage gebaeude halle haus hausteil teil treppe trakt wohnung".split()
)
_TWO_INITIALS = frozenset({"js", "ea", "ca", "wa", "gf", "cf"})


def places_in(text: str, language: str | None) -> Iterator[Hit]:
    """Every `street|number` that a folded text may name, shortest name first, then streets without number."""
    covered = 0
    squares = {house: square for house, _, square in _squares(text)}
    # The digit of a square is no house.
    in_square = {at for _, at, _ in _squares(text)} if squares else frozenset()
    houses = [
        (start, end)
        for start, end in digit_runs(text)[:NUMBERS_TRIED]
        # In `Q7,24` the comma is no decimal point.
        if may_be_house(text, start, end) or (start in squares and NO_HOUSE.match(text, end) is None)
    ]
    numbered: set[int] = set()
    for start, end in houses:
        if start < covered or start in in_square:
            continue
        square = squares.get(start)
        names = [square] if square else _names_before(text, start) or _names_before_comma(text, start, end)
        if names:
            numbers, covered = houses_at(text, start, end, language)
            numbered.update([name_start for _, name_start in names])
            for name, name_start in names:
                for number in numbers:
                    yield f"{name}|{number}", name_start, covered
    yield from _numbers_first(text, language)
    yield from _bare_numbers_first(text, houses, language)
    yield from _streets_in(text, numbered)


def _squares(text: str) -> Iterator[tuple[int, int, tuple[str, int]]]:
    """Where the house number behind a square stands, and the digit of the square, with the square as (key, start)."""
    for start, end in runs_behind_no_word(text):
        if start and end - start == 1:
            at = start - 1 if text[start - 1] != " " else max(0, start - 2)
            if (found := _SQUARE.match(text, at)) and found.start(2) == start:
                yield found.end(), start, (f"{found[1]}{found[2]}", at)


def _names_before(text: str, end: int) -> list[tuple[str, int]]:
    """The street names that may end at `end`, as (key, start): one word, two words … as far as they hang together."""
    if not _may_end_name(text, end):
        return []
    words = _words_before(text, end)
    names: list[tuple[str, int]] = []
    marks = _JOINS
    while len(words) > 1 and text[slice(*words[-1])] in _HOUSE_WORDS:
        of_house = text[slice(*words[-1])] == "haus"
        if of_house:
            names += _names_ending(text, words, end, marks)  # a street may be called "Am Neuen Haus"
        end, marks = words.pop()[0], _JOINS_BEFORE_WORD
        if of_house and len(words) > 1 and text[slice(*words[-1])] in ("im", "in"):
            end = words.pop()[0]  # "in der Lindenallee im Haus Nr. 12"
    return names + _names_ending(text, words, end, marks)


def _names_before_comma(text: str, start: int, end: int) -> list[tuple[str, int]]:
    """The same for `Rue de Lausanne, 15`: surely a street, and nothing behind the number that it counts."""
    if text[start - 2 : start] != ", " or not _NOTHING_COUNTED.match(text, end):
        return []
    return [name for name in _names_before(text, start - 2) if _is_street(name[0])]


def _is_street(key: str) -> bool:
    return key.endswith(_TYPES) or key.startswith(_FRENCH_TYPES)


def _names_ending(
    text: str, words: list[tuple[int, int]], end: int, marks: frozenset[str]
) -> list[tuple[str, int]]:
    """The names made of the last of these words, if only `marks` stand between them and `end`."""
    if not words or not _reaches(text, words, end, marks):
        return []
    names = []
    key = ""
    for index in range(len(words) - 1, max(-1, len(words) - 1 - NAME_WORDS), -1):
        start, stop = words[index]
        key = prepend_street_word(text[start:stop], key)
        goes_on, may_begin = _before(text, words, index)
        if may_begin and key not in _TYPES and not key.isdigit():
            names.append((key, start))
        if not goes_on:
            break
    return names


def _may_end_name(text: str, end: int) -> bool:
    """A quick look that spares most numbers the long one: a letter stands before, or a colon."""
    near = text[max(0, end - 4) : end].rstrip(_JOIN_MARKS)
    if not near:
        return False
    # A number behind a number is no house.
    return near[-1].isalpha() or near[-1] == ":"


def _words_before(text: str, end: int) -> list[tuple[int, int]]:
    first = max(0, end - NAME_CHARS)
    words = [word.span() for word in _WORD.finditer(text, first, end)]
    if words and first and words[0][0] == first and text[first - 1].isalnum():
        del words[0]  # only half a word
    return words


def _before(text: str, words: list[tuple[int, int]], index: int) -> tuple[bool, bool]:
    """Whether the name may go on before word `index`, and whether it may begin with it."""
    if not index:
        return False, True
    start, stop = words[index - 1]
    between = text[stop : words[index][0]]
    if len(between) > 3 or not _JOINS.issuperset(between) or between.count("\n") > 1:
        return False, True
    word = text[start:stop]
    if between in _GLUE or is_part_of_name(word):
        return True, False
    if word in FIRST_NAMES:
        return True, between == "\n"  # many are called Peter Ludwig, and live in the line below
    if "." in between and between != "." and stop - start > 4:
        return False, True  # "St. Anna", "17. Juni", but not "… ist kaputt. Hauptstr."
    return True, "." not in between or stop - start > 1 or not _is_initial(text, words, index - 1)


def _is_initial(text: str, words: list[tuple[int, int]], index: int) -> bool:
    """Whether a letter with a full stop is a first name (`M. Planckstr.`), not the end of `z. B.` or of `Haus B.`."""
    if not index:
        return True
    before = text[slice(*words[index - 1])]
    return (len(before) > 1 and before not in _LETTERED_THINGS) or before + text[
        words[index][0]
    ] in _TWO_INITIALS


def _reaches(text: str, words: list[tuple[int, int]], end: int, marks: frozenset[str]) -> bool:
    """Whether the last word stands right before the number: `Str. 12`, `Str.12`, `weg\n12`."""
    between = text[words[-1][1] : end]
    return len(between) <= 3 and marks.issuperset(between)


def _numbers_first(text: str, language: str | None) -> Iterator[Hit]:
    """`Nr. 12 in der Lindenallee`, `Haus 12, Lindenallee`: a street without a number of its own behind the number."""
    if _HOUSE_WORDS.isdisjoint(letters_in(text)):
        return  # most mails
    for found in islice(_NUMBER_FIRST.finditer(text), STREET_WORDS_TRIED):
        before = text[max(0, found.start() - NAME_CHARS) : found.start()].rstrip(" .").rpartition(" ")[2]
        if not found[1] and before in _NUMBERED_THINGS:
            continue
        digits = _DIGITS.match(text, found.end())
        if digits is None or not may_be_house(text, digits.start(), digits.end()):
            continue
        houses, end = houses_at(text, *digits.span(), language)
        for name, stop in chain.from_iterable(
            _names_after(text, start) for start in _starts_behind(text, end)
        ):
            for house in houses:
                yield f"{name}|{house}", found.start(), stop


def _bare_numbers_first(text: str, runs: Iterable[tuple[int, int]], language: str | None) -> Iterator[Hit]:
    """`at 12 Lindenallee`, `15, rue de Lausanne`: where an address begins, and only before what is surely a street."""
    for start, end in runs:
        if not (
            _NEXT_WORD.match(text, end) and _begins_address(text, start) and may_be_house(text, start, end)
        ):
            continue
        houses, stop = houses_at(text, start, end, language)
        for name, last in _names_after(
            text, stop + len(text[stop : stop + 2]) - len(text[stop : stop + 2].lstrip(", "))
        ):
            if _is_street(name):
                for house in houses:
                    yield f"{name}|{house}", start, last


def _begins_address(text: str, start: int) -> bool:
    """Whether a number stands at the beginning of a line or a clause, or behind `at`, and counts nothing else."""
    before = text[max(0, start - WORD_CHARS) : start]
    clause = before.rstrip(" ")
    if not clause:
        return True
    words = words_of(clause[-WORD_CHARS:])
    word = words[-1] if words else ""
    if clause[-1].isalpha():
        return before != clause and word in _BEFORE_ADDRESSES
    return clause[-1] in _CLAUSE_ENDS and not word.isdigit() and word not in _NUMBERED_THINGS


def _starts_behind(text: str, end: int) -> list[int]:
    """Where a street may begin behind a number: with "Am …", and behind "in der"."""
    gap = len(text[end : end + 2]) - len(text[end : end + 2].lstrip(", \n"))
    behind = _NUMBER_THEN_STREET.match(text, end)
    return list(dict.fromkeys((end + gap, behind.end() if behind else end)))


def _names_after(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The street names that may begin at `start`, as (key, end); none that a number follows: that is an address itself."""
    words: list[str] = []
    stop = start
    for word in islice(_WORD.finditer(text, start, start + NAME_CHARS), NAME_WORDS):
        between = text[stop : word.start()]
        if not _JOINS.issuperset(between) or len(between) > (2 if words else 0):
            return
        words.append(word.group())
        stop = word.end()
        if text[stop : stop + 1].isalnum() or _has_own_number(text, stop):
            return
        if (
            text[stop : stop + 1] != "-"
            and not words[-1].isdigit()
            and (key := street_key_of_words(words)) not in _TYPES
        ):
            yield key, stop


def _has_own_number(text: str, end: int) -> bool:
    """Whether a house number stands behind the name; a postcode, or `65 qm`, is none."""
    another = _ANOTHER_NUMBER.match(text, end)
    return (
        another is not None
        and may_be_house(text, *another.span(1))
        and not _SHORT_POSTCODE.match(text, another.start(1))
    )


def _streets_in(text: str, numbered: set[int]) -> Iterator[Hit]:
    """Street names without a number: `street|`. Weak, and only words that end like a street."""
    streets = [word for word in letters_in(text) if word.endswith(_TYPES)]
    ends = sorted({end for word in streets for end in _ends_of(text, word)})
    for end in ends[:STREET_WORDS_TRIED]:
        for name, start in _names_before(text, end):
            if start in numbered:
                break
            yield f"{name}|", start, end


def _ends_of(text: str, word: str) -> Iterator[int]:
    """Where a word ends, each time that it stands there and no letter or digit follows it."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if text[end : end + 1] not in _WORD_CHARACTERS:
            yield end
        at = text.find(word, end)
