"""Members of a sharing grant in each other's tickets: who is let in, who reads along, and who no longer does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailroute.model.access import Access
from mailroute.model.address import Address
from mailroute.model.change import MarkedRead, MessageAdded
from mailroute.model.decision import Decision, Disposition
from mailroute.model.facts import Facts, Proof
from mailroute.model.grant import Copies, Grant, Member, Permissions, Right
from mailroute.model.letter import Gathered, Template, Written
from mailroute.model.message import Authentication, Automatic, Message
from mailroute.model.ticket import Party, PartyKind, Status, Ticket
from mailroute.routing.work import Rules
from tests.support.deciding import (
    ALIGNED,
    EVIL,
    NOT_ALIGNED,
    RULESET,
    colleague,
    decide,
    kinds,
    notice,
    says,
    told,
)
from tests.support.factories import NOW, a_message, a_ticket, an_envelope
from tests.support.grants import a_grant

ANNA, BERT, CARL = (f"{name}@firma.example" for name in ("anna", "bert", "carl"))
SCHMIDT = colleague("schmidt")


def party(address: str, name: str = "") -> Party:
    return Party(PartyKind.CUSTOMER, None, name, address)


def group(*addresses: str, **more: object) -> Grant:
    members = tuple(Member(one, one.partition("@")[0].title()) for one in addresses)
    base = a_grant("firma", members=members, share_tickets=True, account_manager="schmidt")
    return replace(base, **more)  # type: ignore[arg-type]  # Grant's own names


GROUP = group(ANNA, BERT, CARL)


def annas_ticket(**more: object) -> Ticket:
    return replace(a_ticket(), reporter=party(ANNA, "Anna"), **more)  # type: ignore[arg-type]  # Ticket's own names


def facts(*grants: Grant, token_of: str | None = None, **more: object) -> Facts:
    ticket = annas_ticket()
    base = Facts(access=Access(grants))
    if token_of is not None:
        proof = Proof("reply-address", party(token_of))
        base = replace(base, ticket=ticket, proof=proof, participants=(ticket.reporter,))
    return replace(base, **more)  # type: ignore[arg-type]  # Facts' own names


def a_mail(of: str, text: str = "Ich war gestern zu Hause.", **more: object) -> Message:
    message = a_message(text, "Re: Schaden", Address("", of), auth=ALIGNED)
    return replace(message, **{"message_id": "<m2@firma.example>", **more})  # type: ignore[arg-type]  # Message's names


def added(decision: Decision) -> MessageAdded:
    [one] = [one for one in decision.changes if isinstance(one, MessageAdded)]
    return one


# --- let in ---------------------------------------------------------------------------------------------------


def test_a_member_answers_a_copy_and_the_real_author_is_kept_and_shown() -> None:
    """REQ-B2, B4, B6: the author and what proves them stand in the event and in the letter to the assignee."""
    decision = decide(a_mail(BERT), facts(GROUP, token_of=BERT))
    assert decision.disposition is Disposition.APPEND
    assert added(decision).author == party(BERT, "Bert")
    assert "dmarc=pass" in added(decision).proof
    to_staff = notice(decision, Template.FOLLOW_UP)
    assert to_staff.author == party(BERT, "Bert")
    assert to_staff.reason == ""
    assert "dmarc=pass" in to_staff.why[0]


def test_the_reporter_and_the_other_members_read_what_a_member_writes() -> None:
    """REQ-B3, B4, B8."""
    decision = decide(a_mail(BERT), facts(GROUP, token_of=BERT))
    assert told(decision) == [
        (Template.FOLLOW_UP, "schmidt"),
        (Template.SHARED, "anna"),
        (Template.SHARED, "carl"),
    ]


@pytest.mark.parametrize("way", ["number", "thread"])
def test_a_member_gets_in_by_the_number_or_the_thread_of_the_ticket(way: str) -> None:
    """REQ-B2."""
    ticket = annas_ticket()
    known = replace(facts(GROUP), **({"mentioned": (ticket,)} if way == "number" else {"thread": ticket}))  # type: ignore[arg-type]  # Facts' names
    decision = decide(a_mail(BERT, "Zu T-10428: es tropft noch."), known)
    assert decision.disposition is Disposition.APPEND
    assert decision.number == 10428


@pytest.mark.parametrize(
    "grants",
    [(group(ANNA, BERT, share_tickets=False),), (group(ANNA), group(BERT, id="other")), ()],
    ids=["flag-off", "another-group", "no-grant"],
)
def test_who_does_not_share_is_not_let_in_by_number_and_learns_nothing(grants: tuple[Grant, ...]) -> None:
    """REQ-B1, B2: a new ticket, and no word of the old one."""
    decision = decide(a_mail(BERT, "Zu T-10428: ich auch."), facts(*grants, mentioned=(annas_ticket(),)))
    assert decision.number != 10428
    assert not any(one.template is Template.SHARED for one in decision.notices)
    assert not any(one.to.address == ANNA for one in decision.notices)


def test_a_forged_from_of_a_member_is_not_let_in_by_number() -> None:
    """Ambiguity 30."""
    forged = a_mail(BERT, "Zu T-10428: alles erledigt, bitte schließen.", auth=NOT_ALIGNED)
    assert decide(forged, facts(GROUP, mentioned=(annas_ticket(),))).number != 10428


def test_a_forged_from_with_a_stolen_token_is_not_copied_to_anybody() -> None:
    """Ambiguity 30: added with its verdict, and shown to the assignee only."""
    decision = decide(a_mail(BERT, auth=NOT_ALIGNED), facts(GROUP, token_of=BERT))
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]
    assert "not confirmed" in added(decision).proof


def test_guessed_references_of_a_stranger_open_nothing() -> None:
    """REQ-B14, e-mail-specific tests."""
    message = replace(a_mail("evil@irgendwo.example"), references=("<mail1@mieter.example>",))
    decision = decide(message, facts(GROUP, thread=annas_ticket()))
    assert decision.number != 10428


def test_an_outsider_in_copy_answers_as_a_stranger_and_is_not_copied() -> None:
    """Bcc and Cc make nobody a member: the reporter's reply address in strange hands is a stranger's word."""
    decision = decide(replace(a_mail("x@y.example"), author=EVIL, from_=(EVIL,)), facts(GROUP, token_of=ANNA))
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]
    assert notice(decision, Template.FOLLOW_UP).reason != ""


def test_a_colleague_without_a_token_never_speaks_to_the_members() -> None:
    staff = replace(a_mail(SCHMIDT.address), author=Address("", SCHMIDT.address))
    decision = decide(staff, facts(GROUP, token_of=BERT))
    assert not any(one.template is Template.SHARED for one in decision.notices)


# --- removed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [(group(ANNA, CARL),), (), (group(ANNA, BERT, share_tickets=False),)])
def test_the_token_of_a_removed_member_opens_nothing_any_more(now: tuple[Grant, ...]) -> None:
    """REQ-B13: not the ticket, and no copies; what they write is a new matter."""
    decision = decide(a_mail(BERT), facts(*now, token_of=BERT))
    assert decision.number != 10428
    assert decision.disposition is not Disposition.APPEND
    assert any("may not take part any more" in step.because for step in decision.trace)


def test_the_reporter_keeps_their_own_ticket_whatever_becomes_of_the_grant() -> None:
    decision = decide(a_mail(ANNA), facts(token_of=ANNA))
    assert decision.disposition is Disposition.APPEND


def test_a_removed_member_gets_no_copies() -> None:
    """REQ-B13."""
    decision = decide(a_mail(ANNA), facts(group(ANNA, CARL), token_of=ANNA))
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt"), (Template.SHARED, "carl")]


# --- another group's ticket -----------------------------------------------------------------------------------


def test_the_answer_of_a_manager_in_another_groups_ticket_stays_in_that_group() -> None:
    """REQ-B14, ambiguity 8: GF B answers in GF A's ticket; B1 and B2, who share with GF B, get nothing of it."""
    managers = group("gfa@firma.example", "gfb@firma.example", id="gg")
    secondary = group("gfb@firma.example", "b1@firma.example", "b2@firma.example", id="gs", main=False)
    ticket = replace(a_ticket(), reporter=party("gfa@firma.example", "GF A"))
    known = replace(
        facts(managers, secondary),
        ticket=ticket,
        proof=Proof("reply-address", party("gfb@firma.example")),
        participants=(ticket.reporter,),
    )
    decision = decide(a_mail("gfb@firma.example"), known)
    assert [one.to.address for one in decision.notices] == [SCHMIDT.address, "gfa@firma.example"]


