"""What people call a flat: `WE 03`, `3. OG links`, `HH`, `Top 7`. The same reading for the directory and for mails.

A name is a set of parts ("3og", "l", "hh", "we7"): whoever writes fewer of them means every flat that has those. `T 7` is
a part of its own, which only a Top 7 has: a `T 7` may be many things where the house counts in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from mailroute.model.lookup import NUMBER_WORDS, unit_key
from mailroute.model.number_words import WRITTEN_OUT
from mailroute.model.scan import letters_in
from mailroute.model.text import fold


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_FLOORS = "og|obergeschoss|stockwerk|stock|etage"
_ORDINALS = {
    "erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fuenft": 5, "sechst": 6, "siebt": 7, "acht": 8,
    "first": 1, "second": 2, "third": 3, "fourth": 4,
}  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_NAMED_FLOORS = {
    "eg": "eg", "erdgeschoss": "eg", "parterre": "eg", "hp": "eg", "hochparterre": "eg", "ground floor": "eg",
    "erdgeschosswohnung": "eg", "parterrewohnung": "eg", "dg": "dg", "dachgeschoss": "dg", "dachgeschosswohnung": "dg",
    "mansarde": "dg", "attic": "dg", "ug": "ug", "untergeschoss": "ug", "souterrain": "ug", "souterrainwohnung": "ug",
    "basement": "ug",
}  # fmt: skip
_WINGS = {
    "vh": "vh", "vorderhaus": "vh", "vorderh": "vh", "front building": "vh", "front house": "vh", "hh": "hh",
    "hinterhaus": "hh", "hinterh": "hh", "rueckgebaeude": "hh", "rgb": "hh", "hinterhof": "hh", "hofgebaeude": "hh",
    "rear building": "hh", "rear house": "hh", "back building": "hh", "sf": "sf", "seitenfluegel": "sf",
    "seitenfl": "sf", "qg": "qg", "quergebaeude": "qg", "quergeb": "qg", "gartenhaus": "gh",
}  # fmt: skip
WINGS = frozenset(_WINGS.values())
_SIDES = {
    "links": "l", "lks": "l", "li": "l", "left": "l", "rechts": "r", "re": "r", "right": "r", "mitte": "m", "mi": "m",
}  # fmt: skip
# "die linke Wohnung im 3. OG"
_ADJECTIVES = {
    adjective + ending: side
    for adjective, side in (("linke", "l"), ("rechte", "r"), ("mittlere", "m"))
    for ending in ("", "r", "n", "m", "s")
}
_OF_SIDE = "seite|wohnung|whg|tuer"
# What is counted in a house, and under which part; "Tür" and "Top" are flats in Austria.
_COUNTED = {
    "we": "we", "whg": "we", "wohnung": "we", "wohneinheit": "we", "einheit": "we", "ve": "we", "top": "we",
    "tuer": "we", "apartment": "we", "appartement": "we", "app": "we", "apt": "we", "flat": "we", "unit": "we",
    "wohnungs": "we", "stiege": "st", "stg": "st", "aufgang": "st", "tg-stellplatz": "sp", "tiefgaragenstellplatz": "sp", "stellplatz": "sp",
    "tg": "sp", "garage": "sp", "praxis": "pr", "laden": "la", "ladenlokal": "la", "buero": "bu", "lager": "lg",
    "halle": "ha",
}  # fmt: skip
_NAMES = {"named": _NAMED_FLOORS, "wing": _WINGS, "side": _SIDES, "adjective": _ADJECTIVES}
_DIGITS_BEFORE = re.compile("[0-9]+")
# What may stand behind a number in letters: a noun would be what it counts ("in der Wohnung drei Fenster").
_NO_NOUN = (
    "im in ist sind hat haben hatte am an bei von vom und oder aus zu zur des der die das den dem seit wegen wird kann geht "
    "tropft links rechts mitte oben unten gibt ohne mit fuer nach auf "
    "is has on at of and or from the since there with without for left right"
).split()
_WORD_NUMBER = rf"(?P<word_number>{_any_of(WRITTEN_OUT)})(?=\s*(?:[,;:!?()/\n]|\.(?![a-z0-9])|- |\Z)| (?:{'|'.join(_NO_NOUN)})(?![a-z]))"
# "Wohnung 2. OG", "Wohnung 60 qm": no number of the flat.
_NO_FLAT = rf"\.? ?(?:{_FLOORS}|etg|floor|qm|m2|quadratmeter|zimmer|zi\.)(?![a-z0-9])"
_NUMBER_WORD = rf"(?:{'|'.join(sorted(NUMBER_WORDS))})[ .:#]{{0,3}}"
# Too short to mean a side unless they follow something that is a flat: "RE: 3. OG".
_SHORT_SIDES = frozenset({"li", "re", "mi"})


_PART = re.compile(
    rf"(?<![a-z0-9])(?:"
    rf"(?P<counted>{_any_of(_COUNTED)})(?:[ .:/#-]{{0,3}}(?:{_NUMBER_WORD})?"
    rf"(?:0*(?P<number>[0-9]{{1,4}}[a-z]?)(?!{_NO_FLAT})|{_WORD_NUMBER})"
    rf"|\.? ?[(\[] ?(?:{_NUMBER_WORD})?(?:0*(?P<enclosed>[0-9]{{1,4}}[a-z]?)|(?P<enclosed_word>{_any_of(WRITTEN_OUT)}))(?= ?[)\]]))"
    rf"|(?<!vw )(?<!vw-)(?<!')t[ .-]?(?P<top>[1-9][0-9]{{0,2}}[a-z]?)(?! ?[/.:,-]? ?[0-9])"
    rf"|(?P<stair>[0-9]{{1,2}})\. (?:stiege|stg)|(?:stiege|stg\.?) (?P<roman_stair>{_any_of(_ROMAN)})"
    rf"|(?P<sided>(?:[0-9]{{1,2}}\.? ?(?:{_FLOORS}|etg)|eg|dg|hp|ug)[ ,./-]{{0,2}}[lr])"
    rf"|(?P<storey>[0-9]{{1,2}})(?:\.|st|nd|rd|th|ter)? ?(?:{_FLOORS}|etg|et|floor)"
    rf"|(?P<roman>{_any_of(_ROMAN)})\.? ?(?:{_FLOORS})"
    rf"|(?P<ordinal>{'|'.join(_ORDINALS)})(?:e[rnsm]?)? (?:{_FLOORS}|floor)"
    rf"|(?:{_FLOORS}) ?(?P<behind>[0-9]{{1,2}})"
    rf"|(?P<named>{_any_of(_NAMED_FLOORS)})"
    rf"|(?P<wing>{_any_of(_WINGS)})"
    rf"|(?P<adjective>{_any_of(_ADJECTIVES)}) (?:{_OF_SIDE})"
    rf"|(?P<side>{_any_of(_SIDES)})"
    rf")(?![a-z0-9])"
)
# Every way to name a flat begins with one of these words, or with what counts the floors before it.
_FLOOR_WORDS = frozenset((*_FLOORS.split("|"), "floor", "etg", "et", "ogl", "ogr", "stiege", "stg"))
_FIRST_WORDS = frozenset(
    re.split("[ -]", name)[0]
    for name in (*_FLOOR_WORDS, *_NAMED_FLOORS, *_WINGS, *_SIDES, *_ADJECTIVES, *_COUNTED)
) | {counted + number for counted in _COUNTED for number in NUMBER_WORDS}
_COUNTS_FLOORS = re.compile(
    rf"(?:[0-9]{{1,2}}(?:\.|st|nd|rd|th|ter)? ?|(?<![a-z0-9])(?:{_any_of(_ROMAN)})\.? ?|"
    rf"(?:{'|'.join(_ORDINALS)})(?:e[rnsm]?)? )\Z"
)
_COUNT_CHARS = 10
# Too many words have a t to look at each of them.
_TOP = re.compile("(?<![a-z0-9])t[ .-]?[1-9]")
_SAME_FLAT = re.compile(r"[ ,./;:()\n-]{0,3}(?:(?:im|in|in der|in dem) )?(?:(?:wohnung|whg\.?|tuer) )?")
PARTS_TRIED = 400


def units_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Every flat that a folded text may name, as (its parts in a fixed order, start, end)."""
    parts: list[str] = []
    start = end = 0
    for found in islice(_parts_in(text), PARTS_TRIED):
        together = bool(parts) and _SAME_FLAT.fullmatch(text, end, found.start()) is not None
        if found["side"] in _SHORT_SIDES and not together:
            continue
        if parts and not together:
            yield from _mention(parts, start, end)
            parts = []
        if not parts:
            start = found.start()
        parts += _parts_of(found)
        end = found.end()
    yield from _mention(parts, start, end)


