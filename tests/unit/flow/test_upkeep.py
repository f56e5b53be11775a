"""What the calendar brings without a timer, in a real database: tickets go to the deputy and come back (REQ-E11)."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from mailroute.clock import StoppedClock
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.upkeep import keep_up
from mailroute.model.absence import Away, AwayEnded, AwaySet
from mailroute.settings import Settings
from mailroute.store.absences import absences
from mailroute.store.apply import apply
from mailroute.store.tickets import ticket
from mailroute.store.verify import verify
from tests.support.factories import NOW
from tests.support.stores import a_decision, open_case, write

TODAY = date(2026, 2, 2)


@pytest.fixture
def firm(tmp_path: Path) -> Installation:
    return open_installation(Settings(state=tmp_path / "state"), clock=lambda: NOW)


def say(firm: Installation, *changes: AwaySet | AwayEnded) -> None:
    decision = a_decision(None, None, absences=changes)
    write(firm.store, lambda tx: apply(tx, decision, (), cause="m9", intake=None, timer=None, now=NOW))


def test_open_tickets_go_to_the_deputy_once_and_come_back_once(firm: Installation) -> None:
    clock = StoppedClock(NOW)
    number = open_case(firm.store).number
    day = clock().date()
    say(firm, AwaySet(Away("schmidt", day, day + timedelta(days=2), "huber", open_tickets=True)))
    assert [keep_up(firm.store, firm.site, clock=clock) for _ in range(3)] == [1, 0, 0]
    assert assignee(firm, number) == "huber"
    clock.turn_to(NOW + timedelta(days=3))
    assert [keep_up(firm.store, firm.site, clock=clock) for _ in range(3)] == [1, 0, 0]
    assert assignee(firm, number) == "schmidt"
    with firm.store.read() as conn:
        assert absences(conn, "abc") == ()
        assert verify(conn) == ()
    firm.store.close()


def assignee(firm: Installation, number: int) -> str:
    with firm.store.read() as conn:
        found = ticket(conn, "abc", number)
    assert found is not None
    return found.assignee
