"""What no version of a ticket can hold: who gathers a matter and whose turn it was, whoever is faster."""

from concurrent.futures import wait
from dataclasses import replace

import pytest

from mailroute.errors import Conflict
from mailroute.model.decision import Gathering, TurnTaken
from mailroute.store.apply import apply
from mailroute.store.engine import Store
from mailroute.store.gathering import gathered, turns
from tests.support.factories import NOW
from tests.support.stores import a_decision, opened, put


def opening(number: int, instead_of: int | None = None, turn: int = 0):  # type: ignore[no-untyped-def]
    gathering = Gathering("max-planck-12", "aufzug", number, instead_of)
    taken = (TurnTaken("sachbearbeitung", "", "schmidt", turn),) if turn else ()
    return replace(a_decision(number, 0, opened(number)), gathering=gathering, turns=taken)


def test_of_two_first_mails_about_one_lift_one_opens_the_ticket(store: Store) -> None:
    """domain.md §1.2, need 10: an absence of rows cannot be seen by versions, so a row holds it."""
    put(store, opening(10_500))
    with pytest.raises(Conflict):
        put(store, opening(10_501))
    with store.read() as conn:
        assert [one.number for one in gathered(conn, "abc", ["max-planck-12"])] == [10_500]
        assert gathered(conn, "abc", ["lindenweg-5"]) == ()
        assert gathered(conn, "abc", []) == ()
    put(store, opening(10_502, instead_of=10_500))
    with store.read() as conn:
        assert [one.number for one in gathered(conn, "abc", ["max-planck-12"])] == [10_502]


def test_of_fifty_that_want_the_same_turn_one_gets_it(store: Store) -> None:
    """REQ-E9: fair under concurrency."""
    futures = [
        store.write(
            lambda tx, n=n: apply(  # type: ignore[misc]
                tx,
                replace(opening(11_000 + n, turn=1), gathering=None),
                (),
                cause=f"c{n}",
                intake=None,
                timer=None,
                now=NOW,
            )
        )
        for n in range(50)
    ]
    wait(futures)
    assert sum(future.exception() is None for future in futures) == 1
    with store.read() as conn:
        [turn] = turns(conn, "abc", [])
    assert (turn.role, turn.last, turn.count) == ("sachbearbeitung", "schmidt", 1)
    put(store, replace(opening(12_000, turn=2), gathering=None))
    with pytest.raises(Conflict):
        put(store, replace(opening(12_001, turn=2), gathering=None))
