"""The words and phrases that rules listen for, heard in one pass over a mail.

A word of five letters or more is also heard inside compounds (Wasserrohrbruch), a shorter one only by itself, a phrase
from word to word, `a … b` with a few words of the same sentence between, `a + b` anywhere in one sentence in any order;
`a|b` is one of the two. Umlauts are heard in all three spellings: Rückstand, Rueckstand, Ruckstand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, count, islice, pairwise
from typing import Any, NamedTuple

import ahocorasick

from mailroute.model.scan import sentences_in
from mailroute.model.text import Folded, fold, fold_bare
from mailroute.routing.context import MARKS, NOTHING_SAID, Said, is_denied, is_trouble, said_by
from mailroute.routing.words import COMPOUND_CHARS, NOTHING, Pattern, Words, patterns_by_key

# Bounds the answer for a mail that repeats one word ten thousand times.
HEARD_MOST = 20_000
HEARD_EACH = 2
# How far apart the words around the gap of `a … b` may stand, and those of a phrase that may be inflected.
GAP_WORDS = 8
NO_GAP_WORDS = 1
# Who writes on a phone, without a full stop, has begun another sentence long before: there a mark reaches so far.
LONG_SENTENCE = 24
MARK_WORDS = 12
# Shorter words make the phrase: in `es zieht` or `kein wasser` none can be another form.
INFLECTED_CHARS = 4

_WORD = re.compile(r"[a-z0-9]+")
_GAP = re.compile(r"\s*(?:…|\.\.\.)\s*")
_AND = re.compile(r"\s+\+\s+")
_OR = re.compile(r"\s*\|\s*")
# Figures of speech that hold a word without meaning it; those of one word are in `words`.
_FALSE_FRIENDS = (
    "brennt mir unter", "es brennt mir", "es brennt nichts an", "feuer und flamme", "unter den naegeln",
    "steht mir bis", "angeboten ueberschwemmt", "ueberschwemmt und",
)  # fmt: skip


class Heard(NamedTuple):
    """A pattern of the rules that stands in the mail, and how it was meant. A tuple: a mail makes hundreds of them.

    `is_part`: a longer pattern stands at the same place (Rohrbruch within Wasserrohrbruch).
    """

    pattern: str
    is_phrase: bool
    first_word: int
    last_word: int
    is_part: bool = False
    said: Said = NOTHING_SAID


# Where a pattern stands: its first and last word, and the letters that it begins and ends with: the number of the word
# with, in its last bits, that of the letter. A bare tuple, for there are a thousand in a long mail.
_Place = tuple[int, int, int, int]
_LETTERS = 20


@dataclass(frozen=True, slots=True, eq=False)
class _Gapped:
    """A pattern of several pieces, in the order in which they must stand; `gap_words` None: in any order.

    `number` is its place among all of them.
    """

    number: int
    text: str
    is_phrase: bool
    pieces: tuple[str, ...]
    is_trouble: bool
    gap_words: int | None


@dataclass(slots=True)
class _Split:
    """A text as words between single blanks, with the words that sentences begin with.

    `begins` is where each sentence begins in the text itself.
    """

    spaced: str
    words: list[str]
    sentences: list[int]
    begins: list[int]
    _spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def word_at(self, position: int) -> int:
        """The word that holds that letter of `spaced`, or begins behind it where it is a blank."""
        return self.spaced.count(" ", 0, position + 1) - 1

    def sentence_of(self, word: int) -> int:
        """The number of the sentence that a word stands in."""
        return bisect_right(self.sentences, word) - 1

    def sentence_around(self, word: int) -> tuple[int, int]:
        """The first word of the sentence, and that of the next one."""
        at = self.sentence_of(word) + 1
        return self.sentences[at - 1], self.sentences[at] if at < len(self.sentences) else len(self.words)

    def span(self, text: str, word: int) -> tuple[int, int]:
        """Where a word stands in the text that was split. Only sentences of which something is shown are read again."""
        sentence = self.sentence_of(word)
        if sentence not in self._spans:
            begin, *end = self.begins[sentence : sentence + 2]
            found = _WORD.finditer(text, begin, *end)
            self._spans[sentence] = [one.span() for one in found]
        return self._spans[sentence][word - self.sentences[sentence]]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard in one text."""

    text: Folded
    heard: list[Heard]
    _split: _Split

    @property
    def words(self) -> int:
        """How many words the text has."""
        return len(self._split.words)

    def sentences(self) -> list[tuple[int, int]]:
        """The first word of each sentence, and that of the next one, by their numbers."""
        return list(pairwise((*self._split.sentences, self.words)))

    def sentence_begins(self) -> list[int]:
        """Where the first word of each sentence begins in the folded text."""
        firsts = (_WORD.search(self.text.text, begin) for begin in self._split.begins)
        return [first.start() for first in firsts if first]

    def quote(self, one: Heard) -> str:
        """The whole words of the original text that spoke."""
        return self.original(one.first_word, one.last_word)

    def original(self, first_word: int, last_word: int) -> str:
        """These words as they stand in the original text, with what is between them."""
        begin, end = self._split.span(self.text.text, first_word)
        if last_word != first_word:
            _, end = self._split.span(self.text.text, last_word)
        begin, end = self.text.span(begin, end)
        return " ".join(self.text.original[begin:end].split())


