"""mailroute agenda"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from mailroute.cli.common import add_config, add_json, load_config, local, print_json, table

NAME = "agenda"
HELP = "show who must act on what by when: every open ticket, what is due first"
EXAMPLE = "mailroute agenda huber"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "person", metavar="PERSON", nargs="?", help="only what this one has: id of staff.yaml"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if nothing is late, 1 if something is."""
    from mailroute.admin.inside import looking
    from mailroute.admin.view import task_view
    from mailroute.store.agenda import tasks

    with looking(load_config(arguments)) as conn:
        found = tasks(conn, assignee=arguments.person)
    now = datetime.now(UTC)
    views = [task_view(one, now) for one in found]
    late = any(one["late"] for one in views)
    if arguments.json:
        for view in views:
            print_json(view)
        return 1 if late else 0
    rows = [
        (
            view["who"],
            (local(task.due) if task.due else "-") + (" late" if view["late"] else ""),
            task.ticket.label,
            task.ticket.status.value,
            task.ticket.case_type or "-",
            task.ticket.subject,
        )
        for task, view in zip(found, views, strict=True)
    ]
    headings = ("who", "by", "ticket", "status", "case type", "subject")
    print(table(headings, rows) if rows else "Nobody has anything to do.")
    return 1 if late else 0
