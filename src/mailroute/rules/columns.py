"""Does the header row of a table name the columns that its rows need?"""

from __future__ import annotations

from collections.abc import Iterable

from mailroute.rules import schema
from mailroute.rules.report import Report, nearest, quoted
from mailroute.rules.table import Table


def columns_exist(table: Table, model: type[object], report: Report) -> bool:
    """Report columns that do not exist here, and missing ones that every row would miss, once instead of per row."""
    names = schema.columns_of(model)
    if not any(column in names for column in table.columns):
        _report_no_header(table, names, report)
        return False
    good = True
    for column in table.columns:
        if column and column not in names and not (column.startswith("role:") and "roles" in names):
            good = False
            spot = table.spot(1, (column,))
            report.add("MR201", spot, f"there is no column {quoted(column)} here", nearest(column, names))
    for name, required in names.items():
        if required and name not in table.columns:
            good = False
            report.add("MR202", table.spot(1), f"the column {quoted(name)} is missing", "Add it.")
    return good


def _report_no_header(table: Table, names: Iterable[str], report: Report) -> None:
    """One mistake rather than one per column: this is another table, or something stands above the header row."""
    kind = table.file.partition("/")[0].removesuffix(".csv")
    remedy = (
        f"Begin the file with a line like `{';'.join(list(names)[:4])}`, or take in a table with other headings: "
        f"`mailroute import {table.file} --as {kind}`."
    )
    if "\t" in table.lines[0]:
        remedy = "Separate the columns by `;` instead of tabs."
    elif table.lines[0].startswith("sep="):
        remedy = "Delete this line: the header row alone says what separates the columns."
    report.add("MR112", table.spot(1), "the first line names none of the columns of this file", remedy)