# A pattern with its first and last word, and whether it is part of a longer one.
_Whole = tuple[Pattern, int, int, bool]


@dataclass(slots=True)
class _Found:
    """What was found in one text: whole patterns, pieces by their text, marks, and words that mean nothing here."""

    sequences: list[_Whole] = field(default_factory=list)
    words: list[_Whole] = field(default_factory=list)
    pieces: dict[str, list[_Place]] = field(default_factory=dict)
    marks: list[tuple[str, int]] = field(default_factory=list)
    deaf: set[int] = field(default_factory=set)


class Vocabulary:
    """All patterns of one ruleset. Fixed once built; building is linear in the letters of the patterns."""

    def __init__(self, words: Iterable[str], phrases: Iterable[str]) -> None:
        # By the first piece, then by the second.
        self._gaps: dict[str, dict[str, list[_Gapped]]] = {}
        by_key = patterns_by_key(self._patterns(words, phrases))
        single = {key: patterns for key, patterns in by_key.items() if " " not in key}
        self._words = Words(single)
        self._sequences: Any = ahocorasick.Automaton()  # the library has no types
        sequences = {key: tuple(patterns) for key, patterns in by_key.items() if " " in key}
        for key, heard in (dict.fromkeys(_FALSE_FRIENDS, ()) | sequences).items():
            self._sequences.add_word(key, (len(key), key.count(" "), len(key.rpartition(" ")[2]), heard))
        self._sequences.make_automaton()

    def _patterns(self, words: Iterable[str], phrases: Iterable[str]) -> Iterator[tuple[str, Pattern]]:
        pieces_known: set[str] = set()
        number = count()
        for is_phrase, texts in ((False, words), (True, phrases)):
            for text in dict.fromkeys(texts):
                if not is_phrase and _WORD.fullmatch(text):
                    # Most of what packs have learned: nothing to fold, to divide or to join.
                    is_open = len(text) >= COMPOUND_CHARS
                    yield text, Pattern(text, False, is_open, is_trouble=is_trouble(text))
                    continue
                pieces, trouble = _pieces_of(text, is_phrase), is_trouble(fold(text))
                if len(pieces) > 1:
                    gapped = _Gapped(next(number), text, is_phrase, pieces, trouble, _gap_of(text))
                    self._gaps.setdefault(pieces[0], {}).setdefault(pieces[1], []).append(gapped)
                    pieces_known.update(pieces)
                else:
                    for word in _OR.split(text.strip()):
                        is_open = not is_phrase and len(word) >= COMPOUND_CHARS
                        yield from _keyed(Pattern(text, is_phrase, is_open, is_trouble=trouble), word)
        for piece in sorted(pieces_known):
            for word in _OR.split(piece):
                yield from _keyed(Pattern(piece, False, len(word) >= COMPOUND_CHARS, is_piece=True), word)
        for mark in MARKS:
            yield from _keyed(Pattern(mark, True, False, is_mark=True), mark)

    def hear(self, text: Folded) -> Hearing:
        """Every pattern in the text, each at most HEARD_EACH times."""
        split = _split(text.text)
        found = _Found()
        self._hear_sequences(split, found)
        self._hear_words(split, found)
        said = _what_sentences_say(split, found.marks)
        joined = list(self._joined(split, found.pieces))
        covered = _words_in_sequences(found.sequences, joined)
        heard: list[Heard] = []
        counted: dict[Pattern, int] = {}
        for pattern, first, last, is_part in chain(found.sequences, found.words):
            many = counted.get(pattern, 0)
            if many == HEARD_EACH:
                continue
            counted[pattern] = many + 1
            how = said[first] if said else NOTHING_SAID
            if pattern.is_trouble and is_denied(split.words, first, last):
                how |= Said.DENIED
            is_part = is_part or (first == last and first in covered)
            heard.append(Heard(pattern.text, pattern.is_phrase, first, last, is_part, how))
        for gap, (first, last, _, _) in joined:
            how = said[first] if said else NOTHING_SAID
            if gap.is_trouble and is_denied(split.words, first, last):
                how |= Said.DENIED
            heard.append(Heard(gap.text, gap.is_phrase, first, last, False, how))
        return Hearing(text, heard, split)

    def _hear_sequences(self, split: _Split, found: _Found) -> None:
        """The patterns of several words that follow each other as written."""
        spaced = split.spaced
        for end, (length, blanks, letters, patterns) in islice(self._sequences.iter(spaced), HEARD_MOST):
            first, last = end - length + 1, end + 1
            if patterns and spaced[first - 1] != " ":
                continue
            word = split.word_at(first)
            last_word = word + blanks
            if not patterns:
                found.deaf.update(range(word, last_word + 1))
            for pattern in patterns:
                # `riecht nach gas` as evidence goes on in Gasgeruch.
                if spaced[last] != " " and pattern.is_phrase:
                    continue
                if pattern.is_mark:
                    found.marks.append((pattern.text, word))
                elif pattern.is_piece:
                    place = (word, last_word, word << _LETTERS, (last_word << _LETTERS) + letters)
                    found.pieces.setdefault(pattern.text, []).append(place)
                else:
                    found.sequences.append((pattern, word, last_word, False))

    def _hear_words(self, split: _Split, found: _Found) -> None:
        deaf = found.deaf
        for index, in_word in enumerate(map(self._words.__getitem__, split.words)):
            if in_word is NOTHING or index in deaf:
                continue
            for hit in in_word.whole:
                found.words.append((hit.pattern, index, index, hit.is_part))
            for hit in in_word.pieces:
                start = index << _LETTERS
                place = (index, index, start + hit.first, start + hit.last)
                found.pieces.setdefault(hit.pattern.text, []).append(place)
            for hit in in_word.marks:
                found.marks.append((hit.pattern.text, index))

    def _joined(self, split: _Split, pieces: dict[str, list[_Place]]) -> Iterator[tuple[_Gapped, _Place]]:
        """The patterns of several pieces that stand together in one sentence."""
        begun = [
            (places, behind)
            for piece, places in pieces.items()
            if (behind := self._gaps.get(piece)) and not behind.keys().isdisjoint(pieces.keys())
        ]
        beside = _by_sentence(split, pieces) if begun else []
        for places, behind in begun:
            found: dict[_Gapped, _Place] = {}
            for place in places[:HEARD_EACH]:
                here = beside[split.sentence_of(place[0])]
                for second in behind.keys() & here.keys():
                    for gapped in behind[second]:
                        rest = [here.get(one) for one in gapped.pieces[1:]]
                        if gapped not in found and None not in rest:
                            together = _together(place, [one for one in rest if one], gapped.gap_words)
                            if together is not None:
                                found[gapped] = together
            yield from sorted(found.items(), key=lambda item: item[0].number) if found else ()


