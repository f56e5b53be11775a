"""A table of another program: mapped by the names of its columns, compared, checked, written only when all is right."""

import shutil
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.acts import Impossible
from mailroute.admin.importing import Plan, plan, write
from mailroute.errors import RulesetInvalid
from mailroute.rules import load


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return shutil.copytree(shipped.path("rules"), tmp_path / "rules")


def planned(rules: Path, text: str, kind: str = "people", **said: str) -> Plan:
    found, _ = plan(rules, text.encode("cp1252"), kind, None, said)
    return found


def test_german_columns_are_understood_and_others_named(rules: Path) -> None:
    text = "Nummer;Mieter;E-Mail;Objekt;Wohnung;Mietbeginn;Miete\nk-1;Ada Köhler;k@mieter.example;max-planck-12;WE 06;01.02.2026;800\n"
    found = planned(rules, text)
    assert list(found.mapping.values()) == ["id", "name", "email", "property", "unit", "from"]
    assert found.ignored == ("miete",)
    assert found.new[0]["name"] == "Ada Köhler"
    assert len(found.gone) == 4
    write(rules, found)
    assert "Ada Köhler" in {one.name for one in load(rules).directory.people}
    assert (rules / "people.csv.bak").exists()


def test_the_same_table_changes_nothing(rules: Path) -> None:
    found = planned(rules, (rules / "people.csv").read_text())
    assert (found.new, found.gone, found.changed, found.same) == ((), (), (), 4)


def test_a_changed_cell_is_a_changed_row(rules: Path) -> None:
    text = (rules / "people.csv").read_text().replace("info@bahnhof", "neu@bahnhof")
    [(old, new)] = planned(rules, text).changed
    assert (old["email"], new["email"]) == ("info@bahnhof-apotheke.example", "neu@bahnhof-apotheke.example")


def test_what_names_do_not_tell_is_said(rules: Path) -> None:
    text = "id;Strasse;Nr;PLZ;Ort;Haus;Einheiten\nx-1;Weg;1;80331;München;keller;\n"
    # Other files name this one: without it the table would be refused.
    text += "bahnhof-1a;Bahnhofstraße;1a;85354;Freising;;Praxis 1 | Praxis 2 | Apotheke\n"
    found = planned(rules, text, "properties", haus="role:objektbetreuung")
    assert found.new[0]["role:objektbetreuung"] == "keller"
    write(rules, found)
    [one] = [one for one in load(rules).directory.properties if one.id == "x-1"]
    assert [(it.role, it.staff) for it in one.responsibilities] == [("objektbetreuung", ("keller",))]


def test_nonsense_is_refused_with_its_place(rules: Path) -> None:
    with pytest.raises(RulesetInvalid) as refused:
        planned(rules, "Name;Objekt\nAda;max-plank-12\n")
    assert "people.csv:2" in str(refused.value)
    assert "Did you mean `max-planck-12`?" in str(refused.value)
    with pytest.raises(Impossible, match="no column gives `name`"):
        planned(rules, "Spalte\nAda\n")
    with pytest.raises(Impossible, match="there is no such column"):
        planned(rules, "Spalte\nAda\n", spalte="nmae")
    with pytest.raises(Impossible, match="no rows"):
        planned(rules, "Name\n")
    with pytest.raises(Impossible, match="no file for this"):
        plan(rules, b"name\nx\n", "people", "../roles.yaml", {})


def test_a_table_that_would_empty_the_file_is_noticed(rules: Path) -> None:
    many = "name\n" + "".join(f"Person {number}\n" for number in range(20))
    write(rules, planned(rules, many))
    assert planned(rules, "name\nPerson 1\n").empties
    assert not planned(rules, many).empties
