"""mailroute parse"""

from __future__ import annotations

import argparse
from pathlib import Path

from mailroute.cli.common import add_json, print_json, visible

NAME = "parse"
HELP = "show what is understood of a mail"
EXAMPLE = "mailroute parse --json mail.eml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="mails (.eml)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """A file that cannot be read as a mail still prints its object, with defects."""
    from mailroute.message.parse import parse
    from mailroute.message.view import as_json

    for file in arguments.files:
        try:
            content = file.read_bytes()
        except OSError as error:
            print(visible(f"{file}: cannot be read: {error.strerror}"))
            return 1
        view = as_json(parse(content), str(file))
        if arguments.json:
            print_json(view)
            continue
        for key, value in view.items():
            _print(key, value)
        print()
    return 0


def _print(key: str, value: object) -> None:
    """One line, or the lines of a text indented below its name."""
    lines = value.split("\n") if isinstance(value, str) else [str(value)]
    if len(lines) == 1:
        print(f"{key:16} {visible(lines[0])}")
        return
    print(key)
    for line in lines:
        print(f"    {visible(line)}".rstrip())
