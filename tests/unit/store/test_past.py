"""What staff last did in a ticket, as `rückgängig` must see it; and letters that are stopped in time, or not."""

from datetime import timedelta

import pytest

from mailroute.errors import Conflict
from mailroute.model.decision import StopLetters
from mailroute.model.facts import Act, Changed, Sending
from mailroute.model.letter import SendOutcome, SendResult, Template
from mailroute.model.ticket import (
    Accepted,
    Alarmed,
    Answered,
    Assigned,
    CalledOff,
    ChangesTold,
    Choice,
    Corrected,
    Noted,
    Offered,
    Reminded,
    Status,
    Undone,
)
from mailroute.store import outbox
from mailroute.store.engine import Store
from mailroute.store.facts import gather_for_ticket
from tests.support.factories import NOW
from tests.support.stores import MUELLER, SCHMIDT, a_decision, a_letter, open_case, put, ticket_of, write

LATER = NOW + timedelta(minutes=2)


def acts(store: Store, number: int) -> tuple[Act, ...]:
    with store.read() as conn:
        return gather_for_ticket(conn, "abc", number).acts


def answered(store: Store, number: int) -> None:
    """Herr Schmidt answers with mail 9: the answer waits, the receipt too."""
    decision = a_decision(number, 2, Accepted(), Answered(MUELLER.address, 9), actor=SCHMIDT)
    answer = a_letter("abc-m9-1", number, template=Template.ANSWER, to=MUELLER, not_before=LATER)
    put(store, decision, answer, a_letter("abc-m99-1", number), cause="m9")


def test_the_last_command_is_known_with_the_ticket_before_it_and_its_letters(store: Store) -> None:
    number = open_case(store).number
    before = ticket_of(store, number)
    answered(store, number)
    put(store, a_decision(number, 4, Noted("hm", 10), actor=SCHMIDT), cause="m10")
    put(store, a_decision(number, 5, Reminded("schmidt", 1)), cause="t1")
    letter = Sending("abc-m9-1", "answer", MUELLER, waits=True, left=False)
    [act] = acts(store, number)
    assert act == Act(
        "schmidt", NOW, (Accepted(), Answered(MUELLER.address, 9)), before, ("noted", "reminded"), (letter,)
    )
    assert act.before.status is Status.OFFERED


def test_who_only_wrote_a_note_or_is_not_of_staff_has_done_nothing(store: Store) -> None:
    number = open_case(store).number
    put(store, a_decision(number, 2, Noted("hm", 10), actor=SCHMIDT), cause="m10")
    assert acts(store, number) == ()


def test_what_was_taken_back_is_the_last_act(store: Store) -> None:
    number = open_case(store).number
    before = ticket_of(store, number)
    put(store, a_decision(number, 2, Assigned("weber"), actor=SCHMIDT), cause="m9")
    undone = Undone(
        ("assigned",), before.status, before.assignee, (), (), before.role, None, 3, before.place, None
    )
    put(store, a_decision(number, 3, undone, actor=SCHMIDT), cause="m10")
    [act] = acts(store, number)
    assert act.changes == (undone,)
    assert ticket_of(store, number).assignee == "schmidt"


def test_a_letter_that_waits_is_stopped_with_the_decision(store: Store) -> None:
    number = open_case(store).number
    answered(store, number)
    put(store, a_decision(number, 4, stop=StopLetters(("abc-m9-1",)), actor=SCHMIDT), cause="m10")
    with store.read() as conn:
        states = {row.id: row.state.value for row in outbox.letters(conn, "abc", number=number)}
    assert states["abc-m9-1"] == "stopped"
    assert states["abc-m99-1"] == "waiting"
    [act] = acts(store, number)
    assert [(one.waits, one.left) for one in act.letters] == [(False, False)]


