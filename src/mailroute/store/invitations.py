"""Who was invited, when, and whether they have confirmed that the address is theirs (REQ-C9, C10, E1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, func, not_, select, update

from mailroute.model import tokens
from mailroute.model.tokens import Keyring
from mailroute.store import tables as t
from mailroute.store.columns import insert_or_skip

MEMBER, STAFF = "member", "staff"
# An invitation is valid for so long, and is sent anew no sooner than this.
VALID_FOR = timedelta(days=7)
RESEND_AFTER = timedelta(minutes=10)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as it stands. `serial` counts the letters: only the last one is good."""

    address: str
    kind: str
    serial: int
    invited_at: datetime
    last_sent_at: datetime
    confirmed_at: datetime | None


def token_of(keyring: Keyring, org: str, address: str, serial: int) -> str:
    """The token that the `serial`th letter to an address carries in its subject."""
    return tokens.sign(keyring, "invitation", org, address, str(serial))


_ONE = select(t.invitation).where(
    t.invitation.c.organisation_id == bindparam("org"),
    t.invitation.c.address == bindparam("address"),
    t.invitation.c.kind == bindparam("kind"),
)
_INVITED = exists().where(
    t.invitation.c.organisation_id == t.grant_member.c.organisation_id,
    t.invitation.c.address == t.grant_member.c.address,
    t.invitation.c.kind == MEMBER,
)
_UNINVITED = (
    select(t.grant_member.c.address, func.min(t.grant_member.c.grant_id).label("grant_id"))
    .where(t.grant_member.c.organisation_id == bindparam("org"), not_(t.grant_member.c.known), not_(_INVITED))
    .group_by(t.grant_member.c.address)
    .order_by(t.grant_member.c.address)
    .limit(_AT_ONCE)
)
_ALL = (
    select(t.invitation)
    .where(t.invitation.c.organisation_id == bindparam("org"))
    .order_by(t.invitation.c.address, t.invitation.c.kind)
)


def uninvited(conn: Connection, org: str) -> tuple[str, ...]:
    """Members whom nobody knows and nobody has invited yet, fifty at a time."""
    return tuple(row.address for row in conn.execute(_UNINVITED, {"org": org}))


def invitations(conn: Connection, org: str) -> tuple[Invitation, ...]:
    """Everybody who was ever invited."""
    return tuple(_of(row) for row in conn.execute(_ALL, {"org": org}))


def invitation(conn: Connection, org: str, address: str, kind: str = MEMBER) -> Invitation | None:
    """The invitation of an address (folded), or None."""
    row = conn.execute(_ONE, {"org": org, "address": address, "kind": kind}).first()
    return _of(row) if row else None


def is_known_member(conn: Connection, org: str, address: str) -> bool | None:
    """Whether the directory knows a member's address; None: no grant has it."""
    known = conn.execute(
        select(t.grant_member.c.known).where(
            t.grant_member.c.organisation_id == org, t.grant_member.c.address == address
        )
    ).scalars()
    found = list(known)
    return any(found) if found else None


def may_confirm(
    conn: Connection, org: str, address: str, offered: tuple[str, ...], keyring: Keyring, now: datetime
) -> bool:
    """Whether one of the tokens that a mail of `address` carries is the one of their last letter, and still valid."""
    one = invitation(conn, org, address) if offered else None
    if one is None or one.confirmed_at is not None or now - one.last_sent_at > VALID_FOR:
        return False
    return any(
        tokens.verify(keyring, token, "invitation", org, address, str(one.serial)) for token in offered
    )


def note_sent(tx: Connection, org: str, address: str, kind: str, serial: int, now: datetime) -> bool:
    """Write that the `serial`th letter is in the outbox; False if somebody else was faster."""
    if serial == 1:
        row = {"organisation_id": org, "address": address, "kind": kind, "serial": 1}
        adding = insert_or_skip(tx.dialect.name, t.invitation, returning="serial")
        return tx.execute(adding, {**row, "invited_at": now, "last_sent_at": now}).first() is not None
    changed = (
        update(t.invitation)
        .where(
            t.invitation.c.organisation_id == org,
            t.invitation.c.address == address,
            t.invitation.c.kind == kind,
            t.invitation.c.serial == serial - 1,
        )
        .values(serial=serial, last_sent_at=now)
    )
    return tx.execute(changed).rowcount == 1


def confirm(tx: Connection, org: str, address: str, now: datetime) -> None:
    """Write that the address is theirs; from now on they are a member (REQ-C9)."""
    tx.execute(
        update(t.invitation)
        .where(
            t.invitation.c.organisation_id == org,
            t.invitation.c.address == address,
            t.invitation.c.kind == MEMBER,
            t.invitation.c.confirmed_at.is_(None),
        )
        .values(confirmed_at=now)
    )


def _of(row: object) -> Invitation:
    names = Invitation.__dataclass_fields__
    return Invitation(**{name: getattr(row, name) for name in names})
