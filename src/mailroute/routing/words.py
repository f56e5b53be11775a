"""What rules listen for within one word of a mail: compounds, endings, umlauts in three spellings, slips of the pen.

Words come again and again, so what was found in one is remembered; a word costs its letters only once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import ahocorasick

COMPOUND_CHARS = 5
# A word is as long as Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz; the rest is no word.
_WORD_CHARS = 80
_FOUND_MOST = 100
# So many words are remembered; what a stranger can make us remember must have an end.
_REMEMBERED = 50_000
# Shorter words have too many neighbours that mean something else.
_MISSPELT_CHARS = 7

# A short word may still be inflected: Lecks, Tore.
_ENDINGS = frozenset({"", "s", "e", "es", "n", "en", "t"})
# Beside another word it may be an adjective too: neue, neuer, neuem (but a Müller is no Müll).
_ENDINGS_OF_PIECES = _ENDINGS | {"r", "er", "m", "em"}
# Words that hold another word without meaning it: br-auch is no smoke, and a street is no matter.
_FALSE_FRIENDS = (
    "brauch", "brandenburg", "brandneu", "brandaktuell", "brandt", "strauch", "fahrstuhlmusik", "checken", "checke",
    "wassersport", "schluesselrolle", "liftstyling", "investoren", "teenager", "notfalls", "exposed", "ansturm",
    "geschreib", "depotauszug", "kurseinbruch", "werben", "einlagensicherung", "unterscheidung", "wasserdicht",
    "notfallplan", "notfallnummer", "notfallkontakt", "notfallordner", "notfalldose", "wellenbrecher", "notebook",
)  # fmt: skip
_STREETS = ("strasse", "str")
# Compounds begin with a word, not with one of these: Ver-sicherung is no fuse, Ent-scheidung no divorce.
_NO_WORDS = frozenset(
    "ab an auf aus be durch ein ent er ge hinter im in miss nach ueber um un unter ver vor wider zer zu".split()
)
_NO_WORD_ENDS = tuple("ver ent zer abge ange aufge ausge einge vorge nachge umge zuge unge".split())
_WORD_ENDS = ("ment", "patent", "talent", "student", "klient", "agent")
_SHORTEST_FIRST_PART = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """`text` as the rule has it. A phrase lies between word borders, an open one anywhere, else a word alone.

    A piece is part of a pattern with gaps and means nothing alone. Each is itself, so it is found fast in a dict.
    """

    text: str
    is_phrase: bool
    is_open: bool
    is_piece: bool = False
    is_mark: bool = False
    is_trouble: bool = False


class Hit(NamedTuple):
    """A pattern in a word, with the place of its letters; `is_part`: a longer one stands around it."""

    pattern: Pattern
    first: int
    last: int
    is_part: bool


# What may follow a word as the last word of a sequence (routing/sequences.py), with the patterns that it ends.
Behind = dict[str, tuple[Pattern, ...]]


class InWord(NamedTuple):
    """What is heard in one word: whole patterns, pieces of others by their text, marks; and of sequences: `endings`, what it
    is or begins with of their last words, `behind`, the last words of those of two that it begins, and `goes_on`, the second
    words of longer ones.
    """

    whole: tuple[Hit, ...]
    pieces: dict[str, tuple[Hit, ...]]
    marks: tuple[Hit, ...]
    endings: tuple[str, ...] = ()
    behind: Behind | None = None
    goes_on: Collection[str] = ()


_NO_PIECES: dict[str, tuple[Hit, ...]] = {}
# The words of a text in which something is heard, by their numbers.
Telling = list[tuple[int, InWord]]


class Words(dict[str, InWord | None]):
    """What is heard in every word that was met: `words[word]`, None for nothing. Building is linear in the letters of the
    patterns.
    """

    def __init__(
        self,
        by_key: dict[str, list[Pattern]],
        behind: Mapping[str, Behind],
        longer: Mapping[str, Collection[str]],
    ) -> None:
        """`behind` and `longer` are those of the sequences."""
        super().__init__()
        self._behind, self._longer = behind, longer
        # A word that was met remembers the rules' own string, and no other for each word that begins so.
        self._last_words = {last: last for one in behind.values() for last in one}
        self._longest = max(map(len, self._last_words), default=0)
        self._automaton: Any = ahocorasick.Automaton()  # the library has no types
        for key, patterns in (dict.fromkeys(_FALSE_FRIENDS, ()) | by_key).items():
            self._automaton.add_word(key, (len(key), tuple(patterns)))
        self._automaton.make_automaton()
        self._misspelt = _Misspelt(by_key)

    def __missing__(self, word: str) -> InWord | None:
        letters = word[:_WORD_CHARS]
        hits = tuple(self._hits(letters)) or tuple(self._misspelt_hits(letters))
        if len(self) >= _REMEMBERED:
            self.clear()
        begins = (word[:length] for length in range(1, min(len(word), self._longest) + 1))
        endings = tuple(self._last_words[one] for one in begins if one in self._last_words)
        in_word = _sorted(hits, endings, self._behind.get(word), self._longer.get(word, ()))
        self[word] = found = in_word if any(in_word) else None
        return found

    def _hits(self, word: str) -> Iterator[Hit]:
        found = [
            (end - length + 1, end + 1, patterns)
            for end, (length, patterns) in islice(self._automaton.iter(word), _FOUND_MOST)
        ]
        deaf = {at for first, last, patterns in found if not patterns for at in range(first, last)}
        places = [
            (first, last, pattern)
            for first, last, patterns in found
            if not (first in deaf and last - 1 in deaf)
            for pattern in patterns
            if _lies_well(word, first, last, pattern)
        ]
        whole = [(first, last) for first, last, pattern in places if not pattern.is_piece]
        for first, last, pattern in places:
            is_part = any(a <= first and last <= b and b - a > last - first for a, b in whole)
            yield Hit(pattern, first, last, is_part)

    def _misspelt_hits(self, word: str) -> Iterator[Hit]:
        """The patterns that differ in one letter."""
        if len(word) < _MISSPELT_CHARS or not word.isalpha():
            return
        for form in (word, word[:-1], word[:-2]):
            near = set(self._misspelt.near(form))
            if near and len(form) >= _MISSPELT_CHARS:
                for pattern in sorted(min(near, key=lambda one: one[0])[1], key=lambda one: one.text):
                    yield Hit(pattern, 0, len(word), False)
                return


def _sorted(
    hits: tuple[Hit, ...], endings: tuple[str, ...], behind: Behind | None, goes_on: Collection[str]
) -> InWord:
    pieces: dict[str, tuple[Hit, ...]] = {}
    for hit in hits:
        if hit.pattern.is_piece:
            pieces[hit.pattern.text] = (*pieces.get(hit.pattern.text, ()), hit)
    return InWord(
        tuple(hit for hit in hits if not (hit.pattern.is_piece or hit.pattern.is_mark)),
        pieces or _NO_PIECES,
        tuple(hit for hit in hits if hit.pattern.is_mark),
        endings,
        behind,
        goes_on,
    )


def _one_letter_less(word: str) -> Iterator[str]:
    """The word, and without each of its letters but the first, which people get right."""
    yield word
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]


# A long word of the rules, with its patterns that are heard inside of others.
_Near = tuple[str, tuple[Pattern, ...]]


class _Misspelt:
    """From the long words of the rules with one letter less back to them.

    Ten forms of each of fifty thousand words take a second to make, so each kind is made when a mail first asks for it.
    """

    def __init__(self, by_key: dict[str, list[Pattern]]) -> None:
        self._by_kind: dict[tuple[str, int], list[str]] = {}
        self._by_key = by_key
        for key in by_key:
            if len(key) >= _MISSPELT_CHARS:
                self._by_kind.setdefault((key[0], len(key)), []).append(key)
        self._forms: dict[tuple[str, int], dict[str, _Near]] = {}

    def near(self, word: str) -> Iterator[_Near]:
        """What differs from a word in one letter: missing, doubled, wrong, or two of them exchanged."""
        same, shorter = self._forms_of(word[0], len(word)), self._forms_of(word[0], len(word) - 1)
        for form in _one_letter_less(word):
            found = (same if form is word else shorter).get(form)
            if found is not None:
                yield found

    def _forms_of(self, letter: str, length: int) -> dict[str, _Near]:
        """All forms that begin so and are so long."""
        forms = self._forms.get((letter, length))
        if forms is None:
            forms = {}
            whole, longer = (self._by_kind.get((letter, length + more), ()) for more in (0, 1))
            for key in sorted((*whole, *longer)):
                near = (key, tuple(one for one in self._by_key[key] if one.is_open))
                for form in (key,) if len(key) == length else islice(_one_letter_less(key), 1, None):
                    forms.setdefault(form, near)
            self._forms[letter, length] = forms
        return forms


def _lies_well(word: str, first: int, last: int, pattern: Pattern) -> bool:
    """Whether the letters at [first:last] are the pattern, and not just letters of other words."""
    rest = word[last:]
    if pattern.is_phrase:
        return first == 0 and not rest
    if not pattern.is_open:
        return first == 0 and rest in (_ENDINGS_OF_PIECES if pattern.is_piece else _ENDINGS)
    if first and not _is_first_part(word[:first]):
        return False
    return not (rest or word[first:last]).endswith(_STREETS)


def _is_first_part(letters: str) -> bool:
    """Whether the letters before a word can be the first word of a compound."""
    if len(letters) < _SHORTEST_FIRST_PART or letters in _NO_WORDS:
        return False
    return not letters.endswith(_NO_WORD_ENDS) or letters.endswith(_WORD_ENDS)


def patterns_by_key(patterns: Iterable[tuple[str, Pattern]]) -> dict[str, list[Pattern]]:
    """Gather what is heard by the same letters."""
    by_key: dict[str, list[Pattern]] = {}
    for key, pattern in patterns:
        if pattern not in by_key.setdefault(key, []):
            by_key[key].append(pattern)
    return by_key
