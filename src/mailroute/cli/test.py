"""mailroute test"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroute.cli.common import (
    TICKET_HELP,
    add_config,
    add_json,
    load_config,
    print_json,
    ticket_number,
    visible,
)

if TYPE_CHECKING:
    from mailroute.admin.trial import Outcome

NAME = "test"
HELP = "run the routing tests of a rules directory: does every mail go where it must?"
EXAMPLE = "mailroute test rules/   |   mailroute test rules/ --record T-10428 --write"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path("rules"), metavar="DIR", help="default: rules"
    )
    parser.add_argument(
        "--record",
        metavar="TICKET",
        help="make a test of the mail that opened a ticket, with invented people, and print it",
    )
    parser.add_argument("--write", action="store_true", help="with --record: add it to tests/recorded.yaml")
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if all of them pass. Mistakes in the rules or the tests are printed like those of `check`."""
    return _record(arguments) if arguments.record else _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from mailroute.admin.trial import read_tests, run_tests
    from mailroute.clock import system_clock
    from mailroute.errors import RulesetInvalid
    from mailroute.rules import load

    loaded = load(arguments.directory)
    tests, diagnostics = read_tests(arguments.directory, loaded)
    mistakes = tuple(one for one in diagnostics if one.level == "error")
    if mistakes:
        raise RulesetInvalid(mistakes)
    failed = 0
    for outcome in run_tests(tests, loaded, None, system_clock()):
        failed += not outcome.passed
        if arguments.json:
            print_json(_view(outcome))
        elif not outcome.passed:
            _print(outcome)
    if not arguments.json:
        print(
            f"{len(tests) - failed} tests passed, {failed} failed."
            if tests
            else "There are no tests: write some into tests/*.yaml (docs/rules.md)."
        )
    return 1 if failed else 0


def _record(arguments: argparse.Namespace) -> int:
    from mailroute.admin.inside import looking
    from mailroute.admin.record import FILE, record
    from mailroute.admin.writing import write_whole
    from mailroute.flow.mail_keys import read_keys
    from mailroute.rules import load

    ticket = ticket_number(arguments.record)
    if ticket is None:
        print(f"{arguments.record}: {TICKET_HELP}")
        return 2
    settings, loaded = load_config(arguments), load(arguments.directory)
    with looking(settings) as conn:
        made = record(conn, arguments.directory, loaded, ticket, settings.trust, read_keys(settings.keys))
    if arguments.write:
        write_whole(arguments.directory / FILE, made.file_text)
    if arguments.json:
        print_json(
            {
                "name": made.name,
                "file": FILE,
                "written": arguments.write,
                "test": made.entry,
                "notes": made.notes,
            }
        )
        return 0
    print(made.entry)
    for note in made.notes:
        print(visible(f"· {note}"))
    print(f"Added to {FILE}." if arguments.write else f"Nothing was written. Add it to {FILE} with --write.")
    return 0


def _view(outcome: Outcome) -> dict[str, Any]:
    return {
        "file": outcome.test.source.file,
        "line": outcome.test.source.line,
        "name": outcome.test.name,
        "passed": outcome.passed,
        "differences": [
            {"key": one.key, "expected": one.expected, "got": one.got} for one in outcome.differences
        ],
        "trace": list(outcome.trace),
    }


def _print(outcome: Outcome) -> None:
    source = outcome.test.source
    print(visible(f"{source.file}:{source.line}: failed: {outcome.test.name}"))
    for one in outcome.differences:
        print(visible(f"    {one.key:12} expected: {one.expected}"))
        print(visible(f"    {'':12} got:      {one.got}"))
    for step in outcome.trace:
        print(visible(f"    · {step}"))
    print()
