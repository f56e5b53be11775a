"""The index of each organisation's streets, built when a mail first needs it, and again when the directory is another.

It holds names only; which houses stand there is always asked of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailroute.model.directory import Lookup
from mailroute.model.keys import Keys, NearPlace
from mailroute.routing.streets import StreetIndex, build
from mailroute.store.directory import street_keys
from mailroute.store.engine import Connection
from mailroute.store.rulesets import directory_digest


@dataclass(frozen=True, slots=True)
class StreetIndexes:
    """One index per organisation, under the digest of the directory that it was built from."""

    _built: dict[str, tuple[str | None, StreetIndex]] = field(default_factory=dict)

    def of(self, conn: Connection, organisation: str) -> StreetIndex:
        """The index that belongs to the directory of this snapshot."""
        digest = directory_digest(conn, organisation)
        before = self._built.get(organisation)
        if before is not None and before[0] == digest:
            return before[1]
        index = build(street_keys(conn, organisation))
        self._built[organisation] = (digest, index)
        return index


@dataclass(frozen=True, slots=True)
class StreetsOfSnapshot:
    """The streets as one read snapshot knows them; asked only for mails that need them."""

    indexes: StreetIndexes
    conn: Connection
    organisation: str

    def near_places(self, keys: Keys, hits: Sequence[Lookup]) -> Sequence[NearPlace]:
        """What else to ask for, where the exact keys have not led to any street."""
        return self.indexes.of(self.conn, self.organisation).near_places(keys, hits)
