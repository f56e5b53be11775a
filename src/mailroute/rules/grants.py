"""Grants as they are meant: their profile laid under them, every name followed, every contradiction told (REQ-A5, B9
to B11, C1 to C27).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from mailroute.model.grant import (
    Box,
    ContractSharing,
    Copies,
    Grant,
    Member,
    Permissions,
    View,
    contract_status,
)
from mailroute.rules.files import is_directory_file
from mailroute.rules.grant_schema import FlagsEntry, GrantEntry, ProfileEntry
from mailroute.rules.persons import Mention
from mailroute.rules.reader import Entries, Entry
from mailroute.rules.report import Report, Spot, nearest, quoted

# The feature of organisation.yaml that `share_tickets` needs (REQ-B9).
SHARE_TICKETS = "share-tickets"
# What lets a customer make a ticket, so that somebody must be there for it (REQ-A5).
_MAKES_TICKETS = ("messages", "damage_reports", "damage_without_contract", "add_contracts")
_FLAGS = tuple(Permissions.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A grant with what its profile says where it says nothing itself."""

    entry: Entry[GrantEntry]
    profile: Entry[ProfileEntry] | None

    def said(self, key: str) -> Any:
        """The value of a key of either; None where neither has it."""
        own = getattr(self.entry.value, key)
        return own if own is not None or self.profile is None else getattr(self.profile.value, key)

    def spot(self, *path: str | int) -> Spot:
        """Where the value stands: in the grant, else in its profile."""
        key = str(path[0])
        if getattr(self.entry.value, key) is None and self.profile is not None:
            return self.profile.spot(*path)
        return self.entry.spot(*path)

    @property
    def sharing(self) -> ContractSharing:
        """Which contracts are shown; each of the three keys is inherited by itself."""
        ways = [one.contracts for one in self._layers() if one.contracts is not None]

        def first(key: str) -> tuple[str, ...]:
            return next((tuple(getattr(way, key)) for way in ways if getattr(way, key) is not None), ())

        boxes = tuple(Box(one) for one in first("automatic"))
        return ContractSharing(boxes, first("lines_of_business"), first("listed"))

    def _layers(self) -> Iterator[FlagsEntry]:
        yield self.entry.value
        if self.profile is not None:
            yield self.profile.value


def resolved(entries: Entries) -> list[Resolved]:
    """Every grant with its profile, in the order of the files."""
    return [Resolved(one, entries.profiles.get(one.value.profile or "")) for one in entries.grants]


def build_grants(entries: Entries, people: Sequence[Mention], ids: Mapping[str, str]) -> tuple[Grant, ...]:
    """The grants of entries without errors. `ids` leads from an address to the id of the person who has it."""
    known = {said.id for said in people if said.id}
    calculators = entries.organisation.value.calculators if entries.organisation else {}
    return tuple(_grant(one, known, ids, calculators) for one in resolved(entries))


def _grant(one: Resolved, known: set[str], ids: Mapping[str, str], calculators: Mapping[str, str]) -> Grant:
    value = one.entry.value
    spot = one.entry.spot()
    return Grant(
        id=one.entry.id,
        name=value.name,
        customers=tuple(who if who in known else ids.get(who.lower(), who) for who in value.customers),
        members=tuple(
            Member(each.address, each.name, Copies(each.copies or Copies.AT_ONCE)) for each in value.members
        ),
        view=View(one.said("view")),
        main=value.main,
        permissions=Permissions(**{flag: bool(one.said(flag)) for flag in _FLAGS}),
        contracts=one.sharing,
        account_manager=one.said("account_manager"),
        show_account_manager=bool(one.said("show_account_manager")),
        share_tickets=bool(one.said("share_tickets")),
        calculator=calculators.get(one.said("calculator") or "", ""),
        product_name=bool(one.said("product_name")),
        rule=f"{spot.file}:{spot.line}",
    )


# --- what is wrong -------------------------------------------------------------------------------------------


