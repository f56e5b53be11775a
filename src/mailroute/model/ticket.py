"""A ticket's life: the one table of transitions, and `fold`. What can happen to it is in `model.change`.

A ticket is nothing but its events folded; `fold(events) == row` is a law (design §7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mailroute.model.at_partner import after_change
from mailroute.model.change import (
    CLOCK,
    RULE,
    Accepted,
    Answered,
    Asked,
    Assigned,
    Change,
    ChangesTold,
    Choice,
    Closed,
    Corrected,
    Drafted,
    Escalated,
    FollowedUp,
    FollowUpSet,
    Joined,
    LetterFailed,
    MarkedRead,
    MessageAdded,
    Noted,
    Offered,
    Opened,
    Party,
    PartyKind,
    Place,
    Rejected,
    Reminded,
    Reopened,
    Rerouted,
    Revoked,
    Separated,
    Status,
    Taken,
    Unchanged,
    Undone,
)
from mailroute.model.concern import Alarmed, CalledOff, ConcernFound, Linked
from mailroute.model.lending import Lent, LentBack
from mailroute.model.outside import (
    AskedBy,
    Elsewhere,
    ExternalOrdered,
    ExternalStep,
    ExternalTold,
    GoneBack,
    PartnerAccepted,
    PartnerAsked,
    PartnerDeclined,
    PartnerReturned,
    PartnerRevoked,
    PartnerTimedOut,
    PartnerUnreachable,
    TakenOn,
)

__all__ = [
    "AT_PARTNER", "CLOCK", "RULE", "TAKEN_BACK", "TRANSITIONS", "Accepted", "Alarmed", "Answered", "Asked", "Assigned",
    "CalledOff", "Change", "ChangesTold", "Choice", "Closed", "ConcernFound", "Corrected", "Drafted", "Escalated", "Event",
    "FollowUpSet", "FollowedUp", "Joined", "Lent", "LentBack", "LetterFailed", "Linked", "MarkedRead", "MessageAdded", "Noted", "Offered",
    "Opened", "Party", "PartyKind", "Place", "Rejected", "Reminded", "Reopened", "Rerouted", "Revoked",
    "Separated", "Status", "Taken", "Ticket", "Unchanged", "Undone", "allows", "fold", "next_status", "open_ticket", "step",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """A change that happened: the `seq`th of its ticket (from 1), at a time, by somebody, because of something.

    `cause` names the intake ("m17"), the timer ("t3"), the command line ("c…") or the page ("w…") that brought it.
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

    `given` says of each of them whether they gave it away themselves (else somebody took it over).
    `follow_up` is when the assignee wants to see it again.
    `lent_by` is who had it before they went away, while the assignee only stands in and has not acted on it.
    `last_message_id` is that of the reporter's last mail: what an answer to them refers to.
    `partner` is asked or has it, `partner_due` the last instant for their answer, `partners_asked` were asked in
    vain; `orders` counts those to outside firms.
    `child` is the ticket of that partner, where it is an organisation of this installation; of such a ticket `parent` is the
    one it was asked about, and `partner_due` the last instant for our own answer.
    `asked`: the reporter was asked back, once. `joined` counts further reporters of the same matter. `feared` as in `Opened`.
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
    given: tuple[bool, ...] = ()
    follow_up: datetime | None = None
    partner: str = ""
    partner_due: datetime | None = None
    partners_asked: tuple[str, ...] = ()
    orders: int = 0
    asked: bool = False
    joined: int = 0
    lent_by: str | None = None
    child: Elsewhere | None = None
    parent: Elsewhere | None = None
    feared: bool = False

    @property
    def waits_for(self) -> tuple[PartyKind, str] | None:
        """The one who must act now, a partner or one of staff, by their id; None once it is closed."""
        if self.status is Status.CLOSED:
            return None
        return (PartyKind.PARTNER, self.partner) if self.partner else (PartyKind.STAFF, self.assignee)

    @property
    def assigner(self) -> str | None:
        """Who gave it to the assignee, and may take it back (REQ-D4); None where a rule did or it was taken over."""
        return self.holders[-1] if self.holders and self.given[len(self.holders) - 1 :] == (True,) else None

    @property
    def label(self) -> str:
        """The number for people: T-10428."""
        return f"T-{self.number}"


