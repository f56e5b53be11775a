"""The counters of loops and storms: added up window by window, held against each other, forgotten."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from mailroute.errors import Conflict
from mailroute.model.traffic import LENGTHS, Count, Scope, Traffic
from mailroute.store import tables as t
from mailroute.store.engine import Store
from mailroute.store.traffic import add, concerning, storms
from tests.support.factories import NOW
from tests.support.stores import write

WHO = "mueller@mieter.example"
HOUR = timedelta(hours=1)


def count(
    store: Store,
    scope: Scope,
    *,
    seen: int,
    allowed: int = 20,
    key: str = WHO,
    trips: int = 0,
    number: int | None = None,
    at: datetime = NOW,
) -> None:
    write(store, lambda tx: add(tx, "abc", (Count(scope, key, seen, allowed, trips, number),), at))


def known(store: Store, at: datetime = NOW) -> tuple[Traffic, ...]:
    with store.read() as conn:
        return concerning(conn, "abc", WHO, 10428, at)


def test_what_is_counted_is_seen_in_its_window_and_forgotten_in_the_next(store: Store) -> None:
    for seen in range(3):
        count(store, Scope.SENDER, seen=seen, number=10428 if seen == 0 else None)

    assert known(store) == (Traffic(Scope.SENDER, WHO, 3, 0, 10428),)
    assert known(store, NOW + HOUR) == ()


def test_a_storm_is_remembered_the_longer_the_more_often_it_came_back(store: Store) -> None:
    for seen in range(3):
        count(store, Scope.SENDER, seen=seen, allowed=2)
    assert known(store, NOW + HOUR) == known(store, NOW + 4 * HOUR) == (Traffic(Scope.SENDER, WHO, 0, 1),)
    assert known(store, NOW + 5 * HOUR) == ()

    later = NOW + 2 * HOUR
    for seen in range(2):
        count(store, Scope.SENDER, seen=seen, allowed=1, trips=1, at=later)
    assert known(store, later + HOUR) == known(store, later + 8 * HOUR) == (Traffic(Scope.SENDER, WHO, 0, 2),)
    assert known(store, later + 9 * HOUR) == ()


def test_a_window_that_keeps_within_what_it_was_allowed_ends_the_storm(store: Store) -> None:
    for seen in range(3):
        count(store, Scope.SENDER, seen=seen, allowed=2)
    count(store, Scope.SENDER, seen=0, allowed=1, trips=1, at=NOW + HOUR)
    assert known(store, NOW + 2 * HOUR) == ()


def test_rules_are_seen_only_when_they_have_had_all_they_may(store: Store) -> None:
    count(store, Scope.RULE, seen=0, allowed=2, key="heizung")
    assert known(store) == ()
    count(store, Scope.RULE, seen=0, allowed=2, key="heizung")
    assert known(store) == (Traffic(Scope.RULE, "heizung", 2),)


def test_of_two_decisions_that_both_saw_the_last_place_free_one_is_made_again(store: Store) -> None:
    count(store, Scope.TOTAL, seen=19, key="")
    for seen in range(1, 20):
        count(store, Scope.TOTAL, seen=seen, key="")
    with pytest.raises(Conflict):
        count(store, Scope.TOTAL, seen=19, key="")
    assert [one.now for one in known(store)] == [20]


def test_the_one_letter_that_says_so_is_written_once(store: Store) -> None:
    for seen in range(20):
        count(store, Scope.TOTAL, seen=seen, key="")
    count(store, Scope.TOTAL, seen=20, key="")
    with pytest.raises(Conflict):
        count(store, Scope.TOTAL, seen=20, key="")


def test_other_organisations_addresses_and_tickets_are_not_seen(store: Store) -> None:
    write(store, lambda tx: add(tx, "xyz", (Count(Scope.SENDER, WHO, 0, 20),), NOW))
    count(store, Scope.SENDER, seen=0, key="other@mieter.example")
    count(store, Scope.TICKET, seen=0, key="10429")
    assert known(store) == ()


def test_a_storm_is_listed_until_its_window_is_over(store: Store) -> None:
    for seen in range(3):
        count(store, Scope.TICKET, seen=seen, allowed=2, key="10428")
    with store.read() as conn:
        [storm] = storms(conn, NOW)
        assert (storm.scope, storm.key, storm.happened, storm.allowed) == (Scope.TICKET, "10428", 3, 2)
        assert NOW < storm.until <= NOW + HOUR
        assert storms(conn, storm.until) == ()


def test_old_counters_are_deleted_with_the_first_mail_of_an_hour(store: Store) -> None:
    count(store, Scope.SENDER, seen=0)
    count(store, Scope.TOTAL, seen=0, key="", at=NOW + 5 * LENGTHS[Scope.SILENCED])
    with store.read() as conn:
        assert conn.execute(select(func.count()).select_from(t.traffic)).scalar_one() == 1