def end_of_unit(text: str, at: int) -> int:
    """Where the flat ends that a folded text names right behind `at`: `at` itself if it names none there."""
    while (between := _SAME_FLAT.match(text, at)) and (found := _PART.match(text, between.end())):
        at = found.end()
    return at


def _parts_in(text: str) -> Iterator[re.Match[str]]:
    spoken = letters_in(text)
    starts = {at for word in _FIRST_WORDS & spoken for at in _beginnings(text, word)}
    if "t" in spoken:
        starts.update(found.start() for found in _TOP.finditer(text))
    behind = 0
    for at in sorted(starts):
        if at >= behind and (found := _PART.match(text, at)):
            behind = found.end()
            yield found


def _beginnings(text: str, word: str) -> Iterator[int]:
    """Where the name of a flat may begin that has this word: at the word, or at the `3.` before a floor."""
    at = text.find(word)
    while at >= 0:
        if word in _FLOOR_WORDS and (count := _COUNTS_FLOORS.search(text, max(0, at - _COUNT_CHARS), at)):
            yield count.start()
        if not text[at - 1 : at].isalnum():
            yield at
        at = text.find(word, at + len(word))


def _mention(parts: list[str], start: int, end: int) -> Iterator[tuple[str, int, int]]:
    if set(parts) - {"l", "r", "m"}:
        yield " ".join(sorted(set(parts))), start, end


