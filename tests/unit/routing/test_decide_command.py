"""decide_command: each verb, in each state, by whoever may and whoever may not."""

from dataclasses import replace

import pytest

from mailroute.model.decision import CancelTimer, Decision, Disposition, SetTimer, TimerKind
from mailroute.model.letter import Line, Template
from mailroute.model.message import Automatic
from mailroute.model.ticket import Assigned, Closed, Noted, Party, Rejected, Reopened, Status, Taken, Ticket
from mailroute.routing.work import Rules
from tests.support.deciding import (
    MUELLER_PARTY,
    RULESET,
    colleague,
    commands,
    in_ticket,
    kinds,
    notice,
    says,
    timers_set,
    told,
    with_features,
)
from tests.support.factories import a_staff, a_ticket, an_envelope

SCHMIDT, HUBER, WEBER = colleague("schmidt"), colleague("huber"), colleague("weber")
ACCEPTED = a_ticket(status=Status.ACCEPTED)
CLOSED = a_ticket(status=Status.CLOSED)
TRIAGE = a_ticket(status=Status.TRIAGE, assignee="zeiler", case_type=None)


def receipt(decision: Decision) -> Line:
    """The only line of the transcript."""
    [line] = notice(decision, Template.RECEIPT).lines
    return line


def without(staff_id: str, **changes: object) -> Rules:
    """The rules, with somebody changed: they have left, for example."""
    staff = tuple(replace(s, **changes) if s.id == staff_id else s for s in RULESET.staff)  # type: ignore[arg-type]
    return Rules(replace(RULESET, staff=staff))


# --- annehmen -----------------------------------------------------------------------------------------------


def test_accept_stops_the_reminders_and_is_confirmed() -> None:
    decision = says(SCHMIDT, "annehmen")
    assert kinds(decision) == ["accepted"]
    assert {t.kind for t in decision.timers if isinstance(t, CancelTimer)} == {
        TimerKind.REMIND,
        TimerKind.ESCALATE,
        TimerKind.FOLLOW_UP,
    }
    assert timers_set(decision) == {TimerKind.DONE}
    assert told(decision) == [(Template.RECEIPT, "schmidt")]
    assert receipt(decision).done


def test_the_receipt_lies_in_the_thread_of_the_command() -> None:
    one = notice(says(SCHMIDT, "annehmen"), Template.RECEIPT)
    assert (one.in_reply_to, one.references) == ("<reply@x.example>", ("<reply@x.example>",))


def test_the_triage_desk_may_accept_what_nobody_could_sort() -> None:
    assert kinds(says(colleague("zeiler"), "annehmen", ticket=TRIAGE)) == ["accepted"]


def test_accepting_twice_changes_nothing_and_is_no_mistake() -> None:
    decision = says(SCHMIDT, "annehmen", ticket=ACCEPTED)
    assert kinds(decision) == []
    assert receipt(decision).done


def test_a_preview_also_says_what_was_done() -> None:
    """One letter for one reply: the commands that were carried out, and the text that was not sent."""
    decision = says(SCHMIDT, "annehmen\n\nGuten Tag Herr Müller, wir kommen morgen.")
    assert told(decision) == [(Template.PREVIEW, "schmidt")]
    one = notice(decision, Template.PREVIEW)
    assert [(line.said, line.done) for line in one.lines] == [("annehmen", True)]
    assert one.text == "Guten Tag Herr Müller, wir kommen morgen."


def test_a_misspelt_verb_of_somebody_who_is_not_responsible_is_named() -> None:
    assert "Meinten Sie „annehmen“?" in receipt(says(HUBER, "anehmen")).did


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["annehmen", "ablehnen: nein", "weiter an: Weber", "erledigt"])
def test_who_is_not_responsible_is_told_who_is(text: str) -> None:
    """REQ-D1, D3: exactly one is responsible; `übernehmen` is the way."""
    decision = says(HUBER, text)
    assert kinds(decision) == []
    assert decision.timers == ()
    assert told(decision) == [(Template.RECEIPT, "huber")]
    assert not receipt(decision).done
    assert "Bernd Schmidt" in receipt(decision).did
    assert "übernehmen" in receipt(decision).did