def test_a_letter_that_leaves_at_the_same_moment_makes_the_decision_void(store: Store) -> None:
    """The answer then says that it has left, instead of claiming that it was stopped."""
    number = open_case(store).number
    answered(store, number)
    write(store, lambda tx: outbox.mark_attempting(tx, ["abc-m9-1"], LATER))
    decision = a_decision(number, 4, Noted("x", None), stop=StopLetters(("abc-m9-1",)), actor=SCHMIDT)
    with pytest.raises(Conflict):
        put(store, decision, cause="m10")
    assert ticket_of(store, number).version == 4, "nothing of it is kept"
    sent = SendResult(SendOutcome.SENT, "250 ok")
    write(store, lambda tx: outbox.record(tx, "abc-m9-1", sent, now=LATER, retry_at=None))
    [act] = acts(store, number)
    assert [(one.waits, one.left) for one in act.letters] == [(False, True)]


def test_notes_are_untold_until_they_are_told(store: Store) -> None:
    """REQ-D6: nothing is told twice, and nothing that is not proven or a machine's."""
    number = open_case(store).number
    put(store, a_decision(number, 2, Noted("eins", 10), actor=SCHMIDT), cause="m10")
    put(store, a_decision(number, 3, ChangesTold("huber", 3)), cause="t1")
    put(store, a_decision(number, 4, Noted("forged", 11, why="unconfirmed"), actor=SCHMIDT), cause="m11")
    put(store, a_decision(number, 5, Noted("zwei", 12), actor=SCHMIDT), cause="m12")
    with store.read() as conn:
        untold = gather_for_ticket(conn, "abc", number).untold
    assert untold == (Changed(6, NOW, SCHMIDT, Noted("zwei", 12)),)


def test_what_somebody_said_it_is_not_stays_known(store: Store) -> None:
    """Decision 17: what is only feared wakes nobody a second time."""
    number = open_case(store).number
    place = ticket_of(store, number).place
    changes = (
        Corrected("case-type", "Notfall", "Rechnung", "rechnung", 3, place, "buchhaltung"),
        Corrected("case-type", "Rechnung", "Rechnung", "rechnung", 3, place, "buchhaltung"),
        Corrected("property", "Hauptstraße 1", "Hauptstraße 2", "rechnung", 3, place, "buchhaltung"),
    )
    put(store, a_decision(number, 2, *changes, actor=SCHMIDT), cause="m10")
    with store.read() as conn:
        assert gather_for_ticket(conn, "abc", number).ruled_out == ("Notfall",)


def test_two_corrections_that_are_taken_back_together_are_as_if_they_had_not_been_made(store: Store) -> None:
    """`typ:` and `objekt:` in one mail."""
    number = open_case(store).number
    before = ticket_of(store, number)
    listed = Offered("schmidt", (Choice("case-type", "rechnung"), Choice("property", "goethe-5")))
    together = (
        Corrected("case-type", "Notfall", "Rechnung", "rechnung", 3, before.place, "buchhaltung"),
        Corrected("property", "Hauptstraße 1", "Hauptstraße 2", "rechnung", 3, before.place, "buchhaltung"),
    )
    undone = Undone(
        ("corrected", "corrected"), before.status, before.assignee, (), (), before.role, None, 3, before.place, None
    )  # fmt: skip
    put(store, a_decision(number, 2, listed), cause="m9")
    put(store, a_decision(number, 3, *together, actor=SCHMIDT), cause="m10")
    put(store, a_decision(number, 5, undone, actor=SCHMIDT), cause="m11")
    with store.read() as conn:
        facts = gather_for_ticket(conn, "abc", number)
    assert facts.ruled_out == ()
    assert facts.offer is not None
    assert facts.offer.choices == listed.choices


def test_who_has_had_the_all_clear_is_known_until_they_are_alarmed_again(store: Store) -> None:
    number = open_case(store).number
    happened = (Alarmed(("weber", "huber")), CalledOff(("weber", "huber")), Alarmed(("huber",)))
    put(store, a_decision(number, 2, *happened, actor=SCHMIDT), cause="m10")

    with store.read() as conn:
        facts = gather_for_ticket(conn, "abc", number)
    assert (facts.alarmed, facts.called_off) == (("huber",), ("weber",))
