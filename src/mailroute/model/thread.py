"""A ticket's thread as its customers may read it: their own messages and our answers, never a note or a colleague's word.

Pure. Who wrote a message never decides who sees the ticket (REQ-B14); this only says what of it is for customers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailroute.model.ibans import without_ibans
from mailroute.model.readable import NamedFile
from mailroute.model.ticket import (
    Answered,
    Asked,
    Closed,
    Event,
    MarkedRead,
    MessageAdded,
    Party,
    PartyKind,
    Reopened,
    Ticket,
)


class Saying(StrEnum):
    """What was said. MESSAGE is a customer's; the others are ours."""

    MESSAGE = "message"
    ANSWER = "answer"
    ASKED = "asked"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing in the thread. `intake` is the mail that holds its files; `text` None: the words are only in that mail."""

    seq: int
    at: datetime
    what: Saying
    author: Party
    text: str | None = ""
    intake: int | None = None
    files: tuple[NamedFile, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether the house said it, or a partner for it."""
        return self.what is not Saying.MESSAGE

    def read_by(self, address: str) -> Said:
        """As whoever has that address reads it: without the account numbers of other customers."""
        if self.is_ours or not self.text or self.author.address == address:
            return self
        return replace(self, text=without_ibans(self.text))


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said, oldest first, and up to which event each address has marked it as read (REQ-B5)."""

    said: tuple[Said, ...]
    marked: dict[str, int]

    @property
    def unanswered(self) -> bool:
        """Whether our last answer waits for a word of any of the customers."""
        last = next((one for one in reversed(self.said) if one.what in (Saying.ANSWER, Saying.MESSAGE)), None)
        return last is not None and last.what is Saying.ANSWER

    def answered_by(self, address: str) -> Party | None:
        """Who of the others has answered our last answer first; None if nobody has."""
        last = max((one.seq for one in self.said if one.what is Saying.ANSWER), default=0)
        later = (one.author for one in self.said if one.what is Saying.MESSAGE and one.seq > last)
        return next((one for one in later if last and one.address != address), None)

    def is_new(self, address: str, seen: int) -> bool:
        """Whether somebody else said something since they last looked (`seen`), wrote, or marked it as read."""
        known = max(seen, self._own_last(address))
        return any(one.seq > known and one.author.address != address for one in self.said)

    def is_open(self, address: str) -> bool:
        """Whether they have neither written nor marked it as read since our last answer.

        What a member writes waits for the house, and for nobody who only reads along.
        """
        known = self._own_last(address)
        return any(one.seq > known and one.what is Saying.ANSWER for one in self.said)

    def _own_last(self, address: str) -> int:
        own = (one.seq for one in self.said if one.author.address == address)
        return max(max(own, default=0), self.marked.get(address, 0))


def thread_of(ticket: Ticket, events: Iterable[Event], left: frozenset[str]) -> Thread:
    """The thread of a ticket. `left` are the causes ("m17") whose answer to the reporter has left the house.

    An answer that still can be stopped is not said yet.
    """
    said: list[Said] = []
    marked: dict[str, int] = {}
    for event in events:
        match event.change:
            case MarkedRead():
                marked[event.actor.address] = event.seq
            case MessageAdded() as mail if mail.readable is not None or _is_of(ticket.reporter, mail.author):
                said.append(_message(event, mail))
            case Answered(text=text, intake=intake) if event.cause in left:
                said.append(Said(event.seq, event.at, Saying.ANSWER, event.actor, text, intake))
            case Asked(needs=needs):
                said.append(Said(event.seq, event.at, Saying.ASKED, _HOUSE, needs=needs))
            case Closed(told=told):
                said.append(Said(event.seq, event.at, Saying.CLOSED, event.actor if told else _HOUSE, told))
            case Reopened():
                said.append(Said(event.seq, event.at, Saying.REOPENED, _HOUSE))
            case _:
                pass
    return Thread(tuple(said), marked)


def own_thread(events: Iterable[Event], address: str) -> Thread:
    """What a further reporter may read of the ticket in which their report was gathered: their own words, and its end.

    The answers are to whoever reported first; what the others wrote is not theirs to know.
    """
    said: list[Said] = []
    for event in events:
        match event.change:
            case MessageAdded(author=author) as mail if author.address == address:
                said.append(_message(event, mail))
            case Closed():
                said.append(Said(event.seq, event.at, Saying.CLOSED, _HOUSE))
            case Reopened():
                said.append(Said(event.seq, event.at, Saying.REOPENED, _HOUSE))
            case _:
                pass
    return Thread(tuple(said), {})


_HOUSE = Party(PartyKind.STAFF, None, "", "")


def _message(event: Event, mail: MessageAdded) -> Said:
    kept = mail.readable
    text, files = (None, ()) if kept is None else (kept.text, kept.files)
    return Said(event.seq, event.at, Saying.MESSAGE, mail.author, text, mail.intake, files)


def _is_of(reporter: Party, author: Party) -> bool:
    same = author.id is not None and (author.kind, author.id) == (reporter.kind, reporter.id)
    return same or author.address == reporter.address
