"""Partners: asked with nothing but kind and town, one at a time, in time or passed over (REQ-D7…D11)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailroute.model.access import Access
from mailroute.model.decision import Decision, DueTimer, SetTimer, TimerKind
from mailroute.model.facts import Facts, Further, SentLetter
from mailroute.model.grant import Member
from mailroute.model.letter import Notice, Template, Written
from mailroute.model.message import Automatic, Bounce, BouncedRecipient
from mailroute.model.outside import PartnerAccepted, PartnerAsked, PartnerDeclined, PartnerTimedOut
from mailroute.model.ruleset import Partner, Source
from mailroute.model.ticket import CLOCK, Answered, Closed, Party, PartyKind, Status, Ticket
from mailroute.routing.decide_timer import decide_timer
from mailroute.routing.partners import TIME_TO_ANSWER, find_partners
from mailroute.routing.work import Rules
from tests.support.deciding import (
    EVIL,
    MUELLER_PARTY,
    NOT_ALIGNED,
    RULESET,
    address_of,
    colleague,
    commands,
    decide,
    in_ticket,
    kinds,
    notice,
    says,
    told,
)
from tests.support.factories import NOW, a_message, a_party, a_ticket, an_envelope
from tests.support.grants import a_grant

SCHMIDT = colleague("schmidt")


def a_partner(partner_id: str, order: int, **more: object) -> Partner:
    base = Partner(
        partner_id,
        f"{partner_id.title()} GmbH",
        f"auftrag@{partner_id}.example",
        order,
        None,
        "buero",
        Source("p", 1),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Partner's own


PARTNERS = (a_partner("sturm", 1), a_partner("blitz", 2), a_partner("acker", 2))
RULES: Rules = Rules(replace(RULESET, partners=PARTNERS))
DUE = NOW + timedelta(days=2)


def party(name: str) -> Party:
    return Party(PartyKind.PARTNER, name, f"{name.title()} GmbH", f"auftrag@{name}.example")


STURM, BLITZ, ACKER = party("sturm"), party("blitz"), party("acker")


def asked(partner: str = "sturm", *before: str) -> Ticket:
    return a_ticket(
        status=Status.PARTNER_ASKED,
        partner=partner,
        partner_due=DUE,
        partners_asked=before,
        assignee="schmidt",
    )


def working(partner: str = "sturm") -> Ticket:
    return replace(asked(partner), status=Status.WITH_PARTNER, partner_due=None)


def hears(who: Party, text: str, ticket: Ticket, **more: object) -> Decision:
    return says(who, text, ticket=ticket, rules=RULES, **more)  # type: ignore[arg-type]  # the names are those of says


def clock(ticket: Ticket, now: datetime = DUE, kind: TimerKind = TimerKind.PARTNER) -> Decision:
    facts = in_ticket(ticket)
    return decide_timer(DueTimer(3, "abc", 10428, kind, now), facts, RULES, now)


def timers(decision: Decision) -> dict[TimerKind, datetime]:
    return {one.kind: one.due_at for one in decision.timers if isinstance(one, SetTimer)}


def changed_nothing(decision: Decision) -> bool:
    """Whether the log at most says that something was refused (REQ-D18)."""
    return set(kinds(decision)) <= {"unchanged"}


def line_of(decision: Decision, template: Template = Template.PARTNER_RECEIPT) -> str:
    return " ".join(one.did for one in notice(decision, template).lines)


# --- asking -------------------------------------------------------------------------------------------------


def test_req_d7_a_partner_is_asked_and_the_assignee_stays_behind_it() -> None:
    decision = hears(SCHMIDT, "weiter an: Sturm", a_ticket(status=Status.ACCEPTED))
    assert decision.ticket is not None
    assert decision.ticket.status is Status.PARTNER_ASKED
    assert decision.ticket.assignee == "schmidt"
    assert decision.ticket.waits_for == (PartyKind.PARTNER, "sturm")
    assert told(decision) == [(Template.PARTNER_OFFER, "auftrag"), (Template.RECEIPT, "schmidt")]


def test_req_d8_a_partner_has_48_hours_of_their_working_days_and_is_told_the_moment() -> None:
    # Monday 10:00 in Munich; the clock runs day and night.
    decision = hears(SCHMIDT, "weiter an: Sturm", a_ticket(status=Status.ACCEPTED))
    due = NOW + TIME_TO_ANSWER
    assert decision.changes == (PartnerAsked("sturm", due),)
    assert timers(decision) == {TimerKind.PARTNER: due}
    assert notice(decision, Template.PARTNER_OFFER).due == due
    assert "Mittwoch, 4. Februar 2026, 10:00 Uhr" in line_of(decision, Template.RECEIPT)


def test_req_d8_a_weekend_does_not_count() -> None:
    friday = datetime(2026, 2, 6, 14, tzinfo=UTC)
    decision = hears(SCHMIDT, "weiter an: Sturm", a_ticket(status=Status.ACCEPTED), now=friday)
    assert timers(decision)[TimerKind.PARTNER] == datetime(2026, 2, 10, 14, tzinfo=UTC)


def test_req_d7_the_offer_holds_nothing_of_the_matter_but_kind_and_town() -> None:
    offer = notice(
        hears(SCHMIDT, "weiter an: Sturm", a_ticket(status=Status.ACCEPTED)), Template.PARTNER_OFFER
    )
    assert offer == Notice(
        template=Template.PARTNER_OFFER,
        to=STURM,
        language="de",
        ticket=offer.ticket,
        place="80333 München",
        due=offer.due,
    )


@pytest.mark.parametrize("text", ["annehmen", "erledigt: fertig", "ablehnen: nein", "weiter an: Weber", "Guten Tag!",
                                  "frist Freitag", "typ: Rechnung", "rückgängig", "extern an: a@b.example", "übernehmen"])  # fmt: skip
@pytest.mark.parametrize("ticket", [asked(), working()], ids=["asked", "accepted"])
def test_req_d7_staff_can_do_nothing_while_a_partner_must_act(text: str, ticket: Ticket) -> None:
    decision = hears(SCHMIDT, text, ticket)
    assert set(kinds(decision)) <= {"noted", "unchanged"}
    assert "Nicht ausgeführt" in line_of(decision, Template.RECEIPT)
    assert told(decision) == [(Template.RECEIPT, "schmidt")]


def test_a_note_is_still_possible() -> None:
    assert kinds(hears(SCHMIDT, "notiz: rief an", asked())) == ["noted"]


def test_the_question_can_be_taken_back_until_it_is_answered_and_then_no_more() -> None:
    decision = hears(SCHMIDT, "widerrufen", asked())
    assert kinds(decision) == ["partner-revoked"]
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.assignee) == (Status.ACCEPTED, "schmidt")
    assert (Template.PARTNER_EXPIRED, "auftrag") in told(decision)
    late = hears(SCHMIDT, "widerrufen", working())
    assert changed_nothing(late)
    assert "auftrag@sturm.example" in line_of(late, Template.RECEIPT)


def test_only_who_asked_can_take_it_back() -> None:
    decision = hears(colleague("weber"), "widerrufen", asked())
    assert changed_nothing(decision)
    assert "nur Bernd Schmidt" in line_of(decision, Template.RECEIPT)


def test_a_partner_who_was_asked_is_not_asked_again_by_hand() -> None:
    ticket = a_ticket(status=Status.ACCEPTED, partners_asked=("sturm",))
    assert changed_nothing(hears(SCHMIDT, "weiter an: Sturm", ticket))


@pytest.mark.parametrize(
    "more", [{"address": ""}, {"calendar": "nie"}], ids=["no address", "closed all year"]
)
def test_who_cannot_answer_is_not_asked(more: dict[str, object]) -> None:
    never = replace(RULESET.calendars[0], id="nie", working_days=frozenset())
    partners = (replace(PARTNERS[0], **more), *PARTNERS[1:])  # type: ignore[arg-type]  # the names are Partner's own
    rules = Rules(replace(RULESET, partners=partners, calendars=(*RULESET.calendars, never)))
    by_hand = says(SCHMIDT, "weiter an: Sturm", ticket=a_ticket(status=Status.ACCEPTED), rules=rules)
    assert changed_nothing(by_hand)
    passed = says(ACKER, "ablehnen", ticket=asked("acker"), rules=rules)
    assert [one.partner for one in passed.changes if isinstance(one, PartnerAsked)] == ["blitz"]


def test_several_that_fit_are_named_and_nobody_is_asked() -> None:
    twins = (a_partner("sturm-nord", 1, name="Sturm Nord"), a_partner("sturm-sued", 2, name="Sturm Süd"))
    rules = Rules(replace(RULESET, partners=twins))
    decision = says(SCHMIDT, "weiter an: Sturm", ticket=a_ticket(status=Status.ACCEPTED), rules=rules)
    assert changed_nothing(decision)
    assert "Sturm Süd (sturm-sued)" in line_of(decision, Template.RECEIPT)
    assert find_partners("sturm süd", rules.ruleset) == twins[1:]
    assert find_partners("", rules.ruleset) == ()


# --- yes, no, and nothing else ------------------------------------------------------------------------------


def test_req_d7_after_yes_the_partner_has_the_matter_and_must_act() -> None:
    decision = hears(STURM, "annehmen", asked())
    assert decision.changes == (PartnerAccepted("sturm"),)
    assert decision.ticket is not None
    assert decision.ticket.waits_for == (PartyKind.PARTNER, "sturm")
    assert told(decision) == [(Template.PARTNER_NEWS, "schmidt"), (Template.PARTNER_ACCEPTED, "auftrag")]
    assert notice(decision, Template.PARTNER_ACCEPTED).place == "Max-Planck-Straße 12, WE 03"


def test_of_a_gathered_ticket_the_partner_gets_the_words_of_its_reporter_only() -> None:
    """What the neighbours wrote of the same matter holds their names, which nobody has released to a firm."""
    neighbour = Party(PartyKind.TENANT, None, "Eva Nachbar", "nachbar@mieter.example")
    theirs = Written(8, neighbour, NOW, 2, 1)
    own = Written(7, a_party(), NOW, 1, 0)
    facts = in_ticket(
        asked(), STURM, messages=(own, theirs), further=(Further(neighbour, 8, "Auch bei mir"),)
    )
    matter = notice(says(STURM, "annehmen", facts=facts, rules=RULES), Template.PARTNER_ACCEPTED)
    assert matter.passes_on == (own,)
    assert matter.attach == ()
    assert ("Weitere Meldungen", "1") in [(one.said, one.did) for one in matter.lines]


def test_only_a_partner_who_does_such_work_is_asked_unnamed() -> None:
    partners = (PARTNERS[0], replace(PARTNERS[2], case_types=("rechnung",)), PARTNERS[1])
    rules = Rules(replace(RULESET, partners=partners))
    passed = says(STURM, "ablehnen", ticket=asked(), rules=rules)
    assert [one.partner for one in passed.changes if isinstance(one, PartnerAsked)] == ["blitz"]
    named = says(SCHMIDT, "weiter an: acker", ticket=a_ticket(status=Status.ACCEPTED), rules=rules)
    assert kinds(named) == ["partner-asked"]


@pytest.mark.parametrize("text", ["erledigt: fertig", "notiz: hm", "weiter an: Huber", "Wie heißt der Mieter?", "hilfe",
                                  "", "übernehmen", "widerrufen", "senden", "anehmen", "typ: Rechnung", "2"])  # fmt: skip
def test_req_d7_before_yes_everything_else_is_refused_kept_and_tells_nothing(text: str) -> None:
    decision = hears(STURM, text, asked())
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.PARTNER_RECEIPT, "auftrag")]
    receipt = notice(decision, Template.PARTNER_RECEIPT)
    assert "annehmen" in line_of(decision)
    assert (receipt.text, receipt.place, receipt.passes_on, receipt.attach, receipt.author) == (
        "",
        "",
        (),
        (),
        None,
    )
    assert decision.ticket is not None
    assert decision.ticket.status is Status.PARTNER_ASKED


def test_req_d10_a_no_asks_the_next_by_order_at_once_with_a_fresh_48_hours() -> None:
    decision = hears(STURM, "ablehnen: keine Leute", asked())
    assert decision.changes == (
        PartnerDeclined("sturm", "keine Leute"),
        PartnerAsked("acker", NOW + TIME_TO_ANSWER),
    )
    assert decision.ticket is not None
    assert decision.ticket.partners_asked == ("sturm",)
    news = notice(decision, Template.PARTNER_NEWS)
    assert news.to.id == "schmidt"
    assert news.reason == "keine Leute"
    assert notice(decision, Template.PARTNER_OFFER).to == ACKER


def test_what_follows_a_no_in_the_same_mail_is_refused() -> None:
    decision = hears(STURM, "ablehnen\nannehmen", asked())
    assert [one.partner for one in decision.changes if isinstance(one, PartnerAsked)] == ["acker"]
    assert PartnerAccepted("sturm") not in decision.changes


# --- in time, too late --------------------------------------------------------------------------------------


def test_req_d9_nothing_said_in_time_returns_it_and_asks_the_next() -> None:
    """REQ-D9; ambiguities 21, 22: one at a time by order; who asked, the new and the late partner are told, and the log."""
    decision = clock(asked())
    assert decision.actor == CLOCK
    assert decision.changes == (PartnerTimedOut("sturm"), PartnerAsked("acker", DUE + TIME_TO_ANSWER))
    assert set(told(decision)) == {
        (Template.PARTNER_EXPIRED, "auftrag"),
        (Template.PARTNER_OFFER, "auftrag"),
        (Template.PARTNER_NEWS, "schmidt"),
    }


def test_req_d9_after_the_last_it_stays_with_who_asked_and_the_next_in_charge_hears_of_it() -> None:
    decision = clock(asked("blitz", "sturm", "acker"))
    assert kinds(decision) == ["partner-timed-out", "escalated"]
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.assignee) == (Status.OFFERED, "schmidt")
    assert decision.ticket.waits_for == (PartyKind.STAFF, "schmidt")
    assert Template.ESCALATION in {one.template for one in decision.notices}
    assert TimerKind.REMIND in timers(decision)


def test_the_reporter_hears_of_no_partner_that_did_not_take_it_and_their_matter_is_no_younger() -> None:
    """Ambiguity 23: the firms are our business; what counts for the customer began with their mail."""
    for decision in (
        clock(asked()),
        clock(asked("blitz", "sturm", "acker")),
        hears(STURM, "ablehnen", asked()),
    ):
        assert decision.ticket is not None
        assert decision.ticket.opened_at == a_ticket().opened_at
        assert MUELLER_PARTY.address not in {one.to.address for one in decision.notices}


def test_where_the_organisation_wants_it_the_reporter_hears_once_that_it_takes_longer() -> None:
    """Ambiguity 23, with the feature `rerouting-letter`: without a name, and not again with every further firm."""
    telling = replace(RULES.ruleset.organisation, features=("rerouting-letter",))
    rules = Rules(replace(RULES.ruleset, organisation=telling))

    def over(ticket: Ticket) -> Decision:
        due = DueTimer(3, "abc", 10428, TimerKind.PARTNER, DUE)
        return decide_timer(due, in_ticket(ticket), rules, DUE)

    letter = notice(over(asked()), Template.REROUTED)
    assert letter.to == MUELLER_PARTY
    assert (letter.text, letter.reason, letter.place, letter.author, letter.why) == ("", "", "", None, ())
    for ticket in (
        asked("acker", "sturm"),
        replace(asked(), reporter=SCHMIDT),
        replace(asked(), reporter=BLITZ),
        replace(asked(), reporter=replace(MUELLER_PARTY, kind=PartyKind.UNKNOWN, id=None)),
    ):
        assert Template.REROUTED not in {one.template for one in over(ticket).notices}


def test_it_does_not_return_to_somebody_who_has_left() -> None:
    gone = replace(RULESET, partners=PARTNERS[:1], staff=tuple(
        replace(one, active=one.id != "schmidt") for one in RULESET.staff))  # fmt: skip
    facts = in_ticket(asked())
    decision = decide_timer(DueTimer(3, "abc", 10428, TimerKind.PARTNER, DUE), facts, Rules(gone), DUE)
    assert kinds(decision)[:2] == ["partner-timed-out", "assigned"]
    assert decision.ticket is not None
    assert decision.ticket.assignee == "zeiler"


@pytest.mark.parametrize("seconds", [-1, 0])
def test_req_d11_a_yes_that_arrived_in_time_counts_however_late_it_is_read(seconds: int) -> None:
    """REQ-D11: at T-1s and at T itself it wins."""
    envelope = an_envelope(STURM.address, received_at=DUE + timedelta(seconds=seconds))
    decision = hears(STURM, "annehmen", asked(), envelope=envelope, now=DUE + timedelta(hours=3))
    assert decision.changes == (PartnerAccepted("sturm"),)


def test_req_d11_a_second_too_late_is_refused_and_told_that_it_moved_on() -> None:
    """REQ-D11: no yes, and no silence either."""
    envelope = an_envelope(STURM.address, received_at=DUE + timedelta(seconds=1))
    decision = hears(STURM, "annehmen", asked(), envelope=envelope, now=DUE + timedelta(seconds=2))
    assert kinds(decision) == ["noted"]
    assert "weitergegangen" in line_of(decision)


@pytest.mark.parametrize("text", ["annehmen", "ablehnen: nein", "erledigt"])
@pytest.mark.parametrize(
    "ticket",
    [
        asked("acker", "sturm"),
        working("acker"),
        a_ticket(partners_asked=("sturm",)),
        a_ticket(status=Status.CLOSED),
    ],
    ids=["next asked", "next has it", "back", "closed"],
)
def test_req_d11_who_is_asked_no_more_changes_nothing_and_learns_nothing(text: str, ticket: Ticket) -> None:
    decision = hears(STURM, text, ticket)
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.PARTNER_RECEIPT, "auftrag")]
    assert "weitergegangen" in line_of(decision)
    assert "Acker" not in line_of(decision)


def test_what_a_former_partner_writes_is_read_by_who_has_it() -> None:
    decision = hears(STURM, "Anbei unsere Rechnung.", a_ticket(status=Status.CLOSED))
    assert kinds(decision)[0] == "message-added"
    assert (Template.FOLLOW_UP, "schmidt") in told(decision)
    assert all(one.to.kind is PartyKind.STAFF for one in decision.notices)


def test_a_time_out_that_was_overtaken_does_nothing() -> None:
    assert clock(working()).changes == ()
    assert clock(a_ticket()).changes == ()
    assert clock(asked(), now=DUE - timedelta(seconds=1)).changes == ()


# --- no reaction --------------------------------------------------------------------------------------------


def test_an_out_of_office_is_no_reaction_and_is_not_answered() -> None:
    decision = hears(STURM, "annehmen", asked(), automatic=Automatic.AUTO_REPLIED)
    assert kinds(decision) == ["noted"]
    assert decision.notices == ()


def test_a_partner_whose_mail_server_does_not_vouch_for_it_changes_nothing() -> None:
    decision = hears(STURM, "annehmen", asked(), auth=NOT_ALIGNED)
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.PARTNER_RECEIPT, "auftrag")]


@pytest.mark.parametrize("who", [Party(PartyKind.UNKNOWN, None, "", EVIL.address), BLITZ, a_party()])
def test_the_token_of_a_partner_does_nothing_in_other_hands(who: Party) -> None:
    decision = hears(who, "annehmen", asked(), token_of=STURM)
    assert kinds(decision) == ["message-added"]
    assert all(one.to.kind is PartyKind.STAFF for one in decision.notices)


def test_a_partner_with_the_token_of_staff_is_no_staff() -> None:
    decision = hears(STURM, "erledigt", a_ticket(), token_of=SCHMIDT)
    assert kinds(decision) == ["message-added"]


@pytest.mark.parametrize("template", [Template.PARTNER_OFFER, Template.PARTNER_RECEIPT])
def test_req_d9_an_offer_that_comes_back_asks_the_next_at_once(template: Template) -> None:
    report = a_message(
        author=address_of(Party(PartyKind.UNKNOWN, None, "", "mailer-daemon@mx.example")),
        automatic=Automatic.BOUNCE,
        bounce=Bounce((BouncedRecipient(STURM.address, "failed", "5.1.1"),), None),
    )
    letter = SentLetter("abc-m1-1", 10428, STURM, template.value, True)
    facts: Facts = in_ticket(asked(), bounced=letter)
    decision = decide(report, facts, envelope=an_envelope(""), rules=RULES)
    if template is Template.PARTNER_OFFER:
        assert kinds(decision) == ["letter-failed", "partner-unreachable", "partner-asked"]
    else:
        assert kinds(decision) == ["letter-failed"]


# --- at work ------------------------------------------------------------------------------------------------


def test_members_who_share_the_ticket_read_the_answer_of_a_partner_too() -> None:
    """REQ-B8."""
    members = (Member("mueller@mieter.example"), Member("bob@mieter.example"))
    access = Access((a_grant(members=members, share_tickets=True),))
    facts = in_ticket(working(), STURM, access=access)
    decision = says(STURM, "Guten Tag, wir kommen am Freitag um 8 Uhr.", facts=facts, rules=RULES)
    assert told(decision) == [(Template.ANSWER, "mueller"), (Template.SHARED, "bob")]


def test_the_answer_of_a_partner_goes_to_the_customer_like_one_of_staff() -> None:
    said = "Guten Tag, wir kommen am Freitag um 8 Uhr."
    decision = hears(STURM, said, working())
    assert decision.changes == (Answered("mueller@mieter.example", 1, text=said),)
    answer = notice(decision, Template.ANSWER)
    assert (answer.to.address, answer.author) == ("mueller@mieter.example", STURM)


@pytest.mark.parametrize(
    "text", ["notiz: Rinne ist neu", "anehmen\n\nWir kommen.", "Kennwort kennwort eins zwei drei vier fünf"]
)
def test_what_may_not_be_meant_for_the_customer_goes_to_the_house(text: str) -> None:
    facts = in_ticket(working(), STURM, internal_texts=("kennwort kennwort eins zwei drei vier fünf",))
    decision = hears(STURM, text, working(), facts=facts)
    assert kinds(decision) == ["noted"]
    assert set(told(decision)) == {(Template.PARTNER_NEWS, "schmidt"), (Template.PARTNER_RECEIPT, "auftrag")}


def test_a_partner_closes_it_and_who_asked_hears_of_it() -> None:
    decision = hears(STURM, "erledigt: Rinne erneuert", working())
    assert decision.changes == (Closed("Rinne erneuert"),)
    assert decision.ticket is not None
    assert (decision.ticket.partner, decision.ticket.waits_for) == ("", None)
    assert (Template.PARTNER_NEWS, "schmidt") in told(decision)


def test_a_partner_gives_it_back_and_nobody_else_is_asked_unseen() -> None:
    decision = hears(STURM, "ablehnen: zu groß für uns", working())
    assert kinds(decision) == ["partner-returned"]
    assert decision.ticket is not None
    assert decision.ticket.waits_for == (PartyKind.STAFF, "schmidt")
    assert decision.ticket.partners_asked == ("sturm",)


def test_a_customer_who_writes_again_reaches_the_partner_only_after_the_yes() -> None:
    before = hears(a_party(), "Es tropft schon!", asked())
    assert [one.to.kind for one in before.notices] == [PartyKind.STAFF]
    after = hears(a_party(), "Es tropft schon!", working())
    assert told(after) == [(Template.PARTNER_MESSAGE, "auftrag")]


def test_a_reply_tag_that_a_customer_quotes_reaches_no_partner() -> None:
    quoted = "Es tropft! Sie schrieben von service+t10428.k7q3x9wmbz4p@abc.example"
    [notice] = hears(a_party(), quoted, working()).notices
    assert "Es tropft!" in notice.text
    assert "k7q3x9wmbz4p" not in notice.text


def test_a_partner_is_reminded_and_one_that_the_rules_have_no_more_gives_it_back() -> None:
    decision = clock(working(), kind=TimerKind.DONE)
    assert told(decision) == [(Template.PARTNER_REMINDER, "auftrag")]
    assert TimerKind.DONE in timers(decision)
    assert kinds(clock(working("weg"), kind=TimerKind.DONE)) == ["partner-returned"]
    assert clock(asked(), kind=TimerKind.REMIND).changes == ()


def test_staff_ask_from_the_command_line_too() -> None:
    decision = commands("schmidt", "weiter an: rohrfrei", a_ticket(status=Status.ACCEPTED))
    assert kinds(decision) == ["partner-asked"]


def test_what_a_colleague_writes_with_somebody_elses_letter_never_reaches_the_partner() -> None:
    words = "Achtung, der Mieter zahlt seit Monaten nicht."
    decision = hears(colleague("huber"), words, working(), token_of=SCHMIDT)
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]


def test_a_partner_who_accepts_gets_no_words_of_colleagues_but_of_one_who_reported_it() -> None:
    huber = colleague("huber")
    by_customer, by_huber = (
        Written(1, a_party(), NOW, 1, 0),
        Written(2, huber, NOW, 2, 1),
    )
    facts = in_ticket(asked(), STURM, messages=(by_customer, by_huber))
    accepted = notice(hears(STURM, "annehmen", asked(), facts=facts), Template.PARTNER_ACCEPTED)
    assert [one.intake for one in accepted.passes_on] == [1]
    assert accepted.attach == ()

    own = replace(asked(), reporter=huber)
    facts = in_ticket(own, STURM, messages=(by_huber,))
    accepted = notice(hears(STURM, "annehmen", own, facts=facts), Template.PARTNER_ACCEPTED)
    assert [one.intake for one in accepted.passes_on] == [2]
