"""Which wrong letter in a street's name is a slip of the pen, and which may make another street of it (REQ-E7)."""

import pytest

from mailroute.model.lookup import street_key
from mailroute.routing.slips import is_doubtful, is_slip, with_umlaut_mended


def doubtful(written: str, known: str) -> bool:
    return is_doubtful(street_key(written), street_key(known))


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Bahnhfostraße", "Bahnhofstraße"),
        ("Lindnweg", "Lindenweg"),
        ("Lindennweg", "Lindenweg"),
        ("Bahnhofsrtaße", "Bahnhofstraße"),
        ("Maks-Planck-Straße", "Max-Planck-Straße"),
        ("Schmittstraße", "Schmidtstraße"),
        ("Glückaufdtraße", "Glückaufstraße"),
        ("Ruhrtalstrqße", "Ruhrtalstraße"),
        ("Gottfired-Kelelr-Weg", "Gottfried-Keller-Weg"),
    ],
)
def test_req_e7_what_no_street_is_called_is_a_slip(written: str, known: str) -> None:
    assert not doubtful(written, known)


@pytest.mark.parametrize(
    ("written", "known", "why"),
    [
        ("Linsenweg", "Lindenweg", "a word of its own in a short name"),
        ("Heilstättenweg", "Heimstättenweg", "a letter from the other side of the keyboard"),
        ("Sickingerstraße", "Sickingenstraße", "another ending"),
        ("Engelsruhe", "Engelsruh", "a vowel more at the end"),
        ("Im Wiesengrund", "Im Wiesengrunde", "a vowel less at the end"),
        ("Funkgasse", "Flunkgasse", "a consonant less in a very short name"),
        ("Nietheweg", "Netheweg", "a vowel more that reads well"),
        ("Schultheißweg", "Schultheißenweg", "an ending less"),
        ("Kunsthandwerkerpassage", "Kunsthandwerkpassage", "an ending more"),
        ("Mehlweg", "Mühlweg", "a vowel for an umlaut"),
    ],
)
def test_what_may_be_another_street_is_in_doubt(written: str, known: str, why: str) -> None:
    assert doubtful(written, known), why


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Slölockweg", "slllockweg"),
        ("Mhülweg", "muehlweg"),
        ("Mhlweg", "muehlweg"),
        ("Müühlweg", "muehlweg"),
        ("Gartenbalm", "gartenbaoem"),
        ("Zoölhafen", "zollhafen"),
        ("Muhrüfad", "muhrpfad"),
        ("äGrtnerweg", "gaertnerweg"),
    ],
)
def test_an_umlaut_is_one_key(written: str, meant: str) -> None:
    assert meant in set(with_umlaut_mended(street_key(written)))


def test_two_mistakes_are_a_slip_only_in_long_names() -> None:
    assert is_slip("gottfriedkelelr", "gottfriedkeller", 1)
    assert is_slip("gottfiredkelelr", "gottfriedkeller", 2)
    assert not is_slip("lindbem", "lindner", 2)
