"""A ticket's life: what can happen to it (`Change`), the one table of transitions, and `fold`.

A ticket is nothing but its events folded; `fold(events) == row` is a law (design §7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal, assert_never


class Status(StrEnum):
    """Where a ticket stands. TRIAGE: a person must say where it belongs."""

    NONE = "none"
    TRIAGE = "triage"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class PartyKind(StrEnum):
    """Who somebody is to the organisation."""

    TENANT = "tenant"
    OWNER = "owner"
    CUSTOMER = "customer"
    STAFF = "staff"
    PARTNER = "partner"
    RULE = "rule"
    TIMER = "timer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who wrote, acted or is told: a person, staff member, partner, a rule or the clock.

    `id` is the id in the directory or ruleset, None for a stranger.
    """

    kind: PartyKind
    id: str | None
    name: str
    address: str

    @property
    def is_staff(self) -> bool:
        """Whether they work for the organisation."""
        return self.kind is PartyKind.STAFF


RULE = Party(PartyKind.RULE, None, "", "")
CLOCK = Party(PartyKind.TIMER, None, "", "")


@dataclass(frozen=True, slots=True)
class Place:
    """What a ticket is about, as ids of the directory; None is not known."""

    property: str | None = None
    unit: str | None = None
    contract: str | None = None


# --- what can happen ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail became a ticket. Goes to TRIAGE if `role` is the triage role for want of a better one."""

    number: int
    inbox: str
    subject: str
    reporter: Party
    language: str
    case_type: str | None
    urgency: int
    place: Place
    role: str
    assignee: str
    status: Literal[Status.TRIAGE, Status.OFFERED]
    kind: Literal["opened"] = "opened"


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A mail of a customer or partner belongs to the ticket (the first one too). `intake` is its intake id."""

    intake: int
    author: Party
    message_id: str | None
    attachments: int
    kind: Literal["message-added"] = "message-added"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The assignee said: it is mine. Any act of theirs says so too."""

    kind: Literal["accepted"] = "accepted"


@dataclass(frozen=True, slots=True)
class Rejected:
    """The assignee gave it back. `to` is the previous holder, or who holds the triage role (`triage` True)."""

    to: str
    triage: bool
    reason: str
    kind: Literal["rejected"] = "rejected"


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody gave it to a colleague. The assigner joins the chain of holders."""

    to: str
    kind: Literal["assigned"] = "assigned"


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody of staff who is not the assignee took it over."""

    by: str
    kind: Literal["taken"] = "taken"


@dataclass(frozen=True, slots=True)
class Noted:
    """An internal note; never leaves the house. `why` says if it was meant as something else."""

    text: str
    intake: int | None
    why: str = ""
    kind: Literal["noted"] = "noted"


