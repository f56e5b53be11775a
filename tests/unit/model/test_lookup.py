"""The folding that files and mails share (domain.md §2.4)."""

import pytest

from mailroute.model.lookup import (
    house_number_key,
    house_numbers,
    is_telling_number,
    lookups,
    number_key,
    numbers_within,
    place_key,
    street_key,
    unit_key,
)
from mailroute.model.text import fold, fold_bare, folded
from tests.support.factories import a_contract, a_directory, a_person, a_property


@pytest.mark.parametrize(
    "written",
    [
        "Max-Planck-Straße",
        "Max Planck Str.",
        "Max-Planck-Str",
        "Maxplanckstrasse",
        "MAX-PLANCK-STR",
        "maxplanckstr.",
    ],
)
def test_all_spellings_of_a_street_have_one_key(written: str) -> None:
    """domain.md §2.4: street."""
    assert street_key(written) == "maxplanckstrasse"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Straße des 17. Juni", "strassedes17juni"),
        ("Str. des 17. Juni", "strassedes17juni"),
        ("St.-Anna-Str.", "sanktannastrasse"),
        ("Sankt-Anna-Straße", "sanktannastrasse"),
        ("Marienpl.", "marienplatz"),
        ("Dr.-Carl-von-Linde-Str.", "carlvonlindestrasse"),
        ("Prof.-Dr.-Kurt-Huber-Straße", "kurthuberstrasse"),
        ("Am Anger", "amanger"),
        ("Königsallee", "koenigsallee"),
        ("Gr. Bergstr.", "grossebergstrasse"),
        ("Am Großen Wannsee", "amgrossewannsee"),
        ("Kl. Gasse", "kleinegasse"),
        ("Alter Markt", "altemarkt"),
        ("Alt-Moabit", "altmoabit"),
        ("Weg a.d. Mühle", "wegandermuehle"),
        ("Pl. d. Republik", "platzderrepublik"),
        ("Str. d. 17. Juni", "strassedes17juni"),
        ("D 3", "d3"),
        ("A3", "a3"),
        ("", ""),
    ],
)
def test_street_names_are_kept_in_their_long_form(written: str, key: str) -> None:
    assert street_key(written) == key


@pytest.mark.parametrize(
    ("one", "other"), [("12", "12a"), ("12", "112"), ("12-14", "1214"), ("12a", "12b"), ("12", "12 1/2")]
)
def test_house_numbers_are_exact(one: str, other: str) -> None:
    assert place_key("Max-Planck-Straße", one) != place_key("Max-Planck-Straße", other)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("12/a", "12a"),
        ("12-a", "12a"),
        ("12-1/2", "12 1-2"),
        ("12 A", "12a"),
        ("12 – 14", "12-14"),
        ("12/14", "12-14"),
        ("12½", "12 1-2"),
    ],
)
def test_house_numbers_are_compared_without_their_decoration(written: str, key: str) -> None:
    assert house_number_key(written) == key


def test_a_property_answers_to_the_ends_of_its_range() -> None:
    assert house_numbers("12-14") == ("12", "14", "12-14")
    assert house_numbers("12a-c") == ("12a", "12b", "12c", "12a-c")
    assert house_numbers("12") == ("12",)
    assert house_numbers("5, 7 und 9a") == ("5", "7", "9a")
    assert house_numbers("") == ()


@pytest.mark.parametrize(
    ("house_number", "inner"),
    [
        ("12-18", ("14", "16")),
        ("12-14", ()),
        ("12-15", ()),
        ("12", ()),
        ("12a-c", ()),
        ("1-999", ()),
        ("18-12", ()),
    ],
)
def test_the_numbers_between_are_those_of_the_same_side(house_number: str, inner: tuple[str, ...]) -> None:
    assert numbers_within(house_number) == inner


def test_numbers_are_compared_without_separators_and_case() -> None:
    assert number_key("V-4711/0815") == number_key("v 4711 0815") == "v47110815"


@pytest.mark.parametrize("written", ["WE 03", "we3", "WE-03", "Whg. 3", "Wohnung Nr. 3", "Top 3"])
def test_a_unit_has_one_key_however_it_is_called(written: str) -> None:
    assert unit_key(written) == "we3"


@pytest.mark.parametrize(
    ("key", "telling"), [("4711", True), ("2026", False), ("1998", False), ("12a", False), ("abcd", False)]
)
def test_years_and_short_numbers_say_nothing(key: str, telling: bool) -> None:
    assert is_telling_number(key) is telling


def test_names_of_units_are_no_key_of_the_whole_directory() -> None:
    keys = {hit.key for hit in lookups(a_directory([a_property()], [a_person()], [a_contract()]))}

    assert "we03" not in keys
    assert {"maxplanckstrasse|12", "maxplanckstrasse|", "mueller@mieter.example", "v47110815"} <= keys


def test_a_street_with_an_umlaut_is_kept_under_both_spellings() -> None:
    keys = {hit.key for hit in lookups(a_directory([a_property("p", "Münchner Straße", "5")], []))}

    assert {"muenchnerstrasse|5", "munchnerstrasse|5"} <= keys


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("RÜCKRUF", "rueckruf"),
        ("Ru\u0308ckruf", "rueckruf"),
        ("Straße", "strasse"),
        ("Neben\u00adkosten", "nebenkosten"),
        ("Café", "cafe"),
        ("Ayşe Yılmaz", "ayse yilmaz"),
        ("Łódź", "lodz"),
        ("12½", "12 1/2"),
        ("ﬁrma ℡", "firma tel"),
    ],
)
def test_folding_makes_one_spelling_of_many(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_bare_folding_drops_the_dots() -> None:
    assert fold_bare("Rückstand") == "ruckstand"


def test_folded_text_knows_its_way_back() -> None:
    text = folded("Große Tür, Ru\u0308ckstand")
    start = text.text.index("tuer")

    assert text.original[slice(*text.span(start, start + 4))] == "Tür"
