"""What people have chosen on our pages for themselves: how they read along, in which language; and how far they read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, bindparam, func, select

from mailroute.model.grant import Copies, Grant
from mailroute.store import tables as t
from mailroute.store.columns import insert_or_update
from mailroute.store.ready import Ready


@dataclass(frozen=True, slots=True)
class Choice:
    """None: they have chosen nothing, and the grant or the directory says."""

    copies: Copies | None = None
    language: str | None = None


_CHOICE = select(t.choice).where(
    t.choice.c.organisation_id == bindparam("org"), t.choice.c.address == bindparam("address")
)


def choice_of(conn: Connection, org: str, address: str) -> Choice:
    """What somebody (folded address) has chosen."""
    row = conn.execute(_CHOICE, {"org": org, "address": address}).first()
    return Choice(Copies(row.copies) if row.copies else None, row.language) if row else Choice()


def choose(tx: Connection, org: str, address: str, choice: Choice) -> None:
    """Keep it, in place of what they chose before."""
    statement = insert_or_update(
        tx.dialect.name, t.choice, ("organisation_id", "address"), ("copies", "language")
    )
    row = {"organisation_id": org, "address": address, "language": choice.language}
    tx.execute(statement, {**row, "copies": choice.copies.value if choice.copies else None})


_OF_MEMBERS = Ready(
    select(t.choice.c.address, t.choice.c.copies)
    .join(
        t.grant_member,
        and_(
            t.grant_member.c.organisation_id == t.choice.c.organisation_id,
            t.grant_member.c.address == t.choice.c.address,
        ),
    )
    .where(
        t.grant_member.c.organisation_id == bindparam("org"),
        t.grant_member.c.grant_id.in_(bindparam("grants", expanding=True)),
        t.choice.c.copies.is_not(None),
    )
)


def as_chosen(conn: Connection, org: str, grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants with each member's own choice of when they get copies, in place of the administrator's."""
    wanted = tuple(grants)
    rows = _OF_MEMBERS.ask(conn, org=org, grants=[one.id for one in wanted])
    chosen = {row.address: Copies(row.copies) for row in rows}
    if not chosen:
        return wanted
    return tuple(
        replace(
            one,
            members=tuple(
                replace(each, copies=chosen.get(each.address, each.copies)) for each in one.members
            ),
        )
        for one in wanted
    )


def note_seen(tx: Connection, org: str, address: str, number: int, seen: int) -> None:
    """They have read the ticket up to event `seen`; an older page that is opened again takes nothing back."""
    statement = insert_or_update(
        tx.dialect.name, t.reading, ("organisation_id", "address", "number"), ("seen",)
    )
    c = t.reading.c
    before = tx.execute(
        select(func.max(c.seen)).where(c.organisation_id == org, c.address == address, c.number == number)
    ).scalar()
    if before is None or before < seen:
        tx.execute(statement, {"organisation_id": org, "address": address, "number": number, "seen": seen})
