"""What runs by the clock goes on: when the clock is set back, when a sender is slow, when one timer cannot fire."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert

from mailroute.daemon.loops import Loop
from mailroute.model.letter import SendOutcome, SendResult
from mailroute.store import outbox
from mailroute.store import tables as t
from mailroute.store.engine import migrate, open_store
from tests.support.crash import Sender, a_matter, a_place, contradictions
from tests.support.factories import NOW
from tests.support.relay import FakeRelay
from tests.support.servers import wait_until
from tests.support.stores import a_decision, a_letter, put, write

pytestmark = pytest.mark.timeout(120)


def test_a_loop_looks_for_work_again_though_nobody_wakes_it() -> None:
    """Ticks go by the time of day: when that was set back an hour, nothing looked for due rows for an hour."""
    looked = threading.Semaphore(0)

    def look() -> int:
        looked.release()
        return 0

    loop = Loop("test", look, look_every_s=0.01)
    loop.start()
    for _ in range(3):
        assert looked.acquire(timeout=10)
    loop.stop()
    loop.join(10)
    assert not loop.is_alive()


def test_a_letter_on_its_way_is_nobody_elses_though_its_claim_was_nearly_over(tmp_path: Path) -> None:
    """The last of fifty slow letters left a second before its claim ended: another daemon took its sender for dead."""
    url = f"sqlite:///{tmp_path / 'mailroute.db'}"
    migrate(url)
    claim_lasts = timedelta(minutes=20)
    with open_store(url) as store:
        put(store, a_decision(None, None), a_letter("abc-m1-1", number=None))
        write(store, lambda tx: outbox.claim_letters(tx, owner="slow", now=NOW, lease=claim_lasts, limit=9))
        leaves = NOW + claim_lasts - timedelta(seconds=1)
        write(store, lambda tx: outbox.mark_attempting(tx, ["abc-m1-1"], leaves))
        later = leaves + timedelta(minutes=40)
        assert write(store, lambda tx: outbox.recover_attempting(tx, later)) == ()
        assert (
            write(
                store, lambda tx: outbox.claim_letters(tx, owner="b", now=later, lease=claim_lasts, limit=9)
            )
            == ()
        )
        taken = SendResult(SendOutcome.SENT, "250 taken")
        write(store, lambda tx: outbox.record(tx, "abc-m1-1", taken, now=later, retry_at=None))
        with store.read() as conn:
            assert outbox.unsent(conn) == 0


def test_a_timer_that_cannot_fire_stops_no_other_ones() -> None:
    """Timers of an organisation that was taken out of mailroute.toml stood first in every round, and ended it."""
    with FakeRelay() as relay, a_place(relay) as place, Sender(place.port) as sender:
        place.start()
        sender.hand_over(
            *(a_matter(n, f"p{n}@post.example", "Die Dachrinne ist beschädigt.") for n in range(5))
        )
        place.wait_until_quiet(sender)
        assert place.stop() == 0
        orphan = {
            "organisation_id": "gone",
            "number": 1,
            "kind": "remind",
            "due_at": datetime.now(UTC) - timedelta(days=9),
            "state": "pending",
            "attempts": 0,
        }
        engine = create_engine(place.database)
        with engine.begin() as conn:
            conn.execute(insert(t.timer), orphan)
        engine.dispose()
        place.let_time_pass(timedelta(hours=5))
        place.start()
        relay.wait_for(lambda letters: len(letters) == 10, timeout_s=30)
        wait_until(lambda: place.said("timer-failed") > 0, "the orphan is reported")
        assert place.said("timer") == 5
        wait_until(lambda: contradictions(place, sender) == [], "the last yes of the relay is in the books")
