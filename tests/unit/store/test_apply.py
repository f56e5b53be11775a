"""One decision, one transaction: everything it means is written, or nothing."""

from concurrent.futures import wait
from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.errors import Broken, Conflict
from mailroute.model import limits
from mailroute.model.decision import Beside, CancelTimer, Disposition, SetTimer, TimerKind
from mailroute.model.letter import LetterState
from mailroute.model.ticket import (
    RULE,
    Accepted,
    Closed,
    LetterFailed,
    Linked,
    MessageAdded,
    Noted,
    Party,
    PartyKind,
    Reminded,
    Status,
    fold,
)
from mailroute.store import fates, mails, outbox, timers
from mailroute.store.apply import AlreadyDecided, apply
from mailroute.store.engine import Store
from mailroute.store.tickets import decision_of, events, parties, ticket, tickets
from mailroute.store.verify import verify
from tests.support.factories import NOW
from tests.support.stores import (
    MUELLER,
    SCHMIDT,
    a_decision,
    a_letter,
    claim,
    open_case,
    opened,
    opening,
    put,
    receive,
    ticket_of,
    write,
)


def test_a_decision_writes_ticket_events_letters_timers_and_itself(store: Store) -> None:
    receive(store)
    (claimed,) = claim(store)
    decision, letters = opening(claimed)
    intake, number = claimed.envelope.intake_id, claimed.fresh_number
    applied = put(store, decision, *letters, cause=f"m{intake}", intake=intake)

    assert (applied.number, applied.letters) == (number, tuple(one.id for one in letters))
    with store.read() as conn:
        happened = events(conn, "abc", number)
        assert [one.change for one in happened] == list(decision.changes)
        assert ticket(conn, "abc", number) == fold(happened)
        assert [row.id for row in outbox.letters(conn)] == list(applied.letters)
        assert [one.kind for one in timers.pending(conn, "abc", number)] == [
            TimerKind.REMIND,
            TimerKind.ESCALATE,
        ]
        assert mails.unfinished(conn) == 0
        assert parties(conn, "abc", number) == (MUELLER, SCHMIDT)
        (kept,) = decision_of(conn, intake=intake)
        assert (kept.trace, kept.routing, kept.cause) == (decision.trace, decision.routing, f"m{intake}")
        assert decision_of(conn, organisation="abc", number=number) == (kept,)


def test_a_mail_is_decided_once(store: Store) -> None:
    case = open_case(store)
    decision, letters = opening(replace(case.claimed, fresh_number=10_777))
    with pytest.raises(AlreadyDecided):
        put(store, decision, *letters, intake=case.claimed.envelope.intake_id)
    with store.read() as conn:
        assert ticket(conn, "abc", 10_777) is None


def test_a_decision_on_an_old_version_is_a_conflict_and_leaves_nothing(store: Store) -> None:
    number = open_case(store).number
    put(store, a_decision(number, 2, Accepted()))
    late = a_decision(number, 2, Noted("zu spät", None), timers=(CancelTimer(TimerKind.REMIND),))
    with pytest.raises(Conflict):
        put(store, late, a_letter("abc-c-9", number))
    with store.read() as conn:
        assert len(events(conn, "abc", number)) == 3
        assert "abc-c-9" not in [row.id for row in outbox.letters(conn)]
        assert len(timers.pending(conn, "abc", number)) == 2


def test_a_ticket_that_must_not_exist_yet_is_opened_once(store: Store) -> None:
    put(store, a_decision(10_500, 0, opened(10_500)))
    with pytest.raises(Conflict):
        put(store, a_decision(10_500, 0, opened(10_500)))


def test_of_two_hundred_decisions_on_one_version_exactly_one_wins(store: Store) -> None:
    number = open_case(store).number
    futures = [
        store.write(
            lambda tx, n=n: apply(  # type: ignore[misc]
                tx,
                a_decision(number, 2, Noted(f"note {n}", None)),
                (a_letter(f"abc-c{n}", number),),
                cause=f"c{n}",
                intake=None,
                timer=None,
                now=NOW,
            )
        )
        for n in range(200)
    ]
    wait(futures)
    failures = [future.exception() for future in futures]
    assert sum(one is None for one in failures) == 1
    assert {type(one) for one in failures if one is not None} == {Conflict}
    assert ticket_of(store, number).version == 3
    with store.read() as conn:
        assert len(outbox.letters(conn, number=number)) == 3


def test_a_letter_with_a_known_id_is_not_written_twice(store: Store) -> None:
    number = open_case(store).number
    put(store, a_decision(number, 2, Accepted()), a_letter("abc-c1-0", number))
    with pytest.raises(Conflict):
        put(store, a_decision(number, 3, Closed("fertig")), a_letter("abc-c1-0", number))
    assert ticket_of(store, number).status is Status.ACCEPTED


