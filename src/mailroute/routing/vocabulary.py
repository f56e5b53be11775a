"""The words that rules listen for, heard in one pass over a mail: one Aho-Corasick automaton over folded patterns.

A word of five letters or more is also heard inside compounds (Wasserrohrbruch), a shorter one only by itself, a phrase
from word to word, `a … b` with a few words of the same sentence between. Umlauts are heard in all three spellings:
Rückstand, Rueckstand, Ruckstand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any, NamedTuple

import ahocorasick

from mailroute.model.text import Folded, fold, fold_bare
from mailroute.routing.context import MARKS, NOTHING_SAID, Said, is_denied, is_trouble, said_by

COMPOUND_CHARS = 5
# Bounds the answer for a mail that repeats one word ten thousand times.
HEARD_MOST = 20_000
HEARD_EACH = 2
# How far apart the words around the gap of `a … b` may stand, and those of a phrase that may be inflected.
GAP_WORDS = 8
NO_GAP_WORDS = 1
# Shorter words make the phrase: in `es zieht` or `kein wasser` none can be another form.
INFLECTED_CHARS = 4

_WORD = re.compile(r"[a-z0-9]+")
_NO_WORD = re.compile(r"[^a-z0-9]")
_SPACES = "".join(c if c.isdigit() or "a" <= c <= "z" else " " for c in map(chr, range(128)))
# A full stop ends a sentence behind a word (not in 3. OG, z. B., Str. 12), an empty line always. One set of characters
# comes first, so that the search runs fast over all others.
_SHORT = "".join(rf"(?<!\b{word}\.)" for word in "str art tel bzw abs dr nr st og eg ca hr fr co".split())
_SENTENCE_END = re.compile(
    rf"[.!?;\n](?:(?<=[!?;])|(?<=\n)[^\S\n]*\n|(?<=[a-z]{{2}}\.)(?=\s|$){_SHORT}(?<!str\.))"
)
_GAP = re.compile(r"\s*(?:…|\.\.\.)\s*")
# A short word may still be inflected: Lecks, Tore.
_ENDINGS = frozenset({"", "s", "e", "es", "n", "en", "t"})
# Beside another word it may be an adjective too: neue, neuer, neuem (but a Müller is no Müll).
_ENDINGS_OF_PIECES = _ENDINGS | {"r", "er", "m", "em"}
# Words that hold another word without meaning it: br-auch is no smoke, and a street is no matter.
_FALSE_FRIENDS = (
    "brauch", "brandenburg", "brandneu", "brandaktuell", "brandt", "strauch", "fahrstuhlmusik", "brennt mir unter",
    "es brennt mir", "es brennt nichts an", "feuer und flamme", "checken", "checke", "wassersport", "schluesselrolle", "liftstyling",
    "unter den naegeln", "investoren", "teenager", "notfalls", "exposed", "ansturm",
    "geschreib", "depotauszug", "kurseinbruch", "werben",
    "einlagensicherung", "unterscheidung", "wasserdicht", "steht mir bis",
    "notfallplan", "notfallnummer", "notfallkontakt", "notfallordner", "notfalldose", "angeboten ueberschwemmt", "ueberschwemmt und", "wellenbrecher", "notebook",
)  # fmt: skip
_STREETS = ("strasse", "str")
# Compounds begin with a word, not with one of these: Ver-sicherung is no fuse, Ent-scheidung no divorce.
_NO_WORDS = frozenset(
    "ab an auf aus be durch ein ent er ge hinter im in miss nach ueber um un unter ver vor wider zer zu".split()
)
_NO_WORD_ENDS = (
    "ver",
    "ent",
    "zer",
    "abge",
    "ange",
    "aufge",
    "ausge",
    "einge",
    "vorge",
    "nachge",
    "umge",
    "zuge",
    "unge",
)
_WORD_ENDS = ("ment", "patent", "talent", "student", "klient", "agent")
_SHORTEST_FIRST_PART = 3


class Heard(NamedTuple):
    """A pattern of the rules that stands in the mail, and how it was meant. A tuple: a mail makes hundreds of them.

    `first` and `last` are the positions of its letters, to see which of two lies inside the other; `first_word` and
    `last_word` those of its words.
    """

    pattern: str
    is_phrase: bool
    first: int
    last: int
    first_word: int
    last_word: int
    said: Said = NOTHING_SAID


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """`text` as the rule has it. A phrase lies between word borders, an open one anywhere, else a word alone.

    A piece is part of a pattern with gaps and means nothing alone. Each is itself, so it is found fast in a dict.
    """

    text: str
    is_phrase: bool
    is_open: bool
    is_piece: bool = False
    is_mark: bool = False
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class _Gapped:
    """A pattern with gaps: its pieces in the order in which they must stand."""

    text: str
    is_phrase: bool
    pieces: tuple[str, ...]
    is_trouble: bool
    gap_words: int


@dataclass(slots=True)
class Hearing:
    """What was heard in one text. The text's own words are looked up only for what is shown."""

    text: Folded
    heard: list[Heard]
    words: int
    _spans: list[tuple[int, int]] = field(default_factory=list)

    def quote(self, one: Heard) -> str:
        """The whole words of the original text that spoke."""
        if not self._spans:
            self._spans = [word.span() for word in _WORD.finditer(self.text.text)]
        begin, end = self.text.span(self._spans[one.first_word][0], self._spans[one.last_word][1])
        return " ".join(self.text.original[begin:end].split())


