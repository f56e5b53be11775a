"""A new release of a pack, tried on a site before it is taken: what changes, what breaks, where stored mails would go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from mailroute.admin.impossible import Impossible
from mailroute.admin.trial import read_tests, run_tests
from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.flow.site import load_directories
from mailroute.rules import read_files
from mailroute.rules.files import PACK_FILES, is_pack_file
from mailroute.rules.packs_compared import PackChange, overridden, released


@dataclass(frozen=True, slots=True)
class Release:
    """What a new release changes for a site; `mistakes` are those that the rules have only with it, failed tests too.

    `as_before` counts those that they have without it as well.
    """

    pack: str
    changes: tuple[PackChange, ...]
    mistakes: tuple[Diagnostic, ...]
    as_before: int = 0


def changes_of_site(directory: Path) -> tuple[tuple[str, ...], tuple[PackChange, ...]]:
    """The packs that a rules directory takes in, and what it overrides of them. Raises RulesetInvalid."""
    files = read_files(directory)
    packs = dict.fromkeys(name.split("/")[1] for name, _ in files if is_pack_file(name))
    return tuple(packs), overridden(files)


@contextmanager
def with_release(directory: Path, new: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the rules directory with the pack of the folder `new` in it, as long as the context lasts, and its name.

    Raises Impossible if `new` is no pack that the site takes in.
    """
    taken = changes_of_site(directory)[0]
    pack = new.resolve().name
    if not any((new / name).is_file() for name in PACK_FILES):
        raise Impossible(f"{new} is no pack: there is no {PACK_FILES[0]} or {PACK_FILES[1]} in it")
    if pack not in taken:
        known = ", ".join(taken) or "no pack at all"
        raise Impossible(
            f"the site does not take in a pack `{pack}` (it takes in {known}); name the folder as the pack"
        )
    with TemporaryDirectory(prefix="mailroute-pack-") as temporary:
        copy = Path(
            shutil.copytree(directory, Path(temporary) / "rules", ignore=shutil.ignore_patterns(".*"))
        )
        shutil.rmtree(copy / "packs" / pack, ignore_errors=True)
        shutil.copytree(new, copy / "packs" / pack)
        yield copy, pack


def tried(directory: Path, copy: Path, pack: str, now: datetime) -> Release:
    """Compare, check, and run the site's routing tests with the new release. Raises RulesetInvalid if files are no text."""
    before = set(_mistakes(directory, now))
    found = tuple(_mistakes(copy, now))
    mistakes = tuple(one for one in found if one not in before)
    # Of a release that cannot be understood, everything would seem to be gone.
    broken = any(one.file.startswith(f"packs/{pack}/") for one in mistakes)
    changes = () if broken else released(read_files(directory), read_files(copy), pack)
    return Release(pack, changes, mistakes, len(found) - len(mistakes))


def _mistakes(copy: Path, now: datetime) -> Iterator[Diagnostic]:
    try:
        (loaded,) = load_directories((copy,), whole=False)
    except RulesetInvalid as error:
        yield from (one for one in error.diagnostics if one.level == "error")
        return
    tests, found = read_tests(copy, loaded)
    wrong = [one for one in found if one.level == "error"]
    yield from wrong
    for outcome in () if wrong else run_tests(tests, loaded, None, now):
        if not outcome.passed:
            yield outcome.diagnostic()
