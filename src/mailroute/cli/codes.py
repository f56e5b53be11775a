"""mailroute help"""

from __future__ import annotations

import argparse

from mailroute.cli.common import add_json, print_json, table, visible

NAME = "help"
HELP = "explain a code of `check`, with an example, or a command; without either, list all codes"
EXAMPLE = "mailroute help MR301   |   mailroute help explain"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("what", nargs="?", metavar="CODE|COMMAND", help="like MR301 or explain")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0, or 1 if there is no such code or command."""
    from mailroute.cli.main import COMMANDS, build_parser
    from mailroute.rules.codes import CODES, FAMILIES, example
    from mailroute.rules.report import nearest

    what = arguments.what
    if what is None:
        if arguments.json:
            for one in CODES.values():
                print_json({"code": one.code, "level": one.level, "meaning": one.meaning})
        else:
            rows = [(one.code, one.level, one.meaning) for one in CODES.values()]
            print(table(("code", "level", "meaning"), rows))
        return 0
    if what in [command.NAME for command in COMMANDS]:
        try:
            build_parser().parse_args([what, "--help"])
        except SystemExit:
            return 0
    code = CODES.get(what.upper())
    if code is None:
        known = [*CODES, *(command.NAME for command in COMMANDS)]
        print(visible(f"there is no code or command {what}. {nearest(what, known)}"))
        return 1
    family, about = FAMILIES[code.code[2]]
    if arguments.json:
        print_json(
            {
                "code": code.code,
                "level": code.level,
                "family": family,
                "meaning": code.meaning,
                "example": example(code.code),
            }
        )
        return 0
    print(f"{code.code} ({code.level}, {family})\n\n{code.meaning}\n{about}\n\nFor example:\n")
    print("\n".join(f"    {line}" for line in example(code.code).splitlines()))
    return 0
