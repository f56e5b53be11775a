"""Which property, unit and contract a mail is about (design §6)."""

from datetime import date

import pytest

from mailroute.model.decision import Matched, Sender
from mailroute.model.directory import Directory, Occupancy, Relation, Validity
from mailroute.model.ticket import PartyKind
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from tests.support.factories import (
    TODAY,
    a_contract,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_sender,
    an_envelope,
    found,
)

STRANGER = a_sender(PartyKind.UNKNOWN, None, address="x@y.example")
HOUSES = (
    a_property(),
    a_property("planck-12", "Planckstraße", "12", "WE 11"),
    a_property("bahnhof-5", "Bahnhofstraße", "5", "WE 21"),
)


def matched(
    text: str,
    directory: Directory | None = None,
    sender: Sender | None = None,
    subject: str = "",
    day: date = TODAY,
) -> Matched:
    keys = locate(a_message(text, subject), an_envelope())
    return match(keys, found(keys, directory or a_directory(HOUSES)), sender or a_sender(), day)


@pytest.mark.parametrize(
    "written",
    [
        "Max Planck Str. 12",
        "Max-Planck-Strasse 12",
        "maxplanckstr.12",
        "MAX-PLANCK-STR 12",
        "Max-Planck-Straße 12",
    ],
)
def test_req_e7_all_spellings_lead_to_the_property(written: str) -> None:
    result = matched(f"In der {written} ist die Dachrinne defekt", sender=STRANGER)

    assert result.property == "max-planck-12"
    assert result.candidates[0].because == f'"{written}" in the text'


@pytest.mark.parametrize("written", ["Max-Planck-Straße 12a", "Max-Planck-Straße 112", "Planckweg 12"])
def test_req_e7_a_neighbouring_number_is_another_house(written: str) -> None:
    assert matched(f"Adresse: {written}", sender=STRANGER).property is None


def test_req_e7_planckstrasse_is_another_street() -> None:
    assert matched("Planckstr. 12", sender=STRANGER).property == "planck-12"
    only_planck = a_directory([HOUSES[1]], [])
    assert matched("Max Planck Str. 12", only_planck, STRANGER).property is None


def test_req_e7_a_number_between_the_ends_of_a_range_speaks_weakly() -> None:
    houses = [a_property("h12", "Hauptstr.", "12-16"), *HOUSES]
    directory = a_directory(houses, [a_person()])

    assert matched("Hauptstr. 14", directory, STRANGER).property == "h12"
    assert matched("Hauptstr. 13", directory, STRANGER).property is None
    assert matched("Hauptstr. 12", directory).property == "h12"
    assert matched("Hauptstr. 14", directory).ambiguous  # the sender's own home speaks as loudly
    exact = a_directory([a_property("h14", "Hauptstr.", "14"), *houses], [])
    assert matched("Hauptstr. 14", exact, STRANGER).property == "h14"


def test_a_range_that_we_have_is_meant_whole() -> None:
    houses = [a_property("r", "Hauptstr.", "12-14"), a_property("h14", "Hauptstr.", "14")]

    assert matched("Hauptstr. 12-14", a_directory(houses, []), STRANGER).property == "r"


def test_req_e7_without_an_address_the_senders_unit_speaks() -> None:
    result = matched("Frage zu meiner Rechnung")

    assert (result.property, result.unit) == ("max-planck-12", "max-planck-12-we03")
    assert result.steps[0].because == "Max Müller is tenant of WE 03 at max-planck-12"


def test_text_beats_home_and_the_trace_says_so() -> None:
    result = matched("In der Bahnhofstr. 5 brennt Licht")

    assert (result.property, result.unit) == ("bahnhof-5", None)
    assert [step.verdict for step in result.steps] == ["bahnhof-5", "text before home"]


def test_text_and_home_together_beat_text_alone() -> None:
    assert (
        matched("Max-Planck-Str. 12: der Nachbar aus der Bahnhofstr. 5 parkt hier").property
        == "max-planck-12"
    )


