"""decide_new: a ticket with somebody who must act, and letters only to those who may get one."""

from dataclasses import replace

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Disposition, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import Template
from mailroute.model.message import Automatic, Forwarded, Message
from mailroute.model.ruleset import Evidence, Learned
from mailroute.model.ticket import PartyKind, Status
from mailroute.model.weights import WordWeights
from mailroute.routing.decide import decide_mail
from mailroute.routing.locate import locate
from mailroute.routing.work import Mail, Rules
from tests.support.deciding import (
    ALIGNED,
    EVIL,
    NOT_ALIGNED,
    RULES,
    RULESET,
    colleague,
    decide,
    kinds,
    notice,
    says,
    timers_set,
    told,
)
from tests.support.factories import (
    INBOX,
    MUELLER,
    NOW,
    RECHNUNG,
    SCHADEN,
    a_message,
    an_envelope,
)

ACKNOWLEDGED = (Template.ACKNOWLEDGEMENT, "mueller")
DAMAGE = a_message("In der Max-Planck-Straße 12 ist die Dachrinne kaputt.", "Schaden")


def acknowledged(message: Message, facts: Facts | None = None, mail_from: str | None = None) -> bool:
    envelope = an_envelope(mail_from) if mail_from is not None else None
    return any(
        one.template is Template.ACKNOWLEDGEMENT for one in decide(message, facts, envelope=envelope).notices
    )


def test_a_damage_goes_to_who_holds_the_role_there_and_is_acknowledged() -> None:
    """REQ-E4, E6."""
    decision = decide(DAMAGE)
    assert decision.disposition is Disposition.OPEN
    assert told(decision) == [(Template.NOTIFICATION, "schmidt"), ACKNOWLEDGED]
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE}
    ticket = decision.ticket
    assert ticket is not None
    assert (ticket.case_type, ticket.role, ticket.assignee) == (
        "schadensmeldung",
        "sachbearbeitung",
        "schmidt",
    )
    assert (ticket.status, ticket.inbox, ticket.language, ticket.version) == (Status.OFFERED, INBOX, "de", 2)
    assert ticket.last_message_id == "<mail1@mieter.example>"


def test_further_roles_are_informed_and_never_twice() -> None:
    """REQ-E4: first role owns, further roles are informed by mail."""
    both = replace(SCHADEN, inform=("buchhaltung", "sachbearbeitung", "buchhaltung"))
    rules = Rules(replace(RULESET, case_types=(RECHNUNG, both)))
    assert told(decide(DAMAGE, rules=rules)) == [
        (Template.NOTIFICATION, "schmidt"),
        (Template.INFORMED, "huber"),
        ACKNOWLEDGED,
    ]


def test_what_is_unclear_goes_to_the_triage_desk() -> None:
    decision = decide(a_message("Guten Tag, eine Frage."))
    assert decision.disposition is Disposition.TRIAGE
    assert told(decision) == [(Template.TRIAGE, "zeiler"), ACKNOWLEDGED]
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.case_type) == (Status.TRIAGE, None)
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE}


def test_what_may_be_two_things_of_one_role_goes_to_who_holds_it_and_they_are_asked() -> None:
    """Decision 16: the matter is unclear, but whose it is is not; nobody is informed on a guess."""
    bill = replace(RECHNUNG, target=SCHADEN.target, inform=("buchhaltung",))
    rules = Rules(replace(RULESET, case_types=(bill, replace(SCHADEN, inform=("buchhaltung",)))))
    decision = decide(a_message("In der Max-Planck-Straße 12: Rechnung, Schaden.", "Frage"), rules=rules)
    assert decision.disposition is Disposition.OPEN
    assert told(decision) == [(Template.NOTIFICATION, "schmidt"), ACKNOWLEDGED]
    ticket = decision.ticket
    assert ticket is not None
    assert (ticket.status, ticket.case_type, ticket.role) == (Status.OFFERED, None, "sachbearbeitung")
    assert "offered" in kinds(decision)
    letter = notice(decision, Template.NOTIFICATION)
    assert len(letter.candidates) == 2
    assert "Anliegen nicht eindeutig" in letter.why
    assert any(step.verdict == "clear enough whose it is" for step in decision.trace)


