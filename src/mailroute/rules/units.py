"""Which unit a row means: by its id, or by its name within a property."""

from __future__ import annotations

from mailroute.model.lookup import number_key
from mailroute.rules.reader import Entries, slug
from mailroute.rules.schema import UnitEntry


class Units:
    """The units of all properties: found by id, or by name within their property."""

    def __init__(self, entries: Entries) -> None:
        self.property_of: dict[str, str] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        for one in entries.properties:
            for name, unit in one.value.units.items():
                unit_id = id_of_unit(one.id, name, unit)
                self.property_of.setdefault(unit_id, one.id)
                self._by_name.setdefault((one.id, number_key(name)), unit_id)

    def find(self, property_id: str | None, unit: str) -> str | None:
        """The id of the unit that a row means; None if there is none."""
        if property_id is not None:
            found = self._by_name.get((property_id, number_key(unit)))
            if found:
                return found
        home = self.property_of.get(unit)
        return unit if home is not None and property_id in (None, home) else None

    def names(self, property_id: str | None) -> list[str]:
        """What the units of the property (all properties) may be called by."""
        return [one for one, home in self.property_of.items() if property_id in (None, home)]


def id_of_unit(property_id: str, name: str, unit: UnitEntry | None) -> str:
    """The id of a unit: given, or made from property and name (`max-planck-12/we-03`)."""
    return unit.id if unit is not None and unit.id else f"{property_id}/{slug(name)}"
