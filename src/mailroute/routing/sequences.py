"""Patterns of several words that follow each other as written: `riecht nach gas`, `ab april`.

Packs know tens of thousands of them. So they are found by their words, which stand there whole but for the last one: that
may go on (Gas in Gasgeruch).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mailroute.routing.words import Behind, InWord, Pattern, Telling

# Words that are a pattern, or several: the last word, how many letters of it belong to the pattern, and the first word. A
# bare tuple, for there are hundreds in a long mail.
Run = tuple[int, int, int, tuple[Pattern, ...]]


class Sequences:
    """All of one ruleset, by their words between single blanks. Fixed once built.

    `behind` has them by all words but the last one, and that one; `longer` the second words of those of more than two by the
    first.
    """

    def __init__(self, by_key: Mapping[str, Iterable[Pattern]]) -> None:
        self.behind: defaultdict[str, Behind] = defaultdict(dict)
        self.longer: defaultdict[str, set[str]] = defaultdict(set)
        for key, patterns in by_key.items():
            *before, last = key.split(" ")
            self.behind[" ".join(before)][last] = tuple(patterns)
            if len(before) > 1:
                self.longer[before[0]].add(before[1])
            for many in range(2, len(before)):
                self.behind[" ".join(before[:many])]  # perhaps the end of none, but nobody may stop there

    def runs(self, words: Sequence[str], in_words: Sequence[InWord | None], telling: Telling) -> list[Run]:
        """Those of a text by where they end, the longer before the shorter."""
        found: list[Run] = []
        for first, here in telling:
            if (behind := here.behind) and (following := in_words[first + 1]):
                found += [
                    (first + 1, len(one), first, behind[one]) for one in following.endings if one in behind
                ]
            if here.goes_on and first + 2 < len(words) and words[first + 1] in here.goes_on:
                found += self._of_many(words, first, in_words)
        # No two of them are the same words, so no patterns are compared.
        found.sort()
        return found

    def _of_many(self, words: Sequence[str], first: int, in_words: Sequence[InWord | None]) -> Iterator[Run]:
        """Those of more than two words that begin with that word."""
        before = words[first]
        for last in range(first + 2, len(words)):
            before = f"{before} {words[last - 1]}"
            behind = self.behind.get(before)
            if behind is None:
                return
            if in_word := in_words[last]:
                yield from ((last, len(one), first, behind[one]) for one in in_word.endings if one in behind)
