"""Typing mistakes in names of streets (REQ-E7, domain.md §2.4): which street was meant, and when nobody can tell."""

import pytest

from mailroute.model.decision import Matched
from mailroute.model.directory import Lookup, LookupKind, Property
from mailroute.model.keys import NearPlace
from mailroute.model.lookup import street_key
from mailroute.model.ticket import PartyKind
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.routing.streets import build
from tests.support.factories import (
    TODAY,
    a_directory,
    a_message,
    a_property,
    a_sender,
    an_envelope,
    found,
)

STRANGER = a_sender(PartyKind.UNKNOWN, None, address="x@y.example")
NAMES = (
    "Max-Planck-Straße", "Planckstraße", "Bahnhofstraße", "Lahnstraße", "Lindenweg", "Am Anger", "2. Querweg",
    "Mariahilfer Gasse", "Bachstraße", "Tannenstraße", "Tonnenstraße", "Q7",
)  # fmt: skip
STREETS = build(street_key(name) for name in NAMES)


def nearest(written: str) -> list[str]:
    near = STREETS.near(street_key(written))
    return [one.street for one in near if one.distance == near[0].distance]


def matched(text: str, *houses: Property) -> Matched:
    keys = locate(a_message(text, ""), an_envelope())
    return match(keys, found(keys, a_directory(houses, [])), STRANGER, TODAY)


@pytest.mark.parametrize(
    "written",
    [
        "Max-Plank-Straße",
        "Max Planck Strase",
        "Max-Palnck-Str.",
        "Maxplankstr",
        "Max-Planck-Starsse",
        "Mxa-Planck-Str.",
        "Maks-Planck-Str.",
    ],
)
def test_req_e7_a_typing_mistake_is_forgiven(written: str) -> None:
    assert nearest(written) == ["maxplanckstrasse"]


@pytest.mark.parametrize(
    ("written", "street"),
    [
        ("Bahnhfostr.", "bahnhofstrasse"),
        ("Lindnweg", "lindenweg"),
        ("2. Qeurweg", "2querweg"),
        ("Am Agner", "amanger"),
        ("Mariahilferg.", "mariahilfergasse"),
        ("Lindenw.", "lindenweg"),
        ("Bachstrsse", "bachstrasse"),
    ],
)
def test_req_e7_short_names_and_short_endings_are_understood(written: str, street: str) -> None:
    assert nearest(written) == [street]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("Plankweg", "another kind of street"),
        ("Lindenberg", "another kind of street"),
        ("3. Querweg", "another number in the name"),
        ("Dachstraße", "the first letter of a short word"),
        ("Bahnstraße", "the first letter of a short word"),
        ("Max-Plunk-Gasse", "another kind of street"),
        ("Mux-Plunck-Strusse", "three mistakes"),
        ("Q6", "too short for mistakes"),
        ("", "nothing"),
        ("x", "nothing"),
    ],
)
def test_what_is_another_street_stays_another_street(written: str, why: str) -> None:
    assert nearest(written) == [], why


def test_a_known_street_never_yields_to_one_that_is_much_like_it() -> None:
    assert nearest("Planckstraße") == ["planckstrasse"]
    assert nearest("Tannenstr.") == ["tannenstrasse"]


def test_of_two_streets_as_near_both_are_said() -> None:
    assert nearest("Tnnenstr.") == ["tannenstrasse", "tonnenstrasse"]


def test_only_names_without_an_exact_hit_are_asked() -> None:
    keys = locate(a_message("Planckstr. 12 und Max-Plank-Str. 14", ""), an_envelope())
    hit = Lookup(LookupKind.STREET, "planckstrasse|", "property", "p")

    assert STREETS.near_places(keys, [hit]) == (NearPlace("maxplanckstrasse|14", "maxplankstrasse|14"),)


MAX_PLANCK_12 = a_property()
TANNEN_5 = a_property("tannen-5", "Tannenstraße", "5")
TONNEN_5 = a_property("tonnen-5", "Tonnenstraße", "5")


def test_req_e7_the_explanation_quotes_what_was_written_and_what_was_meant() -> None:
    result = matched("In der Max-Plank-Str. 12 tropft es.", MAX_PLANCK_12)

    assert result.property == "max-planck-12"
    assert result.steps[0].because == '"Max-Plank-Str. 12" in the text ~ Max-Planck-Straße'


@pytest.mark.parametrize("written", ["Max-Plank-Str. 112", "Max-Plank-Str. 12a", "Max-Plank-Str. 14"])
def test_req_e7_with_a_mistake_in_the_street_the_number_stays_exact(written: str) -> None:
    assert matched(written, MAX_PLANCK_12).property is None


def test_planckstrasse_is_another_street_also_where_mistakes_are_forgiven() -> None:
    assert matched("Planckstr. 12", MAX_PLANCK_12).property is None
    planck_12 = a_property("planck-12", "Planckstraße", "12")
    assert matched("Max-Plank-Str. 12", planck_12).property is None
    # The street is known, only not with this number: nothing else was meant.
    planck_3 = a_property("planck-3", "Plankstraße", "3")
    assert matched("Plankstr. 12", planck_12, planck_3).property is None


def test_two_streets_as_near_are_a_question_unless_only_one_has_the_number() -> None:
    assert matched("Tnnenstr. 5", TANNEN_5, TONNEN_5).ambiguous
    assert matched("Tnnenstr. 5", TANNEN_5, a_property("t7", "Tonnenstr.", "7")).property == "tannen-5"


def test_an_exact_address_beats_one_with_a_mistake() -> None:
    assert matched("Tannenstr. 5, nicht Max-Plank-Str. 12", TANNEN_5, MAX_PLANCK_12).property == "tannen-5"


LINDEN_5 = a_property("linden-5", "Lindenweg", "5")


def test_req_e7_a_slip_that_may_be_another_street_is_asked_about() -> None:
    result = matched("Im Linsenweg 5 tropft es.", LINDEN_5)

    assert (result.property, result.ambiguous) == (None, True)
    assert [one.id for one in result.candidates] == ["linden-5"]
    assert result.steps[0].verdict == "property not sure"
    assert "which may be another street" in result.steps[0].because


def test_what_else_speaks_for_the_house_takes_the_doubt_away() -> None:
    assert matched("Im Linsenweg 5 (linden-5) tropft es.", LINDEN_5).property == "linden-5"


def test_a_doubtful_address_beside_a_certain_one_says_nothing() -> None:
    assert matched("Tannenstr. 5, nicht Linsenweg 5", TANNEN_5, LINDEN_5).property == "tannen-5"


@pytest.mark.parametrize("written", ["Mhülweg 7", "Mhlweg 7", "Müühlweg 7"])
def test_req_e7_an_umlaut_that_was_mistyped_is_one_mistake(written: str) -> None:
    assert matched(f"Im {written} tropft es.", a_property("m", "Mühlweg", "7")).property == "m"


@pytest.mark.parametrize(("written", "ours"), [("Straße J", "Straße H"), ("Feldweg IV", "Feldweg II")])
def test_a_letter_or_roman_number_behind_a_street_is_exact(written: str, ours: str) -> None:
    assert matched(f"{written} 118", a_property("h", ours, "118")).candidates == ()
