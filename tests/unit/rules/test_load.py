"""What stands in the files is what the ruleset and the directory say."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailroute.errors import RulesetInvalid
from mailroute.model import condition as c
from mailroute.model import ruleset as m
from mailroute.model.calendar import Calendar
from mailroute.model.directory import Contract, Occupancy, Relation, Release, Validity
from mailroute.rules import Loaded, load, load_files, read_files

RULES = Path(__file__).parents[3] / "rules"
FIRM = dict(read_files(RULES))

Firm = Callable[..., Loaded]


@pytest.fixture
def firm() -> Firm:
    """The demo firm with some files replaced: `firm({"roles.yaml": "…"})`."""

    def make(changed: dict[str, str] | None = None) -> Loaded:
        return load_files({**FIRM, **(changed or {})}.items())

    return make


def codes(changed: dict[str, str]) -> list[str]:
    with pytest.raises(RulesetInvalid) as caught:
        load_files({**FIRM, **changed}.items())
    return [one.code for one in caught.value.diagnostics]


# --- the demo firm -------------------------------------------------------------------------------------------


def test_the_demo_firm_is_the_one_of_the_story(firm: Firm) -> None:
    """REQ-E7: who holds which role for Max-Planck-Straße 12, and where each case type goes."""
    loaded = firm()
    home = next(p for p in loaded.directory.properties if p.id == "max-planck-12")
    assert home.staff_for("buchhaltung")[0] == "huber"
    assert home.staff_for("sachbearbeitung") == ("schmidt",)
    targets = {one.id: one.target for one in loaded.ruleset.case_types}
    assert targets["rechnung"] == m.ToRole("buchhaltung")
    assert targets["schadensmeldung"] == m.ToRole("sachbearbeitung")
    mueller = next(p for p in loaded.directory.people if p.name == "Herr Müller")
    assert [a.address for a in mueller.addresses] == ["mueller@mieter.example"]
    assert mueller.occupancies == (
        Occupancy(Relation.TENANT, "max-planck-12", "max-planck-12/we-03", Validity(date(2021, 4, 1))),
    )
    assert loaded.ruleset.organisation.inboxes[0].address == "service@abc-hausverwaltung.example"
    assert loaded.ruleset.role("zentrale").site_wide == ("zentrale",)


def test_another_property_has_another_bookkeeper(firm: Firm) -> None:
    """REQ-E3: the same role, different people per property."""
    holders = {p.id: p.staff_for("buchhaltung")[0] for p in firm().directory.properties}
    assert holders == {"max-planck-12": "huber", "lindenweg-5": "novak", "bahnhof-1a": "novak"}


def test_reading_a_directory_and_its_texts_gives_the_same() -> None:
    assert load(RULES) == load_files(read_files(RULES))


def test_the_stored_files_of_a_ruleset_give_the_ruleset_again(firm: Firm) -> None:
    ruleset = firm().ruleset
    again = load_files(ruleset.files)
    assert again.ruleset == ruleset
    assert again.directory.properties == ()
    assert again.warnings == ()


# --- the hash ------------------------------------------------------------------------------------------------


def test_a_new_tenant_does_not_make_a_new_ruleset(firm: Firm) -> None:
    with_tenant = FIRM["properties/max-planck-12.yaml"] + "    tenants: [{name: Frau Neu}]\n"
    assert firm({"properties/max-planck-12.yaml": with_tenant}).ruleset == firm().ruleset


def test_line_ends_and_byte_order_marks_do_not_make_a_new_ruleset(firm: Firm) -> None:
    windows = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in FIRM.items()}
    assert firm(windows).ruleset.hash == firm().ruleset.hash


def test_a_new_evidence_word_makes_a_new_ruleset(firm: Firm) -> None:
    other = FIRM["case-types.yaml"].replace("- rechnungsnummer: 2", "- rechnungsnummer: 3")
    assert firm({"case-types.yaml": other}).ruleset.hash != firm().ruleset.hash
    assert len(firm().ruleset.hash) == 16


# --- values --------------------------------------------------------------------------------------------------


def test_scalars_stay_what_somebody_wrote(firm: Firm) -> None:
    """YAML 1.1 would make 1067, False, 480, 1.1 and 10 of them."""
    text = (
        "street: no\nhouse_number: 012\npostcode: 01067\ntown: 8:00\n"
        "aliases: [1.10, 0x1F, on]\nunits:\n  1_000:\n  2026-01-01:\n"
    )
    one = next(p for p in firm({"properties/x.yaml": text}).directory.properties if p.id == "x")
    assert (one.street, one.house_number, one.postcode, one.town) == ("no", "012", "01067", "8:00")
    assert one.aliases == ("1.10", "0x1F", "on")
    assert [unit.name for unit in one.units] == ["1_000", "2026-01-01"]


def test_hours_closed_days_and_regions_make_a_calendar(firm: Firm) -> None:
    text = FIRM["calendars.yaml"] + (
        "x:\n  hours:\n    mo, mi: 8-12:30, 13:00-17.15\n    fr-so: 0:00-24:00\n    di: closed\n"
        "  closed: [24.12., 2026-05-15 to 2026-05-16, 3.8.2026]\n"
    )
    x = firm({"calendars.yaml": text}).ruleset.calendar("x")
    split, whole = ((480, 750), (780, 1035)), ((0, 1440),)
    assert x.hours == (split, (), split, (), whole, whole, whole)
    assert (x.zone, x.region) == ("Europe/Berlin", None)
    assert {d for d in x.closed if d.year == 2026} == {
        date(2026, 5, 15), date(2026, 5, 16), date(2026, 8, 3), date(2026, 12, 24),
    }  # fmt: skip
    assert date(2040, 12, 24) in x.closed


def test_a_day_is_a_working_day_of_the_organisation_and_24_hours_in_an_emergency(firm: Firm) -> None:
    ruleset = firm().ruleset
    rechnung, notfall = ruleset.case_type("rechnung"), ruleset.case_type("notfall")
    assert rechnung is not None
    assert notfall is not None
    # Four days of nine hours and one of six: 8.4 hours on average.
    assert rechnung.deadlines.escalate_after == 2 * timedelta(hours=8.4)
    assert rechnung.deadlines.remind_after == timedelta(hours=4)
    assert notfall.deadlines == m.Deadlines(
        timedelta(minutes=15),
        timedelta(minutes=15),
        timedelta(minutes=30),
        timedelta(days=1),
        wall_clock=True,
    )
    # Where nobody says when it should be done, it is asked about all the same.
    unwritten = firm({"case-types.yaml": FIRM["case-types.yaml"].replace(", done_within: 10d", "")}).ruleset
    assert all(one.deadlines.done_within for one in unwritten.case_types)


def test_deadlines_that_are_not_written_are_inherited_from_the_organisation(firm: Firm) -> None:
    ruleset = firm().ruleset
    zahlung = ruleset.case_type("zahlung")
    assert zahlung is not None
    assert zahlung.deadlines == ruleset.organisation.deadlines
    assert ruleset.organisation.deadlines.remind_after == timedelta(hours=4)


def test_evidence_may_be_a_list_or_a_mapping(firm: Firm) -> None:
    text = (
        "a: {name: A, role: zentrale, evidence: [eins, zwei: 2, drei: -1.5]}\n"
        "b:\n  name: B\n  role: zentrale\n  evidence:\n    eins: 1\n    zwei: 2,5\n"
    )
    first, second = firm({"case-types.yaml": text}).ruleset.case_types
    assert first.evidence == (m.Evidence("eins", 1), m.Evidence("zwei", 2), m.Evidence("drei", -1.5))
    assert second.evidence == (m.Evidence("eins", 1), m.Evidence("zwei", 2.5))


def test_every_word_of_the_condition_vocabulary_is_read(firm: Firm) -> None:
    text = """
