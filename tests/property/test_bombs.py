"""No text, page or header can make reading slow: each of these stays below a second of the processor."""

import pytest

from mailroute.message.parse import parse
from tests.support.effort import is_quick

HEAD = b"From: a@b.example\r\nSubject: WG: x\r\nDate: Mon, 3 Nov 2025 10:00:00 +0100\r\n"
TEXT_BYTES = 1_000_000
FIELD_BYTES = 63_000

# The beginnings of everything that is looked for in a text, mostly without its end.
LINES = [
    "Am 1.1.2025 um 10:10 schrieb <a@b> x:\n", "Am 1.1.2025 um 10:10 schrieb a <\n", "a <a@b.example> b c:\n> x\n",
    "x y z w schrieb a b c:\n> q\n", ">>> a 1.1.2025 10:10 >>>\n", "<a@b> a a [aaaaaaa] :\n", "Am schrieb:\n> a\n\n\n\n",
    "am 12:12 schrieb ", "Von meinem a a a a a a gesendet x\n", "Diese E-Mail ist \n", "Hinweis: diese a a a a\n",
    "Mit freundlichen\nGrüßen x\n", "MfG Aa Bb Cc Dd\n", "-- \n", "--\n", "---\na\n", "______\nTel a\n", "\n", "> \n", "| a\n",
    "|-----+-----\n", "> > > > a\nb\n", "----- Original Message -----\nVon a\n", 'Von "a" b\nAn c\n', "Von: a\nAn: b,\n",
    "------ Weitergeleitete Nachricht ------\n", "Anfang der weitergeleiteten Nachricht:\n", "Von: a<mailto:b@c>\nAn: d\nBetreff: e\n",
    "[mailto:", "<mailto:", "Dies ist eine automatisch \n", "dank für ihre mail nicht im büro ", "=?utf-8?q?x", "a\xa0", "-a-",
    "* a *", "(", ":", "http://a ", "\u200b", "begin 644 a\nM", "Final-Recipient: rfc822;", "Message-ID: <", "To: a@b\n",
    "a <a@b.example> – 5. November 2025 16:20\n> q\n", "a 2025 <\na@b.example>:\n> q\n", "a 10:10 2025 @ :\n> q\n", "Danke und Gruß\n",
    "Von: a [mailto:b\nAn: <c\nBetreff: d\n", "Originalnachricht\nVon: a\nGesendet: b\nAn: c\n", "<a@b.example> (expanded from <", "Es grüßt a a a a ",
    "-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n",
]  # fmt: skip


def assert_quick(content: bytes) -> None:
    assert is_quick(lambda: parse(content, borders=("b.example",), forwarders=("b.example",)))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("form", ["lines", "one line"])
def test_a_text_of_a_megabyte_is_read_quickly(line: str, form: str) -> None:
    piece = (line.replace("\n", "") or " ") if form == "one line" else line
    text = (piece * (TEXT_BYTES // len(piece)))[:TEXT_BYTES]
    assert_quick(HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + text.encode())


PAGES = [
    "<div id=divRplyFwdMsg>a", "<div class=gmail_attr>a", "<div id=Signature>a</div>", "<div id=Signature>a", "<table><tr><td>a",
    "<blockquote class=gmail_quote><div class=gmail_attr>a</div></blockquote>", "<a href=x>", "<font>", "<b>a", "<p>a", "<br>",
    "<!--", "<![CDATA[", "&amp", "&#x41;", "<style>", "<script>a", "<svg><p>", "<math>", "<select><option>", "<template>",
    "<span style='display:none'>a", "<li>a", "<pre>a\n", "</p>", "<img src='cid:",
]  # fmt: skip


@pytest.mark.parametrize("tag", PAGES)
def test_a_page_of_two_megabytes_is_read_quickly(tag: str) -> None:
    page = (tag * (2 * TEXT_BYTES // len(tag))).encode()
    assert_quick(HEAD + b"Content-Type: text/html\r\n\r\n" + page)


FIELDS = [
    "To", "Cc", "From", "Reply-To", "Subject", "Date", "References", "In-Reply-To", "Message-ID", "Received", "Content-Type",
    "Content-Disposition", "Content-ID", "Return-Path", "Auto-Submitted", "Authentication-Results", "ARC-Seal", "List-Id",
    "X-Failed-Recipients",
]  # fmt: skip
VALUES = [
    "(", ")", "<", ">", '"', "\\", "=?utf-8?b?YQ==?= ", "=?utf-8?q?=?=", "a@b.example, ", "@", ";", "a:", "[", "\t", "'",
    "a*0*=utf-8''%41;", "=?", "?=", "ä", "i=1; ",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_no_header_is_slow_whatever_it_is_filled_with(value: str) -> None:
    for name in FIELDS:
        filled = f"{name}: {value * (FIELD_BYTES // len(value))}\r\n".encode()
        assert_quick(filled + (b"" if name == "From" else HEAD) + b"\r\nx")


def parts(part: bytes, count: int, kind: str = "mixed") -> bytes:
    return HEAD + f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n".encode() + part * count + b"--b--\r\n"


WHOLE = {
    "100,000 fields": b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + HEAD + b"\r\nx",
    "10,000 recipients": HEAD + b"To: " + b",\r\n ".join(b"A %d <a%d@b.example>" % (n, n) for n in range(10_000)) + b"\r\n\r\nx",
    "quoted-printable in one line": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=C3=A4" * 1_000_000,
    "soft lines of quoted-printable": HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * 1_000_000,
    "base64 that is none": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"*&" * 2_000_000,
    "beginnings of a boundary": HEAD + b"Content-Type: multipart/mixed; boundary=" + b"a" * 200 + b"\r\n\r\n" + (b"--" + b"a" * 199 + b"\r\n") * 20_000,
    "alternatives": parts(b"--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n", 900, "alternative"),
    "pages": parts(b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>a</p>" * 2000 + b"\r\n", 500),
    "reports": parts(b"--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;a@b.example\r\n\r\n", 900, "report"),
    "attached mails": parts(b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nx\r\n", 900),
    "files that are called mails": parts(b"--b\r\nContent-Type: application/octet-stream; name=a.eml\r\n\r\n" + b"x" * 10_000 + b"\r\n", 900),
    "3,000 multiparts in one another": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_no_mail_as_a_whole_is_slow(name: str) -> None:
    assert_quick(WHOLE[name])
