"""The postman: how long a letter waits that the relay does not take."""

import random
from datetime import timedelta
from pathlib import Path

from mailroute.clock import StoppedClock
from mailroute.flow.deliver import deliver_due
from mailroute.flow.unwritten import Unwritten
from mailroute.model.letter import SendOutcome, SendResult
from mailroute.store import outbox
from mailroute.store.engine import Store, migrate, open_store
from tests.support.factories import NOW
from tests.support.stores import a_decision, a_letter, put


class BusyRelay:
    """A relay that always says: later."""

    def send(self, mail_from: str, to: str, content: bytes) -> SendResult:
        return SendResult(SendOutcome.LATER, "450 busy")


class NoChance(random.Random):
    """Chance that takes nothing off a wait."""

    def random(self) -> float:
        return 0.0


def waits(store: Store, attempts: int) -> list[timedelta]:
    """How long the letter rests after each attempt."""
    clock, unwritten, found = StoppedClock(NOW), Unwritten(store), []
    for _ in range(attempts):
        tried = deliver_due(
            store, BusyRelay(), unwritten, owner="w", clock=clock, jitter=NoChance(), goes_on=lambda: True
        )
        assert tried == 1
        with store.read() as conn:
            due = outbox.next_due(conn)
        assert due is not None
        found.append(due - clock())
        clock.turn_to(due)
    return found


def test_a_letter_waits_twice_as_long_after_each_attempt(tmp_path: Path) -> None:
    """It used to wait a minute twice: the attempt that had just failed was not counted."""
    url = f"sqlite:///{tmp_path / 'mailroute.db'}"
    migrate(url)
    with open_store(url) as store:
        put(store, a_decision(None, None), a_letter("abc-m1-1", number=None))
        assert waits(store, 4) == [timedelta(minutes=one) for one in (1, 2, 4, 8)]
