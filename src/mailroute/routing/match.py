"""Which property, unit and contract is the mail about? Evidence with weights, and the words that spoke (design §6).

Several candidates within the margin are a state, not an error: then no property is named, and a person is asked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from mailroute.model import limits
from mailroute.model.decision import Matched, Sender, Station, Step, rule_of
from mailroute.model.directory import Contract, Found, Lookup, LookupKind, Occupancy, Person, Property, Unit
from mailroute.model.keys import Keys, Part, PlaceKey, Span
from mailroute.routing.evidence import (
    ALIAS,
    AUTHOR_WITHIN,
    CALLING,
    DOMAIN,
    DOUBTFUL_PLACE,
    HOME,
    MARGIN,
    NAMED_HOME,
    NEAR_PLACE,
    NUMBER,
    ONE_OF_SEVERAL_HOMES,
    PLACE,
    SIGNATURE,
    STREET,
    WITHIN,
    Clue,
    Rows,
    candidates_of,
    explain,
    other_candidates,
    property_of,
    scores_of,
)
from mailroute.routing.flats import flat_behind, named_unit
from mailroute.routing.identify import is_known_by_address, people_at, people_behind
from mailroute.routing.mentions import is_bare
from mailroute.routing.slips import is_doubtful
from mailroute.routing.whereabouts import Elsewhere, in_that_town, is_address

# Where the mail names somebody by a number of theirs.
_OF_PERSON = ("customer", "person")
_STREET = re.compile(r"(?:Weg|Straße|Strasse|Str|Platz|Ring|Allee|Damm|Gasse)\b")

_PARTS = {
    Part.SUBJECT: "the subject",
    Part.TEXT: "the text",
    Part.FORWARDED: "the forwarded mail",
    Part.SIGNATURE: "the signature",
}


@dataclass(frozen=True, slots=True)
class _Spoken:
    """An address of the text with the houses that stand there."""

    place: PlaceKey
    houses: list[Property]
    weight: float
    near: bool
    # Those of the houses whose street may be another one than was meant.
    doubtful: frozenset[str] = frozenset()


def match(keys: Keys, found: Found, sender: Sender, day: date) -> Matched:
    """Weigh everything the mail and the sender say about the place. `day` is local: who lived where on that day."""
    known = _Known(keys, found, sender, day)
    clues = [*known.numbers(), *known.places(), *known.aliases(), *known.streets()]
    clues += [*known.homes(), *known.authors_within(), *known.calling()]
    scores = scores_of(clues)
    rows = Rows(known.properties, known.units, known.contracts)
    candidates = candidates_of(scores, clues, rows)
    best = [one for one in candidates if one.score >= candidates[0].score - MARGIN]
    house = property_of(best, clues)
    ambiguous = bool(best) and house is None
    contract = known.contract(clues, house)
    unit = known.unit(clues, house)
    others = tuple(other_candidates(clues, house, unit, contract, rows))
    steps = (*explain(best, candidates, clues, rows), *known.explain_unit(house, unit, rows), *known.remarks)
    return Matched(house, unit, contract, (*candidates, *others), ambiguous, steps)


class _Known:
    """What one mail says and the directory knows, laid out for asking."""

    def __init__(self, keys: Keys, found: Found, sender: Sender, day: date) -> None:
        self.keys = keys
        self.day = day
        self.remarks: list[Step] = []
        self.properties = {one.id: one for one in found.properties if one.validity.covers(day)}
        self.contracts = {one.id: one for one in found.contracts}
        self.units: dict[str, Unit] = {u.id: u for one in found.properties for u in one.units}
        self.units.update((unit.id, unit) for unit in found.units)
        self.hits: defaultdict[LookupKind, dict[str, list[Lookup]]] = defaultdict(dict)
        for hit in found.hits:
            key = f"~{hit.near}" if hit.near else hit.key
            self.hits[hit.kind].setdefault(key, []).append(hit)
        # Where in the text each house was found.
        self.at: dict[str, PlaceKey] = {}
        self.sender = sender.party
        self.everybody = {one.id: one for one in found.people}
        self.people = people_behind(sender.party, found.people)
        self.by_domain = bool(self.people) and not is_known_by_address(sender.party.address, self.people)

    # --- clues ----------------------------------------------------------------------------------------------

    def numbers(self) -> Iterator[Clue]:
        """Contracts, units, properties and customers whose number stands in the mail; of two the longer one."""
        known = self.hits[LookupKind.NUMBER]
        spoken = [
            (word, hits)
            for word in self.keys.numbers
            if (hits := known.get(word.key))
            and not is_bare(word.key, word.span.words)
            and not _is_street(word.span.words)
            and not self._is_place(word.span)
        ]
        for word, hits in spoken:
            if not any(_inside(word.span, other.span) for other, _ in spoken):
                weight = CALLING if _is_signed(word.span) else NUMBER
                for hit in hits:
                    yield from self._numbered(hit, weight, f"number {_quote(word.span)}")

    def _numbered(self, hit: Lookup, weight: float, because: str) -> Iterator[Clue]:
        match hit.target_kind:
            case "contract" if hit.target in self.contracts:
                contract = self.contracts[hit.target]
                place = contract.property, contract.unit, contract.id
                yield Clue(*place, weight, because, "number", contract.source)
            case "unit" if hit.target in self.units:
                unit = self.units[hit.target]
                yield Clue(unit.property, unit.id, None, weight, because, "number", unit.source)
            case "property" if hit.target in self.properties:
                yield Clue(hit.target, None, None, weight, because, "number")
            case "person" if hit.target in self.everybody:
                yield from self._of_person(self.everybody[hit.target], weight, because, "customer")
            case _:
                return

    def calling(self) -> Iterator[Clue]:
        """Whose telephone number or account stands in the mail: weak, they may be anybody's who is written about."""
        for kind, words, what in (
            (LookupKind.PHONE, self.keys.phones, "telephone number"),
            (LookupKind.IBAN, self.keys.ibans, "account"),
        ):
            known = self.hits[kind]
            for word in words if known else ():
                for hit in known.get(word.key, ()):
                    if hit.target in self.everybody:
                        person = self.everybody[hit.target]
                        because = f"{what} {_quote(word.span)} of {person.name}"
                        yield from self._of_person(person, CALLING, because, "person")

    def _of_person(self, person: Person, weight: float, because: str, source: str) -> Iterator[Clue]:
        """Where somebody lives or owns on the day, and their contracts; of several each says less."""
        homes = [one for one in person.occupancies if one.validity.covers(self.day)]
        homes = [one for one in homes if one.property in self.properties]
        places = {one.property for one in homes}
        each = weight if len(places) == 1 else min(weight, ONE_OF_SEVERAL_HOMES)
        for home in homes:
            row = home.source or person.source
            yield Clue(home.property, home.unit, None, each, because, source, row)
        for contract in self._contracts_of((person,)):
            if contract.property not in places:
                alone = weight if not places else min(weight, ONE_OF_SEVERAL_HOMES)
                place = contract.property, contract.unit, contract.id
                yield Clue(*place, alone, because, source, person.source)

    def places(self) -> Iterator[Clue]:
        """Our properties at the addresses of the text, the whole name of the street and the exact number."""
        spoken = [one for place in self.keys.places for one in self._spoken(place)]
        # Who writes about another house than their own says so in the text.
        signed_only = not any(
            is_address(self.keys, place) for place in self.keys.places if not _is_signed(place.span)
        )
        for one in spoken:
            if any(_says_more(other, one) for other in spoken):
                continue
            if _is_signed(one.place.span) and not signed_only:
                continue
            for house in self._in_that_town(one.place, one.houses):
                because = _quote(one.place.span) + (f" ~ {house.street}" if one.near else "")
                in_doubt = house.id in one.doubtful
                weight = min(one.weight, DOUBTFUL_PLACE) if in_doubt else one.weight
                yield Clue(house.id, None, None, weight, because, "place", in_doubt=in_doubt)
                self.at[house.id] = one.place

    def _spoken(self, place: PlaceKey) -> Iterator[_Spoken]:
        """What stands at one address of the text: exactly, between the ends of a range, or in a street much like it."""
        for kind, key, weight in (
            (LookupKind.PLACE, place.key, PLACE),
            (LookupKind.WITHIN, place.key, WITHIN),
            (LookupKind.PLACE, f"~{place.key}", NEAR_PLACE),
        ):
            houses = self._at(kind, key)
            if houses:
                weight = SIGNATURE if _is_signed(place.span) else weight
                yield _Spoken(
                    place, houses, weight, near=key != place.key, doubtful=self._doubtful(kind, key)
                )
                return

    def _doubtful(self, kind: LookupKind, key: str) -> frozenset[str]:
        """Properties whose street differs so from what was written that it may be another one."""
        near = (hit for hit in self.hits[kind][key] if hit.near)
        return frozenset(hit.target for hit in near if is_doubtful(_street(hit.near), _street(hit.key)))

    def streets(self) -> Iterator[Clue]:
        """A street without a number speaks where we have one single property in it; of two somebody must choose."""
        known = self.hits[LookupKind.STREET]
        for place in self.keys.places if known else ():
            houses = self._at(LookupKind.STREET, place.key)
            whole = len(known.get(place.key, ())) < limits.HOUSES_OF_A_STREET
            if not place.key.endswith("|") or not whole or _is_signed(place.span):
                continue
            how_many = "one property" if len(houses) == 1 else f"{len(houses)} properties"
            for house in houses:
                because = f"{_quote(place.span)}, where we have {how_many}"
                yield Clue(house.id, None, None, STREET, because, "street")

    def aliases(self) -> Iterator[Clue]:
        """Names that people give to a house."""
        known = self.hits[LookupKind.ALIAS]
        for word in self.keys.aliases if known else ():
            for house in self._at(LookupKind.ALIAS, word.key):
                yield Clue(house.id, None, None, ALIAS, f"name {_quote(word.span)}", "alias")

    def homes(self) -> Iterator[Clue]:
        """Where the sender lives or owns on the day. One place is strong; of several the text must choose."""
        homes = list(self._occupancies())
        properties = {occupancy.property for _, occupancy in homes}
        weight = DOMAIN if self.by_domain else HOME if len(properties) == 1 else ONE_OF_SEVERAL_HOMES
        named = self._named_home(homes) if weight == ONE_OF_SEVERAL_HOMES else None
        for person, occupancy in homes:
            each = NAMED_HOME if named and occupancy.unit == named else weight
            where = self.units[occupancy.unit].name if occupancy.unit in self.units else "the house"
            because = f"{person.name} is {occupancy.relation.value} of {where} at {occupancy.property}"
            row = occupancy.source or person.source
            yield Clue(occupancy.property, occupancy.unit, None, each, because, "home", row)
        for contract in self._contracts_of(self.people):
            if contract.property is not None and contract.property not in properties:
                because = f"contract {contract.number} of the sender"
                place = contract.property, contract.unit, contract.id
                yield Clue(*place, ONE_OF_SEVERAL_HOMES, because, "home", contract.source)

    def _named_home(self, homes: Sequence[tuple[Person, Occupancy]]) -> str | None:
        """The one of the sender's flats in several houses that the mail names."""
        flats = dict.fromkeys(occupancy.unit for _, occupancy in homes if occupancy.unit)
        units = [self.units[flat] for flat in flats if flat in self.units]
        return named_unit(self._mentions(), units, frozenset())

    def authors_within(self) -> Iterator[Clue]:
        """Where whoever wrote the forwarded mail lives: a neighbour or a child sends it on, and nobody says that it is theirs."""
        addresses = [one for one in self.keys.authors_within if one != self.sender.address]
        own = {person.id for person in self.people}
        for address in addresses:
            for person in people_at(address, tuple(self.everybody.values())):
                if person.id not in own:
                    because = f"{person.name} wrote the mail within"
                    yield from self._of_person(person, AUTHOR_WITHIN, because, "within")

    # --- the parts of the answer ----------------------------------------------------------------------------

    def contract(self, clues: list[Clue], house: str | None) -> str | None:
        """The one contract that is named; else the sender's only one, if it does not belong to another house."""
        named = {clue.contract for clue in clues if clue.contract and clue.source == "number"}
        named = named or {clue.contract for clue in clues if clue.contract and clue.source == "customer"}
        if len(named) == 1:
            return named.pop()
        own = [c for c in self._contracts_of(self.people) if c.property in (None, house)]
        return own[0].id if len(own) == 1 and not named else None

    def unit(self, clues: list[Clue], house: str | None) -> str | None:
        """The one unit of the house that the mail names; else the sender's, if they have one there."""
        if house is None:
            return None
        numbered = {c.unit for c in clues if c.source == "number" and c.unit and c.property == house}
        if numbered:
            return numbered.pop() if len(numbered) == 1 else None
        here = [c for c in clues if c.unit and c.property == house]
        homes = [c.unit for c in here if c.source == "home"] or [
            c.unit for c in here if c.source in _OF_PERSON
        ]
        own = frozenset(one for one in (*homes, *(c.unit for c in here if c.source == "within")) if one)
        units = [unit for unit in self.units.values() if unit.property == house]
        mentions = self._mentions(signed=house in self.at and _is_signed(self.at[house].span))
        if house in self.at:
            mentions += flat_behind(self.at[house].span.words)
        return named_unit(mentions, units, own)

    def explain_unit(self, house: str | None, unit: str | None, rows: Rows) -> Iterator[Step]:
        """Say so where the mail names a unit other than the sender's own."""
        own = {o.unit for _, o in self._occupancies() if o.property == house and o.unit}
        if unit is not None and own and unit not in own:
            because = "the mail names another unit than the sender's own"
            yield Step(Station.MATCH, unit, because, rule_of(rows.of_unit(unit)))

    def _mentions(self, *, signed: bool = False) -> list[str]:
        """The flats that the mail names. Those of a signature count where its address does."""
        return [word.key for word in self.keys.units if signed or not _is_signed(word.span)]

    def _is_place(self, span: Span) -> bool:
        """Whether it is an address of ours: `P 5 16` in Mannheim is no property p516."""
        return any(
            _holds(place.span, span)
            and (self._at(LookupKind.PLACE, place.key) or self._at(LookupKind.PLACE, f"~{place.key}"))
            for place in self.keys.places
        )

    # --- help -----------------------------------------------------------------------------------------------

    def _at(self, kind: LookupKind, key: str) -> list[Property]:
        hits = self.hits[kind].get(key)
        if hits is None:
            return []  # nearly everything that a mail may mean
        return [self.properties[hit.target] for hit in hits if hit.target in self.properties]

    def _in_that_town(self, place: PlaceKey, houses: list[Property]) -> list[Property]:
        fitting = in_that_town(self.keys, place, houses)
        if isinstance(fitting, Elsewhere):
            because = f"{_quote(place.span)} is in {fitting.said}, ours in {fitting.ours}"
            rule = rule_of(*(house.source for house in houses))
            self.remarks.append(Step(Station.MATCH, "another town", because, rule))
        return [] if isinstance(fitting, Elsewhere) else fitting

    def _occupancies(self) -> Iterator[tuple[Person, Occupancy]]:
        for person in self.people:
            for occupancy in person.occupancies:
                if occupancy.validity.covers(self.day) and occupancy.property in self.properties:
                    yield person, occupancy

    def _contracts_of(self, people: Iterable[Person]) -> list[Contract]:
        wanted = dict.fromkeys(contract for person in people for contract in person.contracts)
        known = (self.contracts[one] for one in wanted if one in self.contracts)
        return [contract for contract in known if contract.validity.covers(self.day)]


