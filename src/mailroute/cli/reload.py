"""mailroute reload"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json

NAME = "reload"
HELP = "take changed rules: check them, run their tests, and make them active without stopping anything"
EXAMPLE = "mailroute reload --config /etc/mailroute/mailroute.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if they are active; else every mistake and failed test is printed, and the old rules stay."""
    from mailroute.admin.reload import ask_to_reload

    for line in ask_to_reload(load_config(arguments)):
        if arguments.json:
            print_json({"did": line})
        else:
            print(line)
    return 0
