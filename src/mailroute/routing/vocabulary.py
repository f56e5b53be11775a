"""The words and phrases that rules listen for, heard in one pass over a mail.

A word of five letters or more is also heard inside compounds (Wasserrohrbruch), a shorter one only by itself, a phrase
from word to word, `a … b` with a few words of the same sentence between, `a + b` anywhere in one sentence in any order;
`a|b` is one of the two. Umlauts are heard in all three spellings: Rückstand, Rueckstand, Ruckstand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, count, pairwise
from typing import NamedTuple

from mailroute.model.scan import sentences_in
from mailroute.model.text import Folded, fold, fold_bare
from mailroute.routing.context import (
    MARKS,
    NOTHING_SAID,
    Said,
    begins_anew,
    denied_by,
    is_of_what_stands_before,
    is_trouble,
    rules_out_danger,
    said_by,
)
from mailroute.routing.gaps import GAP_WORDS, NO_GAP_WORDS, Gapped, Gaps, Place, place_of
from mailroute.routing.sequences import Run, Sequences
from mailroute.routing.words import (
    COMPOUND_CHARS,
    InWord,
    Pattern,
    Telling,
    Words,
    patterns_by_key,
)

# Bounds the answer for a mail that repeats one word ten thousand times.
HEARD_EACH = 2
# Who writes on a phone, without a full stop, has begun another sentence long before: there a mark reaches so far.
LONG_SENTENCE = 24
MARK_WORDS = 12
# Shorter words make the phrase: in `es zieht` or `kein wasser` none can be another form.
INFLECTED_CHARS = 4

_WORD = re.compile(r"[a-z0-9]+")
_PLAIN = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
_GAP = re.compile(r"\s*(?:…|\.\.\.)\s*")
_AND = re.compile(r"\s+\+\s+")
_CLAUSE_END = re.compile(r"[,;:()]|\s[-–—]\s")
_AND_WORDS = frozenset(("und", "and"))
_GOES_ON = frozenset("wir ich es we i".split())
_OR = re.compile(r"\s*\|\s*")
# A named tuple made directly, which is twice as fast: a long mail has a thousand.
_new = tuple.__new__
# Figures of speech that hold a word without meaning it, unless a rule listens for just that; those of one word are in `words`.
_FALSE_FRIENDS = (
    "brennt mir unter", "es brennt mir", "es brennt nichts an", "feuer und flamme", "unter den naegeln",
    "steht mir bis", "angeboten ueberschwemmt", "anfragen ueberschwemmt", "mails ueberschwemmt",
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


@dataclass(slots=True)
class _Split:
    """A text as words, with those that sentences begin with; `begins` is where each sentence begins in the text itself."""

    words: list[str]
    sentences: list[int]
    begins: list[int]
    _spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

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
    """What was heard in one text; `can_wait`: it says that it is not urgent, or that there is no fire, smoke or gas."""

    text: Folded
    heard: list[Heard]
    can_wait: bool
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
_Whole = tuple[Pattern | Gapped, int, int, bool]


@dataclass(frozen=True, slots=True)
class _Found:
    """The patterns of several words as written in one text, pieces of several words, marks, and words that mean nothing here."""

    whole: list[_Whole] = field(default_factory=list)
    pieces: dict[str, list[Place]] = field(default_factory=dict)
    marks: list[tuple[str, int]] = field(default_factory=list)
    deaf: set[int] = field(default_factory=set)


class Vocabulary:
    """All patterns of one ruleset. Fixed once built; building is linear in the letters of the patterns."""

    def __init__(self, words: Iterable[str], phrases: Iterable[str]) -> None:
        gapped: list[Gapped] = []
        by_key = patterns_by_key(self._patterns(words, phrases, gapped))
        several = {key: patterns for key, patterns in by_key.items() if " " in key}
        self._sequences = Sequences({**dict.fromkeys(_FALSE_FRIENDS, ()), **several})
        self._words = Words(
            {key: patterns for key, patterns in by_key.items() if key not in several},
            self._sequences.behind,
            self._sequences.longer,
        )
        self._gaps = Gaps(
            gapped, {one.text for patterns in several.values() for one in patterns if one.is_piece}
        )

    def _patterns(
        self, words: Iterable[str], phrases: Iterable[str], gapped: list[Gapped]
    ) -> Iterator[tuple[str, Pattern]]:
        """Every pattern with the letters that it is heard by; those of several pieces go to `gapped`."""
        pieces_known: set[str] = set()
        number = count()
        gap: int | None
        for is_phrase, texts in ((False, words), (True, phrases)):
            for text in dict.fromkeys(texts):
                if not is_phrase and _PLAIN.fullmatch(text):
                    # Most of what packs have learned: nothing to fold, and no sign to divide it at.
                    pieces, trouble, gap = _words_of(text), is_trouble(text), NO_GAP_WORDS
                    if len(pieces) == 1:
                        yield text, Pattern(text, False, len(text) >= COMPOUND_CHARS, is_trouble=trouble)
                        continue
                else:
                    pieces, trouble, gap = _pieces_of(text, is_phrase), is_trouble(fold(text)), _gap_of(text)
                if len(pieces) > 1:
                    gapped.append(Gapped(next(number), text, is_phrase, pieces, trouble, gap))
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
        # And nothing behind the last one.
        in_words = [*map(self._words.__getitem__, split.words), None]
        telling = _telling(in_words)
        found = _found(split, self._sequences.runs(split.words, in_words, telling))
        if found.deaf:
            for at in found.deaf:
                in_words[at] = None
            telling = _telling(in_words)
        # Of the rest only sequences are made.
        telling = [one for one in telling if one[1].whole or one[1].pieces or one[1].marks]
        joined = self._gaps.joined(telling, in_words, split.sentences, found.pieces)
        found.marks.extend((hit.pattern.text, at) for at, one in telling for hit in one.marks)
        said = _what_sentences_say(text.text, split, found.marks)
        heard = _heard(text.text, split, found, telling, joined, said.of_words)
        return Hearing(text, heard, said.can_wait or _denies_danger(heard), split)


def _telling(in_words: Sequence[InWord | None]) -> Telling:
    return [*zip(compress(count(), in_words), filter(None, in_words), strict=True)]


def _found(split: _Split, runs: Iterable[Run]) -> _Found:
    """Sort out the patterns of several words that follow each other as written."""
    found = _Found()
    for last, letters, first, patterns in runs:
        if not patterns:
            found.deaf.update(range(first, last + 1))
        goes_on = letters < len(split.words[last])
        for pattern in patterns:
            # `riecht nach gas` as evidence goes on in Gasgeruch.
            if goes_on and pattern.is_phrase:
                continue
            if pattern.is_mark:
                found.marks.append((pattern.text, first))
            elif pattern.is_piece:
                found.pieces.setdefault(pattern.text, []).append(place_of(0, letters, first, last))
            else:
                found.whole.append((pattern, first, last, False))
    return found


def _heard(
    text: str,
    split: _Split,
    found: _Found,
    telling: Telling,
    joined: Sequence[tuple[Gapped, int, int]],
    said: Sequence[Said],
) -> list[Heard]:
    """What was found, each as it was meant: first the patterns of words as written, then those in words, then the others."""
    covered = _words_in_sequences(found.whole, joined)
    in_one = [
        (pattern, at, at, is_part or at in covered)
        for at, in_word in telling
        for pattern, _, _, is_part in in_word.whole
    ]
    in_several = [(gap, first, last, False) for gap, first, last in joined]
    heard: list[Heard] = []
    counted: dict[Pattern | Gapped, int] = {}
    for pattern, first, last, is_part in chain(found.whole, in_one, in_several):
        many = counted.get(pattern, 0)
        if many < HEARD_EACH:
            counted[pattern] = many + 1
            how = said[first] if said else NOTHING_SAID
            if pattern.is_trouble and _is_denied(text, split, pattern.text, first, last):
                how |= Said.DENIED
            heard.append(_new(Heard, (pattern.text, pattern.is_phrase, first, last, is_part, how)))
    return heard


def _denies_danger(heard: Iterable[Heard]) -> bool:
    return any(
        one.said is not NOTHING_SAID and Said.DENIED in one.said and rules_out_danger(one.pattern)
        for one in heard
    )


def _is_denied(text: str, split: _Split, pattern: str, first: int, last: int) -> bool:
    """Whether its sentence denies it, and not another part of the sentence: `das Licht geht nicht mehr, Rauch kommt heraus`."""
    begin, end = split.sentence_around(first)
    at = denied_by(pattern, split.words[begin:end], first - begin, last - begin)
    if at is None:
        return False
    ends = sorted(split.span(text, word) for word in (begin + at, first if begin + at < first else last))
    return _CLAUSE_END.search(text, ends[0][1], ends[1][0]) is None


def _words_in_sequences(runs: Iterable[_Whole], joined: Iterable[tuple[Gapped, int, int]]) -> set[int]:
    """The words that are part of an evidence phrase without gap: `neue Nummer` says more than `Nummer`."""
    places = [(first, last) for pattern, first, last, _ in runs if not pattern.is_phrase]
    places += [
        (first, last) for gap, first, last in joined if not gap.is_phrase and gap.gap_words == NO_GAP_WORDS
    ]
    return {word for first, last in places for word in range(first, last + 1)}


def _pieces_of(text: str, is_phrase: bool) -> tuple[str, ...]:
    """What must stand together: the parts around gaps, or the words of an evidence phrase, in any inflection."""
    pieces = tuple(piece for piece in (_AND if _AND.search(text) else _GAP).split(text) if piece)
    return pieces if len(pieces) > 1 or is_phrase else _words_of(text)


def _words_of(text: str) -> tuple[str, ...]:
    """The words of an evidence phrase, or the whole of it where one of them is too short to be inflected."""
    words = tuple(text.split())
    return (text,) if min(map(len, words), default=0) < INFLECTED_CHARS else words


def _gap_of(text: str) -> int | None:
    if _AND.search(text):
        return None
    return GAP_WORDS if _GAP.search(text) else NO_GAP_WORDS


def _keyed(pattern: Pattern, word: str) -> Iterator[tuple[str, Pattern]]:
    """The pattern under the letters that it, or this one of its alternatives, is heard by."""
    for form in dict.fromkeys((fold(word), fold_bare(word))):
        key = " ".join(_WORD.findall(form))
        if key:
            yield key, pattern


def _split(folded: str) -> _Split:
    """Words and sentences of a folded text."""
    found = sentences_in(folded)
    return _Split(found.words, found.firsts, found.begins)


class _SaidInAll(NamedTuple):
    """What is said of each word, nothing if nothing is said of any; `can_wait` is said of all of them."""

    of_words: list[Said]
    can_wait: bool


def _what_sentences_say(text: str, split: _Split, marks: list[tuple[str, int]]) -> _SaidInAll:
    """What the marks mean for the words of their sentences that stand near enough."""
    said = [NOTHING_SAID] * len(split.words) if marks else []
    can_wait = False
    for mark, word in marks:
        begin, end = split.sentence_around(word)
        if end - begin > LONG_SENTENCE:
            begin, end = max(begin, word - MARK_WORDS), min(end, word + MARK_WORDS)
        how = said_by(mark, split.words[begin:end])
        if how is Said.CAN_WAIT:
            can_wait = True
        elif how:
            if is_of_what_stands_before(mark, split.words[begin:end]):
                end = word
            elif how is not Said.LONG_AGO:
                end = _reach(text, split, how, word, end)
            said[begin:end] = [one | how for one in said[begin:end]]
    return _SaidInAll(said, can_wait)


def _reach(text: str, split: _Split, how: Said, word: int, end: int) -> int:
    """The word of [word:end] up to which a mark at `word` speaks: `falls Sie da sind, bei uns brennt es`."""
    if how is Said.IMAGINED:
        end = _before_colon(text, split, word, end)
    for at, anywhere in begins_anew(how, split.words[word:end]):
        if anywhere or _begins_clause(text, split, word + at):
            return word + at
    return end


def _begins_clause(text: str, split: _Split, word: int) -> bool:
    """Whether a clause begins at a word, which is not the first one, or at an `und` before it.

    Not at every `und`: `falls es brennt und wir nicht da sind` goes on.
    """
    joined = split.words[word - 1] in _AND_WORDS
    if joined and split.words[word] not in _GOES_ON:
        return True
    first = word - 1 if joined else word
    between = text[split.span(text, first - 1)[1] : split.span(text, first)[0]] if first else ""
    return _CLAUSE_END.search(between) is not None


def _before_colon(text: str, split: _Split, word: int, end: int) -> int:
    """The word behind a colon in words [word:end], or `end`: `falls jemand da ist: es brennt`."""
    _, begin = split.span(text, word)
    _, last = split.span(text, end - 1)
    colon = text.find(":", begin, last)
    return end if colon < 0 else next(at for at in range(word, end) if split.span(text, at)[0] > colon)