def test_two_addresses_of_a_stranger_are_a_question() -> None:
    result = matched("Bahnhofstr. 5 und Planckstr. 12", sender=STRANGER)

    assert result.ambiguous
    assert result.property is None
    assert {one.id for one in result.candidates} == {"bahnhof-5", "planck-12"}


def test_of_several_homes_the_text_chooses() -> None:
    owner = a_person("mueller", "Max Müller", "mueller@mieter.example", "max-planck-12/", "bahnhof-5/")
    directory = a_directory(HOUSES, [owner])

    assert matched("Frage", directory).ambiguous
    assert matched("Frage zur Bahnhofstraße", directory).property == "bahnhof-5"


def test_two_units_in_one_house_are_one_property_and_no_unit() -> None:
    two = a_person(
        "mueller",
        "Max Müller",
        "mueller@mieter.example",
        "max-planck-12/max-planck-12-we01",
        "max-planck-12/max-planck-12-we03",
    )
    result = matched("Frage", a_directory(HOUSES, [two]))

    assert (result.property, result.unit, result.ambiguous) == ("max-planck-12", None, False)
    assert matched("Frage zu WE 1", a_directory(HOUSES, [two])).unit == "max-planck-12-we01"


def test_who_moved_out_does_not_live_there_any_more() -> None:
    moved = a_person(
        occupancies=(Occupancy(Relation.TENANT, "max-planck-12", None, Validity(until=date(2026, 1, 31))),)
    )
    directory = a_directory(HOUSES, [moved])

    assert matched("Frage", directory).property is None
    assert matched("Frage", directory, day=date(2026, 1, 31)).property == "max-planck-12"


def test_req_a2_the_number_in_the_mail_names_the_contract() -> None:
    person = a_person(contracts=("v1", "v2"), occupancies=())
    contracts = [a_contract("v1", "V-4711/0815"), a_contract("v2", "V-4711/0816")]
    directory = a_directory((), [person], contracts)

    assert matched("zu V 4711 0816: ...", directory).contract == "v2"
    assert matched("zu meinem Vertrag", directory).contract is None


def test_the_only_contract_of_the_sender_is_meant() -> None:
    directory = a_directory((), [a_person(contracts=("v1",), occupancies=())], [a_contract()])

    assert matched("zu meinem Vertrag", directory).contract == "v1"


def test_a_contract_number_beats_an_address_in_the_text() -> None:
    directory = a_directory(
        HOUSES, (), [a_contract("v1", "V-4711/0815", property="planck-12", unit="planck-12-we11")]
    )
    result = matched("V-4711/0815, Bahnhofstr. 5", directory, STRANGER)

    assert (result.property, result.unit, result.contract) == ("planck-12", "planck-12-we11", "v1")


def test_a_unit_named_in_the_text_is_found_in_its_house() -> None:
    assert matched("Planckstr. 12, Wohnung 11", sender=STRANGER).unit == "planck-12-we11"


def test_an_alias_leads_to_its_house() -> None:
    directory = a_directory([a_property(aliases=("Planck-Hof",)), *HOUSES[1:]], [])

    assert matched("im Planckhof ist es dunkel", directory, STRANGER).property == "max-planck-12"


def test_a_street_without_number_speaks_where_we_have_one_house() -> None:
    assert matched("in der Bahnhofstraße", sender=STRANGER).property == "bahnhof-5"
    two = a_directory([*HOUSES, a_property("bahnhof-7", "Bahnhofstr.", "7")], [])
    found = matched("in der Bahnhofstraße", two, STRANGER)
    assert (found.property, found.ambiguous) == (None, True)
    assert {one.id for one in found.candidates} == {"bahnhof-5", "bahnhof-7"}, "somebody may pick one"


