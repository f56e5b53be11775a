"""What customers look at on our pages: their lists, a thread, their contracts. Reads only, and every read is bounded.

Who may see what is decided elsewhere (`routing.sharing`) and comes in as a `TicketFilter`; nothing here widens it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    not_,
    or_,
    select,
    union,
)

from mailroute.model.access import TicketFilter
from mailroute.model.letter import LetterState, Template
from mailroute.model.mail import Door, IntakeState
from mailroute.model.reply_tag import letter_id
from mailroute.model.search_words import asked_number, asked_words, have_words
from mailroute.model.thread import Thread, own_thread, thread_of
from mailroute.model.ticket import Event, Ticket
from mailroute.store import tables as t
from mailroute.store.columns import AnyRow
from mailroute.store.further import joined_by
from mailroute.store.search import few_with, having_words, newest_number
from mailroute.store.tickets import event_of, passes, ticket_of

PAGE = 25
_PORTION, _GROWS = 100, 4


class Shelf(StrEnum):
    """Whose tickets a list holds."""

    ALL = "all"
    MINE = "mine"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets of those that somebody sees. `words` are beginnings of words by which they know it, or its number."""

    shelf: Shelf = Shelf.ALL
    open_only: bool = False
    words: str = ""
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, newest first. `further` is the number to go on from, None at the end."""

    tickets: tuple[Ticket, ...]
    further: int | None


# The texts by which a reader may find a ticket.
KnownBy = Callable[[Ticket], Iterable[str]]


def by_subject(one: Ticket) -> tuple[str, ...]:
    """What everybody knows a ticket by who may see it."""
    return (one.subject,)


# --- lists ----------------------------------------------------------------------------------------------------


def ticket_page(
    conn: Connection,
    org: str,
    only: TicketFilter,
    wanted: Wanted,
    known_by: KnownBy = by_subject,
    *,
    before: int | None = None,
    size: int = PAGE,
) -> Page:
    """The newest tickets that fit, with numbers below `before`.

    The index knows a ticket by more than this reader does, such as the neighbours who wrote of the same concern: what it
    finds is looked at once more (`known_by`), or a search would answer what no page answers.
    """
    c = t.ticket.c
    joined = joined_by(conn, org, only.address)
    fits = _fits(wanted, _mine(only, joined))
    conditions = [c.organisation_id == org, _is_shown(only, joined, wanted), *fits, *_asked(conn, wanted)]
    listed = select(t.ticket).where(*conditions).order_by(c.number.desc())
    top = before if before is not None else newest_number(conn, org) + 1
    found: list[Ticket] = []
    for portion in _portions(conn, org, only, joined, wanted, top):
        rows = map(ticket_of, conn.execute(listed.where(portion)).all())
        found += islice((one for one in rows if _is_asked_for(one, wanted, known_by)), size + 1 - len(found))
        if len(found) > size:
            break
    shown = tuple(found[:size])
    return Page(shown, shown[-1].number if len(found) > size else None)


def _is_asked_for(one: Ticket, wanted: Wanted, known_by: KnownBy) -> bool:
    if not wanted.words or one.number == asked_number(wanted.words):
        return True
    return have_words(known_by(one), asked_words(wanted.words))


def _portions(
    conn: Connection, org: str, only: TicketFilter, joined: Sequence[int], wanted: Wanted, top: int
) -> Iterator[ColumnElement[bool]]:
    """Where to look, newest first, a little at first and then more: a page is nearly always in the first portion."""
    number, organisation = t.ticket.c.number, t.ticket.c.organisation_id
    portion, few = _PORTION, few_with(conn, org, asked_words(wanted.words))
    while True:
        here = select(number).where(organisation == org, number < top, *_asked(conn, wanted))
        numbers = conn.execute(_newest(here, only, joined, wanted, few, portion)).scalars().all()
        if numbers:
            yield number.in_(numbers)
        if len(numbers) < portion:
            return
        top, portion = numbers[-1], portion * _GROWS


def _newest(
    here: Select[int],
    only: TicketFilter,
    joined: Sequence[int],
    wanted: Wanted,
    few: Select[int] | None,
    most: int,
) -> Select[int]:
    """The newest tickets that may pass, each way by its index; `few` are all that have one of the words."""
    c = t.ticket.c
    if few is not None:
        found = here.where(
            or_(c.number.in_(few), c.number == asked_number(wanted.words)), _is_shown(only, joined, wanted)
        )
    elif wanted.contract is not None:
        found = here.where(c.contract == wanted.contract)
    else:
        # Sorted only when they are together: a way that is to be sorted is walked by number through everybody's tickets.
        found = select(union(*(here.where(way) for way in _ways(only, joined, wanted))).subquery().c.number)
    return found.order_by(found.selected_columns.number.desc()).limit(most)


def _is_shown(only: TicketFilter, joined: Sequence[int], wanted: Wanted) -> ColumnElement[bool]:
    """What they see, and where their own report was gathered in somebody else's ticket; of a contract that says nothing."""
    if wanted.contract is not None or not joined:
        return passes(only)
    return or_(passes(only), t.ticket.c.number.in_(joined))


