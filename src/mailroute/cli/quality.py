"""mailroute quality"""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from mailroute.cli.common import (
    add_config,
    add_json,
    grown,
    load_config,
    print_json,
    rules_in_use,
    table,
    visible,
)
from mailroute.cli.options import days

if TYPE_CHECKING:
    from mailroute.admin.quality import Quality, Row

NAME = "quality"
HELP = (
    "how well the rules decided: what was routed without a person, unclear or corrected, and what they lack"
)
EXAMPLE = "mailroute quality --days 30"
DAYS = 30
# A table is for reading; --json has everything.
SHOWN = 15


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "--days",
        type=days,
        default=DAYS,
        metavar="N",
        help="tickets of the last N days (default: %(default)s)",
    )
    parser.add_argument("--organisation", metavar="ORG", help="only one organisation")
    parser.set_defaults(rules=None)
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read the books; the daemon may go on."""
    from mailroute.admin.inside import looking
    from mailroute.admin.quality import quality
    from mailroute.clock import system_clock

    until = system_clock()
    since = until - timedelta(days=arguments.days)
    wanted = arguments.organisation
    rulesets = [one.ruleset for one in rules_in_use(arguments)]
    rulesets = [one for one in rulesets if wanted in (None, one.organisation.id)]
    with looking(load_config(arguments)) as conn:
        report = grown(quality(conn, rulesets, wanted, since, until), "tickets")
    if arguments.json:
        _print_json(report)
    else:
        _print(report, arguments.days)
    return 0


# --- for people ----------------------------------------------------------------------------------------------


def _print(report: Quality, span: int) -> None:
    if not report.total:
        print(f"No tickets in the last {span} days.")
        return
    one = report.all
    print(f"{one.tickets} tickets of the last {span} days:")
    print(f"  {_share(one.right, one)} routed without a person, and nobody changed it")
    print(f"  {_share(one.unclear, one)} unclear: a person had to say where they belong")
    print(f"  {_share(one.corrected, one)} corrected later (case type or property)")
    print(f"  {_share(one.moved, one)} handed on, rejected or taken over later")
    for title, rows in (
        ("case type", report.case_types),
        ("property", report.properties),
        ("rule", report.rules),
    ):
        print()
        print(_table(title, rows))
    if report.never:
        print("\nNever chosen: " + visible(", ".join(f"{name} ({rule})" for name, rule in report.never)))
    for missing in report.missing:
        if missing.words:
            words = ", ".join(f"{word} ({count})" for word, count in missing.words)
            mails = f"{missing.mails} unclear {'mail' if missing.mails == 1 else 'mails'}"
            print(visible(f"\nWords that {mails} share that became {missing.case_type}: {words}"))


def _share(part: int, row: Row) -> str:
    return f"{100 * part / row.tickets:5.1f} %"


def _table(title: str, rows: dict[str, Row]) -> str:
    most = sorted(rows.items(), key=lambda one: (-one[1].tickets, one[0]))
    lines = [
        (
            name,
            str(row.tickets),
            _share(row.right, row),
            str(row.unclear),
            str(row.corrected),
            str(row.moved),
        )
        for name, row in most[:SHOWN]
    ]
    shown = table((title, "tickets", "  right", "unclear", "corrected", "handed on"), lines)
    return shown + (f"\n… and {len(most) - SHOWN} more (--json has all)" if len(most) > SHOWN else "")


# --- for programs --------------------------------------------------------------------------------------------


def _print_json(report: Quality) -> None:
    _print_row("all", None, report.all)
    for kind, rows in (
        ("case-type", report.case_types),
        ("property", report.properties),
        ("rule", report.rules),
    ):
        for name, row in sorted(rows.items()):
            _print_row(kind, None if name == "-" else name, row)
    for name, rule in report.never:
        print_json({"kind": "never", "name": name, "rule": rule})
    for missing in report.missing:
        words = [{"word": word, "mails": count} for word, count in missing.words]
        print_json(
            {"kind": "missing-words", "name": missing.case_type, "mails": missing.mails, "words": words}
        )


def _print_row(kind: str, name: str | None, row: Row) -> None:
    print_json(
        {
            "kind": kind,
            "name": name,
            "tickets": row.tickets,
            "right": row.right,
            "unclear": row.unclear,
            "corrected": row.corrected,
            "moved": row.moved,
        }
    )
