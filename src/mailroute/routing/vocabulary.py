"""The words that rules listen for, heard in one pass over a mail: one Aho-Corasick automaton over folded patterns.

A word of five letters or more is also heard inside compounds (Wasserrohrbruch), a shorter one only by itself, a phrase
from word to word. Umlauts are heard in all three spellings: Rückstand, Rueckstand, Ruckstand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import ahocorasick

from mailroute.model.text import Folded, fold, fold_bare

COMPOUND_CHARS = 5
# Bounds the answer for a mail that repeats one word ten thousand times.
HEARD_MOST = 20_000
HEARD_EACH = 2

_WORD = re.compile(r"[a-z0-9]+")
# A short word may still be inflected: Lecks, Tore.
_ENDINGS = frozenset({"", "s", "e", "es", "n", "en", "t"})
# Words that hold another word without meaning it: br-auch is no smoke, and a street is no matter.
_FALSE_FRIENDS = ("brauch", "brandenburg", "brandneu", "strauch")
_STREETS = ("strasse", "str")


@dataclass(frozen=True, slots=True)
class Heard:
    """A pattern of the rules that stands in the mail. `words` are the mail's own, whole words.

    `first` and `last` are the positions of its letters, to see which of two lies inside the other.
    """

    pattern: str
    is_phrase: bool
    words: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """`text` as the rule has it. A phrase lies between word borders, an open one anywhere, else a word alone."""

    text: str
    is_phrase: bool
    is_open: bool


class Vocabulary:
    """All patterns of one ruleset. Immutable once built; building is linear in the letters of the patterns."""

    def __init__(self, words: Iterable[str], phrases: Iterable[str]) -> None:
        by_key: dict[str, list[_Pattern]] = {}
        for text in dict.fromkeys(words):
            _add(by_key, text, is_phrase=False)
        for text in dict.fromkeys(phrases):
            _add(by_key, text, is_phrase=True)
        for text in _FALSE_FRIENDS:
            by_key.setdefault(text, [])
        self._automaton: Any = ahocorasick.Automaton()  # the library has no types
        for key, patterns in by_key.items():
            self._automaton.add_word(key, (len(key), tuple(patterns)))
        self._automaton.make_automaton()

    def hear(self, text: Folded) -> list[Heard]:
        """Every pattern in the text, each at most HEARD_EACH times."""
        spaced = f" {' '.join(_WORD.findall(text.text))} "
        found = [
            (end - length + 1, end + 1, patterns)
            for end, (length, patterns) in islice(self._automaton.iter(spaced), HEARD_MOST)
        ]
        deaf = {at for first, last, patterns in found if not patterns for at in range(first, last)}
        places: list[tuple[_Pattern, int, int]] = []
        counted: dict[_Pattern, int] = {}
        for first, last, patterns in found:
            for pattern in patterns:
                if counted.get(pattern, 0) == HEARD_EACH or not _lies_well(spaced, first, last, pattern):
                    continue
                if first not in deaf or last - 1 not in deaf:
                    counted[pattern] = counted.get(pattern, 0) + 1
                    places.append((pattern, first, last))
        return list(_quoted(text, spaced, places))


def _add(by_key: dict[str, list[_Pattern]], text: str, *, is_phrase: bool) -> None:
    pattern = _Pattern(text, is_phrase, not is_phrase and len(text.strip()) >= COMPOUND_CHARS)
    for form in dict.fromkeys((fold(text), fold_bare(text))):
        key = " ".join(_WORD.findall(form))
        if key and pattern not in by_key.setdefault(key, []):
            by_key[key].append(pattern)


def _lies_well(spaced: str, first: int, last: int, pattern: _Pattern) -> bool:
    """Whether the letters at [first:last] are the pattern, and not just letters of other words."""
    begins = spaced[first - 1] == " "
    if pattern.is_phrase:
        return begins and spaced[last] == " "
    rest = spaced[last : spaced.index(" ", last)]
    if not pattern.is_open:
        return begins and rest in _ENDINGS
    if " " in spaced[first:last]:
        return begins  # `riecht nach gas` goes on in Gasgeruch
    return not (rest or spaced[first:last]).endswith(_STREETS)


def _quoted(text: Folded, spaced: str, places: list[tuple[_Pattern, int, int]]) -> Iterator[Heard]:
    """The places with the whole words of the original text that stand there."""
    numbered = [
        (spaced.count(" ", 0, first) - 1, spaced.count(" ", 0, last) - 1) for _, first, last in places
    ]
    until = max((last for _, last in numbered), default=-1) + 1
    spans = [word.span() for word in islice(_WORD.finditer(text.text), until)]
    for (pattern, first, last), (first_word, last_word) in zip(places, numbered, strict=True):
        begin, end = text.span(spans[first_word][0], spans[last_word][1])
        words = " ".join(text.original[begin:end].split())
        yield Heard(pattern.text, pattern.is_phrase, words, first, last)


def outermost(heard: Iterable[Heard]) -> Iterator[Heard]:
    """Without those that lie inside a longer one: Rohrbruch within Wasserrohrbruch says nothing new."""
    reached = (-1, -1)
    for one in sorted(heard, key=lambda h: (h.first, -h.last)):
        place = (one.first, one.last)
        if one.last > reached[1] or place == reached:
            reached = place
            yield one