def _ways(only: TicketFilter, joined: Sequence[int], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """By what tickets are theirs to see, each with an index."""
    c = t.ticket.c
    others = (only.shared_with | only.damages_shared_with) - {only.address}
    addresses = {
        Shelf.ALL: {only.address, *others},
        Shelf.MINE: {only.address},
        Shelf.SHARED: others,
    }[wanted.shelf]
    yield c.reporter_address.in_(sorted(addresses))
    if only.person is not None and wanted.shelf is not Shelf.SHARED:
        yield c.reporter_id == only.person[1]
    if joined and wanted.shelf is not Shelf.SHARED:
        yield c.number.in_(joined)
    if only.contracts and wanted.shelf is not Shelf.MINE:
        yield c.contract.in_(sorted(only.contracts))


def _fits(wanted: Wanted, mine: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    c = t.ticket.c
    found: list[ColumnElement[bool]] = []
    if wanted.shelf is not Shelf.ALL:
        found.append(mine if wanted.shelf is Shelf.MINE else not_(mine))
    if wanted.open_only:
        found.append(c.status != "closed")
    if wanted.contract is not None:
        found.append(c.contract == wanted.contract)
    return found


def _asked(conn: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the words that were typed ask for; text without any word, such as "%", asks for nothing that there is."""
    if not wanted.words:
        return []
    words, number = asked_words(wanted.words), asked_number(wanted.words)
    ways: list[ColumnElement[bool]] = [having_words(conn, words) if words else false()]
    return [or_(*ways, t.ticket.c.number == number)] if number is not None else ways


def _mine(only: TicketFilter, joined: Sequence[int]) -> ColumnElement[bool]:
    """The rows of their own tickets. A reporter without an id is nobody's by it: never NULL, or "not mine" would fail."""
    c = t.ticket.c
    by_address = or_(c.reporter_address == only.address, c.number.in_(joined))
    if only.person is None:
        return by_address
    kind, person = only.person
    return or_(by_address, and_(c.reporter_kind == kind.value, func.coalesce(c.reporter_id, "") == person))


# --- threads --------------------------------------------------------------------------------------------------

_KINDS = ("message-added", "answered", "asked", "closed", "reopened", "marked-read")
_SAID = (
    select(t.event)
    .where(
        t.event.c.organisation_id == bindparam("org"),
        t.event.c.number.in_(bindparam("numbers", expanding=True)),
        t.event.c.kind.in_(_KINDS),
    )
    .order_by(t.event.c.number, t.event.c.seq)
)
_LEFT = select(t.outbox.c.id).where(
    t.outbox.c.organisation_id == bindparam("org"),
    t.outbox.c.number.in_(bindparam("numbers", expanding=True)),
    t.outbox.c.template == Template.ANSWER.value,
    t.outbox.c.state.not_in(bindparam("states", expanding=True)),
)


_NOT_YET = (LetterState.WAITING.value, LetterState.STOPPED.value)
_NEVER = (LetterState.STOPPED.value,)


def threads(
    conn: Connection, org: str, tickets: Sequence[Ticket], *, waiting: bool = False
) -> dict[int, Thread]:
    """What customers may read of each of these tickets. `waiting`: also answers that the relay has not taken yet."""
    asked = {"org": org, "numbers": [one.number for one in tickets]}
    states = _NEVER if waiting else _NOT_YET
    said: dict[int, list[Event]] = {one.number: [] for one in tickets}
    for row in conn.execute(_SAID, asked) if tickets else ():
        said[row.number].append(event_of(row))
    left = (
        {_without_index(row.id) for row in conn.execute(_LEFT, {**asked, "states": states})}
        if tickets
        else set()
    )
    return {one.number: thread_of(one, said[one.number], _causes(said[one.number], left)) for one in tickets}


def own_threads(conn: Connection, org: str, address: str, numbers: Sequence[int]) -> dict[int, Thread]:
    """What a further reporter may read of each of these tickets."""
    said: dict[int, list[Event]] = {one: [] for one in numbers}
    for row in conn.execute(_SAID, {"org": org, "numbers": list(numbers)}) if numbers else ():
        said[row.number].append(event_of(row))
    return {one: own_thread(said[one], address) for one in numbers}


def _causes(events: Sequence[Event], left: set[str]) -> frozenset[str]:
    """Whose letters have left: their ids begin with the cause."""
    return frozenset(
        one.cause for one in events if _without_index(letter_id(one.organisation, one.cause, 0)) in left
    )


def _without_index(letter: str) -> str:
    return letter.rpartition("-")[0]


def seen(conn: Connection, org: str, address: str, tickets: Sequence[Ticket]) -> dict[int, int]:
    """Up to which event they have read each of these tickets; those never read are missing."""
    c = t.reading.c
    wanted = select(c.number, c.seen).where(
        c.organisation_id == org, c.address == address, c.number.in_([one.number for one in tickets])
    )
    return {row.number: row.seen for row in conn.execute(wanted)} if tickets else {}


# --- what became of a message ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message written on our pages: when it came, and the ticket that it belongs to, None until that is decided."""

    at: datetime
    decided: bool
    number: int | None


_ARRIVED = (
    select(t.delivery.c.received_at, t.intake.c.state, t.decision.c.number)
    .join_from(t.delivery, t.intake, t.intake.c.mail_id == t.delivery.c.mail_id)
    .join(t.decision, t.decision.c.intake_id == t.intake.c.id, isouter=True)
    .where(
        t.delivery.c.door == Door.WEB.value,
        t.delivery.c.door_key == bindparam("key"),
        t.intake.c.organisation_id == bindparam("org"),
    )
    .order_by(t.decision.c.id)
    .limit(1)
)


def arrived(conn: Connection, org: str, address: str, serial: str) -> Arrived | None:
    """What became of the message that an address sent with the form `serial`; None if there is none."""
    row: AnyRow | None = conn.execute(_ARRIVED, {"org": org, "key": f"web:{address}:{serial}"}).first()
    if row is None:
        return None
    return Arrived(row.received_at, row.state == IntakeState.DONE.value, row.number)