def check_grants(entries: Entries, people: Sequence[Mention], report: Report) -> None:
    """Report every name that leads nowhere and every contradiction, each in its place."""
    grants = resolved(entries)
    _check_names(grants, report)
    _check_references(grants, entries, people, report)
    _check_members(grants, entries, report)
    for one in grants:
        _check_one(one, entries, report)
    _check_statuses(grants, entries, report)


def _check_names(grants: Sequence[Resolved], report: Report) -> None:
    """REQ-C1: one id is one grant, and two of one name cannot be told apart."""
    for key in ("id", "name"):
        seen: dict[str, Spot] = {}
        for one in grants:
            name = one.entry.id if key == "id" else one.entry.value.name
            here = one.entry.spot() if key == "id" else one.entry.spot("name")
            first = seen.setdefault(name.lower(), here)
            if first is not here:
                remedy = f"The first one is in {first.file}:{first.line}."
                report.add("MR307", here, f"the grant {quoted(name)} is defined twice", remedy)


def _check_references(
    grants: Sequence[Resolved], entries: Entries, people: Sequence[Mention], report: Report
) -> None:
    staff = entries.ids.get("staff")
    persons = {said.id for said in people if said.id} | {a for said in people for a in said.addresses}
    contracts = {one.id for one in entries.contracts}
    # Of a file with mistakes nobody knows whom it would have named.
    files_are_read = not any(one.level == "error" and _names_people(one.file) for one in report.found)
    accounts = entries.organisation.value.calculators if entries.organisation else {}
    for one in grants:
        value, manager, account = one.entry.value, one.said("account_manager"), one.said("calculator")
        if value.profile is not None and one.profile is None and "profile" in entries.ids:
            message = f"grants/profiles.yaml has no profile {quoted(value.profile)}"
            report.add("MR312", one.entry.spot("profile"), message, nearest(value.profile, entries.profiles))
        if manager is not None and staff is not None and manager not in staff:
            message = f"nobody in staff.yaml has the id {quoted(manager)}"
            report.add("MR302", one.spot("account_manager"), message, nearest(manager, staff))
        if account is not None and entries.organisation is not None and account not in accounts:
            message = f"organisation.yaml has no account {quoted(account)} under `calculators`"
            report.add("MR313", one.spot("calculator"), message, nearest(account, accounts))
        for n, customer in enumerate(value.customers if files_are_read else ()):
            if customer not in persons and customer.lower() not in persons:
                remedy = "Write the id or an address of somebody in people.csv, properties or contracts."
                message = f"there is no person {quoted(customer)}"
                spot = one.entry.spot("customers", n)
                report.add("MR311", spot, message, partial(nearest, customer, persons, otherwise=remedy))
        for n, contract in enumerate(one.sharing.listed if files_are_read else ()):
            if contract not in contracts:
                spot = one.spot("contracts", "listed", n)
                report.add(
                    "MR314", spot, f"there is no contract {quoted(contract)}", nearest(contract, contracts)
                )


def _names_people(file: str) -> bool:
    return is_directory_file(file) and not file.startswith("grants/")


def _check_members(grants: Sequence[Resolved], entries: Entries, report: Report) -> None:
    """REQ-B10, C27: a person in two main grants, and one of ours as a customer, who would see everything."""
    ours = {a: f"staff `{s.id}`" for s in entries.staff.values() for a in (s.value.email, *s.value.also)}
    inboxes = entries.organisation.value.inboxes if entries.organisation else ()
    main: dict[str, Resolved] = {}
    for one in grants:
        seen: set[str] = set()
        for n, member in enumerate(one.entry.value.members):
            spot, address = one.entry.spot("members", n), member.address
            if address in seen:
                message = f"the member {quoted(address)} is defined twice"
                report.add("MR307", spot, message, "Remove one of the two lines.")
                continue
            seen.add(address)
            if address in ours and not one.said("allow_staff"):
                remedy = "Use a private address, or write `allow_staff: yes` if that is meant."
                report.add("MR434", spot, f"{quoted(address)} belongs to {ours[address]}", remedy)
            if any(inbox.address == address for inbox in inboxes):
                remedy = "A member's address must be one they write from."
                report.add("MR308", spot, f"{quoted(address)} is one of our own inboxes", remedy)
            if one.entry.value.main and main.setdefault(address, one) is not one:
                _report_two_main(main[address], one, address, spot, report)


