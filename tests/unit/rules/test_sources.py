"""Where each thing of the directory stands: its own line, and that of each part which has another one."""

from mailroute import shipped
from mailroute.model.directory import Directory
from mailroute.rules import load_files, read_files

FILES = dict(read_files(shipped.path("rules")))
LISTED = "property;role;staff\nlindenweg-5;vermietung;keller\nbahnhof-1a;vermietung;huber\n"


def the_firm(**files: str) -> Directory:
    return load_files((FILES | files).items()).directory


def line(file: str, part: str) -> str:
    """The place of the first line of the file that has `part` in it."""
    lines = FILES[file].split("\n")
    return f"{file}:{next(n for n, text in enumerate(lines, 1) if part in text)}"


def test_a_house_a_flat_a_tenant_and_a_contract_know_their_lines() -> None:
    firm, file = the_firm(), "properties/max-planck-12.yaml"
    house = next(one for one in firm.properties if one.id == "max-planck-12")
    flat = next(one for one in house.units if one.name == "WE 03")
    tenant = next(one for one in firm.people if one.name == "Herr Müller")
    contract = next(one for one in firm.contracts if one.number == "MV-2021-0307")
    assert str(house.source) == line(file, "street:")
    assert str(flat.source) == line(file, "WE 03:")
    assert str(tenant.source) == line(file, "Herr Müller")
    assert str(house.source_of("buchhaltung")) == line(file, "buchhaltung:")
    assert str(contract.source) == line("contracts/mietvertraege.csv", "MV-2021-0307")


def test_a_row_of_a_table_has_no_lines_for_its_parts() -> None:
    house = next(one for one in the_firm().properties if one.id == "bahnhof-1a")
    assert str(house.source) == str(house.source_of("buchhaltung")) == line("properties.csv", "bahnhof-1a;")
    assert [part.source for part in (*house.units, *house.responsibilities)] == [None] * 5


def test_a_person_of_two_rows_knows_where_each_home_stands() -> None:
    person = next(one for one in the_firm().people if one.id == "k-1003")
    assert str(person.source) == line("people.csv", "bahnhof-1a;;2020")
    second = str(person.occupancies[1].source)
    assert (person.occupancies[0].source, second) == (None, line("people.csv", "lindenweg-5;Haus 7"))


def test_whoever_is_listed_in_responsibilities_stands_there() -> None:
    firm = the_firm(**{"responsibilities.csv": LISTED})
    houses = {one.id: one for one in firm.properties}
    assert str(houses["lindenweg-5"].source_of("vermietung")) == "responsibilities.csv:2"
    assert str(houses["bahnhof-1a"].source_of("vermietung")) == "responsibilities.csv:3"
    assert str(houses["bahnhof-1a"].source_of("buchhaltung")) == line("properties.csv", "bahnhof-1a;")


def test_a_line_more_above_changes_nothing_but_the_lines() -> None:
    """What only moved is the same: no reload, replay or comparison calls it a change."""
    before = the_firm()
    moved = {name: text.replace("\n", "\n\n", 1) for name, text in FILES.items() if name.endswith(".csv")}
    after = the_firm(**{name: text for name, text in moved.items() if not name.startswith("packs/")})
    assert after == before
    assert [str(one.source) for one in after.contracts] != [str(one.source) for one in before.contracts]
