"""mailroute import"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import add_json, print_json, visible

if TYPE_CHECKING:
    from mailroute.admin.importing import Plan

_BYTES = 64 * 1024 * 1024

NAME = "import"
HELP = "take people, properties or contracts from a table of another program; shows what would change first"
EXAMPLE = "mailroute import mieter.csv --as people --rules rules/ --map Ansprechpartner=name --write"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument(
        "--as",
        dest="kind",
        choices=("people", "properties", "contracts"),
        required=True,
        help="what it holds",
    )
    parser.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR", help="default: rules")
    parser.add_argument("--into", metavar="NAME.csv", help="the file there (default: people.csv …)")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        type=_pair,
        metavar="COLUMN=OURS",
        help="a column whose name does not tell; nothing behind = leaves it out; role:ID for who holds a role",
    )
    parser.add_argument("--write", action="store_true", help="write it (default: only show)")
    parser.add_argument("--anyway", action="store_true", help="also if most of what is there would be gone")
    add_json(parser)


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.partition("=")
    if not equals or not theirs:
        raise ValueError
    return theirs.strip(), ours.strip()


def run(arguments: argparse.Namespace) -> int:
    """0 if it could be taken; with a mistake, or if it would empty the file, 1 and nothing is written."""
    from mailroute.admin.importing import plan, write

    try:
        with arguments.file.open("rb") as file:
            content = file.read(_BYTES + 1)
    except OSError as error:
        print(f"{arguments.file}: cannot be read: {error.strerror}")
        return 1
    if len(content) > _BYTES:
        print(f"{arguments.file}: has more than {_BYTES >> 20} MB; split it")
        return 1
    planned, warnings = plan(arguments.rules, content, arguments.kind, arguments.into, dict(arguments.map))
    refused = planned.empties and not arguments.anyway
    if arguments.write and not refused:
        write(arguments.rules, planned)
    if arguments.json:
        print_json(_view(planned, written=arguments.write and not refused))
        return 1 if refused else 0
    for one in warnings:
        if one.file == planned.target:
            print(one)
    _print(planned)
    if refused:
        print("Refused: most of what is there would be gone. Is it the right file? If so, say --anyway.")
        return 1
    print(f"Written to {planned.target}." if arguments.write else "Nothing was written: say --write.")
    return 0


def _view(planned: Plan, *, written: bool) -> dict[str, object]:
    return {
        "file": planned.target,
        "mapping": planned.mapping,
        "ignored": list(planned.ignored),
        "new": len(planned.new),
        "gone": len(planned.gone),
        "changed": len(planned.changed),
        "same": planned.same,
        "written": written,
    }


_SHOWN = 5


def _print(planned: Plan) -> None:
    for theirs, ours in planned.mapping.items():
        print(visible(f"{theirs} → {ours}"))
    if planned.ignored:
        print(visible(f"not used: {', '.join(planned.ignored)}"))
    for sign, rows in (("+", planned.new), ("-", planned.gone)):
        for row in rows[:_SHOWN]:
            print(visible(f"{sign} {'; '.join(row.values())}"))
        if len(rows) > _SHOWN:
            print(f"{sign} … and {len(rows) - _SHOWN} more")
    for old, new in planned.changed[:_SHOWN]:
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        said = ", ".join(f"{key} {old.get(key, '(empty)')} → {new.get(key, '(empty)')}" for key in keys)
        print(visible(f"~ {next(iter(new.values()))}: {said}"))
    if len(planned.changed) > _SHOWN:
        print(f"~ … and {len(planned.changed) - _SHOWN} more")
    print(
        f"{len(planned.new)} new, {len(planned.gone)} gone, {len(planned.changed)} changed, {planned.same} as before."
    )
