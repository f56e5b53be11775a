"""mailroute grant"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from mailroute.cli.common import add_config, add_json, load_config, print_json, table, visible

if TYPE_CHECKING:
    from mailroute.model.grant import Grant
    from mailroute.store.engine import Connection

NAME = "grant"
HELP = "who writes for which customers: show, suggest members, invite, see what they see"
EXAMPLE = "mailroute grant show   |   mailroute grant view-as klara@muster.example --as brandt"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    showing = verbs.add_parser(
        "show", help="grants with what their flags come to", epilog="example: mailroute grant show muster"
    )
    showing.add_argument("grant", nargs="?", metavar="GRANT")
    suggesting = verbs.add_parser(
        "suggest",
        help="addresses of the customers that are not members yet",
        epilog="example: mailroute grant suggest muster",
    )
    suggesting.add_argument("grant", metavar="GRANT")
    inviting = verbs.add_parser(
        "invite",
        help="invite everybody whose address nobody knows, now instead of at the next tick",
        epilog="example: mailroute grant invite",
    )
    resending = verbs.add_parser(
        "resend",
        help="send one invitation anew; the old one is no longer valid",
        epilog="example: mailroute grant resend bob@muster.example",
    )
    resending.add_argument("address", metavar="ADDRESS")
    viewing = verbs.add_parser(
        "view-as",
        help="the tickets and contracts that somebody sees; who looks is kept",
        epilog="example: mailroute grant view-as klara@muster.example --as brandt",
    )
    viewing.add_argument("address", metavar="ADDRESS")
    viewing.add_argument("--as", dest="actor", required=True, metavar="STAFF", help="who looks: id or name")
    for one in (showing, suggesting, inviting, resending, viewing):
        one.add_argument("--organisation", metavar="ID", help="which one, where there are several")
        add_config(one)
        add_json(one)


def run(arguments: argparse.Namespace) -> int:
    """Read from the books, or act through the daemon."""
    match arguments.verb:
        case "show" | "suggest":
            return _read(arguments)
        case "view-as":
            return _view(arguments)
        case _:
            return _act(arguments)


def _read(arguments: argparse.Namespace) -> int:
    from mailroute.admin.inside import looking
    from mailroute.store.grants import all_grants
    from mailroute.store.rulesets import active

    with looking(load_config(arguments)) as conn:
        orgs = [one for one, _ in active(conn) if arguments.organisation in (None, one)]
        found = [
            (org, one) for org in orgs for one in all_grants(conn, org) if arguments.grant in (None, one.id)
        ]
        if not found and arguments.grant is not None:
            print(visible(f"{arguments.grant}: there is no such grant; look with `mailroute grant show`"))
            return 1
        for org, one in found:
            _print(conn, org, one, arguments)
    if not found and not arguments.json:
        print("There are no grants: everybody may write.")
    return 0


def _print(conn: Connection, org: str, grant: Grant, arguments: argparse.Namespace) -> None:
    from mailroute.admin.granting import grant_view, suggestions

    if arguments.verb == "suggest":
        for address in suggestions(conn, org, grant):
            if arguments.json:
                print_json({"grant": grant.id, "address": address})
            else:
                print(visible(address))
        return
    view = grant_view(conn, org, grant)
    if arguments.json:
        print_json(view)
        return
    print(visible(f"{view['grant']}: {view['name']} ({view['view']}{', main' if view['main'] else ''})"))
    for key in ("customers", "account_manager", "rights", "share_tickets", "note"):
        if view[key]:
            words = ", ".join(view[key]) if isinstance(view[key], list) else view[key]
            print(visible(f"  {key:16} {'yes' if words is True else words}"))
    for one in view["members"]:
        print(visible(f"  → {one['address']}: {one['state']}, copies {one['copies']}"))


def _view(arguments: argparse.Namespace) -> int:
    [line] = _carried_out(arguments, actor=arguments.actor, target=arguments.address)
    seen: dict[str, Any] = json.loads(line)
    if arguments.json:
        print_json(seen)
        return 0
    rights = ", ".join(seen["rights"]) or "no rights"
    print(visible(f"{seen['address']}: {', '.join(seen['grants']) or 'in no grant'}; {rights}"))
    rows = [
        (one["ticket"], "closed" if one["closed"] else "open", one["reporter"], one["subject"])
        for one in seen["tickets"]
    ]
    print(table(("ticket", "status", "reporter", "subject"), rows) if rows else "No tickets.")
    contracts = [(one["contract"], one["line_of_business"], one["status"]) for one in seen["contracts"]]
    print(
        table(("contract", "line of business", "status"), contracts) if contracts else "No contracts shown."
    )
    return 0


def _act(arguments: argparse.Namespace) -> int:
    for line in _carried_out(arguments, target=getattr(arguments, "address", "")):
        if arguments.json:
            print_json({"did": line})
        else:
            print(visible(line))
    return 0


def _carried_out(arguments: argparse.Namespace, *, actor: str = "", target: str = "") -> list[str]:
    from mailroute.admin.acts import Act
    from mailroute.admin.inside import acting

    organisation = arguments.organisation or ""
    with acting(load_config(arguments)) as act:
        return act(Act(arguments.verb, organisation=organisation, actor=actor, target=target))
