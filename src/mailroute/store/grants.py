"""Grants as rows: what they say to one mail, and whom of their members nobody knows yet.

What it costs depends on how many grants an address is in, never on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, not_, select, update

from mailroute.model.access import Access, Viewer
from mailroute.model.address import address_key
from mailroute.model.directory import Contract
from mailroute.model.grant import Grant
from mailroute.model.letter import LetterState, Template
from mailroute.model.ticket import PartyKind, Ticket
from mailroute.store import directory
from mailroute.store import tables as t
from mailroute.store.choices import as_chosen
from mailroute.store.codec import loads
from mailroute.store.ready import Ready

_ANY = Ready(
    select(t.customer_grant.c.id).where(t.customer_grant.c.organisation_id == bindparam("org")).limit(1)
)
_GRANTS_OF = Ready(
    select(t.customer_grant.c.body)
    .where(
        t.customer_grant.c.organisation_id == bindparam("org"),
        t.customer_grant.c.id.in_(
            select(t.grant_member.c.grant_id).where(
                t.grant_member.c.organisation_id == bindparam("org"),
                t.grant_member.c.address.in_(bindparam("addresses", expanding=True)),
            )
        ),
    )
    .order_by(t.customer_grant.c.id)
)
_ALL = (
    select(t.customer_grant.c.body)
    .where(t.customer_grant.c.organisation_id == bindparam("org"))
    .order_by(t.customer_grant.c.id)
)
_CONFIRMED = exists().where(
    t.invitation.c.organisation_id == t.grant_member.c.organisation_id,
    t.invitation.c.address == t.grant_member.c.address,
    t.invitation.c.kind == "member",
    t.invitation.c.confirmed_at.is_not(None),
)
_UNCONFIRMED = Ready(
    select(t.grant_member.c.address).where(
        t.grant_member.c.organisation_id == bindparam("org"),
        t.grant_member.c.grant_id.in_(bindparam("grants", expanding=True)),
        not_(t.grant_member.c.known),
        not_(_CONFIRMED),
    )
)


# --- writing: when the directory changes ------------------------------------------------------------------------------


_WAITING_COPIES = (
    select(t.outbox.c.id, t.outbox.c.to_address, t.ticket.c.reporter_address)
    .join(
        t.ticket,
        and_(
            t.ticket.c.organisation_id == t.outbox.c.organisation_id, t.ticket.c.number == t.outbox.c.number
        ),
    )
    .where(
        t.outbox.c.organisation_id == bindparam("org"),
        t.outbox.c.template == Template.SHARED.value,
        t.outbox.c.state == LetterState.WAITING.value,
    )
)


def stop_lost_copies(tx: Connection, org: str, now: datetime) -> int:
    """Stop copies that wait for somebody who no longer shares with the ticket's reporter; returns how many."""
    lost = []
    for row in tx.execute(_WAITING_COPIES, {"org": org}).all():
        to, reporter = address_key(row.to_address), address_key(row.reporter_address)
        grants = grants_of(tx, org, [to])
        if to != reporter and not any(g.share_tickets and g.has(to) and g.has(reporter) for g in grants):
            lost.append(row.id)
    if lost:
        stopped = {"state": LetterState.STOPPED.value, "changed_at": now, "last_reply": "no longer a member"}
        tx.execute(update(t.outbox).where(t.outbox.c.id.in_(lost)).values(**stopped))
    return len(lost)


# --- reading --------------------------------------------------------------------------------------------------


def has_grants(conn: Connection, org: str) -> bool:
    """Whether the organisation has any grant: without one, everybody may write."""
    return _ANY.first(conn, org=org) is not None


def all_grants(conn: Connection, org: str) -> tuple[Grant, ...]:
    """Every grant with all its members, confirmed or not."""
    return tuple(loads(body, Grant) for body in conn.execute(_ALL, {"org": org}).scalars())


def grants_of(conn: Connection, org: str, addresses: Iterable[str]) -> tuple[Grant, ...]:
    """The grants that one of the addresses (folded) is a member of, without members who have not confirmed yet."""
    rows = _GRANTS_OF.ask(conn, org=org, addresses=list(dict.fromkeys(addresses)))
    grants = list(as_chosen(conn, org, [loads(row.body, Grant) for row in rows]))
    missing = {row.address for row in _UNCONFIRMED.ask(conn, org=org, grants=[one.id for one in grants])}
    if not missing:
        return tuple(grants)
    return tuple(
        replace(one, members=tuple(each for each in one.members if each.address not in missing))
        for one in grants
    )


def access(conn: Connection, org: str, author: str | None, others: Iterable[str]) -> Access | None:
    """What the grants say to a mail of `author`, with those of `others` (reporters, and whom a token was made for)."""
    if not has_grants(conn, org):
        return None
    mine = address_key(author) if author else ""
    addresses = [one for one in (mine, *map(address_key, others)) if one]
    grants = [_of_interest(one, addresses) for one in grants_of(conn, org, addresses)]
    return Access(tuple(grants), _contracts(conn, org, [one for one in grants if one.has(mine)]))


def _of_interest(grant: Grant, addresses: Iterable[str]) -> Grant:
    """The grant with all members only where they read along: facts are kept with every decision."""
    if grant.share_tickets:
        return grant
    wanted = set(addresses)
    return replace(grant, members=tuple(one for one in grant.members if one.address in wanted))


def _contracts(conn: Connection, org: str, grants: Iterable[Grant]) -> tuple[Contract, ...]:
    """What the grants may show: the contracts of their customers, and those they list."""
    grants = tuple(grants)
    people = directory.people_by_ids(conn, org, [who for one in grants for who in one.customers])
    ids = [contract for person in people for contract in person.contracts]
    ids += [contract for one in grants for contract in one.contracts.listed]
    return directory.contracts_by_ids(conn, org, ids)


def viewer(conn: Connection, org: str, address: str, person: tuple[PartyKind, str] | None) -> Viewer:
    """Somebody who looks at tickets and contracts as a customer does."""
    key = address_key(address)
    grants = tuple(one for one in grants_of(conn, org, [key]) if one.has(key))
    return Viewer(key, person, grants, _contracts(conn, org, grants))


def reporters(*tickets: Ticket | None) -> Iterator[str]:
    """The addresses of those who reported the tickets."""
    for one in tickets:
        if one is not None and one.reporter.address:
            yield one.reporter.address
