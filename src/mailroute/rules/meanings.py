"""meanings.csv of a pack: words with a letter per trait, as tests/quality made it (model/meanings.py says what that is).

The row without a word has the thresholds of the traits; `=heizung_warmwasser` has what that case type has before any word,
and then how each trait leans to it; `=*` stands for none of them. All other rows are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from mailroute.model.meanings import LETTERS, Lean, Meanings
from mailroute.rules.report import Report, Spot, quoted
from mailroute.rules.table import Row, Table

_COLUMNS = ("word", "meaning")
_LEAN = "="
_NUMBER = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,4})?")
_ALL_LETTERS = frozenset(LETTERS)
_ANEW = "Copy the file again from where the pack came from: it is learned, and not meant to be edited."


@dataclass(slots=True)
class LearnedMeanings:
    """What the file says; None if it is not whole. `spots`: where the names of case types stand."""

    meanings: Meanings | None = None
    spots: dict[str, Spot] = field(default_factory=dict)


def read_meanings(table: Table, rows: Iterator[Row], report: Report) -> LearnedMeanings:
    """Read the rows; what is wrong is in the report."""
    learned, thresholds = LearnedMeanings(), tuple[float, ...]()
    leans: dict[str, Lean] = {}
    words: dict[str, str] = {}
    for column in (name for name in _COLUMNS if name not in table.columns):
        report.add("MR202", table.spot(1), f"the column {quoted(column)} is missing", "Add it.")
        return learned
    for row in rows:
        word, cell = row.cells.get("word", ""), row.cells.get("meaning", "")
        if word and not word.startswith(_LEAN):
            words = _words_at_once(table.lines[row.line - 1 :], len(thresholds)) or words
            if not words and not _words_one_by_one(table, chain([row], rows), len(thresholds), words, report):
                return learned
            break
        numbers = _numbers(cell)
        if not numbers or (word and len(numbers) != len(thresholds) + 1):
            message = f"{quoted(cell[:40])} is not as many numbers as there are traits"
            report.add("MR207", table.spot(row.line, ("meaning",)), message, _ANEW)
            return learned
        if word:
            leans[word.removeprefix(_LEAN)] = Lean(numbers[0], numbers[1:])
            learned.spots[word.removeprefix(_LEAN)] = table.spot(row.line, ("word",))
        else:
            thresholds = numbers
    learned.meanings = Meanings(thresholds, leans, words)
    return learned


def _words_at_once(lines: Sequence[str], traits: int) -> dict[str, str] | None:
    """The words of a file that is written as ours are; None if it is not. Sixty thousand rows take too long singly."""
    if lines[-1] or not all(line.count(";") == 1 for line in lines[:-1]):
        return None
    words = dict(line.split(";") for line in lines[:-1])
    meanings = words.values()
    # Ten million letters: what is left without those that there may be is found ten times faster than each of them.
    if {len(one) for one in meanings} != {traits} or "".join(meanings).encode().translate(
        None, LETTERS.encode()
    ):
        return None
    return None if any('"' in word or word != word.strip() for word in words) else words


def _words_one_by_one(
    table: Table, rows: Iterable[Row], traits: int, words: dict[str, str], report: Report
) -> bool:
    for row in rows:
        cell = row.cells.get("meaning", "")
        if len(cell) != traits or not _ALL_LETTERS.issuperset(cell):
            message = f"{quoted(cell[:60])} is no meaning of a word"
            report.add("MR207", table.spot(row.line, ("meaning",)), message, _ANEW)
            return False
        words[row.cells.get("word", "")] = cell
    return True


def _numbers(cell: str) -> tuple[float, ...]:
    parts = cell.split()
    return tuple(map(float, parts)) if all(map(_NUMBER.fullmatch, parts)) else ()
