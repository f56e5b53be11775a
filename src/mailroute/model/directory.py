"""The directory of one organisation: places, people and contracts with validity dates (design §8).

It becomes rows when a ruleset is activated and is read by key; nothing here is ever held whole by a worker.

`source` is where each thing stands in the rules files, for explanations. Two things that differ only in it are the same: one
line more above them changes nothing about them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailroute.model.address import Address
from mailroute.model.grant import Grant
from mailroute.model.ruleset import Source


@dataclass(frozen=True, slots=True)
class Validity:
    """From the first day to the last day, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` (local) lies inside."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


ALWAYS = Validity()


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two spans from a first to a last day have a day in common; None is open."""
    latest = max((day for day in (one[0], other[0]) if day is not None), default=None)
    return latest is None or (Validity(*one).covers(latest) and Validity(*other).covers(latest))


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who holds a role for a property, primary first, then deputies (REQ-E3, E9). `source` None: in the property's line."""

    role: str
    staff: tuple[str, ...]
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """A flat, shop or parking space of a property. `id` is unique within the organisation. `source` None: in the property's
    line.
    """

    id: str
    property: str
    name: str
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Property:
    """One building with an address. `house_number` as people write it ("12", "12a", "12-14")."""

    id: str
    name: str
    street: str
    house_number: str
    postcode: str
    town: str
    aliases: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    calendar: str | None = None
    validity: Validity = ALWAYS
    source: Source | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """How people call it: the name if it has one, else street and number."""
        return self.name or f"{self.street} {self.house_number}"

    def staff_for(self, role: str) -> tuple[str, ...]:
        """Holders of `role` here, primary first; () if none."""
        return next((r.staff for r in self.responsibilities if r.role == role), ())

    def source_of(self, role: str) -> Source | None:
        """Where it stands who holds `role` here."""
        return next((r.source for r in self.responsibilities if r.role == role), None) or self.source


class Relation(StrEnum):
    """How a person belongs to a unit."""

    TENANT = "tenant"
    OWNER = "owner"
    BOARD = "board"


@dataclass(frozen=True, slots=True)
class Occupancy:
    """A person rents, owns or speaks for a unit for some time. `unit` is None for a whole property.

    `source` None: in the person's line.
    """

    relation: Relation
    property: str
    unit: str | None
    validity: Validity = ALWAYS
    source: Source | None = field(default=None, compare=False)


class Release(StrEnum):
    """What of a person's contact data firms may be told."""

    NAME = "name"
    ADDRESS = "address"
    UNIT = "unit"
    PHONE = "phone"
    EMAIL = "email"

    @staticmethod
    def ordinary() -> tuple[Release, ...]:
        """What holds where nobody wrote anything else: where it is, and whom to ask for there."""
        return (Release.NAME, Release.ADDRESS, Release.UNIT)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may write to us: a tenant, owner or customer. `contracts` are ids, `numbers` customer numbers.

    `release` is what firms outside may be told of them (REQ-D12).
    """

    id: str
    name: str
    addresses: tuple[Address, ...]
    language: str | None = None
    occupancies: tuple[Occupancy, ...] = ()
    contracts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    release: tuple[Release, ...] = Release.ordinary()
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract a mail may be about: of a unit (lease) or of a line of business (insurance).

    `also` are further numbers it is known by: policy, claim, order, number plate. `adviser` and `clerk` are staff ids
    (REQ-A3, A6); `parties` are person ids. Which dates are set decides whether a grant shows it (REQ-C5). `product` is
    what the insurer calls it (REQ-C15).
    """

    id: str
    number: str
    property: str | None = None
    unit: str | None = None
    line_of_business: str = ""
    status: str = ""
    adviser: str | None = None
    clerk: str | None = None
    parties: tuple[str, ...] = ()
    validity: Validity = ALWAYS
    also: tuple[str, ...] = ()
    offered_on: date | None = None
    applied_on: date | None = None
    documented_on: date | None = None
    product: str = ""
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it, as files or an import give it; only the store and `check` ever see it whole."""

    properties: tuple[Property, ...] = ()
    people: tuple[Person, ...] = ()
    contracts: tuple[Contract, ...] = ()
    grants: tuple[Grant, ...] = ()


class LookupKind(StrEnum):
    """What a look-up key stands for. The key string is already folded by `model.lookup`."""

    ADDRESS = "address"
    STREET = "street"
    PLACE = "place"
    # A number that only lies between those of a property: 14 in 12-16. Weak.
    WITHIN = "within"
    ALIAS = "alias"
    NUMBER = "number"
    PHONE = "phone"
    IBAN = "iban"


@dataclass(frozen=True, slots=True)
class Lookup:
    """One way to find something: `key` leads to the property, unit, person or contract `target`.

    `near` is the key that the mail has, where only a similar one was found; "" is an exact hit.
    """

    kind: LookupKind
    key: str
    target_kind: str
    target: str
    near: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the directory knew for the keys of one mail: the hits, and the things they lead to."""

    hits: tuple[Lookup, ...] = ()
    properties: tuple[Property, ...] = ()
    people: tuple[Person, ...] = ()
    contracts: tuple[Contract, ...] = ()
    units: tuple[Unit, ...] = field(default=())