@dataclass(frozen=True, slots=True)
class Drafted:
    """An answer was not sent but shown to its author as a preview; `senden` sends it. `why` it was held back."""

    text: str
    intake: int | None
    why: str
    kind: Literal["drafted"] = "drafted"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the customer was put into the outbox. `intake` is the mail it was written in."""

    to: str
    intake: int | None
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True)
class Closed:
    """The matter is done."""

    text: str
    kind: Literal["closed"] = "closed"


@dataclass(frozen=True, slots=True)
class Reopened:
    """It was not done after all. `to` is the last assignee, or another if they are gone."""

    to: str
    kind: Literal["reopened"] = "reopened"


@dataclass(frozen=True, slots=True)
class Reminded:
    """The assignee was reminded, for the `count`th time."""

    to: str
    count: int
    kind: Literal["reminded"] = "reminded"


@dataclass(frozen=True, slots=True)
class Escalated:
    """The next one was told that nothing happens. The assignee stays the assignee."""

    to: str
    role: str
    kind: Literal["escalated"] = "escalated"


@dataclass(frozen=True, slots=True)
class LetterFailed:
    """A letter of this ticket came back."""

    letter: str
    address: str
    status: str
    kind: Literal["letter-failed"] = "letter-failed"


Change = (
    Opened | MessageAdded | Accepted | Rejected | Assigned | Taken | Noted | Drafted | Answered | Closed
    | Reopened | Reminded | Escalated | LetterFailed
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A change that happened: the `seq`th of its ticket (from 1), at a time, by somebody, because of something.

    `cause` names the intake ("m17"), the timer ("t3") or the command line ("c") that brought it.
    """

    organisation: str
    number: int
    seq: int
    at: datetime
    actor: Party
    cause: str
    ruleset: str
    change: Change


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter, as its events left it. `version` is the seq of the last one; `holders` had it before, oldest first.

    `last_message_id` is that of the reporter's last mail: what an answer to them refers to.
    """

    organisation: str
    number: int
    version: int
    status: Status
    inbox: str
    subject: str
    reporter: Party
    language: str
    case_type: str | None
    urgency: int
    place: Place
    role: str
    assignee: str
    holders: tuple[str, ...]
    opened_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    reminders: int
    last_message_id: str | None

    @property
    def label(self) -> str:
        """The number for people: T-10428."""
        return f"T-{self.number}"


_ANYWHERE_OPEN = (Status.TRIAGE, Status.OFFERED, Status.ACCEPTED)
_ANYWHERE = (*_ANYWHERE_OPEN, Status.CLOSED)

# The one table: from which status a change may happen, and where it leads (None: the status stays).
# docs/flow.md is drawn from it.
TRANSITIONS: dict[type[Change], tuple[tuple[Status, ...], Status | None]] = {
    Opened: ((Status.NONE,), None),
    MessageAdded: (_ANYWHERE, None),
    Accepted: ((Status.OFFERED, Status.TRIAGE), Status.ACCEPTED),
    Rejected: (_ANYWHERE_OPEN, Status.OFFERED),
    Assigned: (_ANYWHERE_OPEN, Status.OFFERED),
    Taken: (_ANYWHERE_OPEN, Status.ACCEPTED),
    Noted: (_ANYWHERE, None),
    Drafted: (_ANYWHERE_OPEN, None),
    Answered: (_ANYWHERE_OPEN, None),
    Closed: (_ANYWHERE_OPEN, Status.CLOSED),
    Reopened: ((Status.CLOSED,), Status.OFFERED),
    Reminded: (_ANYWHERE_OPEN, None),
    Escalated: (_ANYWHERE_OPEN, None),
    LetterFailed: (_ANYWHERE, None),
}


def allows(status: Status, change: type[Change]) -> bool:
    """Whether `change` may happen to a ticket in `status`."""
    return status in TRANSITIONS[change][0]


def next_status(status: Status, change: Change) -> Status:
    """Where `change` leads from `status`. Raises ValueError if the table does not allow it."""
    sources, target = TRANSITIONS[type(change)]
    if status not in sources:
        raise ValueError(f"{change.kind} cannot happen to a ticket that is {status}")
    match change:
        case Opened():
            return change.status
        case Rejected(triage=True):
            return Status.TRIAGE
        case _:
            return status if target is None else target


def open_ticket(event: Event) -> Ticket:
    """The ticket that an `Opened` event makes."""
    change = event.change
    if not isinstance(change, Opened):
        raise ValueError(f"a ticket begins with opened, not with {change.kind}")
    return Ticket(
        organisation=event.organisation,
        number=event.number,
        version=event.seq,
        status=change.status,
        inbox=change.inbox,
        subject=change.subject,
        reporter=change.reporter,
        language=change.language,
        case_type=change.case_type,
        urgency=change.urgency,
        place=change.place,
        role=change.role,
        assignee=change.assignee,
        holders=(),
        opened_at=event.at,
        changed_at=event.at,
        closed_at=None,
        reminders=0,
        last_message_id=None,
    )


def step(ticket: Ticket | None, event: Event) -> Ticket:
    """What `event` makes of `ticket`. Raises ValueError for what the table of transitions does not allow."""
    if ticket is None:
        return open_ticket(event)
    change = event.change
    status = next_status(ticket.status, change)
    base = replace(ticket, version=event.seq, status=status, changed_at=event.at)
    match change:
        case Opened():
            raise ValueError("a ticket is opened once")
        case MessageAdded():
            return replace(base, last_message_id=_thread_of_reporter(ticket, change))
        case Rejected():
            return replace(base, assignee=change.to, holders=_before(ticket.holders, change.to), reminders=0)
        case Assigned() | Taken():
            to = change.to if isinstance(change, Assigned) else change.by
            return replace(base, assignee=to, holders=(*ticket.holders, ticket.assignee), reminders=0)
        case Closed():
            return replace(base, closed_at=event.at, reminders=0)
        case Reopened():
            return replace(base, assignee=change.to, closed_at=None, reminders=0)
        case Reminded():
            return replace(base, reminders=change.count)
        case Accepted():
            return replace(base, reminders=0)
        case Noted() | Drafted() | Answered() | Escalated() | LetterFailed():
            return base
        case _:
            assert_never(change)


def _before(holders: tuple[str, ...], to: str) -> tuple[str, ...]:
    """Who had it before `to` had it last; one less where they never had it."""
    last = max((index for index, one in enumerate(holders) if one == to), default=len(holders) - 1)
    return holders[: max(last, 0)]


def _thread_of_reporter(ticket: Ticket, added: MessageAdded) -> str | None:
    """What the next answer refers to: the reporter's own last mail. Somebody else's Message-ID is not theirs to see."""
    reporter, author = ticket.reporter, added.author
    same_person = author.id is not None and (author.kind, author.id) == (reporter.kind, reporter.id)
    theirs = same_person or author.address == reporter.address
    return (added.message_id if theirs else None) or ticket.last_message_id


def fold(events: Iterable[Event]) -> Ticket | None:
    """The ticket that these events make, in order of seq; None for none."""
    ticket: Ticket | None = None
    for event in events:
        ticket = step(ticket, event)
    return ticket