def test_what_may_be_two_things_of_two_roles_goes_to_the_triage_desk() -> None:
    decision = decide(a_message("In der Max-Planck-Straße 12: Rechnung, Schaden.", "Frage"))
    assert decision.disposition is Disposition.TRIAGE


def test_what_may_be_an_emergency_is_one_until_somebody_says_what_it_is() -> None:
    """Decision 17: as near as that it cannot wait, and whoever is called can pick what it is."""
    alarm = replace(SCHADEN, id="havarie", urgency=1, emergency=True, evidence=(Evidence("gas", 3.0),))
    learned = Learned("packs/p", (("havarie", -1.0), ("rechnung", 1.0)), WordWeights())
    rent = replace(RECHNUNG, evidence=(Evidence("miete", 3.0),))
    rules = Rules(replace(RULESET, case_types=(rent, alarm), learned=(learned,)))
    mail = a_message("In der Max-Planck-Straße 12: Miete, Gas!", "Frage")
    decision = decide(mail, rules=rules)
    assert decision.routing.classified is not None
    assert decision.routing.classified.case_type is None
    ticket = decision.ticket
    assert ticket is not None
    assert (ticket.status, ticket.case_type, ticket.urgency) == (Status.OFFERED, "havarie", 1)
    letter = notice(decision, Template.NOTIFICATION)
    assert len(letter.candidates) == 2
    assert any(line.startswith("Anliegen nicht eindeutig, vielleicht") for line in letter.why)


def test_deadlines_count_from_when_the_door_had_the_mail_and_not_from_the_decision() -> None:
    early, late = decide(DAMAGE), decide(DAMAGE, now=NOW.replace(day=6))
    assert early.timers == late.timers


def test_the_notification_says_why() -> None:
    one = notice(decide(DAMAGE), Template.NOTIFICATION)
    assert any("Max-Planck-Straße 12" in why for why in one.why)
    assert one.place == "Max-Planck-Straße 12, WE 03"
    assert one.due is not None
    assert one.author is not None
    assert one.author.id == "mueller"


def test_a_claim_without_a_number_is_a_mistake_of_ours() -> None:
    envelope = an_envelope()
    mail = Mail(envelope, DAMAGE, locate(DAMAGE, envelope))
    with pytest.raises(ValueError, match="reserved at its claim"):
        decide_mail(mail, Facts(), RULES, NOW)


def test_a_mail_without_anything_is_a_ticket_too() -> None:
    empty = a_message("", "", None, from_=(), message_id=None, to=(), language=None)
    decision = decide(empty, envelope=an_envelope(""))
    assert kinds(decision) == ["opened", "message-added"]
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.language) == (Status.TRIAGE, "de")
    assert told(decision) == [(Template.TRIAGE, "zeiler")]


# --- acknowledgements ---------------------------------------------------------------------------------------


def test_an_acknowledgement_lies_in_the_customers_thread_and_counts_for_their_address() -> None:
    one = notice(decide(replace(DAMAGE, references=("<a@b>",))), Template.ACKNOWLEDGEMENT)
    assert (one.in_reply_to, one.references) == (
        "<mail1@mieter.example>",
        ("<a@b>", "<mail1@mieter.example>"),
    )
    assert one.acknowledges == MUELLER.address
    assert one.text == "", "none of the sender's own words (reliability §0.9)"
    assert one.why == ()


@pytest.mark.parametrize(
    "kind", [one for one in Automatic if one not in (Automatic.PERSON, Automatic.BOUNCE)]
)
def test_a_machine_is_not_acknowledged_although_we_know_it(kind: Automatic) -> None:
    assert not acknowledged(replace(DAMAGE, automatic=kind, signals=("auto-submitted",)))


def test_the_null_return_path_is_not_acknowledged() -> None:
    assert not acknowledged(DAMAGE, mail_from="")


@pytest.mark.parametrize("signal", ["suppress-requested", "x-loop"])
def test_who_asks_for_silence_gets_it(signal: str) -> None:
    assert not acknowledged(replace(DAMAGE, signals=(signal,)))


