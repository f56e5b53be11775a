"""Nobody can pass as somebody else: every known way of forging a sender, through reading and identification.

The mails hold a genuine token of the member of staff that is impersonated, as a forwarded letter would. Our border
works: it confirms what the attacker owns, and nothing else (reliability §4; espoofer, USENIX Security 2020; REQ-B3).
"""

import base64
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.clock import system_clock
from mailroute.flow.activate import open_installation
from mailroute.flow.process import claim, decide
from mailroute.flow.receive import receive
from mailroute.message.parse import parse
from mailroute.model.decision import Assurance, Sender
from mailroute.model.facts import Proof
from mailroute.model.mail import Delivery, Door
from mailroute.model.message import Message
from mailroute.model.ticket import PartyKind
from mailroute.routing.identify import identify
from mailroute.routing.locate import locate
from mailroute.settings import Settings
from tests.support.factories import a_party, a_ruleset, an_envelope, facts_about

BORDER = "mx.abc-hausverwaltung.example"
VICTIM = b"schmidt@abc-hausverwaltung.example"
EVIL = b"mallory@evil.example"
OF_VICTIM = b"abc-hausverwaltung.example"
ENTRY = b"Received: from evil.example by mx.abc-hausverwaltung.example with ESMTPS; Mon, 3 Nov 2025 08:15:02 +0100\r\n"
CONFIRMS_EVIL = (
    b"Authentication-Results: mx.abc-hausverwaltung.example; spf=pass smtp.mailfrom=evil.example;\r\n"
    b" dkim=pass header.d=evil.example; dmarc=pass header.from=evil.example\r\n"
)
CONFIRMS_NOBODY = b"Authentication-Results: mx.abc-hausverwaltung.example; spf=none smtp.mailfrom=evil.example; dmarc=fail header.from=abc-hausverwaltung.example\r\n"


def sender_of(message: Message) -> Sender:
    token = Proof("reply-address", a_party(PartyKind.STAFF, "schmidt", address=VICTIM.decode()))
    facts = facts_about(locate(message, an_envelope()), None, proof=token)
    return identify(message, facts, a_ruleset(), an_envelope(borders=(BORDER,)))[0]


def assert_not_believed(mail: bytes) -> None:
    message = parse(mail, borders=(BORDER,), forwarders=("verteiler.example",))
    sender = sender_of(message)
    is_victim = sender.party.id == "schmidt"
    assert not (is_victim and sender.assurance in (Assurance.TOKEN, Assurance.AUTHENTICATED)), message.author
    if message.auth.aligned:
        assert message.author is not None
        assert message.author.address.endswith("evil.example")


