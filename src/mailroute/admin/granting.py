"""Grants as an administrator looks at them: what each comes to, whom to add, whom to invite, what a member sees."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mailroute.admin.impossible import Impossible
from mailroute.clock import Clock
from mailroute.flow.invite import invite_due, send_invitation
from mailroute.flow.site import Office, Site
from mailroute.model.address import Address, address_key
from mailroute.model.directory import Contract, Found
from mailroute.model.facts import Facts
from mailroute.model.grant import Grant, Right
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import PartyKind, Ticket
from mailroute.routing.identify import party_of
from mailroute.routing.sharing import damage_types, rights, rights_of, scope, shared, visible_contracts
from mailroute.routing.work import place_in_words
from mailroute.store import directory, grants, invitations
from mailroute.store.engine import Connection, Store
from mailroute.store.invitations import MEMBER, RESEND_AFTER
from mailroute.store.tickets import tickets
from mailroute.store.views import note_view

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


def what_they_see(conn: Connection, ruleset: Ruleset, address: str) -> View:
    """The tickets and contracts of somebody, exactly as they see them; it leaves no trace with them (REQ-C11)."""
    org = ruleset.organisation.id
    key = address_key(address)
    looks = grants.viewer(conn, org, key, _person(conn, ruleset, key))
    seen = tickets(conn, org, only=scope(looks, damage_types(ruleset)), limit=1000)
    shown = visible_contracts(looks.grants, looks.contracts)
    return {
        "address": key,
        "grants": [one.id for one in looks.grants],
        "view": looks.grants[0].view.value if looks.grants else None,
        "rights": sorted(right.value for right in rights(looks.grants)),
        "tickets": [_ticket(one, key) for one in seen],
        "contracts": [_contract(conn, org, one, looks.grants) for one in shown],
    }


def _person(conn: Connection, ruleset: Ruleset, address: str) -> tuple[PartyKind, str] | None:
    """Who that is, as a mail from there would be read."""
    facts = Facts(found=Found(people=directory.people_with_address(conn, ruleset.organisation.id, address)))
    party = party_of(Address("", address), facts, ruleset)
    return (party.kind, party.id) if party.id is not None else None


def _ticket(one: Ticket, address: str) -> View:
    return {
        "ticket": one.label,
        "subject": one.subject,
        "reporter": one.reporter.name or one.reporter.address,
        "own": one.reporter.address == address,
        "closed": one.closed_at is not None,
        "opened_at": one.opened_at.isoformat(),
        "contract": one.place.contract,
    }


def _contract(conn: Connection, org: str, one: Contract, theirs: tuple[Grant, ...]) -> View:
    """A contract as one of their grants shows it; where the risk lies only if one lets them see that (REQ-C4)."""
    at = directory.property_by_id(conn, org, one.property) if one.property else None
    risk = at is not None and Right.RISK_ADDRESSES in rights(grant for grant in theirs if shared(one, grant))
    return {
        "contract": one.number,
        "line_of_business": one.line_of_business,
        "status": one.status,
        "risk_address": f"{place_in_words(at, None)}, {at.postcode} {at.town}" if at and risk else None,
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
        seen = what_they_see(conn, office.ruleset, address)
    store.write(lambda tx: note_view(tx, org, actor, address_key(address), now)).result()
    return [json.dumps(seen, ensure_ascii=False)]