def test_a_change_that_cannot_happen_is_a_bug_and_leaves_nothing(store: Store) -> None:
    number = open_case(store).number
    put(store, a_decision(number, 2, Closed("")))
    with pytest.raises(Broken):
        put(store, a_decision(number, 3, Accepted()))
    assert ticket_of(store, number).version == 3


def test_a_held_decision_holds_the_mail_with_its_reason(store: Store) -> None:
    receive(store)
    (claimed,) = claim(store)
    held = a_decision(None, None, disposition=Disposition.HOLD)
    put(store, held, intake=claimed.envelope.intake_id)
    with store.read() as conn:
        assert [row.error for row in mails.held(conn)] == ["“Max-Planck-Str. 12”"]


def test_an_ignored_mail_is_done_without_a_ticket_but_explained(store: Store) -> None:
    receive(store)
    (claimed,) = claim(store)
    put(store, a_decision(None, None, disposition=Disposition.IGNORE), intake=claimed.envelope.intake_id)
    with store.read() as conn:
        assert (mails.unfinished(conn), mails.held(conn), tickets(conn)) == (0, (), ())
        (kept,) = decision_of(conn, intake=claimed.envelope.intake_id)
    assert kept.disposition is Disposition.IGNORE


def test_setting_a_timer_replaces_the_pending_one_and_a_claim_on_it_fires_nothing(store: Store) -> None:
    number = open_case(store).number
    with store.read() as conn:
        old = timers.pending(conn, "abc", number)[0]
    new_due = NOW + timedelta(days=2)
    put(store, a_decision(number, 2, Accepted(), timers=(SetTimer(TimerKind.REMIND, new_due),)))
    with pytest.raises(AlreadyDecided):
        put(store, a_decision(number, 3, Reminded("schmidt", 1)), timer=old.id)
    with store.read() as conn:
        pending = {one.kind: one.due_at for one in timers.pending(conn, "abc", number)}
    assert pending[TimerKind.REMIND] == new_due


def test_a_timer_fires_once_and_may_set_itself_again(store: Store) -> None:
    number = open_case(store).number
    with store.read() as conn:
        due = timers.pending(conn, "abc", number)[0]
    again = a_decision(
        number, 2, Reminded("schmidt", 1), timers=(SetTimer(TimerKind.REMIND, NOW + timedelta(hours=16)),)
    )
    put(store, again, timer=due.id)
    with pytest.raises(AlreadyDecided):
        put(store, replace(again, expects_version=3), timer=due.id)
    with store.read() as conn:
        assert len(timers.pending(conn, "abc", number)) == 2


def test_an_address_has_five_acknowledgements_a_day(store: Store) -> None:
    number = open_case(store).number
    for count in range(limits.ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY):
        letter = a_letter(f"abc-c{count}", number, acknowledges="Mueller@mieter.example")
        put(store, a_decision(number, count + 2, Noted("", None)), letter)
    sixth = a_letter("abc-c6", number, acknowledges="mueller@mieter.example")
    with pytest.raises(Conflict):
        put(store, a_decision(number, 7, Noted("", None)), sixth)
    put(store, a_decision(number, 7, Noted("", None)), sixth, now=NOW + timedelta(days=1))


def test_the_day_of_an_acknowledgement_is_the_readers_day(store: Store) -> None:
    """At 23:30 UTC it is tomorrow in Berlin."""
    number = open_case(store).number
    late = NOW.replace(hour=23, minute=30)
    for count in range(limits.ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY):
        letter = a_letter(f"abc-c{count}", number, acknowledges="mueller@mieter.example")
        put(store, a_decision(number, count + 2, Noted("", None)), letter, now=NOW)
    put(
        store,
        a_decision(number, 7, Noted("", None)),
        a_letter("abc-c6", number, acknowledges="mueller@mieter.example"),
        now=late,
    )


def test_above_the_hourly_budget_automatic_letters_are_stopped_and_visible(store: Store) -> None:
    number = open_case(store).number
    letters = [
        a_letter(f"abc-c{n}", number, acknowledges=f"{n}@mieter.example")
        for n in range(limits.AUTOMATIC_LETTERS_PER_HOUR + 1)
    ]
    for n, letter in enumerate(letters):
        put(store, a_decision(number, n + 2, Noted("", None)), letter)
    with store.read() as conn:
        stopped = [r for r in outbox.letters(conn, number=number) if r.state is LetterState.STOPPED]
    assert [(row.id, row.last_reply) for row in stopped] == [
        (letters[-1].id, "not sent: too many automatic letters in this hour")
    ]


