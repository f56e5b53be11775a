"""mailroute schema"""

from __future__ import annotations

import argparse
from pathlib import Path

from mailroute.cli.common import add_json, print_json

NAME = "schema"
HELP = "write JSON Schemas of all rules files, so that an editor completes and checks while you type"
EXAMPLE = "mailroute schema rules/.schema"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="where to write; rules/.schema is usual")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Overwrites older ones."""
    for file in write(arguments.directory):
        if arguments.json:
            print_json({"written": str(file)})
        else:
            print(file)
    return 0


def write(directory: Path) -> list[Path]:
    """Write one file per kind of rules file."""
    import json

    from mailroute.rules.json_schema import schemas

    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in sorted(schemas().items()):
        file = directory / f"{name}.schema.json"
        file.write_text(json.dumps(schema, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(file)
    return written
