"""Packs: roles and case types that come ready-made and that a site takes in with `packs:` in organisation.yaml. It may change
parts of them (`override: yes`) without copying the rest.

Their texts become files of the site's own ruleset (`packs/<name>/…`), so a stored ruleset never looks at a pack again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from mailroute import shipped
from mailroute.rules import schema
from mailroute.rules.deadline_schema import DeadlinesEntry
from mailroute.rules.files import CASE_TYPES, Files, collect_pack
from mailroute.rules.reader import Entries, Entry, Pack
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.tree import read_tree
from mailroute.rules.values import ID

_E = TypeVar("_E", schema.RoleEntry, schema.CaseTypeEntry)
# Which of them a case type has says who its target is.
TARGETS = frozenset(("role", "chain"))

_ORGANISATION = "organisation.yaml"
# Just enough of a firm to make a ruleset of one pack.
_BARE_FIRM = {
    _ORGANISATION: "id: pack\nname: Pack\ninboxes: [address: inbox@pack.example]\ntriage_role: {triage}\n"
    "calendar: always\npacks: [{pack}]\n",
    "roles.yaml": "{triage}: {{name: Zentrale, site_wide: [desk], override: {override}}}\n",
    "staff.yaml": "desk: {{name: Zentrale, email: desk@pack.example}}\n",
    "calendars.yaml": "always: {{hours: {{mo-so: 0:00-24:00}}}}\n",
}
_TRIAGE = "zentrale"


def shipped_packs() -> tuple[str, ...]:
    """The names of the packs that come with the program."""
    return tuple(sorted(one.name for one in shipped.path("rules/packs").iterdir() if one.is_dir()))


def with_packs(directory: Path, files: Files, report: Report) -> Files:
    """The files of a rules directory and of the packs it takes in: its own in `packs/`, else those shipped."""
    named = _named(dict(files).get(_ORGANISATION, ""))
    return tuple(sorted((*files, *(one for pack in named for one in _pack_files(directory, pack, report)))))


def bare_firm(pack: str) -> Files:
    """A firm that consists of nothing but one shipped pack."""
    report = Report()
    files = collect_pack(shipped.path("rules/packs") / pack, pack, report)
    report.raise_if_failed()
    override = "yes" if f"\n{_TRIAGE}:" in dict(files)[f"packs/{pack}/roles.yaml"] else "no"
    firm = {
        name: text.format(pack=pack, triage=_TRIAGE, override=override) for name, text in _BARE_FIRM.items()
    }
    return (*firm.items(), *files)


def _named(organisation: str) -> tuple[str, ...]:
    """The packs that a text of organisation.yaml names. What is wrong with it is reported when it is read."""
    tree = read_tree(_ORGANISATION, organisation, Report())
    plain = tree.root.plain() if tree else None
    uses = plain.get("packs") if isinstance(plain, dict) else None
    names = (
        use.get("pack") if isinstance(use, dict) else use
        for use in (uses if isinstance(uses, list) else [uses])
    )
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and ID.fullmatch(name)))


def _pack_files(directory: Path, pack: str, report: Report) -> Files:
    for folder in (directory / "packs" / pack, shipped.path("rules/packs") / pack):
        if folder.is_dir():
            return collect_pack(folder, pack, report)
    return ()


def join_packs(entries: Entries, report: Report) -> None:
    """Add the roles and case types of the packs to those of the site, which come first and may change them."""
    organisation = entries.organisation
    if organisation is None:
        return
    overridden: set[tuple[str, str]] = set()
    complete = True
    for index, use in enumerate(organisation.value.packs):
        pack = entries.packs.get(use.pack)
        if pack is None:
            complete = False
            remedy = nearest(use.pack, (*shipped_packs(), *entries.packs))
            report.add(
                "MR309", organisation.spot("packs", index), f"there is no pack {quoted(use.pack)}", remedy
            )
            continue
        joiner = _Joiner(entries, organisation, index, use, overridden, report)
        joiner.join("role", entries.roles, pack.roles)
        joiner.join("case type", entries.case_types, _with_prefix(pack, use.prefix or ""))
    if complete and not report.failed:
        _report_vain_overrides(entries, overridden, report)
    _report_no_matter(entries, organisation, report)


def _report_no_matter(
    entries: Entries, organisation: Entry[schema.OrganisationEntry], report: Report
) -> None:
    """A firm needs kinds of matters, its own or those of a pack; an empty file of its own says that it wants none."""
    if (
        CASE_TYPES in entries.files
        or organisation.value.packs
        or any(one.file == CASE_TYPES for one in report.found)
    ):
        return
    message = f"there is no kind of matter: neither {CASE_TYPES} nor a pack is there"
    names = ", ".join(shipped_packs())
    remedy = (
        f"Write `packs: [property-de]` in {_ORGANISATION} to take one in ({names}), or copy {CASE_TYPES} from the "
        "example that `mailroute init` writes."
    )
    report.add("MR101", Spot(CASE_TYPES), message, remedy)


def _with_prefix(pack: Pack, prefix: str) -> dict[str, Entry[schema.CaseTypeEntry]]:
    """The case types of a pack; the roles of the same pack that they name bear the prefix too."""

    def prefixed(role: str) -> str:
        return prefix + role if role in pack.roles else role

    return {
        one.id: replace(
            one,
            value=one.value.model_copy(
                update={
                    "role": prefixed(one.value.role) if one.value.role else None,
                    "inform": tuple(map(prefixed, one.value.inform)),
                }
            ),
        )
        for one in pack.case_types.values()
    }


@dataclass(frozen=True, slots=True)
class _Joiner:
    """Joins one pack; `overridden` collects what the site has replaced."""

    entries: Entries
    organisation: Entry[schema.OrganisationEntry]
    index: int
    use: schema.PackUse
    overridden: set[tuple[str, str]]
    report: Report

    def join(self, kind: str, ours: dict[str, Entry[_E]], theirs: Mapping[str, Entry[_E]]) -> None:
        for one in theirs.values():
            name = (self.use.prefix or "") + one.id
            mine = ours.get(name)
            if one.value.override:
                self._report_override_in_pack(kind, one)
            if mine is None:
                ours[name] = replace(one, id=name)
                if kind in self.entries.ids:
                    self.entries.ids[kind].add(name)
            elif is_of_pack(mine):
                self._report_two_packs(kind, name, mine)
            elif mine.value.override:
                self.overridden.add((kind, name))
                ours[name] = replace(mine, value=_changed(one.value, mine.value))
            else:
                self._report_clash(kind, name, mine, one)

    def _report_override_in_pack(self, kind: str, theirs: Entry[_E]) -> None:
        # What it leaves out would come from nowhere: a case type without a name or a target.
        message = f"the {kind} {quoted(theirs.id)} stands in a pack, where there is nothing to override"
        remedy = "Remove `override`, or move the entry to your own files."
        self.report.add("MR310", theirs.spot("override"), message, remedy)

    def _report_clash(self, kind: str, name: str, mine: Entry[_E], theirs: Entry[_E]) -> None:
        place = theirs.spot()
        message = f"the {kind} {quoted(name)} is defined by the pack {quoted(self.use.pack)} too"
        remedy = (
            f"Add `override: yes` to use yours instead of {place.file}:{place.line}, "
            "or take the pack in under a prefix."
        )
        self.report.add("MR307", mine.spot(), message, remedy)

    def _report_two_packs(self, kind: str, name: str, mine: Entry[_E]) -> None:
        message = f"the {kind} {quoted(name)} is defined by another pack already ({mine.spot().file})"
        remedy = f"Take one of them in under a prefix: `- {{pack: {self.use.pack}, prefix: x-}}`."
        self.report.add("MR307", self.organisation.spot("packs", self.index), message, remedy)


def _changed(theirs: _E, mine: _E) -> _E:
    """What a pack defines, with what the site writes of it in its place. There is one target: the site's, if it names one."""
    said = {key: getattr(mine, key) for key in mine.model_fields_set}
    if said.keys() & TARGETS:
        said = dict.fromkeys(TARGETS) | said
    spans, inherited = said.get("deadlines"), getattr(theirs, "deadlines", None)
    if isinstance(spans, DeadlinesEntry) and isinstance(inherited, DeadlinesEntry):
        said["deadlines"] = spans.over(inherited)
    return theirs.model_copy(update=said)


