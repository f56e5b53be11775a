"""The truth tables of requirements §1.B and §1.C, each against a second implementation that is written as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from mailroute.model.directory import Contract
from mailroute.model.grant import (
    Box,
    ContractSharing,
    Grant,
    Member,
    Permissions,
    Right,
    View,
    contract_status,
)
from mailroute.model.ticket import Party, PartyKind, Place, Ticket
from mailroute.routing.sharing import (
    Viewer,
    boxes_of,
    may_take_part,
    rights,
    rights_of,
    scope,
    sees,
    shared,
    visible_contracts,
)
from tests.support.factories import a_ticket
from tests.support.grants import a_grant

DAY = date(2099, 1, 1)
STATUSES = (
    "EIGEN",
    "ANGEBOT",
    "ANFRAGE",
    "FREMD",
    "FREMDTEIL",
    "GESPERRT",
    "INFO",
    "RUHEND",
    "STORNO",
    "aktiv",
)
BOXES = tuple(Box)


def a_contract(status: str, offered: bool, applied: bool, documented: bool, line: str = "KFZ") -> Contract:
    return Contract(
        id="V1",
        number="V1",
        line_of_business=line,
        status=status,
        parties=("a",),
        offered_on=DAY if offered else None,
        applied_on=DAY if applied else None,
        documented_on=DAY if documented else None,
    )


# --- REQ-C5: what each option shows, one predicate a box ------------------------------------------------------

_SAME_NAME = {
    Box.INQUIRY: "ANFRAGE", Box.FOREIGN: "FREMD", Box.FOREIGN_PART: "FREMDTEIL", Box.LOCKED: "GESPERRT",
    Box.INFO: "INFO", Box.DORMANT: "RUHEND", Box.CANCELLED: "STORNO", Box.OFFER: "ANGEBOT",
}  # fmt: skip


def _shows(box: Box, status: str, offered: bool, applied: bool, documented: bool) -> bool:
    """The second table of C5, row by row."""
    if box in _SAME_NAME:
        return status == _SAME_NAME[box]
    return {
        Box.APPLICATION: status == "EIGEN" and applied,
        Box.POLICY: status == "EIGEN" and documented,
        Box.OWN: (status == "EIGEN" and not applied and not documented) or (status == "ANGEBOT" and offered),
    }[box]


def test_every_combination_of_status_dates_boxes_and_lines_of_business() -> None:
    """REQ-C5, C6; ambiguities 12, 13 and 15: 10 × 2³ × 2¹¹ × 2 = 327,680 combinations."""
    grants = []
    for ticked in product((False, True), repeat=len(BOXES)):
        boxes = tuple(box for box, on in zip(BOXES, ticked, strict=True) if on)
        for lines in ((), ("HPV",)):
            one = a_grant(contracts=ContractSharing(boxes, lines), customers=("a",))
            grants += [(boxes, lines, one)]
    count = 0
    for status, *dates in product(STATUSES, *[(False, True)] * 3):
        contract = a_contract(status, *dates)
        showing = {box for box in BOXES if _shows(box, status, *dates)}
        for boxes, lines, grant in grants:
            count += 1
            assert shared(contract, grant) == (not showing.isdisjoint(boxes) and lines == ())
    assert count == 327_680


@pytest.mark.parametrize(
    ("status", "dates", "expected"),
    [
        ("EIGEN", "---", {Box.OWN}),
        ("EIGEN", "x--", {Box.OWN}),
        ("EIGEN", "-x-", {Box.APPLICATION}),
        ("EIGEN", "--x", {Box.POLICY}),
        ("EIGEN", "xxx", {Box.APPLICATION, Box.POLICY}),
        ("ANGEBOT", "-xx", {Box.OFFER}),
        ("ANGEBOT", "x--", {Box.OFFER, Box.OWN}),
        ("storno", "-x-", {Box.CANCELLED}),
        ("own", "---", {Box.OWN}),
        ("", "xxx", set()),
    ],
)
def test_the_rows_of_the_first_table(status: str, dates: str, expected: set[Box]) -> None:
    """REQ-C5, as the table of the requirements has it; German and English words are the same."""
    assert boxes_of(a_contract(status, *(one == "x" for one in dates))) == expected


def test_a_list_shows_what_is_on_it_and_may_hold_another_customers_contract() -> None:
    """REQ-C7."""
    listed = a_grant(contracts=ContractSharing(listed=("V1",)), customers=("b",))
    assert shared(a_contract("whatever", False, False, False), listed)
    assert not shared(replace(a_contract("EIGEN", False, False, False), id="V2"), listed)


def test_boxes_win_over_the_list() -> None:
    """REQ-C7, ambiguity 14."""
    both = a_grant(contracts=ContractSharing((Box.POLICY,), (), ("V1",)), customers=("a",))
    assert not shared(a_contract("EIGEN", False, False, False), both)


def test_boxes_show_only_contracts_of_the_grants_own_customers() -> None:
    """REQ-C2: all of its customers, and nobody else."""
    grant = a_grant(contracts=ContractSharing((Box.OWN,)), customers=("klara", "firma"))
    contracts = [
        replace(a_contract("EIGEN", False, False, False), id=who, parties=(who,))
        for who in ("klara", "firma", "else")
    ]
    assert [one.id for one in visible_contracts([grant], contracts)] == ["klara", "firma"]


def test_a_status_is_known_by_both_names() -> None:
    """REQ-C5."""
    assert contract_status(" Fremdteil ") is contract_status("foreign-part") is not None
    assert contract_status("antrag") is None


# --- REQ-C14: the gate ---------------------------------------------------------------------------------------

_GATE = {
    Right.MESSAGES: ("primary_contact", "messages", "manager"),
    Right.DAMAGE_REPORTS: ("primary_contact", "damage_reports", "manager"),
    Right.DAMAGE_WITHOUT_CONTRACT: (
        "primary_contact",
        "damage_reports",
        "damage_without_contract",
        "manager",
    ),
    Right.ADD_CONTRACTS: ("primary_contact", "add_contracts"),
    Right.OFFERS: ("primary_contact", "offers", "calculator"),
    Right.SEE_DAMAGES: ("see_damages",),
    Right.RISK_ADDRESSES: ("risk_addresses",),
}
_SWITCHES = (*Permissions.__dataclass_fields__, "manager", "calculator")


def test_every_combination_of_flags_comes_to_the_rights_of_the_gate() -> None:
    """REQ-C14, C16 to C20; ambiguities 3 and 16: 2¹⁰ combinations."""
    for values in product((False, True), repeat=len(_SWITCHES)):
        on = {name for name, value in zip(_SWITCHES, values, strict=True) if value}
        grant = a_grant(
            permissions=Permissions(**{name: name in on for name in Permissions.__dataclass_fields__}),
            account_manager="brandt" if "manager" in on else None,
            calculator="https://rechner.example" if "calculator" in on else "",
        )
        assert rights_of(grant) == {right for right, needs in _GATE.items() if on.issuperset(needs)}


def test_a_further_grant_takes_no_right_away() -> None:
    """REQ-B12."""
    main = a_grant(permissions=Permissions(primary_contact=True, messages=True), account_manager="brandt")
    further = a_grant("further", main=False)
    assert rights([main, further]) == rights_of(main) == {Right.MESSAGES}


# --- REQ-B8, B14: the three groups ----------------------------------------------------------------------------

PEOPLE = ("A1", "A2", "B1", "B2", "GFA", "GFB")


def of_group(name: str, members: tuple[str, ...], **more: object) -> Grant:
    there = tuple(Member(f"{who.lower()}@x.example") for who in members)
    return a_grant(name, members=there, share_tickets=True, **more)


MAIN = (of_group("GA", ("A1", "A2")), of_group("GB", ("B1", "B2")), of_group("GG", ("GFA", "GFB")))
SECONDARY = of_group("GS", ("GFB", "B1", "B2"), main=False)
BEFORE = {"A1": "A1 A2", "A2": "A1 A2", "B1": "B1 B2", "B2": "B1 B2", "GFA": "GFA GFB", "GFB": "GFA GFB"}
AFTER = {**BEFORE, "B1": "B1 B2 GFB", "B2": "B1 B2 GFB", "GFB": "B1 B2 GFA GFB"}


def viewer(who: str, grants: tuple[Grant, ...], **more: object) -> Viewer:
    address = f"{who.lower()}@x.example"
    mine = tuple(one for one in grants if one.has(address))
    return replace(Viewer(address, None, mine), **more)  # type: ignore[arg-type]  # Viewer's own names


def reported_by(who: str, **more: object) -> Ticket:
    reporter = Party(PartyKind.CUSTOMER, None, who, f"{who.lower()}@x.example")
    return replace(a_ticket(), reporter=reporter, **more)  # type: ignore[arg-type]  # Ticket's own names


@pytest.mark.parametrize(
    ("grants", "table", "trues"),
    [(MAIN, BEFORE, 12), ((*MAIN, SECONDARY), AFTER, 16)],
    ids=["before", "after"],
)
def test_the_matrix_of_the_three_groups(grants: tuple[Grant, ...], table: dict[str, str], trues: int) -> None:
    """REQ-B8, B11, B12, B14; ambiguity 7: all 36 cells, before and after the secondary grant; both are symmetric."""
    seen = {
        (one, other)
        for one, other in product(PEOPLE, PEOPLE)
        if sees(viewer(one, grants), reported_by(other), frozenset())
    }
    assert seen == {(one, other) for one in PEOPLE for other in table[one].split()}
    assert len(seen) == trues
    assert {(other, one) for one, other in seen} == seen


def test_without_sharing_everybody_sees_their_own_tickets_only() -> None:
    """REQ-B1, B13: what was visible is not any more when it is switched off."""
    off = tuple(replace(one, share_tickets=False) for one in (*MAIN, SECONDARY))
    cells = [(a, b) for a, b in product(PEOPLE, PEOPLE) if sees(viewer(a, off), reported_by(b), frozenset())]
    assert cells == [(who, who) for who in PEOPLE]


def test_damages_of_others_need_their_flag() -> None:
    """REQ-C3."""
    damages = frozenset({"schaden"})
    grants = (replace(MAIN[0], permissions=Permissions(see_damages=False)),)
    seeing = (replace(MAIN[0], permissions=Permissions(see_damages=True)),)
    ticket = reported_by("A2", case_type="schaden")
    assert not sees(viewer("A1", grants), ticket, damages)
    assert sees(viewer("A1", seeing), ticket, damages)
    assert sees(viewer("A2", grants), ticket, damages)


def test_a_damage_of_a_shown_contract_is_seen_whoever_reported_it_but_not_answered() -> None:
    """REQ-C3: that concern her or her company."""
    damages = frozenset({"schaden"})
    grant = replace(
        MAIN[0],
        permissions=Permissions(see_damages=True),
        contracts=ContractSharing((Box.OWN,)),
        customers=("a",),
    )
    shown = viewer("A1", (grant,), contracts=(a_contract("EIGEN", False, False, False),))
    ticket = reported_by("B1", case_type="schaden", place=Place(contract="V1"))
    assert sees(shown, ticket, damages)
    assert not may_take_part(shown, ticket, damages)
    assert not sees(shown, replace(ticket, case_type="frage"), damages)
    assert not sees(replace(shown, contracts=()), ticket, damages)


def test_who_has_two_addresses_sees_the_tickets_of_both() -> None:
    mine = replace(a_ticket(), reporter=Party(PartyKind.CUSTOMER, "k-1", "K", "old@x.example"))
    assert sees(Viewer("new@x.example", (PartyKind.CUSTOMER, "k-1")), mine, frozenset())
    assert not sees(Viewer("new@x.example", (PartyKind.CUSTOMER, "k-2")), mine, frozenset())


def test_scope_passes_exactly_the_tickets_that_sees_sees() -> None:
    """Design §6: one rule, two forms. Every viewer, reporter, kind of ticket and flag."""
    damages = frozenset({"schaden"})
    contract = a_contract("EIGEN", False, False, False)
    for see_damages, sharing, with_contract in product((False, True), repeat=3):
        grants = tuple(
            replace(
                one,
                share_tickets=sharing,
                permissions=Permissions(see_damages=see_damages),
                contracts=ContractSharing((Box.OWN,)),
                customers=("a",),
            )
            for one in (*MAIN, SECONDARY)
        )
        for one, other, kind, number in product(
            PEOPLE, PEOPLE, ("schaden", "frage", None), ("V1", "V2", None)
        ):
            looks = viewer(one, grants, contracts=(contract,) if with_contract else ())
            ticket = reported_by(other, case_type=kind, place=Place(contract=number))
            assert scope(looks, damages).passes(ticket) == sees(looks, ticket, damages)


def test_five_hundred_members_are_no_burden() -> None:
    """REQ-C12."""
    many = a_grant(members=tuple(Member(f"m{n}@x.example") for n in range(500)), share_tickets=True)
    assert all(many.has(f"m{n}@x.example") for n in range(500))
    assert many.view is View.PRIVATE
    assert not many.has("m500@x.example")
