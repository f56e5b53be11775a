"""mailroute ingest"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mailroute.cli.common import add_config, add_json, load_config, print_json, visible

NAME = "ingest"
HELP = "take in .eml files, mboxes and Maildirs as if they had been received"
EXAMPLE = "mailroute ingest --inbox service@firm.example old-mails.mbox"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE", help=".eml, mbox, Maildir or a folder of .eml"
    )
    parser.add_argument(
        "--inbox", metavar="ADDRESS", help="the inbox they were written to (default: the first one)"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Each mail is safe when its line is printed; it is decided by the running daemon or the next one."""
    import base64

    from mailroute.admin.acts import Act
    from mailroute.admin.inside import acting
    from mailroute.clock import system_clock
    from mailroute.flow.site import load_directories
    from mailroute.intake.ingest import deliveries

    settings = load_config(arguments)
    inbox = arguments.inbox or load_directories(settings.rules)[0].ruleset.organisation.inboxes[0].address
    with acting(settings) as act:
        for path in arguments.paths:
            try:
                for delivery in deliveries([path], inbox=inbox, clock=system_clock):
                    content = base64.b64encode(delivery.content).decode()
                    (line,) = act(Act("ingest", content=content, recipient=inbox, sender=delivery.mail_from))
                    if arguments.json:
                        mail = line.split()[0]
                        print_json({"file": str(path), "mail": mail, "duplicate": line != mail})
                    else:
                        print(visible(f"{path}: {line}"))
            except OSError as error:
                print(visible(f"{path}: cannot be read: {error.strerror}"), file=sys.stderr)
                return 1
    return 0
