"""mailroute retry"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json, visible

NAME = "retry"
HELP = "decide a held mail again, or send a letter again that was refused or is in doubt"
EXAMPLE = "mailroute retry m17   |   mailroute retry abc-m17-0   |   mailroute retry all"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "target", metavar="MAIL|LETTER|all", help="as `mailroute held` and `mailroute queue` name it"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Says what will be tried again."""
    from mailroute.admin.acts import Act
    from mailroute.admin.inside import acting

    with acting(load_config(arguments)) as act:
        for line in act(Act("retry", target=arguments.target)):
            if arguments.json:
                print_json({"did": line})
            else:
                print(visible(line))
    return 0
