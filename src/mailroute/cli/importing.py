"""mailroute import"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import add_json, print_json, visible
from mailroute.cli.options import pair

if TYPE_CHECKING:
    from mailroute.admin.importing import Plan

_BYTES = 64 * 1024 * 1024

NAME = "import"
HELP = "take properties, people, contracts or responsibilities from a table (CSV, .xlsx); shows first what would change"
EXAMPLE = "mailroute import mieter.xlsx --as people --rules rules/ --map Ansprechpartner=name --write"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("file", type=Path, metavar="FILE.csv|.xlsx")
    parser.add_argument(
        "--as",
        dest="kind",
        choices=("people", "properties", "contracts", "responsibilities"),
        required=True,
        help="what it holds",
    )
    parser.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR", help="default: rules")
    parser.add_argument(
        "--into", metavar="NAME.csv", help="the file there (default: people.csv …; or contracts/….csv)"
    )
    parser.add_argument("--sheet", metavar="NAME", help="of a workbook (default: the first one)")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        type=pair,
        metavar="COLUMN=OURS",
        help="a column whose name does not tell; nothing behind = leaves it out; role:ID for who holds a role",
    )
    parser.add_argument("--write", action="store_true", help="write it (default: only show)")
    parser.add_argument(
        "--anyway", action="store_true", help="also if it looks wrong: rows vanish, zeros were eaten …"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if it could be taken; with a mistake, or a doubt that nobody has overruled, 1 and nothing is written."""
    from mailroute.admin.importing import Source, plan, write

    try:
        with arguments.file.open("rb") as file:
            content = file.read(_BYTES + 1)
    except OSError as error:
        print(visible(f"{arguments.file}: cannot be read: {error.strerror}"))
        return 1
    if len(content) > _BYTES:
        print(f"{arguments.file}: has more than {_BYTES >> 20} MB; split it")
        return 1
    source = Source(arguments.file.name, content, arguments.sheet)
    planned, warnings = plan(arguments.rules, source, arguments.kind, arguments.into, dict(arguments.map))
    refused = bool(planned.doubts) and not arguments.anyway
    written = arguments.write and not refused
    if written:
        write(arguments.rules, planned)
    if arguments.json:
        print_json(_view(planned, written=written))
        return 1 if refused else 0
    for one in warnings:
        if one.file == planned.target:
            print(one)
    _print_reading(planned)
    _print_difference(planned)
    for doubt in planned.doubts:
        print(visible(f"! {doubt}"))
    if refused:
        print("Refused: this looks wrong. If it is right all the same, say --anyway.")
        return 1
    print(f"Written to {planned.target}." if written else "Nothing was written: say --write.")
    return 0


def _view(planned: Plan, *, written: bool) -> dict[str, object]:
    return {
        "file": planned.target,
        "heading_line": planned.heading_line,
        "mapping": planned.mapping,
        "ignored": list(planned.ignored),
        "kept": list(planned.kept),
        "translated": [
            {"column": one.column, "theirs": one.theirs, "ours": one.ours, "rows": one.count}
            for one in planned.translated
        ],
        "elsewhere": planned.elsewhere,
        "new": len(planned.new),
        "gone": len(planned.gone),
        "changed": len(planned.changed),
        "same": planned.same,
        "doubts": list(planned.doubts),
        "written": written,
    }


_SHOWN = 5


def _print_reading(planned: Plan) -> None:
    """How the table was understood."""
    if planned.part:
        print(visible(planned.part))
    if planned.heading_line > 1:
        print(f"the headings stand in line {planned.heading_line}; what is above was left out")
    for theirs, ours in planned.mapping.items():
        print(visible(f"{theirs} → {ours}"))
    if planned.ignored:
        print(visible(f"not used: {', '.join(planned.ignored)}"))
    if planned.kept:
        print(f"kept, because the table does not have it: {', '.join(planned.kept)}")
    for one in planned.translated[:_SHOWN]:
        print(visible(f"{one.column}: “{one.theirs}” is {one.ours} ({one.count} times)"))
    if len(planned.translated) > _SHOWN:
        print(f"… and {len(planned.translated) - _SHOWN} more of this kind (--json lists them)")
    if planned.elsewhere:
        print(f"{planned.elsewhere} of the rows have a file in properties/ and stay as they are there")


def _print_difference(planned: Plan) -> None:
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
