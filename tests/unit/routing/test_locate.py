"""Which keys a mail mentions: addresses of houses, numbers, tags (domain.md §2.4, design §7)."""

import pytest

from mailroute.model import limits
from mailroute.model.address import Address
from mailroute.model.keys import Part
from mailroute.model.message import Forwarded
from mailroute.model.reply_tag import message_id, reply_tag
from mailroute.routing.locate import locate
from tests.support.factories import INBOX, a_message, an_envelope

TOKEN = "k7q3x9wmbz4p"


def places(text: str, **more: object) -> dict[str, str]:
    keys = locate(a_message(text, subject="", **more), an_envelope())
    return {place.key: place.span.words for place in keys.places}


def numbers(text: str) -> dict[str, str]:
    return {word.key: word.span.words for word in locate(a_message(text, subject=""), an_envelope()).numbers}


@pytest.mark.parametrize(
    "written",
    [
        "Max-Planck-Straße 12",
        "Max Planck Str. 12",
        "Max-Planck-Strasse 12",
        "maxplanckstr.12",
        "MAX-PLANCK-STR 12",
        "Max-Planck-Str.12",
        "Max-Planck-Straße Nr. 12",
        "Max-Planck-Straße Hausnummer 12",
        "Max-Planck-\nStraße 12",
        "Maxplanckstraße12",
    ],
)
def test_req_e7_every_spelling_of_the_address_gives_its_key(written: str) -> None:
    found = places(f"Guten Tag, in der {written} ist die Dachrinne defekt.")

    assert found["maxplanckstrasse|12"] == written


@pytest.mark.parametrize(
    "written", ["Max-Planck-Straße 12a", "Max-Planck-Straße 12 a.", "Max-Planck-Straße 112"]
)
def test_req_e7_the_house_number_is_exact(written: str) -> None:
    assert "maxplanckstrasse|12" not in places(written)


@pytest.mark.parametrize(
    "written", ["Max-Planck-Str. 12", "Max Planck Str. 12", "Max Planckstr. 12", "max planck str 12"]
)
def test_half_a_name_does_not_speak(written: str) -> None:
    assert "planckstrasse|12" not in places(written)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Planckstr. 12", "planckstrasse|12"),
        ("Heizung Berliner Str. 5 kalt", "berlinerstrasse|5"),
        ("Bahnhofstraße12", "bahnhofstrasse|12"),
        ("Straße des 17. Juni 135", "strassedes17juni|135"),
        ("Platz der Republik 1", "platzderrepublik|1"),
        ("Am Anger 3", "amanger|3"),
        ("Unter den Linden 5", "unterdenlinden|5"),
        ("Q7, 24", "q7|24"),
        ("Q 7 24", "q7|24"),
        ("in q7 24", "q7|24"),
        ("25 Straße 50", "25strasse|50"),
        ("Mariahilfer Straße 12/3", "mariahilferstrasse|12"),
        ("Mariahilfer Straße 12/3/17", "mariahilferstrasse|12"),
        ("Mariahilfer Gasse 12/2", "mariahilfergasse|12"),
        ("Langstrasse 12", "langstrasse|12"),
        ("Hauptstr. 12/14", "hauptstrasse|12-14"),
        ("Gr. Bergstr. 3", "grossebergstrasse|3"),
        ("Weg a. d. Mühle 3", "wegandermuehle|3"),
        ("Hauptstr. 12-14", "hauptstrasse|12-14"),
        ("Hauptstr. 12–14", "hauptstrasse|14"),
        ("Hauptstr. 12a-c", "hauptstrasse|12b"),
        ("Hauptstr. 12 und 14", "hauptstrasse|14"),
        ("Hauptstr. 12½", "hauptstrasse|12 1-2"),
        ("Hauptstr. 12 A", "hauptstrasse|12a"),
        ("Hauptstr. 12,80333 München", "hauptstrasse|12"),
        ("Hauptstr. 12 E-Mail: x@y.example", "hauptstrasse|12"),
        ("Hauptstr. 12 a-c", "hauptstrasse|12c"),
        ("St.-Anna-Str. 4", "sanktannastrasse|4"),
        ("kaputt in der Hauptstraße.", "hauptstrasse|"),
    ],
)
def test_addresses_are_found_as_people_write_them(written: str, key: str) -> None:
    assert key in places(written)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Neue Bahnhofstr. 5", "bahnhofstrasse|5"),
        ("Gr. Bergstr. 3", "bergstrasse|3"),
        ("St. Anna Str. 4", "annastrasse|4"),
        ("Gasse 12/3", "gasse|3"),
        ("Lattenkamp 3. OG", "lattenkamp|3"),
    ],
)
def test_what_is_part_of_a_name_or_of_a_flat_does_not_speak_alone(written: str, key: str) -> None:
    assert key not in places(written)


