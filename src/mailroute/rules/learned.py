"""evidence.csv of a pack: words with what each weighs for the case types of the pack, and what is enough.

One row is a word and its weights: `wasserhahn;wasser_sanitaer 3.1 | heizung_warmwasser -0.4`. `*` stands for all case
types; the row without a word has the scores that are enough, and the lead with which an emergency is feared.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from mailroute.model.weights import ALL, WordWeights
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.table import Row, Table

_COLUMNS = ("word", "weights")
_WEIGHT = re.compile(r"\s*(\S+)\s+(-?[0-9]{1,3}(?:\.[0-9]{1,3})?)\s*")


@dataclass(slots=True)
class LearnedWords:
    """What the file says: words with their weights, and the bars. `spots`: where a name stands that must be checked."""

    words: WordWeights = field(default_factory=WordWeights)
    bars: dict[str, float] = field(default_factory=dict)
    spots: dict[str, Spot] = field(default_factory=dict)

    def bar_of(self, case_type: str) -> float:
        """The score that is enough for it."""
        return self.bars.get(case_type, self.bars.get(ALL, 0.0))


def read_learned(table: Table, rows: Iterator[Row], report: Report) -> LearnedWords:
    """Read the rows; what is wrong is in the report."""
    missing = [column for column in _COLUMNS if column not in table.columns]
    for column in missing:
        report.add("MR202", table.spot(1), f"the column {quoted(column)} is missing", "Add it.")
    if missing:
        return LearnedWords()
    learned = LearnedWords()
    for row in rows:
        word, cell = row.cells.get("word", ""), row.cells.get("weights", "")
        for part in cell.split("|"):
            found = _WEIGHT.fullmatch(part)
            if found is None:
                remedy = "Write the case type, a blank and its weight: `heizung 2.5 | wasser -1`."
                report.add(
                    "MR207", table.spot(row.line, ("weights",)), f"{quoted(part)} is no weight", remedy
                )
                continue
            if found[1] not in learned.spots:
                learned.spots[found[1]] = table.spot(row.line, ("weights",))
            if not word:
                learned.bars[found[1]] = float(found[2])
        if word:
            cells = learned.words.cells
            cells[word] = f"{cells[word]}|{cell}" if word in cells else cell
    return learned


def check_names(spots: Mapping[str, Spot], case_types: Collection[str], report: Report) -> None:
    """Report weights for case types that the pack does not have."""
    for name, spot in spots.items():
        if name != ALL and name not in case_types:
            report.add("MR206", spot, f"there is no case type {quoted(name)} here", nearest(name, case_types))
