"""What each organisation's streets and houses are called, known by heart: read when a mail first needs it, and again when
the directory is another.

Names only; which houses stand in a street is always asked of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailroute.model.directory import Lookup, LookupKind
from mailroute.model.keys import Keys, NearPlace
from mailroute.routing.streets import StreetIndex, build
from mailroute.store.directory import alias_keys, kinds_of_keys, street_keys
from mailroute.store.engine import Connection
from mailroute.store.rulesets import directory_digest


@dataclass(frozen=True, slots=True)
class DirectoryNames:
    """The names of one directory (`model.keys.Names`)."""

    streets: StreetIndex
    aliases: frozenset[str]
    kinds: frozenset[LookupKind]

    def has_street(self, street: str) -> bool:
        """Whether a house of ours stands in it."""
        return street in self.streets

    def near_places(self, keys: Keys, hits: Sequence[Lookup]) -> Sequence[NearPlace]:
        """What else to ask for, where the exact keys have not led to any street."""
        return self.streets.near_places(keys, hits)


@dataclass(frozen=True, slots=True)
class NamesByHeart:
    """The names of each organisation, under the digest of the directory that they were read from."""

    _read: dict[str, tuple[str | None, DirectoryNames]] = field(default_factory=dict)

    def of(self, conn: Connection, organisation: str) -> DirectoryNames:
        """The names that belong to the directory of this snapshot."""
        digest = directory_digest(conn, organisation)
        before = self._read.get(organisation)
        if before is not None and before[0] == digest:
            return before[1]
        streets = build(street_keys(conn, organisation))
        aliases = frozenset(alias_keys(conn, organisation))
        names = DirectoryNames(streets, aliases, kinds_of_keys(conn, organisation))
        self._read[organisation] = (digest, names)
        return names
