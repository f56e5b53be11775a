"""Who may come in on the web: staff, members of grants, and the tenants and owners of our properties. Pure.

Asked anew at every request, so whoever is taken out of the rules is out at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mailroute.model.access import Viewer
from mailroute.model.address import Address
from mailroute.model.facts import Facts
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import PartyKind
from mailroute.model.visitor import Visitor, VisitorKind
from mailroute.routing.daily import administrators
from mailroute.routing.identify import party_of

_WITHOUT_GRANT = (PartyKind.TENANT, PartyKind.OWNER)


def visitor_of(facts: Facts, viewer: Viewer, ruleset: Ruleset, day: date) -> Visitor | None:
    """Who the one is that `viewer.address` belongs to; None: nobody who may come in.

    `facts` hold who has that address and what the grants say about it; `viewer` is the same person without a name.
    """
    organisation = ruleset.organisation
    party = party_of(Address("", viewer.address), facts, ruleset, day)
    if party.kind is PartyKind.STAFF:
        staff = ruleset.staff_by_id(party.id)
        assert staff is not None
        is_administrator = staff in administrators(ruleset, day)
        kind = VisitorKind.ADMINISTRATOR if is_administrator else VisitorKind.STAFF
        return Visitor(organisation.id, kind, party, staff.language)
    if party.kind in (PartyKind.PARTNER, PartyKind.UNKNOWN):
        return None
    if facts.access is not None and not viewer.grants and party.kind not in _WITHOUT_GRANT:
        return None
    known = next((one for one in facts.found.people if one.id == party.id), None)
    language = (known.language if known is not None else None) or organisation.language
    person = (party.kind, party.id) if party.id is not None else None
    return Visitor(organisation.id, VisitorKind.CUSTOMER, party, language, replace(viewer, person=person))
