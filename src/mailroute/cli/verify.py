"""mailroute verify"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json

NAME = "verify"
HELP = "check the books: every ticket equals its events, every mail has its place, every letter its state"
EXAMPLE = "mailroute verify"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if the books are right, 1 with every contradiction."""
    from mailroute.admin.inside import looking
    from mailroute.store.verify import verify

    with looking(load_config(arguments)) as conn:
        problems = verify(conn)
    for problem in problems:
        if arguments.json:
            print_json({"problem": str(problem)})
        else:
            print(problem)
    if not problems and not arguments.json:
        print("The books are right.")
    return 1 if problems else 0
