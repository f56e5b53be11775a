"""mailroute rules"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import add_config, add_json, load_config, local, print_json, table

if TYPE_CHECKING:
    from mailroute.settings import Settings
from mailroute.cli.options import many

NAME = "rules"
HELP = "which rules were active when, what stood in them, and back to earlier ones"
EXAMPLE = "mailroute rules log   |   mailroute rules show 5f12266c   |   mailroute rules rollback 5f12266c"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    log = verbs.add_parser(
        "log", help="what was made active or refused, newest first", epilog="example: mailroute rules log"
    )
    log.add_argument(
        "--last", type=many, default=20, metavar="N", help="so many entries (default: %(default)s)"
    )
    show = verbs.add_parser(
        "show",
        help="the files of a ruleset",
        epilog="example: mailroute rules show 5f12266c case-types.yaml",
    )
    show.add_argument("hash", metavar="RULESET", help="its first characters will do")
    show.add_argument("file", nargs="?", metavar="FILE", help="print this file (default: list them)")
    back = verbs.add_parser(
        "rollback",
        help="put the files of an earlier ruleset back and reload; properties, people and contracts stay",
        epilog="example: mailroute rules rollback 5f12266c",
    )
    back.add_argument("hash", metavar="RULESET", help="its first characters will do")
    back.add_argument(
        "--rules", type=Path, metavar="DIR", help="where to write (default: as in mailroute.toml)"
    )
    for one in (log, show, back):
        add_config(one)
        add_json(one)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 if there is no such ruleset or the old rules do not pass any more."""
    settings = load_config(arguments)
    if arguments.verb == "log":
        return _log(arguments, settings)
    return _show(arguments, settings) if arguments.verb == "show" else _rollback(arguments, settings)


def _log(arguments: argparse.Namespace, settings: Settings) -> int:
    from mailroute.admin.inside import looking
    from mailroute.store.rulesets import activations

    with looking(settings) as conn:
        found = activations(conn, limit=arguments.last)
    for one in found if arguments.json else ():
        print_json(
            {
                "at": one.at.isoformat(timespec="seconds"),
                "organisation": one.organisation,
                "outcome": one.outcome.value,
                "ruleset": one.ruleset,
                "note": one.note,
            }
        )
    if not arguments.json:
        rows = [
            (
                local(one.at),
                one.organisation,
                one.outcome.value,
                one.ruleset or "-",
                one.note.split("\n", 1)[0],
            )
            for one in found
        ]
        print(table(("when", "organisation", "outcome", "ruleset", "what"), rows) if rows else "Nothing yet.")
    return 0


def _files(settings: Settings, prefix: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Organisation, hash and files of the one ruleset that begins so. Raises Impossible."""
    from mailroute.admin.impossible import Impossible
    from mailroute.admin.inside import looking
    from mailroute.store.rulesets import files, known_rulesets

    with looking(settings) as conn:
        found = known_rulesets(conn, prefix)
        if len(found) != 1:
            many = "several rulesets begin" if found else "no ruleset that was ever active begins"
            raise Impossible(f"{many} with {prefix}: see `mailroute rules log`")
        org, name = found[0]
        return org, name, files(conn, org, name)


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    org, name, files = _files(settings, arguments.hash)
    if arguments.file is None:
        for file, text in files:
            lines = len(text.splitlines())
            if arguments.json:
                print_json({"organisation": org, "ruleset": name, "file": file, "lines": lines})
            else:
                print(f"{file}  {lines} lines")
        return 0
    found = dict(files).get(arguments.file)
    if found is None:
        print(f"ruleset {name} has no file {arguments.file}")
        return 1
    if arguments.json:
        print_json({"organisation": org, "ruleset": name, "file": arguments.file, "text": found})
    else:
        print(found, end="")
    return 0


def _rollback(arguments: argparse.Namespace, settings: Settings) -> int:
    from mailroute.admin.reload import ask_to_reload
    from mailroute.admin.rollback import directory_of, put_back

    org, _, files = _files(settings, arguments.hash)
    directory = arguments.rules or directory_of(settings, org)
    lines = put_back(directory, files) or ["nothing to put back: the files are those of that ruleset"]
    for line in [*lines, *ask_to_reload(settings)]:
        if arguments.json:
            print_json({"did": line})
        else:
            print(line)
    return 0
