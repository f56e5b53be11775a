"""What we send: a notice ("tell them this") and the finished letter in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailroute.model.need import Need
from mailroute.model.ticket import Party, Ticket


class Template(StrEnum):
    """Every mail we can send; the value is the file name in `templates/<language>/`."""

    ACKNOWLEDGEMENT = "acknowledgement"
    NOTIFICATION = "notification"
    TRIAGE = "triage"
    INFORMED = "informed"
    FOLLOW_UP = "follow-up"
    ANSWER = "answer"
    RECEIPT = "receipt"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    REVOKED = "revoked"
    REMINDER = "reminder"
    FOLLOW_UP_DUE = "follow-up-due"
    CHANGES = "changes"
    ESCALATION = "escalation"
    MUTED = "muted"
    UNMUTED = "unmuted"
    CLOSED = "closed"
    REOPENED = "reopened"
    NOT_DELIVERED = "not-delivered"
    UNCONFIRMED = "unconfirmed"
    PREVIEW = "preview"
    SETTLED = "settled"
    ALARM = "alarm"
    ALL_CLEAR = "all-clear"
    CONCERN = "concern"
    SPLIT = "split"
    GATHERED = "gathered"
    PARTNER_OFFER = "partner-offer"
    PARTNER_EXPIRED = "partner-expired"
    PARTNER_RECEIPT = "partner-receipt"
    PARTNER_ACCEPTED = "partner-accepted"
    PARTNER_MESSAGE = "partner-message"
    PARTNER_REMINDER = "partner-reminder"
    PARTNER_NEWS = "partner-news"
    EXTERNAL_ORDER = "external-order"
    EXTERNAL_CHANGES = "external-changes"
    # To customers whose organisation has grants.
    SHARED = "shared"
    SHARED_DAILY = "shared-daily"
    REFUSED = "refused"
    REROUTED = "rerouted"
    UNANSWERED = "unanswered"
    STAND_IN = "stand-in"
    LENT_BACK = "lent-back"
    # Of these no letter belongs to a ticket.
    GENERAL_RECEIPT = "general-receipt"
    LETTER_RETURNED = "letter-returned"
    AWAY_NOTICED = "away-noticed"
    INVITATION = "invitation"
    INVITATION_CONFIRMED = "invitation-confirmed"
    WELCOME = "welcome"
    SIGN_IN = "sign-in"
    RULES_REFUSED = "rules-refused"
    DIGEST = "digest"
    HOLES = "holes"
    HANDED_OVER = "handed-over"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript: what was understood, and what came of it. `done` False: it was not done."""

    said: str
    did: str
    done: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that somebody outside wrote in a ticket: the `nth` of it (from 1), with so many files."""

    intake: int
    author: Party
    at: datetime
    nth: int
    files: int


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list in a letter: a ticket, a property, a day. `late`: its time is over.

    `number` is that of a ticket: then the reader can answer it from the list. `text` is what somebody wrote, whole.
    `choices` are the lines of the numbered list that waits in it.
    """

    head: str
    words: str
    note: str = ""
    due: datetime | None = None
    late: bool = False
    number: int | None = None
    text: str = ""
    choices: tuple[str, ...] = ()


# The `reason` of a receipt that is to list all commands.
HELP = "help"


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell `to` this. `ticket` is the ticket as it will be after the changes of the decision.

    None: the letter belongs to no ticket (a digest, a receipt about an absence). It leaves from `inbox`, "" for the
    organisation's first; a letter of a ticket leaves from the ticket's.
    `place` is what it is about in words ("Max-Planck-Straße 12, WE 03") or "".
    `text` is the body to pass on (a customer's words to staff, an answer to the customer). Where it is empty the
    words of the stored mails `passes_on` are, oldest first: whoever is given a ticket must see the matter.
    `why` says why it is theirs, `candidates` what an unclear ticket may be about, best first; one sentence each.
    `hints` are sentences of ours for a customer, beside that their mail has arrived.
    `attach` are the intake ids of the mails whose attachments go along; those of other mails are only named.
    `in_reply_to`/`references` thread it into the reader's mailbox.
    `not_before` holds it back (answer_hold). `acknowledges` is the address whose daily allowance it uses, or None.
    `imitates` is the domain of ours that the sender's looks like without being it, or "".
    `needs` is what is still missing: asked of a reporter, told to staff. `choices` is the numbered list that a reporter
    may pick from, of their own places and contracts only.
    `link` is a path of our pages and `code` what is typed there in another browser: for the reader alone.
    `page` is the path of the page that shows the same, "" where there is none for the reader.
    `language` is the reader's, `commercial` the view of their grant: then the detailed form of a letter is theirs (REQ-C13).
    """

    template: Template
    to: Party
    language: str
    ticket: Ticket | None
    place: str = ""
    text: str = ""
    author: Party | None = None
    reason: str = ""
    lines: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()
    why: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    due: datetime | None = None
    passes_on: tuple[Written, ...] = ()
    attach: tuple[int, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    not_before: datetime | None = None
    acknowledges: str | None = None
    imitates: str = ""
    inbox: str = ""
    needs: tuple[Need, ...] = ()
    choices: tuple[str, ...] = ()
    link: str = ""
    code: str = ""
    page: str = ""
    commercial: bool = False

    @property
    def number(self) -> int | None:
        """The ticket's number, None for a letter that belongs to no ticket."""
        return self.ticket.number if self.ticket is not None else None

    @property
    def leaves_from(self) -> str:
        """The address of the inbox that the letter leaves from, "" for the organisation's first."""
        return self.ticket.inbox if self.ticket is not None else self.inbox


@dataclass(frozen=True, slots=True)
class Gathered:
    """What somebody would have been told of a ticket, kept for their digest; `words` say what, "" where that is clear.

    `reader` is one of staff by their id, or a member of a grant by their address.
    """

    reader: str
    number: int
    template: Template
    words: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Finished RFC 5322 bytes for one recipient; a retry sends the same bytes (reliability §2, I6).

    `id` is unique and derived from what caused it ("m17-2"), so deciding twice makes the same letter.
    `number` is its ticket's, None for none; `listed` are tickets that its reader can answer from it.
    `mail_from` is the bounce address. `automatic` letters count against the budgets.
    """

    id: str
    organisation: str
    number: int | None
    template: Template
    to: Party
    mail_from: str
    message_id: str
    subject: str
    content: bytes
    not_before: datetime | None
    acknowledges: str | None
    listed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One attachment of a stored mail, decoded, to go along with a letter. `name` and `type` are as the sender wrote."""

    name: str
    type: str
    content: bytes


class LetterState(StrEnum):
    """Where a letter stands. ATTEMPTING is committed before the final dot may leave (reliability §2)."""

    WAITING = "waiting"
    ATTEMPTING = "attempting"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in-doubt"
    STOPPED = "stopped"


class SendOutcome(StrEnum):
    """How an attempt ended. IN_DOUBT: the bytes may have been accepted, no answer came.

    OURS: the relay refused us, not the letter (login, TLS, relaying denied): the whole outbox waits.
    """

    SENT = "sent"
    LATER = "later"
    NEVER = "never"
    IN_DOUBT = "in-doubt"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one attempt; `reply` is the relay's last words or what went wrong, in one line."""

    outcome: SendOutcome
    reply: str
