"""Which of our streets was probably meant by a name that we do not know? Pure: is given the names, looks nothing up.

Only names are compared here: house numbers stay exact, so a wrong guess must still find its number in the directory.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from mailroute.model.directory import Lookup, LookupKind
from mailroute.model.keys import Keys, NearPlace, PlaceKey, Span
from mailroute.model.text import fold

# How many names of one mail are worth asking for, and how many answers of one name.
NAMES_ASKED = 40
ANSWERS = 4

_GRAM = 3
_SHORTEST_NAME = 5
# Nobody mistypes the first letter of a short word: Bahnstr. and Lahnstr. are two streets.
_FIRST_LETTER_FROM = 6
# What the last word of a street says about its kind: a Lindenweg is no mistaken Lindenberg.
_KINDS = (
    "strasse weg platz allee gasse ring damm ufer chaussee steig graben hof berg burg bach buch tal feld wald wall "
    "garten park pfad steg stieg stiege markt grund kamp heide hain anger winkel bruecke brunnen busch horst au see "
    "teich kai promenade hoehe zeile rain ried eck tor dorf haus kirche muehle"
).split()
_KIND = re.compile(rf"(.+?)({'|'.join(sorted(_KINDS, key=len, reverse=True))})")
# Austrians and map-makers shorten the last word to a letter: Mariahilferg., Birkenw.
_SHORT_KINDS = (("g", "gasse"), ("w", "weg"), ("al", "allee"), ("ch", "chaussee"), ("prom", "promenade"))

_DIGITS = re.compile(r"[0-9]+")
_FIRST_WORD = re.compile(r"[^\W_]+")

# A street may be called `Am Anger`, but no street begins like this.
_NEVER_FIRST = frozenset(
    "aber als auch bin bis bitte das dass dem den der des die ein eine einem einen einer es fuer habe haben hat ich ihr "
    "ihre ist ja kann mein meine meinem meinen meiner mich mir mit nach nicht noch nr nur oder sehr seit sich sie sind "
    "so tel telefon uhr um und uns unser unsere vom von war was wegen wenn wie wir wird wo wohnung whg we zimmer "
    "a and are at for from has have i is it my of on or our please that the this to was we with you your".split()
)


@dataclass(frozen=True, slots=True)
class Near:
    """A street of ours, and how many typing mistakes lie between."""

    street: str
    distance: int


class StreetIndex:
    """The distinct folded names of an organisation's streets, by their trigrams."""

    __slots__ = ("_ids", "_keys", "_postings")

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._ids = frozenset(keys)
        postings: dict[str, list[int]] = {}
        for number, key in enumerate(keys):
            for gram in set(_grams(key)):
                postings.setdefault(gram, []).append(number)
        self._postings = {gram: array("I", numbers) for gram, numbers in postings.items()}

    def __len__(self) -> int:
        return len(self._keys)

    def near(self, key: str) -> tuple[Near, ...]:
        """The streets that `key` may be a mistyped name of, nearest first; `()` if there is none.

        One mistake is forgiven in a name of four to seven letters (without "strasse" or "weg"), two in a longer one.
        A known street is near to nothing but itself.
        """
        if key in self._ids:
            return (Near(key, 0),)
        long = [Near(one, 0) for one in _long_forms(key) if one in self._ids]
        if long or len(key) < _SHORTEST_NAME:
            return tuple(long)
        stem, kind = _split(key)
        # Where no kind of street can be read, the mistake may be in "strasse" itself.
        most = _forgiven(stem) if kind else 2
        names = self._sharing(key, stem, most) if most else []
        found = process.extract(key, names, scorer=OSA.distance, score_cutoff=most, limit=None)
        near = [Near(name, int(d)) for name, d, _ in found if _is_mistake(key, stem, kind, name, int(d))]
        near.sort(key=lambda one: (one.distance, one.street))
        # Nobody can tell which was meant if a street that is as near differs in its first letter.
        doubtful = [one.distance for one in near if not _may_start_so(key, one)]
        return () if doubtful and doubtful[0] <= near[0].distance else tuple(near)

    def near_places(self, keys: Keys, hits: Sequence[Lookup]) -> tuple[NearPlace, ...]:
        """What else to ask for the places of a mail whose streets nobody knows: the same numbers in near streets.

        Of several near streets only the nearest are asked; which of them has the number is for the directory to say.
        """
        asked: list[NearPlace] = []
        for place in list(_unknown(keys.places, hits))[:NAMES_ASKED]:
            street, _, house = place.key.partition("|")
            answers = self.near(street)
            nearest = [one for one in answers if one.distance == answers[0].distance]
            asked += [NearPlace(f"{one.street}|{house}", place.key) for one in nearest[:ANSWERS]]
        return tuple(asked)

    def _sharing(self, key: str, stem: str, mistakes: int) -> list[str]:
        """The names that have one of the rarest trigrams of `key`: a mistake spoils four of them at most."""
        # What the kind of street alone says is no help: half of the names end in "strasse".
        telling = dict.fromkeys(_grams(key)[: 1 + len(stem)])
        postings = sorted((self._postings.get(gram, _NONE) for gram in telling), key=len)
        shortest, longest = len(key) - mistakes, len(key) + mistakes
        numbers = {number for one in postings[: 4 * mistakes + 1] for number in one}
        names = (self._keys[number] for number in numbers)
        return [name for name in names if shortest <= len(name) <= longest]


