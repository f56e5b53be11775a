"""Whether two deliveries are one mail (design §8a)."""

from datetime import UTC, datetime, timedelta, timezone

from mailroute.message.fingerprint import fingerprint

NOW = datetime(2025, 11, 22, 12, 0, tzinfo=UTC)
MAIL = b"Message-ID: <a@b.example>\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nZeile 1\r\nZeile 2\r\n"
TO = ("service@firma.example",)


def content_key(content: bytes, received_at: datetime = NOW) -> str:
    return fingerprint(content, TO, received_at)[1]


def test_the_same_mail_over_two_ways_has_one_key() -> None:
    trace = (
        b"Return-Path: <a@b.example>\r\nDelivered-To: x\r\nX-Original-To: x\r\n"
        b"RECEIVED: from x\r\n\tby y;\r\n Mon\r\nAuthentication-Results: y;\r\n dmarc=pass\r\n"
    )
    assert fingerprint(trace + MAIL, TO, NOW) == fingerprint(MAIL, TO, NOW)


def test_line_ends_do_not_make_another_mail() -> None:
    assert content_key(MAIL.replace(b"\r\n", b"\n")) == content_key(MAIL)
    long = MAIL + b"x" * (1024 * 1024 - len(MAIL) % (1024 * 1024)) + b"\r\nEnde\r\n" * 99
    for shift in range(4):  # a CR may be the last byte of a chunk
        shifted = long.replace(b"Zeile 1", b"Zeile 1" + b"-" * shift)
        assert content_key(shifted.replace(b"\r\n", b"\n")) == content_key(shifted)


def test_one_other_byte_makes_another_mail() -> None:
    keys = {
        content_key(MAIL),
        content_key(MAIL + b"\r\n"),
        content_key(MAIL.replace(b"Zeile 1", b"Zeile  1")),
        content_key(MAIL.replace(b"Subject: x", b"Subject: y")),
        content_key(MAIL.replace(b"\r\n\r\n", b"\r\nX: y\r\n\r\n")),
        content_key(MAIL.replace(b"Subject: x\r\n", b"Subject: x\r\n y\r\n")),
        content_key(b"\r\n" + MAIL),
        content_key(b""),
    }
    assert len(keys) == 8


def test_a_received_line_in_the_body_counts() -> None:
    assert content_key(MAIL + b"Received: x\r\n") != content_key(MAIL + b"Received: y\r\n")


def test_recipients_are_part_of_the_delivery_but_not_of_the_content() -> None:
    one, content = fingerprint(MAIL, ("A@firma.example", "b@firma.example"), NOW)
    assert fingerprint(MAIL, ("b@firma.example", "a@firma.example"), NOW) == (one, content)
    assert fingerprint(MAIL, ("a@firma.example",), NOW) == (
        fingerprint(MAIL, ("A@FIRMA.example",), NOW)[0],
        content,
    )
    assert fingerprint(MAIL, ("a@firma.example",), NOW)[0] != one


def test_a_machine_without_id_and_date_is_heard_each_day_and_once_a_day() -> None:
    mail = b"From: scanner@firma.example\r\nSubject: Alarm\r\n\r\nKessel aus\r\n"
    assert content_key(mail) == content_key(mail, NOW + timedelta(hours=11))
    assert content_key(mail) != content_key(mail, NOW + timedelta(hours=12))
    assert content_key(mail) == content_key(mail, NOW.astimezone(timezone(timedelta(hours=-11))))
    for field in (b"Date: x\r\n", b"MESSAGE-ID : x\r\n"):
        assert content_key(field + mail) == content_key(field + mail, NOW + timedelta(days=9))


def test_a_date_in_the_body_does_not_identify_a_mail() -> None:
    mail = b"From: scanner@firma.example\r\n\r\nDate: heute\r\n"
    assert content_key(mail) != content_key(mail, NOW + timedelta(days=1))
