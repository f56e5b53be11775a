"""Every letter, word for word and byte for byte: templates, headers, MIME (tests/golden/letters/<language>)."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailroute.model.letter import HELP, Line, Template
from mailroute.model.need import Need
from mailroute.model.ruleset import ReplyMode
from mailroute.model.ticket import Party, PartyKind, Status
from tests.conftest import Golden
from tests.support.letters import MUELLER, SCHMIDT, a_notice, a_ticket, firm, write

HERE = Path(__file__).parent / "letters"


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", list(Template), ids=str)
def test_a_letter_is_what_it_was(template: Template, language: str, golden: Golden) -> None:
    composed = write(a_notice(template, language))
    assert (composed.skipped, composed.faults) == ((), ())
    (letter,) = composed.letters
    golden.check(HERE / language / f"{template}.eml", letter.content)


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_can_be_confirmed_on_a_page_leads_there(language: str, golden: Golden) -> None:
    notice = a_notice(Template.UNCONFIRMED, language, link="/desk/tickets/10428/confirm/17")
    golden.check(HERE / language / "unconfirmed-page.eml", write(notice).letters[0].content)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", [Template.NOTIFICATION, Template.ACKNOWLEDGEMENT, Template.ANSWER, Template.DIGEST], ids=str)  # fmt: skip
def test_a_letter_that_leads_to_a_page_is_what_it_was(
    template: Template, language: str, golden: Golden
) -> None:
    """Where `[web]` is configured: one quiet line."""
    page = {Template.NOTIFICATION: "/desk/ticket/T-10428", Template.DIGEST: "/desk"}.get(
        template, "/tickets/10428"
    )
    notice = a_notice(template, language, page=page)
    golden.check(HERE / language / f"{template}-web.eml", write(notice).letters[0].content)


def test_an_emergency_is_what_it_was(golden: Golden) -> None:
    notice = a_notice(
        Template.NOTIFICATION, ticket=a_ticket(case_type="notfall", urgency=1, subject="Wasser läuft!!")
    )
    golden.check(HERE / "de" / "notification-emergency.eml", write(notice).letters[0].content)


def test_an_emergency_that_is_only_feared_is_what_it_was(golden: Golden) -> None:
    ticket = a_ticket(case_type="notfall", urgency=1, subject="Komischer Geruch", feared=True)
    notice = a_notice(
        Template.NOTIFICATION, ticket=ticket, candidates=("Anliegen: Notfall", "Anliegen: Rechnung")
    )
    golden.check(HERE / "de" / "notification-feared.eml", write(notice).letters[0].content)


def test_a_letter_of_an_inbox_without_plus_addresses_is_what_it_was(golden: Golden) -> None:
    letters = write(a_notice(Template.NOTIFICATION, attach=()), ruleset=firm(ReplyMode.BODY)).letters
    golden.check(HERE / "de" / "notification-body-mode.eml", letters[0].content)


def test_the_acknowledgement_of_an_emergency_is_what_it_was(golden: Golden) -> None:
    notice = a_notice(Template.ACKNOWLEDGEMENT, ticket=a_ticket(case_type="notfall", urgency=1))
    golden.check(HERE / "de" / "acknowledgement-emergency.eml", write(notice).letters[0].content)


def test_an_acknowledgement_that_asks_back_is_what_it_was(golden: Golden) -> None:
    """Ambiguity 28: one letter, with the reader's own places as a numbered list and what else is missing."""
    for language in ("de", "en"):
        notice = a_notice(
            Template.ACKNOWLEDGEMENT,
            language,
            needs=(Need.PHONE, Need.PHOTO),
            choices=("Max-Planck-Straße 12, WE 03, 80939 München", "Goethestraße 5, WE 11, 80336 München"),
        )
        golden.check(HERE / language / "acknowledgement-asking.eml", write(notice).letters[0].content)


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_the_people_of_a_partner_here_are_asked_and_given_is_what_it_was(
    language: str, golden: Golden
) -> None:
    """REQ-D7: a child's letters go to staff and name who asks; its reporter is that organisation, without an address."""
    asker = Party(PartyKind.PARTNER, None, "Nordbau Hausverwaltung GmbH", "")
    child = a_ticket(reporter=asker, subject="Schaden, 80331 München")
    offer = a_notice(Template.PARTNER_OFFER, language, to=SCHMIDT, ticket=child, author=asker)
    golden.check(HERE / language / "partner-offer-here.eml", write(offer).letters[0].content)
    lines = (Line("Gemeldet von", "Klaus Müller", True), Line("E-Mail", "mueller@mieter.example", True))
    taken = replace(child, status=Status.ACCEPTED)
    matter = a_notice(
        Template.PARTNER_ACCEPTED, language, to=SCHMIDT, ticket=taken, author=MUELLER, lines=lines
    )
    golden.check(HERE / language / "partner-accepted-here.eml", write(matter).letters[0].content)


