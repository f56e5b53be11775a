"""What words say together: each word of a pack has a place, and a mail is read from the sum of the places of its words.

A sum of weights cannot know that `Rechnung` means something else beside `Klempner` than beside `Heizkosten`. So between
the words and the case types stand some dozens of *traits*: every word speaks for or against each of them, a trait is
awake where the words of the mail speak enough for it, and awake traits lean towards case types. For one mail it is
settled which traits are awake, so what each word has added to each case type can still be told exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from operator import mul

# How much a word speaks for a trait, as a letter: from -32 to 31.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SILENT = 32
_LEVELS = bytes.maketrans(LETTERS.encode(), bytes(range(len(LETTERS))))


# Many small numbers are added at once, as one great number with so many bytes for each of them: the traits of a word, or
# the words of a trait. What words count is then told in sixteenths, what a trait leans in parts of its widest.
_BYTES = 4
_PARTS = 16
_LEAN_PARTS = 1_000_000


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
        levels = [self.levels(word) for word in known]
        silent = SILENT * sum(known.values())
        loud = [
            max((one - silent) / length - least, 0.0)
            for one, least in zip(_sums(known.values(), levels), self.thresholds, strict=True)
        ]
        points = {name: lean.before + sum(map(mul, loud, lean.by_trait)) for name, lean in self.leans.items()}
        awake = tuple(at for at, one in enumerate(loud) if one > 0)
        return Reading(self, tuple(known), b"".join(levels), awake, length / _PARTS, points)


def _sums(times: Iterable[int], rows: Sequence[bytes]) -> memoryview:
    """The sum of these rows of numbers, each so many times, column by column."""
    total, wide = 0, bytearray(_BYTES * len(rows[0]))
    for many, row in zip(times, rows, strict=True):
        wide[::_BYTES] = row
        total += many * int.from_bytes(wide, "little")
    return memoryview(total.to_bytes(len(wide), "little")).cast("I")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail says: points of score by case type (or ALL: none of them), and which traits are awake.

    `levels` are those of all its words, one after the other.
    """

    meanings: Meanings
    words: tuple[str, ...]
    levels: bytes
    awake: tuple[int, ...]
    length: float
    points: dict[str, float]

    def shares(self, name: str) -> dict[str, float]:
        """What each word adds to that case type in this mail, if it counts 1."""
        lean = self.meanings.leans.get(name)
        if lean is None or not self.awake:
            return {}
        by_trait = [lean.by_trait[trait] for trait in self.awake]
        least = min(by_trait)
        part = max((max(by_trait) - least) / _LEAN_PARTS, 1e-12)
        traits = [self.levels[trait :: len(self.meanings.thresholds)] for trait in self.awake]
        above = _sums([round((one - least) / part) for one in by_trait], traits)
        silent = SILENT * sum(by_trait)
        spoken = _sums([1] * len(traits), traits)
        return {
            word: (more * part + all_of_it * least - silent) / self.length
            for word, more, all_of_it in zip(self.words, above, spoken, strict=True)
        }