@pytest.mark.parametrize("text", ["annehmen", "ablehnen: nein", "weiter an: Weber", "übernehmen"])
@pytest.mark.parametrize("who", [SCHMIDT, HUBER], ids=["assignee", "colleague"])
def test_a_closed_ticket_must_be_reopened_first(text: str, who: Party) -> None:
    decision = says(who, text, ticket=CLOSED)
    assert kinds(decision) == []
    assert not receipt(decision).done
    assert "wieder öffnen" in receipt(decision).did


def test_closing_twice_is_no_mistake() -> None:
    decision = says(SCHMIDT, "erledigt", ticket=CLOSED)
    assert kinds(decision) == []
    assert receipt(decision).done


def test_english_staff_are_answered_in_english() -> None:
    rules = without("huber", language="en")
    line = receipt(says(HUBER, "accept", rules=rules))
    assert line.did.startswith("Not done: Bernd Schmidt is responsible")


# --- übernehmen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ticket", [None, ACCEPTED, TRIAGE], ids=["offered", "accepted", "triage"])
def test_a_colleague_takes_a_ticket_over_and_the_other_hears_of_it(ticket: Ticket | None) -> None:
    decision = says(WEBER, "übernehmen", ticket=ticket)
    assert decision.changes == (Taken("weber"),)
    before = "zeiler" if ticket is TRIAGE else "schmidt"
    assert told(decision) == [(Template.TAKEN, before), (Template.RECEIPT, "weber")]
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.status) == ("weber", Status.ACCEPTED)
    assert decision.ticket.holders == (before,)


def test_the_assignee_who_takes_accepts() -> None:
    assert kinds(says(SCHMIDT, "übernehmen")) == ["accepted"]


def test_taking_from_somebody_who_has_left_tells_nobody() -> None:
    decision = says(WEBER, "übernehmen", ticket=a_ticket(assignee="nobody-any-more"))
    assert told(decision) == [(Template.RECEIPT, "weber")]


# --- ablehnen -----------------------------------------------------------------------------------------------


def test_reject_goes_back_to_the_previous_holder_with_the_reason() -> None:
    """REQ-D5."""
    ticket = a_ticket(status=Status.ACCEPTED, holders=("huber", "weber"))
    decision = says(SCHMIDT, "ablehnen: bin im Urlaub", ticket=ticket)
    assert decision.changes == (Rejected("weber", triage=False, reason="bin im Urlaub"),)
    assert told(decision) == [(Template.RETURNED, "weber"), (Template.RECEIPT, "schmidt")]
    assert notice(decision, Template.RETURNED).reason == "bin im Urlaub"
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE}
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.holders) == ("weber", ("huber",))


def test_reject_of_the_first_holder_goes_to_triage() -> None:
    decision = says(SCHMIDT, "ablehnen: nicht meins")
    assert decision.changes == (Rejected("zeiler", triage=True, reason="nicht meins"),)
    assert decision.ticket is not None
    assert decision.ticket.status is Status.TRIAGE


def test_reject_passes_over_a_previous_holder_who_has_left() -> None:
    rules = without("weber", active=False)
    decision = says(SCHMIDT, "ablehnen", ticket=a_ticket(holders=("weber",)), rules=rules)
    assert decision.changes == (Rejected("zeiler", triage=True, reason=""),)


def test_the_triage_desk_cannot_reject_to_itself() -> None:
    decision = says(colleague("zeiler"), "ablehnen", ticket=TRIAGE)
    assert kinds(decision) == []
    assert "weiter an" in receipt(decision).did


def test_who_holds_it_again_does_not_hand_it_back_to_themselves() -> None:
    """Schmidt handed on to Weber, who left; the closed ticket was reopened by Schmidt and is his again. His own name is
    then the last of the holders: `ablehnen` said that he were the triage desk, and he was stuck with it."""
    decision = says(SCHMIDT, "ablehnen", ticket=a_ticket(holders=("huber", "schmidt")))
    assert decision.changes == (Rejected("huber", triage=False, reason=""),)
    assert decision.ticket is not None
    assert decision.ticket.holders == ()


# --- weiter an ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Weber", "weber", "Frau Clara Weber", "weber@abc-hausverwaltung.example"])
def test_assign_gives_it_to_exactly_the_one_who_is_meant(name: str) -> None:
    decision = says(SCHMIDT, f"weiter an: {name}", ticket=ACCEPTED)
    assert decision.changes == (Assigned("weber"),)
    assert told(decision) == [(Template.ASSIGNED, "weber"), (Template.RECEIPT, "schmidt")]
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE}
    assert CancelTimer(TimerKind.DONE) in decision.timers
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.holders) == (Status.OFFERED, ("schmidt",))


