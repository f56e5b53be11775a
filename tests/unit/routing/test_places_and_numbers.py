"""Every rule of identifiers and addresses of domain.md §2.4 that no other test names, as a mail would break it."""

from __future__ import annotations

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Matched, Sender
from mailroute.model.directory import Directory, Property
from mailroute.model.message import Forwarded
from mailroute.model.ticket import PartyKind
from mailroute.routing.contact_lines import split_contact_lines
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.routing.towns import towns_in
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


def matched(text: str, *houses: Property, sender: Sender = STRANGER, **more: object) -> Matched:
    return matched_in(text, a_directory(houses), sender, **more)


def matched_in(text: str, directory: Directory, sender: Sender = STRANGER, **more: object) -> Matched:
    keys = locate(a_message(text, "", **more), an_envelope())
    return match(keys, found(keys, directory), sender, TODAY)


# --- house numbers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("street", "number", "written"),
    [
        ("Straße des 17. Juni", "135", "Straße des 17. Juni 135"),
        ("25 Straße", "50", "25 Straße 50"),
        ("Platz der Republik", "1", "Platz der Republik 1"),
        ("Straße 12", "7", "Str. 12 Nr. 7"),
        ("Lindenweg", "12a", "Lindenweg 12 A"),
        ("Lindenweg", "12a", "Lindenweg 12/a"),
        ("Lindenweg", "12a", "Lindenweg 12-a"),
        ("Lindenweg", "12 1/2", "Lindenweg 12½"),
        ("Lindenweg", "12 1/2", "Lindenweg 12 ½"),
        ("Lindenweg", "12 1/2", "Lindenweg 12-1/2"),
        ("Lindenweg", "12 3/4", "Lindenweg 12 ¾"),
        ("Lindenweg", "12-14", "Lindenweg 12–14"),
        ("Lindenweg", "12a-c", "Lindenweg 12 a-c"),
        ("Lindenweg", "12", "Lindenweg, Nr. 12"),
        ("Lindenweg", "12", "Lindenweg Haus 12"),
        ("Lindenweg", "12", "Lindenweg, Hs.-Nr. 12"),
        ("Q7", "24", "Q7, 24"),
        ("Q 7", "24", "Mannheim, Q 7 24"),
        ("Q7", "24", "Q 7,24"),
        ("Q7", "24", "Q7/24"),
        ("Q7", "24", "Q7 Nr. 24"),
        ("Mariahilfer Straße", "12", "Mariahilfer Str. 12/2/7"),
        ("Bahnhofstrasse", "12", "8001 Zürich, Bahnhofstrasse 12"),
    ],
)
def test_req_e7_every_form_of_a_house_number_is_understood(street: str, number: str, written: str) -> None:
    """domain.md §2.4: number within the name; house number; Mannheim square."""
    house = a_property("h", street, number, postcode="", town="")

    assert matched(f"Heizung {written} defekt", house).property == "h"


@pytest.mark.parametrize(
    ("ours", "others", "written"),
    [
        ("12a", "12", "Lindenweg 12/a"),
        ("12 1/2", "12", "Lindenweg 12 ½"),
        ("12 3/4", "12", "Lindenweg 12 3/4"),
        ("12", "12d", "Lindenweg 12 d. h. im Keller"),
        ("12", "12c", "Lindenweg 12 c/o Meier"),
        ("12", "12i", "Lindenweg 12 i. A. Meier"),
    ],
)
def test_req_e7_the_neighbour_of_a_house_is_never_meant(ours: str, others: str, written: str) -> None:
    houses = [a_property("ours", "Lindenweg", ours), a_property("other", "Lindenweg", others)]

    assert matched(written, *houses).property == "ours"
    assert matched(written, houses[1]).property is None


@pytest.mark.parametrize(
    ("street", "written"),
    [
        ("Gebrüder-Grimm-Straße", "Gebr.-Grimm-Str. 12"),
        ("Bürgermeister-Smidt-Straße", "Bürgerm.-Smidt-Straße 12"),
        ("Mittlerer Ring", "Mittl. Ring 12"),
        ("Nördliche Hauptstraße", "Nördl. Hauptstr. 12"),
        ("Friedrich-Ebert-Straße", "Fr.-Ebert-Str. 12"),
        ("Johann-Sebastian-Bach-Straße", "Joh.-Seb.-Bach-Str. 12"),
        ("Max-Planck-Straße", "M.-Planck-Str. 12"),
        ("Max-Planck-Straße", "M. Planckstr. 12"),
        ("Johann-Sebastian-Bach-Straße", "J. S. Bach Str. 12"),
        ("Dietrich-Bonhoeffer-Straße", "D.-Bonhoeffer-Str. 12"),
    ],
)
def test_req_e7_a_name_may_be_shortened(street: str, written: str) -> None:
    assert matched(f"Heizung {written} defekt", a_property("h", street, "12")).property == "h"


