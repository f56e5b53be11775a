"""ARC: whose word about an earlier hop is taken. All of these mails come from a border of ours."""

import pytest

from mailroute.message.parse import parse
from mailroute.model.message import Authentication

BORDER = "mx.firma.example"
FORWARDER = "verteiler.example"
SEAL = f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d={FORWARDER}; s=x; b=abc"
FOUND = f"ARC-Authentication-Results: i=1; mx.{FORWARDER}; dmarc=pass header.from=mieter.example"
SAID = f"Authentication-Results: {BORDER}; arc=pass; dmarc=fail header.from=mieter.example"


def auth(*lines: str, forwarders: tuple[str, ...] = (FORWARDER,)) -> Authentication:
    head = [f"Received: from x by {BORDER}; today", *lines, "From: petra@mieter.example", "Subject: x"]
    return parse("\n".join([*head, "", "Text"]).encode(), borders=(BORDER,), forwarders=forwarders).auth


def test_what_a_trusted_forwarder_found_counts_where_the_border_found_its_seal_whole() -> None:
    found = auth(SAID, SEAL, FOUND)
    assert found.aligned
    assert found.border == BORDER
    assert found.results[-1] == "arc dmarc=pass header.from=mieter.example"


@pytest.mark.parametrize(
    "lines",
    [
        (SAID.replace("arc=pass", "arc=fail"), SEAL, FOUND),
        (SAID.replace("arc=pass; ", ""), SEAL, FOUND),
        (SAID, FOUND),
        (SAID, SEAL),
        (SAID, SEAL, SEAL, FOUND),
        (SAID, SEAL, FOUND, FOUND),
        (SAID, SEAL.replace(FORWARDER, "evil.example"), FOUND),
        (SAID, SEAL.replace(FORWARDER, f"evil-{FORWARDER}"), FOUND),
        (SAID, SEAL, FOUND.replace("pass", "fail")),
        (SAID, SEAL, FOUND.replace("mieter.example", "evil.example")),
        (
            SAID,
            SEAL,
            SEAL.replace("i=1", "i=2").replace(FORWARDER, "evil.example"),
            FOUND,
            FOUND.replace("i=1", "i=2"),
        ),
        (SAID, SEAL, FOUND, FOUND.replace("i=1", "i=2")),
        (SAID, SEAL.replace("i=1", "i=99"), FOUND.replace("i=1", "i=99")),
        (SAID, SEAL.replace("i=1; ", ""), FOUND.replace("i=1; ", "")),
        (SAID.replace(BORDER, "evil.example"), SEAL, FOUND),
    ],
)
def test_every_gap_in_the_chain_makes_it_worthless(lines: tuple[str, ...]) -> None:
    assert not auth(*lines).aligned


def test_nobody_is_a_forwarder_unless_somebody_said_so() -> None:
    assert not auth(SAID, SEAL, FOUND, forwarders=()).aligned


def test_results_below_a_hop_within_the_providers_own_network_are_the_borders() -> None:
    """Gmail: the last hop names no sender and an address of its own network."""
    mail = (
        "Received: by 2002:a05:6a10:1234:b0:5c2:1 with SMTP id x1csp1;\n Mon, 10 Nov 2025\n"
        f"Received: from m.mieter.example by {BORDER} with ESMTPS id x; today\n"
        f"Authentication-Results: {BORDER}; dmarc=pass header.from=mieter.example\n"
        "Received: from home by m.mieter.example; today\nFrom: petra@mieter.example\n\nText"
    )
    assert parse(mail.encode(), borders=(BORDER,)).auth.aligned
    below_a_foreign_hop = mail.replace(f"by {BORDER} with", "by m.evil.example with")
    assert not parse(below_a_foreign_hop.encode(), borders=(BORDER,)).auth.aligned
    after_an_earlier_hop = mail.replace(
        f"Authentication-Results: {BORDER}",
        f"Received: by 2002:a05:6a10:1:b0:5c2:1 with SMTP id y;\nAuthentication-Results: {BORDER}",
    )
    assert not parse(after_an_earlier_hop.encode(), borders=(BORDER,)).auth.aligned


def test_our_own_control_fields_from_outside_are_seen_by_no_rule() -> None:
    message = parse(
        b"From: a@b.example\nX-Mailroute-Ticket: 7\nX-Mailroute-Instance: abc\nX-Other: 1\n\nText"
    )
    assert [name for name, _ in message.headers] == ["from", "x-other"]
    assert message.instances == ("abc",)
    assert message.signals == ("foreign-control-header", "mailroute-instance")


@pytest.mark.parametrize(
    "found",
    [
        'spf=pass smtp.mailfrom="x smtp.mailfrom=petra@mieter.example y"@evil.example',
        'spf=pass smtp.mailfrom="x smtp.mailfrom=petra@mieter.example y@evil.example"',
        'dkim=pass header.d=evil.example header.i="x header.d=mieter.example y"@evil.example',
    ],
)
def test_a_quoted_value_holds_no_further_properties(found: str) -> None:
    """Whoever sends chooses the local part of the return path: it once spoke for any domain they liked."""
    mail = f"Authentication-Results: {BORDER}; {found}\nFrom: petra@mieter.example\n\nText"
    assert not parse(mail.encode(), borders=(BORDER,)).auth.aligned
