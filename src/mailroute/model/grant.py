"""A grant: which customers it covers, who writes for them, and what those people may see and do (requirements §1.C).

Values only. What follows from them is in `routing.sharing`.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum


class Box(StrEnum):
    """What can be ticked for sharing contracts automatically (REQ-C5)."""

    INQUIRY = "inquiry"
    OFFER = "offer"
    APPLICATION = "application"
    POLICY = "policy"
    OWN = "own"
    FOREIGN = "foreign"
    FOREIGN_PART = "foreign-part"
    LOCKED = "locked"
    INFO = "info"
    DORMANT = "dormant"
    CANCELLED = "cancelled"


class ContractStatus(StrEnum):
    """How a contract stands, where it is one of the words that decide about sharing."""

    INQUIRY = "inquiry"
    OFFER = "offer"
    OWN = "own"
    FOREIGN = "foreign"
    FOREIGN_PART = "foreign-part"
    LOCKED = "locked"
    INFO = "info"
    DORMANT = "dormant"
    CANCELLED = "cancelled"


# What broker programs export, and what a German administrator writes.
GERMAN_STATUS = {
    "anfrage": ContractStatus.INQUIRY,
    "angebot": ContractStatus.OFFER,
    "eigen": ContractStatus.OWN,
    "fremd": ContractStatus.FOREIGN,
    "fremdteil": ContractStatus.FOREIGN_PART,
    "gesperrt": ContractStatus.LOCKED,
    "info": ContractStatus.INFO,
    "ruhend": ContractStatus.DORMANT,
    "storno": ContractStatus.CANCELLED,
}


def contract_status(written: str) -> ContractStatus | None:
    """The status that a contract's row names, in German or English; None for any other word."""
    word = written.strip().lower()
    if word in GERMAN_STATUS:
        return GERMAN_STATUS[word]
    return next((one for one in ContractStatus if one.value == word), None)


class View(StrEnum):
    """How a customer's own pages and letters look: exactly one of them (REQ-C13)."""

    PRIVATE = "private"
    COMMERCIAL = "commercial"


class Copies(StrEnum):
    """When a member gets what is written in the tickets of the others (ambiguity 10)."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEB_ONLY = "web-only"


class Right(StrEnum):
    """What a person may do or see in effect (REQ-C14); the value is the key in `grants/*.yaml`."""

    MESSAGES = "messages"
    DAMAGE_REPORTS = "damage_reports"
    DAMAGE_WITHOUT_CONTRACT = "damage_without_contract"
    ADD_CONTRACTS = "add_contracts"
    OFFERS = "offers"
    SEE_DAMAGES = "see_damages"
    RISK_ADDRESSES = "risk_addresses"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who writes for the grant's customers. `address` is folded for comparing, `name` may be ""."""

    address: str
    name: str = ""
    copies: Copies = Copies.AT_ONCE


@dataclass(frozen=True, slots=True)
class Permissions:
    """The flags as they are written. What they come to is `routing.sharing.rights_of`."""

    primary_contact: bool = False
    messages: bool = False
    damage_reports: bool = False
    damage_without_contract: bool = False
    add_contracts: bool = False
    offers: bool = False
    see_damages: bool = False
    risk_addresses: bool = False


@dataclass(frozen=True, slots=True)
class ContractSharing:
    """Which contracts are shown: those in a ticked box, of these lines of business (none named: of all), or,
    where no box is ticked, the listed ones (REQ-C5 to C7).
    """

    boxes: tuple[Box, ...] = ()
    lines_of_business: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant. `customers` are ids of people, `account_manager` is a staff id.

    `main`: an address is in at most one main grant of an organisation (REQ-B10). `calculator` is the link to the rate
    calculator, "" for none. `product_name`: the private view names products instead of risks (REQ-C15).
    """

    id: str
    name: str
    customers: tuple[str, ...]
    members: tuple[Member, ...]
    view: View
    main: bool = True
    permissions: Permissions = Permissions()
    contracts: ContractSharing = ContractSharing()
    account_manager: str | None = None
    show_account_manager: bool = False
    share_tickets: bool = False
    calculator: str = ""
    product_name: bool = False
    rule: str = ""

    def __post_init__(self) -> None:
        # In order, so that one of hundreds is found at once (REQ-C12).
        object.__setattr__(self, "members", tuple(sorted(self.members, key=_address)))

    def member(self, address: str) -> Member | None:
        """The member who writes from that address (folded), or None."""
        at = bisect_left(self.members, address, key=_address)
        found = self.members[at] if at < len(self.members) else None
        return found if found is not None and found.address == address else None

    def has(self, address: str) -> bool:
        """Whether somebody who writes from that address (folded) is a member."""
        return self.member(address) is not None


def _address(member: Member) -> str:
    return member.address
