"""What the words of a mail say together, by the ids that case types have here (model/meanings.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailroute.model.meanings import Reading
from mailroute.model.ruleset import Learned
from mailroute.model.weights import ALL


@dataclass(frozen=True, slots=True)
class Together:
    """One mail as one pack reads it."""

    learned: Learned
    reading: Reading

    def points(self) -> dict[str, float]:
        """What is said for each case type; under the id of the pack, what is said against all of them."""
        return {
            self.learned.id_of(name): -points if name == ALL else points
            for name, points in self.reading.points.items()
        }

    def shares(self, case_type: str) -> dict[str, float]:
        """What each word adds to that one, if it counts 1."""
        return self.reading.shares(case_type.removeprefix(self.learned.prefix))


def read_together(
    packs: Sequence[Learned], values: Mapping[str, float], mail: Sequence[Together] = ()
) -> tuple[Together, ...]:
    """The mail with these words, as each of the packs reads it that has a word of it.

    `mail` is the whole of it as they have read it, where these are some of its words.
    """
    spoken = {one.learned.pack: one.reading.mail for one in mail}
    readings = (
        (one, one.meanings.read(values, spoken.get(one.pack))) for one in packs if one.meanings is not None
    )
    return tuple(Together(learned, reading) for learned, reading in readings if reading is not None)
