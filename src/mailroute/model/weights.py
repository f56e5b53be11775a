"""Words and what each weighs, kept as the file has them: of fifty thousand words a mail brings a few hundred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# Stands for all case types that are no emergency.
ALL = "*"


@dataclass(frozen=True, slots=True)
class WordWeights:
    """Words, each with what the file says behind it, checked: `heizung 2.5 | wasser -1`. Read when it is asked for."""

    cells: dict[str, str] = field(default_factory=dict, hash=False)

    def __contains__(self, word: str) -> bool:
        return word in self.cells

    def of(self, word: str) -> dict[str, float]:
        """What the word weighs for each case type (or ALL) that it speaks for or against."""
        pairs = (part.split() for part in self.cells[word].split("|")) if word in self.cells else ()
        return {name: float(weight) for name, weight in pairs}

    def by_name(self) -> dict[str, dict[str, float]]:
        """All of it by case type: hundreds of thousands of numbers, for who compares files."""
        found: dict[str, dict[str, float]] = {}
        for word in self.cells:
            for name, weight in self.of(word).items():
                found.setdefault(name, {})[word] = weight
        return found

    def words_of(self, name: str) -> Iterator[tuple[str, float]]:
        """The words that speak for or against one case type."""
        for word, cell in self.cells.items():
            if name in cell:
                weight = self.of(word).get(name)
                if weight is not None:
                    yield word, weight
