"""What words say together: each word of a pack has a place, and a mail is read from the sum of the places of its words.

A sum of weights cannot know that `Rechnung` means something else beside `Klempner` than beside `Heizkosten`. So between
the words and the case types stand some dozens of *traits*: every word speaks for or against each of them, a trait is
awake where the words of the mail speak enough for it, and awake traits lean towards case types. For one mail it is
settled which traits are awake, so what each word has added to each case type can still be told exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
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
# So many words are remembered as such numbers, half a kilobyte each: most words of a mail stood in earlier ones.
_REMEMBERED = 8_000


@dataclass(frozen=True, slots=True)
class Lean:
    """How an awake trait speaks for one case type, in points of score, and what the case type has before any word."""

    before: float
    by_trait: tuple[float, ...]


class _Rows(dict[str, int]):
    """How much a word speaks for each trait, SILENT being not at all, as one great number: `rows[word]`."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, word: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = row = _great_number(_levels(self._words[word]))
        return row


def _levels(letters: str) -> bytes:
    return letters.encode("ascii").translate(_LEVELS)


def _great_number(numbers: bytes) -> int:
    wide = bytearray(_BYTES * len(numbers))
    wide[::_BYTES] = numbers
    return int.from_bytes(wide, "little")


def _small_numbers(great: int, many: int) -> memoryview:
    return memoryview(great.to_bytes(_BYTES * many, "little")).cast("I")


@dataclass(frozen=True, slots=True)
class Meanings:
    """The words of a pack, each with a letter per trait. `thresholds`: what wakes a trait; `leans` by case type (or ALL)."""

    thresholds: tuple[float, ...]
    leans: dict[str, Lean] = field(hash=False)
    words: dict[str, str] = field(hash=False, repr=False)
    _rows: _Rows = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", _Rows(self.words))

    def read(self, values: Mapping[str, float], mail: Spoken | None = None) -> Reading | None:
        """Read a mail with these words, each with how much it counts; None if none of them has a meaning here.

        A long mail says no more than a short one: what its words count together is brought to one length.
        `mail` are all its words where these are some of them.
        """
        known = [word for word in values if word in self.words]
        alike: defaultdict[float, list[str]] = defaultdict(list)
        for word in known:
            alike[values[word]].append(word)
        # Nearly all words count the same. So they are added first, and multiplied once.
        counted = [(round(value * _PARTS), words) for value, words in alike.items()]
        length = sqrt(sum(times * times * len(words) for times, words in counted))
        if not length:
            return None
        spoken = sum(times * sum(map(self._rows.__getitem__, words)) for times, words in counted)
        silent = SILENT * sum(times * len(words) for times, words in counted)
        each = zip(_small_numbers(spoken, len(self.thresholds)), self.thresholds, strict=True)
        loud = [max((one - silent) / length - least, 0.0) for one, least in each]
        points = {name: lean.before + sum(map(mul, loud, lean.by_trait)) for name, lean in self.leans.items()}
        awake = tuple(at for at, one in enumerate(loud) if one > 0)
        return Reading(mail or Spoken(self, known), frozenset(known), awake, length / _PARTS, points)


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a mail that have a meaning. What they speak for a trait is one great number, which all readings of the
    mail share, made when one of them is asked for it.
    """

    meanings: Meanings
    words: list[str]
    _by_trait: list[int] = field(default_factory=list)

    def by_trait(self) -> list[int]:
        """What the words speak for each trait, in their order."""
        if not self._by_trait:
            levels = _levels("".join(map(self.meanings.words.__getitem__, self.words)))
            many = len(self.meanings.thresholds)
            self._by_trait.extend(_great_number(levels[trait::many]) for trait in range(many))
        return self._by_trait


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail says: points of score by case type (or ALL: none of them), and which traits are awake.

    `words` are those that it was read with.
    """

    mail: Spoken
    words: frozenset[str]
    awake: tuple[int, ...]
    length: float
    points: dict[str, float]

    def shares(self, name: str) -> dict[str, float]:
        """What each word adds to that case type in this mail, if it counts 1."""
        lean = self.mail.meanings.leans.get(name)
        if lean is None or not self.awake:
            return {}
        by_trait = [lean.by_trait[trait] for trait in self.awake]
        least = min(by_trait)
        part = max((max(by_trait) - least) / _LEAN_PARTS, 1e-12)
        of_mail, words = self.mail.by_trait(), self.mail.words
        traits = [of_mail[trait] for trait in self.awake]
        above = sum(map(mul, [round((one - least) / part) for one in by_trait], traits))
        silent = SILENT * sum(by_trait)
        each = zip(
            words, _small_numbers(above, len(words)), _small_numbers(sum(traits), len(words)), strict=True
        )
        return {
            word: (more * part + all_of_it * least - silent) / self.length
            for word, more, all_of_it in each
            if word in self.words
        }