@dataclass(slots=True)
class _Split:
    """A text as words between single blanks, with the places where words and sentences begin."""

    spaced: str
    words: list[str]
    starts: list[int]
    sentences: list[int]

    def word_at(self, position: int) -> int:
        return bisect_right(self.starts, position) - 1

    def sentence_of(self, word: int) -> int:
        return bisect_right(self.sentences, word) - 1

    def words_of(self, sentence: int) -> list[str]:
        ends = self.sentences[sentence + 1] if sentence + 1 < len(self.sentences) else len(self.words)
        return self.words[self.sentences[sentence] : ends]


class Vocabulary:
    """All patterns of one ruleset. Immutable once built; building is linear in the letters of the patterns."""

    def __init__(self, words: Iterable[str], phrases: Iterable[str]) -> None:
        by_key: dict[str, list[_Pattern]] = {}
        pieces_known: set[str] = set()
        self._gaps: dict[str, list[_Gapped]] = {}
        for is_phrase, texts in ((False, words), (True, phrases)):
            for text in dict.fromkeys(texts):
                pieces = _pieces_of(text, is_phrase)
                if len(pieces) > 1:
                    gap = GAP_WORDS if _GAP.search(text) else NO_GAP_WORDS
                    gapped = _Gapped(text, is_phrase, pieces, is_trouble(fold(text)), gap)
                    self._gaps.setdefault(pieces[0], []).append(gapped)
                    pieces_known.update(pieces)
                else:
                    is_open = not is_phrase and len(text.strip()) >= COMPOUND_CHARS
                    _add(by_key, _Pattern(text, is_phrase, is_open, is_trouble=is_trouble(fold(text))))
        for piece in sorted(pieces_known):
            _add(by_key, _Pattern(piece, False, len(piece) >= COMPOUND_CHARS, is_piece=True))
        for mark in MARKS:
            _add(by_key, _Pattern(mark, True, False, is_mark=True))
        for text in _FALSE_FRIENDS:
            by_key.setdefault(text, [])
        self._automaton: Any = ahocorasick.Automaton()  # the library has no types
        for key, patterns in by_key.items():
            self._automaton.add_word(key, (len(key), tuple(patterns)))
        self._automaton.make_automaton()

    def hear(self, text: Folded) -> Hearing:
        """Every pattern in the text, each at most HEARD_EACH times."""
        split = _split(text.text)
        places = self._places(split.spaced)
        marks = [(pattern.text, split.word_at(first)) for pattern, first, _ in places if pattern.is_mark]
        said = _what_sentences_say(split, marks)
        heard: list[Heard] = []
        pieces: dict[str, list[tuple[int, int, int, int]]] = {}
        for pattern, first, last in places:
            if pattern.is_mark:
                continue
            word = last_word = split.word_at(first)
            if " " in pattern.text:
                last_word = split.word_at(last - 1)
            if pattern.is_piece:
                pieces.setdefault(pattern.text, []).append((first, last, word, last_word))
                continue
            how = _how(split, said, word, last_word, pattern.is_trouble)
            heard.append(Heard(pattern.text, pattern.is_phrase, first, last, word, last_word, how))
        heard += self._joined(split, said, pieces)
        return Hearing(text, heard, len(split.words))

    def _places(self, spaced: str) -> list[tuple[_Pattern, int, int]]:
        """Where patterns stand that are not just letters of other words."""
        found = [
            (end - length + 1, end + 1, patterns)
            for end, (length, patterns) in islice(self._automaton.iter(spaced), HEARD_MOST)
        ]
        deaf = {at for first, last, patterns in found if not patterns for at in range(first, last)}
        places: list[tuple[_Pattern, int, int]] = []
        counted: dict[_Pattern, int] = {}
        for first, last, patterns in found:
            if deaf and first in deaf and last - 1 in deaf:
                continue
            for pattern in patterns:
                many = counted.get(pattern, 0)
                if (many < HEARD_EACH or pattern.is_piece or pattern.is_mark) and _lies_well(
                    spaced, first, last, pattern
                ):
                    counted[pattern] = many + 1
                    places.append((pattern, first, last))
        return places

    def _joined(
        self, split: _Split, said: dict[int, Said], pieces: dict[str, list[tuple[int, int, int, int]]]
    ) -> Iterator[Heard]:
        """The patterns with gaps whose pieces stand in order in one sentence."""
        for piece, places in pieces.items():
            for gapped in self._gaps.get(piece, ()):
                if not all(rest in pieces for rest in gapped.pieces[1:]):
                    continue
                for place in places[:HEARD_EACH]:
                    following = [pieces[rest] for rest in gapped.pieces[1:]]
                    end = _end_of(split, place, following, gapped.gap_words)
                    if end is not None:
                        how = _how(split, said, place[2], end[3], gapped.is_trouble)
                        yield Heard(gapped.text, gapped.is_phrase, place[0], end[1], place[2], end[3], how)
                        break


