"""mailroute probe"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, show_finding

NAME = "probe"
HELP = (
    "send a mail to each inbox and wait until it comes back: relay, doors, reply addresses, SPF, DKIM, DMARC"
)
EXAMPLE = "mailroute probe --config /etc/mailroute/mailroute.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--wait", type=float, default=120, metavar="SECONDS", help="how long to wait (default: %(default)s)"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if everything came back and nothing failed; warnings do not count. 75 if the relay is not ready."""
    import secrets
    import time

    from mailroute.cli.main import TRY_LATER
    from mailroute.clock import system_clock
    from mailroute.daemon.findings import State
    from mailroute.daemon.probe import Watch, probe
    from mailroute.model.tokens import ALPHABET, LENGTH

    mark, token = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(2))
    states = set()
    watch = Watch(time.monotonic, time.sleep)
    findings = probe(load_config(arguments), system_clock(), mark, token, wait_s=arguments.wait, watch=watch)
    for one in findings:
        states.add(one.state)
        show_finding(arguments, one)
    if State.FAIL in states:
        return 1
    return TRY_LATER if State.LATER in states else 0
