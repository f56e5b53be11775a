"""Everything that the page of a ticket shows, read in one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailroute.flow.site import Office
from mailroute.flow.stored import StoredMails
from mailroute.model.facts import Facts
from mailroute.model.readable import Readable
from mailroute.model.reply_tag import letter_id
from mailroute.model.ticket import Event, MessageAdded, Ticket
from mailroute.routing.offered import Pickable, pickables
from mailroute.routing.work import local_day
from mailroute.store.agenda import due_of
from mailroute.store.desk import Explained, explained, with_offers
from mailroute.store.engine import Connection
from mailroute.store.facts import gather_for_ticket
from mailroute.store.outbox import OutboxRow, letters
from mailroute.store.tickets import events

# A storm fills a ticket with thousands of mails: the page shows the last of them, all on demand.
EVENTS_SHOWN = 60
_DECISIONS_SHOWN = 30
_MAILS_READ = 20


@dataclass(frozen=True, slots=True)
class Look:
    """One ticket. `opened_mails` are the words and files that no event holds, by the event; `earlier` events are not shown."""

    ticket: Ticket
    facts: Facts
    events: tuple[Event, ...]
    earlier: int
    opened_mails: dict[int, Readable]
    due: datetime | None
    pickables: tuple[Pickable, ...]
    decisions: tuple[Explained, ...]
    letters: tuple[OutboxRow, ...]
    intakes: frozenset[int]

    def mail_of(self, event: Event) -> Readable | None:
        """What a message says and encloses, from its event or else from its mail; None for everything that is no message."""
        kept = event.change.readable if isinstance(event.change, MessageAdded) else None
        return kept if kept is not None else self.opened_mails.get(event.seq)

    @property
    def explained(self) -> list[tuple[Explained, list[OutboxRow]]]:
        """Each decision with what was written because of it, newest first."""
        return [(one, self.letters_of(one.cause)) for one in self.decisions]

    def letters_of(self, cause: str) -> list[OutboxRow]:
        """What was written because of it."""
        begins = letter_id(self.ticket.organisation, cause, 0)[:-1]
        return [one for one in self.letters if one.id.startswith(begins)]


def look_at(
    conn: Connection, office: Office, number: int, language: str, now: datetime, *, everything: bool
) -> Look | None:
    """The ticket with that number as staff see it; None if there is none."""
    organisation = office.ruleset.organisation.id
    facts = gather_for_ticket(conn, organisation, number)
    if facts.ticket is None:
        return None
    past = events(conn, organisation, number)
    shown = past if everything else past[-EVENTS_SHOWN:]
    (unclear,) = with_offers(conn, organisation, [facts.ticket])
    picks: tuple[Pickable, ...] = ()
    if facts.offer is not None:
        day = local_day(office.ruleset, now)
        picks = pickables(facts.offer, unclear.routing, office.ruleset, language, day)
    return Look(
        ticket=facts.ticket,
        facts=facts,
        events=shown,
        earlier=len(past) - len(shown),
        opened_mails=_opened_mails(conn, organisation, past, shown),
        due=due_of(conn, organisation, number),
        pickables=picks,
        decisions=explained(conn, organisation, number, _DECISIONS_SHOWN),
        letters=letters(conn, organisation, number=number),
        intakes=frozenset(_intakes(past)),
    )


def _intakes(past: Sequence[Event]) -> Iterator[int]:
    """The mails of the ticket: those of customers and partners, and those that staff wrote answers and notes in."""
    for one in past:
        intake = getattr(one.change, "intake", None)
        if intake is not None:
            yield intake


def _opened_mails(
    conn: Connection, organisation: str, past: Sequence[Event], shown: Sequence[Event]
) -> dict[int, Readable]:
    """What stands in the last of the mails whose words only staff may read."""
    mails = StoredMails(conn, (organisation,))
    first = next((one.seq for one in past if isinstance(one.change, MessageAdded)), None)
    unread = [
        (one.seq, one.change.intake)
        for one in shown
        if isinstance(one.change, MessageAdded) and one.change.readable is None
    ]
    return {seq: mails.readable(intake, first=seq == first) for seq, intake in unread[-_MAILS_READ:]}
