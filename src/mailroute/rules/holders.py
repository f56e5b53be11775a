"""Is there somebody for every role at every property, and is every role there for something?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mailroute.rules.packs import is_of_pack
from mailroute.rules.reader import Entries, Entry
from mailroute.rules.report import Report, quoted
from mailroute.rules.schema import CaseTypeEntry, PropertyEntry

_SHOWN = 3


def check_holders(entries: Entries, report: Report) -> None:
    """Report roles that nobody holds (MR401, MR402, MR414) and roles that nothing uses (MR406)."""
    _check_triage(entries, report)
    _check_holders(entries, report)
    _check_roles_are_used(entries, report)


def _active(entries: Entries) -> set[str]:
    return {one.id for one in entries.staff.values() if one.value.active}


def _holders_everywhere(entries: Entries, role: str) -> bool:
    """Whether somebody active holds the role wherever a property names nobody."""
    entry = entries.roles.get(role)
    if entry is not None and _active(entries) & set(entry.value.site_wide):
        return True
    return any(
        role in one.value.roles_for_new_properties for one in entries.staff.values() if one.value.active
    )


def _check_triage(entries: Entries, report: Report) -> None:
    one = entries.organisation
    if one is not None and not _holders_everywhere(entries, one.value.triage_role):
        message = f"nobody active holds the triage role {quoted(one.value.triage_role)}"
        remedy = f"Name somebody in roles.yaml: `{one.value.triage_role}: {{site_wide: [id]}}`."
        report.add("MR401", one.spot("triage_role"), message, remedy)


# --- property × role -----------------------------------------------------------------------------------------


def _check_holders(entries: Entries, report: Report) -> None:
    """Each role of a case type, once: is there somebody for every property? What has one cause is told together."""
    told: set[str] = set()
    for one, role in _asked_for(entries):
        if role in told or not entries.properties or _holders_everywhere(entries, role):
            continue
        told.add(role)
        causes = _without(entries, role)
        count = sum(map(len, causes.values()))
        spot = one.spot("role")
        if count == len(entries.properties):
            report.add("MR402", spot, _nobody_anywhere(causes, role), _remedy_anywhere(entries, role))
        elif count:
            said = "; ".join(f"{cause}: {_named(found)}" for cause, found in causes.items())
            message = f"nobody holds the role {quoted(role)} for {count} of the properties. {said}"
            remedy = "Their mails go to the fallback role or triage; name somebody there, or `site_wide`."
            report.add("MR414", spot, message, remedy)


def _asked_for(entries: Entries) -> Iterator[tuple[Entry[CaseTypeEntry], str]]:
    for one in entries.case_types.values():
        if one.value.role is not None:
            yield one, one.value.role


def _without(entries: Entries, role: str) -> dict[str, list[Entry[PropertyEntry]]]:
    """The properties where nobody has the role, by what is wrong there."""
    active = _active(entries)
    causes: dict[str, list[Entry[PropertyEntry]]] = defaultdict(list)
    for one in entries.properties:
        named = one.value.roles.get(role, ())
        if not named:
            causes["No name stands there"].append(one)
        elif not active & set(named):
            gone = ", ".join(quoted(who) for who in named)
            causes[f"Only {gone}, not active any more"].append(one)
    return causes


def _named(found: list[Entry[PropertyEntry]]) -> str:
    return ", ".join(quoted(one.id) for one in found[:_SHOWN]) + (
        f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    )


def _nobody_anywhere(causes: dict[str, list[Entry[PropertyEntry]]], role: str) -> str:
    message = f"nobody holds the role {quoted(role)} anywhere"
    gone = [cause for cause in causes if cause.startswith("Only")]
    return f"{message}. {'; '.join(gone)}" if gone else message


def _remedy_anywhere(entries: Entries, role: str) -> str:
    if role in entries.roles and is_of_pack(entries.roles[role]):
        return f"Name somebody: `{role}: {{override: yes, site_wide: [id]}}` in roles.yaml."
    return "Name somebody in roles.yaml (`site_wide`) or in the properties (`roles`)."


# --- use -----------------------------------------------------------------------------------------------------


def _check_roles_are_used(entries: Entries, report: Report) -> None:
    used: set[str | None] = set()
    if entries.organisation is not None:
        organisation = entries.organisation.value
        used |= {organisation.triage_role, organisation.fallback_role, organisation.management_role}
        used.add(organisation.administrator_role)
        used |= {organisation.lead_role}
    for one in entries.case_types.values():
        used |= {one.value.role, *one.value.inform}
    for role in entries.roles.values():
        # Nobody needs all roles of a pack.
        if role.id not in used and not is_of_pack(role):
            message = f"no case type uses the role {quoted(role.id)}"
            report.add("MR406", role.spot(), message, "Remove it, or give it to a case type.")
