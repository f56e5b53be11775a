"""Firms that are known by their domain: a partner with those below it, a tenant or owner exactly. Only whole labels count,
and a domain in a From opens nothing by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailroute.model.decision import Assurance, Matched, Sender
from mailroute.model.directory import Directory
from mailroute.model.message import Authentication, Message
from mailroute.model.ruleset import Partner, Ruleset, Source
from mailroute.model.ticket import Party, PartyKind, Status
from mailroute.routing.identify import identify
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.routing.work import Rules
from tests.support.deciding import NOT_ALIGNED, decide, in_ticket, kinds
from tests.support.factories import (
    NOW,
    TODAY,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_ruleset,
    a_ticket,
    an_envelope,
    facts_about,
    found,
)

HOUSES = (a_property("rosen-7", "Rosenweg", "7", "WE 01"),)


def decided(message: Message, directory: Directory, ruleset: Ruleset | None = None) -> tuple[Sender, Matched]:
    """Identified and matched, as the stations of a decision do it."""
    keys = locate(message, an_envelope(message.from_[0].address))
    facts = facts_about(keys, directory)
    sender, _ = identify(message, facts, ruleset or a_ruleset(), an_envelope(message.from_[0].address))
    return sender, match(keys, found(keys, directory), sender, TODAY)


DACH = Partner(
    "dach", "Dach GmbH", "auftrag@dach.example", 1, None, "buero", Source("p", 1), (), ("dach.example",)
)
BY_DOMAIN = replace(a_ruleset(), partners=(DACH,))


@pytest.mark.parametrize(
    "address",
    [
        "x@evildach.example",
        "x@evil-dach.example",
        "x@dach.example.evil.example",
        "x@dach.example.com",
        "x@example",
        "dach.example@evil.example",
        "x@dach.evil.example",
        "x@dach-example.evil.example",
    ],
)
def test_a_domain_that_only_looks_like_a_firms_is_a_strangers(address: str) -> None:
    """Neither a partner's domain nor a tenant's: nothing counts but whole labels from the right."""
    tenant = a_directory(HOUSES, [a_person("dach", "Dach GmbH", "@dach.example", "rosen-7")])

    for ruleset, directory in ((BY_DOMAIN, a_directory(HOUSES, ())), (None, tenant)):
        sender, result = decided(a_message("Angebot", "", address), directory, ruleset)
        assert sender.party == Party(PartyKind.UNKNOWN, None, "", address)
        assert result.property is None


def test_a_partners_domain_covers_those_below_it_and_a_tenants_covers_itself() -> None:
    tenant = a_directory(HOUSES, [a_person("dach", "Dach GmbH", "@dach.example", "rosen-7")])
    below = a_message("Angebot", "", "x@sued.dach.example")

    partner = decided(below, a_directory(HOUSES, ()), BY_DOMAIN)[0].party
    assert (partner.kind, partner.name) == (PartyKind.PARTNER, "Dach GmbH")
    assert decided(below, tenant)[0].party.kind is PartyKind.UNKNOWN


@pytest.mark.parametrize("auth", [NOT_ALIGNED, Authentication(None, False, ())])
def test_a_firms_domain_in_an_unproven_from_is_what_somebody_says_and_opens_nothing(
    auth: Authentication,
) -> None:
    """Not even the order that the firm got: its token is asked for, in the hands of the firm's own address."""
    mail = a_message("annehmen", "Re: Auftrag", "monteur@dach.example", auth=auth)
    firm = Party(PartyKind.PARTNER, "dach", "Dach GmbH", "auftrag@dach.example")
    asked = a_ticket(status=Status.PARTNER_ASKED, partner="dach", partner_due=NOW)

    decision = decide(mail, in_ticket(asked, firm), rules=Rules(BY_DOMAIN))
    assert decision.routing.sender.assurance is Assurance.ADDRESS
    assert "partner-accepted" not in kinds(decision)
    assert [one for one in decision.notices if one.to.address == "monteur@dach.example"] == []
