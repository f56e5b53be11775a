"""Write what a decision means: the ONE place where a ticket changes, and one commit for all of it (design §4 step 9).

The crash case. Everything below happens under one savepoint of one transaction (writer.py): the ticket's events and
row, the finished letters, the timers, the decision with its trace, and the mark on the mail or timer that caused it.
A crash before the commit leaves the mail undecided and nothing else: it is decided again, from the same bytes, with
the same reserved number, into letters with the same ids. A crash after the commit leaves nothing to do but to send
what stands in the outbox. There is no moment at which a ticket exists and its notification does not, or the mail is
done and its ticket is not. Two workers with the same mail: the second finds it decided. Two decisions on the same
version of a ticket: the second finds another version. Both get `Conflict` and nothing of theirs is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from mailroute.errors import Broken, Conflict
from mailroute.model import limits
from mailroute.model.address import address_key
from mailroute.model.decision import Decision, Disposition, Routing, Step, StopLetters
from mailroute.model.letter import Letter, LetterState
from mailroute.model.mail import IntakeState
from mailroute.model.ticket import Event, MessageAdded, Party, Ticket, step
from mailroute.store import fates, timers, traffic
from mailroute.store import tables as t
from mailroute.store.absences import write_absences
from mailroute.store.codec import dumps
from mailroute.store.columns import insert_or_add, insert_or_skip, insert_or_update, message_key
from mailroute.store.daily import gather_lines
from mailroute.store.further import note_further
from mailroute.store.gathering import begin_gathering, take_turn
from mailroute.store.invitations import confirm
from mailroute.store.numbers import take_number
from mailroute.store.orders import take_numbers
from mailroute.store.outbox import add_letters, stop_letters
from mailroute.store.readers import give_to_read
from mailroute.store.search import note_words
from mailroute.store.tickets import (
    NO_TICKET,
    StoredDecision,
    decision_of,
    events,
    kept,
    ticket,
    ticket_for_change,
    tickets,
    write_events,
    write_ticket,
)

__all__ = [
    "AlreadyDecided",
    "Applied",
    "StoredDecision",
    "apply",
    "decision_of",
    "events",
    "ticket",
    "tickets",
]

_Trace = tuple[Step, ...]
_ADD_DECISION = insert(t.decision)
# Whose day "five a day" means: that of the people who get the letters.
_DAY_ZONE = ZoneInfo("Europe/Berlin")


class AlreadyDecided(Conflict):
    """Somebody else has decided this mail or timer meanwhile: there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written: the ticket's number if there is one, and the ids of the letters in the outbox."""

    number: int | None
    letters: tuple[str, ...]


def apply(
    tx: Connection,
    decision: Decision,
    letters: Sequence[Letter],
    *,
    cause: str,
    intake: int | None,
    timer: int | None,
    facts_note: str = "",
    now: datetime,
) -> Applied:
    """Write everything the decision means. `intake` or `timer` is what it was about, None for a command.

    Raises AlreadyDecided if that is no longer open, Conflict if the ticket has another version than the decision
    saw, or an allowance was used up meanwhile; then nothing is written.
    """
    if intake is not None:
        _finish_intake(tx, decision, intake, now)
    if timer is not None and not timers.fire(tx, timer, now):
        raise AlreadyDecided(f"timer t{timer} has fired or was cancelled")
    parts = _parts(decision)
    # In one order whoever decides: a yes locks the child first by itself, a time-out the parent.
    in_order = sorted(parts, key=lambda one: (one.organisation, one.number or 0))
    changed = [_change_ticket(tx, one, cause, now) for one in in_order]
    _remember_parties(tx, parts, letters, [one for one in changed if one is not None])
    _remember_message_ids(tx, parts, letters)
    if decision.gathering is not None:
        begin_gathering(tx, decision.organisation, decision.gathering)
    for one in parts:
        if one.organisation != decision.organisation:
            _cross_the_border(tx, one)
        for turn in one.turns:
            take_turn(tx, one.organisation, turn)
        gather_lines(tx, one.organisation, one.gathered, now)
    if len(parts) > 1:
        give_to_read(tx, decision.organisation, decision.changes)
    _stop(tx, decision, now)
    write_absences(tx, decision.organisation, decision.absences, actor=decision.actor, cause=cause, now=now)
    traffic.add(tx, decision.organisation, decision.counts, now)
    if decision.confirms is not None:
        confirm(tx, decision.organisation, decision.confirms, now)
    if letters:
        add_letters(tx, letters, _stopped_by_budget(tx, letters, now), now)
    _keep_decision(tx, decision, cause, intake, facts_note, now)
    for one in parts[1:]:
        _keep_decision(tx, one, cause, None, "", now)
    for one in parts:
        if one.number is not None and one.timers:
            timers.change(tx, one.organisation, one.number, one.timers, now)
    return Applied(decision.number, tuple(letter.id for letter in letters))


