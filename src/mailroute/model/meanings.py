"""What words say together: each word of a pack has a place, and a mail is read from the sum of the places of its words.

A sum of weights cannot know that `Rechnung` means something else beside `Klempner` than beside `Heizkosten`. So between
the words and the case types stand some dozens of *traits*: every word speaks for or against each of them, a trait is
awake where the words of the mail speak enough for it, and awake traits lean towards case types. For one mail it is
settled which traits are awake, so what each word has added to each case type can still be told exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from operator import mul

# How much a word speaks for a trait, as a letter: from -32 to 31.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SILENT = 32
_LEVELS = bytes.maketrans(LETTERS.encode(), bytes(range(len(LETTERS))))


# The sums of all traits are added at once, as one great number with so many bytes for each of them; what words count is
# then told in sixteenths.
_BYTES = 4
_PARTS = 16


@dataclass(frozen=True, slots=True)
class Lean:
    """How an awake trait speaks for one case type, in points of score, and what the case type has before any word."""

    before: float
    by_trait: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Meanings:
    """The words of a pack, each with a letter per trait. `thresholds`: what wakes a trait; `leans` by case type (or ALL)."""

    thresholds: tuple[float, ...]
    leans: dict[str, Lean] = field(hash=False)
    words: dict[str, str] = field(hash=False, repr=False)

    def levels(self, word: str) -> bytes:
        """How much the word speaks for each trait, SILENT being not at all."""
        return self.words[word].encode("ascii").translate(_LEVELS)

    def read(self, values: Mapping[str, float]) -> Reading | None:
        """Read a mail with these words, each with how much it counts; None if none of them has a meaning here.

        A long mail says no more than a short one: what its words count together is brought to one length.
        """
        known = {word: round(value * _PARTS) for word, value in values.items() if word in self.words}
        length = sqrt(sum(value * value for value in known.values()))
        if not length:
            return None
        levels = {word: self.levels(word) for word in known}
        silent = SILENT * sum(known.values())
        loud = [
            max((one - silent) / length - least, 0.0)
            for one, least in zip(self._sums(known, levels), self.thresholds, strict=True)
        ]
        points = {name: lean.before + sum(map(mul, loud, lean.by_trait)) for name, lean in self.leans.items()}
        awake = tuple(one > 0 for one in loud)
        return Reading(self, levels, awake, length / _PARTS, points)

    def _sums(self, known: Mapping[str, int], levels: Mapping[str, bytes]) -> memoryview:
        """What the words say for each trait."""
        total, wide = 0, bytearray(_BYTES * len(self.thresholds))
        for word, value in known.items():
            wide[::_BYTES] = levels[word]
            total += value * int.from_bytes(wide, "little")
        return memoryview(total.to_bytes(len(wide), "little")).cast("I")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail says: points of score by case type (or ALL: none of them), and which traits are awake."""

    meanings: Meanings
    levels: dict[str, bytes]
    awake: tuple[bool, ...]
    length: float
    points: dict[str, float]
    _said: dict[str, tuple[tuple[float, ...], float]] = field(default_factory=dict)

    def share(self, name: str, word: str) -> float:
        """What the word adds to that case type in this mail, if it counts 1."""
        levels = self.levels.get(word)
        if levels is None or name not in self.meanings.leans:
            return 0.0
        if name not in self._said:
            by_trait = tuple(map(mul, self.meanings.leans[name].by_trait, self.awake))
            self._said[name] = by_trait, SILENT * sum(by_trait)
        by_trait, silent = self._said[name]
        spoken: float = sum(map(mul, levels, by_trait))
        return (spoken - silent) / self.length
