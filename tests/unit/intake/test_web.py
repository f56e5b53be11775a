"""The door of our own pages: what is typed there becomes a mail that any program reads, and nothing typed is a header."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest

from mailroute.intake.web import Written, as_mail, delivery_of
from mailroute.message.parse import parse
from mailroute.model import limits
from mailroute.model.address import Address
from mailroute.model.grant import Right
from mailroute.model.letter import AttachedFile
from mailroute.model.mail import Door
from mailroute.routing.identify import right_of_form
from tests.support.factories import INBOX, NOW, an_envelope

KLARA = Address("Klara Muster", "klara@muster.example")


def written(**more: object) -> Written:
    fields: dict[str, object] = {
        "author": KLARA, "inbox": INBOX, "subject": "Wasserschaden", "text": "Grüß Gott,\nes tropft.", "serial": "s1",
    }  # fmt: skip
    return Written(**{**fields, **more})  # type: ignore[arg-type]  # Written's own names


def read(mail: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_what_was_typed_is_read_as_the_mail_of_whoever_is_signed_in() -> None:
    photo = AttachedFile("Küche.jpg", "image/jpeg", b"\xff\xd8\xff")
    message = parse(as_mail(written(files=(photo,)), NOW))
    assert (message.author, message.subject) == (KLARA, "Wasserschaden")
    assert message.new_text == "Grüß Gott,\nes tropft."
    assert [(one.name, one.type, one.size) for one in message.attachments] == [("Küche.jpg", "image/jpeg", 3)]
    assert message.defects == ()


def test_the_delivery_says_who_is_signed_in_and_by_which_door_it_came() -> None:
    made = delivery_of(written(), NOW, "192.0.2.7")
    assert (made.door, made.login, made.mail_from) == (Door.WEB, KLARA.address, KLARA.address)
    assert made.rcpt_to == (INBOX,)


def test_a_form_is_named_in_a_mail_of_our_pages_and_proves_nothing_by_another_door() -> None:
    """REQ-C14: who writes the header into a mail of their own has asked for nothing by it."""
    message = parse(as_mail(written(form=Right.ADD_CONTRACTS), NOW))
    by_web = an_envelope(KLARA.address, door=Door.WEB, login=KLARA.address)
    assert right_of_form(message, by_web) is Right.ADD_CONTRACTS
    assert right_of_form(message, an_envelope(KLARA.address)) is None
    assert right_of_form(message, an_envelope(KLARA.address, login=KLARA.address)) is None
    assert right_of_form(parse(as_mail(written(), NOW)), by_web) is None


def test_the_same_form_twice_is_one_message_and_another_persons_form_is_not() -> None:
    first, again = delivery_of(written(), NOW, ""), delivery_of(written(text="noch einmal"), NOW, "")
    assert first.door_key == again.door_key
    bob = written(author=Address("", "bob@muster.example"))
    assert delivery_of(bob, NOW, "").door_key != first.door_key


def test_line_breaks_and_controls_in_a_subject_or_a_name_make_no_header() -> None:
    evil = written(
        subject="Frage\r\nBcc: all@world.example\u2028X: y\x00",
        author=Address("Klara\r\nBcc: x@y.example", "klara@muster.example"),
        files=(AttachedFile('a"\r\nContent-Type: text/html\r\n\r\n<b>.pdf', "text/html", b"<b>"),),
    )
    mail = read(as_mail(evil, NOW))
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Frage Bcc: all@world.example X: y"
    [file] = mail.iter_attachments()
    assert file.get_content_type() == "application/octet-stream"
    assert file.get_content_disposition() == "attachment"


def test_a_page_a_mail_or_a_text_that_is_enclosed_stays_a_file() -> None:
    kinds = ("text/html", "message/rfc822", "multipart/mixed", "image/png", "x", "IMAGE/PNG; a=b", "")
    files = tuple(AttachedFile(f"f{n}", kind, b"From: x\r\n\r\ny") for n, kind in enumerate(kinds))
    message = parse(as_mail(written(files=files), NOW))
    assert len(message.attachments) == len(kinds)
    assert {one.type for one in message.attachments} == {"application/octet-stream", "image/png"}
    assert message.new_text == "Grüß Gott,\nes tropft."


def test_a_path_is_cut_to_the_name_of_the_file() -> None:
    files = (
        AttachedFile("C:\\Users\\Klara\\foto.jpg", "image/jpeg", b"1"),
        AttachedFile("", "image/jpeg", b"2"),
    )
    message = parse(as_mail(written(files=files), NOW))
    assert [one.name for one in message.attachments] == ["foto.jpg", "datei"]


@pytest.mark.long
def test_a_message_of_the_greatest_size_still_fits_in_what_a_mail_may_be() -> None:
    each = limits.FILES_SIZE_BYTES // limits.FILES_PER_MESSAGE
    files = tuple(
        AttachedFile(f"{n}.jpg", "image/jpeg", bytes(each)) for n in range(limits.FILES_PER_MESSAGE)
    )
    assert len(as_mail(written(files=files, text="ä" * limits.MESSAGE_CHARS), NOW)) <= limits.MAIL_SIZE_BYTES


def test_an_odd_name_or_address_is_still_the_author() -> None:
    for name in ("", "Ö", "a, b", 'K "x" y', "ä (x) <y@z.example>", "x" * 500):
        message = parse(as_mail(written(author=Address(name, "o'hara+x@muster.example")), NOW))
        assert message.author is not None
        assert message.author.key == "o'hara+x@muster.example"


def test_an_address_that_no_mail_can_carry_still_makes_a_mail() -> None:
    for address in ("müller@müller.example", "no address", ""):
        assert parse(as_mail(written(author=Address("K", address)), NOW)).new_text.startswith("Grüß")


def test_lone_surrogates_and_nul_in_the_text_are_harmless() -> None:
    assert parse(as_mail(written(text="a\ud800b\0c\r\nd"), NOW)).new_text == "a?bc\nd"