def _finish_intake(tx: Connection, decision: Decision, intake: int, now: datetime) -> None:
    holds = decision.disposition is Disposition.HOLD
    state = IntakeState.HELD if holds else IntakeState.DONE
    reason = decision.trace[-1].because if holds and decision.trace else None
    if not fates.finish(tx, intake, state, reason, now):
        raise AlreadyDecided(f"mail m{intake} is decided or held")


def _change_ticket(tx: Connection, decision: Decision, cause: str, now: datetime) -> Ticket | None:
    """Check the version, append the events, write the row they fold to; returns the ticket as it is then."""
    number, expected = decision.number, decision.expects_version
    if number is None or expected is None:
        if decision.changes:
            raise Broken("a decision changes a ticket that it does not name")
        return None
    before = ticket_for_change(tx, decision.organisation, number)
    if (before.version if before else 0) != expected:
        raise Conflict(f"T-{number} is no longer at version {expected}")
    if not decision.changes:
        return before
    new = [
        Event(decision.organisation, number, seq, now, decision.actor, cause, decision.ruleset, kept(change))
        for seq, change in enumerate(decision.changes, start=expected + 1)
    ]
    after = _fold(before, new)
    if not write_ticket(tx, before, after):
        raise Conflict(f"T-{number} is no longer at version {expected}")
    write_events(tx, new)
    note_words(tx, after, decision.changes)
    note_further(tx, decision.organisation, number, decision.changes)
    take_numbers(tx, decision.organisation, number, decision.changes)
    return after


def _parts(decision: Decision) -> tuple[Decision, ...]:
    """The decision, and what it means for further tickets, each as a decision of its own."""
    further = (
        replace(
            decision,
            organisation=one.organisation,
            ruleset=one.ruleset,
            actor=one.actor,
            disposition=Disposition.APPEND if one.expects_version else Disposition.OPEN,
            number=one.number,
            expects_version=one.expects_version,
            changes=one.changes,
            notices=(),
            timers=one.timers,
            trace=one.trace,
            routing=None,
            ticket=one.ticket,
            stop=StopLetters(),
            beside=(),
            turns=one.turns,
            gathered=one.gathered,
        )
        for one in decision.beside
    )
    return decision, *further


def _cross_the_border(tx: Connection, part: Decision) -> None:
    """What a ticket of another organisation needs: a number that nobody reserved there, and mails of ours to read."""
    if part.expects_version == 0 and part.number is not None:
        take_number(tx, part.organisation, part.number)
    give_to_read(tx, part.organisation, part.changes)


def _fold(before: Ticket | None, new: Sequence[Event]) -> Ticket:
    after = before
    try:
        for event in new:
            after = step(after, event)
    except ValueError as error:
        # The version was right, so the decision itself was wrong.
        raise Broken(str(error)) from error
    assert after is not None
    return after


def _stop(tx: Connection, decision: Decision, now: datetime) -> None:
    """Stop the letters that must not leave any more. One that has left meanwhile makes the decision void."""
    wanted = decision.stop.letters
    if wanted and set(stop_letters(tx, wanted, now)) != set(wanted):
        raise Conflict("a letter has left that was to be stopped")


