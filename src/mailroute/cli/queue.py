"""mailroute queue"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from mailroute.cli.common import add_config, add_json, load_config, print_json, table

NAME = "queue"
HELP = "show what is waiting: mails that are not decided, letters that have not been sent, and what is muted in a storm"
EXAMPLE = "mailroute queue"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if nothing is stuck, 1 if something needs a person."""
    from mailroute.admin.inside import looking
    from mailroute.admin.view import letter_row_view, queue_row_view, storm_view
    from mailroute.clock import system_clock
    from mailroute.store.mails import queue
    from mailroute.store.outbox import letters as unsent
    from mailroute.store.traffic import storms

    with looking(load_config(arguments)) as conn:
        mails = [queue_row_view(row) for row in queue(conn, None)]
        letters = [letter_row_view(row) for row in unsent(conn)]
        muted = [storm_view(one) for one in storms(conn, system_clock())]
    stuck = [one for one in (*mails, *letters) if one["state"] in ("held", "failed", "in-doubt")]
    if arguments.json:
        for view in (*mails, *letters, *muted):
            print_json(view)
        return 1 if stuck else 0
    if not mails and not letters and not muted:
        print("Nothing is waiting.")
    if mails:
        print(table(_MAIL_COLUMNS, [_mail_row(view) for view in mails]))
    if letters:
        print(table(_LETTER_COLUMNS, [_letter_row(view) for view in letters]))
    if muted:
        print(table(_MUTED_COLUMNS, [_muted_row(view) for view in muted]))
    return 1 if stuck else 0


_MAIL_COLUMNS = ("mail", "state", "attempts", "received", "from", "why")
_LETTER_COLUMNS = ("letter", "state", "attempts", "next", "to", "last reply")
_MUTED_COLUMNS = ("muted", "whom or what", "came", "told of", "until", "collected in")


def _mail_row(view: Mapping[str, Any]) -> tuple[str, ...]:
    attempts, why = str(view["attempts"]), view["error"] or ""
    return (view["mail"], view["state"], attempts, view["received_at"], view["from"], why)


def _letter_row(view: Mapping[str, Any]) -> tuple[str, ...]:
    attempts, reply = str(view["attempts"]), view["reply"] or ""
    return (view["letter"], view["state"], attempts, view["next_at"] or "-", view["to"], reply)


def _muted_row(view: Mapping[str, Any]) -> tuple[str, ...]:
    came, told = str(view["came"]), str(view["told_of"])
    return (view["muted"], view["key"] or "-", came, told, view["until"], view["ticket"] or "-")
