"""Mails at the door, and who may decide them when."""

from datetime import datetime, timedelta

import pytest

from mailroute.errors import Broken, Conflict
from mailroute.model import limits
from mailroute.model.mail import Door, Envelope, IntakeState
from mailroute.store import fates, mails
from mailroute.store.engine import Connection, Store, open_store
from mailroute.store.mails import Claimed
from mailroute.store.restart import forget_claims
from tests.support.factories import INBOX, NOW
from tests.support.stores import a_delivery, claim, receive, write

LATER = NOW + timedelta(hours=1)


def release(
    tx: Connection, one: Claimed, *, error: str, retry_at: datetime = NOW, counts: bool = True
) -> None:
    intake = one.envelope.intake_id
    fates.release(tx, intake, one.attempts, error=error, now=NOW, retry_at=retry_at, counts=counts)


def test_a_mail_is_stored_with_its_bytes_unchanged(store: Store) -> None:
    content = bytes(range(256)) * 40 + b"\0\r\n.\r\n"
    receipt = receive(store, content=content)
    with store.read() as conn:
        assert mails.content_of_intake(conn, "abc", receipt.intake_id) == content


def test_the_same_mail_again_is_a_duplicate_of_the_first(store: Store) -> None:
    first = receive(store, "1")
    again = receive(store, "1", peer="198.51.100.1")
    assert (again.intake_id, again.duplicate, first.duplicate) == (first.intake_id, True, False)
    with store.read() as conn:
        assert mails.unfinished(conn) == 1


def test_a_delivery_that_the_door_knows_is_a_duplicate_even_with_another_content(store: Store) -> None:
    first = receive(store, "1", door=Door.IMAP, door_key="imap/INBOX/7/4711")
    again = receive(store, "2", door=Door.IMAP, door_key="imap/INBOX/7/4711")
    assert (again.intake_id, again.duplicate) == (first.intake_id, True)


def test_a_mail_is_called_by_the_same_number_from_the_door_to_the_held_ones(store: Store) -> None:
    """Two organisations read the second mail, so the third is the fourth intake: `retry` knows it by that number."""
    receive(store, "1")
    receive(store, "2", organisations=("abc", "xyz"))
    receipt = receive(store, "3", mail_from="late@mieter.example")
    claimed = claim(store, limit=10)[-1]
    assert (claimed.content_key, claimed.envelope.intake_id) == ("c-3", receipt.intake_id)


def test_only_known_door_keys_are_named(store: Store) -> None:
    keys = [f"imap/INBOX/7/{uid}" for uid in range(1200)]
    receive(store, "1", door_key=keys[3])
    receive(store, "2", door_key=keys[1100])
    with store.read() as conn:
        assert mails.known_door_keys(conn, keys) == {keys[3], keys[1100]}
        assert mails.known_door_keys(conn, []) == set()


def test_a_claim_gives_the_envelope_the_bytes_and_a_fresh_number(store: Store) -> None:
    receive(store, "1", content=b"abc", login="feed")
    (claimed,) = claim(store)
    assert claimed.envelope == Envelope(
        mail_id=claimed.envelope.mail_id,
        intake_id=claimed.envelope.intake_id,
        organisation="abc",
        inbox=INBOX,
        door=Door.SMTP,
        mail_from="mueller@mieter.example",
        rcpt_to=(INBOX,),
        received_at=NOW,
        login="feed",
        size_bytes=3,
        peer="192.0.2.7",
    )
    assert (claimed.content, claimed.attempts, claimed.content_key) == (b"abc", 1, "c-1")
    assert claimed.fresh_number == 10_001


def test_every_organisation_gets_its_own_intake_and_its_own_numbers(store: Store) -> None:
    receive(store, "1", organisations=("abc", "xyz"))
    claimed = claim(store)
    assert [(one.envelope.organisation, one.fresh_number) for one in claimed] == [
        ("abc", 10_001),
        ("xyz", 10_001),
    ]


def test_one_sender_has_one_undecided_mail_at_a_time_oldest_first(store: Store) -> None:
    for name in ("1", "2"):
        receive(store, name)
    receive(store, "3", mail_from="other@mieter.example")
    first = claim(store)
    assert [one.content_key for one in first] == ["c-1", "c-3"]
    assert claim(store) == ()
    write(store, lambda tx: fates.finish(tx, first[0].envelope.intake_id, IntakeState.HELD, "test", NOW))
    assert [one.content_key for one in claim(store)] == ["c-2"]