def test_a_commercial_customer_gets_the_detailed_form_and_a_private_one_the_short_one(golden: Golden) -> None:
    """REQ-C13: the same notice in both views."""
    hints = (
        "Eingang: 24. November 2026, 09:12 Uhr",
        "Vertrag: Hausrat HRV-500100",
        "Ihre Ansprechperson: Frau Brandt",
    )
    for language in ("de", "en"):
        notice = a_notice(Template.ACKNOWLEDGEMENT, language, hints=hints, commercial=True)
        commercial, private = write(notice).letters[0], write(replace(notice, commercial=False)).letters[0]
        golden.check(HERE / language / "acknowledgement-commercial.eml", commercial.content)
        assert private.content != commercial.content
    answer = a_notice(Template.ANSWER)
    assert write(replace(answer, commercial=True)).letters[0].content == write(answer).letters[0].content


def test_a_notification_says_what_is_missing(golden: Golden) -> None:
    notice = a_notice(Template.NOTIFICATION, ticket=a_ticket(asked=True), needs=(Need.UNIT, Need.PHONE))
    golden.check(HERE / "de" / "notification-missing.eml", write(notice).letters[0].content)


def test_the_letter_to_those_who_can_call_somebody_is_what_it_was(golden: Golden) -> None:
    notice = a_notice(
        Template.INFORMED, ticket=a_ticket(case_type="notfall", urgency=1), reason="nobody on call"
    )
    golden.check(HERE / "de" / "informed-emergency.eml", write(notice).letters[0].content)


def test_a_reminder_of_what_was_accepted_is_what_it_was(golden: Golden) -> None:
    ticket = a_ticket(
        reminders=1, status=Status.ACCEPTED, case_type=None, reporter=replace(MUELLER, name="Herr Müller")
    )
    notice = a_notice(Template.REMINDER, ticket=ticket, due=None)
    golden.check(HERE / "de" / "reminder-accepted.eml", write(notice).letters[0].content)


def test_a_reopened_letter_to_the_customer_is_what_it_was(golden: Golden) -> None:
    golden.check(
        HERE / "de" / "reopened-customer.eml",
        write(a_notice(Template.REOPENED, to=MUELLER)).letters[0].content,
    )


def test_the_list_of_commands_is_what_it_was(golden: Golden) -> None:
    lines = (Line("hilfe", "Die Liste steht unten in dieser Nachricht.", True),)
    notice = a_notice(Template.RECEIPT, lines=lines, reason=HELP)
    golden.check(HERE / "de" / "receipt-help.eml", write(notice).letters[0].content)


def test_a_list_that_is_handed_over_brings_the_lists_of_its_tickets(golden: Golden) -> None:
    notice = a_notice(Template.HANDED_OVER)
    [item] = notice.items
    lists = replace(item, choices=("Rechnung", "Gebäudeschaden"))
    notice = replace(notice, items=(lists, replace(item, head="T-10429", number=10429)))
    golden.check(HERE / "de" / "handed-over-lists.eml", write(notice).letters[0].content)


def test_no_file_is_left_over() -> None:
    named = {f"{template}.eml" for template in Template} | {
        f"{name}-web.eml" for name in ("notification", "acknowledgement", "answer", "digest")
    }
    special = {
        "acknowledgement-asking.eml",
        "acknowledgement-commercial.eml",
        "acknowledgement-emergency.eml",
        "handed-over-lists.eml",
        "informed-emergency.eml",
        "notification-missing.eml",
        "partner-accepted-here.eml",
        "partner-offer-here.eml",
        "notification-body-mode.eml",
        "notification-emergency.eml",
        "notification-feared.eml",
        "receipt-help.eml",
        "reminder-accepted.eml",
        "reopened-customer.eml",
        "unconfirmed-page.eml",
    }
    assert {path.name for path in (HERE / "de").iterdir()} == named | special
    assert {path.name for path in (HERE / "en").iterdir()} == named | {
        "acknowledgement-asking.eml",
        "partner-accepted-here.eml",
        "partner-offer-here.eml",
        "unconfirmed-page.eml",
        "acknowledgement-commercial.eml",
    }