def _parts_of(found: re.Match[str]) -> tuple[str, ...]:
    way = found.lastgroup or ""
    said = found[way]
    match way:
        case "number" | "enclosed":
            return (_COUNTED[found["counted"]] + said,)
        case "word_number" | "enclosed_word":
            return (f"{_COUNTED[found['counted']]}{WRITTEN_OUT[said]}",)
        case "top":
            return (f"t{said}",)
        case "stair":
            return (f"st{int(said)}",)
        case "roman_stair":
            return (f"st{_ROMAN[said]}",)
        case "sided":
            count = _DIGITS_BEFORE.match(said)
            return (f"{int(count[0])}og" if count else _NAMED_FLOORS[said[:2]], said[-1])
        case "storey" | "behind":
            return (f"{int(said)}og",)
        case "roman":
            return (f"{_ROMAN[said]}og",)
        case "ordinal":
            return (f"{_ORDINALS[said]}og",)
        case _:
            return (_NAMES[way][said],)


@lru_cache(maxsize=4096)
def unit_parts(name: str) -> frozenset[str]:
    """Everything by which a unit of the directory may be called."""
    folded = fold(name)
    spoken = [part for parts, _, _ in units_in(folded) for part in parts.split()]
    tops = [
        f"t{found['number']}" for found in _parts_in(folded) if found["counted"] == "top" and found["number"]
    ]
    return frozenset([unit_key(name), *spoken, *tops])
