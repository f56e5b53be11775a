"""Who a mail may be from: names nobody rather than the wrong person (reliability §0.4, §4)."""

import pytest

from mailroute.message.parse import parse
from mailroute.model.address import Address
from mailroute.model.message import Authentication

BORDER = "mx.firma.example"


def author_of(from_field: bytes, rest: bytes = b"") -> tuple[Address | None, tuple[str, ...]]:
    message = parse(b"Subject: x\r\n" + from_field + b"\r\n" + rest + b"To: s@firma.example\r\n\r\nText\r\n")
    return message.author, tuple(one for one in message.defects if one.startswith("from-"))


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        (b"petra@mieter.example", "", "petra@mieter.example"),
        (b"<petra@mieter.example>", "", "petra@mieter.example"),
        (b"Petra Vogel <Petra.Vogel@Mieter.Example>", "Petra Vogel", "petra.vogel@mieter.example"),
        (b"Petra Vogel<petra@mieter.example>", "Petra Vogel", "petra@mieter.example"),
        (b'"Vogel, Petra (WE 03)" <petra@mieter.example>', "Vogel, Petra (WE 03)", "petra@mieter.example"),
        (b"=?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <m@mieter.example>", "Jürgen Müller", "m@mieter.example"),
        (b"J\xfcrgen <m@mieter.example>", "Jürgen", "m@mieter.example"),
        (b"Dr. M. Vogel <m+haus@mieter.example>", "Dr. M. Vogel", "m+haus@mieter.example"),
        (b"Petra\r\n Vogel\r\n <petra@mieter.example>", "Petra Vogel", "petra@mieter.example"),
        (b'"chef@firma.example" <mallory@evil.example>', "chef@firma.example", "mallory@evil.example"),
        (b"P <p@b\xc3\xbccher.example>", "P", "p@xn--bcher-kva.example"),
    ],
)
def test_a_plain_from_names_its_author(value: bytes, name: str, address: str) -> None:
    assert author_of(b"From: " + value) == (Address(name, address), ())


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"admin@legit.example <evil@x.example>", "from-ambiguous"),
        (b"<admin@legit.example>, <evil@x.example>", "from-ambiguous"),
        (b"admin@legit.example, evil@x.example", "from-ambiguous"),
        (b"<admin@legit.example> <evil@x.example>", "from-ambiguous"),
        (b"<<admin@legit.example>evil@x.example>", "from-ambiguous"),
        (b"admin@legit.example (evil@x.example)", "from-ambiguous"),
        (b"admin@legit.example)evil@x.example", "from-ambiguous"),
        (b"(x) <admin@legit.example>", "from-ambiguous"),
        (b"<@legit.example:evil@x.example>", "from-ambiguous"),
        (b"evil%legit.example@x.example", "from-ambiguous"),
        (b'"admin@legit.example"@x.example', "from-ambiguous"),
        (b"admin\\@legit.example@x.example", "from-ambiguous"),
        (b"admin@legit.example@x.example", "from-ambiguous"),
        (b"Alle: admin@legit.example;", "from-ambiguous"),
        (b"=?utf-8?q?=61dmin?=@legit.example", "from-encoded-address"),
        (b"<=?utf-8?q?admin=40legit=2Eexample?=>", "from-encoded-address"),
        (b"=?utf-8?q?admin=40legit.example?=", "from-encoded-address"),
        (b"admin@[192.0.2.1]", "from-ambiguous"),
        (b"admin@localhost", "from-ambiguous"),
        (b"adm\xc3\xadn@legit.example", "from-ambiguous"),
        (b"admin@leg\xbdit.example", "from-ambiguous"),
        (b"admin@legit.example\0", "from-ambiguous"),
        (b"admin@legit\x01.example", "from-control"),
        (b"admin@legit.example\rX: y", "from-ambiguous"),
        (b"", "from-ambiguous"),
        (b"Petra", "from-ambiguous"),
        (b"<>", "from-ambiguous"),
        (b"<petra@mieter.example", "from-ambiguous"),
        (b'"Petra <petra@mieter.example>', "from-ambiguous"),
        (b"(" * 1500, "from-ambiguous"),
        (b"a" * 3000 + b"@b.example", "from-control"),
    ],
)
def test_a_from_that_can_be_read_twice_names_nobody(value: bytes, why: str) -> None:
    assert author_of(b"From: " + value) == (None, (why,))


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (b"From: admin@legit.example\r\n", "from-several"),
        (b"fRoM : admin@legit.example\r\n", "from-several"),
        (b" \r\nFrom: admin@legit.example\r\n", "from-several"),
        (b"X: y\rFrom: admin@legit.example\r\n", "from-ambiguous"),
        (b"X: y\nFrom-Line: z\r\n", "from-ambiguous"),
        (b"\x7fFrom: admin@legit.example\r\n", "from-odd-line"),
        (b"X: " + b"y" * 70_000 + b"\r\n", "from-ambiguous"),
    ],
)
def test_a_second_from_hidden_in_the_header_names_nobody(second: bytes, why: str) -> None:
    author, defects = author_of(b"From: evil@x.example", second)
    assert author is None
    assert why in defects


