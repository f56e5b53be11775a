"""Flats as people name them: floor and side, wing, number, and whose it is (domain.md §2.4)."""

import pytest

from mailroute.model.directory import Unit
from mailroute.model.text import fold
from mailroute.model.units import unit_parts, units_in
from mailroute.routing.flats import named_unit

BERLIN = tuple(
    Unit(name, "h", name)
    for name in (
        "VH 3. OG links",
        "VH 3. OG rechts",
        "HH 3. OG links",
        "HH EG",
        "VH EG",
        "WE 07, DG",
        "TG-Stellplatz 14",
    )
)


def named(text: str, *own: str, units: tuple[Unit, ...] = BERLIN) -> str | None:
    mentions = [parts for parts, _, _ in units_in(fold(text))]
    return named_unit(mentions, units, frozenset(own))


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("3. OG links", "3og l"),
        ("3.OG re.", "3og r"),
        ("dritter Stock, Mitte", "3og m"),
        ("im 3. Obergeschoss rechts", "3og r"),
        ("OG 3, links", "3og l"),
        ("links im 3. OG", "3og l"),
        ("VH, EG", "eg vh"),
        ("Hinterhaus Erdgeschoss", "eg hh"),
        ("Seitenflügel, 2. Etage", "2og sf"),
        ("QG 1. OG", "1og qg"),
        ("DG", "dg"),
        ("WE 07", "we7"),
        ("WE-07", "we7"),
        ("WE Nr. 7", "we7"),
        ("Whg. 7", "we7"),
        ("VE-Nr. 7", "we7"),
        ("Top 7", "we7"),
        ("Stiege 2, Top 7", "st2 we7"),
        ("Tür 7", "we7"),
        ("TG-Stellplatz 14", "sp14"),
        ("Stellplatz Nr. 14", "sp14"),
        ("second floor left", "2og l"),
        ("III. OG links", "3og l"),
        ("II Stock", "2og"),
        ("3.OGL", "3og l"),
        ("3. OG r.", "3og r"),
        ("EG l.", "eg l"),
        ("3. Etg. re.", "3og r"),
        ("3. OG, linke Seite", "3og l"),
        ("linke Wohnung im 3. OG", "3og l"),
        ("3. Stock, Tür rechts", "3og r"),
        ("Erdgeschoßwohnung", "eg"),
        ("WE-Nr.: 07", "we7"),
        ("Wohnungsnr. 7", "we7"),
        ("Wohnungs-Nr. 7", "we7"),
        ("Apt. #7", "we7"),
        ("Stiege II, Tür 5", "st2 we5"),
        ("2. Stiege, Top 5", "st2 we5"),
        ("Hofgebäude, 1. OG", "1og hh"),
        ("front building, 1st floor", "1og vh"),
        ("WE 012", "we12"),
        ("Wohnung zwölf", "we12"),
        ("Wohnung Nummer einundzwanzig", "we21"),
        ("Wohnung drei im Hinterhaus", "hh we3"),
        ("flat twenty-one", "we21"),
        ("Wohnung (12)", "we12"),
        ("Whg. (Nr. 07)", "we7"),
        ("Wohnung (zwölf)", "we12"),
        ("Wohnung 2. OG links", "2og l"),
        ("T 7", "t7"),
        ("Lindenweg 5/T7", "t7"),
    ],
)
def test_req_e7_a_flat_is_read_in_every_spelling(written: str, parts: str) -> None:
    """domain.md §2.4: unit."""
    assert [found[0] for found in units_in(fold(f"Hallo, {written}: es tropft"))] == [parts]