def test_assign_to_a_name_of_several_changes_nothing_and_names_them() -> None:
    two = (a_staff("maier-a", "Anna Maier"), a_staff("maier-o", "Otto Maier"))
    ruleset = replace(RULESET, staff=(*RULESET.staff, *two))
    decision = says(SCHMIDT, "weiter an: Maier", rules=Rules(ruleset))
    assert kinds(decision) == []
    assert "Anna Maier (maier-a), Otto Maier (maier-o)" in receipt(decision).did


def test_assign_to_nobody_known_names_everybody_who_could_be_meant() -> None:
    decision = says(SCHMIDT, "weiter an: Mustermann")
    assert kinds(decision) == []
    assert not receipt(decision).done
    assert "Clara Weber" in receipt(decision).did


@pytest.mark.parametrize("name", ["Webber", "Wber", "Frau Weeber"])
def test_a_near_miss_of_a_name_changes_nothing_and_asks_whether_it_was_meant(name: str) -> None:
    """REQ-D2: never a guess, but the list of everybody is no help to somebody who mistyped one."""
    decision = says(SCHMIDT, f"weiter an: {name}")
    assert kinds(decision) == []
    assert "Meinten Sie Clara Weber (weber)?" in receipt(decision).did
    assert "weiter an: weber" in receipt(decision).did
    assert "Huber" not in receipt(decision).did


def test_assign_to_somebody_who_has_left_is_assign_to_nobody() -> None:
    rules = without("weber", active=False)
    decision = says(SCHMIDT, "weiter an: Weber", rules=rules)
    assert kinds(decision) == []
    assert "Clara Weber" not in receipt(decision).did.partition(":")[2].partition("weitergeben an")[2]


def test_assign_to_oneself_accepts() -> None:
    assert kinds(says(SCHMIDT, "weiter an: Schmidt")) == ["accepted"]


def test_words_behind_an_assignment_are_a_note_for_the_colleague() -> None:
    decision = says(SCHMIDT, "weiter an: Weber\n\nDer Mieter ist schwierig.")
    assert kinds(decision) == ["assigned", "noted"]
    assert MUELLER_PARTY.address not in {one.to.address for one in decision.notices}


# --- erledigt, wieder öffnen --------------------------------------------------------------------------------


def test_close_accepts_first_and_stops_every_timer() -> None:
    decision = says(SCHMIDT, "erledigt: Dachrinne repariert")
    assert kinds(decision) == ["accepted", "closed"]
    assert decision.changes[-1] == Closed("Dachrinne repariert")
    assert set(decision.timers) == {CancelTimer(kind) for kind in TimerKind}
    assert told(decision) == [(Template.RECEIPT, "schmidt")], (
        "the tenant hears nothing unless the firm wants it"
    )


def test_close_writes_to_the_reporter_where_the_firm_wants_it() -> None:
    decision = says(SCHMIDT, "erledigt: Dachrinne repariert", rules=with_features("closing-letter"))
    assert told(decision) == [(Template.CLOSED, "mueller"), (Template.RECEIPT, "schmidt")]
    assert notice(decision, Template.CLOSED).text == "Dachrinne repariert"


def test_a_closing_letter_does_not_repeat_a_note() -> None:
    """The words behind `erledigt:` went to the tenant unread, a copied note included."""
    note = "Der Mieter ist seit drei Monaten mit der Miete im Rückstand"
    facts = in_ticket(token_of=SCHMIDT, internal_texts=(note,))
    decision = says(SCHMIDT, f"erledigt: {note}", rules=with_features("closing-letter"), facts=facts)
    assert notice(decision, Template.CLOSED).text == ""


def test_reopen_gives_it_to_the_last_assignee() -> None:
    decision = says(HUBER, "wieder öffnen", ticket=CLOSED)
    assert decision.changes == (Reopened("schmidt"),)
    assert told(decision) == [(Template.REOPENED, "schmidt"), (Template.RECEIPT, "huber")]
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE}


def test_reopen_by_the_last_assignee_is_theirs_at_once() -> None:
    decision = says(SCHMIDT, "wieder öffnen", ticket=CLOSED)
    assert kinds(decision) == ["reopened", "accepted"]
    assert timers_set(decision) == {TimerKind.DONE}
    assert told(decision) == [(Template.RECEIPT, "schmidt")]


