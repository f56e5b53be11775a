"""People who exist only in routing tests (`people` of a test): invented, so that a test outlives who moves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from pydantic import Field, model_validator

from mailroute.model.address import Address
from mailroute.model.directory import Directory, Occupancy, Person, Relation
from mailroute.model.grant import Member
from mailroute.rules import values as v
from mailroute.rules.entry import Entry
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.tree import Path


class TestPersonEntry(Entry):
    """Somebody who rents, owns or has a contract here only while the tests run."""

    __test__ = False

    name: v.Name
    email: v.Some[v.Email] = ()
    relation: v.Relationship = "tenant"
    property: v.Id | None = None
    unit: v.Name | None = Field(None, description="Its id, such as max-planck-12/we-03")
    contracts: v.Some[v.Name] = ()
    grant: v.Id | None = Field(None, description="A grant whose member they are")
    language: v.Language | None = None
    number: v.Some[v.Name] = ()
    phone: v.Some[v.Name] = ()
    iban: v.Some[v.Name] = ()

    @model_validator(mode="after")
    def _lives_somewhere(self) -> Self:
        if self.relation != "customer" and self.property is None:
            remedy = "Write `property: …`, or `relation: customer`."
            raise v.wrong("MR202", f"a {self.relation} needs a `property`", remedy)
        return self


@dataclass(frozen=True, slots=True)
class TestPerson:
    """Such a person, without mistakes. `grant`: whose member they are."""

    __test__ = False

    person: Person
    grant: str | None


def person_of(entry: TestPersonEntry) -> TestPerson:
    """The person as the directory would have it."""
    occupancies: tuple[Occupancy, ...] = ()
    if entry.property is not None and entry.relation != "customer":
        occupancies = (Occupancy(Relation(entry.relation), entry.property, entry.unit),)
    person = Person(
        id=entry.email[0] if entry.email else f"routing-test/{entry.name}",
        name=entry.name,
        addresses=tuple(Address(entry.name, address) for address in entry.email),
        language=entry.language,
        occupancies=occupancies,
        contracts=tuple(entry.contracts),
        numbers=tuple(entry.number),
        phones=tuple(entry.phone),
        ibans=tuple(entry.iban),
    )
    return TestPerson(person, entry.grant)


def check_person(
    entry: TestPersonEntry,
    known: Mapping[str, frozenset[str]],
    people: dict[str, TestPersonEntry],
    spot_of: Callable[[Path], Spot],
    report: Report,
) -> None:
    """Report what the directory does not have, and addresses that belong to somebody of it, or to another one of `people`.

    `people` are those of the tests before, by address: all tests run in one house, where the same ones may live again.
    """
    for code, kind, names, path in (
        ("MR303", "property", (entry.property,), ("property",)),
        ("MR304", "unit", (entry.unit,), ("unit",)),
        ("MR314", "contract", entry.contracts, ("contracts",)),
        ("MR206", "grant", (entry.grant,), ("grant",)),
    ):
        for name in names:
            if name is not None and name not in known[kind]:
                remedy = nearest(name, known[kind])
                report.add(code, spot_of(path), f"there is no {kind} {quoted(name)}", remedy)
    for address in entry.email:
        if address in known["address"]:
            message = f"{quoted(address)} belongs to somebody of the directory, or to us"
            remedy = "Invent an address: whoever has it needs no entry here."
            report.add("MR308", spot_of(("email",)), message, remedy)
        elif people.setdefault(address, entry) != entry:
            message = f"{quoted(address)} belongs to somebody else in another test"
            remedy = "Invent another address, or write the same in both tests."
            report.add("MR308", spot_of(("email",)), message, remedy)


def with_people(directory: Directory, extra: tuple[TestPerson, ...]) -> Directory:
    """The directory with those people in it, their contracts and grants too."""
    added = tuple({one.person.id: one.person for one in extra}.values())
    parties = {contract: one.id for one in added for contract in one.contracts}
    contracts = tuple(
        replace(one, parties=(*one.parties, parties[one.id])) if one.id in parties else one
        for one in directory.contracts
    )
    grants = tuple(
        replace(
            grant,
            members=(
                *grant.members,
                *(
                    Member(address.key, one.person.name)
                    for one in extra
                    if one.grant == grant.id
                    for address in one.person.addresses
                ),
            ),
        )
        for grant in directory.grants
    )
    return replace(directory, people=(*directory.people, *added), contracts=contracts, grants=grants)
