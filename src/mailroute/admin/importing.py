"""A table of another program → a CSV file of the rules directory: mapped, compared, checked, and only then written.

The whole directory is checked with the new table in place of the old one; with one mistake nothing is written.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mailroute.admin.cells import Wording, wording_of
from mailroute.admin.doubts import doubts_about
from mailroute.admin.foreign import Foreign, read_foreign
from mailroute.admin.headings import check_complete, known_headings, map_columns, plain
from mailroute.admin.impossible import Impossible
from mailroute.admin.writing import replace_keeping_old
from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.rules import load_files, read_files
from mailroute.rules.files import clean, is_directory_file, is_read
from mailroute.rules.packs import join_packs
from mailroute.rules.reader import Entries, read_entries
from mailroute.rules.report import Report
from mailroute.rules.schema import ContractRow, PersonRow, PropertyEntry, ResponsibilityRow, columns_of
from mailroute.rules.table import read_table

# File, model, and what names one row, so that "changed" can be told from "gone and new": of several names behind each
# other the first that the row has.
KINDS: dict[str, tuple[str, type[object], tuple[str, ...]]] = {
    "people": ("people.csv", PersonRow, ("id email name", "property", "unit")),
    "properties": ("properties.csv", PropertyEntry, ("id",)),
    "contracts": ("contracts.csv", ContractRow, ("contract", "party email")),
    "responsibilities": ("responsibilities.csv", ResponsibilityRow, ("property", "role", "staff")),
}
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """The file of the other program; `sheet` is the one of a workbook that is wanted."""

    name: str
    content: bytes
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """Cells of a column that are said in our words, and how many there are."""

    column: str
    theirs: str
    ours: str
    count: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `mapping` is their column → ours; `ignored` are theirs that we have no use for;
    `kept` are ours that they do not have; `elsewhere` counts their rows that have a YAML file of their own here.

    `doubts` are reasons not to write it before somebody has looked.
    """

    target: str
    heading_line: int
    part: str
    mapping: dict[str, str]
    ignored: tuple[str, ...]
    kept: tuple[str, ...]
    translated: tuple[Translation, ...]
    elsewhere: int
    new: tuple[Cells, ...]
    gone: tuple[Cells, ...]
    changed: tuple[tuple[Cells, Cells], ...]
    same: int
    doubts: tuple[str, ...]
    text: str


