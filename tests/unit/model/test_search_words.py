"""The words of a ticket are found as people type them."""

import pytest

from mailroute.model.search_words import ASKED_MOST, WORDS_MOST, asked_number, asked_words, search_words


def test_words_are_folded_and_also_kept_without_their_umlauts() -> None:
    assert search_words("Müller, Dachrinne!") == ("mueller", "dachrinne", "muller")


def test_an_address_falls_into_its_pieces_on_both_sides() -> None:
    assert search_words("k.muster@abc.example") == ("k", "muster", "abc", "example")
    assert asked_words("K.Muster@ABC.example") == ("k", "muster", "abc", "example")


@pytest.mark.parametrize("text", ["x " * 100_000, "".join(f"w{n} " for n in range(900)), "a" * 100_000])
def test_nothing_that_somebody_writes_makes_more_than_so_many_words(text: str) -> None:
    assert len(search_words(text)) <= WORDS_MOST
    assert len(asked_words(text)) <= ASKED_MOST
    assert all(len(word) <= 40 for word in search_words(text))


@pytest.mark.parametrize("text", ["", " ", "%", "_", "' OR 1=1 --", "\x00", "\ud800", "((*", "日本 语"])
def test_every_question_gives_words_that_hold_no_marks(text: str) -> None:
    assert all(word.isalnum() for word in asked_words(text))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("T-10428", 10428),
        (" t10428 ", 10428),
        ("10428", 10428),
        ("T - 10428", 10428),
        ("T-10428 Heizung", None),
        ("٣٤٥٦٧", None),
        ("12345678901234567890", None),
        ("0", None),
        ("-5", None),
    ],
)
def test_a_number_is_one_only_if_nothing_else_was_typed(typed: str, number: int | None) -> None:
    assert asked_number(typed) == number