def _by_sentence(split: _Split, pieces: dict[str, list[_Place]]) -> list[dict[str, list[_Place]]]:
    """For each sentence the pieces in it, with their places there."""
    ends = (*split.sentences[1:], len(split.words))
    found: list[dict[str, list[_Place]]] = [{} for _ in ends]
    in_sentence = [
        here for here, begin, end in zip(found, split.sentences, ends, strict=True) for _ in range(begin, end)
    ]
    for piece, places in pieces.items():
        for place in places:
            in_sentence[place[0]].setdefault(piece, []).append(place)
    return found


def _words_in_sequences(sequences: list[_Whole], joined: list[tuple[_Gapped, _Place]]) -> set[int]:
    """The words that are part of an evidence phrase without gap: `neue Nummer` says more than `Nummer`."""
    places = [(first, last) for pattern, first, last, _ in sequences if not pattern.is_phrase]
    places += [place[:2] for gap, place in joined if not gap.is_phrase and gap.gap_words == NO_GAP_WORDS]
    return {word for first, last in places for word in range(first, last + 1)}


def _pieces_of(text: str, is_phrase: bool) -> tuple[str, ...]:
    """What must stand together: the parts around gaps, or the words of an evidence phrase, in any inflection."""
    pieces = tuple(piece for piece in (_AND if _AND.search(text) else _GAP).split(text) if piece)
    words = text.split()
    if len(pieces) > 1 or is_phrase or min(map(len, words), default=0) < INFLECTED_CHARS:
        return pieces
    return tuple(words)