WORD = b"=?utf-8?b?" + base64.b64encode(VICTIM) + b"?="
SENDERS = [
    # several fields, several names
    b"From: " + VICTIM + b"\r\nFrom: " + EVIL, b"From: " + EVIL + b"\r\nFrom: " + VICTIM, b"From: " + EVIL + b"\r\nfrom: " + VICTIM,
    b"From : " + VICTIM + b"\r\nFrom: " + EVIL, b"From\t: " + VICTIM + b"\r\nFrom: " + EVIL, b" From: " + VICTIM + b"\r\nFrom: " + EVIL,
    b"From: " + EVIL + b"\r\n\x00From: " + VICTIM, b"\x00From: " + VICTIM + b"\r\nFrom: " + EVIL, b"X: y\r\n From: " + VICTIM + b"\r\nFrom: " + EVIL,
    b"From: " + EVIL + b"\rFrom: " + VICTIM, b"From: " + EVIL + b"\nFrom: " + VICTIM, b"From:\r\n" + VICTIM + b"\r\nFrom: " + EVIL,
    b"From: " + VICTIM + b", " + EVIL, b"From: " + EVIL + b", " + VICTIM, b"From: " + VICTIM + b"; " + EVIL, b"From: " + VICTIM + b" " + EVIL,
    b"From: <" + VICTIM + b">, <" + EVIL + b">", b"From: <" + VICTIM + b"><" + EVIL + b">", b"From: <" + EVIL + b"> <" + VICTIM + b">",
    b"From: <" + VICTIM + b"," + EVIL + b">", b"From: " + VICTIM + b"\r\n\t," + EVIL, b"From: " + VICTIM + b"\r\n <" + EVIL + b">",
    # comments, groups, routes, quotes
    b"From: " + VICTIM + b"(" + EVIL + b")", b"From: (" + EVIL + b")" + VICTIM, b"From: <" + EVIL + b"(" + VICTIM + b")>",
    b"From: <" + VICTIM + b"(<" + EVIL + b">)>", b"From: (" + VICTIM + b") <" + EVIL + b">", b"From: " + VICTIM + b"\\(" + EVIL,
    b"From: Staff: " + VICTIM + b";", b"From: Staff: " + VICTIM + b"; " + EVIL, b"From: x:;" + VICTIM, b"From: " + EVIL + b":" + VICTIM,
    b"From: <@evil.example:" + VICTIM + b">", b"From: <@abc-hausverwaltung.example:" + EVIL + b">", b"From: <" + VICTIM + b":" + EVIL + b">",
    b'From: "' + VICTIM + b'" <' + EVIL + b">", b'From: "' + VICTIM + b'"@evil.example', b'From: "' + VICTIM + b'\\" <' + EVIL + b">",
    b'From: "' + VICTIM + b'"<' + EVIL, b'From: "a\\"' + VICTIM + b'" <' + EVIL + b">", b"From: '" + VICTIM + b"' <" + EVIL + b">",
    b"From: schmidt%abc-hausverwaltung.example@evil.example", b"From: abc-hausverwaltung.example!schmidt@evil.example",
    b"From: schmidt@abc-hausverwaltung.example@evil.example", b"From: <schmidt@abc-hausverwaltung.example@evil.example>",
    b"From: schmidt@abc-hausverwaltung.example>@evil.example", b"From: <<" + VICTIM + b">>", b"From: <" + VICTIM + b"> x <" + EVIL + b">",
    b"From: " + VICTIM + b" <" + EVIL + b">", b"From: " + EVIL + b" <" + VICTIM, b"From: " + VICTIM + b">", b"From: <" + VICTIM,
    # encodings
    b"From: " + WORD, b"From: <" + WORD + b">", b"From: " + WORD + b" <" + EVIL + b">", b"From: =?utf-8?q?schmidt?=@abc-hausverwaltung.example",
    b"From: =?utf-8?q?schmidt=40abc-hausverwaltung=2Eexample=3E?= <" + EVIL + b">", b"From: =?utf-8?q?=22?= <" + VICTIM + b">, " + EVIL,
    b"From: schmidt=?utf-8?q?=40?=abc-hausverwaltung.example", b"From: <schmidt@abc-hausverwaltung.example=?utf-8?q?=2C?=" + EVIL + b">",
    b"From: =?utf-7?q?+AHM-chmidt?=@abc-hausverwaltung.example", b"From: " + VICTIM + b"=?utf-8?q?=00?=.evil.example",
    # bytes that somebody cuts at, skips or folds
    b"From: " + VICTIM + b"\x00" + EVIL, b"From: " + VICTIM + b"\x00.evil.example", b"From: schmidt\x00@abc-hausverwaltung.example",
    b"From: " + VICTIM + b"\x01", b"From: " + VICTIM + b"\x7f", b"From: sch\x08midt@abc-hausverwaltung.example", b"From: " + VICTIM + b"\x0b" + EVIL,
    b"From: schmidt@abc-\r\n hausverwaltung.example", b"From: schmidt\r\n @abc-hausverwaltung.example", b"From: schmidt @abc-hausverwaltung.example",
    b"From: schmidt@ abc-hausverwaltung.example", b"From: " + VICTIM + b"\r\n .evil.example", b"From: " + b"a" * 3000 + b" <" + VICTIM + b">",
    # letters that look or fold alike
    "From: schmidt@abc-hausverwaltung。example".encode(), "From: schmidt@ａbc-hausverwaltung.example".encode(),
    "From: schmidt@abc\u00ad-hausverwaltung.example".encode(), "From: schmidt@abc\u200b-hausverwaltung.example".encode(),
    "From: schmidt@аbc-hausverwaltung.example".encode(), "From: schmidt@\u202eabc-hausverwaltung.example".encode(),
    "From: ſchmidt@abc-hausverwaltung.example".encode(), "From: ｓchmidt@abc-hausverwaltung.example".encode(),
    b"From: schmidt@abc-hausverwaltung.example.", b"From: schmidt@.abc-hausverwaltung.example", b"From: .schmidt@abc-hausverwaltung.example",
    b"From: schmidt@xn--abc-hausverwaltung-.example", b"From: schmidt@abc-hausverwaltung.example.evil.example", b"From: schmidt@evil.example",
    # other fields than From
    b"Sender: " + VICTIM + b"\r\nFrom: " + EVIL, b"Reply-To: " + VICTIM + b"\r\nFrom: " + EVIL, b"Return-Path: <" + VICTIM + b">\r\nFrom: " + EVIL,
    b"Resent-From: " + VICTIM + b"\r\nFrom: " + EVIL, b"Resent-Sender: " + VICTIM, b"X-From: " + VICTIM, b"Sender: " + VICTIM, b"From:",
    b"From: " + EVIL + b"\r\nX-Mailroute-Login: " + VICTIM, b"X-Mailroute-Instance: x\r\nFrom: " + VICTIM, b"From: " + VICTIM,
]  # fmt: skip


