"""The command line. Exit codes: 0 fine · 1 what was asked about is wrong · 2 called wrongly · 75 try later.

Each command is one small module with `NAME`, `HELP`, `EXAMPLE`, `configure(parser)` and `run(arguments)`; everything
heavy is imported inside `run`, so that `mailroute --help` answers at once.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from typing import Protocol

from mailroute import __version__
from mailroute.cli import (
    agenda,
    check,
    classify,
    codes,
    demo,
    diff,
    doctor,
    explain,
    grant,
    held,
    importing,
    ingest,
    init,
    learn,
    new,
    packs,
    parse,
    probe,
    quality,
    queue,
    reload,
    replay,
    retry,
    rules,
    schema,
    serve,
    settings,
    staff,
    suggest,
    test,
    ticket,
    verify,
)
from mailroute.cli.common import visible, visible_lines
from mailroute.errors import MailrouteError, TryLater

FINE, WRONG, MISUSED, TRY_LATER = 0, 1, 2, 75


class _Command(Protocol):
    """What a module of a command has; mypy holds each of COMMANDS to it."""

    NAME: str
    HELP: str
    EXAMPLE: str

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


COMMANDS: tuple[_Command, ...] = (
    demo, init, serve, check, test, diff, replay, reload, rules, packs, explain, parse, classify, ingest,
    ticket, agenda, staff, grant, quality, suggest, learn, queue, held, retry, verify, settings, doctor, probe,
    schema, new, importing, codes,
)  # fmt: skip


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="mailroute",
        description="Routes the mail of a shared inbox to the person who is responsible for it.",
        epilog="Try `mailroute demo` first. Every command has --help with an example.",
    )
    parser.add_argument("--version", action="version", version=f"mailroute {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        sub = commands.add_parser(
            command.NAME,
            help=command.HELP,
            description=_sentence(command.HELP),
            epilog="example: " + command.EXAMPLE,
        )
        command.configure(sub)
        sub.set_defaults(run=command.run)
    return parser


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith("?") else ".")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; mistakes of people become sentences on standard error."""
    _write_whatever_comes()
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        # Whoever does not know a command yet is helped by the list, not by the word "required".
        parser.print_help(sys.stderr)
        return MISUSED
    try:
        code: int = arguments.run(arguments)
    except TryLater as error:
        print(visible_lines(error), file=sys.stderr)
        return TRY_LATER
    except MailrouteError as error:
        print(visible_lines(error), file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        sys.stderr.close()
        return FINE
    except OSError as error:
        # A disk that is full, a directory that is not ours: what the system says, and about what.
        print(visible(f"{error.filename or 'mailroute'}: {error.strerror or error}"), file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return FINE
    return code


def _write_whatever_comes() -> None:
    """Show as a code what a terminal has no letter for, or a name of a file has no meaning: it must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    raise SystemExit(main())
