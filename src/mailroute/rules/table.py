"""CSV text → rows with places. The header line alone decides the delimiter: csv.Sniffer guesses, and guesses wrong
on a column of German prices.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from mailroute.rules.report import Report, Spot, quoted, spot_in
from mailroute.rules.tree import Path

_ROWS = 1_000_000
_OTHER = {";": ",", ",": ";"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins in, and its filled cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file, without its rows."""

    file: str
    lines: tuple[str, ...]
    delimiter: str
    columns: tuple[str, ...]

    def spot(self, line: int, path: Path = ()) -> Spot:
        """The cell that `path` speaks of: ("roles", "buchhaltung") is the column `role:buchhaltung`."""
        for name in (*(f"role:{part}" for part in path[1:2]), *map(str, path)):
            if name in self.columns:
                return spot_in(self.file, self.lines, line, self._column(line, self.columns.index(name)))
        return spot_in(self.file, self.lines, line, 1)

    def _column(self, line: int, index: int) -> int:
        """Where the cell begins in its line."""
        text, in_quotes = self.lines[line - 1], False
        for place, character in enumerate(text):
            if index == 0:
                return place + 1
            if character == '"':
                in_quotes = not in_quotes
            elif character == self.delimiter and not in_quotes:
                index -= 1
        return len(text) + 1


def read_table(file: str, text: str, report: Report) -> tuple[Table, Iterator[Row]] | None:
    """Parse one CSV file; None, with an error in the report, if it has no usable header row.

    Rows are read while they are asked for: 100,000 of them need not lie in memory twice.
    """
    lines = tuple(text.split("\n"))
    header = lines[0]
    delimiter = ";" if header.count(";") >= header.count(",") else ","
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    try:
        columns = tuple(name.strip().lower() for name in next(reader, []))
    except csv.Error as error:
        report.add("MR110", spot_in(file, lines, 1, 1), _saying(error), _QUOTES)
        return None
    if not _header_is_right(file, lines, columns, report):
        return None
    table = Table(file, lines, delimiter, columns)
    return table, _rows(table, reader, report)


def _rows(table: Table, reader: _Reader, report: Report) -> Iterator[Row]:
    line, count = reader.line_num + 1, 0
    try:
        for cells in reader:
            row = _row(table, line, cells, report)
            if row is not None:
                yield row
            line, count = reader.line_num + 1, count + 1
            if count > _ROWS:
                report.add("MR105", table.spot(line), f"this file has more than {_ROWS} rows", "Split it.")
                return
    except csv.Error as error:
        report.add("MR110", table.spot(line), _saying(error), _QUOTES)


class _Reader(Protocol):
    """What csv.reader gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


_QUOTES = 'A cell with quotation marks in it is written "so ""quoted"" here".'


def _saying(error: csv.Error) -> str:
    if "field larger" in str(error) or "end of data" in str(error):
        return "a quotation mark is opened here and never closed"
    return "there is a stray quotation mark in this line"


def _header_is_right(file: str, lines: tuple[str, ...], columns: tuple[str, ...], report: Report) -> bool:
    spot = spot_in(file, lines, 1, 1)
    if not any(columns):
        report.add(
            "MR112", spot, "the first line must name the columns", "See docs/rules.md for their names."
        )
        return False
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    for name in twice:
        report.add("MR112", spot, f"the column {quoted(name)} stands here twice", "Remove one of them.")
    return not twice


def _row(table: Table, line: int, cells: list[str], report: Report) -> Row | None:
    """The row's filled cells; None for an empty line."""
    filled = {name: cell for name, cell in zip(table.columns, map(str.strip, cells), strict=False) if cell}
    beyond = [cell for cell in cells[len(table.columns) :] if cell.strip()]
    if len(cells) == 1 and len(table.columns) > 1 and _OTHER[table.delimiter] in cells[0]:
        spot = spot_in(table.file, table.lines, line, 1)
        message = (
            f"this line is separated by `{_OTHER[table.delimiter]}`, the header row by `{table.delimiter}`"
        )
        report.add("MR111", spot, message, f"Write `{table.delimiter}` between the cells of all lines.")
        return None
    if beyond:
        # What stands in which column is a guess now, and would only be reported as further mistakes.
        spot = spot_in(table.file, table.lines, line, 1)
        report.add(
            "MR111", spot, f"this line has {len(cells)} cells, the header row names {len(table.columns)} columns",
            f'Put cells that contain `{table.delimiter}` in quotation marks ("…").',
        )  # fmt: skip
        return None
    filled.pop("", None)
    return Row(line, filled) if filled else None
