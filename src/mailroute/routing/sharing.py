"""Who sees what: contracts, rights and tickets, as the truth tables of requirements §1.B and §1.C say.

Pure functions of frozen values. A ticket is seen by whoever reported it and by those who share with them; who wrote a
message in it never matters, or an answer in somebody else's ticket would open it to one's own group (REQ-B14).
"""

from __future__ import annotations

from collections.abc import Iterable

from mailroute.model.access import TicketFilter, Viewer
from mailroute.model.directory import Contract
from mailroute.model.grant import Box, ContractStatus, Grant, Permissions, Right, contract_status
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Ticket

# --- contracts (REQ-C5 to C7) ---------------------------------------------------------------------------------


def boxes_of(contract: Contract) -> frozenset[Box]:
    """The boxes that a contract falls in. A date counts if there is any; dates of the wrong kind change nothing."""
    match contract_status(contract.status):
        case None:
            return frozenset()
        case ContractStatus.OWN:
            dated = {Box.APPLICATION: contract.applied_on, Box.POLICY: contract.documented_on}
            return frozenset(box for box, day in dated.items() if day is not None) or frozenset({Box.OWN})
        case ContractStatus.OFFER:
            return frozenset({Box.OFFER, Box.OWN} if contract.offered_on is not None else {Box.OFFER})
        case other:
            return frozenset({Box(other.value)})


def shared(contract: Contract, grant: Grant) -> bool:
    """Whether the grant shows the contract, by itself or because it is listed; a list may hold anybody's (REQ-C7)."""
    sharing = grant.contracts
    if not sharing.boxes:
        return contract.id in sharing.listed
    if not set(contract.parties) & set(grant.customers):
        return False
    lines = sharing.lines_of_business
    return not boxes_of(contract).isdisjoint(sharing.boxes) and (
        not lines or contract.line_of_business in lines
    )


def visible_contracts(grants: Iterable[Grant], contracts: Iterable[Contract]) -> tuple[Contract, ...]:
    """Those of the contracts that one of the grants shows, in their order."""
    all_grants = tuple(grants)
    return tuple(one for one in contracts if any(shared(one, grant) for grant in all_grants))


# --- rights (REQ-C14) -----------------------------------------------------------------------------------------


def rights_of(grant: Grant) -> frozenset[Right]:
    """What a grant's flags come to. Making tickets needs the primary contact and somebody who is there for them."""
    flags = grant.permissions
    found = {right for right in _needs_nothing() if getattr(flags, right.value)}
    if flags.primary_contact:
        found |= _rights_of_primary_contact(flags, grant)
    return frozenset(found)


def _needs_nothing() -> tuple[Right, ...]:
    # Reading makes no tickets.
    return (Right.SEE_DAMAGES, Right.RISK_ADDRESSES)


def _rights_of_primary_contact(flags: Permissions, grant: Grant) -> set[Right]:
    found = set()
    managed = grant.account_manager is not None
    if flags.messages and managed:
        found.add(Right.MESSAGES)
    if flags.damage_reports and managed:
        found.add(Right.DAMAGE_REPORTS)
        if flags.damage_without_contract:
            found.add(Right.DAMAGE_WITHOUT_CONTRACT)
    if flags.add_contracts:
        found.add(Right.ADD_CONTRACTS)
    if flags.offers and grant.calculator:
        found.add(Right.OFFERS)
    return found


def rights(grants: Iterable[Grant]) -> frozenset[Right]:
    """What a member of all of these may do: a further grant takes nothing away (REQ-B12)."""
    return frozenset(right for grant in grants for right in rights_of(grant))


# --- tickets (REQ-B2, B8, B14, C3) ----------------------------------------------------------------------------


def damage_types(ruleset: Ruleset) -> frozenset[str]:
    """The case types that are reports of a damage."""
    return frozenset(one.id for one in ruleset.case_types if one.right is Right.DAMAGE_REPORTS)


def is_reporter(viewer: Viewer, ticket: Ticket) -> bool:
    """Whether the ticket is their own."""
    reporter = ticket.reporter
    return reporter.address == viewer.address or (
        viewer.person is not None and viewer.person == (reporter.kind, reporter.id)
    )


def may_take_part(viewer: Viewer, ticket: Ticket, damages: frozenset[str]) -> bool:
    """Whether they may read and answer: their own ticket, or one of somebody who shares with them (REQ-B2, B4)."""
    if is_reporter(viewer, ticket):
        return True
    sharing = [one for one in viewer.grants if one.share_tickets and one.has(ticket.reporter.address)]
    if ticket.case_type in damages:
        return any(one.permissions.see_damages for one in sharing)
    return bool(sharing)


def sees(viewer: Viewer, ticket: Ticket, damages: frozenset[str]) -> bool:
    """Whether a ticket may be shown to them. `scope` is the same rule for lists."""
    if may_take_part(viewer, ticket, damages):
        return True
    return ticket.case_type in damages and ticket.place.contract in _contracts_with_damages(viewer)


def _contracts_with_damages(viewer: Viewer) -> frozenset[str]:
    """The contracts whose damage reports they see, whoever reported them (REQ-C3)."""
    showing = [one for one in viewer.grants if one.permissions.see_damages]
    return frozenset(one.id for one in viewer.contracts if any(shared(one, grant) for grant in showing))


def scope(viewer: Viewer, damages: frozenset[str]) -> TicketFilter:
    """The tickets that `sees` lets them see, as a filter for lists."""
    sharing = [one for one in viewer.grants if one.share_tickets]
    return TicketFilter(
        address=viewer.address,
        person=viewer.person,
        shared_with=frozenset(each.address for one in sharing for each in one.members),
        damages=damages,
        damages_shared_with=frozenset(
            each.address for one in sharing if one.permissions.see_damages for each in one.members
        ),
        contracts=_contracts_with_damages(viewer),
    )
