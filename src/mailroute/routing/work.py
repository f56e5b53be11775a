"""The workbench of every decision: collects changes, notices, timers and the trace, and keeps the ticket up to date.

Each `decide_*` function makes one `Work`, adds to it while it follows the mail, and ends with `decision()`. Nothing
here reads a clock or writes anything: it is a convenience for building one frozen `Decision`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from mailroute.model.absence import AbsenceChange
from mailroute.model.decision import (
    Beside,
    CancelTimer,
    Decision,
    Disposition,
    Gathering,
    Routing,
    SetTimer,
    Station,
    Step,
    StopLetters,
    TimerChange,
    TimerKind,
    TurnTaken,
    rule_of,
)
from mailroute.model.directory import Property, Unit
from mailroute.model.keys import Keys
from mailroute.model.letter import Gathered, Notice, Written
from mailroute.model.mail import Envelope
from mailroute.model.message import Message
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.ticket import Change, Event, Party, PartyKind, Status, Ticket, allows
from mailroute.model.ticket import step as fold_step
from mailroute.model.traffic import Count
from mailroute.routing.alarm import alarmed, alarms
from mailroute.routing.classify import Classifier, compile_classifier
from mailroute.routing.quiet import Arranged, arrange

_LAST_PASSED_ON = 3
# What others change is told once for so long, so that five notes make one letter.
CHANGES_GATHERED = timedelta(minutes=5)
CHANGES_AT_LATEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail on its way: how it came, what it says, what it may be looked up by."""

    envelope: Envelope
    message: Message
    keys: Keys


@dataclass(frozen=True)
class Rules:
    """A ruleset with everything that is compiled from it once. Keep it as long as the ruleset is active.

    `neighbours` are the rules of all organisations of the installation, by their ids. `as_written` are the rules that these
    are a moment's version of (`presence.as_of`): what is compiled is theirs. None: these are as they were written.
    """

    ruleset: Ruleset
    neighbours: Mapping[str, Rules] = field(default_factory=dict, compare=False, repr=False)
    as_written: Rules | None = field(default=None, compare=False, repr=False)

    @cached_property
    def classifier(self) -> Classifier:
        """What reads mails, made when it is first needed: half a second and 50 MB with the words of a pack, and the
        process that holds doors and timers reads none.
        """
        return self.as_written.classifier if self.as_written else compile_classifier(self.ruleset)