@pytest.mark.parametrize("domain", ["ａbc.example", "a\u00adbc.example", "ab\u200bc.example", "ﬁrma.example"])
def test_a_domain_that_idna_makes_another_of_names_nobody(domain: str) -> None:
    author, why = author_of(f"From: Huber <huber@{domain}>".encode())

    assert (author, why) == (None, ("from-ambiguous",))


def test_what_is_shown_prefers_a_sender_with_an_address() -> None:
    message = parse(b'From: "Ich" <>\r\nReply-To: <antwort@b.example>\r\n\r\nx')
    assert message.from_ == (Address("Ich", "antwort@b.example"),)
    assert message.author is None


def authenticated(fields: bytes, sender: bytes = b"petra@mieter.example") -> Authentication:
    return parse(fields + b"From: " + sender + b"\r\n\r\nText", borders=(BORDER,)).auth


DMARC = b"Authentication-Results: mx.firma.example; dmarc=pass header.from=mieter.example\r\n"
OURS = (
    b"Received: from mx.firma.example by imap.mx.firma.example with LMTP; Mon, 3 Nov 2025 08:15:02 +0100\r\n"
)
ENTRY = b"Received: from sender.example by mx.firma.example with ESMTPS; Mon, 3 Nov 2025 08:15:02 +0100\r\n"
FOREIGN = b"Received: from a by relay.evil.example; Mon, 3 Nov 2025 08:15:02 +0100\r\n"


def test_a_dmarc_pass_of_our_border_is_aligned() -> None:
    expected = Authentication(BORDER, True, ("dmarc=pass header.from=mieter.example",))
    assert authenticated(DMARC) == expected
    assert authenticated(OURS + ENTRY + DMARC + FOREIGN) == expected
    assert authenticated(DMARC.replace(b"mx.firma", b"MX.Firma")) == expected


@pytest.mark.parametrize(
    "fields",
    [
        b"",
        FOREIGN + DMARC,
        ENTRY + FOREIGN + DMARC,
        DMARC.replace(b"mx.firma", b"mx.evil"),
        DMARC.replace(b"mx.firma.example;", b"mx.firma.example.evil.example;"),
        DMARC.replace(b"=mieter", b"=evil"),
        DMARC.replace(b"pass", b"fail"),
        DMARC.replace(b"pass", b"none"),
        DMARC + DMARC.replace(b"pass", b"fail"),
        DMARC.replace(b"dmarc=pass", b"(dmarc=pass"),
        DMARC.replace(b"dmarc=pass", b'x="dmarc=pass'),
        b"X-Authentication-Results: mx.firma.example; dmarc=pass header.from=mieter.example\r\n",
        b"ARC-Authentication-Results: i=1; mx.firma.example; dmarc=pass header.from=mieter.example\r\n",
        b"Authentication-Results: mx.firma.example; spf=pass smtp.mailfrom=evil.example\r\n",
        b"Authentication-Results: mx.firma.example; spf=pass smtp.helo=mieter.example\r\n",
        b"Authentication-Results: mx.firma.example; dkim=pass header.d=evil.example\r\n",
        b"Authentication-Results: mx.firma.example; dkim=pass header.d=notmieter.example\r\n",
        b"Authentication-Results: mx.firma.example; dkim=pass header.d=example\r\n",
        b"Authentication-Results: mx.firma.example; dkim=fail header.d=mieter.example\r\n",
        b"Authentication-Results: mx.firma.example; none\r\n",
        b"Authentication-Results: mx.firma.example\r\n",
        b"Authentication-Results: ;;;\r\n",
    ],
)
def test_everything_else_is_not_aligned(fields: bytes) -> None:
    assert not authenticated(fields).aligned


@pytest.mark.parametrize(
    "result",
    [
        b"dkim=pass header.d=mieter.example",
        b"dkim=pass header.i=@post.mieter.example",
        b"dkim=fail header.d=x.example; dkim=pass (2048-bit key) header.d=mieter.example header.s=s1",
        b"spf=pass smtp.mailfrom=bounce@bounces.mieter.example",
        b"spf=pass (mx.firma.example: domain of petra@mieter.example designates 192.0.2.1 as permitted sender) smtp.mailfrom=petra@mieter.example; dkim=none",
    ],
)
def test_without_dmarc_an_aligned_dkim_or_spf_pass_is_enough(result: bytes) -> None:
    assert authenticated(b"Authentication-Results: mx.firma.example; " + result + b"\r\n").aligned


def test_an_author_who_is_nobody_is_never_aligned() -> None:
    assert not authenticated(DMARC, b"petra@mieter.example, evil@x.example").aligned


def test_without_a_border_nothing_is_believed() -> None:
    assert parse(DMARC + b"From: petra@mieter.example\r\n\r\n").auth == Authentication(None, False, ())


def test_results_of_a_hop_before_our_border_are_not_read() -> None:
    """Once our border has spoken, its next Received begins what came with the mail."""
    spf = b"Authentication-Results: mx.firma.example; spf=fail smtp.mailfrom=x.example\r\n"
    assert authenticated(spf + ENTRY + DMARC) == Authentication(
        BORDER, False, ("spf=fail smtp.mailfrom=x.example",)
    )
