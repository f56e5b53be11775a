"""`rückgängig`: within a day, unless a letter has left the house or somebody has built upon it (design §7)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.decision import CancelTimer, Decision, SetTimer, TimerKind
from mailroute.model.facts import Act, Offer, Sending
from mailroute.model.letter import Line, Template
from mailroute.model.ticket import Choice, Event, Offered, Party, PartyKind, Status, Ticket, Undone, step
from tests.support.deciding import (
    MUELLER_PARTY,
    RULESET,
    colleague,
    in_ticket,
    kinds,
    notice,
    says,
    timers_set,
    told,
    with_features,
)
from tests.support.factories import NOW, a_ticket

SCHMIDT, HUBER, WEBER = colleague("schmidt"), colleague("huber"), colleague("weber")
HOUR = timedelta(hours=1)


def after(first: Decision, before: Ticket, who: Party, *, left: bool, since: tuple[str, ...] = ()) -> Act:
    """What `first` did an hour ago; its letters have left, or all wait."""
    letters = tuple(
        Sending(f"abc-m9-{nth}", one.template.value, one.to, waits=not left, left=left)
        for nth, one in enumerate(first.notices, 1)
    )
    return Act(who.id or "", NOW - HOUR, first.changes, before, since, letters)


def undone(
    who: Party,
    said: str,
    before: Ticket | None = None,
    *,
    left: bool = True,
    since: tuple[str, ...] = (),
    act: dict[str, object] | None = None,
    **options: object,
) -> Decision:
    """`who` says it, and takes it back an hour later."""
    ticket = before or a_ticket()
    first = says(who, said, ticket=ticket, **options)  # type: ignore[arg-type]  # options of `says`
    past = replace(after(first, ticket, who, left=left, since=since), **(act or {}))  # type: ignore[arg-type]
    return says(who, "rückgängig", facts=in_ticket(first.ticket, who, acts=(past,)))


def receipt(decision: Decision) -> Line:
    [line] = notice(decision, Template.RECEIPT).lines
    return line


def comparable(ticket: Ticket | None) -> Ticket:
    """Without what only counts on."""
    assert ticket is not None
    return replace(ticket, version=0, changed_at=NOW, reminders=0)


@pytest.mark.parametrize(
    ("who", "said", "before"),
    [
        (SCHMIDT, "annehmen", a_ticket()),
        (SCHMIDT, "weiter an: Weber", a_ticket(status=Status.ACCEPTED)),
        (SCHMIDT, "ablehnen", a_ticket(holders=("weber",), given=(True,))),
        (WEBER, "übernehmen", a_ticket(holders=("huber",), given=(True,))),
        (SCHMIDT, "widerrufen", a_ticket(assignee="weber", holders=("schmidt",), given=(True,))),
        (SCHMIDT, "erledigt", a_ticket()),
        (SCHMIDT, "wieder öffnen", a_ticket(status=Status.CLOSED, closed_at=NOW - HOUR)),
        (SCHMIDT, "annehmen\nweiter an: Weber", a_ticket()),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
@pytest.mark.parametrize("left", [True, False], ids=["letters left", "letters wait"])
def test_what_was_done_is_as_if_it_had_not_been_done(
    who: Party, said: str, before: Ticket, left: bool
) -> None:
    decision = undone(who, said, before, left=left)
    assert kinds(decision) == ["undone"]
    assert comparable(decision.ticket) == comparable(before)
    assert receipt(decision).done
    expected = {
        Status.OFFERED: {TimerKind.REMIND, TimerKind.ESCALATE},
        Status.ACCEPTED: {TimerKind.DONE},
        Status.CLOSED: set(),
    }
    assert timers_set(decision) == expected[before.status]


def test_who_had_been_given_it_is_told_that_it_is_not_theirs() -> None:
    decision = undone(SCHMIDT, "weiter an: Weber")
    assert told(decision) == [(Template.REVOKED, "weber"), (Template.RECEIPT, "schmidt")]
    assert decision.stop.letters == ()


def test_a_letter_that_waits_is_stopped_and_nobody_is_told_of_what_they_never_heard() -> None:
    decision = undone(SCHMIDT, "weiter an: Weber", left=False)
    assert told(decision) == [(Template.RECEIPT, "schmidt")]
    assert decision.stop.letters == ("abc-m9-1",)


def test_the_list_that_went_away_with_the_ticket_comes_back_with_it() -> None:
    """The number is for the letter that whoever takes it back has had from the beginning."""
    ticket, choices = a_ticket(case_type=None), (Choice("case-type", "rechnung"),)
    first = says(SCHMIDT, "weiter an: Weber", ticket=ticket)
    past = after(first, ticket, SCHMIDT, left=True)
    facts = replace(in_ticket(first.ticket, SCHMIDT, acts=(past,)), offer=Offer(WEBER.id or "", choices, ()))
    decision = says(SCHMIDT, "rückgängig", facts=facts)
    [offered] = [one for one in decision.changes if isinstance(one, Offered)]
    assert (offered.to, offered.choices) == ("schmidt", choices)


def test_a_list_that_was_still_open_when_the_ticket_was_closed_does_not_keep_it_from_being_closed_again() -> (
    None
):
    closed = a_ticket(case_type=None, status=Status.CLOSED, closed_at=NOW - HOUR)
    first = says(SCHMIDT, "wieder öffnen\nweiter an: Weber", ticket=closed)
    past = after(first, closed, SCHMIDT, left=True)
    offer = Offer(WEBER.id or "", (Choice("case-type", "rechnung"),), ())
    decision = says(SCHMIDT, "rückgängig", facts=in_ticket(first.ticket, SCHMIDT, acts=(past,), offer=offer))
    assert kinds(decision) == ["undone"]
    assert comparable(decision.ticket) == comparable(closed)


def test_who_gets_it_again_is_given_the_matter() -> None:
    decision = undone(WEBER, "übernehmen")
    assert told(decision) == [(Template.RETURNED, "schmidt"), (Template.RECEIPT, "weber")]


def test_an_answer_in_its_hold_is_stopped() -> None:
    decision = undone(SCHMIDT, "Guten Tag,\n\nder Dachdecker kommt.", left=False)
    assert decision.stop.letters == ("abc-m9-1",)
    assert decision.ticket is not None
    assert decision.ticket.status is Status.OFFERED
    assert MUELLER_PARTY.address not in {one.to.address for one in decision.notices}
    assert "wird nicht gesendet" in receipt(decision).did


def test_an_answer_is_stopped_even_if_the_ticket_has_moved_on() -> None:
    decision = undone(SCHMIDT, "Guten Tag, er kommt.", left=False, since=("taken",))
    assert decision.stop.letters == ("abc-m9-1",)
    assert decision.ticket is not None
    assert decision.ticket.status is Status.ACCEPTED, "who has it meanwhile keeps it"


def test_an_answer_that_has_left_cannot_be_taken_back() -> None:
    decision = undone(SCHMIDT, "Guten Tag,\n\nder Dachdecker kommt.")
    assert (kinds(decision), decision.stop.letters) == ([], ())
    assert "Berichtigung" in receipt(decision).did


def test_closing_that_the_reporter_has_been_told_of_is_reopened_instead() -> None:
    decision = undone(SCHMIDT, "erledigt: fertig", rules=with_features("closing-letter"))
    assert kinds(decision) == []
    assert "wieder öffnen" in receipt(decision).did


@pytest.mark.parametrize(
    ("since", "instead"), [(("accepted",), "widerrufen"), (("noted", "accepted", "closed"), "widerrufen")]
)
def test_what_others_have_built_upon_stays(since: tuple[str, ...], instead: str) -> None:
    decision = undone(SCHMIDT, "weiter an: Weber", since=since)
    assert kinds(decision) == []
    assert not receipt(decision).done
    assert instead in receipt(decision).did


def test_a_note_or_a_mail_since_then_does_not_matter() -> None:
    assert kinds(undone(SCHMIDT, "weiter an: Weber", since=("noted", "message-added"))) == ["undone"]


def test_after_a_day_it_is_too_late() -> None:
    late = undone(SCHMIDT, "weiter an: Weber", act={"at": NOW - timedelta(hours=24, seconds=1)})
    assert kinds(late) == []
    assert "24 Stunden" in receipt(late).did
    assert kinds(undone(SCHMIDT, "weiter an: Weber", act={"at": NOW - timedelta(hours=24)})) == ["undone"]


def test_nobody_takes_back_what_another_did() -> None:
    before = a_ticket()
    first = says(SCHMIDT, "weiter an: Weber", ticket=before)
    facts = in_ticket(first.ticket, WEBER, acts=(after(first, before, SCHMIDT, left=True),))
    assert kinds(says(WEBER, "rückgängig", facts=facts)) == []


def test_undoing_twice_says_that_there_is_nothing_left() -> None:
    first = undone(SCHMIDT, "annehmen")
    past = after(first, a_ticket(), SCHMIDT, left=True)
    decision = says(SCHMIDT, "undo", facts=in_ticket(first.ticket, SCHMIDT, acts=(past,)))
    assert kinds(decision) == []
    assert not receipt(decision).done


def test_undo_stands_alone() -> None:
    before = a_ticket()
    past = after(says(SCHMIDT, "annehmen", ticket=before), before, SCHMIDT, left=True)
    decision = says(SCHMIDT, "weiter an: Weber\nrückgängig", facts=in_ticket(before, SCHMIDT, acts=(past,)))
    assert kinds(decision) == ["assigned"]


def test_a_preview_that_is_taken_back_is_not_sent_any_more() -> None:
    decision = undone(SCHMIDT, "anehmen")
    assert kinds(decision) == ["undone"]
    assert decision.stop.letters == ()


def test_the_event_folds_to_the_ticket_before_it() -> None:
    before = a_ticket(status=Status.ACCEPTED)
    decision = undone(SCHMIDT, "erledigt", before)
    [change] = decision.changes
    assert isinstance(change, Undone)
    assert CancelTimer(TimerKind.REMIND) in decision.timers
    assert not [one for one in decision.timers if isinstance(one, SetTimer) and one.due_at <= NOW]
    actor = Party(PartyKind.STAFF, "schmidt", "", "")
    closed = replace(before, status=Status.CLOSED, closed_at=NOW)
    event = Event("abc", 10428, 4, NOW, actor, "m10", RULESET.hash, change)
    assert comparable(step(closed, event)) == comparable(before)


@pytest.mark.parametrize("said", ["Undo.", "rueckgaengig", "RÜCKGÄNGIG!"])
def test_it_may_be_spelt_in_any_way(said: str) -> None:
    before = a_ticket()
    first = says(SCHMIDT, "annehmen", ticket=before)
    past = after(first, before, SCHMIDT, left=True)
    assert kinds(says(SCHMIDT, said, facts=in_ticket(first.ticket, SCHMIDT, acts=(past,)))) == ["undone"]