def _gap_of(text: str) -> int | None:
    if _AND.search(text):
        return None
    return GAP_WORDS if _GAP.search(text) else NO_GAP_WORDS


def _together(place: _Place, rest: list[list[_Place]], gap: int | None) -> _Place | None:
    """Where all pieces stand if those of `rest`, of the same sentence, follow the first closely unless gap is None."""
    _, before_word, before_first, before_last = place
    first, last = place, place
    for places in rest:
        for one in places:
            word, _, one_first, one_last = one
            follows = one_first >= before_last
            if (follows and (gap is None or word - before_word <= gap)) or (
                gap is None and one_last <= before_first
            ):
                break
        else:
            return None
        _, before_word, before_first, before_last = one
        first, last = min(first, one), max(last, one)
    return first[0], last[1], first[2], last[3]


def _keyed(pattern: Pattern, word: str) -> Iterator[tuple[str, Pattern]]:
    """The pattern under the letters that it, or this one of its alternatives, is heard by."""
    for form in dict.fromkeys((fold(word), fold_bare(word))):
        key = " ".join(_WORD.findall(form))
        if key:
            yield key, pattern


def _split(folded: str) -> _Split:
    """Words and sentences of a folded text."""
    found = sentences_in(folded)
    return _Split(f" {' '.join(found.words)} ", found.words, found.firsts, found.begins)


def _what_sentences_say(split: _Split, marks: list[tuple[str, int]]) -> list[Said]:
    """For each word what the marks in its sentence mean for it, where it stands near enough; nothing if there are none."""
    if not marks:
        return []
    said = [NOTHING_SAID] * len(split.words)
    for mark, word in marks:
        begin, end = split.sentence_around(word)
        if end - begin > LONG_SENTENCE:
            begin, end = max(begin, word - MARK_WORDS), min(end, word + MARK_WORDS)
        how = said_by(mark, split.words[begin:end])
        said[begin:end] = [one | how for one in said[begin:end]] if how else said[begin:end]
    return said
