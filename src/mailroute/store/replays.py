"""Decided mails with everything their decision was built on, for deciding them again. Only reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mailroute.model.decision import Disposition, Routing, Step
from mailroute.model.facts import Facts
from mailroute.model.mail import Envelope
from mailroute.store.codec import loads, loads_any
from mailroute.store.mails import envelope_in
from mailroute.store.tables import decision, intake, mail

_Addresses = tuple[str, ...]
_Trace = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DecidedMail:
    """A mail, what was decided about it, and the facts of that moment."""

    envelope: Envelope
    content: bytes
    at: datetime
    ruleset: str
    disposition: Disposition
    routing: Routing | None
    trace: tuple[Step, ...]
    facts: Facts


def decided(conn: Connection, org: str | None, *, last: int | None, since: datetime | None) -> list[int]:
    """The decisions about mails, oldest first: the `last` ones, or all `since` a moment."""
    wanted = select(decision.c.id).where(decision.c.intake_id.is_not(None), decision.c.facts != "")
    if org is not None:
        wanted = wanted.where(decision.c.organisation_id == org)
    if since is not None:
        wanted = wanted.where(decision.c.at >= since)
    newest_first = wanted.order_by(decision.c.id.desc())
    return list(conn.execute(newest_first.limit(last) if last is not None else newest_first).scalars())[::-1]


def first_decision(conn: Connection, intake_id: int) -> int | None:
    """The first decision about that mail; None if none is kept."""
    wanted = select(decision.c.id).where(decision.c.intake_id == intake_id, decision.c.facts != "")
    return conn.execute(wanted.order_by(decision.c.id).limit(1)).scalar()


def decided_mails(conn: Connection, ids: Sequence[int]) -> list[DecidedMail]:
    """What `decided` named; a few hundred at a time, because the mails come whole."""
    rows = conn.execute(
        select(
            decision.c.organisation_id, decision.c.at, decision.c.ruleset, decision.c.disposition,
            decision.c.routing, decision.c.trace, decision.c.facts, intake.c.id, intake.c.inbox, intake.c.rcpt_to,
            intake.c.received_at, mail.c.id.label("mail_id"), mail.c.door, mail.c.mail_from, mail.c.login,
            mail.c.size_bytes, mail.c.peer, mail.c.content,
        )
        .join_from(decision, intake, intake.c.id == decision.c.intake_id)
        .join(mail, mail.c.id == intake.c.mail_id)
        .where(decision.c.id.in_(ids))
        .order_by(decision.c.id)
    )  # fmt: skip
    return [
        DecidedMail(
            envelope=envelope_in(row),
            content=bytes(row.content),
            at=row.at,
            ruleset=row.ruleset,
            disposition=Disposition(row.disposition),
            routing=loads_any(row.routing, Routing) if row.routing else None,
            trace=loads_any(row.trace, _Trace),
            facts=loads(row.facts, Facts),
        )
        for row in rows
    ]
