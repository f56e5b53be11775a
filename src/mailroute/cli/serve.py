"""mailroute serve"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, load_config

NAME = "serve"
HELP = "run the daemon, all parts of it or some"
EXAMPLE = "mailroute serve --config /etc/mailroute/mailroute.toml"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--parts", default="", metavar="LIST", help="some of smtp,imap,work,deliver,tick (default: all)"
    )
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="log one JSON object per line")


def run(arguments: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT; a second daemon on the same SQLite file is refused."""
    from mailroute import log
    from mailroute.daemon.supervise import PARTS, serve

    parts = tuple(part for part in arguments.parts.split(",") if part) or PARTS
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"--parts: there is no part called {unknown[0]}; there are {', '.join(PARTS)}")
        return 2
    settings = load_config(arguments)
    log.configure(as_json=settings.log_json or arguments.json)
    return serve(settings, parts)