def test_every_kind_of_change_survives_the_database(store: Store) -> None:
    number = open_case(store).number
    odd = "NUL \0, half a smiley \ud83d, “quotes”, \\u0000 and 😀"
    stranger = Party(PartyKind.UNKNOWN, None, odd, "x@y.example")
    changes = (
        MessageAdded(1, stranger, odd, 3),
        Noted(odd, 1, odd),
        LetterFailed("l", "a@b", "5.1.1"),
        Accepted(),
        Closed(odd),
    )
    put(store, a_decision(number, 2, *changes, actor=stranger))
    with store.read() as conn:
        happened = events(conn, "abc", number)
        assert fold(happened) == ticket(conn, "abc", number)
    closed = happened[-1].change
    assert isinstance(closed, Closed)
    assert closed.text == "NUL \ufffd, half a smiley ?, “quotes”, \\u0000 and 😀"


def test_tickets_are_listed_by_every_filter_newest_first(store: Store) -> None:
    first, second = open_case(store, "1").number, open_case(store, "2").number
    put(store, a_decision(first, 2, Closed("")))
    with store.read() as conn:

        def numbers(**filters: object) -> list[int]:
            return [one.number for one in tickets(conn, "abc", **filters)]  # type: ignore[arg-type]

        assert numbers() == [second, first]
        assert numbers(open_only=True) == [second]
        assert numbers(statuses=(Status.CLOSED,)) == [first]
        assert numbers(assignee="schmidt", limit=1) == [second]
        assert numbers(assignee="huber") == []
        assert numbers(property_id="mps12", case_types=("schadensmeldung",)) == [second, first]
        assert tickets(conn, "xyz") == ()


def test_a_party_keeps_its_place_and_takes_its_latest_capacity(store: Store) -> None:
    number = open_case(store).number
    as_tenant = Party(PartyKind.TENANT, "schmidt-privat", "J. Schmidt", SCHMIDT.address)
    put(store, a_decision(number, 2, Accepted()), a_letter("abc-c1", number, to=as_tenant))
    with store.read() as conn:
        assert parties(conn, "abc", number) == (MUELLER, as_tenant)


def test_a_failing_decision_rolls_back_only_itself_in_a_shared_commit(store: Store) -> None:
    for name in ("1", "2"):
        receive(store, name, mail_from=f"{name}@mieter.example")
    one, other = claim(store)
    good, good_letters = opening(one)
    bad, _ = opening(other)
    # The same name for another letter; whichever comes first on PostgreSQL keeps it, the other one is undone whole.
    bad_letters = (replace(good_letters[0], number=bad.number),)

    futures = [
        store.write(
            lambda tx, c=c, d=d, ls=ls: apply(  # type: ignore[misc]
                tx, d, ls, cause="m", intake=c.envelope.intake_id, timer=None, now=NOW
            )
        )
        for c, d, ls in ((one, good, good_letters), (other, bad, bad_letters))
    ]
    wait(futures)
    assert sorted(future.exception() is None for future in futures) == [False, True]
    with store.read() as conn:
        assert mails.unfinished(conn) == 1
        assert len(tickets(conn)) == 1
    again = other.envelope.intake_id
    write(store, lambda tx: fates.release(tx, again, other.attempts, error="x", now=NOW, retry_at=NOW))


def test_a_decision_changes_further_tickets_in_the_same_transaction(store: Store) -> None:
    """REQ-A1, ambiguity 25: what is split off exists with its timers, or nothing of the decision does."""
    number = open_case(store).number
    split_off = Beside(
        "abc",
        "r1",
        RULE,
        10_900,
        0,
        (opened(10_900), Linked(number, "split-from")),
        (SetTimer(TimerKind.REMIND, NOW + timedelta(hours=1)),),
        (),
        None,
    )
    decision = replace(a_decision(number, 2, Linked(10_900, "split-into")), beside=(split_off,))
    put(store, decision, a_letter("abc-c-9", 10_900, to=SCHMIDT))
    with store.read() as conn:
        assert ticket(conn, "abc", 10_900) == fold(events(conn, "abc", 10_900))
        assert [one.kind for one in timers.pending(conn, "abc", 10_900)] == [TimerKind.REMIND]
        assert parties(conn, "abc", 10_900) == (MUELLER, SCHMIDT)
        assert len(decision_of(conn, organisation="abc", number=10_900)) == 1
        assert verify(conn) == ()
    with pytest.raises(Conflict):
        put(store, replace(decision, expects_version=3))
    with store.read() as conn:
        assert len(events(conn, "abc", number)) == 3, "the further ticket was there already: nothing is kept"
