"""mailroute staff"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json

NAME = "staff"
HELP = "hand over the open tickets of somebody who leaves"
EXAMPLE = "mailroute staff handover lang huber"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    handover = verbs.add_parser(
        "handover",
        help="give all open tickets of one person to another, who gets one letter and is rung for emergencies",
        epilog="example: mailroute staff handover lang huber",
    )
    handover.add_argument("leaving", metavar="FROM", help="whose tickets: id, also of somebody who has left")
    handover.add_argument("receiver", metavar="TO", help="who gets them: id or name of somebody active")
    handover.add_argument("--organisation", metavar="ID", default="", help="where there are several")
    add_config(handover)
    add_json(handover)


def run(arguments: argparse.Namespace) -> int:
    """Act through the daemon, or in this process without one."""
    from mailroute.admin.acts import Act
    from mailroute.admin.inside import acting

    act = Act("handover", arguments.organisation, actor=arguments.leaving, target=arguments.receiver)
    with acting(load_config(arguments)) as carry_out:
        lines = carry_out(act)
    if arguments.json:
        print_json({"from": arguments.leaving, "to": arguments.receiver, "did": lines})
    else:
        print("\n".join(lines))
    return 0
