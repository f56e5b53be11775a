"""A table of another program → a CSV file of the rules directory: mapped, compared, checked, and only then written.

The whole directory is checked with the new table in place of the old one; with one mistake nothing is written.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailroute.admin.acts import Impossible
from mailroute.admin.writing import write_whole
from mailroute.errors import Diagnostic
from mailroute.model.text import fold
from mailroute.rules import load_files, read_files
from mailroute.rules.files import decode, is_directory_file, is_read
from mailroute.rules.report import Report
from mailroute.rules.schema import ContractRow, PersonRow, PropertyEntry, columns_of
from mailroute.rules.table import Row, read_table

# File, model, and what names one row, so that "changed" can be told from "gone and new": of several names behind each
# other the first that the row has.
KINDS: dict[str, tuple[str, type[object], tuple[str, ...]]] = {
    "people": ("people.csv", PersonRow, ("id email name", "property", "unit")),
    "properties": ("properties.csv", PropertyEntry, ("id",)),
    "contracts": ("contracts.csv", ContractRow, ("contract", "party email")),
}
_OTHER_NAMES = {
    "name": "mieter eigentuemer person nachname bezeichnung",
    "email": "mail emailadresse mailadresse",
    "property": "objekt liegenschaft objektnummer immobilie",
    "unit": "einheit wohnung we nutzeinheit",
    "units": "einheiten wohnungen",
    "from": "von beginn mietbeginn einzug vertragsbeginn gueltigab",
    "to": "bis ende mietende auszug vertragsende gueltigbis",
    "relation": "beziehung art",
    "language": "sprache",
    "contract": "vertrag vertragsnummer vertragsnr mietvertrag policennummer",
    "party": "vertragspartner kunde versicherungsnehmer",
    "adviser": "berater",
    "clerk": "sachbearbeiter",
    "line_of_business": "sparte",
    "product": "produkt produktname tarif",
    "street": "strasse",
    "house_number": "hausnummer hausnr nr",
    "postcode": "plz postleitzahl",
    "town": "ort stadt",
    "calendar": "kalender",
    "id": "nummer kennung personennummer",
}
# A table that would empty the file is a wrong file more often than a wish.
_MANY = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `mapping` is their column → ours; `ignored` are theirs that we have no use for."""

    target: str
    mapping: dict[str, str]
    ignored: tuple[str, ...]
    new: tuple[dict[str, str], ...]
    gone: tuple[dict[str, str], ...]
    changed: tuple[tuple[dict[str, str], dict[str, str]], ...]
    same: int
    text: str

    @property
    def empties(self) -> bool:
        """Whether more than half of the rows that are there would be gone."""
        before = len(self.gone) + len(self.changed) + self.same
        return before >= _MANY and len(self.gone) * 2 > before


def plan(
    directory: Path, content: bytes, kind: str, into: str | None, said: Mapping[str, str]
) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Map, compare and check; returns the warnings too. `said` maps their columns where names do not tell.

    Raises RulesetInvalid with every mistake, Impossible if a column that must be there has no source.
    """
    usual, model, names = KINDS[kind]
    target = into or usual
    if not (is_directory_file(target) and is_read(target) and target.endswith(".csv")):
        raise Impossible(
            f"{target} is no file for this: people.csv, properties.csv, contracts.csv or contracts/….csv"
        )
    columns, rows = _table(target, content)
    known = columns_of(model)
    mapping = _mapping(columns, tuple(known), said)
    missing = [name for name, required in known.items() if required and name not in mapping.values()]
    if missing:
        theirs = ", ".join(columns)
        raise Impossible(
            f"no column gives `{missing[0]}`: say --map COLUMN={missing[0]} (there are {theirs})"
        )
    mapped = [{mapping[key]: cell for key, cell in row.cells.items() if key in mapping} for row in rows]
    files = dict(read_files(directory))
    before = [row.cells for row in _rows(target, files[target])] if target in files else []
    ours = [name for name in dict.fromkeys([*known, *mapping.values()]) if any(name in row for row in mapped)]
    text = _text(ours, mapped)
    files[target] = text
    warnings = load_files(files.items()).warnings
    ignored = tuple(column for column in columns if column and column not in mapping)
    return _compared(target, mapping, ignored, before, mapped, names, text), warnings


def write(directory: Path, planned: Plan) -> None:
    """Write the file whole; what was there stays beside it as `.bak`."""
    path = directory / planned.target
    if path.exists():
        shutil.copy2(path, path.with_name(path.name + ".bak"))
    write_whole(path, planned.text)


def _table(name: str, content: bytes) -> tuple[tuple[str, ...], list[Row]]:
    report = Report()
    text = decode(name, content, report) or ""
    found = read_table(name, text.replace("\r\n", "\n").replace("\r", "\n"), report)
    rows = list(found[1]) if found else []
    report.raise_if_failed()
    if found is None or not rows:
        raise Impossible("there are no rows in this file")
    return found[0].columns, rows


def _rows(name: str, text: str) -> list[Row]:
    found = read_table(name, text, Report())
    return list(found[1]) if found else []


def _mapping(columns: Sequence[str], ours: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """Their column → ours: as said, else by the same name, else by one that usually means it."""
    found: dict[str, str] = {}
    wanted = {key.lower(): name for key, name in said.items()}
    for column, name in wanted.items():
        if column not in columns:
            raise Impossible(f"--map {column}={name}: the file has no column {column}")
        if name and name not in ours and not name.startswith("role:"):
            raise Impossible(f"--map {column}={name}: there is no such column; there are {', '.join(ours)}")
    usual = {other: name for name, others in _OTHER_NAMES.items() if name in ours for other in others.split()}
    usual |= {_plain(name): name for name in ours}
    for column in columns:
        name = wanted.get(column, column if column.startswith("role:") else usual.get(_plain(column), ""))
        if name and name not in found.values():
            found[column] = name
    return found


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(column))


def _text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue()


def _compared(
    target: str,
    mapping: dict[str, str],
    ignored: tuple[str, ...],
    before: Sequence[dict[str, str]],
    after: Sequence[dict[str, str]],
    names: tuple[str, ...],
    text: str,
) -> Plan:
    left = {_key(row, names): row for row in before}
    new, changed, same = [], [], 0
    for row in after:
        old = left.pop(_key(row, names), None)
        if old is None:
            new.append(row)
        elif old == row:
            same += 1
        else:
            changed.append((old, row))
    return Plan(target, mapping, ignored, tuple(new), tuple(left.values()), tuple(changed), same, text)


def _key(row: Mapping[str, str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(next((row[one] for one in name.split() if one in row), "") for name in names)