@pytest.mark.parametrize(
    "text", ["am 02.02.2026", "um 12:30", "um 12 Uhr", "128,50 Euro", "12 qm", "12 %", "80333"]
)
def test_dates_times_and_amounts_are_no_house_numbers(text: str) -> None:
    assert not places(text)


def test_an_english_article_is_no_house_letter() -> None:
    assert "maxplanckstrasse|12" in places("In Max-Planck-Str. 12 a pipe has burst", language="en")


def test_a_street_name_ends_with_the_sentence() -> None:
    assert set(places("Alles kaputt. Hauptstr. 5")) == {"hauptstrasse|5"}


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("Vertrag V-4711/0815 bitte", "v47110815", "V-4711/0815"),
        ("Vertrag V 4711 0815 bitte", "v47110815", "V 4711 0815"),
        ("Versicherungsnummer 12 345 678, danke", "12345678", "12 345 678"),
        ("(Kd.-Nr.: 100234)", "100234", "100234"),
        ("in WE 03 tropft es", "we03", "WE 03"),
        ("in Wohnung Nr. 3 tropft es", "w0hnungnr3", "Wohnung Nr. 3"),
    ],
)
def test_numbers_are_found_as_people_write_them(text: str, key: str, words: str) -> None:
    assert numbers(text)[key] == words


@pytest.mark.parametrize("text", ["am 02.02.2026", "im Jahr 2026", "3 Zimmer"])
def test_dates_and_years_are_no_numbers_of_ours(text: str) -> None:
    assert not numbers(text)


def test_names_are_offered_as_runs_of_up_to_four_words() -> None:
    keys = locate(a_message("im Haus am See ist es kalt", subject="Planck-Hof"), an_envelope())

    assert {"planckhof", "hausamsee"} <= {word.key for word in keys.aliases}


def test_spans_name_the_part_and_the_exact_words() -> None:
    text = "Grüße aus der Größten Straße 5"
    place = locate(a_message(text, subject=""), an_envelope()).places[0]

    assert (place.span.part, place.span.words) == (Part.TEXT, text[place.span.start : place.span.end])


def test_tags_come_from_addresses_then_from_message_ids_then_from_the_text() -> None:
    """domain.md §2.4: case token."""
    message = a_message(
        f"ja [t3.{TOKEN}]",
        to=(Address("", f"service+t10428.{TOKEN}@abc-hausverwaltung.example"),),
        references=(message_id(2, TOKEN, "abc-m17-2", "abc-hausverwaltung.example"),),
    )
    tags = locate(message, an_envelope()).reply_tags

    assert [(tag.number, tag.via) for tag in tags] == [
        (10428, "reply-address"),
        (2, "message-id"),
        (3, "text"),
    ]


def test_a_catch_all_inbox_has_the_tag_as_its_local_part() -> None:
    keys = locate(a_message(), an_envelope("", f"{reply_tag(7, TOKEN)}@tickets.example"))

    assert [tag.number for tag in keys.reply_tags] == [7]


def test_a_bounce_tag_counts_only_in_the_envelope() -> None:
    bounce = f"service+babc-m17-2.{TOKEN}@abc-hausverwaltung.example"

    assert locate(a_message(), an_envelope("", bounce)).bounce_tags[0].letter == "abc-m17-2"
    assert not locate(a_message(to=(Address("", bounce),)), an_envelope("")).bounce_tags


def test_reply_to_is_never_an_address_to_look_up() -> None:
    keys = locate(a_message(reply_to=(Address("", "boss@firm.example"),)), an_envelope())

    assert keys.addresses == ("mueller@mieter.example", "@mieter.example")


def test_the_forwarded_mail_speaks_for_its_author() -> None:
    inner = Forwarded(Address("", "Schulz@Mieter.example"), (), "Schaden", None, "Max-Planck-Str. 12")
    keys = locate(a_message("zur Info", forwarded=inner), an_envelope())

    assert "schulz@mieter.example" in keys.addresses
    assert keys.places[0].span.part is Part.FORWARDED


def test_ticket_numbers_are_only_mentioned() -> None:
    assert locate(a_message(f"zu T-10428 und an {INBOX}", "AW: [T-7] x"), an_envelope()).ticket_numbers == (
        7,
        10428,
    )


def test_what_is_asked_of_the_directory_is_bounded() -> None:
    text = "\n".join(f"Straße{n} Weg {n}, V-{n}{n} Haus{n} Hof{n}" for n in range(10, 9000))
    keys = locate(a_message(text), an_envelope())

    assert len(keys.places) == limits.STREET_KEYS
    assert len(keys.numbers) == limits.NUMBER_KEYS
    assert len(keys.aliases) <= limits.WORD_KEYS
