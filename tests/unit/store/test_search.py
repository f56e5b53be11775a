"""Tickets are found by number and by the beginnings of words; nothing of another organisation ever is."""

import pytest

from mailroute.model.ticket import Corrected, Joined, Party, PartyKind, Place
from mailroute.store import directory, search
from mailroute.store.engine import Connection, Store
from mailroute.store.search import found_tickets
from tests.support.factories import NOW, a_directory, a_property
from tests.support.stores import a_decision, open_case, opened, put, write

GOETHE = a_property("goethe-5", "Goethestraße", "5")


def _open(store: Store, number: int, organisation: str = "abc", **more: object) -> None:
    put(store, a_decision(number, 0, opened(number, **more), organisation=organisation))


def _found(store: Store, question: str, organisation: str = "abc") -> list[int]:
    with store.read() as conn:
        return [one.number for one in found_tickets(conn, organisation, question)]


@pytest.mark.parametrize(
    "question",
    [
        "10001",
        "T-10001",
        "t-10001",
        "dachrinne",
        "DACHR",
        "müller",
        "mueller",
        "muller",
        "max dach",
        "mueller@mieter.example",
    ],
)
def test_a_ticket_is_found_by_number_subject_and_reporter(store: Store, question: str) -> None:
    _open(store, 10_001)
    _open(
        store,
        10_002,
        subject="Rechnung",
        reporter=Party(PartyKind.OWNER, "eva", "Eva Kern", "eva@kern.example"),
    )
    assert _found(store, question) == [10_001]


def test_a_ticket_is_found_by_its_house_also_after_it_was_set_right(store: Store) -> None:
    write(store, lambda tx: directory.replace_directory(tx, "abc", a_directory((GOETHE,)), NOW))
    _open(store, 10_001, place=Place())
    assert _found(store, "goethestr") == []
    right = Corrected("property", "", "Goethestraße 5", None, 3, Place("goethe-5"), "sachbearbeitung")
    put(store, a_decision(10_001, 1, right))
    assert _found(store, "Goethestraße 5") == _found(store, "goethe-5") == [10_001]


def test_a_ticket_is_found_by_whoever_reported_the_same(store: Store) -> None:
    _open(store, 10_001)
    put(
        store,
        a_decision(
            10_001, 1, Joined(Party(PartyKind.TENANT, "k", "Karl Roth", "k@roth.example"), 7, "Lift steht")
        ),
    )
    assert _found(store, "roth lift") == [10_001]


def test_the_newest_stand_first_and_the_one_with_the_number_before_all(store: Store) -> None:
    for number in (10_001, 10_002, 10_003):
        _open(store, number, subject=f"Haus {20_000 - number}")
    _open(store, 9_999, subject="anderes")
    assert _found(store, "haus") == [10_003, 10_002, 10_001]
    assert _found(store, "9999") == [9_999, 10_001]


def test_nothing_of_another_organisation_is_found(store: Store) -> None:
    _open(store, 10_001, organisation="other")
    assert _found(store, "10001") == _found(store, "dachrinne") == []
    assert _found(store, "dachrinne", "other") == [10_001]


@pytest.mark.parametrize(
    "question", ["", "%", "_", "q%", "' OR 1=1 --", "\x00", "((", "a b c d e f g h", "x" * 5000]
)
def test_whatever_is_typed_is_a_question(store: Store, question: str) -> None:
    open_case(store)
    assert _found(store, question) == []


def test_words_that_most_tickets_have_are_looked_for_among_the_newest_and_then_everywhere(
    store: Store,
) -> None:
    for number in range(10_001, 10_007):
        _open(store, number, subject="Heizung kalt" if number == 10_001 else "Heizung")

    def ask(conn: Connection, question: str) -> list[int]:
        return [
            one.number for one in search._with_words(conn, "abc", question.split(), 50, common=2, newest=3)
        ]

    with store.read() as conn:
        assert ask(conn, "heizung") == [10_006, 10_005, 10_004, 10_003, 10_002, 10_001]
        assert ask(conn, "heizung kalt") == [10_001]
