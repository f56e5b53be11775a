"""What can happen to a ticket: one class for each `Change`, and who and what they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from mailroute.model.concern import Alarmed, CalledOff, ConcernFound, Linked
from mailroute.model.lending import Lent, LentBack
from mailroute.model.outside import (
    AskedBy,
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
from mailroute.model.readable import Readable


class Status(StrEnum):
    """Where a ticket stands. TRIAGE: a person must say where it belongs. PARTNER_ASKED: a partner must say yes or no.

    WITH_PARTNER: a partner has it; the assignee is whom it returns to.
    """

    NONE = "none"
    TRIAGE = "triage"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    PARTNER_ASKED = "partner-asked"
    WITH_PARTNER = "with-partner"
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
    """A mail became a ticket. Goes to TRIAGE if `role` is the triage role for want of a better one.

    `feared`: the case type is an emergency that the mail may tell of, and nobody has said that it does.
    """

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
    feared: bool = False


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A mail of a customer or partner belongs to the ticket (the first one too). `intake` is its intake id.

    `proof` says what proves the author, where it is somebody else than the reporter (REQ-B6). `readable` is what
    everybody who sees the ticket may read of it; None: nobody but staff may, or its words are only in the mail.
    """

    intake: int
    author: Party
    message_id: str | None
    attachments: int
    kind: Literal["message-added"] = "message-added"
    proof: str = ""
    readable: Readable | None = None


@dataclass(frozen=True, slots=True)
class MarkedRead:
    """A member who shares the ticket has read it, after another one had answered (REQ-B5). The actor is who."""

    kind: Literal["marked-read"] = "marked-read"


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
class Revoked:
    """Whoever had given it away took it back."""

    by: str
    kind: Literal["revoked"] = "revoked"


@dataclass(frozen=True, slots=True)
class Noted:
    """An internal note; never leaves the house. `why` says if it was meant as something else."""

    text: str
    intake: int | None
    why: str = ""
    kind: Literal["noted"] = "noted"


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A command was understood and changed nothing, because `why`: it was refused, or things were so already."""

    said: str
    why: str
    kind: Literal["unchanged"] = "unchanged"


@dataclass(frozen=True, slots=True)
class Drafted:
    """An answer was not sent but shown to its author as a preview; `senden` sends it. `why` it was held back."""

    text: str
    intake: int | None
    why: str
    kind: Literal["drafted"] = "drafted"
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the customer was put into the outbox. `intake` is the mail it was written in, `text` what it says.

    `also` are addresses that it goes to beside (REQ-B7).
    """

    to: str
    intake: int | None
    kind: Literal["answered"] = "answered"
    text: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """The matter is done. `told` is what of `text` the reporter was told, in a letter of its own."""

    text: str
    kind: Literal["closed"] = "closed"
    told: str = ""


@dataclass(frozen=True, slots=True)
class Reopened:
    """It was not done after all. `to` is the last assignee, or another if they are gone."""

    to: str
    kind: Literal["reopened"] = "reopened"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of an offered list: a "property", "unit", "contract" or "case-type", by its id."""

    what: str
    id: str


@dataclass(frozen=True, slots=True)
class Offered:
    """`to`, one of staff, was shown a numbered list to pick from."""

    to: str
    choices: tuple[Choice, ...]
    kind: Literal["offered"] = "offered"


@dataclass(frozen=True, slots=True)
class Asked:
    """The reporter was asked back, once: for what is missing (`needs`), with a numbered list to pick from."""

    needs: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True)
class Rerouted:
    """The reporter's answer said what it is about, and by that the rules gave it to `to`."""

    to: str
    kind: Literal["rerouted"] = "rerouted"


@dataclass(frozen=True, slots=True)
class Joined:
    """`party` reported the same matter, in the mail `intake`: they are a further reporter of this ticket."""

    party: Party
    intake: int
    subject: str
    kind: Literal["joined"] = "joined"


@dataclass(frozen=True, slots=True)
class Separated:
    """What `party` reported was another matter after all: they are no reporter of this ticket any more."""

    party: Party
    kind: Literal["separated"] = "separated"


@dataclass(frozen=True, slots=True)
class Corrected:
    """Somebody (the assignee, or the reporter who was asked) set right `what` it is about, from `old` to `new` in
    words; the other fields are what holds now. `feared` as in `Opened`: another thing than the kind of matter was set right.
    """

    what: str
    old: str
    new: str
    case_type: str | None
    urgency: int
    place: Place
    role: str
    kind: Literal["corrected"] = "corrected"
    feared: bool = False


@dataclass(frozen=True, slots=True)
class ChangesTold:
    """`to`, who has the ticket, was told what others had changed up to event `seq`."""

    to: str
    seq: int
    kind: Literal["changes-told"] = "changes-told"


@dataclass(frozen=True, slots=True)
class FollowUpSet:
    """The assignee wants to see it again at `due`; until then nobody is reminded."""

    due: datetime
    kind: Literal["follow-up-set"] = "follow-up-set"


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """The follow-up date came, and `to` was told."""

    to: str
    kind: Literal["followed-up"] = "followed-up"


@dataclass(frozen=True, slots=True)
class Undone:
    """Somebody took their last command back (`what` it had done): the ticket is again as the other fields say."""

    what: tuple[str, ...]
    status: Status
    assignee: str
    holders: tuple[str, ...]
    given: tuple[bool, ...]
    role: str
    case_type: str | None
    urgency: int
    place: Place
    closed_at: datetime | None
    follow_up: datetime | None = None
    kind: Literal["undone"] = "undone"
    feared: bool = False


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
    Opened | MessageAdded | MarkedRead | Accepted | Rejected | Assigned | Taken | Revoked | Noted | Unchanged | Drafted | Answered
    | Closed | Reopened | Offered | Corrected | ChangesTold | FollowUpSet | FollowedUp | Undone | Reminded | Escalated | LetterFailed
    | PartnerAsked | PartnerAccepted | PartnerDeclined | PartnerTimedOut | PartnerUnreachable | PartnerRevoked | PartnerReturned
    | AskedBy | TakenOn | GoneBack
    | ExternalOrdered | ExternalTold | ExternalStep
    | Alarmed | CalledOff | Asked | Rerouted | ConcernFound | Linked | Joined | Separated | Lent | LentBack
)  # fmt: skip
