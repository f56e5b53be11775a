"""Decisions for tests, without store and daemon: a mail, the facts it meets, what follows.

The ticket is Herr Müller's T-10428, offered to Herr Schmidt (factories.py); `says` is a reply into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mailroute.model.address import Address
from mailroute.model.command import Command
from mailroute.model.decision import Decision, DueTimer, SetTimer, TimerKind
from mailroute.model.directory import Directory
from mailroute.model.facts import Facts, Proof
from mailroute.model.letter import Notice, Template
from mailroute.model.mail import Envelope
from mailroute.model.message import Authentication, Message
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Party, PartyKind, Status, Ticket
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide import decide_mail
from mailroute.routing.decide_command import decide_command
from mailroute.routing.decide_timer import decide_timer
from mailroute.routing.locate import locate
from mailroute.routing.work import Mail, Rules
from tests.support.factories import (
    NOW,
    a_directory,
    a_message,
    a_party,
    a_property,
    a_ruleset,
    a_ticket,
    an_envelope,
    found,
)

RULESET = a_ruleset()
RULES = Rules(RULESET)
ALIGNED = Authentication("mx.abc.example", aligned=True, results=("dmarc=pass",))
NOT_ALIGNED = Authentication("mx.abc.example", aligned=False, results=("dmarc=fail",))
EVIL = Address("", "evil@irgendwo.example")
MUELLER_PARTY = a_party()


def colleague(staff_id: str) -> Party:
    """Somebody of the firm as a party."""
    staff = RULESET.staff_by_id(staff_id)
    assert staff is not None
    return Party(PartyKind.STAFF, staff.id, staff.name, staff.address)


def address_of(party: Party) -> Address:
    """Where they write from."""
    return Address(party.name, party.address)


def decide(
    message: Message | None = None,
    facts: Facts | None = None,
    *,
    envelope: Envelope | None = None,
    directory: Directory | None = None,
    rules: Rules = RULES,
    now: datetime = NOW,
) -> Decision:
    """What follows from a mail. `facts` need not say what the directory knows: that is filled in."""
    message = message or a_message()
    sender = message.author.address if message.author else "somebody@irgendwo.example"
    envelope = envelope or an_envelope(sender)
    keys = locate(message, envelope)
    known = found(keys, directory or a_directory())
    base = facts or Facts()
    fresh = base.fresh_number or 10500
    return decide_mail(
        Mail(envelope, message, keys), replace(base, found=known, fresh_number=fresh), rules, now
    )


def in_ticket(ticket: Ticket | None = None, token_of: Party | None = None, **more: object) -> Facts:
    """The facts of a mail that carries the token made for `token_of`."""
    about = ticket or a_ticket()
    proof = None if token_of is None else Proof("reply-address", token_of)
    home = a_property()
    base = Facts(
        ticket=about,
        proof=proof,
        participants=(about.reporter,),
        place=(home, home.units[1], None),
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Facts' own


def says(
    who: Party,
    text: str,
    *,
    ticket: Ticket | None = None,
    token_of: Party | None = None,
    rules: Rules = RULES,
    envelope: Envelope | None = None,
    facts: Facts | None = None,
    now: datetime = NOW,
    **message: object,
) -> Decision:
    """`who` replies with `text` into the ticket, with their own token unless `token_of` says whose."""
    meant = facts or in_ticket(ticket, token_of or who)
    mail = a_message(text, "Re: Gebäudeschaden", address_of(who))
    mail = replace(mail, **{"message_id": "<reply@x.example>", **message})  # type: ignore[arg-type]  # Message's names
    return decide(mail, meant, rules=rules, envelope=envelope, now=now)


def commands(
    actor: str, text: str, ticket: Ticket | None = None, rules: Rules = RULES, **facts: object
) -> Decision:
    """The same from the command line."""
    staff = rules.ruleset.staff_by_id(actor)
    assert staff is not None
    spoken: Sequence[Command] = parse_commands(text, ())
    known = replace(in_ticket(ticket), **facts)  # type: ignore[arg-type]  # the names are Facts' own
    return decide_command(known, spoken, staff, rules, NOW)


def timer(kind: TimerKind, ticket: Ticket | None, rules: Rules = RULES, now: datetime = NOW) -> Decision:
    """A timer of the ticket comes due."""
    due = DueTimer(3, "abc", 10428, kind, now - timedelta(minutes=1))
    return decide_timer(due, in_ticket(ticket) if ticket else Facts(), rules, now)


def told(decision: Decision) -> list[tuple[Template, str]]:
    """Who is told what: (template, local part)."""
    return [(one.template, one.to.address.partition("@")[0]) for one in decision.notices]


def kinds(decision: Decision) -> list[str]:
    """The changes by name; a command that changed nothing is in the log and changes nothing."""
    return [one.kind for one in decision.changes if one.kind != "unchanged"]


def notice(decision: Decision, template: Template) -> Notice:
    """The one notice of that kind."""
    [one] = [one for one in decision.notices if one.template is template]
    return one


def timers_set(decision: Decision) -> set[TimerKind]:
    """The timers that run afterwards, of those the decision touched."""
    return {one.kind for one in decision.timers if isinstance(one, SetTimer)}


def with_features(*features: str, ruleset: Ruleset = RULESET) -> Rules:
    """The rules with features switched on."""
    return Rules(replace(ruleset, organisation=replace(ruleset.organisation, features=features)))


def statuses(*without: Status) -> Iterable[Status]:
    """Every status that a ticket can have."""
    return [one for one in Status if one is not Status.NONE and one not in without]
