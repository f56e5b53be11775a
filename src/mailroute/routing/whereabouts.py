"""In which town does an address of the text stand? The same street and number in another town is another house. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailroute.model.directory import Property
from mailroute.model.keys import Keys, PlaceKey, Span, WordKey
from mailroute.model.lookup import alias_key, postcode_key
from mailroute.model.units import end_of_unit
from mailroute.routing.towns import is_same_town

# A postcode or town that stands right behind an address belongs to it: "Hauptstr. 5, 80333", "Hauptstr. 5 in Essen".
_BEHIND = 6
# With its postcode also right before it: "80333 München, Hauptstr. 5".
_BEFORE = 3
_POSTCODE = re.compile(r"[0-9]{5}")
_ADDRESS = re.compile(
    r"(?:strasse|platz|weg|allee|gasse|ring|damm|ufer|chaussee|steig|graben|berg|steg|pfad|markt|winkel|bruecke)\|[0-9]"
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The address stands in a town where we have none: what the mail says, and what ours has."""

    said: str
    ours: str


def in_that_town(keys: Keys, place: PlaceKey, houses: list[Property]) -> list[Property] | Elsewhere:
    """Those of `houses` (all at one street and number) that the mail may mean.

    A postcode and a town that stand at the address are exact; else a town that the mail names anywhere chooses
    among several.
    """
    span = _with_flat(place.span)
    postcode = _postcode_at(keys, span)
    if postcode is not None and any(house.postcode for house in houses):
        right = [one for one in houses if postcode_key(one.postcode) in ("", postcode_key(postcode))]
        return right or Elsewhere(f"postcode {postcode}", houses[0].postcode)
    town = next(_behind(span, keys.towns), None)
    if town is not None and any(house.town for house in houses):
        right = [one for one in houses if not one.town or is_same_town(alias_key(one.town), town.key)]
        return right or Elsewhere(town.span.words, houses[0].town)
    if len(houses) == 1:
        return houses
    numbers = {word.key for word in keys.numbers}
    names = {word.key for word in keys.aliases}
    towns = {word.key for word in keys.towns}
    named = [
        one
        for one in houses
        if one.postcode in numbers
        or (town_key := alias_key(one.town)) in names
        or any(is_same_town(town_key, name) for name in towns)
    ]
    return named or houses


def _with_flat(span: Span) -> Span:
    """An address with the flat that stands behind it: `Hauptstr. 5, 3. OG links, 80333 München`."""
    return span._replace(last=end_of_unit(span.of.text.text, span.last))


def is_address(keys: Keys, place: PlaceKey) -> bool:
    """Whether a place looks like an address to a reader who does not know the town."""
    if _ADDRESS.search(place.key) is not None:
        return True
    house = not place.key.endswith("|")
    return house and any(True for _ in _behind(place.span, (*keys.postcodes, *keys.towns)))


def _postcode_at(keys: Keys, span: Span) -> str | None:
    """Right behind the address, or with its town right before it: `80333 München, Hauptstr. 5`."""
    bare = [one for one in keys.numbers if _POSTCODE.fullmatch(one.key)]
    behind = next(_behind(span, (*keys.postcodes, *bare)), None)
    if behind is not None:
        return behind.key
    for word in keys.postcodes:
        if word.span.part is span.part and word.span.start < span.start <= word.span.end + _BEFORE:
            return word.key
    return None


def _behind(span: Span, words: Iterable[WordKey]) -> Iterator[WordKey]:
    return (
        word for word in words if word.span.part is span.part and 0 <= word.span.start - span.end <= _BEHIND
    )