def _remember_parties(
    tx: Connection, parts: Sequence[Decision], letters: Sequence[Letter], after: Sequence[Ticket]
) -> None:
    """Keep whom a reply token was made for: facts.py tries a token against each of them.

    Those of letters that belong to no ticket are kept under the number that no ticket has.
    """
    changed = {(one.organisation, one.number): one for one in after}
    opened = {(one.organisation, one.number) for one in parts if one.expects_version == 0}
    told: dict[tuple[str, int, str], dict[str, object]] = {}
    people: list[tuple[str, int, Party]] = [
        (one.organisation, one.number, one.reporter)
        for one in after
        if (one.organisation, one.number) in opened
    ]
    people += [
        (one.organisation, number, one.to)
        for one in letters
        for number in (one.number or NO_TICKET, *one.listed)
    ]
    for org, number, party in people:
        address = address_key(party.address)
        ticket = changed.get((org, number))
        if address:
            told[org, number, address] = {
                "organisation_id": org,
                "number": number,
                "address": address,
                "kind": party.kind.value,
                "party_id": party.id,
                "name": party.name,
                "since_version": 0 if ticket is None or party == ticket.reporter else ticket.version,
            }
    if told:
        # The latest letter says in which capacity somebody is addressed; when they joined stays.
        statement = insert_or_update(
            tx.dialect.name,
            t.ticket_party,
            ("organisation_id", "number", "address"),
            ("kind", "party_id", "name"),
        )
        tx.execute(statement, list(told.values()))


def _remember_message_ids(tx: Connection, parts: Sequence[Decision], letters: Sequence[Letter]) -> None:
    """Let References of later mails lead here, through the customer's own mails too."""
    seen = {(one.organisation, one.number, one.message_id) for one in letters if one.number is not None}
    for one in parts:
        for change in one.changes:
            if isinstance(change, MessageAdded) and change.message_id and one.number is not None:
                seen.add((one.organisation, one.number, change.message_id))
    if seen:
        tx.execute(
            insert_or_skip(tx.dialect.name, t.message_id),
            [
                {"organisation_id": org, "message_id": message_key(one), "number": number}
                for org, number, one in sorted(seen)
            ],
        )


def _stopped_by_budget(tx: Connection, letters: Sequence[Letter], now: datetime) -> LetterState | None:
    """Count the automatic letters. Above a person's allowance: Conflict, the decision must do without.

    Above the organisation's for this hour somebody is using us against others, or we write to ourselves: the letters
    are kept but stopped, for everybody to see; a decision has nothing to decide about that.
    """
    state: LetterState | None = None
    for letter in letters:
        if letter.acknowledges is None:
            continue
        address = {
            "organisation_id": letter.organisation,
            "address": address_key(letter.acknowledges),
            "day": local_day(now),
            "letters": 1,
        }
        per_day = insert_or_add(
            tx.dialect.name, t.acknowledgement, ("organisation_id", "address", "day"), "letters"
        )
        if tx.execute(per_day, address).scalar_one() > limits.ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY:
            raise Conflict("this address has had its acknowledgements for today")
        hour = now.replace(minute=0, second=0, microsecond=0)
        per_hour = insert_or_add(tx.dialect.name, t.automatic_letters, ("organisation_id", "hour"), "letters")
        row = {"organisation_id": letter.organisation, "hour": hour, "letters": 1}
        if tx.execute(per_hour, row).scalar_one() > limits.AUTOMATIC_LETTERS_PER_HOUR:
            state = LetterState.STOPPED
    return state


def local_day(now: datetime) -> date:
    """The day of the readers of our letters, which "five a day" counts in."""
    return now.astimezone(_DAY_ZONE).date()


def _keep_decision(
    tx: Connection, decision: Decision, cause: str, intake: int | None, facts_note: str, now: datetime
) -> None:
    routing = dumps(decision.routing, Routing) if decision.routing is not None else None
    tx.execute(
        _ADD_DECISION,
        {
            "organisation_id": decision.organisation,
            "intake_id": intake,
            "number": decision.number,
            "cause": cause,
            "at": now,
            "disposition": decision.disposition.value,
            "ruleset": decision.ruleset,
            "trace": dumps(decision.trace, _Trace),
            "routing": routing,
            "facts": facts_note,
        },
    )
