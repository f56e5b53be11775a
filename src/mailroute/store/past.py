"""The past of one ticket as a decision may know it: its mails, notes, draft, people, and what staff last did."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, bindparam, select

from mailroute.model.address import address_key
from mailroute.model.directory import Contract, Person, Property, Unit
from mailroute.model.facts import Act, Changed, Draft, Facts, Offer, Sending
from mailroute.model.letter import LetterState, Written
from mailroute.model.reply_tag import letter_id
from mailroute.model.ticket import (
    TAKEN_BACK,
    Alarmed,
    Answered,
    CalledOff,
    ChangesTold,
    Corrected,
    Drafted,
    Event,
    MessageAdded,
    Noted,
    Offered,
    Party,
    PartyKind,
    Ticket,
    Undone,
    fold,
)
from mailroute.store import directory
from mailroute.store import tables as t
from mailroute.store.concerns import led_to, waiting_in
from mailroute.store.lists import WaitingList
from mailroute.store.orders import next_order, orders_of
from mailroute.store.ready import Ready
from mailroute.store.spoken import spoken
from mailroute.store.tickets import event_of, events, parties

# A thread may have thousands of mails; whoever is given the ticket needs its beginning and its end.
_MESSAGES = 20
_UNTOLD = 50

_SAID = Ready(
    select(t.event)
    .where(
        t.event.c.organisation_id == bindparam("org"),
        t.event.c.number == bindparam("number"),
        t.event.c.kind.in_(
            [
                "message-added",
                "noted",
                "drafted",
                "answered",
                "closed",
                "undone",
                "offered",
                "corrected",
                "changes-told",
                "alarmed",
                "called-off",
            ]
        ),
    )
    .order_by(t.event.c.seq)
)


def of_ticket(conn: Connection, about: Ticket | None, *, acts: bool) -> Facts:
    """The past of one ticket. `acts`: also what its staff last did, which only they may take back."""
    if about is None:
        return Facts()
    said = _said(conn, about)
    question, concern, further = waiting_in(conn, about)
    return Facts(
        ticket=about,
        participants=_participants(conn, about),
        place=_place(conn, about),
        messages=said.messages,
        internal_texts=said.notes,
        draft=said.draft,
        untold=said.untold,
        unanswered=said.unanswered,
        ruled_out=said.ruled_out,
        offer=_offer(conn, about, said.offered) if said.offered else None,
        alarmed=said.alarmed,
        called_off=said.called_off,
        acts=_acts(conn, about) if acts else (),
        spoken=spoken(conn, about) if acts else (),
        question=question,
        concern=concern,
        further=further,
        contact=_contact(conn, about) if acts else None,
        orders=orders_of(conn, about),
        next_order=next_order(conn, about.organisation) if acts else 1,
    )


def _contact(conn: Connection, about: Ticket) -> Person | None:
    reporter = about.reporter
    return directory.person_by_id(conn, about.organisation, reporter.id) if reporter.id else None


@dataclass(frozen=True, slots=True)
class _Said:
    """Mails from outside, internal notes, the last draft that was neither sent nor overtaken by another answer, the
    last list that nobody has picked from, what of staff's changes nobody has been told, whether nobody outside has
    written since our last answer, the kinds of matter that somebody said it is not, who was alarmed, and who of them
    has had the all-clear since.
    """

    messages: tuple[Written, ...]
    notes: tuple[str, ...]
    draft: Draft | None
    offered: Offered | None
    untold: tuple[Changed, ...]
    unanswered: bool
    ruled_out: tuple[str, ...]
    alarmed: tuple[str, ...]
    called_off: tuple[str, ...]


def _said(conn: Connection, about: Ticket) -> _Said:
    messages: list[Written] = []
    notes: list[str] = []
    draft: Draft | None = None
    waiting = WaitingList()
    untold: list[Changed] = []
    unanswered = False
    corrections: list[str] = []
    alarmed: dict[str, None] = {}
    called_off: dict[str, None] = {}
    for row in _SAID.ask(conn, org=about.organisation, number=about.number):
        event = event_of(row)
        waiting.follow(event.change)
        if isinstance(event.change, ChangesTold):
            untold = [one for one in untold if one.seq > event.change.seq]
        elif (changed := _changed(event)) is not None:
            untold.append(changed)
        unanswered = isinstance(event.change, Answered) or (
            unanswered and not isinstance(event.change, MessageAdded)
        )
        match event.change:
            case ChangesTold() | Offered():
                pass
            case MessageAdded() as mail:
                messages.append(
                    Written(mail.intake, mail.author, event.at, len(messages) + 1, mail.attachments)
                )
            case Noted(text=text):
                notes.append(text)
            case Drafted(text=text, intake=intake, also=also):
                draft = Draft(text, intake, address_key(event.actor.address), also)
            case Alarmed(to=to):
                alarmed |= dict.fromkeys(to)
                called_off = {one: None for one in called_off if one not in to}
            case CalledOff(to=to):
                alarmed = {one: None for one in alarmed if one not in to}
                called_off |= dict.fromkeys(to)
            case Corrected(what=what, old=old, new=new):
                corrections.append(old if what == "case-type" and old != new else "")
            case Undone(what=what) if "corrected" in what:
                draft = None
                del corrections[-what.count("corrected") :]
            case _:
                draft = None
    shown = messages if len(messages) <= _MESSAGES else [messages[0], *messages[1 - _MESSAGES :]]
    return _Said(
        messages=tuple(shown),
        notes=tuple(notes),
        draft=draft,
        offered=waiting.offered,
        untold=tuple(untold[-_UNTOLD:]),
        unanswered=unanswered,
        ruled_out=tuple(filter(None, corrections)),
        alarmed=tuple(alarmed),
        called_off=tuple(called_off),
    )


# Nothing proves who wrote the first, and the second is a machine's.
_NOBODYS_WORDS = frozenset({"unconfirmed", "automatic reply"})


def _changed(event: Event) -> Changed | None:
    """A note or correction of staff, as others are to hear of it."""
    change = event.change
    if not event.actor.is_staff or not isinstance(change, Noted | Corrected):
        return None
    if isinstance(change, Noted) and change.why in _NOBODYS_WORDS:
        return None
    return Changed(event.seq, event.at, event.actor, change)


def _offer(conn: Connection, about: Ticket, offered: Offered) -> Offer:
    houses, contracts = led_to(conn, about.organisation, offered.choices)
    return Offer(offered.to, offered.choices, houses, contracts)


def _participants(conn: Connection, about: Ticket) -> tuple[Party, ...]:
    reporter = about.reporter
    others = parties(conn, about.organisation, about.number)
    return (reporter, *(one for one in others if one.address != address_key(reporter.address)))


def _place(conn: Connection, about: Ticket) -> tuple[Property | None, Unit | None, Contract | None]:
    org, place = about.organisation, about.place
    return (
        directory.property_by_id(conn, org, place.property) if place.property else None,
        directory.unit_by_id(conn, org, place.unit) if place.unit else None,
        directory.contract_by_id(conn, org, place.contract) if place.contract else None,
    )


# --- what staff last did --------------------------------------------------------------------------------------


def _acts(conn: Connection, about: Ticket) -> tuple[Act, ...]:
    """The last commands of everybody who gave any: those of one mail together."""
    past = events(conn, about.organisation, about.number)
    last: dict[str, tuple[Event, ...]] = {}
    for _, group in groupby(past, key=lambda one: one.cause):
        together = tuple(group)
        actor = together[0].actor
        if actor.kind is PartyKind.STAFF and actor.id and any(_counts(one) for one in together):
            last[actor.id] = together
    return tuple(_act(conn, about, past, together) for together in last.values())


def _counts(event: Event) -> bool:
    return isinstance(event.change, (*TAKEN_BACK, Undone))


def _act(conn: Connection, about: Ticket, past: tuple[Event, ...], together: tuple[Event, ...]) -> Act:
    first, last = together[0], together[-1]
    before = fold(past[: first.seq - 1])
    assert before is not None
    return Act(
        by=first.actor.id or "",
        at=first.at,
        changes=tuple(one.change for one in together),
        before=before,
        since=tuple(one.change.kind for one in past[last.seq :]),
        letters=_sendings(conn, about, letter_id(about.organisation, first.cause, 0)[:-1]),
    )


_LETTERS = select(
    t.outbox.c.id, t.outbox.c.template, t.outbox.c.to_kind, t.outbox.c.to_id, t.outbox.c.to_name,
    t.outbox.c.to_address, t.outbox.c.state,
).where(t.outbox.c.organisation_id == bindparam("org"), t.outbox.c.number == bindparam("number"))  # fmt: skip
_NEVER_LEFT = (LetterState.WAITING.value, LetterState.FAILED.value, LetterState.STOPPED.value)


def _sendings(conn: Connection, about: Ticket, prefix: str) -> tuple[Sending, ...]:
    """The letters of the mail or command whose letters are named `prefix` and a number."""
    rows = conn.execute(_LETTERS, {"org": about.organisation, "number": about.number})
    return tuple(
        Sending(
            id=row.id,
            template=row.template,
            to=Party(PartyKind(row.to_kind), row.to_id, row.to_name, row.to_address),
            waits=row.state == LetterState.WAITING.value,
            left=row.state not in _NEVER_LEFT,
        )
        for row in rows
        if row.id.startswith(prefix)
    )