def test_reopen_when_the_last_assignee_has_left_is_for_who_reopens() -> None:
    rules = without("schmidt", active=False)
    decision = says(HUBER, "wieder öffnen", ticket=CLOSED, rules=rules)
    assert decision.changes[0] == Reopened("huber")


def test_reopening_what_is_open_changes_nothing() -> None:
    decision = says(HUBER, "wieder öffnen")
    assert kinds(decision) == []
    assert receipt(decision).done


# --- notiz, hilfe, nothing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [SCHMIDT, HUBER], ids=["assignee", "colleague"])
@pytest.mark.parametrize("ticket", [None, CLOSED], ids=["open", "closed"])
def test_a_note_is_kept_and_nobody_is_told(who: Party, ticket: Ticket | None) -> None:
    decision = says(who, "notiz: zahlt immer zu spät", ticket=ticket)
    assert decision.changes == (Noted("zahlt immer zu spät", 1),)
    assert decision.notices == ()


def test_a_note_keeps_all_of_its_lines_and_executes_none_of_them() -> None:
    decision = says(SCHMIDT, "notiz: erst\nerledigt\nGuten Tag, Herr Müller")
    assert decision.changes == (Noted("erst\nerledigt\nGuten Tag, Herr Müller", 1),)


def test_help_is_answered_by_the_list() -> None:
    decision = says(SCHMIDT, "hilfe")
    assert kinds(decision) == []
    assert told(decision) == [(Template.RECEIPT, "schmidt")]


def test_an_empty_reply_sends_nothing_and_says_so() -> None:
    decision = says(SCHMIDT, "   \n\n")
    assert decision.changes == (Noted("", 1, why="empty reply"),)
    assert not receipt(decision).done


def test_several_verbs_are_done_in_order_and_answered_in_one_transcript() -> None:
    decision = says(SCHMIDT, "annehmen\nweiter an: Weber")
    assert kinds(decision) == ["accepted", "assigned"]
    assert [(line.said, line.done) for line in notice(decision, Template.RECEIPT).lines] == [
        ("annehmen", True),
        ("weiter an: Weber", True),
    ]


def test_after_handing_it_on_the_next_verb_is_no_longer_theirs() -> None:
    decision = says(SCHMIDT, "weiter an: Weber\nerledigt")
    assert kinds(decision) == ["assigned"]
    assert [line.done for line in notice(decision, Template.RECEIPT).lines] == [True, False]


# --- machines -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [one for one in Automatic if one not in (Automatic.PERSON, Automatic.BOUNCE)]
)
def test_an_automatic_reply_of_staff_is_a_note_and_never_a_command(kind: Automatic) -> None:
    """reliability §4: auto-submitted | never a command; and nobody is answered."""
    decision = says(SCHMIDT, "erledigt", automatic=kind, signals=("auto-submitted",))
    assert decision.disposition is Disposition.APPEND
    assert decision.changes == (Noted("erledigt", 1, why="automatic reply"),)
    assert (decision.notices, decision.timers) == ((), ())


def test_a_reply_with_the_null_return_path_is_never_a_command_and_never_answered() -> None:
    """RFC 3834 §2: it was carried out, and the receipt went to an address that takes no answers."""
    decision = says(SCHMIDT, "erledigt", envelope=an_envelope(""))
    assert decision.changes == (Noted("erledigt", 1, why="automatic reply"),)
    assert decision.notices == ()


def test_an_out_of_office_does_not_stop_the_reminders() -> None:
    assert says(SCHMIDT, "Ich bin im Urlaub.", automatic=Automatic.AUTO_REPLIED).timers == ()


# --- the command line ---------------------------------------------------------------------------------------


def test_the_command_line_does_what_a_mail_does() -> None:
    by_mail, by_hand = says(SCHMIDT, "erledigt: ok"), commands("schmidt", "erledigt: ok")
    assert by_hand.changes == by_mail.changes
    assert by_hand.timers == by_mail.timers
    assert told(by_hand) == told(by_mail)
    assert by_hand.actor == SCHMIDT


def test_deadlines_after_handing_on_count_from_now() -> None:
    decision = says(SCHMIDT, "weiter an: Weber")
    [remind] = [t for t in decision.timers if isinstance(t, SetTimer) and t.kind is TimerKind.REMIND]
    # Monday 09:00 UTC is 10:00 in Munich; four working hours later it is 14:00.
    assert remind.due_at.isoformat() == "2026-02-02T13:00:00+00:00"
