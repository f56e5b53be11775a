"""Read the files of a rules directory into a frozen ruleset, or say what is wrong and where.

Never half: either everything is right and a `Loaded` comes back, or `RulesetInvalid` has every mistake at once.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mailroute import __version__
from mailroute.errors import Diagnostic
from mailroute.model.directory import Directory
from mailroute.model.ruleset import Ruleset
from mailroute.rules.build import build_directory, build_ruleset
from mailroute.rules.files import clean, collect, report_missing, ruleset_files
from mailroute.rules.grants import check_grants
from mailroute.rules.link import check_references
from mailroute.rules.meaning import check_meaning
from mailroute.rules.packs import bare_firm, join_packs, shipped_packs, with_packs
from mailroute.rules.persons import mentions
from mailroute.rules.reader import read_entries
from mailroute.rules.report import Report, Spot
from mailroute.rules.responsibilities import join_responsibilities
from mailroute.rules.site_model import check_site_model
from mailroute.rules.units import Units

__all__ = ["Loaded", "Read", "load", "load_files", "load_pack", "read", "read_files", "shipped_packs"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A rules directory without errors. `warnings` tell of what is probably not meant.

    `digest` names all files, the directory's too: while it is the same, nothing needs to be written anew.
    """

    ruleset: Ruleset
    directory: Directory
    warnings: tuple[Diagnostic, ...]
    digest: str = ""


def read_files(directory: Path) -> tuple[tuple[str, str], ...]:
    """The known files of a rules directory and of the packs it takes in, as (relative name, text), sorted.

    Raises RulesetInvalid if one of them cannot be read as text.
    """
    report = Report()
    files = with_packs(directory, collect(directory, report), report)
    report.raise_if_failed()
    return files


def load(directory: Path) -> Loaded:
    """Read a rules directory. Raises RulesetInvalid with all diagnostics, sorted by file and line."""
    report = Report()
    if not directory.is_dir():
        # That each of its files is missing would say less.
        remedy = "Check the path, or write an example with `mailroute init DIR`."
        is_there = directory.exists()
        message = (
            "this is a file, where a directory is expected" if is_there else "there is no such directory"
        )
        report.add("MR101", Spot(directory.as_posix()), message, remedy)
        report.raise_if_failed()
    with _no_garbage_collection():
        return _load(with_packs(directory, collect(directory, report), report), report)


@dataclass(frozen=True, slots=True)
class Read:
    """The files of a directory, read but not understood: what names all of them, and those of the ruleset."""

    digest: str
    files: tuple[tuple[str, str], ...]


def read(directory: Path) -> Read | None:
    """Only read the files, which a hundred thousand contracts do not make slow; None if `load` would complain at once."""
    report = Report()
    texts = clean(with_packs(directory, collect(directory, report), report), report)
    return None if report.failed else Read(_digest(texts), ruleset_files(texts))


def load_files(files: Iterable[tuple[str, str]]) -> Loaded:
    """The same from texts, as `read_files` gave them or as they were stored with a ruleset."""
    with _no_garbage_collection():
        return _load(files, Report())


def load_pack(pack: str) -> Loaded:
    """One of the `shipped_packs` by itself, to see what it recognises; whatever is unclear goes to its front desk."""
    return load_files(bare_firm(pack))


def _load(files: Iterable[tuple[str, str]], report: Report) -> Loaded:
    texts = clean(files, report)
    report_missing(texts, report)
    entries = read_entries(texts, report)
    join_packs(entries, report)
    units = Units(entries)
    people = tuple(mentions(entries, units))
    check_references(entries, units, people, report)
    join_responsibilities(entries, report)
    check_meaning(entries, people, report)
    check_site_model(entries, report)
    check_grants(entries, people, report)
    report.raise_if_failed()
    assert entries.organisation is not None
    ruleset = build_ruleset(entries, entries.organisation, ruleset_files(texts))
    directory = build_directory(entries, units, people, report)
    return Loaded(ruleset, directory, report.diagnostics(), _digest(texts))


def _digest(texts: Mapping[str, str]) -> str:
    # A program that reads the same files differently must read them anew.
    name = sha256(f"{__version__}\0".encode())
    for file, text in texts.items():
        name.update(f"{file}\0{len(text)}\0{text}".encode("utf-8", "surrogatepass"))
    return name.hexdigest()[:32]


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Reading makes millions of small values and no circles among them; looking for circles takes half the time
    (100,000 contracts: 7.0 s with the collector, 3.4 s without).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