def is_of_pack(one: Entry[schema.RoleEntry] | Entry[schema.CaseTypeEntry]) -> bool:
    """Whether a pack defines it, rather than the site's own files."""
    return one.spot().file.startswith("packs/")


def _report_vain_overrides(entries: Entries, overridden: set[tuple[str, str]], report: Report) -> None:
    for kind, one in _overriding(entries):
        if (kind, one.id) not in overridden:
            message = f"no pack defines the {kind} {quoted(one.id)}, so there is nothing to override"
            known = [name for name, other in _of_kind(entries, kind).items() if is_of_pack(other)]
            remedy = nearest(one.id, known, otherwise="Remove `override`, or take the pack in.")
            report.add("MR310", one.spot("override"), message, remedy)


def _overriding(
    entries: Entries,
) -> Iterator[tuple[str, Entry[schema.RoleEntry] | Entry[schema.CaseTypeEntry]]]:
    for role in entries.roles.values():
        if role.value.override and not is_of_pack(role):
            yield "role", role
    for case_type in entries.case_types.values():
        if case_type.value.override and not is_of_pack(case_type):
            yield "case type", case_type


def _of_kind(
    entries: Entries, kind: str
) -> Mapping[str, Entry[schema.RoleEntry]] | Mapping[str, Entry[schema.CaseTypeEntry]]:
    return entries.roles if kind == "role" else entries.case_types
