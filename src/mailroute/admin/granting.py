"""Grants as an administrator looks at them: what each comes to, whom to add, whom to invite, what a member sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mailroute.admin.impossible import Impossible
from mailroute.clock import Clock
from mailroute.flow.invite import invite_due, send_invitation
from mailroute.flow.portal import Cover, Row, contracts_of, covers_of, list_tickets
from mailroute.flow.site import Office, Site
from mailroute.flow.visiting import visitor_at
from mailroute.model.address import address_key
from mailroute.model.grant import Grant
from mailroute.model.visitor import Visitor
from mailroute.routing.doing import rights_on_pages, view_of
from mailroute.routing.sharing import rights_of
from mailroute.routing.work import local_day
from mailroute.store import directory, invitations
from mailroute.store.engine import Connection, Store
from mailroute.store.invitations import MEMBER, RESEND_AFTER
from mailroute.store.portal import Wanted
from mailroute.store.views import note_view

# So many pages of their list are looked through for one look.
_PAGES = 50
View = dict[str, Any]


def grant_view(conn: Connection, org: str, grant: Grant) -> View:
    """One grant with what its flags come to, and how each member stands."""
    states = {one.address: one for one in invitations.invitations(conn, org) if one.kind == MEMBER}
    members = []
    for one in grant.members:
        sent = states.get(one.address)
        known = bool(invitations.is_known_member(conn, org, one.address))
        state = (
            "known" if known else "confirmed" if sent and sent.confirmed_at else "invited" if sent else "new"
        )
        members.append({"address": one.address, "name": one.name, "copies": one.copies.value, "state": state})
    return {
        "organisation": org,
        "grant": grant.id,
        "name": grant.name,
        "main": grant.main,
        "view": grant.view.value,
        "customers": list(grant.customers),
        "account_manager": grant.account_manager,
        "rights": sorted(right.value for right in rights_of(grant)),
        "share_tickets": grant.share_tickets,
        "members": members,
        "note": _mutual(grant),
    }


def _mutual(grant: Grant) -> str | None:
    """What an administrator may not have thought of (requirements §1.B, the matrix)."""
    if not grant.share_tickets or grant.main:
        return None
    return "Sharing goes both ways: every member of this further grant also sees the tickets that the others report."


def suggestions(conn: Connection, org: str, grant: Grant) -> tuple[str, ...]:
    """The addresses of its customers that are not members yet (REQ-C8)."""
    people = directory.people_by_ids(conn, org, list(grant.customers))
    addresses = dict.fromkeys(address.key for person in people for address in person.addresses)
    return tuple(one for one in addresses if not grant.has(one) and not one.startswith("@"))


def what_they_see(conn: Connection, office: Office, address: str, now: datetime) -> View:
    """The tickets and contracts of somebody as their own pages show them; it leaves no trace with them (REQ-C11).

    Raises Impossible for whoever could not sign in there.
    """
    key = address_key(address)
    who = visitor_at(conn, office, key, now)
    if who is None or who.viewer is None:
        raise Impossible(f"{key} has no pages of a customer; look with `mailroute grant show`")
    contracts = contracts_of(who)
    numbers = {one.id: one.number for one in contracts}
    return {
        "address": key,
        "grants": [one.id for one in who.viewer.grants],
        "view": view_of(who.viewer).value if who.viewer.grants else None,
        "rights": sorted(right.value for right in rights_on_pages(who.party, who.viewer)),
        "tickets": [_ticket(one, numbers) for one in _rows(conn, office, who)],
        "contracts": [_contract(one) for one in covers_of(conn, who, local_day(office.ruleset, now))],
    }


def _rows(conn: Connection, office: Office, who: Visitor) -> Iterator[Row]:
    """Their list, page after page."""
    further: int | None = None
    for _ in range(_PAGES):
        page = list_tickets(conn, office, who, Wanted(), further)
        yield from page.rows
        further = page.further
        if further is None:
            return


def _ticket(row: Row, contracts: dict[str, str]) -> View:
    one = row.ticket
    return {
        "ticket": one.label,
        "subject": one.subject,
        "reporter": one.reporter.name or one.reporter.address,
        "own": row.mine,
        "closed": one.closed_at is not None,
        "opened_at": one.opened_at.isoformat(),
        "contract": contracts.get(one.place.contract or ""),
    }


def _contract(cover: Cover) -> View:
    """A contract; where the risk lies only if a grant that shows it lets them see that (REQ-C4)."""
    return {
        "contract": cover.contract.number,
        "line_of_business": cover.contract.line_of_business,
        "status": cover.contract.status,
        "risk_address": cover.risk_address or None,
    }


# --- acts -----------------------------------------------------------------------------------------------------


def invite(store: Store, site: Site, clock: Clock) -> list[str]:
    """Invite everybody who is due, now."""
    count = invite_due(store, site, clock)
    return [f"{count} invitations are in the outbox" if count else "nobody needs an invitation"]


def resend(address: str, office: Office, store: Store, site: Site, clock: Clock) -> list[str]:
    """A new letter to a member who has not confirmed; the old one is worthless from now on (REQ-C10)."""
    org, key = office.ruleset.organisation.id, address_key(address)
    with store.read() as conn:
        one = invitations.invitation(conn, org, key)
        known = invitations.is_known_member(conn, org, key)
    if known is None:
        raise Impossible(f"{key} is a member of no grant")
    if known:
        raise Impossible(f"{key} is known from the directory and needs no invitation")
    if one is not None and one.confirmed_at is not None:
        raise Impossible(f"{key} has confirmed the address already")
    if one is not None and clock() - one.last_sent_at < RESEND_AFTER:
        raise Impossible(
            f"an invitation went to {key} less than {_minutes(RESEND_AFTER.total_seconds())} ago"
        )
    serial = one.serial + 1 if one is not None else 1
    if not send_invitation(store, site, office, key, MEMBER, serial, clock):
        raise Impossible(f"somebody else has just invited {key}")
    return [f"invitation {serial} to {key} is in the outbox; earlier ones are no longer valid"]


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)} minutes"


def view_as(address: str, actor: str, office: Office, store: Store, clock: Clock) -> list[str]:
    """What somebody sees as one line of JSON, for one of staff; who looked and when is kept (REQ-C11)."""
    now: datetime = clock()
    org = office.ruleset.organisation.id
    with store.read() as conn:
        seen = what_they_see(conn, office, address, now)
    store.write(lambda tx: note_view(tx, org, actor, address_key(address), now)).result()
    return [json.dumps(seen, ensure_ascii=False)]
