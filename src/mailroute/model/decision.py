"""What follows, as data: the result of every `decide_*` function, and its own explanation (design §2, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailroute.model.absence import AbsenceChange
from mailroute.model.letter import Gathered, Notice
from mailroute.model.ruleset import Source
from mailroute.model.ticket import Change, Party, Ticket
from mailroute.model.traffic import Count


class Disposition(StrEnum):
    """What becomes of a mail. Nothing is ever dropped."""

    OPEN = "open"
    APPEND = "append"
    COMMAND = "command"
    TRIAGE = "triage"
    IGNORE = "ignore"
    HOLD = "hold"


class Assurance(StrEnum):
    """How sure we are who wrote (design §6)."""

    TOKEN = "token"
    AUTHENTICATED = "authenticated"
    ADDRESS = "address"
    NONE = "none"


class Station(StrEnum):
    """The places a mail passes on its way to a decision."""

    SCREEN = "screen"
    IDENTIFY = "identify"
    MATCH = "match"
    CLASSIFY = "classify"
    ASSIGN = "assign"
    DEADLINES = "deadlines"
    COMMAND = "command"
    TIMER = "timer"
    NOTIFY = "notify"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation. `rule` is `file:line` of the rule, setting or row of the directory that decided; of
    several each, separated by commas; None where nothing that administrators wrote did.
    """

    station: Station
    verdict: str
    because: str
    rule: str | None = None


# Nobody looks at more of them.
_NAMED = 5


def rule_of(*sources: Source | None) -> str | None:
    """What a step names as its rule: the first of these places, each once; not what stands in no file."""
    named = dict.fromkeys(str(one) for one in sources if one is not None and one.line)
    return ", ".join([*named][:_NAMED]) or None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, and how sure we are."""

    party: Party
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class Candidate:
    """A property, unit or contract the mail may be about. `because` quotes the words that spoke, `rule` names the rows."""

    kind: str
    id: str
    score: float
    because: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class CaseTypeScore:
    """A case type with its score and the words that spoke."""

    id: str
    score: float
    because: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What match found: the winner (each part may be None) and all candidates, best first."""

    property: str | None
    unit: str | None
    contract: str | None
    candidates: tuple[Candidate, ...]
    ambiguous: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Classified:
    """What classify found. `case_type` None is *unclear*; `urgency` 1 to 4.

    `likely` is the best of the case types between which it is unclear, where the best of them are for the same role or
    chain: then it is clear enough whose it is. Unclear and an emergency: it may be the emergency `likely`, and is treated as one.
    """

    case_type: str | None
    urgency: int
    emergency: bool
    scores: tuple[CaseTypeScore, ...]
    steps: tuple[Step, ...]
    likely: str | None = None


@dataclass(frozen=True, slots=True)
class TurnTaken:
    """`staff` had the next turn of `role` at `property` ("" site-wide): void if it is not the `count`th any more."""

    role: str
    property: str
    staff: str
    count: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is responsible: role, staff id, how they came to it, and who is informed. `triage`: no rule could decide."""

    role: str
    assignee: str
    via: str
    informed: tuple[str, ...]
    triage: bool
    steps: tuple[Step, ...]
    turn: TurnTaken | None = None
    reinforced: bool = False


@dataclass(frozen=True, slots=True)
class DeadlineSet:
    """Promised moments, aware UTC. None: not promised."""

    remind_at: datetime | None
    accept_by: datetime | None
    remind_every_s: int | None
    escalate_at: datetime | None
    done_by: datetime | None


@dataclass(frozen=True, slots=True)
class Routing:
    """All that `explain` shows of a routed mail beside the trace."""

    sender: Sender
    matched: Matched | None
    classified: Classified | None
    assignment: Assignment | None
    deadlines: DeadlineSet | None


class TimerKind(StrEnum):
    """What a timer is for. A ticket has at most one pending timer of each kind."""

    REMIND = "remind"
    ESCALATE = "escalate"
    DONE = "done"
    FOLLOW_UP = "follow-up"
    CHANGES = "changes"
    PARTNER = "partner"
    # The relay will never take the question to the partner; set by the store when it says so.
    UNREACHABLE = "unreachable"
    MUTED = "muted"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Fire at `due_at`; replaces a pending timer of that kind."""

    kind: TimerKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Do not fire any more."""

    kind: TimerKind


TimerChange = SetTimer | CancelTimer


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that has come due, as claimed: `id` is its row."""

    id: int
    organisation: str
    number: int
    kind: TimerKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StopLetters:
    """Letters, by their ids, that have not left and must not leave any more; if one has, the decision is void."""

    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gathering:
    """Later mails of `case_type` at `property` are gathered in ticket `number`, until now in `instead_of` (None: none).

    If another ticket has got in between, the decision is void: it saw none that it could join.
    """

    property: str
    case_type: str
    number: int
    instead_of: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What a decision does to a further ticket: one that it splits off, one that it links, or the parent or child of its
    own in another organisation, whose rules decide there. See `Decision`."""

    organisation: str
    ruleset: str
    actor: Party
    number: int
    expects_version: int
    changes: tuple[Change, ...]
    timers: tuple[TimerChange, ...]
    trace: tuple[Step, ...]
    ticket: Ticket | None
    turns: tuple[TurnTaken, ...] = ()
    gathered: tuple[Gathered, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a mail, a command, a timer or a bounce. Data; `store.apply` writes it in one transaction.

    `number` is the ticket it is about or opens, `expects_version` what that ticket's version must still be (0: it
    must not exist yet), None where no ticket is touched. `ticket` is the ticket after the changes. `counts` are what
    storms are told by. Notices are of the organisation of their ticket.
    """

    disposition: Disposition
    organisation: str
    number: int | None
    expects_version: int | None
    actor: Party
    changes: tuple[Change, ...]
    notices: tuple[Notice, ...]
    timers: tuple[TimerChange, ...]
    trace: tuple[Step, ...]
    routing: Routing | None
    ticket: Ticket | None
    ruleset: str
    stop: StopLetters = StopLetters()
    absences: tuple[AbsenceChange, ...] = ()
    confirms: str | None = None
    beside: tuple[Beside, ...] = ()
    counts: tuple[Count, ...] = ()
    gathering: Gathering | None = None
    turns: tuple[TurnTaken, ...] = ()
    gathered: tuple[Gathered, ...] = ()
