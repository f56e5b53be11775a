"""Mails of one organisation that another one of this installation may read: those of the tickets it has taken on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, literal_column, or_, select

from mailroute.model.ticket import Answered, Change, MessageAdded
from mailroute.store.columns import insert_or_skip
from mailroute.store.tables import given_mail, intake

_NOT_OWN = select(intake.c.id).where(
    intake.c.id.in_(bindparam("ids", expanding=True)), intake.c.organisation_id != bindparam("org")
)


def may_read(org: BindParameter[str]) -> ColumnElement[bool]:
    """Whether an intake is the organisation's own, or was given to it."""
    given = (
        select(literal_column("1"))
        .where(given_mail.c.organisation_id == org, given_mail.c.intake_id == intake.c.id)
        .exists()
    )
    return or_(intake.c.organisation_id == org, given)


def give_to_read(tx: Connection, org: str, changes: Iterable[Change]) -> None:
    """Let the organisation read the mails that its ticket holds by these changes."""
    ids = {
        one.intake for one in changes if isinstance(one, MessageAdded | Answered) and one.intake is not None
    }
    others = tx.execute(_NOT_OWN, {"org": org, "ids": sorted(ids)}).scalars().all() if ids else ()
    if others:
        tx.execute(
            insert_or_skip(tx.dialect.name, given_mail, "organisation_id", "intake_id"),
            [{"organisation_id": org, "intake_id": one} for one in others],
        )
