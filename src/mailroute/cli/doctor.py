"""mailroute doctor"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json, visible

NAME = "doctor"
HELP = "look at everything that usually goes wrong: rules, keys, database, disk, doors, relay, IMAP"
EXAMPLE = "mailroute doctor --config /etc/mailroute/mailroute.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if nothing fails; warnings do not count."""
    from mailroute.clock import system_clock
    from mailroute.daemon.doctor import State, examine

    failed = False
    for one in examine(load_config(arguments), system_clock):
        failed = failed or one.state is State.FAIL
        if arguments.json:
            print_json(
                {
                    "check": one.check,
                    "state": one.state.value,
                    "found": one.found,
                    "remedy": one.remedy or None,
                }
            )
            continue
        print(visible(f"{one.state.value:4}  {one.check:8}  {one.found}"), flush=True)
        if one.remedy:
            print(visible(f"{'':16}{one.remedy}"), flush=True)
    return 1 if failed else 0
