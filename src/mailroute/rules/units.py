"""Which unit a row means: by its id, or by its name within a property."""

from __future__ import annotations

from collections import defaultdict

from mailroute.model.lookup import number_key
from mailroute.rules.reader import Entries, slug
from mailroute.rules.schema import UnitEntry


class Units:
    """The units of all properties."""

    def __init__(self, entries: Entries) -> None:
        self.property_of: dict[str, str] = {}
        # As written, then as anybody might write it; the second is made only for properties that need it.
        self._by_name: dict[str, dict[str, str]] = defaultdict(dict)
        self._by_key: dict[str, dict[str, str]] = {}
        for one in entries.properties:
            names = self._by_name[one.id]
            for name, unit in one.value.units.items():
                unit_id = names.setdefault(name, id_of_unit(one.id, name, unit))
                self.property_of.setdefault(unit_id, one.id)

    def find(self, property_id: str | None, unit: str) -> str | None:
        """The id of the unit that a row means; None if there is none."""
        if property_id is not None:
            found = self._by_name.get(property_id, {}).get(unit) or self._keys(property_id).get(
                number_key(unit)
            )
            if found:
                return found
        home = self.property_of.get(unit)
        return unit if home is not None and property_id in (None, home) else None

    def names(self, property_id: str | None) -> list[str]:
        """What a unit of the property may be called; without a property, the ids of all units."""
        return list(self.property_of if property_id is None else self._by_name.get(property_id, ()))

    def _keys(self, property_id: str) -> dict[str, str]:
        if property_id not in self._by_key:
            names = self._by_name.get(property_id, {})
            self._by_key[property_id] = {number_key(name): unit_id for name, unit_id in names.items()}
        return self._by_key[property_id]


def id_of_unit(property_id: str, name: str, unit: UnitEntry | None) -> str:
    """The id of a unit: given, or made from property and name (`max-planck-12/we-03`)."""
    return unit.id if unit is not None and unit.id else f"{property_id}/{slug(name)}"
