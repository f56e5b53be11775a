"""Who else reported the matter of a ticket, found by their address: their own report is among their tickets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from mailroute.model.address import address_key
from mailroute.model.ticket import Change, Joined, Separated
from mailroute.store import tables as t
from mailroute.store.columns import insert_or_update

_MOST = 1_000
_KEY = ("organisation_id", "number", "address")
_c = t.further_reporter.c
_LEAVES = delete(t.further_reporter).where(
    _c.organisation_id == bindparam("org"),
    _c.number == bindparam("of"),
    _c.address == bindparam("who"),
)
_REPORTS = select(_c.number, _c.subject).where(
    _c.organisation_id == bindparam("org"),
    _c.address == bindparam("address"),
    _c.number.in_(bindparam("numbers", expanding=True)),
)


def note_further(tx: Connection, org: str, number: int, changes: Iterable[Change]) -> None:
    """Write down who joined and who was separated again."""
    for change in changes:
        match change:
            case Joined(party=party, subject=subject):
                row = {"organisation_id": org, "number": number, "address": address_key(party.address)}
                adding = insert_or_update(tx.dialect.name, t.further_reporter, _KEY, ("subject",))
                tx.execute(adding, {**row, "subject": subject})
            case Separated(party=party):
                tx.execute(_LEAVES, {"org": org, "of": number, "who": address_key(party.address)})
            case _:
                pass


def joined_by(conn: Connection, org: str, address: str) -> tuple[int, ...]:
    """The newest tickets in which a report of theirs was gathered; `address` is folded.

    Read before the list is: hardly anybody has any, and a question in a question makes everybody's list slow.
    """
    theirs = select(_c.number).where(_c.organisation_id == org, _c.address == address)
    return tuple(conn.execute(theirs.order_by(_c.number.desc()).limit(_MOST)).scalars())


def own_subjects(conn: Connection, org: str, address: str, numbers: Sequence[int]) -> dict[int, str]:
    """The subject of their own report in each of these tickets; those in which they have none are missing."""
    asked = {"org": org, "address": address, "numbers": list(numbers)}
    return {row.number: row.subject for row in conn.execute(_REPORTS, asked)} if numbers else {}
