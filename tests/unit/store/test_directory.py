"""The directory as rows: what goes in comes out, what changed is written, what is asked costs the same in any size."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Connection, event

from mailroute.model.address import Address
from mailroute.model.directory import Contract, Directory, Found, LookupKind, Person, Validity
from mailroute.model.keys import NearPlace
from mailroute.model.lookup import place_key, street_key
from mailroute.store import directory as d
from mailroute.store import rulesets
from mailroute.store.engine import Store
from tests.support.factories import NOW, a_contract, a_directory, a_person, a_property, a_ruleset
from tests.support.stores import write

VALID = Validity(date(2020, 1, 1), date(2027, 12, 31))


def replace_all(store: Store, directory: Directory, organisation: str = "abc") -> None:
    write(store, lambda tx: d.replace_directory(tx, organisation, directory, NOW))


def find(store: Store, *keys: tuple[LookupKind, str], organisation: str = "abc") -> Found:
    with store.read() as conn:
        return d.find(conn, organisation, keys)


def writes_of(store: Store, directory: Directory) -> int:
    """How many rows replacing the directory writes."""
    rows = 0

    def count(
        conn: Connection, cursor: object, statement: str, parameters: object, _: object, many: bool
    ) -> None:
        nonlocal rows
        if not statement.startswith("SELECT"):
            rows += len(parameters) if many else 1  # type: ignore[arg-type]

    def work(tx: Connection) -> None:
        event.listen(tx, "before_cursor_execute", count)
        d.replace_directory(tx, "abc", directory, NOW)
        event.remove(tx, "before_cursor_execute", count)

    write(store, work)
    return rows


def test_everything_comes_back_as_it_was_given(store: Store) -> None:
    house = a_property(name="Hof", aliases=("Alte Post",), calendar="buero", validity=VALID)
    person = a_person(contracts=("v1",), numbers=("K-1",), phones=("089 1",), ibans=("DE1",))
    contract = a_contract(
        property=house.id,
        unit=house.units[0].id,
        adviser="huber",
        clerk="schmidt",
        parties=("mueller",),
        validity=VALID,
        also=("M-AB 12",),
    )
    replace_all(store, Directory((house,), (person,), (contract,)))
    with store.read() as conn:
        assert d.property_by_id(conn, "abc", house.id) == house
        assert d.unit_by_id(conn, "abc", house.units[1].id) == house.units[1]
        assert d.person_by_id(conn, "abc", "mueller") == person
        assert d.contract_by_id(conn, "abc", "v1") == contract
        assert d.property_by_id(conn, "xyz", house.id) is None
        assert d.unit_by_id(conn, "abc", "x") is None
        assert d.person_by_id(conn, "abc", "x") is None
        assert d.contract_by_id(conn, "abc", "x") is None


def test_a_person_brings_their_home_and_contracts(store: Store) -> None:
    house, contract = a_property(), a_contract()
    replace_all(store, a_directory((house,), (a_person(contracts=("v1",)),), (contract,)))
    told = find(store, (LookupKind.ADDRESS, "mueller@mieter.example"))
    assert [hit.target for hit in told.hits] == ["mueller"]
    assert (told.properties, told.contracts) == ((house,), (contract,))
    assert "max-planck-12-we03" in [unit.id for unit in told.properties[0].units]
    assert told.units == ()  # its house brings it


def test_a_key_finds_only_its_own_kind_and_organisation(store: Store) -> None:
    replace_all(store, a_directory())
    replace_all(store, a_directory((a_property("other"),), ()), organisation="xyz")
    key = place_key("Max-Planck-Str.", "12")
    assert [hit.target for hit in find(store, (LookupKind.PLACE, key)).hits] == ["max-planck-12"]
    assert [hit.target for hit in find(store, (LookupKind.PLACE, key), organisation="xyz").hits] == ["other"]
    assert find(store, (LookupKind.ALIAS, key)).hits == ()
    assert find(store) == Found()


def test_of_a_street_of_a_thousand_houses_only_a_few_are_read_and_of_a_name_fifty(store: Store) -> None:
    houses = [a_property(f"h{n:04}", "Ringstraße", str(n), aliases=("Ringhof",)) for n in range(1, 1001)]
    replace_all(store, a_directory((*houses, a_property()), ()))
    told = find(
        store,
        (LookupKind.STREET, street_key("Ringstraße") + "|"),
        (LookupKind.ALIAS, "ringhof"),
        (LookupKind.PLACE, place_key("Ringstraße", "777")),
        (LookupKind.PLACE, place_key("Max-Planck-Str.", "12")),
    )
    streets = [hit.target for hit in told.hits if hit.kind is LookupKind.STREET]
    assert streets == ["h0001", "h0002", "h0003"]
    assert len([hit for hit in told.hits if hit.kind is LookupKind.ALIAS]) == 50
    assert [hit.target for hit in told.hits if hit.kind is LookupKind.PLACE] == ["max-planck-12", "h0777"]


def test_a_thousand_keys_are_one_question_in_portions(store: Store) -> None:
    people = [a_person(f"p{n}", address=f"p{n}@mieter.example") for n in range(150)]
    replace_all(store, a_directory(people=people))
    asked = [(LookupKind.ADDRESS, f"p{n}@mieter.example") for n in range(1200)]
    assert len(find(store, *asked).people) == 150


def test_only_what_differs_is_written(store: Store) -> None:
    people = [a_person(f"p{n}", address=f"p{n}@mieter.example") for n in range(50)]
    before = a_directory(people=people)
    assert writes_of(store, before) > 100
    assert writes_of(store, before) == 0
    renamed = replace(people[7], name="Neuer Name")
    assert writes_of(store, a_directory(people=[*people[:7], renamed, *people[8:]])) == 1
    with store.read() as conn:
        assert d.person_by_id(conn, "abc", "p7") == renamed


def test_what_is_gone_from_the_files_is_gone_from_the_database(store: Store) -> None:
    replace_all(store, a_directory(contracts=(a_contract(),)))
    replace_all(store, a_directory(people=()), organisation="xyz")
    replace_all(store, Directory())
    with store.read() as conn:
        for table in ("property", "unit", "person", "contract", "lookup"):
            counted = f"SELECT count(*) FROM {table} WHERE organisation_id = 'abc'"
            assert (table, conn.exec_driver_sql(counted).scalar()) == (table, 0)
        assert d.property_by_id(conn, "xyz", "max-planck-12") is not None


def test_an_address_that_moves_to_another_person_leads_to_them(store: Store) -> None:
    replace_all(store, a_directory(people=(a_person("a", address="x@y.example"),)))
    replace_all(
        store,
        a_directory(people=(a_person("a", address="z@y.example"), a_person("b", address="x@y.example"))),
    )
    assert [one.id for one in find(store, (LookupKind.ADDRESS, "x@y.example")).people] == ["b"]


def test_ten_thousand_contracts_are_replaced_without_a_statement_for_each(store: Store) -> None:
    contracts = tuple(Contract(f"c{n}", f"V-{n:07}", property="max-planck-12") for n in range(10_000))
    people = tuple(
        Person(f"p{n}", f"P {n}", (Address("", f"p{n}@m.example"),), contracts=(f"c{n}",))
        for n in range(10_000)
    )
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    def work(tx: Connection) -> None:
        event.listen(tx, "before_cursor_execute", count)
        d.replace_directory(tx, "abc", Directory((a_property(),), people, contracts), NOW)

    write(store, work)
    assert statements < 40
    told = find(store, (LookupKind.NUMBER, "v0004711"), (LookupKind.ADDRESS, "p17@m.example"))
    assert {one.id for one in told.contracts} == {"c4711", "c17"}


def test_a_ruleset_and_its_directory_become_active_together(store: Store) -> None:
    first = a_ruleset(hash="h1", files=(("organisation.yaml", "id: abc\n"), ("ä.csv", "x;\0;y")))
    second = a_ruleset(hash="h2", files=())
    write(store, lambda tx: rulesets.activate(tx, first, a_directory(), NOW))
    write(store, lambda tx: rulesets.activate(tx, second, Directory(), NOW))
    with store.read() as conn:
        assert rulesets.active(conn) == (("abc", "h2"),)
        assert rulesets.files(conn, "abc", "h1")[0] == ("organisation.yaml", "id: abc\n")
        assert rulesets.files(conn, "abc", "h3") == ()
        assert d.person_by_id(conn, "abc", "mueller") is None
    write(store, lambda tx: rulesets.activate(tx, first, a_directory(), NOW))
    with store.read() as conn:
        assert rulesets.active(conn) == (("abc", "h1"),)


def test_a_ruleset_whose_directory_fails_changes_nothing(store: Store) -> None:
    write(store, lambda tx: rulesets.activate(tx, a_ruleset(hash="h1"), a_directory(), NOW))
    twice = a_directory(people=(a_person(), a_person()))
    assert (
        store.write(lambda tx: rulesets.activate(tx, a_ruleset(hash="h2"), twice, NOW)).exception()
        is not None
    )
    with store.read() as conn:
        assert rulesets.active(conn) == (("abc", "h1"),)


def test_files_that_are_the_ones_of_last_time_are_not_written_anew(store: Store) -> None:
    def activate(directory: Directory, digest: str) -> bool:
        write(store, lambda tx: rulesets.activate(tx, a_ruleset(), directory, NOW, digest=digest))
        with store.read() as conn:
            return d.person_by_id(conn, "abc", "mueller") is not None

    assert activate(a_directory(), "monday")
    # Another directory under the same name of files shows whether the rows were touched.
    assert activate(Directory(), "monday")
    assert not activate(Directory(), "tuesday")


def test_every_street_is_told_once(store: Store) -> None:
    houses = [a_property("a", "Münchner Str.", "1"), a_property("b", "Münchner Straße", "2")]
    replace_all(store, a_directory(houses, []))
    replace_all(store, a_directory([a_property()], []), organisation="other")

    with store.read() as conn:
        assert d.street_keys(conn, "abc") == ("muenchnerstrasse", "munchnerstrasse")


def test_places_much_like_those_written_are_found_by_their_exact_number(store: Store) -> None:
    replace_all(store, a_directory([a_property()], []))
    near = [
        NearPlace("maxplanckstrasse|12", "maxplankstrasse|12"),
        NearPlace("maxplanckstrasse|13", "maxplankstrasse|13"),
    ]

    with store.read() as conn:
        (hit,) = d.near_hits(conn, "abc", near)
    assert (hit.key, hit.target, hit.near) == ("maxplanckstrasse|12", "max-planck-12", "maxplankstrasse|12")


def test_another_directory_has_another_digest(store: Store) -> None:
    seen = []
    for digest, later in (("one", 0), ("one", 1), ("two", 2), ("", 3), ("", 4)):
        now = NOW + timedelta(seconds=later)
        directory = a_directory()
        write(
            store,
            lambda tx, x=digest, n=now, what=directory: rulesets.activate(tx, a_ruleset(), what, n, digest=x),
        )
        with store.read() as conn:
            seen.append(rulesets.directory_digest(conn, "abc"))
            assert rulesets.directory_digest(conn, "other") is None

    assert seen[:3] == ["one", "one", "two"]
    assert len(set(seen)) == 4