@pytest.mark.parametrize("written", ["M.-Planck-Str. 12", "M. Planck Str. 12", "Gebr.-Planck-Str. 12"])
def test_req_e7_a_shortened_name_is_still_another_street_than_its_last_word(written: str) -> None:
    result = matched(written, a_property("h", "Planckstraße", "12"))

    assert (result.property, result.candidates) == (None, ())


@pytest.mark.parametrize(
    "written", ["z. B. Lindenweg 12", "u. a. Lindenweg 12", "im Haus B. Lindenweg 12", "bei Fr. Lindenweg 12"]
)
def test_a_letter_with_a_full_stop_before_a_street_need_not_be_a_first_name(written: str) -> None:
    assert matched(written, a_property("h", "Lindenweg", "12")).property == "h"


@pytest.mark.parametrize(
    "written",
    [
        "In Lindenallee im Haus Nr. 12 tropft es",
        "At 12 Lindenallee a pipe has burst",
        "12 Lindenallee\nEs tropft",
        "Nr. 12\nLindenallee",
        "Es tropft, 12 Lindenallee",
        "Es tropft in der Lindenallee, 12.",
    ],
)
def test_req_e7_foreigners_and_forms_write_the_number_in_their_own_place(written: str) -> None:
    assert matched(written, a_property("h", "Lindenallee", "12")).property == "h"


@pytest.mark.parametrize(
    ("street", "number", "written"),
    [
        ("Rue de Lausanne", "15", "Rue de Lausanne, 15"),
        ("Rue de Lausanne", "15", "15, rue de Lausanne"),
        ("Avenue de la Gare", "3", "3, av. de la Gare, 1003 Lausanne"),
    ],
)
def test_req_e7_french_addresses_are_understood(street: str, number: str, written: str) -> None:
    house = a_property("h", street, number, postcode="", town="")

    assert matched(f"Bonjour,\n{written}\nle chauffage est en panne", house).property == "h"


@pytest.mark.parametrize(
    "written",
    [
        "Um 12 Lindenallee gesperrt",
        "Wohnung: 12, Lindenallee",
        "von 10, 12, Lindenallee",
        "In der Lindenallee, 12 Wohnungen",
        "Linie\n12 Lindenallee",
        "In der Lindenallee, 12.11. um 9",
    ],
)
def test_a_number_beside_a_street_that_counts_something_else_is_no_house(written: str) -> None:
    houses = a_property("h", "Lindenallee", "12"), a_property("h14", "Lindenallee", "14")

    assert matched(written, *houses).property is None


@pytest.mark.parametrize(
    "written",
    [
        "Nr. 12 in der Lindenallee",
        "Haus 12, Lindenallee",
        "Hausnummer 12, Lindenallee, 80333 München",
        "unsere Nr. 12, Lindenallee",
    ],
)
def test_req_e7_the_number_may_stand_before_its_street(written: str) -> None:
    assert matched(f"Es geht um {written}. Danke", a_property("h", "Lindenallee", "12")).property == "h"


@pytest.mark.parametrize("behind", ["80333 München", "65 qm"])
def test_a_number_behind_the_street_that_is_no_house_leaves_it_the_one_before(behind: str) -> None:
    houses = a_property("h", "Am Wasserturm", "12"), a_property("h14", "Am Wasserturm", "14")

    assert matched(f"Haus 12, Am Wasserturm, {behind}", *houses).property == "h"


@pytest.mark.parametrize(
    "text",
    [
        "Whg. Nr. 12, Lindenallee",
        "Rechnung Nr. 12, Lindenallee",
        "Haus 12, Lindenallee 5",
        "Nr. 12. Lindenallee",
    ],
)
def test_a_number_of_something_else_is_no_house_before_a_street(text: str) -> None:
    houses = a_property("h", "Lindenallee", "12"), a_property("h14", "Lindenallee", "14")

    assert matched(text, *houses).property is None


