"""decide_reply: a mail joins its ticket. It executes nothing, reaches no customer, and the assignee hears of it."""

from dataclasses import replace

import pytest

from mailroute.model.decision import Disposition, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import Template
from mailroute.model.message import Attachment, Automatic
from mailroute.model.readable import NamedFile, Readable
from mailroute.model.ruleset import ToRole
from mailroute.model.ticket import MessageAdded, Party, PartyKind, Reopened, Status
from mailroute.routing.work import Rules
from tests.support.deciding import (
    EVIL,
    MUELLER_PARTY,
    RULESET,
    colleague,
    decide,
    in_ticket,
    kinds,
    notice,
    says,
    statuses,
    timers_set,
    told,
)
from tests.support.factories import a_message, a_ticket, an_envelope

SCHMIDT = colleague("schmidt")
CLOSED = a_ticket(status=Status.CLOSED)
PHOTO = Attachment("dach.jpg", "image/jpeg", 10, "0" * 64, inline=False, cid=None, part=1)
SHOWN = NamedFile("dach.jpg", "image/jpeg", 10, 1)
MACHINES = [one for one in Automatic if one not in (Automatic.PERSON, Automatic.BOUNCE)]


def test_the_assignee_hears_of_every_new_message() -> None:
    decision = says(MUELLER_PARTY, "Noch etwas.")
    assert decision.disposition is Disposition.APPEND
    assert decision.changes == (
        MessageAdded(1, MUELLER_PARTY, "<reply@x.example>", 0, readable=Readable("Noch etwas.")),
    )
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]
    one = notice(decision, Template.FOLLOW_UP)
    assert (one.text, one.author, one.reason) == ("Noch etwas.", MUELLER_PARTY, "")
    assert decision.timers == ()


def test_photos_go_along() -> None:
    decision = says(MUELLER_PARTY, "Hier ein Foto.", attachments=(PHOTO,))
    assert decision.changes == (
        MessageAdded(1, MUELLER_PARTY, "<reply@x.example>", 1, readable=Readable("Hier ein Foto.", (SHOWN,))),
    )
    assert notice(decision, Template.FOLLOW_UP).attach
    assert not notice(says(MUELLER_PARTY, "Kein Foto."), Template.FOLLOW_UP).attach


@pytest.mark.parametrize("status", list(statuses(Status.CLOSED)))
def test_an_open_ticket_stays_where_it_is(status: Status) -> None:
    decision = says(MUELLER_PARTY, "Noch etwas.", ticket=a_ticket(status=status))
    assert decision.ticket is not None
    assert decision.ticket.status is status


def test_words_of_a_customer_are_never_a_command() -> None:
    for text in ("erledigt", "weiter an: Weber", "annehmen", "notiz: x", "senden"):
        assert kinds(says(MUELLER_PARTY, text)) == ["message-added"]


def test_a_customer_reopens_a_closed_ticket() -> None:
    decision = says(MUELLER_PARTY, "Es tropft wieder.", ticket=CLOSED)
    assert kinds(decision) == ["message-added", "reopened"]
    assert decision.changes[-1] == Reopened("schmidt")
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE}
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]


@pytest.mark.parametrize("kind", MACHINES)
def test_a_machine_does_not_reopen(kind: Automatic) -> None:
    """reliability §3: an out-of-office once reopened what a closing letter had closed, for ever (osTicket#1041)."""
    decision = says(
        MUELLER_PARTY, "Ich bin im Urlaub.", ticket=CLOSED, automatic=kind, signals=("auto-submitted",)
    )
    assert kinds(decision) == ["message-added"]
    assert decision.timers == ()
    assert all(one.to.kind is PartyKind.STAFF for one in decision.notices)


def test_a_reopened_ticket_of_somebody_who_has_left_goes_to_the_triage_desk() -> None:
    staff = tuple(replace(one, active=one.id != "schmidt") for one in RULESET.staff)
    rules = Rules(replace(RULESET, staff=staff))
    decision = says(MUELLER_PARTY, "Es tropft wieder.", ticket=CLOSED, rules=rules)
    assert decision.changes[-1] == Reopened("zeiler")
    assert told(decision) == [(Template.REOPENED, "zeiler")], "with the whole matter, which is new there"


