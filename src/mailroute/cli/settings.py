"""mailroute settings"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json

NAME = "settings"
HELP = "show what is configured, defaults included, passwords hidden"
EXAMPLE = "mailroute settings --example > mailroute.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--example", action="store_true", help="print a mailroute.toml with every setting explained"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """The effective settings, one a line."""
    from mailroute.settings import example, flat

    if arguments.example:
        print(example(), end="")
        return 0
    settings = load_config(arguments)
    if arguments.json:
        print_json(settings.model_dump(mode="json"))
        return 0
    for name, value in flat(settings):
        print(f"{name} = {value}")
    return 0
