"""Letters on their way: in order, at least once or visibly not, one identical copy more at most."""

from datetime import timedelta

import pytest

from mailroute.errors import Conflict
from mailroute.model.letter import Letter, LetterState, SendOutcome, SendResult, Template
from mailroute.store import outbox
from mailroute.store.engine import Store, open_store
from mailroute.store.outbox import ClaimedLetter, OutboxRow
from mailroute.store.restart import forget_claims
from tests.support.factories import NOW
from tests.support.stores import (
    LEASE,
    MUELLER,
    SCHMIDT,
    a_decision,
    a_letter,
    claim,
    open_case,
    put,
    receive,
    write,
)

SOON = NOW + timedelta(minutes=10)


def put_letters(store: Store, *letters: Letter) -> None:
    """Letters that belong to no ticket, or to one that exists."""
    put(store, a_decision(None, None), *letters)


def take(store: Store, *, now: object = NOW, limit: int = 50, owner: str = "p") -> list[str]:
    """The ids of what can be claimed."""
    return [one.id for one in claimed(store, now=now, limit=limit, owner=owner)]


def claimed(store: Store, **more: object) -> tuple[ClaimedLetter, ...]:
    arguments = {"owner": "p", "now": NOW, "lease": LEASE, "limit": 50, **more}
    return write(store, lambda tx: outbox.claim_letters(tx, **arguments))  # type: ignore[arg-type]


def attempt(store: Store, *ids: str) -> None:
    write(store, lambda tx: outbox.mark_attempting(tx, ids, NOW))


def ended(store: Store, letter_id: str, outcome: SendOutcome, *, again: bool = True) -> None:
    result = SendResult(outcome, f"reply: {outcome}")
    retry_at = SOON if again else None
    write(store, lambda tx: outbox.record(tx, letter_id, result, now=NOW, retry_at=retry_at))


def row(store: Store, letter_id: str) -> OutboxRow:
    with store.read() as conn:
        rows = {one.id: one for number in (None, 10_001) for one in outbox.letters(conn, number=number)}
    return rows[letter_id]


def state(store: Store, letter_id: str) -> str:
    with store.read() as conn:
        found: str = conn.exec_driver_sql(f"SELECT state FROM outbox WHERE id = '{letter_id}'").scalar_one()
    return found


def test_a_claimed_letter_is_what_was_put_in(store: Store) -> None:
    letter = a_letter("l1", None, content=b"\0\xffbytes")
    put_letters(store, letter)
    assert claimed(store) == (
        ClaimedLetter(
            id="l1",
            organisation="abc",
            number=None,
            to_address=SCHMIDT.address,
            mail_from=letter.mail_from,
            content=b"\0\xffbytes",
            attempts=0,
            doubts=0,
            message_id="l1@abc-hausverwaltung.example",
            created_at=NOW,
        ),
    )
    with store.read() as conn:
        assert outbox.letter_content(conn, "l1") == b"\0\xffbytes"
        assert outbox.letter_content(conn, "l2") is None


def test_a_letter_that_is_held_back_leaves_at_its_time(store: Store) -> None:
    put_letters(store, a_letter("l1", None, not_before=SOON))
    assert take(store) == []
    with store.read() as conn:
        assert outbox.next_due(conn) == SOON
    assert take(store, now=SOON) == ["l1"]


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    assert take(store) == ["l1"]
    assert take(store, owner="other") == []
    assert take(store, owner="other", now=NOW + LEASE) == ["l1"]


def test_letters_to_one_person_in_one_ticket_keep_their_order(store: Store) -> None:
    number = open_case(store).number
    with store.read() as conn:
        case_letters = [one.id for one in outbox.letters(conn)]
    put_letters(
        store,
        a_letter("l1", number, not_before=SOON),
        a_letter("l2", number),
        a_letter("l3", number, to=MUELLER),
        a_letter("l4", None),
    )
    first = take(store)
    assert first == [*case_letters, "l4"]
    for one in first:
        attempt(store, one)
        ended(store, one, SendOutcome.SENT)
    assert take(store) == ["l3"]
    attempt(store, "l3")
    ended(store, "l3", SendOutcome.SENT)
    assert take(store, now=SOON) == ["l1"]
    attempt(store, "l1")
    assert take(store, now=SOON) == []
    ended(store, "l1", SendOutcome.SENT)
    assert take(store, now=SOON) == ["l2"]


