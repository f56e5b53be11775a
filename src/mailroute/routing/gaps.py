"""Patterns of several pieces that stand near each other: two words side by side in any inflection, `a … b`, `a + b`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from mailroute.routing.words import Hit, InWord, Telling

# How far apart the words around the gap of `a … b` may stand, and those of a phrase that may be inflected.
GAP_WORDS = 8
NO_GAP_WORDS = 1
# Of each piece that begins a pattern so many places are tried.
TRIED = 2

# Where a piece stands: its first and last word, and the letters that it begins and ends with: the number of the word with,
# in its last bits, that of the letter. A bare tuple, for there are hundreds in a long mail.
Place = tuple[int, int, int, int]
_LETTERS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Gapped:
    """A pattern of several pieces, in the order in which they must stand; `gap_words` None: in any order.

    `number` is its place among all of them.
    """

    number: int
    text: str
    is_phrase: bool
    pieces: tuple[str, ...]
    is_trouble: bool
    gap_words: int | None


# By the first piece, then by the second.
_ByPieces = dict[str, dict[str, list[Gapped]]]


class Gaps:
    """All of one ruleset. Fixed once built."""

    def __init__(self, patterns: Iterable[Gapped], of_many_words: Collection[str]) -> None:
        # Packs know tens of thousands of words that stand side by side: these need not be looked for in the whole sentence.
        self._beside: _ByPieces = {}
        self._apart: _ByPieces = {}
        self._pieces_apart: set[str] = set()
        for one in patterns:
            is_beside = len(one.pieces) == 2 and one.gap_words == NO_GAP_WORDS
            if is_beside and not any(piece in of_many_words for piece in one.pieces):
                kind = self._beside
            else:
                kind = self._apart
                self._pieces_apart.update(one.pieces)
            kind.setdefault(one.pieces[0], {}).setdefault(one.pieces[1], []).append(one)

    def joined(
        self,
        telling: Telling,
        in_words: Sequence[InWord | None],
        sentences: Sequence[int],
        runs: Mapping[str, list[Place]],
    ) -> list[tuple[Gapped, int, int]]:
        """What stands together in one sentence, with its first and last word.

        `sentences` are the words that they begin with, `runs` the pieces that are several words.
        """
        with_pieces = [(at, one) for at, one in telling if one.pieces]
        tried: dict[str, int] = {}
        found = self._side_by_side(with_pieces, in_words, sentences, tried)
        apart = self._further_apart(with_pieces, sentences, runs)
        if apart:
            found |= apart
            tried = dict.fromkeys(chain(runs, *[one.pieces for _, one in with_pieces]), 0)
        # In the order of the mail.
        numbers = {piece: number for number, piece in enumerate(tried)}
        in_order = sorted(found, key=lambda one: (numbers[one.pieces[0]], one.number))
        return [(one, *found[one]) for one in in_order]

    def _side_by_side(
        self,
        telling: Telling,
        in_words: Sequence[InWord | None],
        sentences: Sequence[int],
        tried: dict[str, int],
    ) -> dict[Gapped, tuple[int, int]]:
        """Two words that follow each other, or are one. `tried` tells which pieces begin any, and how often they were met."""
        found: dict[Gapped, tuple[int, int]] = {}
        begins = frozenset(sentences)
        for at, here in telling:
            following = None if at + 1 in begins else in_words[at + 1]
            for piece, hits in here.pieces.items():
                pairs = self._beside.get(piece)
                if pairs is None:
                    continue
                before = tried.get(piece, 0)
                tried[piece] = before + len(hits)
                if before >= TRIED:
                    continue
                if len(here.pieces) > 1 or len(hits) > 1:
                    for second in _common(pairs, here.pieces):
                        if _in_one_word(hits[: TRIED - before], here.pieces[second]):
                            _add(found, pairs[second], at, at)
                for second in _common(pairs, following.pieces) if following else ():
                    _add(found, pairs[second], at, at + 1)
        return found

    def _further_apart(
        self, telling: Telling, sentences: Sequence[int], runs: Mapping[str, list[Place]]
    ) -> dict[Gapped, tuple[int, int]]:
        """Patterns with a gap, or of several words each. Of nearly every mail it is enough to see which pieces it has at all."""
        here = [(at, one.pieces) for at, one in telling if not self._pieces_apart.isdisjoint(one.pieces)]
        met = runs.keys() | {piece for _, pieces in here for piece in pieces}
        begun = [piece for piece in self._apart.keys() & met if not self._apart[piece].keys().isdisjoint(met)]
        if not begun:
            return {}  # most mails
        places = {piece: list(places) for piece, places in runs.items()}
        for at, pieces in here:
            for piece in self._pieces_apart & pieces.keys():
                in_word = (place_of(hit.first, hit.last, at, at) for hit in pieces[piece])
                places.setdefault(piece, []).extend(in_word)
        return self._in_one_sentence(begun, places, sentences)

    def _in_one_sentence(
        self, begun: Iterable[str], places: Mapping[str, list[Place]], sentences: Sequence[int]
    ) -> dict[Gapped, tuple[int, int]]:
        """The patterns that begin with one of these pieces and have the others near it."""
        found: dict[Gapped, tuple[int, int]] = {}
        beside = _by_sentence(sentences, places)
        for piece in begun:
            behind = self._apart[piece]
            for place in places[piece][:TRIED]:
                here = beside[bisect_right(sentences, place[0])]
                for one in chain.from_iterable(behind[second] for second in behind.keys() & here.keys()):
                    together = _together(
                        place, [here.get(other, []) for other in one.pieces[1:]], one.gap_words
                    )
                    if one not in found and together is not None:
                        found[one] = together
        return found


def place_of(first_letter: int, last_letter: int, first_word: int, last_word: int) -> Place:
    """The place between these letters of these words."""
    return (
        first_word,
        last_word,
        (first_word << _LETTERS) + first_letter,
        (last_word << _LETTERS) + last_letter,
    )


def _common(pairs: Mapping[str, list[Gapped]], pieces: Mapping[str, tuple[Hit, ...]]) -> Iterable[str]:
    """The pieces that stand in both: mostly none, which is found out fast."""
    return () if pairs.keys().isdisjoint(pieces) else pairs.keys() & pieces.keys()


def _add(found: dict[Gapped, tuple[int, int]], patterns: Iterable[Gapped], first: int, last: int) -> None:
    for one in patterns:
        found.setdefault(one, (first, last))


def _by_sentence(
    sentences: Sequence[int], pieces: Mapping[str, list[Place]]
) -> dict[int, dict[str, list[Place]]]:
    """For each sentence the pieces in it, with their places there."""
    found: dict[int, dict[str, list[Place]]] = {}
    for piece, places in pieces.items():
        for place in places:
            here = found.setdefault(bisect_right(sentences, place[0]), {})
            here.setdefault(piece, []).append(place)
    return found


def _in_one_word(firsts: Iterable[Hit], seconds: Sequence[Hit]) -> bool:
    """Whether letters of the one are behind those of the other."""
    return any(second.first >= first.last for first in firsts for second in seconds)


def _together(place: Place, rest: list[list[Place]], gap: int | None) -> tuple[int, int] | None:
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
    return first[0], last[1]
