"""Mails of contact forms: the sender is a machine, the person stands in the body (issue 4, part 3)."""

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Decision, Disposition
from mailroute.model.letter import Template
from mailroute.model.message import Forwarded, Message
from mailroute.model.reply_tag import message_id
from mailroute.model.ticket import Opened, Party, PartyKind
from mailroute.routing.contact_form import ContactForm, form_in
from mailroute.routing.decide import decide_mail
from mailroute.routing.locate import locate
from mailroute.routing.screen import Verdict, screen
from mailroute.routing.work import Mail
from tests.support.deciding import RULES, RULESET
from tests.support.factories import INBOX, NOW, a_message, an_envelope, facts_about

GERMAN = """Neue Anfrage über das Kontaktformular

Name: Max Müller
E-Mail: Mueller@Mieter.example
Telefon: 089 123456
Nachricht: Die Dachrinne ist kaputt.
Seit gestern.
"""
BOT = "noreply@website.example"


def a_form(text: str = GERMAN, author: str = BOT, **more: object) -> Message:
    more.setdefault("reply_to", ())
    return a_message(text, "Kontaktformular", author, **more)


def decided(message: Message) -> Decision:
    envelope = an_envelope(message.author.address if message.author else "")
    keys = locate(message, envelope)
    return decide_mail(Mail(envelope, message, keys), facts_about(keys), RULES, NOW)


def reporter_of(decision: Decision) -> Party:
    (opened,) = [one for one in decision.changes if isinstance(one, Opened)]
    return opened.reporter


@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        "Ihr Name: Max Müller\nIhre E-Mail-Adresse: mueller@mieter.example\nIhre Nachricht: ...",
        "*Name:*  Max Müller\n*E-Mail:* <mueller@mieter.example>",
        "Name\nMax Müller\n\nE-Mail\nmueller@mieter.example\n\nNachricht\nHallo",
        "Vorname: Max\nNachname: Müller\nEmail: mueller@mieter.example\nBetreff: Frage",
        "Your name: Max Müller\nYour email: mueller@mieter.example\nYour message: hello",
        "Name\tMax Müller\nE-Mail (Pflichtfeld)\tmueller@mieter.example",
        "Name | Max Müller\nMail | mueller@mieter.example | privat",
        "Von: Max Müller <mueller@mieter.example>\nBetreff: Frage\n\nNachrichtentext:\nHallo",
        "From: Max Müller mueller@mieter.example\nSubject: Question\n\nMessage Body:\nHello",
    ],
)
def test_forms_are_read_in_german_and_english(text: str) -> None:
    assert form_in(a_form(text)) == ContactForm("Max Müller", "mueller@mieter.example", is_theirs=False)


@pytest.mark.parametrize(
    "author",
    [BOT, "no-reply@x.example", "wordpress@x.example", "kontaktformular@x.example", "do-not-reply@x.example"],
)
def test_machines_of_web_sites_are_known_by_their_mailbox(author: str) -> None:
    assert form_in(a_form(author=author)) is not None


def test_any_sender_may_be_a_form_whose_reply_to_is_the_address_in_the_body() -> None:
    answer_to = (Address("", "mueller@mieter.example"),)

    assert form_in(a_form(author="info@website.example", reply_to=answer_to)) is not None
    assert form_in(a_form(author="info@website.example")) is None
    assert form_in(a_form(author="info@website.example", reply_to=(Address("", "x@y.example"),))) is None


@pytest.mark.parametrize(
    ("more", "is_theirs"),
    [
        ({}, False),
        ({"author": "wordpress@abc-hausverwaltung.example"}, True),
        ({"author": "noreply@www.abc-hausverwaltung.example"}, True),
        ({"author": "noreply@notabc-hausverwaltung.example"}, False),
        ({"reply_to": (Address("", "mueller@mieter.example"),)}, True),
        ({"reply_to": (Address("", "service@insurer.example"),)}, False),
    ],
)
def test_a_machine_elsewhere_may_only_speak_of_somebody(more: dict[str, object], is_theirs: bool) -> None:
    """Ticket Trick (reliability §4): an insurer's mail to the broker, or a code for a new account, names a customer too."""
    form = form_in(a_form(to=(Address("", INBOX),), **more))  # type: ignore[arg-type]  # Message's own names
    assert form is not None
    assert form.is_theirs is is_theirs


@pytest.mark.parametrize(
    "text",
    [
        "Mit freundlichen Grüßen\nTelefon: 089 1\nE-Mail: info@website.example",
        "Name: Max Müller\nNachricht: Hallo",
        "Name: Max Müller\nE-Mail: keine",
        f"Name: Max\nE-Mail: {BOT}",
        "",
    ],
)
def test_what_names_no_person_with_an_address_is_no_form(text: str) -> None:
    assert form_in(a_form(text)) is None


def test_req_e7_the_person_in_the_form_becomes_the_reporter() -> None:
    decision = decided(a_form())

    assert decision.disposition is Disposition.OPEN
    assert reporter_of(decision) == Party(PartyKind.TENANT, "mueller", "Max Müller", "mueller@mieter.example")
    assert decision.routing is not None
    assert decision.routing.matched is not None
    assert decision.routing.matched.property == "max-planck-12"
    said = [step.because for step in decision.trace if "contact form" in step.because]
    assert said[0] == "so the contact form says, which anybody may fill in"


def test_a_form_is_never_acknowledged_to_an_address_that_anybody_may_have_typed() -> None:
    decision = decided(a_form())

    assert Template.ACKNOWLEDGEMENT not in {notice.template for notice in decision.notices}


def test_a_form_makes_nobody_one_of_us() -> None:
    form = GERMAN.replace("Mueller@Mieter.example", "schmidt@abc-hausverwaltung.example")

    assert reporter_of(decided(a_form(form))).kind is PartyKind.UNKNOWN


def test_a_colleague_who_forwards_a_form_forwards_the_person_in_it() -> None:
    inner = Forwarded(Address("", BOT), (), "Kontaktformular", None, GERMAN)
    message = a_message("zur Info", author="schmidt@abc-hausverwaltung.example", forwarded=inner)

    assert reporter_of(decided(message)).id == "mueller"


def test_a_customer_who_forwards_a_form_speaks_for_themselves() -> None:
    inner = Forwarded(Address("", BOT), (), "Kontaktformular", None, GERMAN.replace("Mueller@", "eva@"))

    assert reporter_of(decided(a_message("zur Info", forwarded=inner))).id == "mueller"


def test_a_form_of_our_own_web_site_is_no_loop_and_is_not_answered() -> None:
    message = a_form(author=INBOX)
    screened = screen(message, facts_about(locate(message, an_envelope())), RULESET, an_envelope(INBOX))

    assert (screened.verdict, screened.answerable) == (Verdict.PASS, False)
    assert reporter_of(decided(message)).id == "mueller"


@pytest.mark.parametrize(
    "message",
    [
        a_form("Guten Tag", INBOX),
        a_form(author=INBOX, instances=("abc.1",)),
        a_form(
            author=INBOX, message_id=message_id(3, "k7q3x9wmbz4p", "abc-m17-2", "abc-hausverwaltung.example")
        ),
        a_form(author=INBOX, hops=51),
    ],
    ids=["no form", "instance", "message-id", "hops"],
)
def test_our_own_letters_stay_loops_whatever_they_look_like(message: Message) -> None:
    envelope = an_envelope(INBOX)

    facts = facts_about(locate(message, envelope), instances=("abc.1",))

    assert screen(message, facts, RULESET, envelope).verdict is Verdict.LOOP