def plan(
    directory: Path, source: Source, kind: str, into: str | None, said: Mapping[str, str]
) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Map, compare and check; returns the warnings too. `said` maps their columns where names do not tell.

    Raises RulesetInvalid with every mistake, Impossible if it is no table, or a column that must be there has no source.
    """
    usual, model, names = KINDS[kind]
    target = _target(into or usual, usual)
    columns = columns_of(model)
    usual_headings = known_headings(tuple(columns))
    foreign = read_foreign(
        source.name,
        source.content,
        source.sheet,
        lambda heads: sum(plain(one) in usual_headings for one in heads),
    )
    mapping = map_columns(foreign.columns, tuple(columns), said)
    check_complete(foreign.columns, [name for name, required in columns.items() if required], mapping)

    files = dict(read_files(directory))
    entries = _entries(files)
    wording = wording_of(entries, defines_properties=kind == "properties")
    rows = _rows(foreign, mapping, wording)
    elsewhere = _elsewhere(entries) if kind == "properties" else frozenset()
    here = [(line, row) for line, row in rows if row.get("id") not in elsewhere]
    head, before = _before(target, files.get(target, ""))
    planned = _compared(foreign, mapping, wording, head, before, here, (target, tuple(columns), names))
    files[target] = planned.text
    warnings = _checked(files, target, source.name, [line for line, _ in here])
    return replace(planned, elsewhere=len(rows) - len(here)), warnings


def write(directory: Path, planned: Plan) -> None:
    """Write the file whole; what was there stays beside it as `.bak`."""
    replace_keeping_old(directory / planned.target, planned.text)


def _target(target: str, usual: str) -> str:
    fits = is_directory_file(target) and is_read(target) and target.endswith(".csv")
    if fits and (target == usual or (usual == "contracts.csv" and target.startswith("contracts/"))):
        return target
    possible = "contracts.csv or contracts/….csv" if usual == "contracts.csv" else usual
    raise Impossible(f"{target} is no file for this: it goes into {possible}")


def _entries(files: Mapping[str, str]) -> Entries:
    """What the directory has now; what is wrong with it is said when it is checked with the new table."""
    report = Report()
    entries = read_entries(clean(files.items(), report), report)
    join_packs(entries, report)
    return entries


def _elsewhere(entries: Entries) -> frozenset[str]:
    """The properties that have a file of their own."""
    return frozenset(one.id for one in entries.properties if one.spot().file.endswith(".yaml"))


def _rows(foreign: Foreign, mapping: Mapping[str, str], wording: Wording) -> list[tuple[int, Cells]]:
    return [
        (
            row.line,
            wording.row(row.line, {mapping[key]: cell for key, cell in row.cells.items() if key in mapping}),
        )
        for row in foreign.rows
    ]


def _before(name: str, text: str) -> tuple[tuple[str, ...], list[Cells]]:
    """The columns and rows of the file that is there."""
    found = read_table(name, text, Report()) if text else None
    return (found[0].columns, [row.cells for row in found[1]]) if found else ((), [])


def _compared(
    foreign: Foreign,
    mapping: dict[str, str],
    wording: Wording,
    head: tuple[str, ...],
    before: Sequence[Cells],
    here: Sequence[tuple[int, Cells]],
    kind: tuple[str, tuple[str, ...], tuple[str, ...]],
) -> Plan:
    target, columns, names = kind
    given = set(mapping.values()) | {name for _, row in here for name in row}
    kept = tuple(name for name in head if name and name not in given)
    pairs, gone = _paired(before, [row for _, row in here], names, kept)
    after = [new for _, new in pairs]
    keys = [(*_key(row, names), row.get("from")) for row in after]
    doubts = doubts_about(after, [line for line, _ in here], before, len(gone), keys)
    ours = [name for name in dict.fromkeys([*head, *columns, *given]) if name in given or name in kept]
    return Plan(
        target=target,
        heading_line=foreign.heading_line,
        part=foreign.part,
        mapping=mapping,
        ignored=tuple(column for column in foreign.columns if column and column not in mapping),
        kept=kept,
        translated=tuple(Translation(*key, count) for key, count in wording.changed.most_common()),
        elsewhere=0,
        new=tuple(new for old, new in pairs if old is None),
        gone=gone,
        changed=tuple((old, new) for old, new in pairs if old is not None and old != new),
        same=sum(old == new for old, new in pairs),
        doubts=(*foreign.doubts, *doubts),
        text=_text(ours, after),
    )


def _paired(
    before: Sequence[Cells], rows: Sequence[Cells], names: tuple[str, ...], kept: tuple[str, ...]
) -> tuple[list[tuple[Cells | None, Cells]], tuple[Cells, ...]]:
    """Each row with the one that is there for it, whose cells of `kept` it takes over; and those left over."""
    left: dict[tuple[str, ...], list[Cells]] = defaultdict(list)
    for row in before:
        left[_key(row, names)].append(row)
    pairs: list[tuple[Cells | None, Cells]] = []
    for row in rows:
        olds = left.get(_key(row, names))
        old = olds.pop(0) if olds else None
        pairs.append((old, row if old is None else {name: old[name] for name in kept if name in old} | row))
    return pairs, tuple(row for olds in left.values() for row in olds)


def _key(row: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(next((row[one] for one in name.split() if one in row), "") for name in names)


def _text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue()


def _checked(
    files: Mapping[str, str], target: str, source: str, lines: Sequence[int]
) -> tuple[Diagnostic, ...]:
    """The warnings of the whole directory; what concerns the table says in which line of the source it stands."""

    def placed(one: Diagnostic) -> Diagnostic:
        if one.file != target or not 2 <= one.line <= len(lines) + 1:
            return one
        return replace(one, message=f"{one.message} (line {lines[one.line - 2]} of {source})")

    try:
        return tuple(map(placed, load_files(files.items()).warnings))
    except RulesetInvalid as invalid:
        raise RulesetInvalid(tuple(map(placed, invalid.diagnostics))) from None
