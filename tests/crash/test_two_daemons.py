"""Several daemons on one PostgreSQL: one is killed, the other finishes everything, nothing happens twice."""

from __future__ import annotations

import random
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mailroute.store import tables as t
from tests.support.crash import JUDGED, Place, Sender, a_matter, a_place, contradictions, id_of, lost
from tests.support.relay import FakeRelay, Mood, Stage
from tests.support.servers import wait_until

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("seed", ["run-0" if JUDGED else secrets.token_hex(4)])
def test_when_one_of_two_daemons_is_killed_the_other_finishes_everything(
    postgres_url: str, seed: str
) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    with (
        FakeRelay() as relay,
        a_place(relay, database=postgres_url) as first,
        a_place(relay, database=postgres_url, same_keys_as=first) as second,
        Sender(first.port) as one,
        Sender(second.port) as other,
    ):
        relay.moods.append(Mood(Stage.DOT, "250 2.0.0 taken", times=1_000_000, keeps=True, wait_s=0.02))
        first.start()
        second.start()
        for sender, numbers in ((one, range(1, 101)), (other, range(101, 201))):
            sender.hand_over(
                *(a_matter(n, f"p{n}@post.example", "Die Dachrinne ist beschädigt.") for n in numbers)
            )
        one.wait_until_accepted(rng.randrange(10, 60))
        first.kill()
        assert lost(second, one) == []
        # A mail server tries the next MX.
        one.port = second.port
        wait_until(lambda: one.is_done and other.is_done, "everything is accepted")
        wait_until(lambda: _only_the_dead_has_work(second), "the other has done what it may")
        second.let_time_pass(timedelta(hours=1))
        other.posts += one.posts
        other.accepted += one.accepted
        second.wait_until_quiet(other)
        assert contradictions(second, other) == []
        assert _copies(relay) <= _doubts(second)


def _only_the_dead_has_work(place: Place) -> bool:
    """Whether all that is open is leased to another process, whose leases must run out."""
    mine = f":{place.pid}:"
    rows = [
        *place.rows(select(t.intake.c.lease_owner).where(t.intake.c.state == "received")),
        *place.rows(select(t.outbox.c.lease_owner).where(t.outbox.c.state.in_(["waiting", "attempting"]))),
    ]
    return all(row.lease_owner is not None and mine not in row.lease_owner for row in rows)


def _copies(relay: FakeRelay) -> int:
    return len(relay.letters) - len({id_of(letter) for letter in relay.letters})


def _doubts(place: Place) -> int:
    return int(place.rows(select(func.coalesce(func.sum(t.outbox.c.doubts), 0)))[0][0])