def test_a_reopened_ticket_goes_to_somebody_of_the_triage_desk_who_is_still_there() -> None:
    """The first of the desk had left: the ticket was reopened for nobody."""
    gone = {"schmidt", "zeiler"}
    staff = tuple(replace(one, active=one.id not in gone) for one in RULESET.staff)
    roles = tuple(
        replace(one, site_wide=("zeiler", "weber")) if one.id == "zentrale" else one for one in RULESET.roles
    )
    rules = Rules(replace(RULESET, staff=staff, roles=roles))
    decision = says(MUELLER_PARTY, "Es tropft wieder.", ticket=CLOSED, rules=rules)
    assert decision.changes[-1] == Reopened("weber")


def test_an_automatic_reply_of_a_colleague_tells_nobody() -> None:
    """It came without a token of theirs (their own would make it a note)."""
    decision = says(colleague("huber"), "Bin weg.", token_of=SCHMIDT, automatic=Automatic.AUTO_REPLIED)
    assert kinds(decision) == ["message-added"]
    assert decision.notices == ()


def test_an_automatic_reply_of_the_customer_is_shown_to_the_assignee_only() -> None:
    decision = says(MUELLER_PARTY, "Bin weg.", automatic=Automatic.AUTO_REPLIED)
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]


def test_a_forwarded_letter_of_staff_warns_whose_it_was() -> None:
    one = notice(decide(a_message("Ich auch.", author=EVIL), in_ticket(token_of=SCHMIDT)), Template.FOLLOW_UP)
    assert (one.reason, one.author and one.author.address) == (SCHMIDT.name, EVIL.address)


def test_a_forwarded_acknowledgement_warns_whose_it_was() -> None:
    one = notice(
        decide(a_message("Ich auch.", author=EVIL), in_ticket(token_of=MUELLER_PARTY)), Template.FOLLOW_UP
    )
    assert one.reason == MUELLER_PARTY.name


def test_another_person_with_the_same_id_is_another_person() -> None:
    """A tenant whose id is that of a colleague: the warning was missing."""
    tenant = Party(PartyKind.TENANT, "schmidt", "Frau Schmidt", "schmidt@mieter.example")
    one = notice(says(SCHMIDT, "erledigt", token_of=tenant), Template.FOLLOW_UP)
    assert one.reason == "Frau Schmidt"


def test_the_reporter_with_another_address_of_theirs_is_no_stranger() -> None:
    facts = in_ticket(token_of=replace(MUELLER_PARTY, address="max@privat.example"))
    assert notice(says(MUELLER_PARTY, "Noch etwas.", facts=facts), Template.FOLLOW_UP).reason == ""


def test_an_assignee_who_is_gone_from_the_rules_makes_no_letter_and_no_crash() -> None:
    decision = says(MUELLER_PARTY, "Noch etwas.", ticket=a_ticket(assignee="long-gone"))
    assert kinds(decision) == ["message-added"]


def test_a_mail_with_only_a_quote_shows_the_whole_text() -> None:
    mail = replace(a_message("> Ihre Frage\n", author=EVIL), new_text="")
    one = notice(decide(mail, in_ticket(token_of=SCHMIDT)), Template.FOLLOW_UP)
    assert one.text == "> Ihre Frage\n"


def test_nobody_outside_ever_hears_of_a_reply() -> None:
    for author in (EVIL, "mueller@mieter.example", "weber@abc-hausverwaltung.example"):
        for ticket in (a_ticket(), CLOSED):
            decision = decide(a_message("x", author=author), in_ticket(ticket, token_of=SCHMIDT))
            assert {one.to.kind for one in decision.notices} <= {PartyKind.STAFF}


def test_a_reply_needs_no_new_number() -> None:
    assert says(MUELLER_PARTY, "x", envelope=an_envelope(), facts=Facts(thread=a_ticket())).number == 10428


def test_req_a9_other_rules_change_nothing_about_a_ticket_that_is_there() -> None:
    """The case type leads to another role since: a reply stays with whoever has the ticket, only new mail moves."""
    moved = tuple(replace(one, target=ToRole("zentrale")) for one in RULESET.case_types)
    rules = Rules(replace(RULESET, case_types=moved))
    decision = says(MUELLER_PARTY, "Noch etwas.", rules=rules)
    assert kinds(decision) == ["message-added"]
    assert decision.ticket is not None
    assert decision.ticket.assignee == "schmidt"
    new = decide(a_message("An der Max-Planck-Straße 12 ist die Dachrinne kaputt"), rules=rules)
    assert new.ticket is not None
    assert new.ticket.assignee == "zeiler"
