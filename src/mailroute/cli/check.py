"""mailroute check"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from mailroute.cli.common import add_json, print_json

NAME = "check"
HELP = "check a rules directory: all mistakes, each with its place and its remedy"
EXAMPLE = "mailroute check rules/"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "directory", nargs="?", type=Path, default=Path("rules"), metavar="DIR", help="default: rules"
    )
    parser.add_argument("--templates", type=Path, metavar="DIR", help="your own templates, checked as well")
    parser.add_argument(
        "--with",
        dest="others",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="the rules of another organisation of the installation, which partners.yaml may name; repeatable",
    )
    parser.add_argument("--sarif", action="store_true", help="one SARIF 2.1.0 object, for code review tools")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if there is no error; warnings are printed but do not count."""
    from mailroute.admin.check import check_directory

    report = check_directory(arguments.directory, arguments.templates, arguments.others)
    errors = sum(one.level == "error" for one in report.diagnostics)
    if arguments.sarif:
        from mailroute.admin.sarif import sarif

        print_json(sarif(arguments.directory, report.diagnostics))
        return 1 if errors else 0
    for one in report.diagnostics:
        if arguments.json:
            print_json(dataclasses.asdict(one))
        else:
            print(one)
            print()
    if not arguments.json:
        warnings = len(report.diagnostics) - errors
        print(_counted(errors, warnings) if errors or warnings else report.summary)
    return 1 if errors else 0


def _counted(errors: int, warnings: int) -> str:
    return f"{errors} error{'s'[errors == 1 :]}, {warnings} warning{'s'[warnings == 1 :]}."