@pytest.mark.parametrize("said", [CONFIRMS_EVIL, CONFIRMS_NOBODY, b""], ids=["evil", "nobody", "nothing"])
@pytest.mark.parametrize("sender", SENDERS)
def test_no_from_makes_an_attacker_a_member_of_staff(sender: bytes, said: bytes) -> None:
    """Also where the border is silent about this mail: the site has one, so its silence is no yes."""
    message = parse(said + ENTRY + sender + b"\r\nSubject: x\r\n\r\nannehmen", borders=(BORDER,))
    assert_not_believed(said + ENTRY + sender + b"\r\nSubject: x\r\n\r\nannehmen")
    if said == CONFIRMS_EVIL and message.author is not None and message.author.address != EVIL.decode():
        assert not message.auth.aligned or message.author.address.endswith("evil.example")


FORGED = b"Authentication-Results: mx.abc-hausverwaltung.example; dmarc=pass header.from=abc-hausverwaltung.example\r\n"
OUR_ID = b"mx.abc-hausverwaltung.example"
HOP = b"Received: from x by relay.evil.example; Mon, 3 Nov 2025 08:15:02 +0100\r\n"
# What the attacker writes; the border's own words stand above.
RESULTS = [
    FORGED, HOP + FORGED, FORGED + HOP, FORGED * 20, HOP + ENTRY + FORGED, ENTRY + FORGED, FORGED.lower(), FORGED.upper(),
    FORGED.replace(b"Results:", b"Results :"), FORGED.replace(b"Results: ", b"Results:\r\n "), b"\r" + FORGED, b" " + FORGED,
    FORGED.replace(OUR_ID, OUR_ID + b" 1"), FORGED.replace(OUR_ID, OUR_ID + b"/1"), FORGED.replace(OUR_ID, b'"' + OUR_ID + b'"'),
    FORGED.replace(OUR_ID, b"(x) " + OUR_ID), FORGED.replace(OUR_ID, OUR_ID + b"."), FORGED.replace(OUR_ID, OUR_ID.upper()),
    FORGED.replace(b"Authentication-", b"ARC-Authentication-"), FORGED.replace(b"Authentication-", b"X-Authentication-"),
    FORGED.replace(b"-", b"_"), b"Received: by mx.abc-hausverwaltung.example; today\r\n" + FORGED,
    b"Received: from x by mx.abc-hausverwaltung.example.evil.example; today\r\n" + FORGED,
    b"Received: from (by mx.abc-hausverwaltung.example) by relay.evil.example; today\r\n" + FORGED,
]  # fmt: skip


@pytest.mark.parametrize("forged", RESULTS)
@pytest.mark.parametrize("said", [CONFIRMS_EVIL, CONFIRMS_NOBODY], ids=["evil", "nobody"])
def test_results_that_came_with_the_mail_are_not_believed(forged: bytes, said: bytes) -> None:
    assert_not_believed(said + ENTRY + forged + b"From: " + VICTIM + b"\r\n\r\nannehmen")