def test_a_stranger_is_acknowledged_only_where_their_domain_is_proven() -> None:
    """reliability §0.9: else anybody could have us write to anybody."""
    assert not acknowledged(replace(DAMAGE, author=EVIL, from_=(EVIL,)))
    assert not acknowledged(replace(DAMAGE, author=EVIL, from_=(EVIL,), auth=NOT_ALIGNED))
    assert acknowledged(replace(DAMAGE, author=EVIL, from_=(EVIL,), auth=ALIGNED))


def test_a_from_that_can_be_read_two_ways_is_not_acknowledged() -> None:
    assert not acknowledged(replace(DAMAGE, author=None))


@pytest.mark.parametrize(("today", "yes"), [(0, True), (4, True), (5, False), (500, False)])
def test_five_a_day(today: int, yes: bool) -> None:
    assert acknowledged(DAMAGE, Facts(acknowledgements_today=today)) is yes


def test_reply_to_is_nobody() -> None:
    """GitLab #349329: the letter goes to who wrote, never to where an attacker points."""
    decision = decide(replace(DAMAGE, reply_to=(Address("", "victim@opfer.example"),)))
    assert "victim@opfer.example" not in {one.to.address for one in decision.notices}


def test_recipients_in_copy_are_nobody_either() -> None:
    decision = decide(replace(DAMAGE, cc=(Address("", "victim@opfer.example"),)))
    assert "victim@opfer.example" not in {one.to.address for one in decision.notices}


# --- staff --------------------------------------------------------------------------------------------------


def a_forward(**more: object) -> Message:
    forwarded = Forwarded(
        MUELLER, (), "Schaden", None, "In der Max-Planck-Straße 12 ist die Dachrinne kaputt."
    )
    text = "Bitte kümmern.\n\nDie Dachrinne in der Max-Planck-Straße 12 ist kaputt, Schaden."
    base = a_message(text, "WG: Schaden", "weber@abc-hausverwaltung.example", forwarded=forwarded)
    return replace(base, **more)  # type: ignore[arg-type]  # Message's names


def test_a_customers_mail_forwarded_by_a_colleague_is_the_customers_ticket() -> None:
    """domain.md §1.2: the answer must go to Herr Müller; but he has not written to us, so no acknowledgement."""
    decision = decide(a_forward())
    assert decision.ticket is not None
    assert (decision.ticket.reporter.kind, decision.ticket.reporter.id) == (PartyKind.TENANT, "mueller")
    assert decision.ticket.place.property == "max-planck-12"
    assert told(decision) == [(Template.NOTIFICATION, "schmidt")]
    assert decision.actor == colleague("weber")


def test_only_staff_can_forward_for_somebody() -> None:
    """Else anybody writes in Herr Müller's name."""
    decision = decide(a_forward(author=EVIL, from_=(EVIL,)))
    assert decision.ticket is not None
    assert decision.ticket.reporter.address == EVIL.address


def test_a_forward_that_names_nobody_is_the_colleagues() -> None:
    nobody = Forwarded(Address("", ""), (), "", None, "Dachrinne")
    decision = decide(a_forward(forwarded=nobody))
    assert decision.ticket is not None
    assert decision.ticket.reporter.kind is PartyKind.STAFF


def test_a_forward_does_not_thread_the_answer_into_the_colleagues_mail() -> None:
    """Herr Müller's mail program knows nothing of the mail in which Frau Weber forwarded his."""
    decision = decide(a_forward(message_id="<internal@abc-hausverwaltung.example>"))
    assert decision.ticket is not None
    assert decision.ticket.last_message_id is None


def test_a_colleague_who_writes_is_not_acknowledged() -> None:
    decision = says(colleague("weber"), "Schaden am Dach, kaputt, Max-Planck-Straße 12", facts=Facts())
    assert Template.ACKNOWLEDGEMENT not in {one.template for one in decision.notices}


def test_a_colleagues_commands_without_a_token_are_words() -> None:
    decision = says(colleague("schmidt"), "erledigt", facts=Facts())
    assert kinds(decision) == ["opened", "message-added", "offered"]
