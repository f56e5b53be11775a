"""The ruleset: what administrators wrote, checked and frozen. Small, immutable, named by its hash (design §8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from mailroute.model.absence import Half
from mailroute.model.calendar import Calendar
from mailroute.model.condition import Condition
from mailroute.model.grant import Right
from mailroute.model.meanings import Meanings
from mailroute.model.need import Need
from mailroute.model.text import Text
from mailroute.model.weights import ALL, WordWeights


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was written, for explanations: `case-types.yaml:12`. Line 0: somebody said it, it stands in no file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class ReplyMode(StrEnum):
    """How replies find their ticket: plus-address, any local part, or only Message-ID and text (design §7)."""

    PLUS = "plus"
    CATCHALL = "catchall"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Inbox:
    """An address we receive at. `name` is the display name of our letters from it."""

    address: str
    name: str
    reply: ReplyMode = ReplyMode.PLUS


class Rank(StrEnum):
    """Whom a rung of the ladder of reminders tells: who has it, the next holder of the role, the team lead."""

    ASSIGNEE = "assignee"
    DEPUTY = "deputy"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Rung:
    """Tell these so long after the beginning; `repeats`: so long after the last time, again and again."""

    at: timedelta
    to: tuple[Rank, ...]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Spans of working time from the moment our door had the mail; `wall_clock` for emergencies.

    After `remind_after` without an act of the assignee, and again every `remind_every`, they are reminded; after
    `escalate_after` the next one is brought in. `done_within` starts reminders for an accepted ticket.

    A `ladder` takes the place of those three; its last rung repeats. The first reaction is promised within
    `react_within`, None: by the first reminder.
    """

    remind_after: timedelta
    remind_every: timedelta
    escalate_after: timedelta | None
    done_within: timedelta | None
    wall_clock: bool = False
    react_within: timedelta | None = None
    ladder: tuple[Rung, ...] = ()


def ordinary() -> Deadlines:
    """What holds where nobody wrote anything else: about one, one and three working days, done within ten."""
    return Deadlines(timedelta(hours=8), timedelta(hours=8), timedelta(hours=24), timedelta(hours=80))


class Multiple(StrEnum):
    """What becomes of a mail with two matters: the second role is offered to split it, or it is split at once."""

    OFFER = "offer"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Storms:
    """How much people are told of in an hour (reliability §3); what is more is kept, without a letter for each.

    `tickets_per_sender` bounds what one address opens, `letters_per_ticket` the messages in one ticket,
    `tickets_per_case_type` what one rule brings in, `mails` all that makes anybody be told.
    """

    tickets_per_sender: int = 20
    letters_per_ticket: int = 20
    tickets_per_case_type: int = 100
    mails: int = 1000


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who we are (organisation.yaml). `answer_hold` is how long an answer waits, so that it can be stopped.

    `deadlines` hold for unclear mails, which have no case type. `external_steps` are the case types in which steps of
    a firm outside are documented (REQ-D17). `management_role` hears of an emergency for which nobody is on call,
    `administrator_role` of changed rules that were refused and of holes (None: the triage desk does); `lead_role` is that
    of the team lead, None for the fallback role; reports of the same matter are gathered for as long as `cluster_within`.
    """

    id: str
    name: str
    language: str
    inboxes: tuple[Inbox, ...]
    triage_role: str
    fallback_role: str | None
    calendar: str
    footer: Text
    answer_hold: timedelta
    emergency_phone: str | None = None
    trusted_feeds: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    deadlines: Deadlines = field(default_factory=ordinary)
    external_steps: tuple[str, ...] = ("angebot",)
    storms: Storms = Storms()
    management_role: str | None = None
    administrator_role: str | None = None
    multiple: Multiple = Multiple.OFFER
    cluster_within: timedelta = timedelta(hours=24)
    lead_role: str | None = None
    settings: tuple[tuple[str, Source], ...] = field(default=(), compare=False)

    def source_of(self, key: str) -> Source | None:
        """Where a key of organisation.yaml stands; None where it does not, and the program's own value holds."""
        return dict(self.settings).get(key)


@dataclass(frozen=True, slots=True)
class Role:
    """A job. `site_wide` holds it where a property names nobody, primary first.

    `round_robin`: those who hold it take turns, instead of the first one while they are there (REQ-E9).
    """

    id: str
    name: Text
    site_wide: tuple[str, ...]
    source: Source
    round_robin: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who works for the organisation. `also` are further addresses they may write from.

    `alarm` is an address that makes their telephone ring, for emergencies only.
    `roles_for_new_properties`: roles held wherever a property names nobody (REQ-E10). `digest`: what is not urgent
    comes once a day; `quiet_hours`: outside their calendar nothing but emergencies is sent to them.
    """

    id: str
    name: str
    address: str
    also: tuple[str, ...]
    language: str
    calendar: str
    roles_for_new_properties: tuple[str, ...]
    active: bool
    source: Source
    phone: str = ""
    alarm: str = ""
    digest: bool = False
    quiet_hours: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from the first to the last day, both included (REQ-E11). `deputy` None: the next holder of the role.

    `half`: only in that half of each day. `open_tickets`: what they have moves to whoever stands in, and back.
    """

    staff: str
    since: date
    until: date
    deputy: str | None
    source: Source
    half: Half | None = None
    open_tickets: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """Another organisation of this installation, asked by a ticket there, or an outside firm, asked at its `address`.

    `order` is when it is asked, lowest first (REQ-D9); `address` is "" where there is none.
    `case_types` are the matters it is asked about without being named; () is every one. `domains` are the firm's own.
    """

    id: str
    name: str
    address: str
    order: int
    organisation: str | None
    calendar: str
    source: Source
    case_types: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


# --- case types ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word or phrase that speaks for a case type (negative weight: against it)."""

    text: str
    weight: float