# --- answers of staff -----------------------------------------------------------------------------------------


def answered(*grants: Grant, last: str = ANNA, **more: object) -> Decision:
    ticket = annas_ticket(assignee="schmidt", status=Status.ACCEPTED)
    base = Facts(
        ticket=ticket,
        proof=Proof("reply-address", SCHMIDT),
        participants=(ticket.reporter,),
        access=Access(grants),
        messages=(Written(1, party(last), NOW, 1, 0),),
    )
    return says(SCHMIDT, "Der Handwerker kommt am Freitag um neun Uhr.", facts=replace(base, **more))  # type: ignore[arg-type]  # Facts' names


def test_without_sharing_there_is_one_recipient_outside() -> None:
    """REQ-B1."""
    assert told(answered(group(ANNA, BERT, share_tickets=False))) == [(Template.ANSWER, "anna")]


def test_an_answer_goes_to_the_reporter_and_to_the_members() -> None:
    """REQ-B3, B7, B8; ambiguity 10: each as they like."""
    members = (Member(ANNA), Member(BERT, copies=Copies.DAILY), Member(CARL, copies=Copies.WEB_ONLY))
    decision = answered(replace(GROUP, members=members))
    assert told(decision) == [(Template.ANSWER, "anna")]
    assert notice(decision, Template.ANSWER).not_before is not None
    assert decision.gathered == (Gathered(BERT, 10428, Template.SHARED, ""),)


