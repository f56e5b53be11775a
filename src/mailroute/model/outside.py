"""What can happen to a ticket outside the house: asked of a partner (REQ-D7…D11), ordered from a firm (REQ-D12…D17).

A partner is bound to answer and becomes who must act; a firm is only written to, and the assignee stays who they are.
A partner that is an organisation of this installation has a ticket of its own there, the *child* of the one it was asked
about, its *parent*; what can happen to a child beside all else stands here too (docs/decisions/010).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

# --- partners -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A ticket of another organisation of this installation."""

    organisation: str
    number: int


@dataclass(frozen=True, slots=True)
class PartnerAsked:
    """A partner was offered it and knows only its kind and town. `due`: the last instant at which a yes counts.

    `child` is the partner's own ticket, where the partner is an organisation of this installation.
    """

    partner: str
    due: datetime
    kind: Literal["partner-asked"] = "partner-asked"
    child: Elsewhere | None = None


@dataclass(frozen=True, slots=True)
class PartnerAccepted:
    """The partner said yes in time: they know the matter now, and must act."""

    partner: str
    kind: Literal["partner-accepted"] = "partner-accepted"


@dataclass(frozen=True, slots=True)
class PartnerDeclined:
    """The partner said no; they are not asked again."""

    partner: str
    reason: str
    kind: Literal["partner-declined"] = "partner-declined"


@dataclass(frozen=True, slots=True)
class PartnerTimedOut:
    """The partner said nothing in time; they are not asked again."""

    partner: str
    kind: Literal["partner-timed-out"] = "partner-timed-out"


@dataclass(frozen=True, slots=True)
class PartnerUnreachable:
    """The question came back undelivered with `status` (RFC 3463); they are not asked again."""

    partner: str
    status: str
    kind: Literal["partner-unreachable"] = "partner-unreachable"


@dataclass(frozen=True, slots=True)
class PartnerRevoked:
    """`by`, who had asked the partner, took the question back before the answer; they are not asked again."""

    partner: str
    by: str
    kind: Literal["partner-revoked"] = "partner-revoked"


@dataclass(frozen=True, slots=True)
class PartnerReturned:
    """The partner had accepted and gave it back; they are not asked again."""

    partner: str
    reason: str
    kind: Literal["partner-returned"] = "partner-returned"


# --- the partner's side, where it is an organisation of this installation -------------------------------------


@dataclass(frozen=True, slots=True)
class AskedBy:
    """We are the partner: `parent` is the ticket that we were asked about; a yes counts until `due`."""

    parent: Elsewhere
    due: datetime
    kind: Literal["asked-by"] = "asked-by"


@dataclass(frozen=True, slots=True)
class TakenOn:
    """We said yes in time: from here on this ticket holds what the parent's customer has written."""

    kind: Literal["taken-on"] = "taken-on"


@dataclass(frozen=True, slots=True)
class GoneBack:
    """The parent is not ours (any more): we declined it or gave it back, time was over, or it was taken back."""

    why: Literal["declined", "returned", "timed-out", "revoked"]
    kind: Literal["gone-back"] = "gone-back"


# --- outside firms ------------------------------------------------------------------------------------------


class OrderField(StrEnum):
    """What a firm is told besides the words of the order; the contact data only as far as it is released."""

    CASE_TYPE = "case-type"
    NAME = "name"
    ADDRESS = "address"
    UNIT = "unit"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a firm was told."""

    field: OrderField
    value: str


@dataclass(frozen=True, slots=True)
class ExternalOrdered:
    """An order went to the firm at `address`: the `count`th of this ticket, numbered `order` in the organisation."""

    order: int
    label: str
    address: str
    text: str
    told: tuple[Told, ...]
    count: int
    kind: Literal["external-ordered"] = "external-ordered"


@dataclass(frozen=True, slots=True)
class ExternalTold:
    """The firm at `address` was told what had changed; `told` is all that it knows now."""

    label: str
    address: str
    told: tuple[Told, ...]
    kind: Literal["external-told"] = "external-told"


class Stage(StrEnum):
    """A step of the firm that the assignee documents in its stead (REQ-D17)."""

    CONSULTATION = "consultation"
    QUOTE = "quote"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class ExternalStep:
    """The assignee documented a step of the firm, on its behalf. `on` is a local day, None where none was named."""

    stage: Stage
    on: date | None
    text: str
    kind: Literal["external-step"] = "external-step"
