"""docs/operating.md explains every event that the daemon logs, in the words of log.py."""

import logging
from pathlib import Path

from mailroute.log import EVENTS
from tests.conftest import Golden

GUIDE = Path(__file__).parents[2] / "docs" / "operating.md"
BEGIN, END = "<!-- events:", "<!-- end of events -->"


def events_table() -> str:
    rows = [
        f"| `{name}` | {logging.getLevelName(level).lower()} | {meaning} |"
        for name, (level, meaning) in EVENTS.items()
    ]
    return "\n".join(["| event | level | it means |", "|---|---|---|", *rows])


def test_the_guide_explains_every_event(golden: Golden) -> None:
    before, mark, rest = GUIDE.read_text(encoding="utf-8").partition(BEGIN)
    comment, _, after = rest.partition("\n")
    after = after[after.index(END) :]
    golden.check(GUIDE, f"{before}{mark}{comment}\n{events_table()}\n{after}")
