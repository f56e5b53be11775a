"""Which house numbers begin with some digits of a running text, and which digits begin none (domain.md §2.4). Pure."""

from __future__ import annotations

import re

# Halves and quarters: 12½ is folded to 12 1/2, 12 ½ to a second blank.
_FRACTION = re.compile(r"(?: {1,2}|-)([123])/([234])(?![0-9/])")
# The letter of a house behind a stroke: 12/a, 12-a.
_LETTER_BEHIND = re.compile(r"[-/]([a-z])(?![a-z0-9])")
# What may follow the digits: a letter (12a, 12 a), a second number or letter (12-14, 12a-c, 12 und 14).
_TAIL = re.compile(
    r"(?:([a-z])(?![a-z0-9])|(?P<apart> )([a-k])(?![a-z0-9]|-[a-z]{2}|/[a-z]|\. ?[a-z]\.))?"
    r"(?: ?(?:(?P<dash>[-/+])|(?:und|bis|oder|u\.|and|&)(?= )) ?"
    r"(?:([0-9]{1,4})([a-z](?![a-z0-9]))?|([a-z])(?![a-z0-9]))(?![0-9]))?"
)
# House, stair, floor and door: 12/3, 12/3/7, 12/3/2/7. What comes behind the first stroke is no house.
_DOORS = re.compile(r"([a-z](?![a-z0-9]))? ?/ ?([0-9]{1,3})((?: ?/ ?[0-9]{1,3}){1,2})?(?![0-9])")
_LONGEST_RANGE = 30
# What is counted, a date, an amount, a floor.
NO_HOUSE = re.compile(
    r"[.:][0-9]|,[0-9]{1,4}(?![0-9])| ?(?:€|%|(?:uhr|euro|eur|cm|mm|km|kg|qm|m2|kwh|kw|grad|min|minuten?|std|stunden?|tagen?|"
    r"wochen?|monaten?|jahren?|meter|liter|stueck|mal|personen|parteien|prozent|watt|volt|ampere|cent)(?![a-z])|"
    r"(?<= )[mlx](?![a-z0-9]))"
    r"|\. ?(?:og|obergeschoss|etage|stock|ug|dg|jan|feb|maerz|apr|mai|jun|jul|aug|sep|okt|nov|dez)"
)


def may_be_house(text: str, start: int, end: int) -> bool:
    """No date, time, amount or telephone number, nor the beginning of one (0201)."""
    if end - start > 4 or (end - start == 4 and text[start] == "0"):
        return False
    if start >= 2 and text[start - 1] in ".,:/" and text[start - 2].isdigit():
        return False
    return NO_HOUSE.match(text, end) is None


def houses_at(text: str, start: int, end: int, language: str | None) -> tuple[list[str], int]:
    """The house numbers that begin with these digits, and where they end. Exact: `12a` does not give 12."""
    number = text[start:end]
    if fraction := _FRACTION.match(text, end):
        return [f"{number} {fraction[1]}-{fraction[2]}"], fraction.end()
    if letter := _LETTER_BEHIND.match(text, end):
        return [number + letter[1]], letter.end()
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
    if NO_HOUSE.match(text, tail.end(5)):
        return True
    return tail["dash"] is not None and int(tail[5]) < int(number)


def _is_range(number: str, doors: re.Match[str]) -> bool:
    """`12/14` are two houses on one side of the street; `12/3` is a door."""
    beyond = int(doors[2]) - int(number)
    return doors[3] is None and 0 < beyond <= _LONGEST_RANGE and beyond % 2 == 0