a:
  name: A
  role: zentrale
  when:
    all:
      - words: wasser
      - phrase: [riecht nach gas, es brennt]
      - regex: 'a+b'
      - sender: [tenant, owner]
      - from: Chef@Firma.example
      - domain: firma.example
      - inbox: service@abc-hausverwaltung.example
      - header: {X-Feed: portal, X-Spam: ""}
      - attachment: [pdf, image/*]
      - language: en
      - any: [{words: a}, {words: b}]
      - not: {words: c, sender: staff}
      - always: yes
"""
    (one,) = firm({"case-types.yaml": text}).ruleset.case_types
    assert one.when == c.AllOf(
        (
            c.Words(("wasser",)),
            c.Phrase(("riecht nach gas", "es brennt")),
            c.Regex("a+b"),
            c.SenderIs(("tenant", "owner")),
            c.FromIs(("chef@firma.example",)),
            c.DomainIs(("firma.example",)),
            c.InboxIs(("service@abc-hausverwaltung.example",)),
            c.AllOf((c.HeaderHas("X-Feed", "portal"), c.HeaderHas("X-Spam", ""))),
            c.AttachmentIs(("pdf", "image/*")),
            c.LanguageIs(("en",)),
            c.AnyOf((c.Words(("a",)), c.Words(("b",)))),
            c.Not(c.AllOf((c.Words(("c",)), c.SenderIs(("staff",))))),
            c.Always(),
        )
    )


def test_case_types_keep_the_order_of_the_file_and_their_place(firm: Firm) -> None:
    text = "b: {name: B, role: zentrale}\na: {name: A, chain: ams5-clerk}\n"
    first, second = firm({"case-types.yaml": text}).ruleset.case_types
    assert (first.id, str(first.source)) == ("b", "case-types.yaml:1")
    assert (second.id, str(second.source)) == ("a", "case-types.yaml:2")
    assert second.target == m.ToChain(m.CHAINS["ams5-clerk"])


def test_staff_inherit_language_and_calendar(firm: Firm) -> None:
    ruleset = firm().ruleset
    huber, novak = ruleset.staff_by_id("huber"), ruleset.staff_by_id("novak")
    assert huber is not None
    assert novak is not None
    assert (huber.language, huber.calendar) == ("de", "buero")
    assert (novak.language, novak.calendar) == ("en", "buero-augsburg")
    assert isinstance(ruleset.calendar(novak.calendar), Calendar)


# --- the directory -------------------------------------------------------------------------------------------


def test_one_address_is_one_person_wherever_it_stands(firm: Firm) -> None:
    loaded = firm()
    (roth,) = [p for p in loaded.directory.people if p.name == "Dr. Eva Roth"]
    assert {o.unit for o in roth.occupancies} == {"max-planck-12/we-05", "lindenweg-5/haus-7-eg"}
    assert len(roth.addresses) == 2


def test_several_rows_of_one_contract_are_its_parties(firm: Firm) -> None:
    contract = next(c for c in firm().directory.contracts if c.number == "MV-2022-0102")
    assert contract == Contract(
        id="MV-2022-0102",
        number="MV-2022-0102",
        property="max-planck-12",
        unit="max-planck-12/we-02",
        status="active",
        clerk="keller",
        parties=("anna.bauer@mieter.example", "jonas.bauer@mieter.example"),
        validity=Validity(date(2022, 2, 1)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "name;email;property;unit\nFrau Koch;koch@x.example;max-planck-12;WE 06\n",
        "\ufeffname,email,property,unit\r\n\"Frau Koch\",koch@x.example,max-planck-12,\"WE 06\"\r\n",
        "Name ; Email ; Property ; Unit\n\nFrau Koch ; Koch@X.example ; max-planck-12 ; we-06\n;;;\n",
        "name;email;property;unit\nFrau Koch;koch@x.example;max-planck-12;max-planck-12/we-06\n",
    ],
    ids=["semicolon", "comma, quotes, BOM, CRLF", "blanks and empty lines", "unit by id"],
)  # fmt: skip
def test_csv_is_read_as_spreadsheets_write_it(firm: Firm, text: str) -> None:
    people = firm({"people.csv": text}).directory.people
    (koch,) = [p for p in people if p.name == "Frau Koch"]
    assert koch.addresses[0].address == "koch@x.example"
    assert koch.occupancies == (Occupancy(Relation.TENANT, "max-planck-12", "max-planck-12/we-06"),)


def test_people_and_contracts_have_numbers_by_which_they_are_found(firm: Firm) -> None:
    directory = firm(
        {
            "people.csv": "name;email;number;phone;iban\nFrau Koch;k@x.example;K-1 | K-2;089 123456;DE89 3704 0044 0532 0130 00\n"
            "Frau Koch;k@x.example;K-2;0170 1234567;\n",
            "contracts.csv": "contract;also;email\nV-4711;M-AB 1234 | S-2026-99;k@x.example\n",
        }
    ).directory
    (koch,) = [one for one in directory.people if one.name == "Frau Koch"]

    assert (koch.numbers, koch.phones) == (("K-1", "K-2"), ("089 123456", "0170 1234567"))
    assert koch.ibans == ("DE89 3704 0044 0532 0130 00",)
    assert [one.also for one in directory.contracts if one.id == "V-4711"] == [("M-AB 1234", "S-2026-99")]


def test_a_firm_is_written_by_its_domain_in_the_directory_and_among_the_partners(firm: Firm) -> None:
    """Issue 4 part 3: contractors by domain."""
    loaded = firm(
        {
            "people.csv": "name;email;property\nBau Rot;@Bau-Rot.example | chef@rot.example;max-planck-12\n",
            "partners.yaml": "dach: {name: Dach, email: auftrag@dach.example, domain: [dach.example, '@dach.de.example']}\n",
        }
    )
    (bau,) = [one for one in loaded.directory.people if one.name == "Bau Rot"]
    (dach,) = loaded.ruleset.partners

    assert [one.address for one in bau.addresses] == ["@bau-rot.example", "chef@rot.example"]
    assert dach.domains == ("dach.example", "dach.de.example")


@pytest.mark.parametrize("domain", ["gmx.de", "co.at", "onmicrosoft.com"])
def test_a_domain_where_anybody_may_have_a_mailbox_or_a_domain_stands_for_no_firm(domain: str) -> None:
    people = f"name;email;property\nBau Rot;@{domain};max-planck-12\n"

    assert codes({"people.csv": people}) == ["MR205"]
    assert codes({"partners.yaml": f"dach: {{name: Dach, email: a@dach.example, domain: {domain}}}\n"}) == [
        "MR205"
    ]


@pytest.mark.parametrize(
    ("cell", "released"),
    [
        ("", Release.ordinary()),
        ("name | phone", (Release.NAME, Release.PHONE)),
        ("none", ()),
        ("none | phone", ()),
    ],
)
def test_req_d12_a_person_says_what_firms_may_be_told(
    firm: Firm, cell: str, released: tuple[Release, ...]
) -> None:
    people = firm({"people.csv": f"name;email;release\nFrau Koch;k@x.example;{cell}\n"}).directory.people
    (koch,) = [one for one in people if one.name == "Frau Koch"]
    assert koch.release == released


def test_a_cell_may_have_several_lines_and_the_next_row_still_knows_its_line() -> None:
    text = 'name;email\n"Frau\nKoch";koch@x.example\n;kurz@x.example\n'
    with pytest.raises(RulesetInvalid) as caught:
        load_files({**FIRM, "people.csv": text}.items())
    assert [(one.code, one.line) for one in caught.value.diagnostics] == [("MR214", 2), ("MR202", 4)]


def test_csv_in_windows_1252_is_read_with_a_warning(tmp_path: Path) -> None:
    for name, text in FIRM.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "people.csv").write_bytes("name;email\nFrau Köhler;k@x.example\n".encode("cp1252"))
    loaded = load(tmp_path)
    assert "Frau Köhler" in [p.name for p in loaded.directory.people]
    assert [one.code for one in loaded.warnings] == ["MR115"]


# --- many mistakes -------------------------------------------------------------------------------------------


def test_all_mistakes_of_all_files_are_told_at_once_in_order() -> None:
    with pytest.raises(RulesetInvalid) as caught:
        load_files(
            {
                **FIRM,
                "absences.yaml": "- {staff: hubre, from: 2026-13-01, to: morgen}\n- {staff: novak, deputi: x}\n",
                "commands.yaml": "accept: [x\n",
                "partners.yaml": "a: {name: A, email: nobody}\n",
                "roles.yaml": FIRM["roles.yaml"] + "neu: {site_wide: [huber, hubre]}\n",
            }.items()
        )
    told = [(one.file, one.line, one.code) for one in caught.value.diagnostics]
    assert told == [
        ("absences.yaml", 1, "MR209"),
        ("absences.yaml", 1, "MR209"),
        ("absences.yaml", 2, "MR202"),
        ("absences.yaml", 2, "MR202"),
        ("absences.yaml", 2, "MR201"),
        ("commands.yaml", 1, "MR102"),
        ("partners.yaml", 1, "MR205"),
        ("roles.yaml", len(FIRM["roles.yaml"].splitlines()) + 1, "MR202"),
    ]


def test_a_file_that_cannot_be_read_says_nothing_about_what_refers_to_it() -> None:
    assert codes({"staff.yaml": "huber: [\n"}) == ["MR102"]
    assert codes({"roles.yaml": "- a\n"}) == ["MR203"]


def test_an_entry_with_a_mistake_still_exists_for_others() -> None:
    assert codes({"staff.yaml": FIRM["staff.yaml"].replace("name: Frau Huber", "nam: Frau Huber")}) == [
        "MR202",
        "MR201",
    ]


def test_a_mistake_in_a_thousand_rows_is_told_fifty_times_and_counted() -> None:
    rows = "".join(f"Frau {n};keine Adresse\n" for n in range(1000))
    told = codes({"people.csv": "name;email\n" + rows})
    assert told == ["MR205"] * 51


def test_files_that_are_not_known_are_left_alone(firm: Firm, tmp_path: Path) -> None:
    loaded = firm({"README.md": "x", "tests/a.yaml": "}{", "rules/a.yaml": "}{"})
    assert {one.code for one in loaded.warnings} == {"MR113"}


def test_a_directory_that_does_not_exist_has_no_files(tmp_path: Path) -> None:
    assert read_files(tmp_path / "nowhere") == ()
    with pytest.raises(RulesetInvalid) as caught:
        load(tmp_path / "nowhere")
    (only,) = caught.value.diagnostics
    assert (only.code, only.file) == ("MR101", (tmp_path / "nowhere").as_posix())
    assert only.message == "there is no such directory"


def test_a_case_type_says_whether_its_people_read_account_numbers(firm: Firm) -> None:
    demo = firm().ruleset
    assert {one.id for one in demo.case_types if one.accounts} == {"rechnung", "nebenkosten", "zahlung"}
    assert codes({"case-types.yaml": "x: {name: X, role: buchhaltung, accounts: vielleicht}\n"}) == ["MR208"]
