"""The section of case types and emergencies: the shipped packs on tests/golden/quality, tune (cross-validated) and report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.quality.beside import measured_beside
from tests.quality.books import PACKS, crossed
from tests.quality.labelled import labelled, situations
from tests.quality.measure import Figures, measured

# What issue 4 asks for.
LEAST_RIGHT = 0.85
MOST_WRONG = 0.03
LEAST_RIGHT_ROLE = 0.92
LEAST_ALARMED = 0.99
MOST_FALSE_ALARMS = 0.05
_CONFUSIONS = 25


def report(_seed: int) -> bool:
    """Print both packs. True if the goals are reached on mails that nobody tuned with."""
    print("== Case types and emergencies")
    print(
        f"   goal: {LEAST_RIGHT:.0%} right, at most {MOST_WRONG:.0%} wrong and confident, role {LEAST_RIGHT_ROLE:.0%}; "
        f"emergencies {LEAST_ALARMED:.0%} seen, at most {MOST_FALSE_ALARMS:.0%} false alarms"
    )
    reached_by = [_pack(pack) for pack in PACKS]
    return all(reached_by)


def _pack(pack: str) -> bool:
    mails = labelled("report", pack)
    figures = measured(pack, mails)
    book = json.loads(crossed(pack).read_text(encoding="utf-8"))
    print(f"{pack}, tune, cross-validated by python -m tests.quality.relearn: {_line(book)}")
    print(f"{pack}, report: {figures}")
    if figures.emergencies:
        print(f"{pack}, report, {measured_beside(pack, mails)}")
        print(f"{pack}, where emergencies begin: {measured(pack, list(situations(pack, 'borders')))}")
    _print_confusion(figures.confusion)
    return reached(figures)


def reached(figures: Figures) -> bool:
    """Whether the goals are."""
    alarms = figures.alarmed >= LEAST_ALARMED and figures.false_alarms <= MOST_FALSE_ALARMS
    return (
        figures.right >= LEAST_RIGHT
        and figures.wrong <= MOST_WRONG
        and figures.right_role >= LEAST_RIGHT_ROLE
        and (alarms or not figures.emergencies)
    )


def _line(book: dict[str, Any]) -> str:
    shares = ", ".join(f"{name} {share:.1%}" for name, share in book.items() if isinstance(share, float))
    return f"{book['mails']} mails: {shares}"


def _print_confusion(confusion: Sequence[tuple[str, str, int]]) -> None:
    for meant, said, times in confusion[:_CONFUSIONS]:
        print(f"   {times:3} x {meant} taken for {said}")
    rest = sum(times for _, _, times in confusion[_CONFUSIONS:])
    if rest:
        print(f"   {rest:3} x others, each seldom")