# What an attacker can put into a field that our border itself writes: their names and addresses stand in it.
TRICKS = [
    b'spf=pass smtp.mailfrom="x smtp.mailfrom=a@abc-hausverwaltung.example y"@evil.example',
    b'spf=pass smtp.mailfrom="; dmarc=pass header.from=abc-hausverwaltung.example"@evil.example',
    b"spf=pass (evil.example; dmarc=pass header.from=abc-hausverwaltung.example) smtp.mailfrom=evil.example",
    b"spf=pass (a\\) dmarc=pass header.from=abc-hausverwaltung.example) smtp.mailfrom=evil.example",
    b'spf=pass reason="dmarc=pass header.from=abc-hausverwaltung.example" smtp.mailfrom=evil.example',
    b"spf=pass smtp.helo=abc-hausverwaltung.example", b"spf=pass smtp.mailfrom=abc-hausverwaltung.example.evil.example",
    b"spf=pass smtp.mailfrom=schmidt@abc-hausverwaltung.example@evil.example", b"spf=pass smtp.mailfrom=evil-abc-hausverwaltung.example",
    b"spf=softfail smtp.mailfrom=abc-hausverwaltung.example", b"spf=neutral smtp.mailfrom=abc-hausverwaltung.example",
    b"dkim=pass header.d=example", b"dkim=pass header.d=evil.example header.i=@abc-hausverwaltung.example", b"dkim=pass header.s=abc-hausverwaltung.example",
    b"dkim=pass header.b=abc-hausverwaltung.example", b"dkim=policy header.d=abc-hausverwaltung.example", b"dkim=fail header.d=abc-hausverwaltung.example; dkim=pass header.d=evil.example",
    b"dkim=pass header.d=abc-hausverwaltung.example; dmarc=fail header.from=abc-hausverwaltung.example",
    b"dmarc=pass header.from=evil.example", b"dmarc=pass (p=none) header.from=evil.example; dmarc=fail header.from=abc-hausverwaltung.example",
    b"dmarc=bestguesspass header.from=abc-hausverwaltung.example", b"dmarc=temperror header.from=abc-hausverwaltung.example",
    b"x-dmarc=pass header.from=abc-hausverwaltung.example", b"iprev=pass policy.iprev=192.0.2.1", b"auth=pass smtp.auth=schmidt",
    b"arc=pass; dmarc=fail header.from=abc-hausverwaltung.example", b"(dmarc=pass header.from=abc-hausverwaltung.example", b"none",
    b"dmarc/1=pass", b"dmarc = fail", b"=pass", b"dmarc=", b";;;;", b"\xff\xfe", b"dmarc=pass\x00 header.from=evil.example",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_within_the_words_of_our_border_is_believed(trick: bytes) -> None:
    said = b"Authentication-Results: mx.abc-hausverwaltung.example; " + trick + b"\r\n"
    assert_not_believed(said + ENTRY + b"From: " + VICTIM + b"\r\n\r\nannehmen")


CHAIN = (
    b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=%s; s=x; b=abc\r\nARC-Message-Signature: i=1; d=%s; b=abc\r\n"
    b"ARC-Authentication-Results: i=1; mx.verteiler.example; dmarc=pass header.from=abc-hausverwaltung.example\r\n"
)


@pytest.mark.parametrize(
    ("arc", "sealer"),
    [
        (b"arc=fail", b"verteiler.example"), (b"arc=none", b"verteiler.example"), (b"arc=pass; arc=fail", b"verteiler.example"),
        (b"x-arc=pass", b"verteiler.example"), (b"(arc=pass)", b"verteiler.example"), (b"arc=pass", b"evil.example"),
        (b"arc=pass", b"verteiler.example.evil.example"), (b"arc=pass", b"evil-verteiler.example"), (b"arc=pass", b"sub.verteiler.example"),
        (b"arc=pass", b""), (b"arc=pass", b"verteiler.example; d=evil.example"),
    ],
)  # fmt: skip
def test_no_chain_of_seals_is_believed_that_our_border_does_not_confirm(arc: bytes, sealer: bytes) -> None:
    said = (
        b"Authentication-Results: mx.abc-hausverwaltung.example; dmarc=fail header.from=abc-hausverwaltung.example; "
        + arc
        + b"\r\n"
    )
    chain = CHAIN % (sealer, sealer)
    if sealer == b"verteiler.example; d=evil.example":  # two domains in one seal: neither is believed
        assert not parse(
            said + ENTRY + chain + b"From: " + VICTIM + b"\r\n\r\n",
            borders=(BORDER,),
            forwarders=("verteiler.example",),
        ).auth.aligned
    assert_not_believed(said + ENTRY + chain + b"From: " + VICTIM + b"\r\n\r\nannehmen")


@pytest.mark.parametrize(("peer", "is_believed"), [("127.0.0.1", True), ("8.8.8.8", False)])
def test_nobody_comes_past_our_border_through_an_open_door(
    peer: str, is_believed: bool, tmp_path: Path
) -> None:
    """Whoever knocks at an SMTP door from the internet writes all fields, ours on top too (reliability §4)."""
    mail = CONFIRMS_EVIL.replace(b"evil.example", OF_VICTIM) + ENTRY + b"From: " + VICTIM + b"\r\n\r\nText"
    installation = open_installation(
        Settings(state=tmp_path, rules=(shipped.path("rules"),), borders=(BORDER,))
    )
    delivery = Delivery(
        Door.SMTP, VICTIM.decode(), ("service@abc-hausverwaltung.example",), mail, system_clock(), peer
    )
    try:
        receive(delivery, installation.store, installation.site.inboxes).result()
        [claimed] = claim(installation.store, "test", system_clock())
        with installation.store.read() as conn:
            message, _, decision = decide(conn, claimed, installation.site, system_clock())
    finally:
        installation.store.close()
    assert message.auth.aligned is is_believed
    assert any("confirmed the domain" in step.because for step in decision.trace) is is_believed


def test_the_member_of_staff_is_believed() -> None:
    """The table above would also pass if nobody ever were."""
    said = CONFIRMS_EVIL.replace(b"evil.example", OF_VICTIM)
    sender = sender_of(parse(said + ENTRY + b"From: " + VICTIM + b"\r\n\r\n", borders=(BORDER,)))
    assert sender.assurance is Assurance.TOKEN
    assert sender.party.id == "schmidt"
