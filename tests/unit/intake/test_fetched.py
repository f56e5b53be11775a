"""The envelope that a mail in a folder has lost, found again in its header."""

import pytest

from mailroute.intake import fetched
from mailroute.model import limits
from tests.support.effort import is_quick

INBOX = "service@hv-muster.example"
REPLY = "service+t10428.k7q3x9wmbz4p@hv-muster.example"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Return-Path: <a@b.example>\r\nFrom: c@d.example", "a@b.example"),
        (b"return-path:\r\n <a@b.example>\r\nFrom: c@d.example", "a@b.example"),
        (b"Return-Path: <>\r\nFrom: MAILER-DAEMON@d.example", ""),
        (b"Return-Path: unknown\r\nFrom: c@d.example", "?"),
        (b"From: =?utf-8?q?M=C3=BCller?= <c@d.example>\r\n", "c@d.example"),
        ("From: Jürgen <jürgen@d.example>".encode(), "jürgen@d.example"),
        (b"From: nobody", "?"),
        (b"", "?"),
    ],
)
def test_mail_from_is_the_return_path_and_null_only_when_it_is_written_so(
    header: bytes, expected: str
) -> None:
    assert fetched.mail_from(header) == expected


def test_recipients_are_the_inbox_and_those_of_our_addresses_that_the_header_names() -> None:
    header = (
        b"Delivered-To: Service+T10428.k7q3x9wmbz4p@hv-muster.example\n"
        b'To: "Verwaltung, Muster" <SERVICE@hv-muster.example>,\n\tother@b.example\n'
        b"Cc: makler@hv-muster.example\n"
        b"X-Spam: hidden@hv-muster.example\n"
    )
    found = fetched.recipients(header, INBOX, lambda address: address.endswith("@hv-muster.example"))
    assert found == (INBOX, "Service+T10428.k7q3x9wmbz4p@hv-muster.example", "makler@hv-muster.example")


def test_recipients_are_bounded() -> None:
    header = b"To: " + b", ".join(b"a%d@b.example" % number for number in range(1000))
    assert len(fetched.recipients(header, INBOX, lambda _address: True)) == limits.RECIPIENTS_PER_MAIL


@pytest.mark.parametrize(
    "value", [b"a" * 65_000, b"@" * 65_000, b"a@" * 32_000, b"<" * 65_000, b"\r\n " * 20_000]
)
def test_a_hostile_header_costs_no_more_than_a_long_one(value: bytes) -> None:

    def work() -> None:
        fetched.recipients(b"To: " + value, INBOX, lambda _address: True)
        fetched.mail_from(b"From: " + value)

    assert is_quick(work, 0.5)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"A: b\r\nC: d\r\n\r\nbody\n\n", b"A: b\r\nC: d"),
        (b"A: b\nC: d\n\nbody\r\n\r\n", b"A: b\nC: d"),
        (b"A: b", b"A: b"),
        (b"", b""),
        (b"A: " + b"x" * 100_000, b"A: " + b"x" * (limits.HEADER_BLOCK_BYTES - 3)),
    ],
)
def test_the_header_block_ends_at_the_first_empty_line_and_is_bounded(
    content: bytes, expected: bytes
) -> None:
    assert fetched.header_block(content) == expected


def test_a_stub_keeps_the_header_without_what_describes_the_lost_body() -> None:
    header = b"Subject: Fotos\r\nContent-Type: multipart/mixed;\r\n boundary=x\r\nMIME-Version: 1.0\r\nX: y\r\n z\r\n\r\n"
    stub = fetched.stub(header, 63 * 1024 * 1024, 50 * 1024 * 1024, "Konto, Verarbeitet")
    assert stub.startswith(
        b"Subject: Fotos\r\nX: y\r\n z\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: 8bit\r\n\r\nDiese E-Mail ist mit 63 MB "
    )
    assert stub == fetched.stub(header, 63 * 1024 * 1024, 50 * 1024 * 1024, "Konto, Verarbeitet")
