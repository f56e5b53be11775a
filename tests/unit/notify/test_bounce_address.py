"""A letter leaves from an address of its own, and what comes back to it is known for that letter (VERP)."""

import pytest

from mailroute.model.letter import Letter, Template
from mailroute.model.reply_tag import parse_message_id_letter
from mailroute.model.ruleset import ReplyMode
from mailroute.model.tokens import Key, Keyring, verify
from mailroute.routing.inboxes import Inboxes
from mailroute.routing.locate import locate
from tests.support.factories import a_message, an_envelope
from tests.support.letters import KEYRING, a_notice, a_ticket, firm, write

MAILER = "mailer-daemon@mx.mieter.example"


def written(mode: ReplyMode, template: Template = Template.ACKNOWLEDGEMENT, cause: str = "m17") -> Letter:
    return write(a_notice(template), ruleset=firm(mode), cause=cause).letters[0]


@pytest.mark.parametrize("case", [str, str.upper], ids=["as-sent", "in-capitals"])
@pytest.mark.parametrize("cause", ["m17", "m123456789012", "t3", "c10428-17"])
@pytest.mark.parametrize("template", [Template.ACKNOWLEDGEMENT, Template.ANSWER, Template.REMINDER], ids=str)
@pytest.mark.parametrize("mode", [ReplyMode.PLUS, ReplyMode.CATCHALL], ids=str)
def test_a_bounce_comes_back_to_the_letter_it_is_about(
    mode: ReplyMode, template: Template, cause: str, case: type[str]
) -> None:
    """Some mail servers answer in capitals."""
    letter = written(mode, template, cause)
    address = case(letter.mail_from)
    (route,) = Inboxes([firm(mode).organisation]).routes([address])
    assert route.organisation == "abc"
    report = a_message("Undelivered", "Undelivered Mail Returned to Sender", MAILER)
    (tag,) = locate(report, an_envelope("", *route.rcpt_to)).bounce_tags
    assert tag.letter == letter.id
    assert verify(KEYRING, tag.token, "bounce", tag.letter)
    other = Keyring((Key("k", b"x" * 32),))
    assert not verify(other, tag.token, "bounce", tag.letter)
    assert not verify(KEYRING, tag.token, "bounce", "abc-m17-2")


@pytest.mark.parametrize("organisation", ["müller", "abc_hv", "abc.hv", "a" * 64])
def test_an_organisation_of_any_id_gets_its_bounces_and_replies_back(organisation: str) -> None:
    """An id with an umlaut stopped every letter; one with a full stop lost every bounce."""
    ticket = a_ticket(organisation=organisation)
    (letter,) = write(a_notice(Template.NOTIFICATION, ticket=ticket), ruleset=firm(id=organisation)).letters
    (tag,) = locate(a_message(), an_envelope("", letter.mail_from)).bounce_tags
    assert tag.letter == letter.id
    assert parse_message_id_letter(letter.message_id) == letter.id


def test_without_plus_addresses_a_bounce_comes_to_the_inbox_and_proves_nothing() -> None:
    letter = written(ReplyMode.BODY)
    (route,) = Inboxes([firm(ReplyMode.BODY).organisation]).routes([letter.mail_from])
    assert locate(a_message(), an_envelope("", *route.rcpt_to)).bounce_tags == ()