_ANYWHERE_OPEN = (Status.TRIAGE, Status.OFFERED, Status.ACCEPTED)
# A partner is asked or has it: of staff, nobody can do more than note something or take the question back (REQ-D7).
AT_PARTNER = (Status.PARTNER_ASKED, Status.WITH_PARTNER)
_ANYWHERE = (*_ANYWHERE_OPEN, *AT_PARTNER, Status.CLOSED)
_UNFINISHED = (*_ANYWHERE_OPEN, *AT_PARTNER)

# The one table: from which status a change may happen, and where it leads (None: the status stays).
# docs/flow.md is drawn from it.
TRANSITIONS: dict[type[Change], tuple[tuple[Status, ...], Status | None]] = {
    Opened: ((Status.NONE,), None),
    MessageAdded: (_ANYWHERE, None),
    MarkedRead: (_ANYWHERE, None),
    Accepted: ((Status.OFFERED, Status.TRIAGE), Status.ACCEPTED),
    Rejected: (_ANYWHERE_OPEN, Status.OFFERED),
    Assigned: (_ANYWHERE_OPEN, Status.OFFERED),
    Taken: (_ANYWHERE_OPEN, Status.ACCEPTED),
    Revoked: (_ANYWHERE_OPEN, Status.ACCEPTED),
    Noted: (_ANYWHERE, None),
    Unchanged: (_ANYWHERE, None),
    Drafted: (_ANYWHERE_OPEN, None),
    Answered: ((*_ANYWHERE_OPEN, Status.WITH_PARTNER), None),
    Closed: ((*_ANYWHERE_OPEN, Status.WITH_PARTNER), Status.CLOSED),
    Reopened: ((Status.CLOSED,), Status.OFFERED),
    Offered: (_ANYWHERE_OPEN, None),
    Corrected: (_ANYWHERE_OPEN, None),
    ChangesTold: ((*_ANYWHERE_OPEN, *AT_PARTNER), None),
    FollowUpSet: ((Status.ACCEPTED,), None),
    FollowedUp: ((Status.ACCEPTED,), None),
    Undone: (_ANYWHERE, None),
    Reminded: ((*_ANYWHERE_OPEN, Status.WITH_PARTNER), None),
    Escalated: (_ANYWHERE_OPEN, None),
    LetterFailed: (_ANYWHERE, None),
    PartnerAsked: (_ANYWHERE_OPEN, Status.PARTNER_ASKED),
    PartnerAccepted: ((Status.PARTNER_ASKED,), Status.WITH_PARTNER),
    PartnerDeclined: ((Status.PARTNER_ASKED,), Status.OFFERED),
    PartnerTimedOut: ((Status.PARTNER_ASKED,), Status.OFFERED),
    PartnerUnreachable: ((Status.PARTNER_ASKED,), Status.OFFERED),
    PartnerRevoked: ((Status.PARTNER_ASKED,), Status.ACCEPTED),
    PartnerReturned: ((Status.WITH_PARTNER,), Status.OFFERED),
    AskedBy: ((Status.TRIAGE, Status.OFFERED), None),
    TakenOn: (_ANYWHERE_OPEN, None),
    GoneBack: (_ANYWHERE_OPEN, Status.CLOSED),
    ExternalOrdered: (_ANYWHERE_OPEN, None),
    ExternalTold: (_ANYWHERE_OPEN, None),
    ExternalStep: (_ANYWHERE_OPEN, None),
    Asked: (_ANYWHERE_OPEN, None),
    Rerouted: ((Status.TRIAGE, Status.OFFERED), Status.OFFERED),
    ConcernFound: (_ANYWHERE_OPEN, None),
    Linked: (_ANYWHERE, None),
    Alarmed: (_UNFINISHED, None),
    CalledOff: (_ANYWHERE, None),
    Joined: (_UNFINISHED, None),
    Separated: (_ANYWHERE, None),
    Lent: (_ANYWHERE_OPEN, Status.OFFERED),
    LentBack: ((Status.OFFERED,), Status.OFFERED),
}

# What `rückgängig` takes back. Notes stay: the log of a ticket forgets nothing.
TAKEN_BACK = (
    Accepted, Rejected, Assigned, Taken, Revoked, Drafted, Answered, Closed, Reopened, FollowUpSet, Corrected,
)  # fmt: skip


# Somebody acted on it, or it is back: nobody keeps it for anybody any more.
_ENDS_LENDING = (
    Accepted, Rejected, Assigned, Taken, Revoked, Closed, Reopened, Undone, Rerouted, PartnerAsked, LentBack,
)  # fmt: skip


