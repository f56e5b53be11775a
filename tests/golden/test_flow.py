"""docs/flow.md draws the one table of transitions; it must not drift from it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from mailroute.model.ticket import TRANSITIONS, Opened, Rejected, Status, Undone

FLOW = Path(__file__).parents[2] / "docs" / "flow.md"
UNDONE = (
    "`undone` leads back to where it was before, from anywhere. Everything else leaves the state as it is."
)
MARK = "with --update-golden -->\n"


def drawn() -> str:
    """The table of transitions as Markdown: what may happen where, and where it leads."""
    states = list(Status)
    lines = ["", "| what happens | " + " | ".join(states) + " |", "|---|" + "---|" * len(states)]
    for change, (sources, target) in TRANSITIONS.items():
        name = change.__dataclass_fields__["kind"].default
        leads = {Opened: "triage or offered", Rejected: "offered or triage", Undone: "as before"}.get(
            change, target
        )
        cells = [(str(leads or "stays") if state in sources else "–") for state in states]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def diagram() -> str:
    """The same as a picture, in Mermaid's words: what leads from one state to another."""
    arrows: dict[tuple[Status, Status], list[str]] = {}
    for change, (sources, target) in TRANSITIONS.items():
        name = change.__dataclass_fields__["kind"].default
        targets = {Opened: (Status.TRIAGE, Status.OFFERED), Rejected: (Status.TRIAGE, Status.OFFERED)}.get(
            change, (target,)
        )
        for source, leads in product(sources, targets):
            if leads is not None and leads is not source:
                arrows.setdefault((source, leads), []).append(name)
    lines = ["", "```mermaid", "stateDiagram-v2", "    direction LR"]
    for (source, leads), names in sorted(arrows.items(), key=lambda one: _places(one[0])):
        begin = "[*]" if source is Status.NONE else str(source)
        lines.append(f"    {begin} --> {leads}: {', '.join(names)}")
    return "\n".join([*lines, "```", "", UNDONE, ""])


def _places(arrow: tuple[Status, Status]) -> tuple[int, int]:
    order = list(Status)
    return order.index(arrow[0]), order.index(arrow[1])


def test_the_flow_page_shows_the_table_of_transitions(request: pytest.FixtureRequest) -> None:
    page = FLOW.read_text(encoding="utf-8")
    head, mark, shown = page.partition(MARK)
    if request.config.getoption("--update-golden"):
        FLOW.write_text(head + mark + diagram() + drawn(), encoding="utf-8")
        return
    assert shown == diagram() + drawn()


def test_every_module_that_the_flow_page_names_exists() -> None:
    page = FLOW.read_text(encoding="utf-8")
    source = FLOW.parents[1] / "src" / "mailroute"
    named = {word.strip("`:,.()") for word in page.replace("`", " ").split() if ".py" in word}
    paths = [name.split(":")[0] for name in named if "/" in name and not name.startswith("tests")]
    assert paths
    assert [path for path in paths if not (source / path).exists()] == []