@pytest.mark.parametrize(
    "behind", ["min Verspätung", "Tage dunkel", "m lang", "km Stau", "Personen", "mal", "Std. kalt"]
)
def test_what_is_counted_is_no_house_number(behind: str) -> None:
    houses = a_property("h", "Lindenallee", "12"), a_property("h14", "Lindenallee", "14")

    assert matched(f"Lindenallee 12 {behind}", *houses).property is None


def test_a_floor_behind_a_dash_is_no_end_of_a_range() -> None:
    assert matched("Lindenallee 24 - 2. OG links", a_property("h", "Lindenallee", "24")).property == "h"


def test_a_house_letter_that_stands_apart_is_no_article_unless_it_is_one() -> None:
    house = a_property("h", "Lindenallee", "12b"), a_property("h12", "Lindenallee", "12")

    assert matched("the heating at Lindenallee 12 B is cold", *house, language="en").property == "h"
    assert matched("at Lindenallee 12 a pipe has burst", *house, language="en").property == "h12"


# --- postcode and town ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "written"),
    [
        ("01067", "1067 Dresden"),
        ("01067", "D-01067 Dresden"),
        ("A-1010", "1010 Wien"),
        ("1010", "A-1010 Wien"),
        ("CH-8001", "8001 Zürich"),
    ],
)
def test_a_postcode_is_the_same_without_its_country_and_its_zero(ours: str, written: str) -> None:
    """domain.md §2.4: postcode."""
    house = a_property("h", "Lindenallee", "12", postcode=ours, town=written.partition(" ")[2])

    assert matched(f"Lindenallee 12, {written}", house).property == "h"
    assert matched("Lindenallee 12, 80333 München", house).property is None


@pytest.mark.parametrize(
    "written", ["Lindenallee 12 in Dresden", "Lindenallee 12 (Dresden)", "Lindenallee 12, Bad Homburg"]
)
def test_the_same_street_in_another_town_is_another_house(written: str) -> None:
    result = matched(written, a_property("h", "Lindenallee", "12", town="München"))

    assert result.property is None
    assert "another town" in [step.verdict for step in result.steps]


@pytest.mark.parametrize("flat", ["3. OG links", "EG", "HH", "WE 07", "Top 3", "VH, 1. Etage rechts"])
def test_req_e7_a_postcode_or_town_behind_the_flat_belongs_to_the_address(flat: str) -> None:
    house = a_property("h", "Lindenallee", "12")

    assert matched(f"Lindenallee 12, {flat}, 80333 München", house).property == "h"
    assert matched(f"Lindenallee 12, {flat}, 10115 Berlin", house).property is None
    assert matched(f"Lindenallee 12, {flat}, Dresden", house).property is None


def test_a_town_may_be_named_shorter_or_longer_than_ours() -> None:
    house = a_property("h", "Lindenallee", "12", postcode="", town="Frankfurt am Main")

    assert matched("Lindenallee 12, Frankfurt", house).property == "h"
    assert matched("Lindenallee 12 in Frankfurt am Main", house).property == "h"


def test_a_town_is_no_hall_and_the_longest_name_counts() -> None:
    assert [key for key, _, _ in towns_in("industriestr. 12, halle 3")] == []
    assert [key for key, _, _ in towns_in("in wiener neustadt, st. poelten und ulm")] == [
        "wienerneustadt",
        "sanktpoelten",
        "ulm",
    ]


# --- who signs --------------------------------------------------------------------------------------------------

OURS = (a_property("a", "Lindenallee", "12"), a_property("b", "Rosenweg", "7"))
SIGNED = "Max Müller\nRosenweg 7\n80333 München\nTel. 089 123456"


def test_an_address_in_a_signature_speaks_only_where_nothing_else_does() -> None:
    assert matched("Die Heizung ist kalt.", *OURS, signature=SIGNED).property == "b"
    assert matched("Die Heizung in der Lindenallee 12 ist kalt.", *OURS, signature=SIGNED).property == "a"
    # Not ours, but an address: nobody writes from the one house about the other.
    assert matched("Die Heizung in der Goetheallee 3 ist kalt.", *OURS, signature=SIGNED).property is None


def test_a_signature_is_known_also_without_a_closing_above_it() -> None:
    text = "Die Heizung in der Lindenallee 12 ist kalt.\n\n"

    assert split_contact_lines(text + SIGNED)[1] == SIGNED
    assert matched(text + SIGNED, *OURS).property == "a"