def allows(status: Status, change: type[Change]) -> bool:
    """Whether `change` may happen to a ticket in `status`."""
    return status in TRANSITIONS[change][0]


def next_status(status: Status, change: Change) -> Status:
    """Where `change` leads from `status`. Raises ValueError if the table does not allow it."""
    sources, target = TRANSITIONS[type(change)]
    if status not in sources:
        raise ValueError(f"{change.kind} cannot happen to a ticket that is {status}")
    match change:
        case Opened() | Undone():
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
        feared=change.feared,
    )


def step(ticket: Ticket | None, event: Event) -> Ticket:  # noqa: C901 - one branch for each change
    """What `event` makes of `ticket`. Raises ValueError for what the table of transitions does not allow."""
    if ticket is None:
        return open_ticket(event)
    change = event.change
    status = next_status(ticket.status, change)
    lent_by = None if isinstance(change, _ENDS_LENDING) else ticket.lent_by
    base = replace(ticket, version=event.seq, status=status, changed_at=event.at, lent_by=lent_by)
    match change:
        case Opened():
            raise ValueError("a ticket is opened once")
        case MessageAdded():
            return replace(base, last_message_id=_thread_of_reporter(ticket, change))
        case Rejected():
            return _back_to(change.to, ticket, base)
        case Revoked():
            return _back_to(change.by, ticket, base)
        case Assigned():
            return _passed(change.to, ticket, base, given=True)
        case Taken():
            return _passed(change.by, ticket, base, given=False)
        case Closed():
            done = replace(base, closed_at=event.at, follow_up=None, reminders=0)
            return replace(done, partner="", partner_due=None, child=None)
        case FollowUpSet():
            return replace(base, follow_up=change.due, reminders=0)
        case FollowedUp():
            return replace(base, follow_up=None)
        case Reopened():
            return replace(base, assignee=change.to, closed_at=None, reminders=0)
        case Lent():
            return replace(
                _passed(change.to, ticket, base, given=True), lent_by=ticket.lent_by or ticket.assignee
            )
        case LentBack():
            return _back_to(change.to, ticket, base)
        case Undone():
            return _as_before(change, base)
        case Reminded():
            return replace(base, reminders=change.count)
        case Accepted():
            return replace(base, reminders=0)
        case Corrected():
            return replace(
                base,
                case_type=change.case_type,
                urgency=change.urgency,
                place=change.place,
                role=change.role,
                feared=change.feared,
            )
        case ExternalOrdered():
            return replace(base, orders=change.count)
        case Asked():
            if ticket.asked:
                raise ValueError("a reporter is asked back once")
            return replace(base, asked=True)
        case Rerouted():
            return base if change.to == ticket.assignee else _passed(change.to, ticket, base, given=False)
        case Joined():
            return replace(base, joined=ticket.joined + 1)
        case Separated():
            return replace(base, joined=max(ticket.joined - 1, 0))
        case Noted() | Unchanged() | Offered() | ChangesTold() | Drafted() | Answered() | Escalated():
            return base
        case LetterFailed() | MarkedRead() | ExternalTold() | ExternalStep():
            return base
        case ConcernFound() | Linked() | Alarmed() | CalledOff():
            return base
        case _:
            return after_change(change, base)


def _passed(to: str, ticket: Ticket, base: Ticket, *, given: bool) -> Ticket:
    """Somebody else has it now; who had it joins the holders."""
    before = (*ticket.given, *(False,) * len(ticket.holders))[: len(ticket.holders)]
    holders = (*ticket.holders, ticket.assignee)
    return replace(base, assignee=to, holders=holders, given=(*before, given), follow_up=None, reminders=0)


def _back_to(to: str, ticket: Ticket, base: Ticket) -> Ticket:
    """It returns; the holders are again who had it before."""
    holders = _before(ticket.holders, to)
    given = ticket.given[: len(holders)]
    return replace(base, assignee=to, holders=holders, given=given, follow_up=None, reminders=0)


def _as_before(change: Undone, base: Ticket) -> Ticket:
    return replace(
        base,
        assignee=change.assignee,
        holders=change.holders,
        given=change.given,
        role=change.role,
        case_type=change.case_type,
        urgency=change.urgency,
        place=change.place,
        closed_at=change.closed_at,
        follow_up=change.follow_up,
        reminders=0,
        feared=change.feared,
    )


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
