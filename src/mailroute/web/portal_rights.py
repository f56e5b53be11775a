"""What a customer's pages offer them, so that no page shows a button that leads nowhere."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from mailroute.model.grant import Right
from mailroute.model.visitor import Visitor
from mailroute.routing.doing import rights_on_pages


def rights_of(who: Visitor) -> frozenset[Right]:
    """What they may do."""
    return rights_on_pages(who.party, who.viewer) if who.viewer is not None else frozenset()


def require(who: Visitor, right: Right) -> None:
    """Raise 404 where they lack the right: for them there is no such page."""
    if right not in rights_of(who):
        raise HTTPException(404)


def menu(who: Visitor) -> dict[str, object]:
    """What every customer page knows: may they write, report, add a contract, and is there anything of others."""
    mine = rights_of(who)
    grants = who.viewer.grants if who.viewer is not None else ()
    return {
        "may_write": Right.MESSAGES in mine,
        "may_report": Right.DAMAGE_REPORTS in mine,
        "may_add_contracts": Right.ADD_CONTRACTS in mine,
        "has_contracts": bool(grants),
        "shares": any(one.share_tickets for one in grants),
    }