class Link(StrEnum):
    """One step of an assignment chain: who is asked (requirements §1.A)."""

    ADVISER = "adviser"
    CLERK = "clerk"
    ACCOUNT_MANAGER = "account-manager"


# The chains that have a name: `ams5-clerk` takes the clerk *instead of* the adviser (REQ-A7, A8), `classic` before them.
CHAINS: dict[str, tuple[Link, ...]] = {
    "ams5": (Link.ADVISER, Link.ACCOUNT_MANAGER),
    "ams5-clerk": (Link.CLERK, Link.ACCOUNT_MANAGER),
    "classic": (Link.CLERK, Link.ADVISER, Link.ACCOUNT_MANAGER),
}


@dataclass(frozen=True, slots=True)
class ToRole:
    """The ticket belongs to whoever holds this role for its property."""

    role: str


@dataclass(frozen=True, slots=True)
class ToChain:
    """The ticket belongs to the first of the chain that there is: of the contract, or of the sender's main grant."""

    chain: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class CaseType:
    """A kind of matter (case-types.yaml). `urgency` 1 (highest) to 4; `when` is tried in the order of the file.

    `right` is what a customer's grant must allow for it (REQ-C14). `accounts`: who works on it needs account numbers.
    """

    id: str
    name: Text
    target: ToRole | ToChain
    inform: tuple[str, ...]
    urgency: int
    when: Condition | None
    evidence: tuple[Evidence, ...]
    deadlines: Deadlines
    emergency: bool
    needs: tuple[Need, ...]
    source: Source
    right: Right = Right.MESSAGES
    cluster: bool = False
    accounts: bool = False


@dataclass(frozen=True, slots=True)
class Learned:
    """What a pack has learned (evidence.csv): words with weights for its case types, before which stands `prefix` here.

    `bars`: the score that is enough for each of them, and for an emergency how far it is before everything else when it is
    feared. What words weigh for ALL counts for all of them.
    `meanings` (meanings.csv) is what they say together.
    """

    pack: str
    bars: tuple[tuple[str, float], ...]
    words: WordWeights
    prefix: str = ""
    meanings: Meanings | None = None

    def knows(self, word: str) -> bool:
        """Whether the word says anything, alone or beside others."""
        return word in self.words or (self.meanings is not None and word in self.meanings.words)

    def all_words(self) -> Iterator[str]:
        """The words that say anything, some of them twice."""
        yield from self.words.cells
        if self.meanings is not None:
            yield from self.meanings.words

    def said_by(self, word: str) -> dict[str, float]:
        """What a word weighs, by the ids of case types as they are here; by that of the pack for all of them."""
        return {self.id_of(name): weight for name, weight in self.words.of(word).items()}

    def id_of(self, name: str) -> str:
        """The id here of a case type of the pack; that of the pack itself for all of them."""
        return self.pack if name == ALL else self.prefix + name


@dataclass(frozen=True, slots=True)
class SiteModel:
    """What was learned from the site's own closed tickets (model.csv), to order the candidates of unclear mails.

    `before` is what each case type has before any word is read.
    """

    version: str
    before: tuple[tuple[str, float], ...]
    words: WordWeights


@dataclass(frozen=True, slots=True)
class Spelling:
    """An extra spelling of a verb (commands.yaml)."""

    verb: str
    text: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """All files of a rules directory, linked. Every reference in it exists. `hash` names it everywhere."""

    hash: str
    organisation: Organisation
    roles: tuple[Role, ...]
    staff: tuple[Staff, ...]
    case_types: tuple[CaseType, ...]
    calendars: tuple[Calendar, ...]
    absences: tuple[Absence, ...] = ()
    partners: tuple[Partner, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    learned: tuple[Learned, ...] = ()
    site_model: SiteModel | None = None
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def role(self, role_id: str) -> Role:
        """The role with that id; it exists, the reader has seen to it."""
        return next(r for r in self.roles if r.id == role_id)

    def case_type(self, case_type_id: str | None) -> CaseType | None:
        """The case type with that id, or None (it may be gone since a ticket was opened)."""
        if case_type_id is not None:
            for one in self.case_types:
                if one.id == case_type_id:
                    return one
        return None

    def evidence_of(self, case_type: CaseType) -> tuple[Evidence, ...]:
        """All words that speak for it: those learned by its pack, and before them those that the rules name."""
        words: dict[str, float] = {}
        for learned in self.learned:
            if case_type.id in dict(learned.bars):
                words |= learned.words.words_of(case_type.id.removeprefix(learned.prefix))
        words |= {one.text: one.weight for one in case_type.evidence}
        return tuple(Evidence(text, weight) for text, weight in words.items())

    def staff_by_id(self, staff_id: str | None) -> Staff | None:
        """The staff member with that id, or None."""
        return next((s for s in self.staff if s.id == staff_id), None)

    def staff_by_address(self, address_key: str) -> Staff | None:
        """The active staff member who writes from that address, or None."""
        active = (one for one in self.staff if one.active)
        return next((one for one in active if address_key in (one.address, *one.also)), None)

    def partner_by_address(self, address_key: str) -> Partner | None:
        """The partner with that address, or None."""
        return next((p for p in self.partners if p.address and p.address == address_key), None)

    def calendar(self, calendar_id: str | None) -> Calendar:
        """The calendar with that id, else the organisation's."""
        wanted = calendar_id or self.organisation.calendar
        default = next(c for c in self.calendars if c.id == self.organisation.calendar)
        return next((c for c in self.calendars if c.id == wanted), default)

    def inbox(self, address: str) -> Inbox:
        """The inbox with that address, else the organisation's first."""
        inboxes = self.organisation.inboxes
        return next((i for i in inboxes if i.address == address), inboxes[0])