def _pieces_of(text: str, is_phrase: bool) -> tuple[str, ...]:
    """What must follow each other: the parts around gaps, or the words of an evidence phrase, in any inflection."""
    pieces = tuple(piece for piece in _GAP.split(text) if piece)
    words = text.split()
    if len(pieces) > 1 or is_phrase or min(map(len, words), default=0) < INFLECTED_CHARS:
        return pieces
    return tuple(words)


def _end_of(
    split: _Split, place: tuple[int, int, int, int], rest: list[list[tuple[int, int, int, int]]], gap: int
) -> tuple[int, int, int, int] | None:
    """Where the last piece stands if all pieces follow each other closely in the sentence of the first one."""
    sentence = split.sentence_of(place[2])
    for places in rest:
        follows = next(
            (
                one
                for one in places
                if one[0] >= place[1] and one[2] - place[3] <= gap and split.sentence_of(one[2]) == sentence
            ),
            None,
        )
        if follows is None:
            return None
        place = follows
    return place


def _add(by_key: dict[str, list[_Pattern]], pattern: _Pattern) -> None:
    for form in dict.fromkeys((fold(pattern.text), fold_bare(pattern.text))):
        key = " ".join(_WORD.findall(form))
        if key and pattern not in by_key.setdefault(key, []):
            by_key[key].append(pattern)


def _split(folded: str) -> _Split:
    """Words and sentences of a folded text."""
    words: list[str] = []
    sentences: list[int] = []
    begin = 0
    plain = folded.translate(_SPACES) if folded.isascii() else _NO_WORD.sub(" ", folded)
    ends = [found.end() for found in _SENTENCE_END.finditer(folded)]
    for end in (*ends, len(folded)):
        sentence = plain[begin:end].split()
        if sentence:
            sentences.append(len(words))
            words += sentence
        begin = end
    starts = list(accumulate([len(word) + 1 for word in words], initial=1))
    return _Split(f" {' '.join(words)} ", words, starts, sentences)


def _what_sentences_say(split: _Split, marks: list[tuple[str, int]]) -> dict[int, Said]:
    """What the marks in the sentences mean for all words of these sentences."""
    said: dict[int, Said] = {}
    for mark, word in marks:
        sentence = split.sentence_of(word)
        said[sentence] = said.get(sentence, NOTHING_SAID) | said_by(mark, split.words_of(sentence))
    return said


def _how(split: _Split, said: dict[int, Said], first_word: int, last_word: int, trouble: bool) -> Said:
    how = said.get(split.sentence_of(first_word), NOTHING_SAID) if said else NOTHING_SAID
    if trouble and is_denied(split.words, first_word, last_word):
        how |= Said.DENIED
    return how


def _lies_well(spaced: str, first: int, last: int, pattern: _Pattern) -> bool:
    """Whether the letters at [first:last] are the pattern, and not just letters of other words."""
    begins = spaced[first - 1] == " "
    if pattern.is_phrase:
        return begins and spaced[last] == " "
    rest = spaced[last : spaced.index(" ", last)]
    if not pattern.is_open:
        return begins and rest in (_ENDINGS_OF_PIECES if pattern.is_piece else _ENDINGS)
    if " " in pattern.text:
        return begins  # `riecht nach gas` goes on in Gasgeruch
    if not begins and not _is_first_part(spaced[spaced.rindex(" ", 0, first) + 1 : first]):
        return False
    return not (rest or spaced[first:last]).endswith(_STREETS)


def _is_first_part(letters: str) -> bool:
    """Whether the letters before a word can be the first word of a compound."""
    if len(letters) < _SHORTEST_FIRST_PART or letters in _NO_WORDS:
        return False
    return not letters.endswith(_NO_WORD_ENDS) or letters.endswith(_WORD_ENDS)


def outermost(heard: Iterable[Heard]) -> Iterator[Heard]:
    """Without those that lie inside a longer one: Rohrbruch within Wasserrohrbruch says nothing new."""
    reached = (-1, -1)
    for one in sorted(heard, key=lambda h: (h.first, -h.last)):
        place = (one.first, one.last)
        if one.last > reached[1] or place == reached:
            reached = place
            yield one
