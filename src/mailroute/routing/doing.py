"""What somebody may do on our pages: the same rights as by mail, so that no page offers what the mail path would refuse."""

from __future__ import annotations

from mailroute.model.access import Viewer
from mailroute.model.grant import Grant, Right, View
from mailroute.model.thread import Said
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.sharing import rights

_FREE = frozenset({Right.MESSAGES, Right.DAMAGE_REPORTS, Right.DAMAGE_WITHOUT_CONTRACT})


def rights_on_pages(party: Party, viewer: Viewer) -> frozenset[Right]:
    """Their rights (REQ-C14). Tenants and owners, and everybody where there are no grants, may write without one."""
    free = party.kind in (PartyKind.TENANT, PartyKind.OWNER) or not viewer.grants
    return rights(viewer.grants) | (_FREE if free else frozenset())


def main_grant(viewer: Viewer) -> Grant | None:
    """The one that says how their pages look: the main one, else the first by its id."""
    return min(viewer.grants, key=lambda one: (not one.main, one.id), default=None)


def view_of(viewer: Viewer) -> View:
    """Private or commercial; private for whoever has no grant (REQ-C13)."""
    grant = main_grant(viewer)
    return grant.view if grant is not None else View.PRIVATE


def shows_staff(viewer: Viewer) -> bool:
    """Whether names of staff are theirs to read: the same rule as for letters (REQ-C23)."""
    return not viewer.grants or any(one.show_account_manager for one in viewer.grants)


def names_product(viewer: Viewer) -> bool:
    """Whether current cover is listed by product instead of risk: in the private view only (REQ-C15)."""
    grant = main_grant(viewer)
    return grant is not None and grant.view is View.PRIVATE and grant.product_name


def author_in_words(said: Said, viewer: Viewer, house: str) -> str:
    """Who said it, as this reader may know; "" is the reader themselves."""
    author = said.author
    if author.address == viewer.address:
        return ""
    if author.is_staff:
        return f"{author.name}, {house}" if author.name and shows_staff(viewer) else house
    return author.name or author.address or house