def test_who_wrote_last_gets_the_answer_at_once() -> None:
    """REQ-B7: to the author of the last message and to the reporter, whatever their choice of copies."""
    members = (Member(ANNA), Member(CARL, copies=Copies.WEB_ONLY))
    decision = answered(replace(GROUP, members=members), last=CARL)
    assert told(decision) == [(Template.ANSWER, "anna"), (Template.SHARED, "carl")]
    assert notice(decision, Template.SHARED).not_before == notice(decision, Template.ANSWER).not_before


def test_the_name_of_who_answers_is_hidden_where_no_grant_shows_it() -> None:
    """REQ-C23."""
    hidden = notice(answered(group(ANNA)), Template.ANSWER).author
    shown = notice(answered(group(ANNA, show_account_manager=True)), Template.ANSWER).author
    assert hidden is not None
    assert (hidden.name, hidden.address) == ("", "")
    assert shown == SCHMIDT


def test_without_grants_nobody_is_copied_and_everything_is_as_before() -> None:
    decision = answered(access=None)
    assert told(decision) == [(Template.ANSWER, "anna")]
    assert notice(decision, Template.ANSWER).author == SCHMIDT


def test_copies_of_damages_are_for_those_who_may_see_them() -> None:
    """REQ-C3: not in status mails either."""
    blind, seeing = group(ANNA, BERT), group(ANNA, BERT, permissions=Permissions(see_damages=True))

    types = tuple(replace(one, right=Right.DAMAGE_REPORTS) for one in RULESET.case_types)
    rules = Rules(replace(RULESET, case_types=types))
    ticket = annas_ticket(case_type=types[0].id)
    for grant, copied in ((blind, False), (seeing, True)):
        known = replace(facts(grant, token_of=ANNA), ticket=ticket)
        decision = decide(a_mail(ANNA), known, rules=rules)
        assert ((Template.SHARED, "bert") in told(decision)) is copied


# --- read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["GELESEN", "gelesen.", "Read", "als gelesen markieren"])
def test_read_before_anybody_has_answered_is_refused(word: str) -> None:
    """REQ-B5, ambiguity 9."""
    decision = decide(a_mail(BERT, word), facts(GROUP, token_of=BERT, unanswered=True))
    assert kinds(decision) == []
    assert told(decision) == [(Template.UNANSWERED, "bert")]


def test_read_after_somebody_has_answered_is_noted_and_the_house_hears_nothing() -> None:
    """REQ-B5."""
    decision = decide(a_mail(BERT, "GELESEN"), facts(GROUP, token_of=BERT, unanswered=False))
    assert decision.changes == (MarkedRead(),)
    assert decision.actor.address == BERT
    assert decision.notices == ()


def test_closing_clears_it_too() -> None:
    """Ambiguity 9."""
    known = facts(GROUP, token_of=BERT, unanswered=True)
    assert known.ticket is not None
    closed = replace(known, ticket=replace(known.ticket, status=Status.CLOSED))
    assert decide(a_mail(BERT, "GELESEN"), closed).changes == (MarkedRead(),)


def test_a_sentence_with_the_word_is_a_message() -> None:
    decision = decide(a_mail(BERT, "Gelesen habe ich es, verstanden nicht."), facts(GROUP, token_of=BERT))
    assert kinds(decision) == ["message-added"]


def test_out_of_office_replies_mark_and_copy_nothing() -> None:
    machine = a_mail(BERT, "GELESEN", automatic=Automatic.AUTO_REPLIED)
    decision = decide(machine, facts(GROUP, token_of=BERT))
    assert kinds(decision) == ["message-added"]
    assert not any(one.template is Template.SHARED for one in decision.notices)


def test_several_members_may_answer_each_with_their_own_name() -> None:
    """Ambiguity 11."""
    authors = [added(decide(a_mail(one), facts(GROUP, token_of=one))).author.address for one in (BERT, CARL)]
    assert authors == [BERT, CARL]


# --- a border that has said nothing -------------------------------------------------------------------------


PAST_THE_BORDER = Authentication(None, aligned=False, results=())


def test_whoever_came_past_our_border_as_a_member_is_not_let_in_by_number() -> None:
    known = replace(facts(GROUP), mentioned=(annas_ticket(),))
    envelope = an_envelope(BERT, borders=("mx.abc.example",))
    forged = a_mail(BERT, "Zu T-10428: es tropft noch.", auth=PAST_THE_BORDER)
    assert decide(forged, known, envelope=envelope).disposition is not Disposition.APPEND


def test_what_came_past_our_border_as_the_reporter_is_copied_to_nobody() -> None:
    known = replace(facts(GROUP), mentioned=(annas_ticket(),))
    envelope = an_envelope(ANNA, borders=("mx.abc.example",))
    forged = a_mail(ANNA, "Zu T-10428: bitte Geld an mich.", auth=PAST_THE_BORDER)
    assert Template.SHARED not in [template for template, _ in told(decide(forged, known, envelope=envelope))]
