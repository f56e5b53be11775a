"""evidence.csv of a pack: words with what each weighs for the case types of the pack, as tests/quality/learn.py made it.

One row is a word and its weights: `wasserhahn;wasser_sanitaer 3.1 | heizung_warmwasser -0.4`. `*` stands for all case
types that are no emergency; the row without a word has the scores that are enough.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

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


def read_learned(table: Table, rows: Iterator[Row], known: Collection[str], report: Report) -> LearnedWords:
    """Read the rows; what is wrong is in the report. `known` are case types that need no check any more.

    Half a million weights are not looked at one by one: one expression holds the whole file to be as it is written by
    us. A file that is otherwise is read cell by cell, which takes seconds and finds each mistake.
    """
    missing = [column for column in _COLUMNS if column not in table.columns]
    for column in missing:
        report.add("MR202", table.spot(1), f"the column {quoted(column)} is missing", "Add it.")
    if missing:
        return LearnedWords()
    return _read_at_once(table, known, report) or _read_by_cells(table, rows, report)


def _read_at_once(table: Table, known: Collection[str], report: Report) -> LearnedWords | None:
    """What a file says that is written as ours are, with the row without a word first; None if it is not."""
    first, rows = table.lines[1:2], table.lines[2:-1]
    if (table.columns, table.delimiter, table.lines[-1:]) != (_COLUMNS, ";", ("",)) or not rows:
        return None
    names = {*known, ALL, *(name for part in first[0].split("|") for name in part.strip("; ").split(" ")[:1])}
    if _shape(names).fullmatch("\n".join((*first, *rows, "")).encode("utf-8", "surrogatepass")) is None:
        return None
    learned = _read_by_cells(table, iter([Row(2, {"weights": first[0][1:]})]), report)
    learned.words = WordWeights(dict(row.split(";", 1) for row in rows))
    return learned if len(learned.words.cells) == len(rows) else None


def _shape(names: Collection[str]) -> Any:
    """What all rows of a good file are together. RE2, for it reads 300 MB a second; bytes, for the same reason."""
    weight = rf"(?:{'|'.join(sorted(map(re.escape, names)))}) -?[0-9]{{1,3}}(?:\.[0-9]{{1,3}})?"
    weights = rf"{weight}(?: \| {weight})*\n"
    # Beyond ASCII the letters of Europe (two bytes, none of them a blank) and the mark of a gap.
    word = r"(?:[^\x00-\x20\x7f-\xff;\"]|[\xc3-\xdf][\x80-\xbf]|\xe2\x80\xa6)+"
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    return re2.compile(f";{weights}(?:{word}(?: {word})*;{weights})*".encode("latin-1", "replace"), options)


def _read_by_cells(table: Table, rows: Iterator[Row], report: Report) -> LearnedWords:
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
