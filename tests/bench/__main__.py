"""`make bench`, or `python -m tests.bench --help`: speed and size of this checkout, beside a Postfix.

Absolute figures belong to one machine and one hour; compare ratios. Run nothing else meanwhile.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import corpus, deciding, paging, ruling
from tests.bench.firm import CONTRACTS, PROPERTIES, write_large
from tests.bench.measures import Load, Run, in_turn, letters_out, median, scratch, sender_alone, through
from tests.bench.report import Growth, Results, figures, json_line, missed, table
from tests.bench.systems import maildrop, mailroute
from tests.support.servers import ServerMissing

_MEASURES = ("mails", "door", "growth", "letters", "deciding", "rules", "pages")
_BUSY_LOAD = 0.7
_SESSIONS = (1, 10, 50)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    measures: tuple[str, ...]
    sessions: tuple[int, ...]
    rounds: int
    mails: int
    mails_for_growth: int
    postfix: bool


def main() -> int:
    """Measure and print. 0; with --check 1 if a goal of the first version is missed."""
    arguments = _parser().parse_args()
    plan = _plan(arguments)
    _progress(f"{plan.mails} mails, {plan.rounds} rounds, {os.cpu_count()} cores")
    busy = os.getloadavg()[0]
    with scratch() as directory:
        results = _measure(plan, Path(directory))
    if arguments.json:
        print("\n".join(map(json_line, figures(results))))
    else:
        print(_about(plan))
        print(table(results))
        if busy > _BUSY_LOAD:
            print(f"The machine was busy before we began (load {busy:.1f}): believe the ratios at most.")
    scale = 0.1 if arguments.quick else 1.0
    cheap = "deciding" not in plan.measures or deciding.compare(scale)
    quick = "rules" not in plan.measures or ruling.measure(scale)
    fluent = "pages" not in plan.measures or paging.measure(scale)
    return 1 if arguments.check and (missed(results) or not (cheap and quick and fluent)) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description="Measure speed and size.")
    parser.add_argument("--quick", action="store_true", help="500 mails, one round, 10 sessions: two minutes")
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if a goal of the first version is missed"
    )
    parser.add_argument("--only", default=",".join(_MEASURES), metavar="LIST", help="some of %(default)s")
    parser.add_argument("--sessions", default="", metavar="LIST", help="for example 1,10,50")
    parser.add_argument("--rounds", type=int, default=0, help="how often each is measured; the median counts")
    parser.add_argument("--mails", type=int, default=0, help=f"how many (default {corpus.COUNT})")
    parser.add_argument("--no-postfix", action="store_true", help="do without the Postfix beside us")
    return parser


def _plan(arguments: argparse.Namespace) -> Plan:
    quick = arguments.quick
    sessions = tuple(int(one) for one in arguments.sessions.split(",") if one)
    mails = arguments.mails or (500 if quick else corpus.COUNT)
    return Plan(
        measures=tuple(arguments.only.split(",")),
        sessions=sessions or ((10,) if quick else _SESSIONS),
        rounds=arguments.rounds or (1 if quick else 3),
        mails=mails,
        mails_for_growth=min(mails, 500),
        postfix=not arguments.no_postfix,
    )


def _measure(plan: Plan, directory: Path) -> Results:
    load = Load.of(corpus.make(plan.mails), directory)
    medians = {name: median(runs) for name, runs in in_turn(plan.rounds, _runs(plan, load)).items()}
    _progress("the sender alone")
    alone = sender_alone(load, 10)
    growth = _growth(plan, directory) if "growth" in plan.measures else None
    delivered = None
    if "letters" in plan.measures:
        _progress("letters out")
        delivered = letters_out(load)
    return Results(medians, alone, growth, delivered)


def _runs(plan: Plan, load: Load) -> dict[str, Callable[[], Run]]:
    """What is measured in turn, in the order of the table."""
    runs: dict[str, Callable[[], Run]] = {}
    for sessions in plan.sessions if "mails" in plan.measures else ():
        runs[f"mailroute/{sessions}"] = partial(_ours, load, sessions)
        if plan.postfix:
            runs[f"postfix/{sessions}"] = partial(_theirs, load, sessions)
    if "door" in plan.measures:
        runs["door alone/10"] = partial(_door, load, 10)
        if plan.postfix:
            runs.setdefault("postfix/10", partial(_theirs, load, 10))
    return runs


def _ours(load: Load, sessions: int) -> Run:
    _progress(f"mailroute, {sessions} sessions")
    return through(mailroute(), load, sessions)


def _theirs(load: Load, sessions: int) -> Run:
    _progress(f"Postfix, {sessions} sessions")
    return through(maildrop(), load, sessions)


def _door(load: Load, sessions: int) -> Run:
    _progress(f"the door alone, {sessions} sessions")
    return through(mailroute("smtp"), load, sessions, until_done=False)


def _growth(plan: Plan, directory: Path) -> Growth:
    """The same mails with a small and a large directory."""
    load = Load.of(corpus.make(plan.mails_for_growth), directory)
    large = write_large(directory / "large")

    def measure(name: str, rules: Path | None) -> Run:
        _progress(f"{name} directory")
        return through(mailroute(rules=rules), load, 10)

    runs = in_turn(
        plan.rounds, {"small": lambda: measure("small", None), "large": lambda: measure("large", large)}
    )
    return Growth(median(runs["small"]), median(runs["large"]), PROPERTIES, CONTRACTS)


def _about(plan: Plan) -> str:
    mean, middle = corpus.sizes(corpus.make(plan.mails))
    return (
        f"{plan.mails:,} mails (mean {mean / 1000:.1f} kB, median {middle / 1000:.1f} kB) by SMTP until every mail is "
        f"decided and its letters are in the outbox;\nmedians of {plan.rounds}; ms to the 250, CPU per mail and "
        "peak memory (PSS) of all processes; Postfix: until all is in a Maildir.\n"
    )


def _progress(what: str) -> None:
    if sys.stderr.isatty():
        print(f"… {what}", file=sys.stderr)


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except ServerMissing as missing:
        print(f"{missing} (or measure without: ARGS=--no-postfix)", file=sys.stderr)
        raise SystemExit(2) from None