@dataclass(slots=True)
class Work:
    """One decision in the making. `ticket` is always the ticket as the changes so far leave it.

    `phones` are numbers of the reporter, for whoever is alarmed.
    """

    rules: Rules
    organisation: str
    actor: Party
    now: datetime
    ticket: Ticket | None = None
    number: int | None = None
    expects_version: int | None = None
    changes: list[Change] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    timers: dict[TimerKind, TimerChange] = field(default_factory=dict)
    trace: list[Step] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    absences: list[AbsenceChange] = field(default_factory=list)
    confirms: str | None = None
    beside: list[Work] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    gathering: Gathering | None = None
    turns: list[TurnTaken] = field(default_factory=list)
    gathered: list[Gathered] = field(default_factory=list)
    phones: tuple[str, ...] = ()

    @property
    def ruleset(self) -> Ruleset:
        """The rules that decide."""
        return self.rules.ruleset

    def explain(self, station: Station, verdict: str, because: str, rule: str | None = None) -> None:
        """Add one line to the explanation."""
        self.trace.append(Step(station, verdict, because, rule))

    def where_is(self, staff_id: str | None) -> str | None:
        """Where somebody of staff stands in the rules, to be named by a step about them."""
        staff = self.ruleset.staff_by_id(staff_id)
        return rule_of(staff.source) if staff else None

    def about(self, ticket: Ticket) -> None:
        """Work on an existing ticket, as it was when the facts were gathered."""
        self.ticket = ticket
        self.number = ticket.number
        self.expects_version = ticket.version

    def opens(self, number: int) -> None:
        """Work on a ticket that does not exist yet."""
        self.number = number
        self.expects_version = 0

    def another(self) -> Work:
        """A workbench for a further ticket: what is done there becomes part of this decision."""
        return self.across(self.rules, self.organisation, self.actor)

    def across(self, rules: Rules, organisation: str, actor: Party) -> Work:
        """The same for a ticket of another organisation, where its rules hold and `actor` is who acts."""
        other = Work(rules, organisation, actor, self.now, beside=self.beside)
        self.beside.append(other)
        return other

    def change(self, change: Change) -> Ticket:
        """Let something happen to the ticket and return it as it is then. The caller has asked `may`."""
        if self.number is None:
            raise ValueError("there is no ticket to change")
        seq = (self.ticket.version if self.ticket else 0) + 1
        event = Event(
            self.organisation, self.number, seq, self.now, self.actor, "", self.ruleset.hash, change
        )
        self.ticket = fold_step(self.ticket, event)
        self.changes.append(change)
        return self.ticket

    def may(self, change: type[Change]) -> bool:
        """Whether the table of transitions allows `change` now."""
        return self.ticket is not None and allows(self.ticket.status, change)

    def tell(self, notice: Notice) -> None:
        """Somebody is to be told. A second notice of the same kind to the same address is the same notice."""
        same = [
            n for n in self.notices if n.template is notice.template and n.to.address == notice.to.address
        ]
        if notice.to.address and not same:
            self.notices.append(notice)

    def count(self, count: Count) -> None:
        """One more of something; what it is weighed against stands in it."""
        self.counts.append(count)

    def set_timer(self, kind: TimerKind, due_at: datetime | None) -> None:
        """Fire at `due_at`; None means there is no such deadline, a pending one is cancelled."""
        self.timers[kind] = CancelTimer(kind) if due_at is None else SetTimer(kind, due_at)

    def cancel_timers(self, *kinds: TimerKind) -> None:
        """Let these not fire any more."""
        for kind in kinds:
            self.timers[kind] = CancelTimer(kind)

    def tell_of_changes(self, since: datetime) -> None:
        """Whoever has it is to hear soon of what others did; `since` is the first that nobody was told of (REQ-D6)."""
        if self.ticket is not None and self.ticket.status is not Status.CLOSED:
            latest = max(since + CHANGES_AT_LATEST, self.now + CHANGES_GATHERED / 5)
            self.set_timer(TimerKind.CHANGES, min(self.now + CHANGES_GATHERED, latest))

    def decision(self, disposition: Disposition, routing: Routing | None = None) -> Decision:
        """The finished decision. Every notice shows its ticket as it is after all changes."""
        for work in (self, *self.beside):
            work._alarm()
        own = self._arranged()
        others = [(work, work._arranged()) for work in self.beside]
        return Decision(
            disposition=disposition,
            organisation=self.organisation,
            number=self.number,
            expects_version=self.expects_version,
            actor=self.actor,
            changes=tuple(self.changes),
            notices=(*own.notices, *(one for _, letters in others for one in letters.notices)),
            timers=tuple(self.timers.values()),
            trace=tuple(self.trace),
            routing=routing,
            ticket=self.ticket,
            ruleset=self.ruleset.hash,
            stop=StopLetters(tuple(self.stopped)),
            absences=tuple(self.absences),
            confirms=self.confirms,
            counts=tuple(self.counts),
            gathered=own.gathered,
            beside=tuple(work._as_beside(letters.gathered) for work, letters in others),
            gathering=self.gathering,
            turns=tuple(self.turns),
        )

    def _alarm(self) -> None:
        """Of an emergency: let telephones ring, and write down who was told."""
        for one in [*alarms(self.notices, self.ticket, self.ruleset, self.phones)]:
            self.explain(
                Station.NOTIFY, one.to.id or "", "the alarm address rings too", self.where_is(one.to.id)
            )
            self.tell(one)
        told = alarmed(self.notices, self.ticket, self.ruleset)
        if told is not None:
            self.change(told)

    def _arranged(self) -> Arranged:
        arranged = arrange([self._up_to_date(one) for one in self.notices], self.ruleset, self.now)
        return replace(arranged, gathered=(*self.gathered, *arranged.gathered))

    def told_at_once(self) -> set[str | None]:
        """To whom this decision writes so far, by their ids; not those who want that letter later, or in their digest."""
        sent = self._arranged().notices
        return {one.to.id for one in sent if one.not_before is None or one.not_before <= self.now}

    def _up_to_date(self, notice: Notice) -> Notice:
        """The notice with its ticket as it is by now."""
        if notice.ticket is None or self.ticket is None or notice.ticket is self.ticket:
            return notice
        return replace(notice, ticket=self.ticket)

    def _as_beside(self, gathered: tuple[Gathered, ...]) -> Beside:
        assert self.number is not None
        assert self.expects_version is not None
        return Beside(
            organisation=self.organisation,
            ruleset=self.ruleset.hash,
            actor=self.actor,
            number=self.number,
            expects_version=self.expects_version,
            changes=tuple(self.changes),
            timers=tuple(self.timers.values()),
            trace=tuple(self.trace),
            ticket=self.ticket,
            turns=tuple(self.turns),
            gathered=gathered,
        )


def passed_on(messages: tuple[Written, ...]) -> tuple[Written, ...]:
    """The mails that whoever is given a ticket needs to read: how it began, and where it stands."""
    return messages if len(messages) <= 1 + _LAST_PASSED_ON else (messages[0], *messages[-_LAST_PASSED_ON:])


def intakes_with_files(messages: tuple[Written, ...]) -> tuple[int, ...]:
    """Those of them that brought files."""
    return tuple(one.intake for one in messages if one.files)


def local_day(ruleset: Ruleset, at: datetime) -> date:
    """The organisation's calendar day of an instant: absences and tenancies are dated locally."""
    return at.astimezone(ZoneInfo(ruleset.calendar(None).zone)).date()


def staff_party(staff: Staff) -> Party:
    """A staff member as somebody to tell."""
    return Party(PartyKind.STAFF, staff.id, staff.name, staff.address)


def place_in_words(home: Property | None, unit: Unit | None) -> str:
    """What a ticket is about, for people: `Max-Planck-Straße 12, WE 03`, or "" if it is not known."""
    if home is None:
        return ""
    title = f"{home.street} {home.house_number}".strip() or home.title
    return f"{title}, {unit.name}" if unit else title
