"""What people call the things that have ids: `Frau Huber` and her address are `huber`, `Buchhaltung` is the role of that name."""

from __future__ import annotations

from collections.abc import Iterator

from mailroute.model.text import fold
from mailroute.rules.reader import Entries


def called(kind: str, entries: Entries) -> dict[str, str]:
    """Folded name → id, for names that mean one thing only."""
    found: dict[str, set[str]] = {}
    for name, entry in _names(kind, entries):
        if name:
            found.setdefault(fold(name), set()).add(entry)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _names(kind: str, entries: Entries) -> Iterator[tuple[str, str]]:
    match kind:
        case "staff":
            for staff in entries.staff.values():
                # Frau Huber, and Huber alone.
                names = (staff.value.name, staff.value.name.rpartition(" ")[2])
                yield from ((name, staff.id) for name in (*names, staff.value.email, *staff.value.also))
        case "role" | "case type":
            for one in (entries.roles if kind == "role" else entries.case_types).values():
                yield from ((name, one.id) for name in (one.value.name.de, one.value.name.en))
        case "property":
            for place in entries.properties:
                value = place.value
                addresses = (value.name, *value.aliases, f"{value.street} {value.house_number}")
                yield from ((name, place.id) for name in addresses)
        case _:
            return