def test_equal_addresses_are_told_apart_by_postcode_or_town() -> None:
    houses = [
        a_property("m", "Hauptstr.", "5"),
        a_property("b", "Hauptstr.", "5", postcode="10115", town="Berlin"),
    ]
    directory = a_directory(houses, [])

    assert matched("Hauptstr. 5", directory, STRANGER).ambiguous
    assert matched("Hauptstr. 5, 10115 Berlin", directory, STRANGER).property == "b"
    assert matched("Hauptstr. 5 in Berlin", directory, STRANGER).property == "b"


def test_another_postcode_behind_the_address_is_another_house() -> None:
    result = matched("Bahnhofstr. 5, 10115 Berlin", sender=STRANGER)

    assert result.property is None
    assert "another town" in [step.verdict for step in result.steps]


def test_a_postcode_with_its_town_may_stand_before_the_address() -> None:
    houses = [
        a_property("m", "Hauptstr.", "5"),
        a_property("b", "Hauptstr.", "5", postcode="10115", town="Berlin"),
    ]
    directory = a_directory(houses, [])

    assert matched("10115 Berlin, Hauptstr. 5", directory, STRANGER).property == "b"
    assert matched("D-80333 München\nHauptstr. 5", directory, STRANGER).property == "m"
    assert matched("20095 Hamburg, Hauptstr. 5", directory, STRANGER).property is None
    assert matched("Kundennummer 20095 wegen Hauptstr. 5", directory, STRANGER).ambiguous


def test_req_e7_austrian_and_swiss_addresses_are_understood() -> None:
    vienna = a_property("w", "Mariahilfer Gasse", "12", "Top 3", "Top 7", postcode="1060", town="Wien")
    zurich = a_property("z", "Langstrasse", "4", "EG", postcode="8004", town="Zürich")
    directory = a_directory([vienna, zurich], [])

    for written in (
        "Mariahilfer G. 12/7",
        "Mariahilfergasse 12/2/7, 1060 Wien",
        "Mariahilfer Gasse 12, Tür 7",
    ):
        result = matched(written, directory, STRANGER)
        assert (result.property, result.unit) == ("w", "w-top7"), written
    assert matched("Langstr. 4, 8004 Zürich", directory, STRANGER).property == "z"
    assert matched("Langstr. 4, 3011 Bern", directory, STRANGER).property is None


def test_req_e7_stair_floor_and_door_behind_the_house_number_name_the_flat() -> None:
    vienna = a_property("w", "Mariahilfer Straße", "12", "Stiege 1 Tür 5", "Stiege 2 Tür 5", "Top 7")
    directory = a_directory([vienna], [])

    for written, unit in (
        ("12/2/5", "w-stiege2tür5"),
        ("12/1/5", "w-stiege1tür5"),
        ("12 / 2 / 3 / 5", "w-stiege2tür5"),
        ("12/7", "w-top7"),
        ("12/3/5", None),
    ):
        result = matched(f"Mariahilfer Str. {written}", directory, STRANGER)
        assert (result.property, result.unit) == ("w", unit), written


def test_a_flat_is_named_by_floor_and_side() -> None:
    house = a_property("h", "Hauptstr.", "5", "EG links", "EG rechts", "1. OG links")
    directory = a_directory([house], [])

    assert matched("Hauptstr. 5, EG rechts", directory, STRANGER).unit == "h-egrechts"
    assert matched("Hauptstr. 5, erster Stock", directory, STRANGER).unit == "h-1.oglinks"
    assert matched("Hauptstr. 5 im EG", directory, STRANGER).unit is None


def test_two_people_with_one_address_share_what_they_share() -> None:
    couple = [a_person("m1", "Max Müller"), a_person("m2", "Eva Müller")]
    sender = a_sender(PartyKind.TENANT, None)

    assert matched("Frage", a_directory(HOUSES, couple), sender).property == "max-planck-12"


