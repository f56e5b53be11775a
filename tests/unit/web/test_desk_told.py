"""Every change is told in both languages, whoever did it, and a receipt is only that of what was really done."""

from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from mailroute.model.change import CLOCK, Change, Party, PartyKind
from mailroute.model.decision import Disposition, Station, Step
from mailroute.model.ticket import Answered, Assigned, Closed, Corrected, Drafted, Event, Noted, Place
from mailroute.store.desk import Explained
from mailroute.web.desk_told import Receipt, Teller, receipts
from mailroute.web.words import say
from tests.support.deciding import RULESET

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
HUBER = Party(PartyKind.STAFF, "huber", "Frau Huber", "huber@abc.example")


def _event(change: Change, actor: Party = HUBER, cause: str = "w1") -> Event:
    return Event("abc", 10_001, 1, NOW, actor, cause, "r", change)


def _line(change: Change, language: str = "de", actor: Party = HUBER) -> str:
    teller = Teller(RULESET, language)
    return teller.line(_event(change, actor), say(language), lambda at: at.isoformat(), date.isoformat)


def _some(kind: Any) -> Change:
    """A change with something odd in every field that must be given."""
    given: dict[str, object] = {
        one.name: HUBER if one.type == "Party" else "{x} <b>%s</b>"
        for one in fields(kind)
        if one.default is MISSING
    }
    made: Change = kind(**given)
    return made


@pytest.mark.parametrize("kind", get_args(Change))
def test_every_change_has_a_line_in_both_languages(kind: Any) -> None:
    for language in ("de", "en"):
        assert _line(_some(kind), language)


def test_people_matters_and_moments_are_named_as_people_know_them() -> None:
    assert _line(Assigned("schmidt")).endswith(f"an: {RULESET.staff_by_id('schmidt').name}")  # type: ignore[union-attr]
    assert _line(Assigned("gone"), "en").endswith("handed it on to gone")
    assert _line(Closed("")) == "Frau Huber hat abgeschlossen: –"
    assert Teller(RULESET, "de").who(_event(Closed(""), CLOCK)) == "mailroute"
    right = Corrected("property", "A", "B", None, 3, Place(), "x")
    assert _line(right) == "Frau Huber hat berichtigt: A → B"


def _told(*changes: Change, said: tuple[str, ...] = (), done: str = "", cause: str = "w1") -> list[Receipt]:
    steps = tuple(Step(Station.COMMAND, "verb", one) for one in ("inner", *said))
    decided = Explained("w1", NOW, Disposition.COMMAND, (Step(Station.ASSIGN, "x", "y"), *steps))
    events = [_event(one) for one in changes]
    return list(receipts(events, [decided], cause, done, say("de"), held_minutes=2))


def test_the_receipt_is_the_transcript_at_the_end_of_the_trace() -> None:
    assert _told(said=("eins", "zwei"), done="10") == [
        Receipt("eins", done=True),
        Receipt("zwei", done=False),
    ]


def test_an_answer_a_draft_and_a_note_speak_for_themselves() -> None:
    (sent,) = _told(Answered("a@b.c", None, text="x"))
    (held,) = _told(Drafted("x", None, "y"))
    (kept,) = _told(Noted("x", None))
    assert (sent.done, held.done, kept.done) == (True, False, True)
    assert "in 2 Minuten" in sent.words


@pytest.mark.parametrize(
    ("cause", "done"), [("", ""), ("w2", "1"), ("w1", "1" * 500), ("w1", ""), ("x" * 9000, "abc")]
)
def test_what_somebody_makes_up_in_the_address_shows_nothing(cause: str, done: str) -> None:
    assert _told(said=("eins",), done=done, cause=cause) == []
