"""Invite whom nobody knows yet: new members of grants, and with the feature `invite-staff` new colleagues.

One transaction for each: the invitation and its letter are written together, so a crash invites nobody twice.
"""

from __future__ import annotations

from hashlib import sha256

from mailroute.clock import Clock
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.decision import Disposition
from mailroute.model.letter import Notice, Template
from mailroute.model.ticket import RULE, Party, PartyKind
from mailroute.routing.work import Work, staff_party
from mailroute.store import grants, invitations
from mailroute.store.apply import apply
from mailroute.store.engine import Connection, Store
from mailroute.store.invitations import MEMBER, STAFF, note_sent, token_of

INVITE_STAFF = "invite-staff"
_KIND = "invitation"


def invite_due(store: Store, site: Site, clock: Clock) -> int:
    """Invite everybody who is due, of every organisation. Returns how many letters were written."""
    return one_by_one(
        site.offices.values(),
        lambda office: _invite_of(store, site, office, clock),
        lambda _: (_KIND, "-"),
    )


def _invite_of(store: Store, site: Site, office: Office, clock: Clock) -> int:
    org = office.ruleset.organisation.id
    with store.read() as conn:
        members = invitations.uninvited(conn, org)
        known = {one.address for one in invitations.invitations(conn, org) if one.kind == STAFF}
    wanted = [(address, MEMBER) for address in members]
    if INVITE_STAFF in office.ruleset.organisation.features:
        colleagues = [one.address for one in office.ruleset.staff if one.active]
        wanted += [(address, STAFF) for address in colleagues if address not in known]
    return one_by_one(
        wanted,
        lambda one: send_invitation(store, site, office, *one, 1, clock),
        lambda _: (_KIND, "-"),
    )


def send_invitation(
    store: Store, site: Site, office: Office, address: str, kind: str, serial: int, clock: Clock
) -> bool:
    """Write the `serial`th letter to an address. False if another daemon has. Commits its own transaction."""
    org, now = office.ruleset.organisation.id, clock()
    work = Work(office.rules, org, RULE, now)
    cause = f"i{sha256(f'{kind} {address}'.encode()).hexdigest()[:12]}-{serial}"
    with store.read() as conn:
        work.tell(_notice(conn, site, office, address, kind, serial))
        decision = work.decision(Disposition.COMMAND)
        letters = letters_of(conn, decision, office, site, cause=cause, now=now)

    def write(tx: Connection) -> bool:
        if not note_sent(tx, org, address, kind, serial, now):
            return False
        apply(tx, decision, letters, cause=cause, intake=None, timer=None, now=now)
        return True

    return store.write(write).result()


def _notice(conn: Connection, site: Site, office: Office, address: str, kind: str, serial: int) -> Notice:
    organisation = office.ruleset.organisation
    if kind == STAFF:
        staff = office.ruleset.staff_by_address(address)
        assert staff is not None
        return Notice(Template.WELCOME, staff_party(staff), staff.language, None)
    found = [one.member(address) for one in grants.all_grants(conn, organisation.id)]
    name = next((one.name for one in found if one is not None and one.name), "")
    to = Party(PartyKind.CUSTOMER, None, name, address)
    token = token_of(site.keyring, organisation.id, address, serial)
    return Notice(Template.INVITATION, to, organisation.language, None, reason=token)
