"""The directory as rows: what each property, unit, person and contract looks like in its table, and how it is found.

Where they stand in the files is not in their rows, but in `sources`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from mailroute.model.address import Address, address_key
from mailroute.model.directory import (
    Contract,
    Directory,
    Occupancy,
    Person,
    Property,
    Release,
    Responsibility,
    Unit,
    Validity,
)
from mailroute.model.grant import Grant
from mailroute.model.lookup import lookups
from mailroute.store.codec import dumps, loads_any
from mailroute.store.columns import AnyRow, index_key

Values = dict[str, Any]

Strings = tuple[str, ...]
_Responsibilities = tuple[Responsibility, ...]
_Occupancies = tuple[Occupancy, ...]
_Addresses = tuple[Address, ...]
_Release = tuple[Release, ...]
_Part = TypeVar("_Part", Responsibility, Occupancy)


# --- values → rows ------------------------------------------------------------------------------------------


def property_row(org: str, one: Property) -> Values:
    """The columns of table property."""
    return {
        "organisation_id": org,
        "id": one.id,
        "name": one.name,
        "street": one.street,
        "house_number": one.house_number,
        "postcode": one.postcode,
        "town": one.town,
        "aliases": dumps(one.aliases, Strings),
        "responsibilities": dumps(_anywhere(one.responsibilities), _Responsibilities),
        "calendar": one.calendar,
        "valid_since": one.validity.since,
        "valid_until": one.validity.until,
    }


def _anywhere(parts: tuple[_Part, ...]) -> tuple[_Part, ...]:
    """They themselves, wherever they stand."""
    return tuple(part if part.source is None else replace(part, source=None) for part in parts)


def unit_rows(org: str, one: Property) -> Iterator[Values]:
    """The columns of table unit, for every unit of a property."""
    for position, unit in enumerate(one.units):
        yield {
            "organisation_id": org,
            "id": unit.id,
            "property": one.id,
            "position": position,
            "name": unit.name,
        }


def person_row(org: str, one: Person) -> Values:
    """The columns of table person."""
    return {
        "organisation_id": org,
        "id": one.id,
        "name": one.name,
        "language": one.language,
        "addresses": dumps(one.addresses, _Addresses),
        "occupancies": dumps(_anywhere(one.occupancies), _Occupancies),
        "contracts": dumps(one.contracts, Strings),
        "numbers": dumps(one.numbers, Strings),
        "phones": dumps(one.phones, Strings),
        "release": dumps(one.release, _Release),
        "ibans": dumps(one.ibans, Strings),
    }


def contract_row(org: str, one: Contract) -> Values:
    """The columns of table contract."""
    return {
        "organisation_id": org,
        "id": one.id,
        "number": one.number,
        "property": one.property,
        "unit": one.unit,
        "line_of_business": one.line_of_business,
        "status": one.status,
        "adviser": one.adviser,
        "clerk": one.clerk,
        "parties": dumps(one.parties, Strings),
        "valid_since": one.validity.since,
        "valid_until": one.validity.until,
        "also": dumps(one.also, Strings),
        "offered_on": one.offered_on,
        "applied_on": one.applied_on,
        "documented_on": one.documented_on,
        "product": one.product,
    }


def lookup_rows(org: str, directory: Directory) -> list[Values]:
    """Every way in which something is found. `rank` counts the targets of one key, in a fixed order."""
    ways = sorted({(w.kind.value, index_key(w.key), w.target_kind, w.target) for w in lookups(directory)})
    rows: list[Values] = []
    before, rank = ("", ""), 0
    for kind, key, what, target in ways:
        rank = rank + 1 if (kind, key) == before else 0
        before = (kind, key)
        rows.append(
            {
                "organisation_id": org,
                "kind": kind,
                "key": key,
                "rank": rank,
                "target_kind": what,
                "target": target,
            }
        )
    return rows


def grant_rows(org: str, grants: Iterable[Grant]) -> Iterator[Values]:
    """The columns of table customer_grant."""
    for one in grants:
        yield {"organisation_id": org, "id": one.id, "body": dumps(one, Grant)}


def member_rows(org: str, new: Directory) -> Iterator[Values]:
    """The columns of table grant_member."""
    known = {address_key(address.address) for person in new.people for address in person.addresses}
    for grant in new.grants:
        for member in grant.members:
            domain = "@" + member.address.rpartition("@")[2]
            yield {
                "organisation_id": org,
                "address": member.address,
                "grant_id": grant.id,
                "known": member.address in known or domain in known,
            }


# --- rows → values ------------------------------------------------------------------------------------------


def property_of(row: AnyRow, units: tuple[Unit, ...]) -> Property:
    """The property that a row keeps, with its units."""
    return Property(
        id=row.id,
        name=row.name,
        street=row.street,
        house_number=row.house_number,
        postcode=row.postcode,
        town=row.town,
        aliases=loads_any(row.aliases, Strings),
        units=units,
        responsibilities=_responsibilities(row.responsibilities),
        calendar=row.calendar,
        validity=Validity(row.valid_since, row.valid_until),
    )


@lru_cache(maxsize=4096)
def _responsibilities(text: str) -> tuple[Responsibility, ...]:
    """Read once what stands at many houses: the same few people look after all of them."""
    found: _Responsibilities = loads_any(text, _Responsibilities)
    return found


def unit_of(row: AnyRow) -> Unit:
    """The unit that a row keeps."""
    return Unit(id=row.id, property=row.property, name=row.name)


def person_of(row: AnyRow) -> Person:
    """The person that a row keeps."""
    return Person(
        id=row.id,
        name=row.name,
        addresses=loads_any(row.addresses, _Addresses),
        language=row.language,
        occupancies=loads_any(row.occupancies, _Occupancies),
        contracts=loads_any(row.contracts, Strings),
        numbers=loads_any(row.numbers, Strings),
        phones=loads_any(row.phones, Strings),
        release=loads_any(row.release, _Release),
        ibans=loads_any(row.ibans, Strings),
    )


def contract_of(row: AnyRow) -> Contract:
    """The contract that a row keeps."""
    return Contract(
        id=row.id,
        number=row.number,
        property=row.property,
        unit=row.unit,
        line_of_business=row.line_of_business,
        status=row.status,
        adviser=row.adviser,
        clerk=row.clerk,
        parties=loads_any(row.parties, Strings),
        validity=Validity(row.valid_since, row.valid_until),
        also=loads_any(row.also, Strings),
        offered_on=row.offered_on,
        applied_on=row.applied_on,
        documented_on=row.documented_on,
        product=row.product,
    )