def test_a_firm_known_by_its_domain_speaks_weakly() -> None:
    firm = a_person("bau", "Bau GmbH", "@bau.example", "bahnhof-5/")
    keys = locate(a_message("Frage", "", "info@bau.example"), an_envelope())
    sender = a_sender(PartyKind.TENANT, "bau", address="info@bau.example")

    assert match(keys, found(keys, a_directory(HOUSES, [firm])), sender, TODAY).property == "bahnhof-5"


def test_req_a2_a_contract_is_known_by_every_number_and_plate_it_has() -> None:
    one = a_contract("v1", "V-4711/0815", also=("VS 123.456.789-0", "M-AB 1234E", "FÜ-X 77", "S-2026-99"))
    directory = a_directory((), [], [one, a_contract("v2", "V-4711")])

    for written in (
        "Police VS123456789-0",
        "mein Auto M AB 1234 E",
        "m-ab1234e",
        "FÜ-X 77",
        "Schaden S 2026 99",
    ):
        assert matched(written, directory, STRANGER).contract == "v1", written
    # The longer number is meant, not the one that begins like it.
    assert matched("Vertrag V-4711 0815", directory, STRANGER).contract == "v1"
    assert matched("Vertrag V-4711", directory, STRANGER).contract == "v2"
    assert matched("M-AB 12345", directory, STRANGER).contract is None


def test_req_a11_a_customer_number_leads_to_home_and_contract() -> None:
    person = a_person(numbers=("K-100.234",), contracts=("v1", "v2"))
    contracts = [
        a_contract("v1", "V-4711"),
        a_contract("v2", "V-4712", validity=Validity(until=date(2020, 1, 1))),
    ]
    directory = a_directory(HOUSES, [person], contracts)
    result = matched("Kundennummer K100234", directory, STRANGER)

    assert (result.property, result.unit, result.contract) == ("max-planck-12", "max-planck-12-we03", "v1")
    assert matched("K-100234, Vertrag V-4712", directory, STRANGER).contract == "v2"


@pytest.mark.parametrize(
    "text",
    [
        "Rückruf bitte unter 089 / 123 45-67",
        "Tel.: +49 (0)89 1234567",
        "0049 89 1234567",
        "Überweisung von DE89 3704 0044 0532 0130 00 kam an",
        "IBAN de89370400440532013000.",
    ],
)
def test_a_telephone_number_or_account_of_somebody_known_speaks_weakly(text: str) -> None:
    person = a_person(phones=("+49 89 1234567",), ibans=("DE89 3704 0044 0532 0130 00",))
    result = matched(text, a_directory(HOUSES, [person]), STRANGER)

    assert (result.property, result.unit) == ("max-planck-12", "max-planck-12-we03")
    assert "of Max Müller" in result.steps[0].because
    assert matched(f"Bahnhofstr. 5. {text}", a_directory(HOUSES, [person]), STRANGER).property == "bahnhof-5"


@pytest.mark.parametrize("text", ["089 1234568", "DE88 3704 0044 0532 0130 00", "02.02.2026 10:00"])
def test_another_number_or_a_wrong_check_digit_says_nothing(text: str) -> None:
    person = a_person(phones=("+49 89 1234567",), ibans=("DE89 3704 0044 0532 0130 00",))

    assert matched(text, a_directory(HOUSES, [person]), STRANGER).property is None


def test_several_flats_of_the_sender_in_one_house_are_told() -> None:
    two = a_person(
        "mueller", "Max Müller", "mueller@mieter.example",
        "max-planck-12/max-planck-12-we01", "max-planck-12/max-planck-12-we03",
    )  # fmt: skip
    result = matched("Frage", a_directory(HOUSES, [two]))

    assert result.unit is None
    assert [one.id for one in result.candidates if one.kind == "unit"] == [
        "max-planck-12-we01", "max-planck-12-we03",
    ]  # fmt: skip


def test_nothing_known_is_said() -> None:
    result = matched("hallo", sender=STRANGER)

    assert (result.property, result.ambiguous, result.steps[0].verdict) == (None, False, "no property")
