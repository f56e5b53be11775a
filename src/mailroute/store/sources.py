"""Where everything of a directory stands in the rules files: kept apart from it, in pages.

One line more in a table moves a million others. In their own rows that would write each of them anew; here it writes the
numbers of many on one page, 65,536 pages at most, and nothing of the things themselves differs. A look-up reads one
small page for each thing: 40 numbers with a million contracts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from struct import Struct
from typing import Any

from sqlalchemy import Connection, bindparam, select

from mailroute.model.directory import Directory, Found, Occupancy, Person, Property, Responsibility, Unit
from mailroute.model.ruleset import Source
from mailroute.store.columns import index_key
from mailroute.store.ready import Ready
from mailroute.store.tables import source_page

# The thing (all of its digest that the page does not say already), which of the files of the page, and the line there.
_RECORD = Struct("<6sHI")
# A thing, and behind it its parts in order where one of them stands in another line.
_Standing = tuple[Source, ...]
_Key = tuple[int, bytes]


# --- values → rows ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Page:
    """A page while it is filled: its files with their numbers, and its records."""

    files: dict[str, int] = field(default_factory=dict)
    records: bytearray = field(default_factory=bytearray)


def source_rows(org: str, directory: Directory) -> Iterator[dict[str, Any]]:
    """The rows of table source_page."""
    pages: dict[int, _Page] = {}
    for kind, name, standing in _all(directory):
        number, thing = _key(kind, index_key(name))
        page = pages.setdefault(number, _Page())
        for source in standing:
            file = page.files.setdefault(source.file, len(page.files))
            page.records += _RECORD.pack(thing, file, source.line)
    for number, page in pages.items():
        files = json.dumps([*page.files], ensure_ascii=False)
        yield {"organisation_id": org, "page": number, "files": files, "records": bytes(page.records)}


def _all(directory: Directory) -> Iterator[tuple[str, str, _Standing]]:
    for house in directory.properties:
        yield "property", house.id, _standing(house.source, (*house.units, *house.responsibilities))
    for person in directory.people:
        yield "person", person.id, _standing(person.source, person.occupancies)
    for contract in directory.contracts:
        yield "contract", contract.id, _standing(contract.source, ())


def _standing(whole: Source | None, parts: Iterable[Unit | Responsibility | Occupancy]) -> _Standing:
    if whole is None:
        return ()  # made by a test, not read from a file
    own = [part.source for part in parts]
    return (whole, *(one or whole for one in own)) if any(own) else (whole,)


def _key(kind: str, name: str) -> _Key:
    """The page of a thing, and what it is called there."""
    digest = blake2b(f"{kind} {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest[:2]), digest[2:]


# --- rows → values ------------------------------------------------------------------------------------------

_PAGES = Ready(
    select(source_page.c.page, source_page.c.files, source_page.c.records).where(
        source_page.c.organisation_id == bindparam("org"),
        source_page.c.page.in_(bindparam("pages", expanding=True)),
    )
)


def with_sources(conn: Connection, org: str, found: Found) -> Found:
    """What was found, each thing with where it stands."""
    houses = {one.id: _key("property", one.id) for one in found.properties}
    people = {one.id: _key("person", one.id) for one in found.people}
    contracts = {one.id: _key("contract", one.id) for one in found.contracts}
    known = _read(conn, org, {*houses.values(), *people.values(), *contracts.values()})
    if not known:
        return found
    properties = tuple(_house(one, known.get(houses[one.id], ())) for one in found.properties)
    units = {unit.id: unit for house in properties for unit in house.units}
    return replace(
        found,
        properties=properties,
        people=tuple(_person(one, known.get(people[one.id], ())) for one in found.people),
        contracts=tuple(
            replace(one, source=next(iter(known.get(contracts[one.id], ())), None)) for one in found.contracts
        ),
        units=tuple(units.get(one.id, one) for one in found.units),
    )


def _read(conn: Connection, org: str, wanted: set[_Key]) -> dict[_Key, list[Source]]:
    known: dict[_Key, list[Source]] = {}
    for row in _PAGES.ask(conn, org=org, pages=sorted({page for page, _ in wanted})):
        files: list[str] = json.loads(row.files)
        for thing, file, line in _RECORD.iter_unpack(row.records):
            if (row.page, thing) in wanted:
                known.setdefault((row.page, thing), []).append(Source(files[file], line))
    return known


def _house(house: Property, standing: Iterable[Source]) -> Property:
    whole, *parts = (*standing,) or (None,)
    if len(parts) != len(house.units) + len(house.responsibilities):
        return replace(house, source=whole)
    at = iter(parts)
    units = tuple(replace(one, source=source) for one, source in zip(house.units, at, strict=False))
    held = zip(house.responsibilities, at, strict=False)
    responsibilities = tuple(replace(one, source=source) for one, source in held)
    return replace(house, source=whole, units=units, responsibilities=responsibilities)


def _person(person: Person, standing: Iterable[Source]) -> Person:
    whole, *parts = (*standing,) or (None,)
    if len(parts) != len(person.occupancies):
        return replace(person, source=whole)
    homes = zip(person.occupancies, parts, strict=True)
    occupancies = tuple(replace(one, source=source) for one, source in homes)
    return replace(person, source=whole, occupancies=occupancies)
