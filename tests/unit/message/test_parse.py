"""The whole reading: what a Message holds, and that no mail takes long (reliability §0.6, §5.1)."""

import time
from datetime import UTC, datetime

import pytest

from mailroute.message.parse import parse
from mailroute.model.limits import HEADER_FIELDS, HOPS, SUBJECT_CHARS, TEXT_CHARS
from mailroute.model.message import Automatic, Message
from tests.support.effort import is_quick

HEAD = b"From: Petra Vogel <petra@mieter.example>\r\nSubject: x\r\n"


def test_a_mail_becomes_a_message() -> None:
    message = parse(
        b"Received: by a\r\nReceived: by b\r\nX-Mailroute-Instance: eins\r\nX-Mailroute-Instance: zwei\r\n"
        b"From: =?utf-8?q?J=C3=BCrgen?= <m@mieter.example>\r\nTo: s@firma.example\r\nSubject: Heizung\r\n"
        b"Date: Sat, 22 Nov 2025 10:00:00 +0100\r\nMessage-ID: <1@mieter.example>\r\n\r\nKalt.\r\n"
    )
    assert message.subject == "Heizung"
    assert message.message_id == "1@mieter.example"
    assert message.date == datetime(2025, 11, 22, 9, tzinfo=UTC)
    assert (message.text, message.new_text) == ("Kalt.", "Kalt.")
    assert message.instances == ("eins", "zwei")
    assert message.hops == 2
    assert message.headers[2] == ("from", "Jürgen <m@mieter.example>")
    assert message.automatic is Automatic.PERSON
    assert message.defects == ()


def test_nothing_at_all_is_a_message_too() -> None:
    message = parse(b"")
    assert (message.from_, message.author, message.subject, message.text) == ((), None, "", "")
    assert "empty" in message.defects


def test_many_hops_are_a_defect() -> None:
    assert "hops-too-many" not in parse(b"Received: by a\r\n" * HOPS + HEAD + b"\r\n").defects
    assert "hops-too-many" in parse(b"Received: by a\r\n" * (HOPS + 1) + HEAD + b"\r\n").defects


def test_an_unreadable_date_is_a_defect_and_no_date() -> None:
    message = parse(HEAD + b"Date: gestern\r\n\r\n")
    assert message.date is None
    assert message.defects == ("date-unreadable",)


def test_long_values_are_cut() -> None:
    message = parse(
        b"From: a@b.example\r\nSubject: "
        + b"x" * 2000
        + b"\r\n"
        + b"X: y\r\n" * 2000
        + b"\r\n"
        + b"y" * 300_000
    )
    assert len(message.subject) == SUBJECT_CHARS
    assert len(message.text) == TEXT_CHARS
    assert len(message.headers) == HEADER_FIELDS


def multipart(part: bytes, count: int) -> bytes:
    return (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + (b"--b\r\n" + part) * count
        + b"--b--\r\n"
    )


def html(tag: bytes, count: int) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + tag * count + b"Ende"


def text(line: bytes, count: int) -> bytes:
    return HEAD + b"\r\n" + line * count


