"""What goes along with a letter, and what must not."""

import email
import email.policy
from email.message import EmailMessage

from mailroute.model.letter import AttachedFile, Letter, Template
from mailroute.notify.compose import compose
from tests.support.letters import KEYRING, NOW, a_notice, firm, shipped_templates, write


def mail_of(letter: Letter) -> EmailMessage:
    """The letter as the standard library reads it."""
    mail = email.message_from_bytes(letter.content, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_letter_of_ours_goes_to_nobody_outside() -> None:
    """Outlook and others attach what is answered: the customer got the notification with the colleague's token."""
    notification = write(a_notice(Template.NOTIFICATION)).letters[0].content
    files = (
        AttachedFile("Vorgang.eml", "message/rfc822", notification),
        AttachedFile("Vorgang.msg", "application/vnd.ms-outlook", notification.decode().encode("utf-16-le")),
        AttachedFile("plan.pdf", "application/pdf", b"%PDF"),
    )
    composed = compose(
        [a_notice(Template.ANSWER, attach=(17,)), a_notice(Template.FOLLOW_UP)], ruleset=firm(), templates=shipped_templates(), keyring=KEYRING, cause="m1", now=NOW, attachments=lambda _: files, texts=lambda _: ""
    )  # fmt: skip
    outside, inside = composed.letters
    assert [part.get_filename() for part in mail_of(outside).iter_attachments()] == ["plan.pdf"]
    assert "Vorgang" not in str(mail_of(outside))
    assert len(list(mail_of(inside).iter_attachments())) == 3
