"""Decide stored mails again, with the facts that were kept beside their decisions. Writes nothing, sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailroute.flow.names import NamesByHeart
from mailroute.message.parse import parse
from mailroute.model.decision import Decision
from mailroute.model.facts import Facts
from mailroute.model.mail import Trust
from mailroute.routing.decide import decide_mail
from mailroute.routing.locate import locate
from mailroute.routing.work import Mail, Rules
from mailroute.store.engine import Connection
from mailroute.store.facts import found_by
from mailroute.store.replays import DecidedMail


@dataclass(frozen=True, slots=True)
class Side:
    """Rules, and the directory they are to be read with."""

    rules: Rules
    conn: Connection
    names: NamesByHeart


def read_again(mail: DecidedMail, trust: Trust, keys: tuple[bytes, ...] = ()) -> Mail:
    """The mail as this version of the program understands it."""
    envelope = replace(mail.envelope, borders=trust.borders)
    borders = trust.borders_behind(envelope.door, envelope.peer)
    message = parse(mail.content, borders=borders, forwarders=trust.forwarders, keys=keys)
    return Mail(envelope, message, locate(message, envelope))


def decide_as_then(read: Mail, mail: DecidedMail, rules: Rules) -> Decision:
    """What follows from exactly the facts of its day."""
    return decide_mail(read, mail.facts, rules, mail.at)


def decide_with(read: Mail, mail: DecidedMail, side: Side) -> tuple[Decision, bool]:
    """What would follow with other rules, and whether their directory knows something else than that of the day.

    Tickets, threads and letters are those of the day; who lives where and who is responsible is asked of the side's
    directory, as of now.
    """
    org = mail.envelope.organisation
    author = read.message.author.key if read.message.author else None
    found = found_by(side.conn, org, read.keys, author, side.names.of(side.conn, org))
    facts: Facts = replace(mail.facts, found=found)
    return decide_mail(read, facts, side.rules, mail.at), found != mail.facts.found
