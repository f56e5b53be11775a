"""mailroute suggest"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import (
    add_config,
    add_json,
    add_rules_and_days,
    load_config,
    print_json,
    visible,
    with_progress,
)

if TYPE_CHECKING:
    from mailroute.admin.suggesting import Proposal
from mailroute.cli.options import many, numbers

NAME = "suggest"
HELP = "what the corrections of staff say about the rules: words, names and holders that are missing, each with its effect"
EXAMPLE = "mailroute suggest --days 90   |   mailroute suggest --take 1,3 --write"
DAYS = 90


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_rules_and_days(parser, DAYS)
    parser.add_argument("--take", type=numbers, metavar="1,3", help="only these proposals (default: all)")
    parser.add_argument("--write", action="store_true", help="write them into the rules (default: only show)")
    parser.add_argument(
        "--last",
        type=many,
        default=1000,
        metavar="N",
        help="show the effect on the last N mails (default: 1000)",
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0, also if there is nothing to propose. What is written becomes active as every change does, after check and tests."""
    from mailroute.admin.inside import looking
    from mailroute.admin.suggesting import applied, judge, proposals
    from mailroute.admin.writing import replace_keeping_old
    from mailroute.clock import system_clock
    from mailroute.rules import load, load_files, read_files
    from mailroute.store.examples import examples, examples_at_most

    files, loaded = dict(read_files(arguments.rules)), load(arguments.rules)
    until = system_clock()
    settings = load_config(arguments)
    since, org = until - timedelta(days=arguments.days), loaded.ruleset.organisation.id
    with looking(settings) as conn:
        total = examples_at_most(conn, org, since, until)
        read = with_progress(examples(conn, org, since, until), total, "tickets")
        found = list(proposals(conn, loaded, files, [judge(one) for one in read], since, until))
    taken = [one for at, one in enumerate(found, start=1) if arguments.take is None or at in arguments.take]
    changed = applied(files, taken)
    # Never anything that `check` would refuse.
    load_files({**files, **changed}.items())
    for at, one in enumerate(found, start=1):
        if one in taken:
            _show(at, one, files, as_json=arguments.json)
    if changed and not arguments.json:
        _show_effect(arguments, changed)
    if arguments.write:
        for name, text in changed.items():
            replace_keeping_old(arguments.rules / name, text)
    if not arguments.json:
        print(_conclusion(taken, changed, written=arguments.write))
    return 0


def _show(at: int, one: Proposal, files: Mapping[str, str], *, as_json: bool) -> None:
    from mailroute.admin.suggesting import difference

    lines = difference(files, one)
    if as_json:
        print_json(
            {"number": at, "title": one.title, "because": one.because, "right": one.right, "wrong": one.wrong,
             "diff": "\n".join(lines) or None}
        )  # fmt: skip
        return
    print(visible(f"{at}. {one.title}"))
    print(visible(f"   {one.because}; {one.right} would be right then, {one.wrong} wrong"))
    for line in lines or [
        "(to be done by hand: it stands in a pack, in a table, or in a way that nothing can be added to)"
    ]:
        print("   " + visible(line))
    print()


def _show_effect(arguments: argparse.Namespace, changed: Mapping[str, str]) -> None:
    """All of it together, on the mails that are stored."""
    from mailroute.cli.comparison import show

    with tempfile.TemporaryDirectory() as folder:
        other = shutil.copytree(arguments.rules, Path(folder) / "rules")
        for name, text in changed.items():
            (other / name).write_text(text, encoding="utf-8")
        arguments.days = None
        print("With all of them:")
        sys.stdout.flush()
        show(arguments, other)


def _conclusion(taken: Sequence[Proposal], changed: Mapping[str, str], *, written: bool) -> str:
    if not taken:
        return "Nothing to propose: too few corrections, or none that several people's words explain."
    if not changed:
        return "None of them can be written by the program."
    files = ", ".join(changed)
    return (
        f"Written: {files}." if written else f"Nothing was written. --write changes {files}; --take chooses."
    )
