"""mailroute ticket"""

from __future__ import annotations

import argparse
from datetime import datetime

from mailroute.cli.common import (
    TICKET_HELP,
    add_config,
    add_json,
    load_config,
    local,
    print_json,
    table,
    ticket_number,
    visible,
)

NAME = "ticket"
HELP = "list and show tickets, and do with them what staff do by mail"
EXAMPLE = 'mailroute ticket list   |   mailroute ticket close T-10428 "Dachrinne repariert" --as schmidt'

_VERBS = {
    "accept": "accept",
    "take": "take",
    "reject": "reject: {}",
    "assign": "assign: {}",
    "note": "note: {}",
    "answer": "{}",
    "send": "send",
    "type": "type: {}",
    "property": "property: {}",
    "pick": "{}",
    "follow-up": "follow up: {}",
    "close": "close: {}",
    "reopen": "reopen",
    "revoke": "revoke",
    "undo": "undo",
    "split": "split: {}",
    "separate": "separate: {}",
    "external": "external: {}",
    "external-changes": "external changes",
    "external-step": "external {}",
}
_EXAMPLES = {
    "reject": '"not my property" ',
    "assign": "huber ",
    "note": '"calls back on Friday" ',
    "answer": '"Der Handwerker kommt am Freitag um neun." ',
    "type": "heizung ",
    "property": '"Lindenweg 5" ',
    "pick": "2 ",
    "follow-up": "2026-12-03 ",
    "close": '"Dachrinne repariert" ',
    "split": "heizung ",
    "separate": "weber ",
    "external-step": '"appointment 2026-12-03" ',
    "external": '"orders@roofer.example Please repair the gutter." ',
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser(
        "list", help="open tickets, newest first", epilog="example: mailroute ticket list --all"
    )
    listing.add_argument("--all", action="store_true", help="closed ones too")
    listing.add_argument("--emergencies", action="store_true", help="only emergencies")
    listing.add_argument("--organisation", metavar="ORG", help="only those of one organisation")
    listing.add_argument("--assignee", metavar="STAFF", help="only those of one person")
    showing = verbs.add_parser(
        "show",
        help="one ticket with everything that happened to it",
        epilog="example: mailroute ticket show T-10428",
    )
    showing.add_argument("ticket", metavar="TICKET")
    for one in (listing, showing):
        add_config(one)
        add_json(one)
    for verb, pattern in _VERBS.items():
        acting = verbs.add_parser(
            verb,
            help=f"like the reply `{pattern.format('…')}`",
            epilog=f"example: mailroute ticket {verb} T-10428 {_EXAMPLES.get(verb, '')}--as schmidt",
        )
        acting.add_argument("ticket", metavar="TICKET")
        if "{}" in pattern:
            acting.add_argument(
                "text",
                metavar="TEXT",
                nargs="?" if verb in ("reject", "close", "split", "separate") else None,
                default="",
            )
        acting.add_argument("--as", dest="actor", required=True, metavar="STAFF", help="who acts: id or name")
        add_config(acting)
        add_json(acting)


def run(arguments: argparse.Namespace) -> int:
    """Read from the books, or act through the daemon."""
    if arguments.verb == "list":
        return _list(arguments)
    found = ticket_number(arguments.ticket)
    if found is None:
        print(visible(f"{arguments.ticket}: {TICKET_HELP}"))
        return 2
    organisation, number = found[0] or "", found[1]
    return (
        _show(arguments, organisation, number)
        if arguments.verb == "show"
        else _act(arguments, organisation, number)
    )


def _list(arguments: argparse.Namespace) -> int:
    from mailroute.admin.inside import looking
    from mailroute.admin.view import ticket_view
    from mailroute.store.tickets import tickets

    with looking(load_config(arguments)) as conn:
        found = tickets(
            conn,
            arguments.organisation,
            assignee=arguments.assignee,
            case_types=_emergencies(arguments) if arguments.emergencies else None,
            open_only=not arguments.all,
            limit=1000,
        )
    if arguments.json:
        for one in found:
            print_json(ticket_view(one))
        return 0
    rows = [
        (
            one.label,
            one.status.value,
            _case_type(one.case_type, feared=one.feared),
            one.assignee,
            local(one.opened_at),
            one.subject,
        )
        for one in found
    ]
    print(
        table(("ticket", "status", "case type", "assignee", "opened", "subject"), rows)
        if rows
        else "No tickets."
    )
    return 0


def _case_type(name: str | None, *, feared: bool) -> str:
    return f"{name or '-'}{'?' if feared else ''}"


def _emergencies(arguments: argparse.Namespace) -> list[str]:
    """The case types that are emergencies, of every organisation whose rules are in use."""
    from mailroute.cli.common import rules_in_use

    arguments.rules = None
    rulesets = [loaded.ruleset for loaded in rules_in_use(arguments)]
    return [one.id for ruleset in rulesets for one in ruleset.case_types if one.emergency]


def _show(arguments: argparse.Namespace, organisation: str, number: int) -> int:
    from mailroute.admin.history import ticket_history
    from mailroute.admin.inside import looking

    with looking(load_config(arguments)) as conn:
        view = ticket_history(conn, organisation or None, number)
    if view is None:
        print(f"T-{number}: there is no such ticket")
        return 1
    if arguments.json:
        print_json(view)
        return 0
    for key in (
        "ticket",
        "status",
        "subject",
        "case_type",
        "role",
        "assignee",
        "property",
        "unit",
        "contract",
    ):
        value = _case_type(view[key], feared=view["feared"]) if key == "case_type" else view[key]
        print(visible(f"{key:10} {value if value is not None else '-'}"))
    for event in view["events"]:
        print(
            visible(
                f"  {event['seq']:3} {local(datetime.fromisoformat(event['at']))}  {event['actor']}: {event['what']}  ({event['by']})"
            )
        )
    for letter in view["letters"]:
        print(visible(f"  → {letter['template']} to {letter['to']}: {letter['state']}"))
    return 0


def _act(arguments: argparse.Namespace, organisation: str, number: int) -> int:
    from mailroute.admin.acts import Act
    from mailroute.admin.inside import acting

    text = _VERBS[arguments.verb].format(getattr(arguments, "text", "")).removesuffix(": ").removesuffix(":")
    with acting(load_config(arguments)) as act:
        lines = act(
            Act("command", organisation=organisation, ticket=number, actor=arguments.actor, text=text)
        )
    for line in lines:
        if arguments.json:
            print_json({"ticket": f"T-{number}", "did": line})
        else:
            print(visible(line))
    return 0
