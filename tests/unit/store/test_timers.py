"""Timers: due, claimed by one, and only after every mail of that time has been decided."""

from datetime import timedelta

from mailroute.model.decision import CancelTimer, TimerKind
from mailroute.model.mail import IntakeState
from mailroute.model.ticket import Accepted
from mailroute.store import fates, timers
from mailroute.store.engine import Store, open_store
from tests.support.factories import NOW
from tests.support.stores import LEASE, a_decision, claim, open_case, opened, put, receive, write

DUE = NOW + timedelta(hours=8)


def due(store: Store, now: object = DUE, owner: str = "t") -> list[TimerKind]:
    """The kinds of the timers that can be claimed."""
    found = write(
        store,
        lambda tx: timers.claim_due(tx, owner=owner, now=now, lease=LEASE, limit=50),  # type: ignore[arg-type]
    )
    return [one.kind for one in found]


def test_a_timer_is_claimed_when_due_and_by_one_only(store: Store) -> None:
    open_case(store)
    assert due(store, DUE - timedelta(microseconds=1)) == []
    assert due(store) == [TimerKind.REMIND]
    assert due(store, owner="other") == []
    assert due(store, DUE + LEASE, owner="other") == [TimerKind.REMIND]


def test_the_earliest_timer_is_known(store: Store) -> None:
    with store.read() as conn:
        assert timers.next_due(conn) is None
    open_case(store)
    with store.read() as conn:
        assert timers.next_due(conn) == DUE


def test_a_cancelled_timer_never_fires(store: Store) -> None:
    number = open_case(store).number
    put(store, a_decision(number, 2, Accepted(), timers=(CancelTimer(TimerKind.REMIND),)))
    assert due(store, NOW + timedelta(days=9)) == [TimerKind.ESCALATE]


def test_no_timer_fires_before_the_mails_of_its_time_are_decided(store: Store) -> None:
    """The answer may be among them."""
    open_case(store, "1")
    receive(store, "2", received_at=DUE)
    assert due(store, DUE + timedelta(hours=1)) == []
    (waiting,) = claim(store, now=DUE)
    write(store, lambda tx: fates.finish(tx, waiting.envelope.intake_id, IntakeState.HELD, "x", DUE))
    assert due(store, DUE + timedelta(hours=1)) == [TimerKind.REMIND]


def test_a_later_mail_and_another_organisations_mail_hold_no_timer_up(store: Store) -> None:
    open_case(store, "1")
    receive(store, "2", received_at=DUE + timedelta(seconds=1))
    receive(store, "3", received_at=NOW, organisations=("xyz",))
    assert due(store, DUE + timedelta(hours=1)) == [TimerKind.REMIND]


def test_two_daemons_on_one_postgresql_claim_disjoint_timers(postgres_tables: str) -> None:
    from mailroute.model.decision import SetTimer

    with open_store(postgres_tables) as one, open_store(postgres_tables) as other:
        for number in range(100):
            timer = SetTimer(TimerKind.REMIND, DUE)
            put(one, a_decision(number + 1, 0, opened(number + 1), timers=(timer,)))
        futures = [
            store.write(
                lambda tx, o=owner: timers.claim_due(tx, owner=o, now=DUE, lease=LEASE, limit=10)  # type: ignore[misc]
            )
            for _ in range(10)
            for owner, store in (("one", one), ("other", other))
        ]
        taken = [timer.id for future in futures for timer in future.result()]
    assert len(taken) == len(set(taken)) == 100
