"""mailroute held"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json, visible

NAME = "held"
HELP = "show the mails that are held for a person, and why"
EXAMPLE = "mailroute held --save held/   (then mailroute retry m17)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    from pathlib import Path

    parser.add_argument("--save", type=Path, metavar="DIR", help="write the raw mails there")
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if none is held, else 1."""
    from mailroute.admin.inside import looking
    from mailroute.admin.view import queue_row_view
    from mailroute.store.mails import content, held

    with looking(load_config(arguments)) as conn:
        rows = held(conn, None)
        for row in rows:
            view = queue_row_view(row)
            if arguments.json:
                print_json(view)
            else:
                print(visible(f"{view['mail']}  {view['received_at']}  {view['from']}  {view['error']}"))
            if arguments.save:
                arguments.save.mkdir(parents=True, exist_ok=True)
                (arguments.save / f"{view['mail']}.eml").write_bytes(content(conn, row.mail_id))
    if not rows and not arguments.json:
        print("No mail is held.")
    return 1 if rows else 0
