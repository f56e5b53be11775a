"""The directory of an organisation in the database: replaced when a ruleset is activated, asked by key.

What a look-up costs depends on how many keys are asked, never on how many contracts there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, delete, insert, select, update

from mailroute.model import limits
from mailroute.model.directory import (
    Contract,
    Directory,
    Found,
    Lookup,
    LookupKind,
    Person,
    Property,
    Unit,
)
from mailroute.model.keys import NearPlace
from mailroute.store import tables as t
from mailroute.store.columns import AnyRow, index_keys
from mailroute.store.directory_rows import (
    Values,
    contract_of,
    contract_row,
    grant_rows,
    lookup_rows,
    member_rows,
    person_of,
    person_row,
    property_of,
    property_row,
    unit_of,
    unit_rows,
)
from mailroute.store.ready import Ready
from mailroute.store.sources import source_rows, with_sources

HITS_PER_KEY = 50
TARGETS_PER_KIND = 200
# A street speaks by itself only where we have one house in it: a Hauptstraße with 500 need not be read.
STREET_HITS = limits.HOUSES_OF_A_STREET
_KEYS_PER_QUERY = 500
_ROWS_PER_STATEMENT = 5_000


# --- replacing ----------------------------------------------------------------------------------------------


def replace_directory(tx: Connection, organisation: str, directory: Directory, now: datetime) -> None:
    """Make the rows of the organisation what `directory` says. Only what differs is written.

    A reload with one changed telephone number writes one row, though a hundred thousand contracts are compared; one line
    more above them writes pages of line numbers (`sources`), and none of them.
    """
    org = organisation
    _replace(tx, org, t.property_, (property_row(org, one) for one in directory.properties))
    _replace(tx, org, t.unit, (row for one in directory.properties for row in unit_rows(org, one)))
    _replace(tx, org, t.person, (person_row(org, one) for one in directory.people))
    _replace(tx, org, t.contract, (contract_row(org, one) for one in directory.contracts))
    _replace(tx, org, t.lookup, lookup_rows(org, directory))
    _replace(tx, org, t.customer_grant, grant_rows(org, directory.grants))
    _replace(tx, org, t.grant_member, member_rows(org, directory))
    _replace(tx, org, t.source_page, source_rows(org, directory))


def _replace(tx: Connection, org: str, table: Table, wanted: Iterable[Values]) -> None:
    key_names = [column.name for column in table.primary_key if column.name != "organisation_id"]
    names = [column.name for column in table.c if column.name != "organisation_id"]
    here = {
        tuple(row[: len(key_names)]): tuple(row)
        for row in tx.execute(
            select(*(table.c[n] for n in (*key_names, *(n for n in names if n not in key_names)))).where(
                table.c.organisation_id == org
            )
        )
    }
    order = (*key_names, *(n for n in names if n not in key_names))
    new: list[Values] = []
    changed: list[Values] = []
    for row in wanted:
        before = here.pop(tuple(row[n] for n in key_names), None)
        if before is None:
            new.append(row)
        elif before != tuple(row[n] for n in order):
            changed.append(row)
    _run(tx, delete(table).where(*_same_key(table, key_names)), _keys(org, key_names, here))
    _run(tx, update(table).where(*_same_key(table, key_names)), _updates(org, key_names, changed))
    _run(tx, insert(table), iter(new))


def _same_key(table: Table, key_names: Sequence[str]) -> list[Any]:
    return [table.c[n] == bindparam(f"b_{n}") for n in ("organisation_id", *key_names)]


def _keys(org: str, key_names: Sequence[str], keys: Iterable[tuple[Any, ...]]) -> Iterator[Values]:
    for key in keys:
        yield {"b_organisation_id": org, **{f"b_{n}": v for n, v in zip(key_names, key, strict=True)}}


def _updates(org: str, key_names: Sequence[str], rows: Iterable[Values]) -> Iterator[Values]:
    for row in rows:
        kept = {n: v for n, v in row.items() if n not in key_names and n != "organisation_id"}
        yield {"b_organisation_id": org, **{f"b_{n}": row[n] for n in key_names}, **kept}


def _run(tx: Connection, statement: Any, rows: Iterator[Values]) -> None:
    """executemany in portions, so that neither side holds everything at once."""
    portion: list[Values] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _ROWS_PER_STATEMENT:
            tx.execute(statement, portion)
            portion = []
    if portion:
        tx.execute(statement, portion)


# --- asking -------------------------------------------------------------------------------------------------

# Asked with a hundred keys, which are cleaned before: `Text` spares them to be cleaned twice.
_HITS = Ready(
    select(t.lookup.c.key, t.lookup.c.rank, t.lookup.c.target_kind, t.lookup.c.target).where(
        t.lookup.c.organisation_id == bindparam("org"),
        t.lookup.c.kind == bindparam("kind"),
        t.lookup.c.rank < bindparam("most"),
        t.lookup.c.key.in_(bindparam("keys", expanding=True, type_=Text())),
    )
)


def find(conn: Connection, organisation: str, keys: Sequence[tuple[LookupKind, str]]) -> Found:
    """What the directory knows for these keys: the hits, what they lead to, and what that belongs to.

    At most 50 hits per key: more of them decide nothing. A person brings their properties and contracts, a contract
    its property, a unit its property, and a property all its units.
    """
    return what_hits_lead_to(conn, organisation, hits(conn, organisation, keys))


def what_hits_lead_to(conn: Connection, organisation: str, hits: tuple[Lookup, ...]) -> Found:
    """The second half of `find`."""
    people = _people(conn, organisation, _targets(hits, "person"))
    contract_ids = _targets(hits, "contract") + [c for one in people for c in one.contracts]
    contracts = _contracts(conn, organisation, contract_ids)
    occupied = [o for one in people for o in one.occupancies]
    # All others come with their house.
    alone = [c.unit for c in contracts if c.unit and not c.property]
    units = _units(conn, organisation, _targets(hits, "unit") + alone)
    property_ids = (
        _targets(hits, "property")
        + [o.property for o in occupied]
        + [one.property for one in units]
        + [c.property for c in contracts if c.property]
    )
    found = Found(hits, _properties(conn, organisation, property_ids), people, contracts, units)
    return with_sources(conn, organisation, found)


def hits(conn: Connection, org: str, keys: Sequence[tuple[LookupKind, str]]) -> tuple[Lookup, ...]:
    """The first half of `find`: which keys there are, and what each leads to."""
    return tuple(_hits(conn, org, keys))


def near_hits(conn: Connection, org: str, near: Sequence[NearPlace]) -> Iterator[Lookup]:
    """The same for places in streets that were probably meant; each hit tells what was written instead."""
    if not near:
        return
    written: dict[str, list[str]] = {}
    for one in near:
        written.setdefault(one.key, []).append(one.written)
    for hit in _hits(conn, org, [(LookupKind.PLACE, key) for key in written]):
        for key in written[hit.key]:
            yield replace(hit, near=key)


_NAMES = (
    select(t.lookup.c.key)
    .where(
        t.lookup.c.organisation_id == bindparam("org"),
        t.lookup.c.kind == bindparam("kind"),
        t.lookup.c.rank == 0,
    )
    .order_by(t.lookup.c.key)
)


def street_keys(conn: Connection, organisation: str) -> tuple[str, ...]:
    """Every street that has a property of ours, once, as `model.lookup.street_key` writes it."""
    return tuple(key.rstrip("|") for key in _names(conn, organisation, LookupKind.STREET))


def alias_keys(conn: Connection, organisation: str) -> tuple[str, ...]:
    """Every name that people give to a house of ours, once, as the directory keeps it."""
    return tuple(_names(conn, organisation, LookupKind.ALIAS))


_ANY_OF_KIND = (
    select(t.lookup.c.rank)
    .where(t.lookup.c.organisation_id == bindparam("org"), t.lookup.c.kind == bindparam("kind"))
    .limit(1)
)


def kinds_of_keys(conn: Connection, organisation: str) -> frozenset[LookupKind]:
    """What anything of this directory is found by."""
    return frozenset(
        kind
        for kind in LookupKind
        if conn.execute(_ANY_OF_KIND, {"org": organisation, "kind": kind.value}).first() is not None
    )


def _names(conn: Connection, organisation: str, kind: LookupKind) -> Iterable[str]:
    return conn.execute(_NAMES, {"org": organisation, "kind": kind.value}).scalars()


def _hits(conn: Connection, org: str, keys: Sequence[tuple[LookupKind, str]]) -> Iterator[Lookup]:
    by_kind: dict[LookupKind, list[str]] = {}
    for kind, key in keys:
        if key:
            by_kind.setdefault(kind, []).append(key)
    for kind in sorted(by_kind):
        most = STREET_HITS if kind is LookupKind.STREET else HITS_PER_KEY
        for chunk in _chunks(index_keys(by_kind[kind])):
            rows = _HITS.ask(conn, org=org, kind=kind.value, most=most, keys=chunk)
            for key, _, target_kind, target in sorted(rows):
                yield Lookup(kind, key, target_kind, target)


def _targets(hits: Iterable[Lookup], what: str) -> list[str]:
    return [hit.target for hit in hits if hit.target_kind == what]


def _chunks(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), _KEYS_PER_QUERY):
        yield list(ids[start : start + _KEYS_PER_QUERY])


def _by_ids(table: Table) -> Ready:
    return Ready(
        select(table)
        .where(table.c.organisation_id == bindparam("org"), table.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(table.c.id)
    )


_PROPERTIES, _UNITS = _by_ids(t.property_), _by_ids(t.unit)
_PEOPLE, _CONTRACTS = _by_ids(t.person), _by_ids(t.contract)
_UNITS_OF = Ready(
    select(t.unit)
    .where(
        t.unit.c.organisation_id == bindparam("org"),
        t.unit.c.property.in_(bindparam("ids", expanding=True)),
    )
    .order_by(t.unit.c.property, t.unit.c.position)
)


def _rows(conn: Connection, asked: Ready, org: str, ids: Sequence[str]) -> list[AnyRow]:
    return asked.ask(conn, org=org, ids=list(dict.fromkeys(ids))[:TARGETS_PER_KIND])


def _properties(conn: Connection, org: str, ids: Sequence[str]) -> tuple[Property, ...]:
    rows = _rows(conn, _PROPERTIES, org, ids)
    units: dict[str, list[Unit]] = {}
    for row in _rows(conn, _UNITS_OF, org, [row.id for row in rows]):
        units.setdefault(row.property, []).append(unit_of(row))
    return tuple(property_of(row, tuple(units.get(row.id, ()))) for row in rows)


def _units(conn: Connection, org: str, ids: Sequence[str]) -> tuple[Unit, ...]:
    return tuple(unit_of(row) for row in _rows(conn, _UNITS, org, ids))


def _people(conn: Connection, org: str, ids: Sequence[str]) -> tuple[Person, ...]:
    return tuple(person_of(row) for row in _rows(conn, _PEOPLE, org, ids))


def _contracts(conn: Connection, org: str, ids: Sequence[str]) -> tuple[Contract, ...]:
    return tuple(contract_of(row) for row in _rows(conn, _CONTRACTS, org, ids))


def people_with_address(conn: Connection, organisation: str, address: str) -> tuple[Person, ...]:
    """Everybody who has that address (folded) or its whole domain."""
    keys = [(LookupKind.ADDRESS, address), (LookupKind.ADDRESS, "@" + address.rpartition("@")[2])]
    found = hits(conn, organisation, keys)
    return _people(conn, organisation, _targets(found, "person"))


def people_by_ids(conn: Connection, organisation: str, ids: Sequence[str]) -> tuple[Person, ...]:
    """The people with these ids, those that there are."""
    return _people(conn, organisation, ids)


def contracts_by_ids(conn: Connection, organisation: str, ids: Sequence[str]) -> tuple[Contract, ...]:
    """The contracts with these ids, those that there are."""
    return _contracts(conn, organisation, ids)


_ALL_PROPERTIES = select(t.property_).where(t.property_.c.organisation_id == bindparam("org"))


def all_properties(conn: Connection, organisation: str) -> tuple[Property, ...]:
    """Every property, without its units."""
    rows = conn.execute(_ALL_PROPERTIES.order_by(t.property_.c.id), {"org": organisation})
    return tuple(property_of(row, ()) for row in rows)


def property_by_id(conn: Connection, organisation: str, property_id: str) -> Property | None:
    """The property with its units, None if there is none."""
    return next(iter(_properties(conn, organisation, [property_id])), None)


def unit_by_id(conn: Connection, organisation: str, unit_id: str) -> Unit | None:
    """The unit, None if there is none."""
    return next(iter(_units(conn, organisation, [unit_id])), None)


def person_by_id(conn: Connection, organisation: str, person_id: str) -> Person | None:
    """The person, None if there is none."""
    return next(iter(_people(conn, organisation, [person_id])), None)


def contract_by_id(conn: Connection, organisation: str, contract_id: str) -> Contract | None:
    """The contract, None if there is none."""
    return next(iter(_contracts(conn, organisation, [contract_id])), None)
