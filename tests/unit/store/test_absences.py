"""Absences as rows: what holds now, what is over, and the log that forgets nothing."""

from datetime import date

from sqlalchemy import select

from mailroute.model.absence import AbsenceChange, Away, AwayEnded, AwaySet, Half, Origin
from mailroute.store import tables as t
from mailroute.store.absences import absences
from mailroute.store.apply import apply
from mailroute.store.engine import Store
from mailroute.store.facts import gather_for_ticket
from tests.support.factories import NOW
from tests.support.stores import a_decision, open_case, write

ONE = Away("schmidt", date(2026, 12, 1), date(2026, 12, 14), "huber", Half.MORNING, open_tickets=True)
OPEN_END = Away("huber", date(2026, 11, 1), None, origin=Origin.OUT_OF_OFFICE)


def say(store: Store, *changes: AbsenceChange) -> None:
    decision = a_decision(None, None, absences=changes)
    write(store, lambda tx: apply(tx, decision, (), cause="m1", intake=None, timer=None, now=NOW))


def known(store: Store, organisation: str = "abc") -> tuple[Away, ...]:
    with store.read() as conn:
        return absences(conn, organisation)


def test_what_was_said_is_what_is_known_until_it_ends(store: Store) -> None:
    say(store, AwaySet(ONE), AwaySet(OPEN_END))
    first, second = known(store)
    assert (first.staff, first.until, first.origin) == ("huber", None, Origin.OUT_OF_OFFICE)
    assert second == Away(**{**{f: getattr(ONE, f) for f in ONE.__slots__}, "id": second.id})
    assert known(store, "xyz") == ()
    say(store, AwayEnded(second))
    assert known(store) == (first,)
    say(store, AwayEnded(second))
    with store.read() as conn:
        kinds = conn.execute(select(t.staff_event.c.staff, t.staff_event.c.kind)).all()
    assert [tuple(row) for row in kinds] == [
        ("schmidt", "away-set"),
        ("huber", "away-set"),
        ("schmidt", "away-ended"),
        ("schmidt", "away-ended"),
    ]


def test_every_decision_knows_who_is_away(store: Store) -> None:
    number = open_case(store).number
    say(store, AwaySet(ONE))
    with store.read() as conn:
        assert [one.staff for one in gather_for_ticket(conn, "abc", number).away] == ["schmidt"]
