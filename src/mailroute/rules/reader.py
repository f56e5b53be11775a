"""Texts → typed entries that know their places. One wrong entry does not hide the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from mailroute.model.ruleset import Source
from mailroute.model.text import fold
from mailroute.rules import schema
from mailroute.rules import values as v
from mailroute.rules.columns import columns_exist
from mailroute.rules.files import CASE_TYPES, MEANINGS, is_pack_file
from mailroute.rules.grant_schema import GrantEntry, ProfileEntry
from mailroute.rules.learned import LearnedWords, check_names, read_learned
from mailroute.rules.meanings import LearnedMeanings, read_meanings
from mailroute.rules.problems import SpotOf, report_problems
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.table import Row, Table, read_table
from mailroute.rules.tree import Path, Plain, Tree, read_tree

_M = TypeVar("_M", bound=BaseModel)
_R = TypeVar("_R")

VERBS = tuple(
    "accept take reject assign revoke note close reopen type property follow-up split separate external external-changes "
    "external-appointment external-quote external-order undo help send to".split()
)


@dataclass(frozen=True, slots=True)
class Entry(Generic[_R]):
    """One thing that a file defines: its id, its values, and where they stand."""

    id: str
    value: _R
    origin: Tree | Table
    path: Path = ()
    line: int = 0

    def spot(self, *path: str | int) -> Spot:
        """Where the value that `path` leads to stands."""
        if isinstance(self.origin, Tree):
            return self.origin.spot((*self.path, *path))
        return self.origin.spot(self.line, path)

    def source(self, *path: str | int) -> Source:
        """The same without the text of its line, for explanations."""
        if isinstance(self.origin, Tree):
            spot = self.spot(*path)
            return Source(spot.file, spot.line)
        return Source(self.origin.file, self.line)

    def key_spot(self, *path: str | int) -> Spot:
        """Where the key stands that `path` leads to; in a table the heading of its column."""
        if isinstance(self.origin, Tree):
            return self.origin.spot((*self.path, *path), key=True)
        return self.origin.spot(1, path)


@dataclass(frozen=True, slots=True)
class SpellingEntry:
    """One extra spelling of a verb."""

    verb: str
    text: str
    spot: Spot


@dataclass(slots=True)
class Pack:
    """What the files of one pack define."""

    roles: dict[str, Entry[schema.RoleEntry]] = field(default_factory=dict)
    case_types: dict[str, Entry[schema.CaseTypeEntry]] = field(default_factory=dict)
    learned: LearnedWords | None = None
    together: LearnedMeanings | None = None


@dataclass(slots=True)
class Entries:
    """Everything the files define.

    `ids` has, per kind of thing, every id that is written down, those of entries with mistakes too; a kind whose
    file could not be read is missing from it, and nothing is said about references into it. `files` are the names of all.
    """

    organisation: Entry[schema.OrganisationEntry] | None = None
    roles: dict[str, Entry[schema.RoleEntry]] = field(default_factory=dict)
    staff: dict[str, Entry[schema.StaffEntry]] = field(default_factory=dict)
    calendars: dict[str, Entry[schema.CalendarEntry]] = field(default_factory=dict)
    case_types: dict[str, Entry[schema.CaseTypeEntry]] = field(default_factory=dict)
    partners: dict[str, Entry[schema.PartnerEntry]] = field(default_factory=dict)
    absences: list[Entry[schema.AbsenceEntry]] = field(default_factory=list)
    spellings: list[SpellingEntry] = field(default_factory=list)
    properties: list[Entry[schema.PropertyEntry]] = field(default_factory=list)
    people: list[Entry[schema.PersonRow]] = field(default_factory=list)
    contracts: list[Entry[schema.ContractRow]] = field(default_factory=list)
    responsibilities: list[Entry[schema.ResponsibilityRow]] = field(default_factory=list)
    # Of those that stand in responsibilities.csv: by property and role, where the first of them stands.
    listed: dict[tuple[str, str], Source] = field(default_factory=dict)
    grants: list[Entry[GrantEntry]] = field(default_factory=list)
    profiles: dict[str, Entry[ProfileEntry]] = field(default_factory=dict)
    site_model: LearnedWords | None = None
    packs: dict[str, Pack] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    files: frozenset[str] = frozenset()


def read_entries(texts: Mapping[str, str], report: Report) -> Entries:
    """Read all files; everything that is wrong in them is in the report."""
    entries = Entries(files=frozenset(texts))
    places_are_known = not any(
        one.file.startswith("properties") and one.level == "error" for one in report.found
    )
    for name, text in texts.items():
        errors_before = report.errors
        if name.endswith(".csv"):
            found = read_table(name, text, report)
            if found is not None:
                _read_table(*found, entries, report)
        else:
            tree = read_tree(name, text, report)
            if tree is not None:
                _read_tree(tree, entries, report)
        if name.startswith("properties") and report.errors > errors_before:
            places_are_known = False
    for name, pack in entries.packs.items():
        if any(one.file == f"packs/{name}/case-types.yaml" and one.level == "error" for one in report.found):
            # What its tables speak of may be what cannot be read.
            continue
        for table in (pack.learned, pack.together):
            if table is not None:
                check_names(table.spots, pack.case_types, report)
    for file, kind in (("grants/profiles.yaml", "profile"), (CASE_TYPES, "case type")):
        if file not in texts and not any(one.file == file for one in report.found):
            entries.ids[kind] = set()
    if places_are_known:
        entries.ids["property"] = {one.id for one in entries.properties}
    return entries


def _read_tree(tree: Tree, entries: Entries, report: Report) -> None:
    if is_pack_file(tree.file):
        _read_pack(tree, entries, report)
        return
    match tree.file:
        case "organisation.yaml":
            entries.organisation = _one(tree, schema.OrganisationEntry, report)
        case "roles.yaml":
            entries.roles = _by_id(tree, schema.RoleEntry, report)
            _note_ids(tree, "role", entries)
        case "staff.yaml":
            entries.staff = _by_id(tree, schema.StaffEntry, report)
            _note_ids(tree, "staff", entries)
        case "calendars.yaml":
            entries.calendars = _by_id(tree, schema.CalendarEntry, report)
            _note_ids(tree, "calendar", entries)
        case "case-types.yaml":
            entries.case_types = _by_id(tree, schema.CaseTypeEntry, report)
            _note_ids(tree, "case type", entries)
        case "partners.yaml":
            entries.partners = _by_id(tree, schema.PartnerEntry, report)
            _note_ids(tree, "partner", entries)
        case "absences.yaml":
            entries.absences = _listed(tree, schema.AbsenceEntry, report)
        case "commands.yaml":
            entries.spellings = _spellings(tree, report)
        case "grants/profiles.yaml":
            entries.profiles = _by_id(tree, ProfileEntry, report)
            _note_ids(tree, "profile", entries)
        case name if name.startswith("grants/"):
            entries.grants += _by_id(tree, GrantEntry, report).values()
        case _:
            one = _one(tree, schema.PropertyEntry, report)
            if one is not None:
                entries.properties.append(one)


def _one(tree: Tree, model: type[_M], report: Report) -> Entry[_M] | None:
    """A file that is one entry. Its id is the key `id`, else the name of the file."""
    value = _validated(tree, (), tree.root.plain(), model, report)
    if value is None:
        return None
    stem = tree.file.rpartition("/")[2].removesuffix(".yaml")
    given = getattr(value, "id", None)
    if not given and not _is_id(stem):
        spot = Spot(tree.file, 1, 1, tree.lines[0])
        report.add(
            "MR204", spot, f"{quoted(stem)}, the name of the file, cannot be an id", "Add a line `id: …`."
        )
    return Entry(given or stem, value, tree)


def _read_pack(tree: Tree, entries: Entries, report: Report) -> None:
    _, name, file = tree.file.split("/")
    pack = entries.packs.setdefault(name, Pack())
    if file == "roles.yaml":
        pack.roles = _by_id(tree, schema.RoleEntry, report)
    else:
        pack.case_types = _by_id(tree, schema.CaseTypeEntry, report)


def _note_ids(tree: Tree, kind: str, entries: Entries) -> None:
    if isinstance(tree.root.value, dict):
        entries.ids[kind] = set(tree.root.value)


def _by_id(tree: Tree, model: type[_M], report: Report) -> dict[str, Entry[_M]]:
    """A file that is a mapping of ids to entries, in the order of the file."""
    found: dict[str, Entry[_M]] = {}
    if not isinstance(tree.root.value, dict):
        report.add(
            "MR203",
            tree.spot(()),
            "this file is a mapping of ids",
            "Write each id, a colon, and its keys below.",
        )
        return found
    for key, node in tree.root.value.items():
        if not _is_id(key):
            report.add(
                "MR204", tree.spot((key,), key=True), f"{quoted(key)} cannot be an id", v.id_remedy(key)
            )
            continue
        if key in _keys_of(model) and not isinstance(node.value, dict):
            message = f"{quoted(key)} stands where an id is expected"
            remedy = "It is a key of an entry: indent it like the keys beside it."
            report.add("MR203", tree.spot((key,), key=True), message, remedy)
            continue
        value = _validated(tree, (key,), node.plain(), model, report)
        if value is not None:
            found[key] = Entry(key, value, tree, (key,))
    return found


def _keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _listed(tree: Tree, model: type[_M], report: Report) -> list[Entry[_M]]:
    """A file that is a list of entries. An empty file is an empty list."""
    if tree.root.value == {}:
        return []
    if not isinstance(tree.root.value, list):
        report.add("MR203", tree.spot(()), "this file is a list", "Begin each entry with `- `.")
        return []
    found: list[Entry[_M]] = []
    for index, node in enumerate(tree.root.value):
        value = _validated(tree, (index,), node.plain(), model, report)
        if value is not None:
            found.append(Entry(str(index), value, tree, (index,)))
    return found


def _spellings(tree: Tree, report: Report) -> list[SpellingEntry]:
    found: list[SpellingEntry] = []
    if not isinstance(tree.root.value, dict):
        report.add(
            "MR203", tree.spot(()), "this file is a mapping of verbs", "Write `accept: [übernehme ich]`."
        )
        return found
    adapter = TypeAdapter(v.Some[v.Name])
    for verb, node in tree.root.value.items():
        if verb not in VERBS:
            spot = tree.spot((verb,), key=True)
            report.add("MR206", spot, f"there is no verb {quoted(verb)}", nearest(verb, VERBS))
            continue
        try:
            texts = adapter.validate_python(node.plain() or [])
        except ValidationError as error:
            report_problems(error, BaseModel, _within(tree, (verb,)), report)
            continue
        found += [SpellingEntry(verb, text, tree.spot((verb, n))) for n, text in enumerate(texts)]
    return found


def _validated(tree: Tree, path: Path, plain: Plain, model: type[_M], report: Report) -> _M | None:
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        report_problems(error, model, _within(tree, path), report)
        return None


def _within(tree: Tree, path: Path) -> SpotOf:
    return lambda inner, key: tree.spot((*path, *inner), key=key)


def _is_id(text: str) -> bool:
    return bool(v.ID.fullmatch(text))


# --- CSV -----------------------------------------------------------------------------------------------------

# Rows that are validated together.
_BLOCK = 1000
_SEVERAL = re.compile(r"\s*\|\s*")
_LISTS = frozenset({"aliases", "also", "email", "iban", "number", "phone", "release", "units"})


def _read_table(table: Table, rows: Iterator[Row], entries: Entries, report: Report) -> None:
    if is_pack_file(table.file):
        # Its case types stand in a file that comes before this one.
        pack = entries.packs.setdefault(table.file.split("/")[1], Pack())
        if table.file.endswith(MEANINGS):
            pack.together = read_meanings(table, rows, report)
        else:
            pack.learned = read_learned(table, rows, report)
    elif table.file == "model.csv":
        entries.site_model = read_learned(table, rows, report)
    elif table.file == "properties.csv":
        found = _entries(table, rows, schema.PropertyEntry, report)
        entries.properties += [one for one in found if _has_id(one, report)]
    elif table.file == "people.csv":
        entries.people += _entries(table, rows, schema.PersonRow, report)
    elif table.file == "responsibilities.csv":
        entries.responsibilities += _entries(table, rows, schema.ResponsibilityRow, report)
    else:
        entries.contracts += _entries(table, rows, schema.ContractRow, report)


def _entries(table: Table, rows: Iterator[Row], model: type[_R], report: Report) -> list[Entry[_R]]:
    """All rows as entries. Validated in blocks, and one by one only where that finds something."""
    if not columns_exist(table, model, report):
        return []
    adapter: TypeAdapter[_R] = TypeAdapter(model)
    many: TypeAdapter[list[_R]] = TypeAdapter(list[model])  # type: ignore[valid-type]
    found: list[Entry[_R]] = []
    while block := list(islice(rows, _BLOCK)):
        cells = [_nested(row.cells) for row in block]
        values: list[_R | None]
        try:
            values = list(many.validate_python(cells))
        except ValidationError:
            pairs = zip(block, cells, strict=True)
            values = [_row_value(table, row, plain, adapter, report) for row, plain in pairs]
        for row, value in zip(block, values, strict=True):
            if value is not None:
                found.append(Entry(_row_id(value), value, table, (), row.line))
    return found


def _row_value(
    table: Table, row: Row, cells: dict[str, object], adapter: TypeAdapter[_R], report: Report
) -> _R | None:
    try:
        return adapter.validate_python(cells)
    except ValidationError as error:
        report_problems(error, None, lambda path, _: table.spot(row.line, path), report)
        return None


def _row_id(value: object) -> str:
    return str(getattr(value, "id", None) or getattr(value, "contract", None) or "")


def _has_id(one: Entry[schema.PropertyEntry], report: Report) -> bool:
    if not one.id:
        report.add("MR202", one.spot("id"), "`id` is missing or empty", "Give the property an id.")
    return bool(one.id)


def _nested(cells: dict[str, str]) -> dict[str, object]:
    """The cells as the YAML file would have them: `a | b` is a list, `role:x` a key of `roles`."""
    plain: dict[str, object] = {}
    roles: dict[str, object] = {}
    for column, cell in cells.items():
        if column.startswith("role:"):
            roles[column.removeprefix("role:").strip()] = _SEVERAL.split(cell)
        else:
            plain[column] = _SEVERAL.split(cell) if column in _LISTS else cell
    if roles:
        plain["roles"] = roles
    return plain


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """A part of an id made from a name: `WE 03` → `we-03`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
