"""Look up who somebody is who comes in on the web."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailroute.flow.site import Office
from mailroute.model.access import Access
from mailroute.model.address import address_key
from mailroute.model.directory import Found
from mailroute.model.facts import Facts
from mailroute.model.visitor import Visitor
from mailroute.routing.visiting import visitor_of
from mailroute.routing.work import local_day
from mailroute.store import directory, grants
from mailroute.store.choices import choice_of
from mailroute.store.engine import Connection


def visitor_at(conn: Connection, office: Office, address: str, now: datetime) -> Visitor | None:
    """Whoever has that address in an organisation, with what they see now; None: nobody who may come in."""
    organisation, key = office.ruleset.organisation.id, address_key(address)
    people = directory.people_with_address(conn, organisation, key)
    viewer = grants.viewer(conn, organisation, key, None)
    access = Access(viewer.grants, viewer.contracts) if grants.has_grants(conn, organisation) else None
    facts = Facts(found=Found(people=people), access=access)
    found = visitor_of(facts, viewer, office.ruleset, local_day(office.ruleset, now))
    chosen = choice_of(conn, organisation, key).language if found is not None else None
    return replace(found, language=chosen) if found is not None and chosen is not None else found
