import pytest

from mailroute.message.parse import parse
from mailroute.model.message import Bounce, BouncedRecipient


def report(*blocks: str, returned: str = "") -> bytes:
    status = "Reporting-MTA: dns; x.example\n\n" + "\n\n".join(blocks)
    return (
        "From: MAILER-DAEMON@x.example\nSubject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n{status}\n{returned}--b--\n"
    ).encode()


def free_text(text: str, sender: str = "MAILER-DAEMON@x.example", subject: str = "Delivery failure") -> bytes:
    return f"From: {sender}\nTo: service@firma.example\nSubject: {subject}\n\n{text}".encode()


def test_the_recipients_of_a_report_are_read_with_action_and_status() -> None:
    message = parse(
        report(
            "Final-Recipient: rfc822; Weg@Mieter.example\nAction: failed\nStatus: 5.1.1 (no such user)",
            "Final-Recipient: RFC822;<spaet@mieter.example>\nAction: delayed\nStatus: 4.4.1",
        )
    )
    assert message.automatic.value == "bounce"
    assert message.bounce == Bounce(
        (
            BouncedRecipient("weg@mieter.example", "failed", "5.1.1"),
            BouncedRecipient("spaet@mieter.example", "delayed", "4.4.1"),
        ),
        None,
    )


def test_the_recipient_we_wrote_to_counts_where_mail_was_forwarded() -> None:
    """RFC 3464 §2.3.1: Original-Recipient is the address that the sender named."""
    message = parse(
        report(
            "Original-Recipient: rfc822;wir@a.example\nFinal-Recipient: rfc822;sie@b.example\nAction: failed"
        )
    )
    assert message.bounce == Bounce((BouncedRecipient("wir@a.example", "failed", ""),), None)


def test_a_report_of_success_is_no_bounce() -> None:
    message = parse(report("Final-Recipient: rfc822; da@mieter.example\nAction: delivered\nStatus: 2.0.0"))
    assert message.automatic.value == "report"
    assert message.bounce == Bounce((BouncedRecipient("da@mieter.example", "delivered", "2.0.0"),), None)


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_the_letter_is_named_by_its_returned_headers(kind: str) -> None:
    returned = f"--b\nContent-Type: {kind}\n\nMessage-ID: <t1.abc@firma.example>\nSubject: x\n\n"
    message = parse(report("Final-Recipient: rfc822; a@b.example\nAction: failed", returned=returned))
    assert message.bounce is not None
    assert message.bounce.original_message_id == "t1.abc@firma.example"


@pytest.mark.parametrize(
    "text",
    [
        "<weg@mieter.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n<x@y.example>",
        "The following address(es) failed:\n\n  weg@mieter.example\n    550 5.1.1 unknown user\n\nPlease ask help@x.example",
        "Your message to weg@mieter.example could not be delivered. 5.1.1",
    ],
)
def test_the_recipient_of_a_free_text_is_found_above_the_returned_mail(text: str) -> None:
    message = parse(free_text(text))
    assert message.bounce == Bounce((BouncedRecipient("weg@mieter.example", "failed", "5.1.1"),), None)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Unzustellbar: Ihre Anfrage", "Die Nachricht konnte nicht übermittelt werden."),
        ("Nachricht konnte nicht zugestellt werden", "Empfänger unbekannt"),
        ("Mail delivery failed: returning message to sender", "Der Empfänger ist unbekannt."),
        ("Benachrichtigung über Unzustellbarkeit", "x"),
        ("Fehler", "Die E-Mail konnte nicht zugestellt werden."),
    ],
)
def test_a_german_server_that_knows_no_standard_is_heard(subject: str, text: str) -> None:
    message = parse(free_text(text, subject=subject))
    assert message.automatic.value == "bounce"
    assert message.bounce == Bounce((), None)


def test_a_server_with_a_name_of_a_person_is_heard_by_its_words() -> None:
    text = "The email below could not be delivered to the following user:\n\nweg@mieter.example\n"
    assert parse(free_text(text, sender="admin@x.example")).automatic.value == "bounce"


