"""What words say together: each word of a pack has a place, and a mail is read from the sum of the places of its words.

A sum of weights cannot know that `Rechnung` means something else beside `Klempner` than beside `Heizkosten`. So between
the words and the case types stand some dozens of *traits*: every word speaks for or against each of them, a trait is
awake where the words of the mail speak enough for it, and awake traits lean towards case types. For one mail it is
settled which traits are awake, so what each word has added to each case type can still be told exactly.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, count
from math import sqrt
from operator import mul

# How much a word speaks for a trait, as a letter: from -32 to 31.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SILENT = 32
_LEVELS = bytes.maketrans(LETTERS.encode(), bytes(range(len(LETTERS))))
# Leans and thresholds have four digits behind the point. A lean is less than this: eight bytes hold whatever a mail says.
_PARTS = 10_000
LEAN_MOST = 10.0
# What words count is told in sixteenths.
_TIMES = 16

# Many small numbers are added at once, as one great number with so many bytes for each of them: the traits of a word, or
# the words of a trait, in four; the case types of a trait in eight. Whole numbers, so nothing is lost and order is nothing.
_SMALL, _LARGE = 4, 8


@dataclass(frozen=True, slots=True)
class Lean:
    """How an awake trait speaks for one case type, in points of score, and what the case type has before any word."""

    before: float
    by_trait: tuple[float, ...]


def _joined(numbers: bytes, size: int = _SMALL) -> int:
    """A great number of small ones, each in so many bytes."""
    wide = bytearray(size * len(numbers))
    wide[::size] = numbers
    return int.from_bytes(wide, "little")


def _added(levels: bytes, traits: int) -> int:
    """What words speak together for each trait, as one great number."""
    # Four levels fit one byte. So the words are added in four parts, and only then each with more bytes.
    part = -(-len(levels) // (4 * traits)) * traits
    parts = [int.from_bytes(levels[at : at + part], "little") for at in range(0, len(levels), part)]
    rows = sum(parts).to_bytes(part, "little")
    return sum(_joined(rows[at : at + traits]) for at in range(0, part, traits))


def _apart(great: int, many: int, size: int = _SMALL, less: int = 0) -> list[int]:
    """The small numbers of a great one, each so much less; they may be below zero."""
    # Lifted above zero, no number takes anything from the next one.
    lift = 1 << (8 * size - 1)
    lifted = great + lift * _joined(b"\1" * many, size)
    numbers = memoryview(lifted.to_bytes(size * many, "little")).cast("I" if size == _SMALL else "Q")
    less += lift
    return [one - less for one in numbers]


@dataclass(frozen=True, slots=True)
class _Leans:
    """All leans in _PARTS: those to one case type, and for each trait those to all of them as one great number.

    `thresholds`: the same times what wakes the trait, which is not heard of what words speak for it.
    """

    to: dict[str, tuple[int, ...]]
    of_traits: tuple[int, ...]
    thresholds: tuple[int, ...]

    @classmethod
    def put_together(cls, thresholds: Sequence[float], leans: Mapping[str, Lean]) -> _Leans:
        """Count once what every mail needs."""
        to = {name: tuple(round(one * _PARTS) for one in lean.by_trait) for name, lean in leans.items()}
        of_traits = tuple(
            sum(lean << 8 * _LARGE * at for at, lean in enumerate(trait))
            for trait in zip(*to.values(), strict=True)
        )
        return cls(to, of_traits, tuple(map(mul, of_traits, (round(one * _PARTS) for one in thresholds))))


@dataclass(frozen=True, slots=True)
class Meanings:
    """The words of a pack, each with a letter per trait. `thresholds`: what wakes a trait; `leans` by case type (or ALL)."""

    thresholds: tuple[float, ...]
    leans: dict[str, Lean] = field(hash=False)
    words: dict[str, str] = field(hash=False, repr=False)
    _leans: _Leans = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_leans", _Leans.put_together(self.thresholds, self.leans))

    def read(self, values: Mapping[str, float], mail: Spoken | None = None) -> Reading | None:
        """Read a mail with these words, each with how much it counts; None if none of them has a meaning here.

        A long mail says no more than a short one: what its words count together is brought to one length.
        `mail` are all its words where these are some of them.
        """
        known = {word: value for word, value in values.items() if word in self.words}
        counts = [(round(value * _TIMES), many) for value, many in Counter(known.values()).items()]
        length = sqrt(sum(times * times * many for times, many in counts))
        if not length:
            return None
        if mail is None:
            mail = Spoken(self, known)
            great = mail.great
        else:
            # Nearly all words count there what they count here.
            before = mail.counted
            other = {
                word: known.get(word, 0.0) - value
                for word, value in before.items()
                if known.get(word) != value
            }
            great = mail.great + Spoken(self, other).great
        silent = SILENT * sum(times * many for times, many in counts)
        spoken = _apart(great, len(self.thresholds), less=silent)
        awake = [one / length > least for one, least in zip(spoken, self.thresholds, strict=True)]
        return Reading(self, mail, known, awake, length / _TIMES, self._points(awake, spoken, length))

    def _points(self, awake: Sequence[bool], spoken: Sequence[int], length: float) -> dict[str, float]:
        """What a mail that speaks so for the traits says for each case type."""
        leans, many = self._leans, len(self.leans)
        loud = _apart(sum(map(mul, compress(leans.of_traits, awake), compress(spoken, awake))), many, _LARGE)
        quiet = _apart(sum(compress(leans.thresholds, awake)), many, _LARGE)
        return {
            name: lean.before + one / (length * _PARTS) - other / (_PARTS * _PARTS)
            for (name, lean), one, other in zip(self.leans.items(), loud, quiet, strict=True)
        }

    def adds(self, name: str, awake: Sequence[bool], mail: Spoken) -> list[int]:
        """What the words of a mail speak for that case type where these traits are awake, in _PARTS and in their order."""
        leans = [*compress(self._leans.to[name], awake)]
        traits = map(mail.__getitem__, compress(count(), awake))
        return _apart(sum(map(mul, leans, traits)), len(mail.words), less=SILENT * sum(leans))


class Spoken(dict[int, int]):
    """What the words of a mail that have a meaning speak: `great` for each trait together, if each counts its value, and
    `spoken[trait]` what each of `words` speaks for one trait, in their order. All readings of the mail share these great
    numbers, each of which is made when the first asks.
    """

    def __init__(self, meanings: Meanings, values: dict[str, float]) -> None:
        super().__init__()
        # Nearly all words count the same. So they are added first, and multiplied once.
        alike: defaultdict[float, list[str]] = defaultdict(list)
        for word, value in values.items():
            alike[value].append(word)
        letters = ["".join(map(meanings.words.__getitem__, words)) for words in alike.values()]
        levels = [one.encode("ascii").translate(_LEVELS) for one in letters]
        self._traits = len(meanings.thresholds)
        self._levels = b"".join(levels)
        self.counted = values
        self.words = [*chain.from_iterable(alike.values())]
        self.great = sum(
            round(value * _TIMES) * _added(one, self._traits)
            for value, one in zip(alike, levels, strict=True)
        )

    def __missing__(self, trait: int) -> int:
        self[trait] = column = _joined(self._levels[trait :: self._traits])
        return column


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail says: points of score by case type (or ALL: none of them), and for each trait whether it is awake.

    `values` are the words that it was read with.
    """

    meanings: Meanings
    mail: Spoken
    values: dict[str, float]
    awake: list[bool]
    length: float
    points: dict[str, float]

    def shares(self, name: str) -> dict[str, float]:
        """What each word adds to that case type in this mail, if it counts 1."""
        if name not in self.meanings.leans:
            return {}
        parts = _PARTS * self.length
        adds = self.meanings.adds(name, self.awake, self.mail)
        return {
            word: one / parts for word, one in zip(self.mail.words, adds, strict=True) if word in self.values
        }