@pytest.mark.parametrize(
    "text",
    [SIGNED, "Objekt: Rosenweg 7\nTel. 089 123456", "Bitte kommen Sie in den\nRosenweg 7\n80333 München"],
)
def test_lines_of_an_address_without_a_letter_above_or_a_name_are_the_text(text: str) -> None:
    assert split_contact_lines(text) == (text, "")


@pytest.mark.parametrize("name", ["Peter Ludwig", "Anna Hermann", "Eva"])
def test_an_address_below_a_name_that_is_a_first_name_is_found(name: str) -> None:
    assert matched("Es tropft.", *OURS, signature=f"{name}\nRosenweg 7").property == "b"
    assert matched("Ludwig Rosenweg 7", *OURS).property is None


def test_req_e7_a_home_is_louder_than_a_signature() -> None:
    result = matched_in(
        "Es tropft.",
        a_directory(OURS, (a_person("mueller", "Max Müller", "mueller@mieter.example", "a"),)),
        a_sender(),
        signature=SIGNED,
    )

    assert result.property == "a"


def test_req_e7_the_signature_of_the_neighbour_who_forwards_does_not_win() -> None:
    inner = Forwarded(
        Address("Eva", "eva@x.example"),
        (),
        "Wasser",
        None,
        "In der Lindenallee 12 steht der Keller voll.\nGruß\nEva Kurz",
        signature="Gruß\nEva Kurz",
    )

    assert matched("siehe unten", *OURS, signature=SIGNED, forwarded=inner).property == "a"


def test_the_signature_inside_a_forwarded_mail_is_weak_too() -> None:
    text = "In der Lindenallee 12 steht der Keller voll.\nGruß\nEva Kurz, Rosenweg 7"
    inner = Forwarded(
        Address("Eva", "eva@x.example"), (), "Wasser", None, text, signature="Gruß\nEva Kurz, Rosenweg 7"
    )

    assert matched("siehe unten", *OURS, forwarded=inner).property == "a"


# --- numbers that we gave out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("0815.04.1", "Mieternummer 0815/04/1"),
        ("0815.04.1", "Mieternr.: 0815-04-1"),
        ("10428", "Debitor 10428"),
        ("70013", "Kreditorennummer: 70013"),
        ("HH 12/345.678", "Policennr. HH12345678"),
        ("00000000012345678", "VS-Nr. 00000000012345678"),
        ("SCH-2026-00815", "Schadennr. SCH 2026 00815"),
        ("128/4-0812", "Flurstück 128/4-0812"),
        ("A1B2C3D", "eVB A1B2C3D"),
        ("WVWZZZ1JZXW000001", "FIN WVWZZZ1JZXW000001"),
        ("M-AB 1234", "mein Auto M AB 1234"),
        ("M-AB 123E", "Kennzeichen M-AB123E"),
        ("KÜN-X 7", "Kennzeichen KÜN X 7"),
        ("KÜN-X 7", "Kennzeichen KUN-X 7"),
        ("M-AB 1234", "Kennzeichen M - AB 1234"),
        ("M-AB 1234", "Kennzeichen m·ab 1234"),
        ("M-AB 1234", "Kennzeichen MAB1234"),
        ("SL-AM 5", "Kennzeichen SL-AM 5"),
        ("HRV-500100", "Vertrag hrv-5OO1OO"),
        ("HRV-500100", "Vertrag HRV-500l00"),
        ("HRV-500100", "Vertrag HRV  500 100"),
        ("LV8I1S0O", "Police LV8l1SOO"),
        ("V-4711/0815", "Vertrag V-4711 / 0815"),
        ("V-4711/0815", "Vertrag V - 4711 - 0815"),
        ("V-4711/0815", "Vertrag V-4711\n0815"),
        ("A-2026-0017", "Auftrag A 2026 0017"),
        ("12345678901234567", "VS-Nr. 123 456 789 012 345 67"),
    ],
)
def test_req_a2_a_number_is_found_by_what_we_know_of_it_whatever_stands_between(
    number: str, written: str
) -> None:
    """domain.md §2.4: object or tenant number; debtor; parcel of land; policy number; claim number; number plate; eVB; FIN."""
    result = matched_in(
        f"Guten Tag, {written}, bitte um Rückruf", a_directory((), (), (a_contract("v", number),))
    )

    assert result.contract == "v"


