"""Who writes to us: the same person may stand at a unit, in people.csv and in several contracts, and is one person.

Two places speak of one person if they give one id or one e-mail address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from mailroute.model.address import Address
from mailroute.model.directory import Occupancy, Person, Relation, Release, Validity
from mailroute.model.ruleset import Source
from mailroute.model.text import fold
from mailroute.rules.reader import Entries, Entry, slug
from mailroute.rules.report import Report, Spot, quoted
from mailroute.rules.schema import ContractRow, PersonEntry, PersonRow, PropertyEntry
from mailroute.rules.tree import Path
from mailroute.rules.units import Units, id_of_unit

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in the files that speaks of a person."""

    name: str
    id: str | None
    addresses: tuple[str, ...]
    language: str | None
    home: str
    entry: Entry[PropertyEntry] | Entry[PersonRow] | Entry[ContractRow]
    path: Path = ()
    occupancy: Occupancy | None = None
    contract: str | None = None
    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    release: tuple[str, ...] = ()

    def spot(self, *path: str | int) -> Spot:
        """Where that person's value stands."""
        return self.entry.spot(*self.path, *path)

    def source(self) -> Source:
        """Where that person begins, for explanations."""
        return self.entry.source(*self.path)


def mentions(entries: Entries, units: Units) -> Iterator[Mention]:
    """Everybody the files speak of, in the order of the files."""
    for one in entries.properties:
        yield from _of_property(one)
    for row in entries.people:
        yield _of_row(row, units)
    for contract in entries.contracts:
        if contract.value.party or contract.value.email:
            name = contract.value.party or contract.value.email[0]
            addresses = tuple(contract.value.email)
            yield Mention(name, None, addresses, None, contract.id, contract, (), None, contract.id)


def _of_property(one: Entry[PropertyEntry]) -> Iterator[Mention]:
    for index, person in enumerate(one.value.board):
        yield _inline(one, person, ("board", index), Relation.BOARD, None)
    for name, unit in one.value.units.items():
        if unit is None:
            continue
        unit_id = id_of_unit(one.id, name, unit)
        for index, person in enumerate(unit.tenants):
            yield _inline(one, person, ("units", name, "tenants", index), Relation.TENANT, unit_id)
        for index, person in enumerate(unit.owners):
            yield _inline(one, person, ("units", name, "owners", index), Relation.OWNER, unit_id)


def _inline(
    one: Entry[PropertyEntry], person: PersonEntry, path: Path, relation: Relation, unit: str | None
) -> Mention:
    occupancy = Occupancy(relation, one.id, unit, Validity(person.since, person.until))
    addresses = tuple(person.email)
    said = Mention(person.name, person.id, addresses, person.language, unit or one.id, one, path, occupancy)
    return _with_numbers(said, person)


def _of_row(row: Entry[PersonRow], units: Units) -> Mention:
    value = row.value
    unit = units.find(value.property, value.unit) if value.unit else None
    home = value.property or (units.property_of.get(unit) if unit else None)
    occupancy = None
    if home is not None and value.relation != "customer":
        occupancy = Occupancy(Relation(value.relation), home, unit, Validity(value.since, value.until))
    place = unit or home or "people"
    said = Mention(value.name, value.id, tuple(value.email), value.language, place, row, (), occupancy)
    return _with_numbers(said, value)


def _with_numbers(said: Mention, value: PersonEntry | PersonRow) -> Mention:
    return replace(
        said,
        numbers=tuple(value.number),
        phones=tuple(value.phone),
        ibans=tuple(value.iban),
        release=tuple(value.release),
    )


@dataclass(slots=True)
class _Draft:
    """A person while the files are still being read."""

    id: str
    name: str
    source: Source
    addresses: list[str] = field(default_factory=list)
    language: str | None = None
    occupancies: list[Occupancy] = field(default_factory=list)
    contracts: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    ibans: list[str] = field(default_factory=list)
    release: tuple[str, ...] = ()


class Register:
    """Everybody once. Reports addresses that people with different names share (MR407).

    `told` are those about whose contracts that has been said already (MR417).
    """

    def __init__(self, report: Report, told: frozenset[str] = frozenset()) -> None:
        self._report = report
        self._told = told
        self._drafts: dict[str, _Draft] = {}
        self._by_address: dict[str, str] = {}
        self._parties: dict[str, list[str]] = {}

    def add(self, said: Mention) -> None:
        """Take in one mention."""
        draft = self._draft(said)
        same_id = said.id is not None and fold(draft.name) != fold(said.name)
        if same_id:
            message = f"{quoted(draft.id)} is also the id of {quoted(draft.name)}"
            remedy = "Both count as one person; give one of them another id, or write the name in one way."
            self._report.add("MR407", said.spot("id"), message, remedy)
        for address in said.addresses:
            owner = self._drafts[self._by_address.setdefault(address, draft.id)]
            is_told = (said.contract is not None and address in self._told) or (same_id and owner is draft)
            if not is_told and owner.name != said.name and fold(owner.name) != fold(said.name):
                message = f"{quoted(address)} is also the address of {quoted(owner.name)}"
                remedy = (
                    "Only the name that a mail shows tells them apart, and only if each has an `id`; write the name in one way "
                    "if it is one person."
                )
                self._report.add("MR407", said.spot("email"), message, remedy)
            _once(draft.addresses, address)
        draft.language = draft.language or said.language
        draft.release = draft.release or said.release
        if said.occupancy is not None:
            elsewhere = said.source() != draft.source
            here = replace(said.occupancy, source=said.source()) if elsewhere else said.occupancy
            _once(draft.occupancies, here)
        for known, more in (
            (draft.numbers, said.numbers),
            (draft.phones, said.phones),
            (draft.ibans, said.ibans),
        ):
            for one in more:
                _once(known, one)
        if said.contract is not None:
            _once(draft.contracts, said.contract)
            _once(self._parties.setdefault(said.contract, []), draft.id)

    def people(self) -> tuple[Person, ...]:
        """Everybody, in the order they were first spoken of."""
        return tuple(
            Person(
                id=draft.id,
                name=draft.name,
                addresses=tuple(Address(draft.name, address) for address in draft.addresses),
                language=draft.language,
                occupancies=tuple(draft.occupancies),
                contracts=tuple(draft.contracts),
                numbers=tuple(draft.numbers),
                phones=tuple(draft.phones),
                ibans=tuple(draft.ibans),
                release=_released(draft.release),
                source=draft.source,
            )
            for draft in self._drafts.values()
        )

    def by_address(self) -> dict[str, str]:
        """From every address to the id of whoever has it."""
        return dict(self._by_address)

    def parties(self, contract: str) -> tuple[str, ...]:
        """The ids of a contract's parties."""
        return tuple(self._parties.get(contract, ()))

    def _draft(self, said: Mention) -> _Draft:
        if said.id is None:
            for address in said.addresses:
                if address in self._by_address:
                    return self._drafts[self._by_address[address]]
        # Without an id and an address, somebody is known only where they live.
        own = said.addresses[0] if said.addresses else f"{said.home}/{slug(said.name)}"
        known = self._drafts.get(said.id or own)
        if known is None:
            known = self._drafts[said.id or own] = _Draft(said.id or own, said.name, said.source())
        return known


def _released(said: tuple[str, ...]) -> tuple[Release, ...]:
    """What firms may be told; `none` beside anything else is still none."""
    if not said:
        return Release.ordinary()
    return () if "none" in said else tuple(one for one in Release if one.value in said)


def _once(items: list[_T], item: _T) -> None:
    if item not in items:
        items.append(item)
