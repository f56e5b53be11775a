"""Carry out what one of staff says about a ticket on the command line or on a page, where the login is the proof.

The same verbs as by mail, decided by the same function. On a page the answer stands before whoever asked, so no
receipt is mailed to them; everybody else is told exactly as by mail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.command import Command, CorrectProperty, Separate, Split
from mailroute.model.decision import Decision
from mailroute.model.directory import Found
from mailroute.model.facts import Facts
from mailroute.model.letter import Letter, Line, Template
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import Ticket
from mailroute.routing.child import may_be_asked
from mailroute.routing.decide_command import decide_command
from mailroute.routing.locate import locate_words
from mailroute.store import directory
from mailroute.store.apply import Applied, apply
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import found_by, gather_for_ticket, with_turns
from mailroute.store.neighbours import with_neighbours
from mailroute.store.numbers import reserve_number

_TRIES = 5
_SHOWN_ON_PAGES = (Template.RECEIPT, Template.PREVIEW)

# What is asked for may depend on the ticket as it is at that moment: who has it, which list it offers.
Asked = Callable[[Facts], Sequence[Command]]


@dataclass(frozen=True, slots=True)
class Given:
    """A command that was decided and written. `cause` names its events, letters and decision in the books.

    `lines` are the transcript: what was understood, what was done, what was not. What speaks for itself has none.
    """

    cause: str
    decision: Decision
    lines: tuple[Line, ...] = ()


def give(
    asked: Asked,
    number: int,
    actor: Staff,
    office: Office,
    *,
    store: Store,
    site: Site,
    clock: Clock,
    way: Literal["c", "w"],
    fresh: int | None = None,
    also: Callable[[Connection], None] | None = None,
) -> Given | None:
    """Decide and write; None if there is no such ticket. Commits.

    `way` is the command line ("c") or a page ("w"), `fresh` a number for what opens a ticket
    (`number_for`), `also` what is written in the same transaction. Raises Conflict if the ticket never stood still, TryLater if the store is gone.
    """
    organisation = office.ruleset.organisation.id
    for _ in range(_TRIES):
        now = clock()
        with store.read() as conn:
            facts = gather_for_ticket(conn, organisation, number)
            if facts.ticket is None:
                return None
            commands = tuple(asked(facts))
            found = _houses_named(conn, organisation, commands, site) or facts.found
            known = with_turns(conn, organisation, replace(facts, found=found, fresh_number=fresh))
            known = with_neighbours(conn, known, may_be_asked(office.rules, facts.ticket))
            decided = decide_command(known, commands, actor, office.rules, now)
            decision = _for_the_way(decided, way)
            given = Given(_cause(facts.ticket, way, now), decision, _transcript(decided))
            letters = letters_of(conn, decision, office, site, cause=given.cause, now=now)
        try:
            store.write(_writing(given, letters, now, also)).result()
        except Conflict:
            continue
        return given
    raise Conflict("the ticket kept changing")


def number_for(commands: Sequence[Command], organisation: str, store: Store) -> int | None:
    """A fresh ticket number if one of the commands opens a ticket. Commits."""
    if not any(isinstance(one, Split | Separate) for one in commands):
        return None
    return store.write(lambda tx: reserve_number(tx, organisation)).result()


def _cause(ticket: Ticket, way: str, now: datetime) -> str:
    # With the time: an act that changes nothing leaves the version, and its letter needs an id of its own.
    return f"{way}{ticket.number}-{ticket.version}-{int(now.timestamp() * 1_000_000)}"


def _houses_named(conn: Connection, org: str, commands: Sequence[Command], site: Site) -> Found | None:
    """What the words behind `objekt:` lead to; the lists of a page say an id. None: no command names any."""
    named = [one.name for one in commands if isinstance(one, CorrectProperty)]
    found = [found_by(conn, org, locate_words(one, None), None, site.names.of(conn, org)) for one in named]
    by_id = [house for one in named if (house := directory.property_by_id(conn, org, one)) is not None]
    if not found:
        return None
    return replace(found[-1], properties=tuple(dict.fromkeys((*by_id, *found[-1].properties))))


def _for_the_way(decision: Decision, way: str) -> Decision:
    if way == "c":
        return decision
    told = tuple(one for one in decision.notices if one.template not in _SHOWN_ON_PAGES)
    return replace(decision, notices=told)


def _transcript(decision: Decision) -> tuple[Line, ...]:
    shown = (one for one in decision.notices if one.template in _SHOWN_ON_PAGES)
    return tuple(line for one in shown for line in one.lines)


def _writing(
    given: Given, letters: Sequence[Letter], now: datetime, also: Callable[[Connection], None] | None
) -> Callable[[Connection], Applied]:
    """Transaction 2 for an act. Raises Conflict if somebody else changed the ticket meanwhile."""

    def work(tx: Connection) -> Applied:
        if also is not None:
            also(tx)
        return apply(tx, given.decision, letters, cause=given.cause, intake=None, timer=None, now=now)

    return work
