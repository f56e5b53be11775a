"""Where everything of a directory stands in the files: found with it, kept apart from it, moved without touching it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, event

from mailroute.model.directory import (
    Contract,
    Directory,
    Found,
    LookupKind,
    Occupancy,
    Property,
    Relation,
    Responsibility,
    Unit,
)
from mailroute.model.ruleset import Source
from mailroute.store import directory as d
from mailroute.store import tables as t
from mailroute.store.codec import dumps, loads
from mailroute.store.engine import Store
from tests.support.factories import NOW, a_contract, a_person, a_property
from tests.support.stores import write

OFFICE = "contracts/bestand.csv"


def a_directory(first: int) -> Directory:
    """A house with a line for each part, a person of two lines, a contract; everything `first` lines further down."""
    house = a_property(source=Source("properties/haus.yaml", first))
    unit, other = house.units
    house = replace(
        house,
        units=(replace(unit, source=Source("properties/haus.yaml", first + 8)), other),
        responsibilities=(
            Responsibility("buchhaltung", ("huber",), Source("responsibilities.csv", first + 1)),
        ),
    )
    second = Occupancy(Relation.OWNER, house.id, unit.id, source=Source("people.csv", first + 3))
    person = a_person(source=Source("people.csv", first + 2))
    person = replace(person, occupancies=(*person.occupancies, second))
    contract = a_contract(number="V-10000", source=Source(OFFICE, first + 5))
    return Directory((house,), (person,), (contract,))


def many(lines_above: int, contracts: int = 2_000) -> Directory:
    """Contracts, one a line."""
    rows = range(contracts)
    return Directory(
        contracts=tuple(
            Contract(f"c{n}", f"V-{10_000 + n}", source=Source(OFFICE, n + 2 + lines_above)) for n in rows
        )
    )


def replace_all(store: Store, directory: Directory) -> None:
    write(store, lambda tx: d.replace_directory(tx, "abc", directory, NOW))


def tables_written(store: Store, directory: Directory) -> set[str]:
    """Which tables replacing the directory writes."""
    written: set[str] = set()

    def note(_: object, __: object, statement: str, ___: object, ____: object, _____: object) -> None:
        if not statement.startswith("SELECT"):
            written.add(next(name for name in t.metadata.tables if f" {name} " in statement))

    def work(tx: Connection) -> None:
        event.listen(tx, "before_cursor_execute", note)
        d.replace_directory(tx, "abc", directory, NOW)
        event.remove(tx, "before_cursor_execute", note)

    write(store, work)
    return written


def find(store: Store, *numbers: str) -> Found:
    with store.read() as conn:
        keys = [(LookupKind.NUMBER, number) for number in numbers]
        return d.find(conn, "abc", [*keys, (LookupKind.ADDRESS, "mueller@mieter.example")])


def sources(things: Sequence[Property | Unit | Responsibility | Occupancy | Contract]) -> list[str]:
    return [str(one.source) for one in things]


def test_all_that_is_found_knows_its_line(store: Store) -> None:
    replace_all(store, a_directory(10))
    found = find(store, "v10000")
    (house,), (person,) = found.properties, found.people
    assert sources([house, *house.units]) == [
        "properties/haus.yaml:10", "properties/haus.yaml:18", "properties/haus.yaml:10",
    ]  # fmt: skip
    assert str(house.source_of("buchhaltung")) == "responsibilities.csv:11"
    assert (str(person.source), sources(person.occupancies)) == (
        "people.csv:12",
        ["people.csv:12", "people.csv:13"],
    )
    assert sources(found.contracts) == [f"{OFFICE}:15"]


def test_what_stands_in_no_file_has_no_line(store: Store) -> None:
    house = a_property()
    replace_all(store, Directory((house,), (a_person(),)))
    assert (find(store).people[0].source, find(store).properties[0].source) == (None, None)


def test_a_line_above_moves_all_and_writes_none_of_them(store: Store) -> None:
    """A thing that only moved is the same thing: neither its row nor a look-up key is written."""
    replace_all(store, a_directory(10))
    assert tables_written(store, a_directory(11)) == {"source_page"}
    assert str(find(store).properties[0].source) == "properties/haus.yaml:11"
    assert a_directory(10) == a_directory(11)
    assert tables_written(store, a_directory(11)) == set()


def test_of_many_each_is_found_in_its_own_line_before_and_after(store: Store) -> None:
    for above in (0, 1):
        replace_all(store, many(above))
        found = find(store, *(f"v{10_000 + n}" for n in range(0, 2_000, 40)))
        assert {one.id: str(one.source) for one in found.contracts} == {
            f"c{n}": f"{OFFICE}:{n + 2 + above}" for n in range(0, 2_000, 40)
        }


def test_things_of_one_page_are_told_apart(store: Store) -> None:
    """Even where everything stands on few pages, as a million contracts do."""
    replace_all(store, many(0))
    with store.read() as conn:
        pages, records = conn.exec_driver_sql("SELECT count(*), sum(length(records)) FROM source_page").one()
    assert pages < 2_000
    assert records == 2_000 * 12


def test_lines_stay_with_the_facts_of_a_decision(store: Store) -> None:
    """So that a replay explains what was, and what has no line of its own costs nothing in the books."""
    replace_all(store, a_directory(10))
    found = find(store, "v10000")
    again = loads(dumps(found, Found), Found)
    assert again == found
    assert sources(again.properties[0].units) == sources(found.properties[0].units)
    assert "source" not in dumps(a_property(), Property)
