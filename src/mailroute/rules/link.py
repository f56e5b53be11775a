"""Follow every reference between the entries: what is named must exist, and exist once (MR3xx)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from mailroute.model.text import fold
from mailroute.rules.called import called
from mailroute.rules.persons import Mention
from mailroute.rules.reader import Entries, Entry
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.schema import ContractRow
from mailroute.rules.tree import Path
from mailroute.rules.units import Units, id_of_unit
from mailroute.rules.when_schema import WhenEntry

# A place that is looked up only when something is wrong there.
_Place = tuple[Entry[Any], Path]

_UNKNOWN = {
    "role": ("MR301", "there is no role {} in roles.yaml"),
    "staff": ("MR302", "nobody in staff.yaml has the id {}"),
    "property": ("MR303", "there is no property {}"),
    "case type": ("MR315", "there is no case type {} in case-types.yaml"),
    "calendar": ("MR305", "there is no calendar {} in calendars.yaml"),
}
_HOMES = {"role": "roles.yaml", "staff": "staff.yaml", "calendar": "calendars.yaml"}


def check_references(entries: Entries, units: Units, people: Sequence[Mention], report: Report) -> None:
    """Report every name that leads nowhere or to two things."""
    linker = _Linker(entries, units, report)
    linker.organisation()
    linker.people_of_the_house()
    linker.case_types()
    linker.properties()
    linker.responsibilities()
    linker.persons()
    linker.contracts()
    _check_addresses(entries, people, report)


class _Linker:
    def __init__(self, entries: Entries, units: Units, report: Report) -> None:
        self.entries = entries
        self.units = units
        self.report = report
        self.told: set[Spot] = set()
        self.empty: set[str] = set()
        self.called: dict[str, dict[str, str]] = {}

    def organisation(self) -> None:
        one = self.entries.organisation
        if one is None:
            return
        self._refer("role", one.value.triage_role, one, "triage_role")
        self._refer("role", one.value.fallback_role, one, "fallback_role")
        self._refer("role", one.value.management_role, one, "management_role")
        self._refer("role", one.value.administrator_role, one, "administrator_role")
        self._refer("role", one.value.lead_role, one, "lead_role")
        self._refer("calendar", one.value.calendar, one, "calendar")
        # Nobody needs the case type that stands there for want of a better word.
        if "external_steps" in one.value.model_fields_set:
            self._refer_all("case type", one.value.external_steps, one, "external_steps")

    def people_of_the_house(self) -> None:
        for role in self.entries.roles.values():
            self._refer_all("staff", role.value.site_wide, role, "site_wide")
        for staff in self.entries.staff.values():
            self._refer("calendar", staff.value.calendar, staff, "calendar")
            self._refer_all("role", staff.value.roles_for_new_properties, staff, "roles_for_new_properties")
        for partner in self.entries.partners.values():
            self._refer("calendar", partner.value.calendar, partner, "calendar")
            self._refer_all("case type", partner.value.case_types, partner, "case_types")
        for absence in self.entries.absences:
            self._refer("staff", absence.value.staff, absence, "staff")
            self._refer("staff", absence.value.deputy, absence, "deputy")

    def case_types(self) -> None:
        for one in self.entries.case_types.values():
            self._refer("role", one.value.role, one, "role")
            self._refer_all("role", one.value.inform, one, "inform")
            if one.value.when is not None and self.entries.organisation is not None:
                inboxes = [inbox.address for inbox in self.entries.organisation.value.inboxes]
                self._check_inboxes(one.value.when, inboxes, one, ("when",))

    def _check_inboxes(self, when: WhenEntry, inboxes: list[str], one: Entry[Any], path: Path) -> None:
        for index, address in enumerate(when.inbox or ()):
            if address not in inboxes:
                message = f"organisation.yaml has no inbox {quoted(address)}"
                spot = one.spot(*path, "inbox", index)
                self.report.add("MR306", spot, message, nearest(address, inboxes))
        for kind, inner in (("all", when.all), ("any", when.any)):
            for index, part in enumerate(inner or ()):
                self._check_inboxes(part, inboxes, one, (*path, kind, index))
        if when.not_ is not None:
            self._check_inboxes(when.not_, inboxes, one, (*path, "not"))

    def properties(self) -> None:
        seen: dict[str, _Place] = {}
        units: dict[str, _Place] = {}
        for one in self.entries.properties:
            first = self._define("property", one.id, seen, (one, ("id",)))
            self._refer("calendar", one.value.calendar, one, "calendar")
            for role, holders in one.value.roles.items():
                self._refer_key("role", role, one, "roles", role)
                self._refer_all("staff", holders, one, "roles", role)
            for name, unit in one.value.units.items() if first else ():
                self._define("unit", id_of_unit(one.id, name, unit), units, (one, ("units", name)))

    def responsibilities(self) -> None:
        for one in self.entries.responsibilities:
            self._refer("property", one.value.property, one, "property")
            self._refer("role", one.value.role, one, "role")
            self._refer("staff", one.value.staff, one, "staff")

    def persons(self) -> None:
        for one in self.entries.people:
            self._place(one.value.property, one.value.unit, one)

    def contracts(self) -> None:
        seen: dict[str, Entry[ContractRow]] = {}
        for one in self.entries.contracts:
            self._place(one.value.property, one.value.unit, one)
            self._refer("staff", one.value.adviser, one, "adviser")
            self._refer("staff", one.value.clerk, one, "clerk")
            first = seen.setdefault(one.id, one)
            # Several rows with one number are one contract with several parties, if nothing else differs.
            if first is not one and _without_party(first.value) != _without_party(one.value):
                self._define("contract", one.id, {one.id: (first, ())}, (one, ("contract",)))

    def _place(self, property_id: str | None, unit: str | None, one: Entry[Any]) -> None:
        self._refer("property", property_id, one, "property")
        known = self.entries.ids.get("property")
        if unit is None or known is None or (property_id is not None and property_id not in known):
            return
        if self.units.find(property_id, unit) is None:
            where = f"the property {quoted(property_id)} has no unit" if property_id else "there is no unit"
            message = f"{where} {quoted(unit)}"
            self.report.add(
                "MR304", one.spot("unit"), message, lambda: nearest(unit, self.units.names(property_id))
            )

    def _define(self, kind: str, name: str, seen: dict[str, _Place], here: _Place) -> bool:
        """Note where something is defined; False if it was defined before."""
        before = seen.setdefault(name, here)
        if before is here:
            return True
        first = before[0].spot(*before[1])
        message = f"the {kind} {quoted(name)} is defined twice"
        spot = here[0].spot(*here[1])
        self.report.add("MR307", spot, message, f"The first one is in {first.file}:{first.line}.")
        return False

    def _refer_all(self, kind: str, names: Iterable[str], one: Entry[Any], *path: str) -> None:
        for index, name in enumerate(names):
            self._refer(kind, name, one, *path, index)

    def _refer(self, kind: str, name: str | None, one: Entry[Any], *path: str | int) -> None:
        known = self.entries.ids.get(kind)
        if (
            name is None
            or known is None
            or name in known
            or self._none_at_all(kind, name, known, one.spot(*path))
        ):
            return
        code, message = _UNKNOWN[kind]
        self.report.add(
            code, one.spot(*path), message.format(quoted(name)), lambda: self._meant(kind, name, known)
        )

    def _refer_key(self, kind: str, name: str, one: Entry[Any], *path: str | int) -> None:
        """The same for a name that is a key, or the heading of a column: of that all rows would say the same."""
        known = self.entries.ids.get(kind)
        spot = one.key_spot(*path)
        if known is None or name in known or spot in self.told or self._none_at_all(kind, name, known, spot):
            return
        self.told.add(spot)
        code, message = _UNKNOWN[kind]
        self.report.add(code, spot, message.format(quoted(name)), self._meant(kind, name, known))

    def _none_at_all(self, kind: str, name: str, known: set[str], spot: Spot) -> bool:
        """Whether nothing of that kind is defined, which is one mistake however many places speak of it."""
        if known or kind not in _HOMES:
            return False
        if kind not in self.empty:
            self.empty.add(kind)
            message = f"{_HOMES[kind]} defines nothing, but this names {quoted(name)}"
            self.report.add(
                _UNKNOWN[kind][0],
                spot,
                message,
                f"Define {quoted(name)} there, and all others that are named.",
            )
        return True

    def _meant(self, kind: str, name: str, known: set[str]) -> str:
        """Whose id is meant by somebody who writes a name or an address in its place, or mistypes an id."""
        if kind not in self.called:
            self.called[kind] = called(kind, self.entries)
        found = self.called[kind].get(fold(name))
        return f"Did you mean `{found}`?" if found else nearest(name, known)


def _without_party(row: ContractRow) -> tuple[object, ...]:
    return tuple(getattr(row, one.name) for one in fields(row) if one.name not in ("party", "email"))


def _check_addresses(entries: Entries, people: Sequence[Mention], report: Report) -> None:
    """No address may belong to two of ours: a reply from it could be anybody's (MR308)."""
    owners: dict[str, str] = {}

    def claim(address: str, owner: str, spot: Spot) -> None:
        before = owners.setdefault(address, owner)
        if before != owner:
            message = f"{quoted(address)} already belongs to {before}"
            report.add("MR308", spot, message, "Give each of them an address of their own.")

    inboxes: dict[str, int] = {}
    if entries.organisation is not None:
        for index, inbox in enumerate(entries.organisation.value.inboxes):
            count = inboxes.setdefault(inbox.address, index)
            owner = "an inbox" if count == index else "another inbox"
            claim(inbox.address, owner, entries.organisation.spot("inboxes", index, "address"))
    for staff in entries.staff.values():
        if staff.value.active:
            claim(staff.value.email, f"staff `{staff.id}`", staff.spot("email"))
            for index, address in enumerate(staff.value.also):
                claim(address, f"staff `{staff.id}`", staff.spot("also", index))
            if staff.value.alarm is not None:
                claim(staff.value.alarm, f"the alarm of `{staff.id}`", staff.spot("alarm"))
    for partner in entries.partners.values():
        if partner.value.email:
            claim(partner.value.email, f"partner `{partner.id}`", partner.spot("email"))
    for said in people:
        for address in said.addresses:
            if address in inboxes:
                remedy = "A person's address must be one they write from."
                report.add(
                    "MR308", said.spot("email"), f"{quoted(address)} is one of our own inboxes", remedy
                )
