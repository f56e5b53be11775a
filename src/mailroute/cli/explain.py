"""mailroute explain"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroute.cli.common import (
    add_config,
    add_json,
    is_configured,
    load_config,
    print_json,
    rules_in_use,
    ticket_number,
    visible,
)

if TYPE_CHECKING:
    from mailroute.rules import Loaded

NAME = "explain"
HELP = "say what would happen with a mail, or why something happened to a ticket, without touching anything"
EXAMPLE = "mailroute explain mail.eml --rules rules/   |   mailroute explain T-10428"

# Deadlines reach a little further, and have to be moments too.
_YEARS = range(1970, 9000)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "what", nargs="+", metavar="FILE|TICKET", help="mails, or ticket numbers like T-10428"
    )
    parser.add_argument(
        "--rules",
        type=Path,
        metavar="DIR",
        help="the rules to explain with (default: those in use, or with a past --at those of then)",
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        help="as if it were then, e.g. 2026-12-03T09:00; in the past with the rules of that time",
    )
    parser.add_argument("--letters", action="store_true", help="print the letters that would go out")
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tickets from the books, files through the rules."""
    now = _moment(arguments.at)
    if now is None:
        print(f"--at {arguments.at}: write it like 2026-12-03T09:00")
        return 2
    tickets = [what for what in arguments.what if ticket_number(what) and not Path(what).exists()]
    files = [Path(what) for what in arguments.what if what not in tickets]
    code = _explain_tickets(arguments, tickets) if tickets else 0
    return max(code, _explain_files(arguments, files, now)) if files else code


def _moment(text: str | None) -> datetime | None:
    """The moment in local time if it names no zone; None if it is none, or none that mails have."""
    from mailroute.clock import system_clock

    if text is None:
        return system_clock()
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def _explain_files(arguments: argparse.Namespace, files: list[Path], now: datetime) -> int:
    from mailroute.admin.explain import Laboratory
    from mailroute.admin.view import decision_view

    laboratory, code = Laboratory.open(_rules(arguments, now), None, now), 0
    try:
        for file in files:
            try:
                raw = file.read_bytes()
            except OSError as error:
                # Not among the objects that a program reads.
                print(visible(f"{file}: cannot be read: {error.strerror}"), file=sys.stderr)
                code = 1
                continue
            decision, letters = laboratory.explain(raw, now)
            view = decision_view(str(file), decision, letters)
            if arguments.json:
                print_json(view)
                continue
            _print(view)
            if arguments.letters:
                for letter in letters:
                    _print_letter(letter.content)
    finally:
        laboratory.close()
    return code


def _rules(arguments: argparse.Namespace, at: datetime) -> tuple[Loaded, ...]:
    """Those that were active at a past moment that was asked for, else those in use. Raises RulesetInvalid."""
    if arguments.at and not arguments.rules and is_configured(arguments):
        from mailroute.admin.rules_then import rules_then
        from mailroute.clock import system_clock

        if at < system_clock() and (found := rules_then(load_config(arguments), at)):
            return found
    return rules_in_use(arguments)


def _explain_tickets(arguments: argparse.Namespace, tickets: list[str]) -> int:
    from mailroute.admin.history import history
    from mailroute.admin.inside import looking

    code = 0
    with looking(load_config(arguments)) as conn:
        for what in tickets:
            found = ticket_number(what)
            assert found is not None
            views = history(conn, *found)
            if not views:
                print(f"{what}: there is no such ticket", file=sys.stderr)
                code = 1
            for view in views:
                if arguments.json:
                    print_json(view)
                else:
                    _print(view)
    return code


def _print(view: dict[str, Any]) -> None:
    """For people: where it goes and why, one line a station."""
    print(visible(f"{view['file']}: {view['disposition']}"))
    print(f"  ruleset    {view['ruleset']}")
    for key in ("ticket", "property", "unit", "case_type", "likely", "urgency", "role", "assignee", "via"):
        if view.get(key) is not None:
            print(f"  {key:10} {visible(str(view[key]))}")
    if view["emergency"]:
        print("  emergency  yes")
    for step in view["trace"]:
        rule = f"  [{step['rule']}]" if step["rule"] else ""
        print(visible(f"  · {step['station']:9} {step['verdict']} – {step['because']}{rule}"))
    for letter in view["letters"]:
        print(visible(f"  → {letter['template']} to {letter['to']}: {letter['subject']}"))
    print()


def _print_letter(content: bytes) -> None:
    """As its reader sees it, in plain text; what travels is encoded and holds the same once more as HTML."""
    letter = message_from_bytes(content, policy=policy.default)
    for name in ("From", "To", "Reply-To", "Subject"):
        print(visible(f"    {name}: {letter[name]}"))
    print()
    text = letter.get_body(("plain",))
    for line in text.get_content().splitlines() if text else ():
        print(visible(f"    {line}").rstrip())
    print()
