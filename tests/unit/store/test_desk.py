"""What the desk reads: unclear tickets with the list that waits, what was decided, who looked, what is due."""

from datetime import timedelta

from mailroute.model.decision import Disposition, SetTimer, TimerKind
from mailroute.model.ticket import Choice, Corrected, MessageAdded, Offered, Place, Status
from mailroute.store import directory
from mailroute.store.agenda import due_of, tasks
from mailroute.store.desk import explained, unclear, unclear_count
from mailroute.store.engine import Store
from mailroute.store.views import note_look, views
from tests.support.factories import NOW, a_directory, a_property
from tests.support.stores import MUELLER, a_decision, open_case, opened, put, write

GOETHE = a_property("goethe-5", "Goethestraße", "5")
LISTED = (Choice("property", "goethe-5"), Choice("case-type", "rechnung"))
HOUR = timedelta(hours=1)


def _unclear(store: Store, number: int, organisation: str = "abc") -> None:
    begin = opened(number, status=Status.TRIAGE, assignee="zentrale", place=Place(), case_type=None)
    changes = (begin, MessageAdded(7, MUELLER, None, 0), Offered("zentrale", LISTED))
    put(store, a_decision(number, 0, *changes, organisation=organisation))


def test_unclear_tickets_come_oldest_first_with_their_lists(store: Store) -> None:
    write(store, lambda tx: directory.replace_directory(tx, "abc", a_directory((GOETHE,)), NOW))
    for number in (10_002, 10_001, 10_003):
        _unclear(store, number)
    _unclear(store, 10_004, "other")
    put(store, a_decision(10_005, 0, opened(10_005)))
    with store.read() as conn:
        found = unclear(conn, "abc", 2)
        assert unclear_count(conn, "abc") == 3
    assert [one.ticket.number for one in found] == [10_001, 10_002]
    offer = found[0].offer
    assert offer is not None
    assert (offer.to, offer.choices) == ("zentrale", LISTED)
    assert [house.id for house in offer.houses] == ["goethe-5"]
    assert found[0].first == MessageAdded(7, MUELLER, None, 0)
    assert found[0].routing is not None


def test_a_list_that_was_answered_waits_no_more(store: Store) -> None:
    _unclear(store, 10_001)
    right = Corrected("property", "", "Goethestraße 5", None, 3, Place("goethe-5"), "zentrale")
    put(store, a_decision(10_001, 3, right))
    with store.read() as conn:
        (one,) = unclear(conn, "abc")
    assert one.offer is None


def test_decisions_are_explained_newest_first_and_only_those_of_the_ticket(store: Store) -> None:
    case = open_case(store)
    put(store, a_decision(case.number, 2, disposition=Disposition.COMMAND), cause="w1")
    put(store, a_decision(10_900, 0, opened(10_900), organisation="other"), cause="m9")
    with store.read() as conn:
        found = explained(conn, "abc", case.number, 10)
        assert [one.cause for one in found] == ["w1", f"m{case.claimed.envelope.intake_id}"]
        assert found[0].disposition is Disposition.COMMAND
        assert found[1].trace[0].rule == "properties/mps12.yaml:3"
        assert len(explained(conn, "abc", case.number, 1)) == 1


def test_a_ticket_is_due_when_it_first_asks_for_an_act(store: Store) -> None:
    timers = (
        SetTimer(TimerKind.REMIND, NOW + 3 * HOUR),
        SetTimer(TimerKind.ESCALATE, NOW + 2 * HOUR),
        SetTimer(TimerKind.CHANGES, NOW + HOUR),
    )
    put(store, a_decision(10_001, 0, opened(10_001), timers=timers))
    put(store, a_decision(10_002, 0, opened(10_002)))
    with store.read() as conn:
        assert due_of(conn, "abc", 10_001) == NOW + 2 * HOUR
        assert due_of(conn, "abc", 10_002) is None
        assert [one.ticket.number for one in tasks(conn, "abc", limit=1)] == [10_001]
        assert len(tasks(conn, "abc")) == 2


def test_page_after_page_with_the_same_eyes_is_one_look(store: Store) -> None:
    """REQ-C11."""

    def look(actor: str, address: str, minutes: int) -> bool:
        at = NOW + timedelta(minutes=minutes)
        return write(store, lambda tx: note_look(tx, "abc", actor, address, at))

    assert look("brandt", "klara@muster.example", 0)
    assert not look("brandt", "klara@muster.example", 14)
    assert look("brandt", "bob@muster.example", 14)
    assert look("huber", "klara@muster.example", 14)
    assert look("brandt", "klara@muster.example", 15)
    with store.read() as conn:
        assert len(views(conn, "abc")) == 4
        assert views(conn, "other") == ()