_NONE: array[int] = array("I")


def build(keys: Iterable[str]) -> StreetIndex:
    """Index the names of streets, as `street_key` makes them. Costs 10 µs a name."""
    return StreetIndex(tuple(dict.fromkeys(keys)))


def _grams(key: str) -> list[str]:
    padded = f"^{key}$"
    return [padded[at : at + _GRAM] for at in range(len(padded) - _GRAM + 1)]


def _split(key: str) -> tuple[str, str]:
    """`lindenweg` → linden, weg; the kind is "" where we know none."""
    found = _KIND.fullmatch(key)
    return (found[1], found[2]) if found else (key, "")


def _forgiven(stem: str) -> int:
    return 0 if len(stem) < 4 else 1 if len(stem) < 8 else 2


def _is_mistake(key: str, stem: str, kind: str, name: str, distance: int) -> bool:
    """Whether `key` may be `name` with so many mistakes: not if they differ in kind or in a number."""
    known_stem, known_kind = _split(name)
    if _DIGITS.findall(key) != _DIGITS.findall(name) or (kind and known_kind and kind != known_kind):
        return False
    if not kind and known_kind and key.startswith(known_stem):
        return distance <= _forgiven(known_kind + "x")  # only the kind is mistyped
    return distance <= min(_forgiven(known_stem), _forgiven(stem))


def _may_start_so(key: str, near: Near) -> bool:
    """The first letter is right, or swapped with the second, or the only mistake in a long word."""
    if key[0] == near.street[0] or key[:2] == near.street[1::-1]:
        return True
    return near.distance == 1 and len(_split(near.street)[0]) >= _FIRST_LETTER_FROM


def _long_forms(key: str) -> Iterator[str]:
    for short, long in _SHORT_KINDS:
        if key.endswith(short):
            yield key[: -len(short)] + long


def _unknown(places: Sequence[PlaceKey], hits: Sequence[Lookup]) -> Iterator[PlaceKey]:
    """The places whose street has no exact hit, may be a street, and does not overlap with one that is known."""
    known = {hit.key.partition("|")[0] for hit in hits if hit.kind in (LookupKind.STREET, LookupKind.PLACE)}
    settled = [place.span for place in places if place.key.partition("|")[0] in known]
    for place in places:
        street, _, house = place.key.partition("|")
        if not house or street in known or not _may_begin(place.span):
            continue
        if not any(_overlap(place.span, one) for one in settled):
            yield place


def _may_begin(span: Span) -> bool:
    first = _FIRST_WORD.match(span.words)
    return first is not None and fold(first[0]) not in _NEVER_FIRST


def _overlap(one: Span, other: Span) -> bool:
    return one.part is other.part and one.start < other.end and other.start < one.end
