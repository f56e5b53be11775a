"""What became of the tickets that mails opened, one after the other: for `mailroute quality`. Only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from mailroute.model.decision import Routing, Step
from mailroute.model.ticket import Change, Corrected, Status
from mailroute.store.codec import loads_any
from mailroute.store.tables import decision, event, intake, mail, ticket

_ROWS_AT_ONCE = 200
_Trace = tuple[Step, ...]
# What says that the first decision was not the last word.
_RIGHTED = ("corrected", "rerouted")
_MOVED = ("assigned", "rejected", "taken", "revoked")


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket as its mail was decided, and what people made of it: from `case_type` on as it is today.

    `told`: somebody has said what it is about; `corrected`: and it was something else than was thought. Whoever confirms
    what was only feared has told, and corrected nothing.
    """

    organisation: str
    number: int
    intake: int
    routing: Routing | None
    trace: tuple[Step, ...]
    unclear: bool
    told: bool
    corrected: bool
    moved: bool
    case_type: str | None
    property: str | None
    closed: bool
    assignee: str
    reporter: str


def opened_count(conn: Connection, org: str | None, since: datetime, until: datetime) -> int:
    """How many `opened_tickets` gives."""
    wanted = _period(select(func.count()).select_from(decision), org, since, until)
    count: int = conn.execute(wanted).scalar_one()
    return count


def opened_tickets(conn: Connection, org: str | None, since: datetime, until: datetime) -> Iterator[Opened]:
    """The tickets of a period, oldest first, a few at a time: however many there are, memory stays as it is."""
    wanted = (
        select(
            decision.c.organisation_id, decision.c.number, decision.c.intake_id, decision.c.routing,
            decision.c.trace, decision.c.disposition, ticket.c.case_type, ticket.c.property,
            ticket.c.status, ticket.c.assignee, ticket.c.reporter_address,
            _happened(_RIGHTED).label("told"), _happened(_MOVED).label("moved"),
        )
        .select_from(decision)
        .join(
            ticket,
            and_(
                ticket.c.organisation_id == decision.c.organisation_id,
                ticket.c.number == decision.c.number,
            ),
        )
    )  # fmt: skip
    rows = conn.execute(
        _period(wanted, org, since, until).order_by(decision.c.id).execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in rows:
        routing = loads_any(row.routing, Routing) if row.routing else None
        yield Opened(
            organisation=row.organisation_id,
            number=row.number,
            intake=row.intake_id,
            routing=routing,
            trace=loads_any(row.trace, _Trace),
            unclear=row.disposition == "triage" or is_without_matter(routing),
            told=bool(row.told),
            corrected=bool(row.told) and _is_corrected(conn, row.organisation_id, row.number),
            moved=bool(row.moved),
            case_type=row.case_type,
            property=row.property,
            closed=row.status == Status.CLOSED.value,
            assignee=row.assignee,
            reporter=row.reporter_address,
        )


_SAID_OF_IT = select(event.c.body).where(
    event.c.organisation_id == bindparam("org"),
    event.c.number == bindparam("number"),
    event.c.kind.in_(_RIGHTED),
)


def _is_corrected(conn: Connection, org: str, number: int) -> bool:
    """Whether one of the things that were said of it was not what the program had thought."""
    changes = (
        loads_any(body, Change)
        for body in conn.execute(_SAID_OF_IT, {"org": org, "number": number}).scalars()
    )
    return any(not isinstance(one, Corrected) or one.old != one.new for one in changes)


def is_without_matter(routing: Routing | None) -> bool:
    """Whether no case type was found, whoever got the mail (decisions 16 and 17)."""
    classified = routing.classified if routing is not None else None
    return classified is not None and classified.case_type is None


def content_of(conn: Connection, intake_id: int) -> bytes:
    """The bytes of the mail that an intake brought; b"" where they have been erased."""
    wanted = select(mail.c.content).join_from(intake, mail, mail.c.id == intake.c.mail_id)
    return bytes(conn.execute(wanted.where(intake.c.id == intake_id)).scalar() or b"")


def _happened(kinds: tuple[str, ...]):  # type: ignore[no-untyped-def]  # SQLAlchemy's own type of a subquery
    return (
        select(event.c.seq)
        .where(
            event.c.organisation_id == decision.c.organisation_id,
            event.c.number == decision.c.number,
            event.c.kind.in_(kinds),
        )
        .exists()
    )


# How many columns are asked is of no interest here, and SQLAlchemy types a Select by them.
def _period(wanted: Select, org: str | None, since: datetime, until: datetime) -> Select:  # type: ignore[type-arg]
    narrowed = wanted.where(
        decision.c.intake_id.is_not(None),
        decision.c.disposition.in_(("open", "triage")),
        decision.c.at >= since,
        decision.c.at < until,
    )
    return narrowed if org is None else narrowed.where(decision.c.organisation_id == org)
