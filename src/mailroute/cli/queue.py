"""mailroute queue"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_config, add_json, load_config, print_json, table, visible

NAME = "queue"
HELP = "show what is waiting: mails that are not decided, letters that have not been sent, with the relay's last words"
EXAMPLE = "mailroute queue"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if nothing is stuck, 1 if something needs a person."""
    from mailroute.admin.inside import looking
    from mailroute.admin.view import letter_row_view, queue_row_view
    from mailroute.store.mails import queue
    from mailroute.store.outbox import letters as unsent

    with looking(load_config(arguments)) as conn:
        mails = [queue_row_view(row) for row in queue(conn, None)]
        letters = [letter_row_view(row) for row in unsent(conn)]
    stuck = [one for one in (*mails, *letters) if one["state"] in ("held", "failed", "in-doubt")]
    if arguments.json:
        for view in (*mails, *letters):
            print_json(view)
        return 1 if stuck else 0
    if not mails and not letters:
        print("Nothing is waiting.")
    if mails:
        rows = [
            (
                v["mail"],
                v["state"],
                str(v["attempts"]),
                v["received_at"],
                visible(v["from"]),
                visible(v["error"] or ""),
            )
            for v in mails
        ]
        print(table(("mail", "state", "attempts", "received", "from", "why"), rows))
    if letters:
        rows = [
            (
                v["letter"],
                v["state"],
                str(v["attempts"]),
                v["next_at"] or "-",
                v["to"],
                visible(v["reply"] or ""),
            )
            for v in letters
        ]
        print(table(("letter", "state", "attempts", "next", "to", "last reply"), rows))
    return 1 if stuck else 0
