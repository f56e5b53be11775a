"""evidence.csv of a pack: words with what each weighs for the case types of the pack, as tests/quality/learn.py made it.

One row is a word and its weights: `wasserhahn;wasser_sanitaer 3.1 | heizung_warmwasser -0.4`. `*` stands for all case
types that are no emergency; the row without a word has the scores that are enough.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.table import Row, Table

ALL = "*"
_COLUMNS = ("word", "weights")
_WEIGHT = re.compile(r"\s*(\S+)\s+(-?[0-9]{1,3}(?:\.[0-9]{1,3})?)\s*")


@dataclass(slots=True)
class LearnedWords:
    """What the file says: weights by case type (or `*`) and word, and the bars. `spots`: where each name stands first."""

    weights: dict[str, dict[str, float]] = field(default_factory=dict)
    bars: dict[str, float] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)

    def of(self, case_type: str) -> Mapping[str, float]:
        """The words of a case type."""
        return self.weights.get(case_type, {})

    def bar_of(self, case_type: str) -> float:
        """The score that is enough for it."""
        return self.bars.get(case_type, self.bars.get(ALL, 0.0))


def read_learned(table: Table, rows: Iterator[Row], report: Report) -> LearnedWords:
    """Read the rows; what is wrong is in the report."""
    learned = LearnedWords()
    missing = [column for column in _COLUMNS if column not in table.columns]
    for column in missing:
        report.add("MR202", table.spot(1), f"the column {quoted(column)} is missing", "Add it.")
    for row in rows if not missing else ():
        word = row.cells.get("word", "")
        for part in row.cells.get("weights", "").split("|"):
            found = _WEIGHT.fullmatch(part)
            if found is None:
                remedy = "Write the case type, a blank and its weight: `heizung 2.5 | wasser -1`."
                report.add(
                    "MR207", table.spot(row.line, ("weights",)), f"{quoted(part)} is no weight", remedy
                )
                continue
            name, weight = found[1], float(found[2])
            if name not in learned.spots:
                learned.spots[name] = table.spot(row.line, ("weights",))
            if word:
                learned.weights.setdefault(name, {})[word] = weight
            else:
                learned.bars[name] = weight
    return learned


def check_learned(learned: LearnedWords, case_types: Collection[str], report: Report) -> None:
    """Report weights for case types that the pack does not have."""
    for name, spot in learned.spots.items():
        if name != ALL and name not in case_types:
            report.add("MR206", spot, f"there is no case type {quoted(name)} here", nearest(name, case_types))