@pytest.mark.parametrize(
    "text",
    [
        "die linke Seite",
        "Fax l. 3",
        "RE: Frage",
        "links und rechts",
        "Topf 7",
        "in der Mitte",
        "we are 7",
        "3 Ogen",
        "In der Wohnung drei Fenster undicht",
        "in unserer Wohnung zwei Tage ohne Wasser",
        "Wohnung (60 qm)",
        "unsere Wohnung 60 m²",
        "Wohnung 3 Zimmer",
        "Tel. T: 7",
        "T 0664 1234567",
        "T 664 12 34",
        "mein VW T5",
        "it doesn't 7",
        "",
    ],
)
def test_other_words_name_no_flat(text: str) -> None:
    assert list(units_in(fold(text))) == []


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("VH 3. OG links", "VH 3. OG links"),
        ("3. OG rechts", "VH 3. OG rechts"),
        ("Hinterhaus, 3. OG", "HH 3. OG links"),
        ("ich wohne im HH. Es tropft seit gestern ... im 3. OG", "HH 3. OG links"),
        ("Wohnung 7", "WE 07, DG"),
        ("Wohnung 7 im 4. OG", "WE 07, DG"),
        ("Stellplatz 14", "TG-Stellplatz 14"),
        ("3. OG links", None),
        ("im EG brennt Licht", None),
        ("4. OG links", None),
        ("WE 08", None),
        ("WE 07 und Stellplatz 14", None),
    ],
)
def test_one_flat_that_fits_is_meant(text: str, unit: str | None) -> None:
    assert named(text) == unit


def test_the_senders_own_flat_is_meant_where_it_fits_or_nothing_does() -> None:
    assert named("3. OG links", "HH 3. OG links") == "HH 3. OG links"
    assert named("Das Licht im DG geht nicht", "HH 3. OG links") == "HH 3. OG links"
    assert named("WE 07 über mir ist laut", "HH 3. OG links") == "WE 07, DG"
    assert named("hallo", "HH EG", "VH EG") is None
    assert named("im HH", "HH EG", "VH EG") == "HH EG"


def test_a_stair_that_the_directory_never_tells_excludes_nobody() -> None:
    told = (Unit("a", "h", "Stiege 1 Tür 5"), Unit("b", "h", "Stiege 2 Tür 5"))

    assert named("Stiege 2, Tür 5", units=told) == "b"
    assert named("Stiege 3, Tür 5", units=told) is None
    assert named("Stiege 2, Tür 5", units=(Unit("c", "h", "Top 5"), Unit("d", "h", "Top 6"))) == "c"


def test_a_wing_that_the_directory_never_tells_excludes_nobody() -> None:
    units = (Unit("a", "h", "3. OG links"), Unit("b", "h", "3. OG rechts"))

    assert named("VH 3. OG links", units=units) == "a"


def test_t_7_means_the_top_7_of_a_house_that_has_one_and_nothing_elsewhere() -> None:
    tops = (Unit("a", "h", "Top 7"), Unit("b", "h", "Top 9"))

    assert named("Musterstr. 12, T 7", units=tops) == "a"
    assert named("Bei T7 tropft es", units=tops) == "a"
    assert named("T 8", units=tops) is None
    assert named("T 7", units=(Unit("c", "h", "WE 7"), Unit("d", "h", "WE 8"))) is None
    assert named("T 7", units=(Unit("c", "h", "T 7"), Unit("d", "h", "T 8"))) == "c"


def test_t_7_says_less_than_what_is_surely_a_flat() -> None:
    """A `T5` may be a bus: it chooses among the sender's flats, and moves nobody out of their own."""
    tops = (Unit("a", "h", "Top 5"), Unit("b", "h", "Top 9"), Unit("c", "h", "Stiege 2, Top 3"))

    assert named("Jemand parkt seinen T5 vor der Tür", "b", units=tops) == "b"
    assert named("Wohnung 9, nicht T5", units=tops) == "b"
    assert named("Stiege 2, T 3", units=tops) == "c"


def test_a_unit_answers_to_every_part_of_its_name() -> None:
    assert {"we7", "3og", "l"} <= unit_parts("WE 07 (3. OG links)")
