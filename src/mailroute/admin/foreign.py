"""The bytes of another program's table, CSV or .xlsx → its headings and its rows, wherever in the file they begin."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mailroute.admin.impossible import Impossible
from mailroute.admin.workbook import Sheet, is_workbook, read_workbook
from mailroute.rules.files import decode
from mailroute.rules.report import Report

# A name of the list, its date and an empty line often stand above the headings.
_TITLE_ROWS = 20
_DELIMITERS = (";", ",", "\t")
_ROWS = 1_000_000
# What counts how many headings of a row are known.
_Score = Callable[[Sequence[str]], int]
_Numbered = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """One row: its number in the file, and its filled cells by heading."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A table: its headings, the row they stand in, its rows, and what may be wrong with it.

    `part` says which sheet or encoding was read, where that is not plain.
    """

    columns: tuple[str, ...]
    heading_line: int
    rows: tuple[ForeignRow, ...]
    doubts: tuple[str, ...]
    part: str = ""


_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def read_foreign(name: str, content: bytes, sheet: str | None, known: _Score) -> Foreign:
    """Read the table; `known` counts the headings of a row that we know. Raises Impossible and RulesetInvalid."""
    if is_workbook(content):
        return _of_sheet(read_workbook(content, sheet), known)
    if name.lower().endswith(_WORKBOOKS):
        raise Impossible("this is no workbook, whatever its name says: save it anew as .xlsx or CSV UTF-8")
    if sheet is not None:
        raise Impossible("--sheet is for .xlsx workbooks; this is a text file")
    report = Report()
    text = decode(name, content, report) or ""
    report.raise_if_failed()
    # What spreadsheets write in Germany when asked for CSV; no reason to refuse it, but umlauts want a look.
    part = "; ".join(one.message for one in report.found)
    if "\0" in text:
        raise Impossible("this is neither CSV text nor an .xlsx workbook: export the table as one of them")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start, delimiter = _beginning(lines, known)
    return _of_rows(list(_csv_rows(lines, start, delimiter)), (), part)


def _beginning(lines: Sequence[str], known: _Score) -> tuple[int, str]:
    """The index of the line with the headings, and what divides them: where most of them are known."""
    choices = [
        (known(_split(line, delimiter)), -index, line.count(delimiter), delimiter)
        for index, line in enumerate(lines[:_TITLE_ROWS])
        for delimiter in _DELIMITERS
        if line.strip()
    ]
    if not choices:
        raise Impossible("there are no rows in this file")
    best = max(choices, key=lambda choice: choice[:3])
    return -best[1], best[3]


def _split(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _csv_rows(lines: Sequence[str], start: int, delimiter: str) -> Iterator[_Numbered]:
    reader = csv.reader((f"{line}\n" for line in lines[start:]), delimiter=delimiter, strict=True)
    line = start + 1
    try:
        for cells in reader:
            yield line, [" ".join(cell.split()) for cell in cells]
            line = start + reader.line_num + 1
            if line > _ROWS:
                raise Impossible(f"this file has more than {_ROWS} lines: split it")
    except csv.Error as error:
        raise Impossible(
            f"line {line}: a quotation mark is never closed, or stands where none may be; "
            'a cell with one in it is written "so ""quoted"" here"'
        ) from error


def _of_sheet(sheet: Sheet, known: _Score) -> Foreign:
    numbered: list[_Numbered] = list(sheet.rows)
    heads = numbered[:_TITLE_ROWS]
    if not heads:
        raise Impossible(f"the sheet {sheet.name} is empty")
    start = max(range(len(heads)), key=lambda index: (known(heads[index][1]), -index))
    # Cells are merged in many a title, where that does no harm.
    harmful = [place for place in sheet.merged if _last_row(place) >= heads[start][0]]
    doubts = list(sheet.doubts)
    if harmful:
        more = f" and {len(harmful) - 3} more" if len(harmful) > 3 else ""
        doubts.append(
            f"the cells {', '.join(harmful[:3])}{more} are merged: only the first of each has the value; "
            "unmerge them and fill all of them"
        )
    others = f"; not read: {', '.join(sheet.others)} (--sheet NAME)" if sheet.others else ""
    return _of_rows(numbered[start:], tuple(doubts), f"sheet {sheet.name}{others}")


def _last_row(place: str) -> int:
    return int("".join(filter(str.isdigit, place.split(":")[1])))


def _of_rows(numbered: Sequence[_Numbered], doubts: tuple[str, ...], part: str) -> Foreign:
    (heading_line, headings), *rest = numbered
    columns = _distinct(headings)
    rows: list[ForeignRow] = []
    nameless: dict[int, int] = {}
    for line, cells in rest:
        for place, cell in enumerate(cells):
            if cell and (place >= len(columns) or not columns[place]):
                nameless.setdefault(place, line)
        filled = {name: cell for name, cell in zip(columns, cells, strict=False) if cell and name}
        if filled:
            rows.append(ForeignRow(line, filled))
    if not rows:
        raise Impossible("there are no rows in this file")
    nowhere = tuple(
        f"column {place + 1} has no heading, but line {line} has something in it: is a line shifted, or a "
        "delimiter not in quotation marks?"
        for place, line in list(nameless.items())[:3]
    )
    return Foreign(columns, heading_line, tuple(rows), (*doubts, *nowhere), part)


def _distinct(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings; one that stands there twice cannot be told apart."""
    columns = tuple(heading.strip() for heading in headings)
    lower = [column.lower() for column in columns]
    for column in lower:
        if column and lower.count(column) > 1:
            raise Impossible(f"the heading {column} stands there twice: rename one of the two")
    return columns
