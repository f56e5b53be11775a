"""mailroute packs"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import add_config, add_json, print_json, rule_directories, visible
from mailroute.cli.diff import add_range

if TYPE_CHECKING:
    from mailroute.admin.pack_release import Release
    from mailroute.rules.packs_compared import PackChange

NAME = "packs"
HELP = "what you changed of the packs that you take in, and what a new release of one would change"
EXAMPLE = "mailroute packs diff   |   mailroute packs diff new/property-de --days 30"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    diff = verbs.add_parser(
        "diff",
        help="without NEW: what you override; with it: what that release would change, and for which stored mails",
        epilog="example: mailroute packs diff new/property-de --days 30",
    )
    diff.add_argument(
        "new", nargs="?", type=Path, metavar="NEW", help="the folder of a new release, named as the pack"
    )
    diff.add_argument("--rules", type=Path, metavar="DIR", help="the rules directory (default: those in use)")
    add_range(diff)
    add_config(diff)
    add_json(diff)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 if the rules would have mistakes or fail their tests with the new release."""
    code = 0
    for directory in rule_directories(arguments):
        code = max(code, _release(arguments, directory) if arguments.new else _site(arguments, directory))
    return code


def _site(arguments: argparse.Namespace, directory: Path) -> int:
    from mailroute.admin.pack_release import changes_of_site

    packs, changes = changes_of_site(directory)
    for one in changes:
        _print_change(arguments, one)
    if not arguments.json:
        said = (
            f"takes in {', '.join(packs)} and overrides {len(changes)} thing{'s'[len(changes) == 1 :]} of it"
            if packs
            else "takes in no pack"
        )
        print(f"{directory}: {said}.")
    return 0


def _release(arguments: argparse.Namespace, directory: Path) -> int:
    from mailroute.admin.pack_release import tried, with_release
    from mailroute.cli.comparison import show
    from mailroute.clock import system_clock

    with with_release(directory, arguments.new) as (copy, pack):
        release = tried(directory, copy, pack, system_clock())
        for one in release.changes:
            _print_change(arguments, one)
        _print_mistakes(arguments, release)
        if release.mistakes:
            return 1
        if arguments.config.exists():
            show(arguments, copy)
        elif not arguments.json:
            print(f"There is no {arguments.config} here: stored mails were not looked at.")
    return 0


def _print_change(arguments: argparse.Namespace, one: PackChange) -> None:
    if arguments.json:
        print_json(
            {
                "pack": one.pack,
                "kind": one.kind,
                "id": one.id,
                "change": one.what,
                "yours": one.yours,
                "details": one.details,
            }
        )
        return
    stays = " (you override it: yours stays)" if one.yours and one.what != "overridden" else ""
    print(visible(f"{one.pack}: {one.kind} {one.id}: {one.what}{stays}"))
    for line in one.details:
        print(visible(f"    {line}"))


def _print_mistakes(arguments: argparse.Namespace, release: Release) -> None:
    for one in release.mistakes:
        if arguments.json:
            print_json(dataclasses.asdict(one))
        else:
            print(f"{one}\n")
    if arguments.json:
        return
    count, wrong = len(release.changes), len(release.mistakes)
    if wrong and not count:
        print(
            f"This release of {release.pack} cannot be taken: {wrong} mistake{'s'[wrong == 1 :]}, see above."
        )
        return
    verdict = (
        f"{wrong} mistake{'s'[wrong == 1 :]} or failed tests with this release: mend them before you take it."
        if wrong
        else "The rules pass `check` and their tests with this release."
    )
    if release.as_before:
        verdict = (
            f"{wrong} mistake{'s'[wrong == 1 :]} or failed tests come with this release; "
            f"{release.as_before} are there without it too, see `mailroute test`."
        )
    print(f"{count} change{'s'[count == 1 :]} in {release.pack}. {verdict}")