def test_a_person_who_writes_about_a_bounce_is_a_person() -> None:
    text = "Meine Mail an Sie kam zurück, sie konnte nicht zugestellt werden. Bitte prüfen."
    assert parse(free_text(text, sender="petra@mieter.example", subject="Unzustellbar")).bounce is None
    assert parse(free_text(text, sender="petra@mieter.example", subject="Mail kam zurück")).bounce is None


def test_a_report_of_thousands_of_recipients_is_capped() -> None:
    blocks = [f"Final-Recipient: rfc822; a{number}@b.example\nAction: failed" for number in range(500)]
    bounce = parse(report(*blocks)).bounce
    assert bounce is not None
    assert len(bounce.recipients) == 100


def failed(content: bytes) -> list[str]:
    bounce = parse(content).bounce
    assert bounce is not None
    return [one.address for one in bounce.recipients]


def test_our_own_address_is_the_failed_one_only_where_nobody_else_is_named() -> None:
    text = "This is a permanent error. The following address failed:\n\nservice@firma.example:\n550 5.1.1 user unknown\n"
    assert failed(free_text(text)) == ["service@firma.example"]
    assert failed(free_text(text + "\npetra@mieter.example:\n550 5.1.1 user unknown\n")) == [
        "petra@mieter.example"
    ]


def test_the_fields_of_a_report_are_found_in_its_text_too() -> None:
    text = "Delivery failed.\n\n --b\nFinal-Recipient: rfc822;petra@mieter.example\nAction: failed\nStatus: 5.0.0\n"
    assert parse(free_text(text)).bounce == Bounce(
        (BouncedRecipient("petra@mieter.example", "failed", "5.0.0"),), None
    )


def test_a_report_that_names_nobody_speaks_of_the_recipient_of_the_returned_letter() -> None:
    text = "Delivery failed: cannot send message for 4 days.\n\n --- Unsent message follows ---\nFrom: service@firma.example\nTo: Petra <petra@mieter.example>\n"
    assert failed(free_text(text)) == ["petra@mieter.example"]


def test_amazons_json_is_read() -> None:
    text = '{"Message" : "{\\"notificationType\\":\\"Bounce\\",\\"bouncedRecipients\\":[{\\"emailAddress\\":\\"petra@mieter.example\\"}]}"}'
    assert failed(free_text(text, "no-reply@sns.amazonaws.com", "AWS Notification Message")) == [
        "petra@mieter.example"
    ]


def test_aol_names_its_users_without_a_domain() -> None:
    text = "Your mail to the following recipients could not be delivered because they are not accepting mail from x@y.example:\n\tpetra\n"
    assert failed(free_text(text, "MAILER-DAEMON@aol.com", "Mail Delivery Problem")) == ["petra@aol.com"]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (
            "There was a temporary problem delivering your message to petra@mieter.example. Gmail will retry for 46 more hours.",
            "delayed",
        ),
        ("Die Zustellung an petra@mieter.example verzögert sich.", "delayed"),
        (
            "Your message was delayed, will retry.\npetra@mieter.example: 550 5.1.1 user unknown, giving up",
            "failed",
        ),
        (
            "Your message wasn't delivered to petra@mieter.example because the address couldn't be found.",
            "failed",
        ),
    ],
)
def test_a_warning_that_a_server_goes_on_trying_is_no_failure_for_good(text: str, action: str) -> None:
    bounce = parse(free_text(text, subject="Delivery status notification")).bounce
    assert bounce is not None
    assert [(one.address, one.action) for one in bounce.recipients] == [("petra@mieter.example", action)]


@pytest.mark.parametrize(
    "subject",
    [
        "Message blocked",
        "Address not found",
        "Adresse nicht gefunden",
        "Zustellungsverzögerung",
        "Rejected: x",
    ],
)
def test_the_subjects_of_large_providers_are_known(subject: str) -> None:
    assert failed(free_text("petra@mieter.example", subject=subject)) == ["petra@mieter.example"]
    assert parse(free_text("Text", "petra@mieter.example", subject)).automatic.value == "person"