BOMBS = {
    "semicolons in Content-Type": HEAD + b"Content-Type: text/plain" + b";" * 60_000 + b"\r\n\r\nx",
    "semicolons in Content-Type of parts": multipart(b"Content-Type: text/plain" + b";" * 60_000 + b"\r\n\r\nx\r\n", 50),
    "quotes in Content-Type": HEAD + b"Content-Type: text/plain" + b';a="\\' * 15_000 + b"\r\n\r\nx",
    "dots in To": HEAD + b"To: " + b"." * 60_000 + b"\r\n\r\nx",
    "parentheses in To": HEAD + b"To: " + b"(" * 60_000 + b"\r\n\r\nx",
    "parentheses in From": b"From: " + b"(" * 60_000 + b"\r\n\r\nx",
    "quotes in From": b"From: " + b'"' * 60_000 + b"\r\n\r\nx",
    "brackets in To": HEAD + b"To: " + b"<" * 60_000 + b"\r\n\r\nx",
    "at signs in To": HEAD + b"To: " + b"a@" * 30_000 + b"\r\n\r\nx",
    "unfinished words in To": HEAD + b"To: " + b"=?a?q?" * 10_000 + b"\r\n\r\nx",
    "8000 encoded words": HEAD + b"Subject: " + b"=?utf-8?q?=C3=A4?=\r\n " * 8000 + b"\r\n\r\nx",
    "unfinished encoded words": b"Subject: " + b"=?utf-8?q?x" * 6000 + b"\r\n\r\nx",
    "one encoded word finished": b"Subject: " + b"=?utf-8?q?x " * 5000 + b"?=\r\n\r\nx",
    "brackets in References": HEAD + b"References: " + b"<" * 60_000 + b"\r\n\r\nx",
    "a million fields": HEAD + b"X: y\r\n" * 1_000_000 + b"\r\nx",
    "a million folded lines": HEAD + b"X: y\r\n" + b" a\r\n" * 1_000_000 + b"\r\nx",
    "a line of 10 MB": HEAD + b"X: " + b"y" * 10_000_000 + b"\r\n\r\nx",
    "50,000 parts": multipart(b"\r\n", 50_000),
    "800 multiparts in one another": HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(800)
    ),
    "1000 mails in one another": (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 1000 + b"x",
    "two million empty lines": text(b"\r\n", 2_000_000),
    "attributions": text(b"Am 12:10:\r\n", 20_000),
    "marked attributions": text(b"Am 1:10 schrieb a@b:\r\n> a\r\nb\r\n", 10_000),
    "header lines in the text": text(b"Von: x\r\nVon: y\r\n\r\n", 20_000),
    "quote marks": text(b"> ", 100_000),
    "closings": text(b"Hallo\r\nMfG\r\nx\r\n", 10_000),
    "dashes": text(b"-- a ", 40_000),
    "a server's report of blank lines": b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + b"\r\n" * 60_000 + b"x",
    "beginnings of uuencoded files": text(b"begin 644 a\r\n", 200_000),
    "uuencoded files": text(b"begin 644 a\r\n#86)C\r\nend\r\n", 50_000),
    "wrapped quotes": text(b"> " + b"a" * 70 + b"\r\nb\r\n", 10_000),
    "footers of lists": text(b"_______\r\nx mailing list\r\n", 10_000),
    "half attributions": text(b"On a, at\r\nx@y wrote:\r\n", 20_000),
    "armour of PGP": text(b"-----BEGIN PGP SIGNED MESSAGE-----\r\n", 50_000),
    "loose reports": b"From: MAILER-DAEMON@x.example\r\nSubject: failure notice\r\n\r\n" + b"Final-Recipient: rfc822;a@b.de\r\n" * 50_000,
    "names without domain": b"From: MAILER-DAEMON@aol.com\r\nSubject: failure notice\r\n\r\n" + b"following recipient " * 50_000,
    "dates of an absence": b"Subject: Abwesenheitsnotiz\r\n" + HEAD + b"\r\n" + b"vom 3. bis 4.5. " * 50_000,
    "events": HEAD + b"Content-Type: text/calendar\r\n\r\n" + b"BEGIN:VEVENT\r\nSUMMARY:a\r\n " * 50_000,
    "pictures of HTML": html(b"<img src='cid:a@b'>", 50_000),
    "seals of ARC": b"Authentication-Results: b.example; arc=pass\r\n" + b"ARC-Seal: i=1; d=a\r\n" * 900 + HEAD + b"\r\n",
    "angle brackets of HTML": html(b"<", 1_000_000),
    "divs": html(b"<div>", 100_000),
    "quoted blocks of HTML": html(b"<blockquote type=cite>a", 20_000),
    "hidden blocks of HTML": html(b"<p style='display:none'>", 20_000),
    "lists of HTML": html(b"<ul><li>a", 100_000),
    "soft lines": HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \r\n" * 50_000,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\na-" + b"9" * 100_000,
    "recipients of a report": HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"Final-Recipient: rfc822;a@b.de\r\n\r\n" * 50_000,
    "parentheses in Authentication-Results": b"Authentication-Results: b.example; " + b"(" * 8000 + b"\r\n" + HEAD + b"\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_takes_less_than_a_second(name: str) -> None:
    """Each of these took the stdlib minutes or its stack; all of ours together are a matter of seconds."""
    read: list[Message] = []
    assert is_quick(lambda: read.append(parse(BOMBS[name], borders=("b.example",), forwarders=("a",))))
    assert read[0].automatic in Automatic


def test_cost_grows_with_the_length_of_a_text() -> None:
    """Twice the lines take about twice the time; four times would be quadratic."""

    def cost(count: int) -> float:
        content = text(b"Am 1.1.2025 um 10:10 schrieb a@b:\r\n> a\r\nVon: x\r\n-- b\r\n", count)
        best = float("inf")
        for _ in range(3):
            begin = time.process_time()
            parse(content)
            best = min(best, time.process_time() - begin)
        return best

    assert cost(2000) < 6 * cost(1000) + 0.02