@pytest.mark.parametrize(
    "text", ["Betrag 10428 Euro", "10428 Berlin", "Zählerstand 10428", "am 10.4.28 um 10:42"]
)
def test_a_few_digits_are_no_number_of_ours_unless_somebody_says_whose(text: str) -> None:
    assert matched_in(text, a_directory((), (), (a_contract("v", "10428"),))).contract is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("V-4711/0815", "V-4711/08"),
        ("V-4711/0815", "V-4711/08150"),
        ("V-4711/0815", "XV-4711/0815"),
        ("HRV-500100", "500100"),
        ("M-AB 1234", "MM-AB 1234"),
        ("M-AB 1234", "M-AB 12345"),
        ("BIN-AM 500", "ich bin am 500 Meter entfernten Haus"),
    ],
)
def test_req_a2_a_number_that_is_longer_or_shorter_is_another(number: str, text: str) -> None:
    assert matched_in(text, a_directory((), (), (a_contract("v", number),))).contract is None


@pytest.mark.parametrize(
    "written",
    ["DE 89 3704 0044 0532 0130 00", "DE89-3704-0044-0532-0130-00", "DE89 3704 0044\n0532 0130 00"],
)
def test_an_iban_is_read_however_it_is_cut(written: str) -> None:
    """domain.md §2.4: IBAN."""
    person = a_person("eva", "Eva Kurz", "eva@x.example", "a", ibans=("DE89370400440532013000",))

    assert matched_in(f"Konto {written}, danke", a_directory(OURS, (person,))).property == "a"


def test_the_end_of_an_address_elsewhere_is_no_number_of_ours() -> None:
    """`WEG 12` are the owners of a house, and many call it by that id."""
    house = a_property("weg-12", "Rosenweg", "7")

    assert matched("Protokoll der WEG 12", house).property == "weg-12"
    for text in ("Linden-Weg 12", "Linden Weg 12", "Lindenweg 12"):
        assert matched(text, house).property is None, text


@pytest.mark.parametrize("date", ["3.7.2018", "03.07.18", "3. Juli", "Mo., 1. Jan. 2023 um 17:22 Uhr"])
def test_a_date_behind_a_street_is_no_house_number(date: str) -> None:
    """domain.md §2.4: dates."""
    numbers = ("3", "03", "7", "1", "17", "2018", "18", "2023", "22")
    houses = [a_property(f"h{n}", "Lindenallee", n) for n in numbers]

    assert matched(f"Termin Lindenallee {date}", *houses).property is None


def test_two_contracts_with_one_number_are_a_question() -> None:
    """domain.md §2.4: policy number; the longest wins, of two alike none."""
    directory = a_directory(
        (), (), (a_contract("v1", "12-345"), a_contract("v2", "1-2345"), a_contract("v3", "12345-6"))
    )

    assert matched_in("Vertrag 12-345", directory).contract is None
    assert matched_in("Vertrag 12-345-6", directory).contract == "v3"


def test_what_speaks_louder_decides_and_without_it_the_next() -> None:
    """domain.md §2.4: order of evidence; number, address in the text, home, domain of the firm, signature, nothing."""
    houses = [
        a_property(f"h{n}", street, "1")
        for n, street in enumerate(("Lindenallee", "Rosenweg", "Ulmenweg", "Ahornweg", "Eschenweg"))
    ]
    people = (a_person("eva", "Eva", "eva@x.example", "h2"), a_person("firm", "Firm", "@firm.example", "h3"))
    directory = a_directory(houses, people, (a_contract("v", "V-4711", property="h0"),))

    def house(text: str, address: str, kind: PartyKind, person: str | None) -> str | None:
        keys = locate(a_message(text, "", address, signature="Eva\nEschenweg 1"), an_envelope())
        sender = a_sender(kind, person, address=address)
        return match(keys, found(keys, directory), sender, TODAY).property

    eva = ("eva@x.example", PartyKind.TENANT, "eva")
    assert house("Vertrag V-4711, Rosenweg 1", *eva) == "h0"
    assert house("Im Rosenweg 1 tropft es", *eva) == "h1"
    assert house("Es tropft", *eva) == "h2"
    assert house("Es tropft", "buero@firm.example", PartyKind.TENANT, None) == "h3"
    assert house("Es tropft", "x@y.example", PartyKind.UNKNOWN, None) == "h4"
    assert house("Im Kastanienweg 3 tropft es", "x@y.example", PartyKind.UNKNOWN, None) is None
