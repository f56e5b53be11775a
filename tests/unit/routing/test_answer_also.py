"""`an: x@y`: further readers of one answer, who become members of nothing (REQ-B7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailroute.model.access import Access
from mailroute.model.change import Answered, Drafted
from mailroute.model.command import Answer, AnswerAlso, NearMiss
from mailroute.model.decision import Decision
from mailroute.model.facts import Draft
from mailroute.model.grant import Member
from mailroute.model.letter import Notice, Template, Written
from mailroute.model.outside import Elsewhere
from mailroute.model.ruleset import Partner, Source
from mailroute.model.ticket import Party, PartyKind, Status
from mailroute.routing.commands import parse_commands
from mailroute.routing.work import Rules
from tests.support.deciding import MUELLER_PARTY, RULESET, colleague, in_ticket, says
from tests.support.factories import NOW, a_ticket
from tests.support.grants import a_grant

SCHMIDT = colleague("schmidt")
MINE = a_ticket(status=Status.ACCEPTED)
TEXT = "Guten Tag,\n\nder Dachdecker kommt am Freitag um acht Uhr."
PLAN = "architekt@plan.example"


def answers(decision: Decision) -> list[Notice]:
    return [one for one in decision.notices if one.template is Template.ANSWER]


def readers(decision: Decision) -> list[str]:
    return [one.to.address for one in answers(decision)]


@pytest.mark.parametrize(
    "said",
    [f"an: {PLAN}", f"To: {PLAN}", f"Auch an: {PLAN}", f"cc: {PLAN}", f"Bitte an: {PLAN}", f"An – {PLAN}"],
)
def test_the_answer_goes_to_the_reporter_and_to_whom_it_names(said: str) -> None:
    """REQ-B7."""
    decision = says(SCHMIDT, f"{said}\n\n{TEXT}", facts=in_ticket(MINE, SCHMIDT))
    assert readers(decision) == [MUELLER_PARTY.address, PLAN]
    assert decision.changes[-1] == Answered(MUELLER_PARTY.address, 1, text=TEXT, also=(PLAN,))
    theirs = answers(decision)[1]
    assert (theirs.text, theirs.in_reply_to, theirs.references) == (TEXT, None, ())
    [receipt] = [one for one in decision.notices if one.template is Template.RECEIPT]
    assert PLAN in receipt.lines[0].did


def test_several_addresses_are_named_once_each() -> None:
    [command] = parse_commands(f"an: {PLAN}, B@x.example; {PLAN}\n{TEXT}", ())
    assert command == AnswerAlso(f"an: {PLAN}, B@x.example; {PLAN}", (PLAN, "b@x.example"), TEXT)


def test_whoever_wrote_last_and_the_reporter_stay_the_default_and_are_told_once() -> None:
    """REQ-B7: the author of the last message and the reporter, whether named or not."""
    members = (Member(MUELLER_PARTY.address), Member("bob@mieter.example"))
    bob = Party(PartyKind.CUSTOMER, None, "Bob", "bob@mieter.example")
    facts = in_ticket(
        MINE,
        SCHMIDT,
        access=Access((a_grant(members=members, share_tickets=True),)),
        messages=(Written(1, bob, NOW, 1, 0),),
    )
    plain = says(SCHMIDT, TEXT, facts=facts)
    assert {one.to.address for one in plain.notices} == {MUELLER_PARTY.address, bob.address}
    named = says(SCHMIDT, f"an: {bob.address}, {MUELLER_PARTY.address}\n{TEXT}", facts=facts)
    told = [one.to.address for one in named.notices if one.template is not Template.RECEIPT]
    assert sorted(told) == sorted({MUELLER_PARTY.address, bob.address})


@pytest.mark.parametrize(
    ("to", "hint"),
    [
        ("huber@abc-hausverwaltung.example", "weiter an: huber"),
        ("service@abc-hausverwaltung.example", "eigenes Postfach"),
        ("info@sturm.example", "extern an"),
        (", ".join(f"a{n}@x.example" for n in range(6)), "mehr als 5"),
    ],
)
def test_colleagues_partners_our_inbox_and_crowds_are_refused_and_nothing_is_sent(to: str, hint: str) -> None:
    partner = Partner("sturm", "Sturm", "info@sturm.example", 1, None, "buero", Source("p", 1))
    rules = Rules(replace(RULESET, partners=(partner,)))
    decision = says(SCHMIDT, f"an: {to}\n\n{TEXT}", facts=in_ticket(MINE, SCHMIDT), rules=rules)
    assert answers(decision) == []
    [receipt] = decision.notices
    assert hint in receipt.lines[0].did


@pytest.mark.parametrize(
    "text",
    [
        "an: Frau Müller\n\nWir kommen.",
        "an: x@y\n\nWir kommen.",
        f"an: {PLAN}\n\nerledigt",
        f"an: {PLAN}\n\nnotiz: zahlt nie",
        f"an: {PLAN}\n\nBitte an Weber weiterleiten",
        f"an {PLAN}",
        f"an: {PLAN} bitte",
    ],
)
def test_what_is_not_clear_is_held_back(text: str) -> None:
    [command] = parse_commands(text, ())
    assert isinstance(command, NearMiss)


@pytest.mark.parametrize(
    "text",
    ["An diesem Freitag kommt der Dachdecker.", "To be honest, not before Friday.", "CC haben wir nicht."],
)
def test_ordinary_sentences_are_answers(text: str) -> None:
    assert parse_commands(text, ()) == (Answer(text),)


def test_without_words_nothing_is_sent() -> None:
    decision = says(SCHMIDT, f"an: {PLAN}", facts=in_ticket(MINE, SCHMIDT))
    assert answers(decision) == []
    assert "unter diese Zeile" in decision.notices[0].lines[0].did


def test_a_preview_keeps_to_whom_it_goes_until_senden() -> None:
    note = "Der Mieter ist seit drei Monaten mit der Miete im Rückstand"
    facts = replace(in_ticket(MINE, SCHMIDT), internal_texts=(note,))
    held = says(SCHMIDT, f"an: {PLAN}\n\n{note}.", facts=facts)
    assert isinstance(held.changes[-1], Drafted)
    assert held.changes[-1].also == (PLAN,)
    assert answers(held) == []
    draft = Draft(TEXT, 9, SCHMIDT.address, (PLAN,))
    sent = says(SCHMIDT, "senden", facts=replace(in_ticket(MINE, SCHMIDT), draft=draft))
    assert readers(sent) == [MUELLER_PARTY.address, PLAN]


def test_only_the_assignee_sends_it() -> None:
    huber = colleague("huber")
    decision = says(huber, f"an: {PLAN}\n\n{TEXT}", facts=in_ticket(MINE, huber))
    assert answers(decision) == []


def test_the_name_that_a_grant_hides_is_hidden_from_them_too() -> None:
    """REQ-C23."""
    access = Access((a_grant(members=(Member(MUELLER_PARTY.address),)),))
    decision = says(SCHMIDT, f"an: {PLAN}\n\n{TEXT}", facts=in_ticket(MINE, SCHMIDT, access=access))
    assert [one.author.name for one in answers(decision) if one.author] == ["", ""]


@pytest.mark.parametrize("text", [f"an: {PLAN}\n\n{TEXT}", f"an: {PLAN}"])
def test_while_a_partner_has_the_ticket_the_words_are_kept_and_nothing_is_sent(text: str) -> None:
    partner = Partner("sturm", "Sturm", "info@sturm.example", 1, None, "buero", Source("p", 1))
    rules = Rules(replace(RULESET, partners=(partner,)))
    ticket = a_ticket(status=Status.WITH_PARTNER, partner="sturm")
    decision = says(SCHMIDT, text, facts=in_ticket(ticket, SCHMIDT), rules=rules)
    assert answers(decision) == []
    assert decision.changes[0].kind == "noted"


def test_an_answer_of_a_child_goes_to_nobody_beside() -> None:
    """The ticket came from another organisation: answers leave through them alone."""
    ticket = replace(MINE, parent=Elsewhere("xyz", 10_001))
    decision = says(SCHMIDT, f"an: {PLAN}\n\n{TEXT}", facts=in_ticket(ticket, SCHMIDT))
    assert answers(decision) == []
