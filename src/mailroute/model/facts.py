"""Everything a decision may know of the past, read in one snapshot by `store.facts.gather` (design §4 step 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mailroute.model.absence import Away
from mailroute.model.access import Access
from mailroute.model.directory import Contract, Found, Person, Property, Unit
from mailroute.model.letter import Written
from mailroute.model.outside import Told
from mailroute.model.ticket import Change, Choice, Corrected, Noted, Party, Ticket
from mailroute.model.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Proof:
    """How we know which ticket a mail belongs to, and for whom the token was made.

    It may be the token of a letter that belongs to no ticket: then `Facts.ticket` is None and there still is a proof.
    `via` is "reply-address" or "message-id": a verified token in either; `recipient` is the party it was made for.
    """

    via: str
    recipient: Party


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours that a bounce speaks of. `proven`: its bounce address was signed by us."""

    id: str
    number: int | None
    to: Party
    template: str
    proven: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that was shown as a preview and waits for `senden`. `intake` is the mail it was written in."""

    text: str
    intake: int | None
    author: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that one of staff (`by`) did in the ticket and that nobody has been told of yet: event `seq`."""

    seq: int
    at: datetime
    by: Party
    change: Noted | Corrected


@dataclass(frozen=True, slots=True)
class Offer:
    """A numbered list that waits for the answer of `to`; `houses` are the properties on it and those of its units."""

    to: str
    choices: tuple[Choice, ...]
    houses: tuple[Property, ...]
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What the reporter was asked and has not answered: the numbered list, with what it leads to."""

    choices: tuple[Choice, ...]
    houses: tuple[Property, ...]
    contracts: tuple[Contract, ...]


@dataclass(frozen=True, slots=True)
class Concern:
    """A second matter of the mail `intake`, of `case_type`, that `to` of staff may split off."""

    case_type: str
    to: str
    intake: int


@dataclass(frozen=True, slots=True)
class Further:
    """A further reporter of the same matter, by the mail `intake`."""

    party: Party
    intake: int
    subject: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A letter on its way out: `waits` in the outbox and can be stopped, or has `left` (or may have)."""

    id: str
    template: str
    to: Party
    waits: bool
    left: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What one of staff (`by`, their id) last did in the ticket with one mail or one command.

    `before` is the ticket as it was then, `since` what happened to it afterwards, `letters` what was written.
    """

    by: str
    at: datetime
    changes: tuple[Change, ...]
    before: Ticket
    since: tuple[str, ...]
    letters: tuple[Sending, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What the firm at `address` was last told, in the order numbered `label`."""

    label: str
    address: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Who was last given a ticket of `role` at `property` ("" site-wide), where holders take turns; the `count`th."""

    role: str
    property: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another organisation of this installation that may be asked: what opening a ticket there depends on.

    `fresh_number` is not reserved: should somebody else have it by then, the decision is void.
    """

    organisation: str
    fresh_number: int
    away: tuple[Away, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What spoke for the property or case type `id` when the ticket was opened, as its trace says it."""

    kind: Literal["property", "case-type"]
    id: str
    because: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The past as one decision sees it.

    `ticket` is the ticket of `proof`, of a proven bounce, of a timer or of a command. `thread` is a ticket that
    References lead to without a token (through a customer's own earlier mail), `mentioned` the tickets whose number
    the mail names: both prove nothing by themselves. `participants` are the parties of `ticket`, else of `thread`:
    reporter first.
    `place` are the property, unit and contract that the ticket is about.
    `messages` are the mails from outside that belong to it, oldest first: of very many the first and the last.
    `untold` are notes and corrections since whoever has the ticket was last told of any, `ruled_out` the kinds of matter
    (in words) that somebody said it is not, `alarmed` the ids of staff who were told that it is an emergency, and since then
    nothing else, `called_off` of those who have heard since that it is none.
    `acts` are the last commands of its staff, for those who may take theirs back; `spoken` what the ticket was opened by,
    for whoever they hand it to.
    `internal_texts` are its notes, which must never reach a customer. `duplicate_of` is the intake that had the
    same content before. `acknowledgements_today` were sent to the author's address since local midnight.
    `away` are the absences that people said themselves, those to come too.
    `contact` is the reporter in the directory, `orders` what each firm outside was last told, oldest first, and
    `next_order` the number of the next order.
    `access` is what the grants say to the author, None where the organisation has no grants. `unanswered`: nobody
    outside has written since our last answer. `confirms`: the mail carries the author's own, valid invitation.
    `fresh_number` is the ticket number reserved at claim for this mail. `traffic` are the counters of loops and storms
    that concern the mail, `storm` the ticket that the author opened first in this hour. `instances` are the names
    by which our own letters know us.
    `question` waits for the reporter's answer, `concern` for `teilen`; `further` are the other reporters. `gathered`
    are the tickets in which mails about the found properties are gathered, `turns` who was last in turn there.
    `account_manager` is that of the sender's main grant, as a staff id.
    `elsewhere` are the facts of the ticket's parent or child in another organisation, `neighbours` who may be asked
    next. They are for deciding only: what is kept beside the decision is `own`.
    """

    found: Found = Found()
    ticket: Ticket | None = None
    proof: Proof | None = None
    thread: Ticket | None = None
    mentioned: tuple[Ticket, ...] = ()
    participants: tuple[Party, ...] = ()
    place: tuple[Property | None, Unit | None, Contract | None] = (None, None, None)
    messages: tuple[Written, ...] = ()
    internal_texts: tuple[str, ...] = ()
    draft: Draft | None = None
    offer: Offer | None = None
    untold: tuple[Changed, ...] = ()
    ruled_out: tuple[str, ...] = ()
    alarmed: tuple[str, ...] = ()
    called_off: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    contact: Person | None = None
    orders: tuple[Order, ...] = ()
    next_order: int = 1
    duplicate_of: int | None = None
    bounced: SentLetter | None = None
    acknowledgements_today: int = 0
    away: tuple[Away, ...] = ()
    access: Access | None = None
    unanswered: bool = False
    confirms: bool = False
    question: Question | None = None
    concern: Concern | None = None
    further: tuple[Further, ...] = ()
    gathered: tuple[Ticket, ...] = ()
    turns: tuple[Turn, ...] = ()
    account_manager: str | None = None
    fresh_number: int | None = None
    traffic: tuple[Traffic, ...] = ()
    storm: Ticket | None = None
    instances: tuple[str, ...] = ()
    elsewhere: Facts | None = None
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def own(self) -> Facts:
        """The facts without what belongs to other organisations, which no row of ours may hold (REQ-D7)."""
        return replace(self, elsewhere=None, neighbours=())
