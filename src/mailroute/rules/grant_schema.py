"""What may stand in `grants/*.yaml`: grants by their ids, and in `grants/profiles.yaml` what several of them share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from mailroute.model.grant import GERMAN_STATUS, Box, Copies, View
from mailroute.rules import values as v
from mailroute.rules.entry import Entry
from mailroute.rules.report import nearest, quoted

_GERMAN_BOXES = {
    **{word: Box(status.value) for word, status in GERMAN_STATUS.items()},
    "antrag": Box.APPLICATION,
    "police": Box.POLICY,
}
_VIEWS = {
    "private": View.PRIVATE,
    "privat": View.PRIVATE,
    "commercial": View.COMMERCIAL,
    "gewerblich": View.COMMERCIAL,
}


def box_words() -> list[str]:
    """Every word for a box, English ones first."""
    return [*(one.value for one in Box), *_GERMAN_BOXES]


def _box(value: object) -> str:
    """A box by its English or German name."""
    word = v.single(value).lower()
    if word in _GERMAN_BOXES:
        return _GERMAN_BOXES[word].value
    if word not in list(Box):
        raise v.wrong("MR206", f"{quoted(word)} is not possible here", nearest(word, box_words()))
    return word


def _view(value: object) -> str:
    """Exactly one of the two (REQ-C13)."""
    if isinstance(value, list):
        raise v.wrong(
            "MR221",
            "a grant has one customer view, not several",
            "Write `view: private` or `view: commercial`.",
        )
    word = v.single(value).lower()
    if word not in _VIEWS:
        raise v.wrong("MR206", f"{quoted(word)} is not possible here", nearest(word, _VIEWS))
    return _VIEWS[word].value


ShareBox = Annotated[str, BeforeValidator(_box)]
CustomerView = Annotated[str, BeforeValidator(_view)]
CopiesWhen = Annotated[str, BeforeValidator(v.one_of(*Copies))]


class SharingEntry(Entry):
    """Which contracts are shown."""

    automatic: v.Some[ShareBox] | None = Field(None, description="Contracts that fall in one of these boxes")
    lines_of_business: v.Some[v.Name] | None = Field(
        None, description="Only contracts of these lines of business; empty: of all"
    )
    listed: v.Some[v.Name] | None = Field(None, description="These contracts, where nothing is automatic")


class FlagsEntry(Entry):
    """What grants and profiles have in common. What is not written comes from the profile, else it is no."""

    view: CustomerView | None = Field(None, description="private or commercial")
    primary_contact: v.YesNo | None = Field(
        None, description="Without it no right to make tickets has effect"
    )
    messages: v.YesNo | None = Field(None, description="Members may write; their mails become tickets")
    damage_reports: v.YesNo | None = Field(
        None, description="Members may report a damage that names a contract"
    )
    damage_without_contract: v.YesNo | None = Field(None, description="… and one that names none")
    add_contracts: v.YesNo | None = Field(None, description="Members may add contracts they have elsewhere")
    offers: v.YesNo | None = Field(None, description="Members get the link to the rate calculator")
    see_damages: v.YesNo | None = Field(
        None, description="Members see damage reports of the shared contracts"
    )
    risk_addresses: v.YesNo | None = Field(None, description="Members are shown reference addresses")
    share_tickets: v.YesNo | None = Field(None, description="Members see and answer each other's tickets")
    account_manager: v.Ref | None = Field(
        None, description="Id in staff.yaml: who looks after these customers"
    )
    show_account_manager: v.YesNo | None = Field(None, description="Whether letters name the account manager")
    calculator: v.Ref | None = Field(None, description="An account of `calculators` in organisation.yaml")
    product_name: v.YesNo | None = Field(None, description="Private view: products instead of risks")
    allow_staff: v.YesNo | None = Field(None, description="A member may have an address of our own staff")
    contracts: SharingEntry | None = Field(None, description="Which contracts are shown")


class ProfileEntry(FlagsEntry):
    """What several grants share (grants/profiles.yaml)."""


class MemberEntry(Entry):
    """Somebody who writes for the customers."""

    address: v.Email
    name: v.Line = ""
    copies: CopiesWhen | None = Field(
        None, description="When they get what is written in the others' tickets: at-once, daily or web-only"
    )


def _members(value: object) -> object:
    """`[a@x.example]` or `{address: a@x.example, copies: daily}`, one or many."""
    members = [value] if isinstance(value, dict) else v.listed(value)
    return [{"address": one} if isinstance(one, str) else one for one in members]


class GrantEntry(FlagsEntry):
    """Who writes for which customers, and what they may see and do."""

    name: v.Name
    profile: v.Ref | None = Field(None, description="An entry of grants/profiles.yaml")
    main: v.YesNo = Field(True, description="An address is in at most one main grant")
    customers: v.Some[v.Name] = Field(min_length=1, description="Ids or addresses of people")
    members: Annotated[tuple[MemberEntry, ...], BeforeValidator(_members)] = ()