def test_an_attempt_is_counted_before_the_letter_may_leave(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    assert (row(store, "l1").state, row(store, "l1").attempts) == (LetterState.ATTEMPTING, 1)
    with pytest.raises(Conflict):
        attempt(store, "l1")


@pytest.mark.parametrize(
    ("outcome", "again", "then"),
    [
        (SendOutcome.SENT, False, LetterState.SENT),
        (SendOutcome.LATER, True, LetterState.WAITING),
        (SendOutcome.LATER, False, LetterState.FAILED),
        (SendOutcome.NEVER, False, LetterState.FAILED),
        (SendOutcome.IN_DOUBT, True, LetterState.WAITING),
        (SendOutcome.OURS, True, LetterState.WAITING),
    ],
)
def test_what_an_attempt_ended_with_says_what_comes_next(
    store: Store, outcome: SendOutcome, again: bool, then: LetterState
) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    ended(store, "l1", outcome, again=again)
    assert state(store, "l1") == then.value
    waits = then is LetterState.WAITING
    assert take(store) == []
    assert take(store, now=SOON) == (["l1"] if waits else [])


def test_the_relays_last_words_are_shown(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    write(
        store,
        lambda tx: outbox.record(
            tx, "l1", SendResult(SendOutcome.LATER, "451 4.7.1 greylisted"), now=NOW, retry_at=SOON
        ),
    )
    assert (row(store, "l1").last_reply, row(store, "l1").due_at) == ("451 4.7.1 greylisted", SOON)


def test_a_relay_that_refuses_us_costs_the_letter_no_attempt(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    ended(store, "l1", SendOutcome.OURS)
    assert row(store, "l1").attempts == 0


def test_the_second_doubt_is_left_to_a_person(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    for now in (NOW, SOON):
        take(store, now=now)
        attempt(store, "l1")
        ended(store, "l1", SendOutcome.IN_DOUBT)
    assert (row(store, "l1").state, row(store, "l1").doubts) == (LetterState.IN_DOUBT, 2)
    assert take(store, now=SOON) == []
    write(store, lambda tx: outbox.retry(tx, "l1", SOON))
    assert take(store, now=SOON) == ["l1"]


def test_a_letter_under_way_when_the_daemon_died_is_sent_once_more_and_then_left_in_doubt(
    store: Store,
) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    assert write(store, lambda tx: outbox.recover_attempting(tx, NOW)) == ()
    assert state(store, "l1") == "attempting"
    late = NOW + outbox.LONGEST_ATTEMPT
    assert write(store, lambda tx: outbox.recover_attempting(tx, late)) == ()
    (again,) = claimed(store, now=late)
    assert (again.attempts, again.doubts) == (1, 1)
    attempt(store, "l1")
    assert write(store, lambda tx: outbox.recover_attempting(tx, late + LEASE)) == ("l1",)
    assert state(store, "l1") == "in-doubt"


def test_the_only_daemon_takes_up_at_once_what_the_dead_one_had_claimed(store: Store) -> None:
    receive(store)
    claim(store)
    put_letters(store, a_letter("l1", None), a_letter("l2", None))
    take(store)
    attempt(store, "l2")
    assert write(store, lambda tx: forget_claims(tx, NOW)) == ()
    assert take(store) == ["l1", "l2"]
    (mail,) = claim(store)
    assert mail.attempts == 2


def test_a_late_yes_is_believed_even_after_the_letter_went_back_to_waiting(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    write(store, lambda tx: outbox.recover_attempting(tx, NOW + LEASE))
    ended(store, "l1", SendOutcome.SENT)
    assert take(store, now=NOW + LEASE) == []
    ended(store, "l1", SendOutcome.NEVER)
    assert state(store, "l1") == "sent"


def test_a_stopped_letter_stays_stopped_whatever_a_slow_sender_says(store: Store) -> None:
    put_letters(store, a_letter("l1", None), a_letter("l2", None))
    write(store, lambda tx: tx.exec_driver_sql("UPDATE outbox SET state = 'stopped' WHERE id = 'l1'"))
    ended(store, "l1", SendOutcome.LATER)
    assert take(store, now=SOON) == ["l2"]


def test_only_letters_that_wait_are_stopped(store: Store) -> None:
    number = open_case(store).number
    put_letters(
        store,
        a_letter("l1", number, template=Template.ANSWER, not_before=SOON),
        a_letter("l2", number, template=Template.RECEIPT),
    )
    take(store)
    attempt(store, "l2")
    stopped = write(store, lambda tx: outbox.stop_letters(tx, ["l1", "l2"], NOW))
    assert stopped == ("l1",)
    assert (state(store, "l1"), state(store, "l2")) == ("stopped", "attempting")


def test_letters_that_were_not_tried_are_given_back(store: Store) -> None:
    put_letters(store, a_letter("l1", None), a_letter("l2", None))
    take(store)
    attempt(store, "l1")
    write(store, lambda tx: outbox.release_letters(tx, ["l1", "l2"]))
    assert take(store) == ["l2"]


def test_a_sent_letter_cannot_be_retried(store: Store) -> None:
    put_letters(store, a_letter("l1", None))
    take(store)
    attempt(store, "l1")
    ended(store, "l1", SendOutcome.SENT)
    with pytest.raises(Conflict):
        write(store, lambda tx: outbox.retry(tx, "l1", NOW))


def test_put_off_letters_can_be_pulled_forward_but_not_those_held_back_on_purpose(store: Store) -> None:
    put_letters(store, a_letter("l1", None), a_letter("l2", None, not_before=SOON))
    take(store)
    attempt(store, "l1")
    ended(store, "l1", SendOutcome.LATER)
    assert write(store, lambda tx: outbox.retry_all_waiting(tx, NOW)) == 1
    assert take(store) == ["l1"]


def test_two_daemons_on_one_postgresql_claim_disjoint_letters(postgres_tables: str) -> None:
    with open_store(postgres_tables) as one, open_store(postgres_tables) as other:
        put_letters(one, *(a_letter(f"l{n:03}", None) for n in range(200)))
        futures = [
            store.write(
                lambda tx, o=owner: outbox.claim_letters(tx, owner=o, now=NOW, lease=LEASE, limit=20)  # type: ignore[misc]
            )
            for _ in range(10)
            for owner, store in (("one", one), ("other", other))
        ]
        taken = [letter.id for future in futures for letter in future.result()]
    assert len(taken) == len(set(taken)) == 200