def test_the_order_of_a_sender_does_not_depend_on_how_the_address_is_written(store: Store) -> None:
    receive(store, "1", mail_from="Mueller@Mieter.example")
    receive(store, "2", mail_from="mueller@mieter.example")
    assert [one.content_key for one in claim(store)] == ["c-1"]


def test_reports_without_a_sender_do_not_wait_for_each_other(store: Store) -> None:
    for name in ("1", "2", "3"):
        receive(store, name, mail_from="")
    assert len(claim(store)) == 3


def test_a_claim_never_takes_more_than_its_limit(store: Store) -> None:
    for number in range(5):
        receive(store, str(number), mail_from=f"{number}@mieter.example")
    assert [one.content_key for one in claim(store, limit=2)] == ["c-0", "c-1"]


def test_an_expired_lease_is_claimed_again_with_the_same_number(store: Store) -> None:
    receive(store)
    (first,) = claim(store, owner="dead")
    (again,) = claim(store, owner="alive", now=NOW + timedelta(minutes=6))
    assert (again.attempts, again.fresh_number) == (2, first.fresh_number)


def test_a_mail_that_kills_its_workers_is_held_with_a_reason(store: Store) -> None:
    receive(store)
    for attempt in range(limits.ATTEMPTS_BEFORE_HELD):
        assert len(claim(store, now=NOW + attempt * LATER_STEP)) == 1
    at = NOW + limits.ATTEMPTS_BEFORE_HELD * LATER_STEP
    claims = write(store, lambda tx: mails.claim_intakes(tx, owner="w", now=at, lease=LATER_STEP, limit=9))
    with store.read() as conn:
        (row,) = mails.held(conn)
    assert claims == mails.Claims((), ((row.intake_id, row.error),))
    assert row.state is IntakeState.HELD
    assert "given up after 4 attempts" in row.error


LATER_STEP = timedelta(minutes=6)


def finish(store: Store, intake: int) -> None:
    """Be done with a mail, without a decision."""
    write(store, lambda tx: fates.finish(tx, intake, IntakeState.HELD, "fine", NOW))


def test_a_mail_that_kills_the_daemon_takes_nobody_else_to_the_held_ones(store: Store) -> None:
    """The whole batch was claimed when it died; only the culprit may use up its four attempts."""
    for name in ("innocent", "poison", "late"):
        receive(store, name, mail_from=f"{name}@mieter.example")
    decided: list[str] = []
    for _ in range(3 * limits.ATTEMPTS_BEFORE_HELD):
        batch = claim(store)
        names = [one.content_key for one in batch]
        if "c-poison" in names:
            write(store, lambda tx: forget_claims(tx, NOW))
            continue
        for one in batch:
            finish(store, one.envelope.intake_id)
            decided.append(one.content_key)
    assert decided == ["c-innocent", "c-late"]
    with store.read() as conn:
        assert ["given up" in row.error for row in mails.held(conn)] == [False, True, False]


def test_a_released_mail_rests_until_its_time(store: Store) -> None:
    receive(store)
    (one,) = claim(store)
    write(store, lambda tx: release(tx, one, error="TryLater", retry_at=LATER))
    assert claim(store) == ()
    assert [c.attempts for c in claim(store, now=LATER)] == [2]


def test_the_fourth_failed_attempt_is_held_at_once(store: Store) -> None:
    receive(store)
    for _ in range(limits.ATTEMPTS_BEFORE_HELD):
        (one,) = claim(store)
        write(store, lambda tx, one=one: release(tx, one, error="Broken"))  # type: ignore[misc]  # a lambda with a default has no type
    with store.read() as conn:
        assert [row.error for row in mails.held(conn)] == ["given up after 4 attempts: Broken"]
        assert mails.queue(conn) == ()


def test_a_release_that_is_not_the_mails_fault_counts_no_attempt(store: Store) -> None:
    receive(store)
    for _ in range(2 * limits.ATTEMPTS_BEFORE_HELD):
        (one,) = claim(store)
        write(store, lambda tx, one=one: release(tx, one, error="closing", counts=False))  # type: ignore[misc]  # a lambda with a default has no type
    assert [c.attempts for c in claim(store)] == [1]


