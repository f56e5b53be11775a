"""Streets with house numbers in running text, as look-up keys (domain.md §2.4). Finds candidates, knows no property.

A street may be called anything ("Am Anger 3"), so every number is tried with the words before it; the directory
says which of these exist. What must not happen is that half a name speaks: in `Max-Planck-Straße 12` nobody wrote
`Planckstraße 12`, which is another street. So a name never begins behind a hyphen or a first name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise

from mailroute.model.lookup import (
    NUMBER_WORDS,
    UNIT_WORDS,
    is_part_of_name,
    prepend_street_word,
    street_key_of_words,
)
from mailroute.model.scan import digit_runs, letters_in

# A key and the (start, end) in the folded text that spoke.
Hit = tuple[str, int, int]

NAME_WORDS = 5
NAME_CHARS = 64
# Bounds the work on a mail that is nothing but numbers.
NUMBERS_TRIED = 2000
STREET_WORDS_TRIED = 200

_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[a-z]+|[0-9]+")
# What may follow the digits: a letter (12a, 12 a), a second number or letter (12-14, 12a-c, 12 und 14).
_TAIL = re.compile(
    r"(?:([a-z])(?![a-z0-9])|(?P<apart> )([a-k])(?![a-z0-9]|-[a-z]{2}))?"
    r"(?: ?(?:(?P<dash>[-/+])|(?:und|bis|oder|u\.|and|&)(?= )) ?"
    r"(?:([0-9]{1,4})([a-z](?![a-z0-9]))?|([a-z])(?![a-z0-9]))(?![0-9]))?"
)
# House, stair and door: 12/3, 12/3/7. What comes behind the first stroke is no house.
_DOORS = re.compile(r"([a-z](?![a-z0-9]))? ?/ ?([0-9]{1,3})(?: ?/ ?([0-9]{1,3}))?(?![0-9])")
_LONGEST_RANGE = 30
# "Haus Nr. 12", and what else stands before a number that may stand before its street: "Nr. 12 in der Lindenallee".
_HOUSE_WORDS = NUMBER_WORDS | {"haus"}
_NUMBER_FIRST = re.compile(
    r"(?<![a-z0-9])(?:(haus ?nr\.?|hausnummer|haus)|(?:nr\.?|nummer|no\.?|number)) ?(?=[0-9]{1,4}(?![0-9]))"
)
_NUMBER_THEN_STREET = re.compile(r",? ?(?:(?:in|im|an|am|auf|von|of|on|at) )?(?:(?:der|dem|den|the) )?")
# What else people number: "Wohnung Nr. 12, Lindenallee".
_NUMBERED_THINGS = UNIT_WORDS | frozenset(
    "aufzug auftrag bus buslinie garage keller kunde kunden konto linie mieter platz raum rechnung room schluessel "
    "stellplatz tel telefon ticket tor vertrag zaehler zimmer".split()
)
_NO_HOUSE = re.compile(
    r"[.:][0-9]|,[0-9]{1,4}(?![0-9])| ?(?:€|%|(?:uhr|euro|eur|cm|mm|km|kg|qm|m2|kwh|kw|grad|min|minuten?|std|stunden?|tagen?|"
    r"wochen?|monaten?|jahren?|meter|liter|stueck|mal|personen|parteien|prozent|watt|volt|ampere|cent)(?![a-z])|"
    r"(?<= )[mlx](?![a-z0-9]))"
    r"|\. ?(?:og|obergeschoss|etage|stock|ug|dg|jan|feb|maerz|apr|mai|jun|jul|aug|sep|okt|nov|dez)"
)
# Mannheim has squares in place of streets: Q7, 24 and Q 7 24.
_SQUARE = re.compile(r"(?<![a-z0-9])([a-u]) ?([1-7])(?:, ?| )(?=[0-9])")
_SQUARE_GAP = 2
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
_WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_GLUE = frozenset({"", "-"})
_JOIN_MARKS = " .-'/\n\r\t"
_JOINS = frozenset(_JOIN_MARKS)
_JOINS_BEFORE_WORD = _JOINS | {","}
_ANOTHER_NUMBER = re.compile(r"[ .,]{0,2}(?:nr\.? ?)?([0-9]+)")

# First names that streets begin with: `Max Planckstr.` and `Max Planck Str.` are not the Planckstraße.
FIRST_NAMES = frozenset(
    "adam adalbert adolf albert albrecht alexander alfred alois andreas anna anne annette anton arnold arthur august "
    "bernhard bert bertha bertolt bettina carl caroline caspar christian christoph clara clemens conrad dietrich "
    "edith eduard elisabeth else emil erich ernst eugen eva felix ferdinand florian franz friedrich fritz gabriele "
    "georg gerhard gertrud gottfried gottlieb graf gregor gustav hans heinrich heinz helene hermann hildegard hugo "
    "ignaz immanuel jakob jean joachim johann johannes john josef joseph julius kaethe karl kaspar katharina klaus "
    "konrad kurt leo leonhard leopold lise lorenz louise ludwig luise maria marie martin mathias matthias max maxim "
    "maximilian melanchthon michael moritz nikolaus oskar otto paul peter philipp rainer richard robert rosa rudolf "
    "samuel sebastian sophie stefan theodor thomas ulrich ursula victor viktor walter werner wilhelm willi willy "
    "wolfgang".split()
)


def places_in(text: str, language: str | None) -> Iterator[Hit]:
    """Every `street|number` that a folded text may name, shortest name first, then streets without number."""
    covered = 0
    squares = dict(_squares(text))
    numbered: set[int] = set()
    for start, end in islice(digit_runs(text), NUMBERS_TRIED):
        if start < covered or not _may_be_house(text, start, end):
            continue
        square = squares.get(start)
        names = [square] if square else _names_before(text, start)
        if names:
            houses, covered = _houses(text, start, end, language)
            numbered.update([name_start for _, name_start in names])
            for name, name_start in names:
                for house in houses:
                    yield f"{name}|{house}", name_start, covered
    yield from _numbers_first(text, language)
    yield from _streets_in(text, numbered)


def _squares(text: str) -> Iterator[tuple[int, tuple[str, int]]]:
    """Where the house number behind a square stands, with the square as (key, start)."""
    for (start, end), (house, _) in pairwise(digit_runs(text)):
        if start and end - start == 1 and house - end <= _SQUARE_GAP:
            at = start - 1 if text[start - 1] != " " else max(0, start - 2)
            if found := _SQUARE.match(text, at):
                yield house, (f"{found[1]}{found[2]}", at)


def _may_be_house(text: str, start: int, end: int) -> bool:
    """No date, time, amount or telephone number, nor the beginning of one (0201)."""
    if end - start > 4 or (end - start == 4 and text[start] == "0"):
        return False
    if start >= 2 and text[start - 1] in ".,:/" and text[start - 2].isdigit():
        return False
    return _NO_HOUSE.match(text, end) is None


def _houses(text: str, start: int, end: int, language: str | None) -> tuple[list[str], int]:
    """The house numbers that begin with these digits, and where they end. Exact: `12a` does not give 12."""
    number = text[start:end]
    if text.startswith(" 1/2", end):
        return [f"{number} 1-2"], end + 4
    doors = _DOORS.match(text, end)
    if doors and not _is_range(number, doors):
        return [number + (doors[1] or "")], doors.end()
    tail = _TAIL.match(text, end)
    assert tail is not None, "every part of the pattern is optional"
    if tail["apart"] and tail[3] == "a" and language == "en":
        return [number], end  # "at number 12 a pipe has burst"
    first = number + (tail[1] or tail[3] or "")
    if tail[5] and _is_other_house(text, number, tail):
        return [first], max(end, tail.end(1), tail.end(3))
    if tail[5]:
        last = tail[5] + (tail[6] or "")
        return [*([f"{first}-{last}"] if tail["dash"] else []), first, last], tail.end()
    if tail[7]:
        letters = range(ord(first[-1]), ord(tail[7]) + 1)
        each = [f"{number}{chr(letter)}" for letter in letters] if first != number else [first]
        return [f"{first}-{tail[7]}", *each], tail.end()
    return [first], tail.end()


def _is_other_house(text: str, number: str, tail: re.Match[str]) -> bool:
    """`24 - 2. OG` and `12 und 3 Zimmer` name one house: what stands behind is none, or no end of a range."""
    if _NO_HOUSE.match(text, tail.end(5)):
        return True
    return tail["dash"] is not None and int(tail[5]) < int(number)


def _is_range(number: str, doors: re.Match[str]) -> bool:
    """`12/14` are two houses on one side of the street; `12/3` is a door."""
    beyond = int(doors[2]) - int(number)
    return doors[3] is None and 0 < beyond <= _LONGEST_RANGE and beyond % 2 == 0


def _names_before(text: str, end: int) -> list[tuple[str, int]]:
    """The street names that may end at `end`, as (key, start): one word, two words … as far as they hang together."""
    if not _may_end_name(text, end):
        return []
    words = _words_before(text, end)
    names: list[tuple[str, int]] = []
    marks = _JOINS
    while len(words) > 1 and text[slice(*words[-1])] in _HOUSE_WORDS:
        if text[slice(*words[-1])] == "haus":
            names += _names_ending(text, words, end, marks)  # a street may be called "Am Neuen Haus"
        end, marks = words.pop()[0], _JOINS_BEFORE_WORD
    return names + _names_ending(text, words, end, marks)


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
    if "." in between and between != "." and stop - start > 4:
        return False, True  # "St. Anna", "17. Juni", but not "… ist kaputt. Hauptstr."
    word = text[start:stop]
    return True, between not in _GLUE and word not in FIRST_NAMES and not is_part_of_name(word)


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
        if digits is None or not _may_be_house(text, digits.start(), digits.end()):
            continue
        houses, end = _houses(text, *digits.span(), language)
        for name, stop in chain.from_iterable(
            _names_after(text, start) for start in _starts_behind(text, end)
        ):
            for house in houses:
                yield f"{name}|{house}", found.start(), stop


def _starts_behind(text: str, end: int) -> list[int]:
    """Where a street may begin behind a number: with "Am …", and behind "in der"."""
    gap = len(text[end : end + 2]) - len(text[end : end + 2].lstrip(", "))
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
    return another is not None and _may_be_house(text, *another.span(1))


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
