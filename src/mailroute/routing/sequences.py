"""Patterns of several words that follow each other as written: `riecht nach gas`, `ab april`.

Packs know tens of thousands of them. So they are found by their words, which stand there whole but for the last one: that
may go on (Gas in Gasgeruch).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailroute.routing.words import InWord, Pattern

# Words that are a pattern, or several: the last word, how many letters of it belong to the pattern, and the first word. A
# bare tuple, for there are hundreds in a long mail.
Run = tuple[int, int, int, tuple[Pattern, ...]]
_Behind = dict[str, tuple[Pattern, ...]]


class Sequences:
    """All of one ruleset, by their words between single blanks. Fixed once built."""

    def __init__(self, by_key: Mapping[str, Iterable[Pattern]]) -> None:
        # By all words but the last one, and that one.
        self._behind: defaultdict[str, _Behind] = defaultdict(dict)
        # What begins a pattern of more than two words, but for its last two.
        self._longer: set[str] = set()
        for key, patterns in by_key.items():
            before, _, last = key.rpartition(" ")
            self._behind[before][last] = tuple(patterns)
            while " " in before:
                before = before.rpartition(" ")[0]
                self._longer.add(before)
        self.last_words = frozenset(last for behind in self._behind.values() for last in behind)

    def runs(self, words: Sequence[str], in_words: Sequence[InWord]) -> list[Run]:
        """Those of a text by where they end, the longer before the shorter."""
        followed = zip(map(self._behind.get, words), in_words[1:], strict=False)
        found = [
            (last, len(one), last - 1, behind[one])
            for last, (behind, in_word) in enumerate(followed, 1)
            if behind
            for one in in_word.endings
            if one in behind
        ]
        for first, is_longer in enumerate(map(self._longer.__contains__, words)):
            if is_longer:
                found += self._of_many(words, first, in_words)
        # No two of them are the same words, so no patterns are compared.
        found.sort()
        return found

    def _of_many(self, words: Sequence[str], first: int, in_words: Sequence[InWord]) -> Iterator[Run]:
        """Those of more than two words that begin with that word."""
        before, last = words[first], first + 1
        while before in self._longer and last + 1 < len(words):
            before, last = f"{before} {words[last]}", last + 1
            behind = self._behind.get(before, {})
            yield from (
                (last, len(one), first, behind[one]) for one in in_words[last].endings if one in behind
            )
