"""mailroute diff"""

from __future__ import annotations

import argparse
from pathlib import Path

from mailroute.cli.common import add_config, add_json
from mailroute.cli.options import days, many

NAME = "diff"
HELP = "what other rules would do with the mails that are stored, beside the rules in force; changes nothing"
EXAMPLE = "mailroute diff new-rules/ --days 30"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("new", type=Path, metavar="NEW", help="the other rules directory")
    add_range(parser)
    add_config(parser)
    add_json(parser)


def add_range(parser: argparse.ArgumentParser) -> None:
    """`--last N` or `--days N`: which mails."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--last", type=many, metavar="N", help="the last N mails (default: 1000)")
    which.add_argument("--days", type=days, metavar="N", help="the mails of the last N days")


def run(arguments: argparse.Namespace) -> int:
    """0, whatever would change: a difference is an answer, not a mistake."""
    from mailroute.cli.comparison import show

    show(arguments, arguments.new)
    return 0
