"""Which of our streets was probably meant by a name that we do not know? Pure: is given the names, looks nothing up.

Only names are compared here: house numbers stay exact, so a wrong guess must still find its number in the directory.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from rapidfuzz.distance import OSA

from mailroute.model.directory import Lookup, LookupKind
from mailroute.model.keys import Keys, NearPlace, PlaceKey, Span
from mailroute.model.text import fold
from mailroute.routing.common_streets import COMMON_STEMS
from mailroute.routing.first_names import written_out
from mailroute.routing.slips import KINDS, are_neighbours, is_slip, stem_and_kind, swapped, with_umlaut_mended

# How many names of one mail are worth asking for, and how many answers of one name.
NAMES_ASKED = 40
ANSWERS = 4

_SHORTEST_NAME = 5
_SHORTEST_STEM = 3
# Nobody mistypes the first letter of a short word: Bahnstr. and Lahnstr. are two streets.
_FIRST_LETTER_FROM = 6
_NEIGHBOURING_FIRST_FROM = 5
# One mistake is forgiven in names of four letters, two in names of eight (without "strasse" or "weg").
_ONE_FROM, _TWO_FROM = 4, 8

# What else tells two streets apart: a Lindenberg is no mistyped Lindenburg.
_OTHER_KINDS = (
    "hof berg burg bach buch tal feld wald wall garten park pfad steg stieg stiege markt grund kamp heide hain anger "
    "winkel bruecke brunnen busch horst au see teich kai promenade hoehe zeile rain ried eck tor dorf haus kirche muehle"
).split()
_OTHER_KIND = re.compile(rf".+?({'|'.join(sorted(_OTHER_KINDS, key=len, reverse=True))})")
# Austrians and map-makers shorten the last word to a letter: Mariahilferg., Birkenw.
_SHORT_KINDS = (("g", "gasse"), ("w", "weg"), ("al", "allee"), ("ch", "chaussee"))
_LONG_OTHER_KIND = re.compile(rf".+?(?:{'|'.join(kind for kind in _OTHER_KINDS if len(kind) > 3)})")
_ROMAN = re.compile(r"[ivx]+")
# Straße 12 B is a house, Straße B a street, and Weg IV another than Weg II.
_LETTERED = re.compile(rf"(.*(?:{'|'.join(KINDS)}))(?:[a-z]|[ivx]+)")
_STREET = "str"
_DIGITS = re.compile(r"[0-9]+")
_WORD = re.compile(r"[a-z]{2,}")

_INITIAL = re.compile(r"[^\W\d_][. -]")

# In the index a number stands behind each hash of a piece: as many streets as anybody has, as many bits as are left.
_NUMBER_BITS = 24
_HASH_MASK = (1 << 38) - 1

# No street has such a word in its name, none begins with the next, and none ends with the last.
_NEVER = frozenset(
    "aber als auch bin bis bitte bitten das dass doch ein eine einem einen einer einmal es fuer gegen gibt habe haben hat "
    "hatte ich ihr ihre immer ist ja jetzt kann keine kommt mein meine meinem meinen meiner mich mir mit nach nicht noch "
    "nr nun nur ob oder schon sehr seit sich sie sind so tel telefon uhr um und uns unser unsere war was wegen wenn werden "
    "wie wir wird wo wohnung whg we zimmer zwischen rechnung "
    "a and are at for from has have i is it my of or our please that this to was we with you your".split()
)
_NEVER_FIRST = frozenset("das dem den der des die the".split())
_NEVER_LAST = _NEVER_FIRST | frozenset(
    "ab am an auf aus bei beim im in je ueber unter vom von vor zu zum zur on".split()
)


@dataclass(frozen=True, slots=True)
class Near:
    """A street of ours, and how many typing mistakes lie between."""

    street: str
    distance: int


class StreetIndex:
    """The distinct folded names of an organisation's streets, by pieces of their stems.

    A stem is cut into one piece more than mistakes are forgiven in it, so a mistyped one still has a piece at its
    place (Li et al., Pass-Join). Trigrams found as much, at twice the time and memory.
    """

    __slots__ = ("_ids", "_keys", "_pieces")

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._ids = frozenset(keys)
        pieces = (
            code << _NUMBER_BITS | number
            for number, key in enumerate(keys)
            for code in _pieces_of(*stem_and_kind(key))
        )
        self._pieces = array("q", sorted(pieces))

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: str) -> bool:
        return key in self._ids

    def near(self, key: str) -> tuple[Near, ...]:
        """The streets that `key` may be a mistyped name of, nearest first; `()` if there is none.

        A known street is near to nothing but itself.
        """
        if key in self._ids:
            return (Near(key, 0),)
        if len(key) < _SHORTEST_NAME or _is_common(key):
            return ()
        nearest: dict[str, int] = {}
        for stem, kind, mistakes in _readings(key):
            for name, distance in self._like(stem, kind, mistakes):
                nearest[name] = min(distance, nearest.get(name, distance))
        near = [Near(name, distance) for name, distance in nearest.items() if _may_be(key, name)]
        near.sort(key=lambda one: (one.distance, one.street))
        # Nobody can tell which was meant if a street that is as near differs in its first letter.
        doubtful = [one.distance for one in near if not _may_start_so(key, one)]
        return () if doubtful and doubtful[0] <= near[0].distance else tuple(near)

    def with_initials(self, key: str) -> tuple[Near, ...]:
        """The streets whose first names may be shortened to their letters in `key`: `mplanckstrasse`, `jsbachstrasse`.

        Nothing else is near to such a name: whoever writes `M.-Planck-Str.` does not mean the Planckstraße.
        """
        return tuple(Near(name, 1) for name in sorted(self._ids.intersection(written_out(key))))

    def near_places(self, keys: Keys, hits: Sequence[Lookup]) -> tuple[NearPlace, ...]:
        """What else to ask for the places of a mail whose streets nobody knows: the same numbers in near streets.

        Of several near streets only the nearest are asked; which of them has the number is for the directory to say.
        """
        asked: list[NearPlace] = []
        answers: dict[str, tuple[Near, ...]] = {}
        for place in _unknown(keys.places, hits):
            street, _, house = place.key.partition("|")
            if street not in answers:
                if len(answers) == NAMES_ASKED:
                    break
                begins_with_letter = _INITIAL.match(place.span.words) is not None
                answers[street] = self.with_initials(street) if begins_with_letter else self.near(street)
            near = answers[street]
            nearest = [one for one in near if one.distance == near[0].distance]
            asked += [NearPlace(f"{one.street}|{house}", place.key) for one in nearest[:ANSWERS]]
        return tuple(asked)

    def _like(self, stem: str, kind: str, mistakes: int) -> Iterator[tuple[str, int]]:
        """The streets of that kind with this stem or one much like it, and all mistakes together."""
        if len(stem) < _SHORTEST_STEM:
            return
        if stem + kind in self._ids:
            yield stem + kind, mistakes
        if mistakes > 1:
            return
        for meant in chain(swapped(stem), with_umlaut_mended(stem)) if len(stem) >= _ONE_FROM else ():
            if meant + kind in self._ids:
                yield meant + kind, mistakes + 1
        for number in self._sharing(stem, kind):
            name = self._keys[number]
            known = name[: len(name) - len(kind)]
            most = min(_forgiven(len(known)), _forgiven(max(len(stem), _ONE_FROM))) - mistakes * (kind != "")
            distance = OSA.distance(stem, known, score_cutoff=max(most, 1))
            if distance <= max(most, 1) and is_slip(stem, known, distance):
                yield name, mistakes + distance

    def _sharing(self, stem: str, kind: str) -> set[int]:
        """The numbers of streets that have one piece of the stem at about its place."""
        numbers: set[int] = set()
        pieces = self._pieces
        for code in _pieces_asked(stem, kind):
            at = bisect_left(pieces, code << _NUMBER_BITS)
            while at < len(pieces) and pieces[at] >> _NUMBER_BITS == code:
                numbers.add(pieces[at] & ((1 << _NUMBER_BITS) - 1))
                at += 1
        return numbers


def build(keys: Iterable[str]) -> StreetIndex:
    """Index the names of streets, as `street_key` makes them. Costs 10 µs a name."""
    return StreetIndex(tuple(dict.fromkeys(keys)))


def _forgiven(letters: int) -> int:
    return 0 if letters < _ONE_FROM else 1 if letters < _TWO_FROM else 2


def _readings(key: str) -> Iterator[tuple[str, str, int]]:
    """The ways to read a name as stem and kind, and the mistakes in the kind: `bahnhofsrtasse`, `lindenw`, `bahnhofsr`."""
    stem, kind = stem_and_kind(key)
    yield stem, kind, 0
    if kind:
        return
    for short, long in _SHORT_KINDS:
        if key.endswith(short):
            yield key[: -len(short)], long, 0
    for length in (3, 2, 4):
        if (mistakes := OSA.distance(key[-length:], _STREET)) <= 1:
            yield key[:-length], "strasse", mistakes
    if key[-2:] == "tr" and key[-4:-3] == "s":
        yield key[:-4] + key[-3], "strasse", 1  # Bahnhosftr.
    if _LONG_OTHER_KIND.fullmatch(key):
        return  # a Hafensteg is no mistyped Hafenweg
    for kind in KINDS:
        most = 2 if len(kind) > 6 else 1
        for length in range(len(kind) - most, len(kind) + most + 1):
            mistakes = OSA.distance(key[-length:], kind, score_cutoff=most)
            if mistakes <= most:
                yield key[:-length], kind, mistakes


def _cuts(letters: int) -> list[int]:
    """Where a stem is cut: 10 → 0, 3, 6, 10."""
    pieces = _forgiven(letters) + 1
    return [letters * piece // pieces for piece in range(pieces + 1)]


def _code(kind: str, letters: int, piece: int, text: str) -> int:
    return hash((kind, letters, piece, text)) & _HASH_MASK


def _pieces_of(stem: str, kind: str) -> Iterator[int]:
    letters = len(stem)
    if letters >= _ONE_FROM:
        cuts = _cuts(letters)
        for piece, (start, end) in enumerate(pairwise(cuts)):
            yield _code(kind, letters, piece, stem[start:end])


def _pieces_asked(stem: str, kind: str) -> Iterator[int]:
    """Every piece, at every place, that a street much like this stem may have."""
    written = len(stem)
    for letters in range(max(written - 2, _ONE_FROM), written + 3):
        most = _forgiven(letters)
        if abs(letters - written) > most:
            continue
        for piece, (start, end) in enumerate(pairwise(_cuts(letters))):
            for at in range(max(start - most, 0), min(start + most, written - end + start) + 1):
                yield _code(kind, letters, piece, stem[at : at + end - start])


def _is_common(key: str) -> bool:
    stem, kind = stem_and_kind(key)
    return kind != "" and stem in COMMON_STEMS


def _may_be(key: str, name: str) -> bool:
    """Not if they differ in a number, Roman ones too, or in the letter of Weg B, or are streets of two kinds."""
    if _DIGITS.findall(key) != _DIGITS.findall(name):
        return False
    mine_last, theirs_last = _LETTERED.fullmatch(key), _LETTERED.fullmatch(name)
    if mine_last and theirs_last and mine_last[1] == theirs_last[1]:
        return False
    mine_first, theirs_first = _ROMAN.match(key), _ROMAN.match(name)
    if mine_first and theirs_first and key[mine_first.end() :] == name[theirs_first.end() :]:
        return False
    mine, theirs = _OTHER_KIND.fullmatch(key), _OTHER_KIND.fullmatch(name)
    return mine is None or theirs is None or mine[1] == theirs[1]


def _may_start_so(key: str, near: Near) -> bool:
    """The first letter is right, or swapped with the second, or the only mistake in a long word."""
    if key[0] == near.street[0] or key[:2] == near.street[1::-1]:
        return True
    least = _NEIGHBOURING_FIRST_FROM if are_neighbours(key[0], near.street[0]) else _FIRST_LETTER_FROM
    return near.distance == 1 and len(stem_and_kind(near.street)[0]) >= least


def _unknown(places: Sequence[PlaceKey], hits: Sequence[Lookup]) -> Iterator[PlaceKey]:
    """The places whose street has no exact hit, may be a street, and does not overlap with one that is known."""
    known = {hit.key.partition("|")[0] for hit in hits if hit.kind in (LookupKind.STREET, LookupKind.PLACE)}
    settled = [place for place in places if place.key.partition("|")[0] in known]
    for place in places:
        street, _, house = place.key.partition("|")
        # Where a known street is written, that is all that is said there, nearly always: look before any word is folded.
        if not house or street in known or any(_share_letters(place, one) for one in settled):
            continue
        if _may_be_name(place.span) and not any(_overlap(place.span, one.span) for one in settled):
            yield place


def _may_be_name(span: Span) -> bool:
    words = _WORD.findall(fold(span.words))
    return bool(words) and not (
        words[0] in _NEVER_FIRST or words[-1] in _NEVER_LAST or any(word in _NEVER for word in words)
    )


def _share_letters(one: PlaceKey, other: PlaceKey) -> bool:
    return one.of is other.of and one.first < other.last and other.first < one.last


def _overlap(one: Span, other: Span) -> bool:
    return one.part is other.part and one.start < other.end and other.start < one.end