def test_who_lost_the_lease_gives_nothing_back(store: Store) -> None:
    """A worker that stood still wakes up while another one decides the mail: it is not claimed a third time."""
    receive(store)
    (late,) = claim(store)
    (other,) = claim(store, now=LATER)
    write(store, lambda tx: release(tx, late, error="TryLater", counts=False))
    assert claim(store, now=LATER) == ()
    write(store, lambda tx: release(tx, other, error="TryLater", retry_at=LATER))
    assert [c.attempts for c in claim(store, now=LATER)] == [3]


def test_a_held_mail_can_be_retried_once(store: Store) -> None:
    receive(store)
    (one,) = claim(store)
    intake = one.envelope.intake_id
    write(store, lambda tx: fates.hold(tx, intake, "a person must look", NOW))
    assert claim(store) == ()
    write(store, lambda tx: fates.retry_held(tx, intake, NOW))
    with pytest.raises(Conflict):
        write(store, lambda tx: fates.retry_held(tx, intake, NOW))
    assert [c.attempts for c in claim(store)] == [1]


def test_a_held_mail_lets_the_next_of_its_sender_pass(store: Store) -> None:
    receive(store, "1")
    receive(store, "2")
    (one,) = claim(store)
    write(store, lambda tx: fates.hold(tx, one.envelope.intake_id, "no", NOW))
    assert [c.content_key for c in claim(store)] == ["c-2"]


def test_the_queue_shows_what_waits_and_why(store: Store) -> None:
    receive(store, "1", organisations=("abc", "xyz"))
    (one, _) = claim(store)
    intake = one.envelope.intake_id
    write(store, lambda tx: release(tx, one, error="TryLater: gone", retry_at=LATER))
    with store.read() as conn:
        (row,) = mails.queue(conn, "abc")
        assert (row.intake_id, row.error, row.not_before, row.leased_until) == (
            intake,
            "TryLater: gone",
            LATER,
            None,
        )
        assert len(mails.queue(conn)) == 2


def test_a_mail_of_another_organisation_cannot_be_read(store: Store) -> None:
    receive(store, content=b"secret")
    (one,) = claim(store)
    with store.read() as conn:
        assert mails.content_of_intake(conn, "abc", one.envelope.intake_id) == b"secret"
        with pytest.raises(Broken):
            mails.content_of_intake(conn, "xyz", one.envelope.intake_id)


def test_odd_characters_and_endless_addresses_are_stored_and_claimed(store: Store) -> None:
    receive(store, "1", mail_from="m\0ü\udce4@" + "ä" * 5000, peer="\0", door_key="k" * 5000)
    (one,) = claim(store)
    assert one.envelope.mail_from.startswith("m\ufffdü?@ää")


def test_a_claim_stops_at_what_a_worker_can_hold(store: Store) -> None:
    big = b"x" * (40 * 1024 * 1024)
    for name in ("1", "2"):
        receive(store, name, mail_from=f"{name}@mieter.example", content=big + name.encode())
    assert len(claim(store)) == 1
    assert len(claim(store)) == 1


def test_two_daemons_on_one_postgresql_claim_disjoint_mails(postgres_tables: str) -> None:
    with open_store(postgres_tables) as one, open_store(postgres_tables) as other:
        for number in range(200):
            receive(one, str(number), mail_from=f"{number}@mieter.example")
        work = [
            store.write(
                lambda tx, o=owner: mails.claim_intakes(tx, owner=o, now=NOW, lease=LATER_STEP, limit=20)  # type: ignore[misc]  # a lambda with a default has no type
            )
            for _ in range(10)
            for owner, store in (("one", one), ("other", other))
        ]
        claimed = [c.envelope.intake_id for future in work for c in future.result().taken]
    assert len(claimed) == len(set(claimed)) == 200


def test_two_daemons_store_a_mail_once_that_comes_to_both(postgres_tables: str) -> None:
    with open_store(postgres_tables) as one, open_store(postgres_tables) as other:
        futures = [
            store.write(
                lambda tx, n=number: mails.store_delivery(  # type: ignore[misc]  # a lambda with a default has no type
                    tx,
                    a_delivery(door_key=f"k{n}"),
                    fingerprint=f"f{n}",
                    content_key="c",
                    routes=[("abc", INBOX, (INBOX,))],
                )
            )
            for number in range(50)
            for store in (one, other)
        ]
        receipts = [future.result() for future in futures]
        with one.read() as conn:
            assert mails.unfinished(conn) == 50
    assert sum(receipt.duplicate for receipt in receipts) == 50
