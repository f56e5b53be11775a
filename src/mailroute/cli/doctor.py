"""mailroute doctor"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, show_finding

NAME = "doctor"
HELP = "look at everything that usually goes wrong: rules, keys, database, disk, rights, DNS, doors, TLS, relay, IMAP"
EXAMPLE = "mailroute doctor --config /etc/mailroute/mailroute.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if nothing fails; warnings do not count."""
    from mailroute.clock import system_clock
    from mailroute.daemon.doctor import examine
    from mailroute.daemon.findings import State

    failed = False
    for one in examine(load_config(arguments), system_clock):
        failed = failed or one.state is State.FAIL
        show_finding(arguments, one)
    return 1 if failed else 0