def _is_street(words: str) -> bool:
    """Whether a number is the end of an address: `Weg 12` of `Linden Weg 12`, while `WEG 12` are owners."""
    return _STREET.match(words) is not None


def _is_signed(span: Span) -> bool:
    """Whether it stands in a signature."""
    return span.part is Part.SIGNATURE


def _says_more(other: _Spoken, one: _Spoken) -> bool:
    """`Planckstr. 12` says less than the `Max Planckstr. 12` it stands in, and 12 less than the 12-14 it begins."""
    if _inside(one.place.span, other.place.span):
        return other.weight >= one.weight
    if one.place.span != other.place.span:
        # A mistaken street never counts where a known one is written.
        return one.near and not other.near and _overlap(one.place.span, other.place.span)
    return other.weight > one.weight or (
        other.weight == one.weight and one.place.key in _ends(other.place.key)
    )


def _ends(key: str) -> tuple[str, ...]:
    """The two numbers of a range: `street|12-14` → street|12, street|14."""
    street, _, house = key.partition("|")
    first, dash, last = house.partition("-")
    return (f"{street}|{first}", f"{street}|{last}") if dash else ()


def _overlap(one: Span, other: Span) -> bool:
    return one.part is other.part and one.start < other.end and other.start < one.end


def _inside(inner: Span, outer: Span) -> bool:
    """Whether `outer` says more at the same place."""
    return _holds(outer, inner) and (inner.start, inner.end) != (outer.start, outer.end)


def _holds(outer: Span, inner: Span) -> bool:
    return inner.part is outer.part and outer.start <= inner.start and inner.end <= outer.end


def _street(key: str) -> str:
    return key.partition("|")[0]


def _quote(span: Span) -> str:
    return f'"{" ".join(span.words.split())}" in {_PARTS[span.part]}'