def _report_two_main(first: Resolved, second: Resolved, address: str, spot: Spot, report: Report) -> None:
    there = first.entry.spot()
    message = (
        f"{quoted(address)} is in two main grants, {quoted(first.entry.id)} and {quoted(second.entry.id)}"
    )
    remedy = f"Write `main: no` in one of them; the first is in {there.file}:{there.line}."
    report.add("MR433", spot, message, remedy)


def _check_one(one: Resolved, entries: Entries, report: Report) -> None:
    entry = one.entry
    if one.said("view") is None:
        remedy = "Write `view: private` or `view: commercial`."
        report.add("MR221", entry.spot(), f"the grant {quoted(entry.id)} has no customer view", remedy)
    _check_manager(one, entries, report)
    features = entries.organisation.value.features if entries.organisation else ()
    if one.said("share_tickets") and entries.organisation is not None and SHARE_TICKETS not in features:
        remedy = f"Write `features: [{SHARE_TICKETS}]` in organisation.yaml, or remove the line."
        report.add(
            "MR435",
            one.spot("share_tickets"),
            "sharing tickets is switched off for this organisation",
            remedy,
        )
    if one.sharing.boxes and one.sharing.listed:
        remedy = "Remove `automatic` to show only the listed ones, or remove `listed`."
        message = "contracts are shared automatically, so the listed ones are ignored"
        report.add("MR436", one.spot("contracts", "listed"), message, remedy)
    if one.said("offers") and one.said("calculator") is None:
        remedy = (
            "Write `calculator: …` with an account of `calculators` in organisation.yaml, or `offers: no`."
        )
        report.add("MR437", one.spot("offers"), "the rate calculator needs an account", remedy)
    if not one.said("primary_contact"):
        without = [key for key in (*_MAKES_TICKETS, "offers") if one.said(key)]
        if without:
            message = f"without `primary_contact: yes` this has no effect: {', '.join(without)}"
            remedy = "Write `primary_contact: yes`, or remove the rights."
            report.add("MR439", one.spot(without[0]), message, remedy)


def _check_manager(one: Resolved, entries: Entries, report: Report) -> None:
    manager = one.said("account_manager")
    rights = [key for key in _MAKES_TICKETS if one.said(key)]
    if manager is None and rights:
        message = f"the grant {quoted(one.entry.id)} lets its members write, and names no account manager"
        remedy = "Write `account_manager: …` with an id of staff.yaml: who gets what no contract decides."
        report.add("MR432", one.spot(rights[0]), message, remedy)
    staff = entries.staff.get(manager or "")
    if staff is not None and not staff.value.active:
        message = f"the account manager {quoted(staff.id)} is not active and gets no mail"
        report.add("MR431", one.spot("account_manager"), message, "Name somebody else here.")


def _check_statuses(grants: Sequence[Resolved], entries: Entries, report: Report) -> None:
    """A contract whose status is none of the words is in no box, and nobody would know why it is not shown."""
    automatic = {who.lower() for one in grants if one.sharing.boxes for who in one.entry.value.customers}
    if not automatic:
        return
    by_address = {a: s.value.id for s in entries.people for a in s.value.email}
    told: set[str] = set()
    for contract in entries.contracts:
        parties = set(contract.value.email) | {by_address.get(a) or "" for a in contract.value.email}
        if contract.id in told or not {p.lower() for p in parties} & automatic:
            continue
        if contract_status(contract.value.status) is None:
            told.add(contract.id)
            remedy = "Write EIGEN, ANGEBOT, ANFRAGE, FREMD, FREMDTEIL, GESPERRT, INFO, RUHEND or STORNO."
            message = f"the status {quoted(contract.value.status)} is in no box: the contract is never shown"
            report.add("MR438", contract.spot("status"), message, remedy)
