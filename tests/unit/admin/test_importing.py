"""A table of another program: mapped by the names of its columns, compared, checked, written only when all is right."""

import shutil
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from mailroute import shipped
from mailroute.admin.importing import Plan, Source, plan, write
from mailroute.admin.impossible import Impossible
from mailroute.errors import RulesetInvalid
from mailroute.rules import load


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("packs", "tests", "examples")
    return shutil.copytree(shipped.path("rules"), tmp_path / "rules", ignore=ignored)


# The table is of people whom the demo firm does not have.
EMPTIED = ("5 of the 5 rows that are there would be gone: is it the right file, and all of it?",)


def planned(rules: Path, table: str | bytes, kind: str = "people", **said: str) -> Plan:
    content = table if isinstance(table, bytes) else table.encode("cp1252")
    found, _ = plan(rules, Source("tabelle.csv", content), kind, None, said)
    return found


def workbook(*rows: tuple[object, ...], formats: dict[str, str] | None = None, merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cell, shown in (formats or {}).items():
        sheet[cell].number_format = shown
    if merge:
        sheet.merge_cells(merge)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_german_columns_are_understood_and_others_named(rules: Path) -> None:
    text = "Nummer;Mieter;E-Mail;Objekt;Wohnung;Mietbeginn;Miete\nk-1;Ada Köhler;k@mieter.example;max-planck-12;WE 06;01.02.2026;800\n"
    found = planned(rules, text)
    assert list(found.mapping.values()) == ["id", "name", "email", "property", "unit", "from"]
    assert found.ignored == ("Miete",)
    assert found.new[0]["name"] == "Ada Köhler"
    assert found.new[0]["from"] == "2026-02-01"
    assert len(found.gone) == 5
    assert found.part == "this file is not UTF-8; it was read as Windows-1252"
    assert found.doubts == EMPTIED
    write(rules, found)
    assert "Ada Köhler" in {one.name for one in load(rules).directory.people}
    assert (rules / "people.csv.bak").exists()


def test_english_columns_are_understood_too(rules: Path) -> None:
    text = "Person ID,Tenant,Email address,Property ID,Flat,Move-in\nk-1,Ada,a@m.example,max-planck-12,WE 06,2026-02-01\n"
    assert list(planned(rules, text).mapping.values()) == ["id", "name", "email", "property", "unit", "from"]


def test_the_same_table_changes_nothing(rules: Path) -> None:
    text = (rules / "people.csv").read_text()
    found = planned(rules, text)
    assert (found.new, found.gone, found.changed, found.same) == ((), (), (), 5)
    assert found.text == text


def test_a_changed_cell_is_a_changed_row(rules: Path) -> None:
    text = (rules / "people.csv").read_text().replace("info@bahnhof", "neu@bahnhof")
    [(old, new)] = planned(rules, text).changed
    assert (old["email"], new["email"]) == ("info@bahnhof-apotheke.example", "neu@bahnhof-apotheke.example")


def test_what_names_do_not_tell_is_said_and_what_the_table_lacks_is_kept(rules: Path) -> None:
    text = "id;Strasse;Nr;PLZ;Ort;Haus;Einheiten\nx-1;Weg;1;80331;München;keller;\n"
    # Other files name this one: without it the table would be refused.
    text += "bahnhof-1a;Bahnhofstraße;1a;85354;Freising;;Praxis 1 | Praxis 2 | Apotheke\n"
    found = planned(rules, text, "properties", Haus="role:objektbetreuung", Nr="house_number")
    assert found.new[0]["role:objektbetreuung"] == "keller"
    assert set(found.kept) >= {"aliases", "calendar", "role:buchhaltung"}
    write(rules, found)
    properties = {one.id: one for one in load(rules).directory.properties}
    assert [(it.role, it.staff) for it in properties["x-1"].responsibilities] == [
        ("objektbetreuung", ("keller",))
    ]
    assert properties["bahnhof-1a"].aliases == ("Ärztehaus", "Medicenter")


def test_an_address_in_one_column_is_divided_and_ids_are_made_ids(rules: Path) -> None:
    text = (rules / "properties.csv").read_text()
    head = text.split("\n")[0]
    text = "Objektnummer;Anschrift;Ort\nWEG 1012;Max-Planck-Str. 12a;81675 München\nbahnhof-1a;Bahnhofstraße 1a;85354 Freising\n"
    new = planned(rules, text, "properties").new[0]
    assert (new["id"], new["street"], new["house_number"]) == ("weg-1012", "Max-Planck-Str.", "12a")
    assert (new["postcode"], new["town"]) == ("81675", "München")
    text = "Objektnummer;Adresse\nneu-7;Straße des 17. Juni 135, 10623 Berlin\nbahnhof-1a;Bahnhofstraße 1a, 85354 Freising\n"
    new = planned(rules, text, "properties").new[0]
    assert (new["street"], new["house_number"], new["town"]) == ("Straße des 17. Juni", "135", "Berlin")
    assert head.startswith("id;name")


def test_a_property_with_a_file_of_its_own_stays_there(rules: Path) -> None:
    text = (rules / "properties.csv").read_text() + "max-planck-12;;Andere Straße;3;81675;München\n"
    found = planned(rules, text, "properties")
    assert (found.elsewhere, found.new, found.same) == (1, (), 1)


def test_responsibilities_come_as_a_list_of_property_role_and_person(rules: Path) -> None:
    """REQ-E12."""
    text = "Liegenschafts-ID;Rolle;Kontakt-ID\n"
    text += (
        "max-planck-12;Vermietung;Frau Brandt\nmax-planck-12;Vermietung;keller@abc-hausverwaltung.example\n"
    )
    text += "Bahnhofstr. 1a;On-call service;Weber\n"
    found = planned(rules, text, "responsibilities")
    assert list(found.mapping.values()) == ["property", "role", "staff"]
    write(rules, found)
    properties = {one.id: one for one in load(rules).directory.properties}
    assert ("vermietung", ("brandt", "keller")) in [
        (one.role, one.staff) for one in properties["max-planck-12"].responsibilities
    ]
    assert ("bereitschaft", ("weber",)) in [
        (one.role, one.staff) for one in properties["bahnhof-1a"].responsibilities
    ]
    # Whoever is not known is said with the line of the list.
    with pytest.raises(RulesetInvalid, match=r"Webre.*line 2 of tabelle\.csv"):
        planned(rules, "Objekt;Rolle;Person\nbahnhof-1a;bereitschaft;Webre\n", "responsibilities")


def test_nonsense_is_refused_with_its_place(rules: Path) -> None:
    with pytest.raises(RulesetInvalid) as refused:
        planned(rules, "Name;Objekt\nAda;max-plank-12\n")
    assert "people.csv:2" in str(refused.value)
    assert "(line 2 of tabelle.csv)" in str(refused.value)
    assert "Did you mean `max-planck-12`?" in str(refused.value)
    with pytest.raises(Impossible, match="no column gives `name`"):
        planned(rules, "Spalte\nAda\n")
    with pytest.raises(Impossible, match="there is no such column"):
        planned(rules, "Spalte\nAda\n", spalte="nmae")
    with pytest.raises(Impossible, match="has no column"):
        planned(rules, "Spalte\nAda\n", splate="name")
    with pytest.raises(Impossible, match="no rows"):
        planned(rules, "Name\n")
    with pytest.raises(Impossible, match="no rows"):
        planned(rules, "")
    with pytest.raises(Impossible, match="stands there twice"):
        planned(rules, "Name;Name\na;b\n")
    with pytest.raises(Impossible, match="line 2: a quotation mark"):
        planned(rules, 'Name\n"Ada\n')
    with pytest.raises(Impossible, match="no file for this"):
        plan(rules, Source("x", b"name\nx\n"), "people", "../roles.yaml", {})
    with pytest.raises(Impossible, match="no file for this"):
        plan(rules, Source("x", b"name\nx\n"), "people", "properties.csv", {})
    with pytest.raises(Impossible, match="neither CSV text nor"):
        planned(rules, b"\0\1\2\n")


@pytest.mark.parametrize("name", ["liste.xlsx", "Liste.XLS", "liste.ods"])
def test_a_workbook_by_name_only_is_told_so(name: str, rules: Path) -> None:
    with pytest.raises(Impossible, match="no workbook, whatever its name says"):
        plan(rules, Source(name, "name\nAda Köhler\n".encode("cp1252")), "people", None, {})


def test_days_that_are_only_numbers_are_refused(rules: Path) -> None:
    with pytest.raises(Impossible, match=r"line 2: `from` is 46054, .*\(01\.02\.2026\)"):
        planned(rules, "Name;Mietbeginn\nAda;46054\n")


def test_what_looks_like_a_slip_of_a_spreadsheet_is_a_doubt(rules: Path) -> None:
    many = "name\n" + "".join(f"Person {number}\n" for number in range(20))
    write(rules, planned(rules, many))
    assert planned(rules, many).doubts == ()
    assert "11 of the 20 rows" in planned(rules, "".join(many.splitlines(keepends=True)[:10])).doubts[0]
    assert planned(rules, "".join(many.splitlines(keepends=True)[:11])).doubts == ()
    assert "20 rows that are there would be gone" in planned(rules, "name\nPerson 1\n").doubts[0]
    assert "line 21, 22" not in str(planned(rules, many + "Person 3\n").doubts)
    assert "lines 5, 22 say the same thing" in planned(rules, many + "Person 3\n").doubts[0]
    assert "column 2 has no heading, but line 22" in planned(rules, many + "Ada;ada@x.example\n").doubts[0]
    assert "telephone numbers of line 22" in planned(rules, many.replace("\n", ";\n").replace("name;", "name;phone") + "Ada;8999998201\n").doubts[0]  # fmt: skip
    with_zero = "id;name\n" + "".join(f"00{number};Person {number}\n" for number in range(100, 120))
    write(rules, planned(rules, with_zero))
    eaten = planned(rules, with_zero.replace("\n00", "\n"))
    assert any(
        "`id` 100 is 00100 in what is there (and so for 20 of them)" in doubt for doubt in eaten.doubts
    )


def test_a_postcode_that_lost_its_zero_is_a_doubt(rules: Path) -> None:
    text = (rules / "properties.csv").read_text() + "dd-1;;Hauptstraße;3;1067;Dresden\n"
    assert "the postcodes of line 3 have four digits" in planned(rules, text, "properties").doubts[0]


# --- workbooks -----------------------------------------------------------------------------------------------


def test_a_workbook_is_read_as_it_is_shown_from_where_its_headings_are(rules: Path) -> None:
    found = planned(
        rules,
        workbook(
            ("Mieterliste, Stand 1. März 2026",),
            (),
            ("Nummer", "Mieter", "Objekt", "Wohnung", "Mietbeginn", "Kundennummer"),
            ("k-1", "Ada Koch", "max-planck-12", "WE 06", date(2026, 2, 1), 4711),
            formats={"F4": "00000000"},
            merge="A1:F1",
        ),
    )
    assert found.heading_line == 3
    assert found.doubts == EMPTIED
    assert found.new[0] == {
        "id": "k-1", "name": "Ada Koch", "property": "max-planck-12", "unit": "WE 06", "from": "2026-02-01",
        "number": "00004711",
    }  # fmt: skip


def test_merged_cells_lost_digits_and_formulas_without_a_value_are_doubts(rules: Path) -> None:
    rows = (("Name", "Kundennummer"), ("Ada", 12345678901234567), ("Bob", "=1+1"), ("Eva", None))
    said = " ".join(planned(rules, workbook(*rows, merge="B3:B4")).doubts)
    assert "the cells B3:B4 are merged" in said
    assert "keeps only 15 digits" in said
    assert "1 formulas have never been calculated" in said


def test_a_sheet_that_only_seems_to_be_full_of_merged_cells_is_looked_through_at_once(rules: Path) -> None:
    """Every beginning is looked at only up to the next one: two megabytes would else take an hour."""
    rows = workbook(("Name", "Telefon"), ("Ada", "0891234567"))
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(rows)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text += b"<!--" + b"<mergeCell " * 200_000 + b"-->"
            new.writestr(part.filename, text)
    assert planned(rules, file.getvalue()).new[0]["name"] == "Ada"


def test_a_formula_is_never_evaluated(rules: Path) -> None:
    found = planned(
        rules, workbook(("Name", "Telefon"), ("Ada", '=HYPERLINK("https://x.example";"0891234567")'))
    )
    assert "phone" not in found.new[0]


def test_the_sheet_is_chosen_by_its_name(rules: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Deckblatt"
    book.active.append(("Liste",))
    for row in (("Name",), ("Ada",)):
        if "Mieter" not in book.sheetnames:
            book.create_sheet("Mieter")
        book["Mieter"].append(row)
    file = BytesIO()
    book.save(file)
    found, _ = plan(rules, Source("x.xlsx", file.getvalue(), "Mieter"), "people", None, {})
    assert found.new == ({"name": "Ada"},)
    assert found.part == "sheet Mieter; not read: Deckblatt (--sheet NAME)"
    with pytest.raises(Impossible, match="there is no sheet 'Miete'; there are Deckblatt, Mieter"):
        plan(rules, Source("x.xlsx", file.getvalue(), "Miete"), "people", None, {})


def test_what_is_no_workbook_is_refused_with_a_remedy(rules: Path) -> None:
    good = workbook(("Name",), ("Ada",))
    with pytest.raises(Impossible, match="not whole"):
        planned(rules, good[: len(good) // 2])
    with pytest.raises(Impossible, match=r"old \.xls file or has a password"):
        planned(rules, b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(Impossible, match=r"no \.xlsx workbook"):
        planned(rules, _zip({"document.xml": b"<x/>"}))
    with pytest.raises(Impossible, match="damaged"):
        planned(rules, _zip({"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;&a;</x>"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(rules: Path) -> None:
    file = BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(257):
            part.write(bytes(1024 * 1024))
    bomb = file.getvalue()
    assert len(bomb) < 1024 * 1024
    with pytest.raises(Impossible, match="more than 256 MB"):
        planned(rules, bomb)


@pytest.mark.long
def test_a_long_text_in_many_cells_is_refused(rules: Path) -> None:
    rows = [("Name",), *[("x" * 32_767,)] * 4_200]
    content = workbook(*rows)
    assert len(content) < 1024 * 1024
    with pytest.raises(Impossible, match="more text than a list"):
        planned(rules, content)


def _zip(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()
