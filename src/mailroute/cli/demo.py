"""mailroute demo"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_json

NAME = "demo"
HELP = "show the router at work on this machine: real SMTP, a small example firm, nothing to set up"
EXAMPLE = "mailroute demo --once"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--once", action="store_true", help="play the story and end; else stay up for your own mails"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Play the story; 1 if it did not end as it should."""
    import asyncio
    import logging
    import tempfile
    from pathlib import Path

    from mailroute import log
    from mailroute.cli.demo_story import play

    log.configure(level=logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="mailroute-demo-") as state:
        return asyncio.run(play(Path(state), as_json=arguments.json, once=arguments.once))
