"""Patterns of several words: which words of a text they are, and in which order they are told."""

import pytest

from mailroute.model.text import folded
from mailroute.routing.vocabulary import HEARD_EACH, Vocabulary

EVIDENCE = (
    "ab april", "ab april an", "riecht nach gas", "nach gas", "neue Nummer", "E-Mail Adresse", "Wasser|Gas Rechnung",
    "Balkon … undicht", "Keller + feucht", "Heizung",
)  # fmt: skip


def heard(
    text: str, evidence: tuple[str, ...] = EVIDENCE, phrases: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """Each pattern with the words that it was heard in."""
    hearing = Vocabulary(evidence, phrases).hear(folded(text))
    return [(one.pattern, hearing.quote(one)) for one in hearing.heard]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Es riecht nach Gas.", [("riecht nach gas", "riecht nach Gas"), ("nach gas", "nach Gas")]),
        (
            "Riecht nach Gasgeruch",
            [("riecht nach gas", "Riecht nach Gasgeruch"), ("nach gas", "nach Gasgeruch")],
        ),
        ("Es verriecht nach Gas", [("nach gas", "nach Gas")]),
        ("ab April an", [("ab april", "ab April"), ("ab april an", "ab April an")]),
        ("ab. April", [("ab april", "ab. April")]),
        ("Bescheid ab", []),
    ],
)
def test_words_that_follow_each_other_are_told_by_where_they_end_the_longer_first(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert heard(text) == expected


def test_a_phrase_ends_with_its_last_word() -> None:
    assert heard("riecht nach Gasgeruch", (), ("riecht nach gas",)) == []
    assert heard("riecht nach Gas", (), ("riecht nach gas",)) == [("riecht nach gas", "riecht nach Gas")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Das sind neuen Nummern", [("neue Nummer", "neuen Nummern")]),
        ("Nummer neue", []),
        ("Das ist neu. Nummer folgt", []),
        ("Alles neue! Nummer folgt", []),
        ("neue und Nummer", []),
        ("die E-Mail-Adressen", [("E-Mail Adresse", "E-Mail-Adressen")]),
        ("die Wasserrechnung", [("Wasser|Gas Rechnung", "Wasserrechnung")]),
        ("Gas: Rechnungen fehlen", [("Wasser|Gas Rechnung", "Gas: Rechnungen")]),
        ("Der Balkon ist seit gestern undicht", [("Balkon … undicht", "Balkon ist seit gestern undicht")]),
        ("Der Balkon ist schön. Nicht undicht", []),
        ("Feuchte Wände im Keller", [("Keller + feucht", "Feuchte Wände im Keller")]),
    ],
)
def test_pieces_stand_side_by_side_or_apart_in_one_sentence(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert heard(text) == expected


def test_what_stands_apart_and_side_by_side_is_told_in_the_order_of_the_mail() -> None:
    text = "Der Keller ist feucht, die neue Nummer steht am Balkon, der ist undicht."
    assert [pattern for pattern, _ in heard(text)] == ["Keller + feucht", "neue Nummer", "Balkon … undicht"]
    assert heard(f"Meine E-Mail-Adresse. {text}")[0] == ("E-Mail Adresse", "E-Mail-Adresse")


def test_figures_of_speech_are_deaf_but_the_words_beside_them_are_not() -> None:
    assert heard("Feuer und Flamme für die Heizung", ("Feuer", "Heizung")) == [("Heizung", "Heizung")]


def test_a_mail_that_repeats_itself_is_heard_a_few_times_only() -> None:
    found = heard("Heizung ab April riecht nach Gas. " * 300)
    assert len(found) == HEARD_EACH * len({pattern for pattern, _ in found})
    assert len(heard("neue Nummer. " * 300)) == 1
