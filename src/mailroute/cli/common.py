"""What commands share: where the settings are, how JSON lines and times are printed."""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mailroute.cli.options import days

if TYPE_CHECKING:
    from mailroute.daemon.findings import Finding
    from mailroute.rules import Loaded
    from mailroute.settings import Settings

T = TypeVar("T")

DEFAULT_CONFIG = Path("mailroute.toml")
TICKET_HELP = "a ticket is written T-10428, or org/T-10428 where there are several organisations"


def add_config(parser: argparse.ArgumentParser) -> None:
    """`--config FILE`."""
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="the settings (default: %(default)s)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="one JSON object per line")


def add_rules_and_days(parser: argparse.ArgumentParser, usual: int) -> None:
    """`--rules DIR` and `--days N`: which rules are to learn from the tickets of which time."""
    parser.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR", help="default: rules")
    parser.add_argument(
        "--days",
        type=days,
        default=usual,
        metavar="N",
        help="tickets of the last N days, 10,000 at most (default: %(default)s)",
    )


def load_config(arguments: argparse.Namespace) -> Settings:
    """The settings that `--config` names. Raises SettingsInvalid."""
    from mailroute.settings import load_settings

    return load_settings(arguments.config)


def ticket_number(text: str) -> tuple[str | None, int] | None:
    """`T-10428` or `org/T-10428` as (organisation, number); None if it is neither."""
    found = re.fullmatch(r"(?:([a-z0-9-]+)/)?[Tt]-?(\d+)", text)
    return (found[1], int(found[2])) if found else None


def rule_directories(arguments: argparse.Namespace) -> tuple[Path, ...]:
    """`--rules`, else those of mailroute.toml, else ./rules, else the demo firm."""
    from mailroute import shipped

    if arguments.rules:
        return (arguments.rules,)
    if is_configured(arguments):
        return tuple(load_config(arguments).rules)
    here = Path("rules")
    return (here if (here / "organisation.yaml").exists() else shipped.path("rules"),)


def rules_in_use(arguments: argparse.Namespace) -> tuple[Loaded, ...]:
    """The rules of `rule_directories`. Raises RulesetInvalid."""
    from mailroute.flow.site import load_directories

    whole = not arguments.rules and is_configured(arguments)
    return load_directories(rule_directories(arguments), whole=whole)


def is_configured(arguments: argparse.Namespace) -> bool:
    """Whether there are settings: `--config` names some, or mailroute.toml lies here."""
    return bool(arguments.config != DEFAULT_CONFIG or arguments.config.exists())


def print_json(value: dict[str, Any]) -> None:
    """One object, one line, UTF-8."""
    sys.stdout.buffer.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def with_progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The items, with a bar on standard error if that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, what, total, console=Console(stderr=True), transient=True)


class Grows(Protocol):
    """A result that says how much of it there is."""

    total: int
    done: int


G = TypeVar("G", bound=Grows)


def grown(states: Iterable[G], what: str) -> G:
    """The last state of a result that grows in place, with a bar on standard error if that is a terminal."""
    states = iter(states)
    result = next(states)
    if not sys.stderr.isatty():
        for result in states:  # noqa: B007 - the last one is the answer
            pass
        return result
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what)
        for result in states:
            progress.update(task, total=result.total, completed=result.done)
    return result


def show_finding(arguments: argparse.Namespace, one: Finding) -> None:
    """A line of `doctor` or `probe`, and its remedy below."""
    if arguments.json:
        print_json(
            {"check": one.check, "state": one.state.value, "found": one.found, "remedy": one.remedy or None}
        )
        return
    print(visible(f"{one.state.value:5} {one.check:8}  {one.found}"), flush=True)
    if one.remedy:
        print(visible(f"{'':16}{one.remedy}"), flush=True)


def visible(text: str) -> str:
    """Make control, format and bidi characters of a hostile mail harmless for a terminal (reliability §5.3)."""
    return "".join(c if c.isprintable() or c == " " else _escaped(c) for c in text)


def visible_lines(text: object) -> str:
    """The same for a text of several lines: what an error quotes may hold anything."""
    return "\n".join(visible(line) for line in str(text).split("\n"))


def _escaped(character: str) -> str:
    if character in "\n\t":
        return " "
    return f"\\x{ord(character):02x}" if unicodedata.category(character).startswith("C") else " "


def local(at: datetime | None) -> str:
    """A moment for people, in the time zone of this machine."""
    return at.astimezone().strftime("%a %d.%m.%Y %H:%M") if at else "-"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Columns as wide as they need to be; the last one runs free. What stands in them is made `visible` here."""
    rows = [tuple(visible(cell) for cell in row) for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head) - 1)]
    lines = [
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]])
        for row in [head, *rows]
    ]
    return "\n".join(line.rstrip() for line in lines)
