"""docs/flow.md draws the one table of transitions; it must not drift from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailroute.model.ticket import TRANSITIONS, Opened, Rejected, Status, Undone

FLOW = Path(__file__).parents[2] / "docs" / "flow.md"
MARK = "with --update-golden -->\n"


def drawn() -> str:
    """The table of transitions as Markdown: what may happen where, and where it leads."""
    states = [Status.NONE, Status.TRIAGE, Status.OFFERED, Status.ACCEPTED, Status.CLOSED]
    lines = ["", "| what happens | " + " | ".join(states) + " |", "|---|" + "---|" * len(states)]
    for change, (sources, target) in TRANSITIONS.items():
        name = change.__dataclass_fields__["kind"].default
        leads = {Opened: "triage or offered", Rejected: "offered or triage", Undone: "as before"}.get(
            change, target
        )
        cells = [(str(leads or "stays") if state in sources else "–") for state in states]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def test_the_flow_page_shows_the_table_of_transitions(request: pytest.FixtureRequest) -> None:
    page = FLOW.read_text(encoding="utf-8")
    head, mark, shown = page.partition(MARK)
    if request.config.getoption("--update-golden"):
        FLOW.write_text(head + mark + drawn(), encoding="utf-8")
        return
    assert shown == drawn()


def test_every_module_that_the_flow_page_names_exists() -> None:
    page = FLOW.read_text(encoding="utf-8")
    source = FLOW.parents[1] / "src" / "mailroute"
    named = {word.strip("`:,.()") for word in page.replace("`", " ").split() if ".py" in word}
    paths = [name.split(":")[0] for name in named if "/" in name and not name.startswith("tests")]
    assert paths
    assert [path for path in paths if not (source / path).exists()] == []
