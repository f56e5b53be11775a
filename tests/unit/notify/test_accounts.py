"""Account numbers that customers write reach those whose work needs them, and nobody else (domain.md §2.4: IBAN)."""

import email
import email.policy
from dataclasses import replace
from typing import Any

import pytest

from mailroute.model.letter import Notice, Template
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Status
from mailroute.notify.compose import compose
from tests.support.letters import (
    BOB,
    CONVERSATION,
    FILES,
    FIRM,
    HUBER,
    KEYRING,
    MUELLER,
    NOW,
    SCHMIDT,
    STURM,
    a_notice,
    a_ticket,
    firm,
    shipped_templates,
)

IBAN = "DE89 3704 0044 0532 0130 00"
SHORT = "DE89 … 3000"
WORDS = f"Bitte überweisen Sie mein Guthaben auf {IBAN}."


def with_accounts() -> Ruleset:
    """The firm, where the matter `rechnung` needs account numbers and the emergency does not."""
    ruleset = firm()
    types = tuple(replace(one, accounts=one.id == "rechnung") for one in ruleset.case_types)
    return replace(ruleset, case_types=types)


def letter(template: Template, **changes: Any) -> str:
    """Everything that a reader finds in the letter, where all stored mails hold an account."""
    notice: Notice = a_notice(template, **{"text": WORDS, **changes})
    composed = compose(
        [notice],
        ruleset=with_accounts(),
        templates=shipped_templates(),
        keyring=KEYRING,
        cause="m17",
        now=NOW,
        attachments=lambda intake: FILES,
        texts=lambda written: WORDS,
    )
    [one] = composed.letters
    message = email.message_from_bytes(one.content, policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(message["subject"]), *parts])


@pytest.mark.parametrize("template", [Template.NOTIFICATION, Template.FOLLOW_UP])
def test_who_works_on_a_matter_that_needs_them_reads_them_whole(template: Template) -> None:
    words = letter(template)
    assert IBAN in words
    assert SHORT not in words


@pytest.mark.parametrize("template", [Template.NOTIFICATION, Template.FOLLOW_UP])
def test_who_works_on_another_matter_reads_their_ends(template: Template) -> None:
    for ticket in (a_ticket(case_type="notfall"), a_ticket(case_type=None, status=Status.TRIAGE)):
        words = letter(template, ticket=ticket)
        assert IBAN not in words
        assert SHORT in words


def test_the_mails_that_are_passed_on_are_read_the_same_way() -> None:
    passed = {"text": "", "author": SCHMIDT, "passes_on": CONVERSATION[:2]}

    assert IBAN in letter(Template.ASSIGNED, **passed)
    other = letter(Template.ASSIGNED, ticket=a_ticket(case_type="notfall"), **passed)
    assert IBAN not in other
    assert SHORT in other


def test_who_is_only_informed_reads_their_ends() -> None:
    words = letter(Template.INFORMED, to=SCHMIDT)
    assert IBAN not in words
    assert SHORT in words


def test_a_partner_reads_their_ends_whatever_the_matter() -> None:
    ticket = a_ticket(status=Status.WITH_PARTNER, partner="sturm")
    for template, more in (
        (Template.PARTNER_MESSAGE, {"author": MUELLER}),
        (Template.PARTNER_ACCEPTED, {"text": "", "passes_on": CONVERSATION[:1]}),
    ):
        words = letter(template, to=STURM, ticket=ticket, **more)
        assert IBAN not in words
        assert SHORT in words


def test_members_who_read_along_read_the_ends_of_each_others_accounts_and_ours_whole() -> None:
    """REQ-B8: what the firm writes is meant for all of them; a customer's account is theirs alone."""
    theirs = letter(Template.SHARED, to=BOB, author=MUELLER)
    assert IBAN not in theirs
    assert SHORT in theirs
    assert IBAN in letter(Template.SHARED, to=BOB, author=HUBER)


def test_what_we_write_to_the_reader_leaves_as_it_was_written() -> None:
    """The firm's own account in an answer or an order."""
    assert IBAN in letter(Template.ANSWER, to=MUELLER, author=HUBER)
    assert IBAN in letter(Template.ANSWER, to=MUELLER, author=STURM)
    assert IBAN in letter(
        Template.EXTERNAL_ORDER, to=FIRM, author=HUBER, ticket=a_ticket(case_type="notfall")
    )
    assert IBAN in letter(Template.PREVIEW, author=HUBER, ticket=a_ticket(case_type="notfall"))


def test_neither_the_subject_nor_the_reasons_give_one_away() -> None:
    ticket = a_ticket(case_type="notfall", subject=f"Neue Bank: {IBAN}")
    why = (f'account "{IBAN}" in the text of Klaus Müller',)

    for template in (Template.NOTIFICATION, Template.TRIAGE, Template.INFORMED):
        assert IBAN not in letter(template, ticket=ticket, text="", why=why, candidates=why, passes_on=())
