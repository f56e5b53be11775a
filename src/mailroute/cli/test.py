"""mailroute test"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroute.cli.common import add_json, print_json, visible

if TYPE_CHECKING:
    from mailroute.admin.trial import Outcome

NAME = "test"
HELP = "run the routing tests of a rules directory: does every mail go where it must?"
EXAMPLE = "mailroute test rules/"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path("rules"), metavar="DIR", help="default: rules"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if all of them pass. Mistakes in the rules or the tests are printed like those of `check`."""
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
