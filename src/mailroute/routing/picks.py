"""`2`, `1, 3`, `1 und 3`: the numbers with which somebody answers a numbered list."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailroute.routing.courtesy import bare, is_greeting, without_closing, without_greeting

_ONE = r"(?:(?:nr|nummer|no|number|option|punkt|auswahl)\.? ?)?([0-9]{1,2})"
_LIST = re.compile(rf"(?:die |the )?{_ONE}(?:(?:\.?\s?[,;/+&]\s?|\s(?:und|and|sowie)\s|\s){_ONE}){{0,8}}")
_NUMBER = re.compile(r"[0-9]{1,2}")
# `-2` and `+49 …` are no answers.
_SIGNED = re.compile(r"\s*[+-][0-9]")


def numbers_in(line: str) -> tuple[int, ...]:
    """The numbers of a line that holds nothing else but courtesy, each once; () for any other line."""
    if _SIGNED.match(line):
        return ()
    for reading in (without_closing(line), without_closing(without_greeting(line))):
        words = bare(reading).removesuffix(".")
        if _LIST.fullmatch(words):
            return tuple(dict.fromkeys(int(one) for one in _NUMBER.findall(words)))
    return ()


def first_numbers(lines: Iterable[str]) -> tuple[int, ...]:
    """The numbers of the first line that is no greeting, and of those right below it."""
    found: list[int] = []
    for line in lines:
        if not line.strip() or (not found and is_greeting(line)):
            continue
        numbers = numbers_in(line)
        if not numbers:
            break
        found += numbers
    return tuple(dict.fromkeys(found))
