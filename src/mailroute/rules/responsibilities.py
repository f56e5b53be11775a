"""responsibilities.csv: who holds which role for which property, as a list of another program says it (REQ-E12).

What the list says and what a property says itself become one; the two may not speak of the same role.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from mailroute.rules.reader import Entries
from mailroute.rules.reader import Entry as Read
from mailroute.rules.report import Report, quoted
from mailroute.rules.schema import PropertyEntry, ResponsibilityRow

# The rows of one property by role, in the order of the file: first the one who gets the mail, then deputies.
_Listed = dict[str, list[Read[ResponsibilityRow]]]


def join_responsibilities(entries: Entries, report: Report) -> None:
    """Give each property the holders that the list names; reports who stands there twice (MR307)."""
    by_property: dict[str, _Listed] = defaultdict(lambda: defaultdict(list))
    for row in entries.responsibilities:
        by_property[row.value.property][row.value.role].append(row)
        entries.listed.setdefault((row.value.property, row.value.role), row.source())
    entries.properties = [
        _joined(one, by_property[one.id], report) if one.id in by_property else one
        for one in entries.properties
    ]


def _joined(one: Read[PropertyEntry], listed: _Listed, report: Report) -> Read[PropertyEntry]:
    roles = dict(one.value.roles)
    for role, rows in listed.items():
        if role in roles:
            first = one.spot("roles", role)
            message = f"{first.file}:{first.line} already says who is {quoted(role)} for {quoted(one.id)}"
            report.add("MR307", rows[0].spot("role"), message, "Leave it in one of the two files.")
        _report_repeated(rows, report)
        roles[role] = tuple(row.value.staff for row in rows)
    return replace(one, value=one.value.model_copy(update={"roles": roles}))


def _report_repeated(rows: list[Read[ResponsibilityRow]], report: Report) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        first = lines.setdefault(row.value.staff, row.line)
        if first != row.line:
            message = f"{quoted(row.value.staff)} stands here twice for one property and role"
            report.add("MR307", row.spot("staff"), message, f"The first one is in line {first}.")
