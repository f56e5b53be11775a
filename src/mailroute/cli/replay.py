"""mailroute replay"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json
from mailroute.cli.diff import add_range

NAME = "replay"
HELP = "decide stored mails again, with the rules and facts of their day: does this version do the same?"
EXAMPLE = "mailroute replay --last 10000"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_range(parser)
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if every mail goes where it went, 1 if one does not."""
    from mailroute.cli.comparison import show

    result = show(arguments, None)
    return 1 if result.changed or result.failed else 0
