"""Figures for people (a table with ratios) or for programs (one JSON object a line)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tests.bench.measures import Delivered, Run

# The first version must reach these (issue "The main job"); `--check` turns a miss into exit code 1.
LEAST_MAILS_PER_S = 100
MOST_MEMORY_MB = 250
MOST_GROWTH = 1.25

_HEAD = ("", "mails/s", "p50 ms", "p99 ms", "CPU ms", "MB", "largest")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its meaning: `figure` of `system` with `sessions` open connections."""

    figure: str
    system: str
    sessions: int | None
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Growth:
    """The same mails with the demo firm and with a large directory."""

    small: Run
    large: Run
    properties: int
    contracts: int

    @property
    def cost(self) -> float:
        """CPU per mail with the large directory, as a multiple of the small one's."""
        return self.large.cpu_ms / self.small.cpu_ms

    @property
    def load_s(self) -> float:
        """What the large directory adds to the first start."""
        return self.large.start_s - self.small.start_s


@dataclass(frozen=True, slots=True)
class Results:
    """All that one call has measured; None is what was not asked for or could not be."""

    runs: dict[str, Run]
    sender_per_s: float | None = None
    growth: Growth | None = None
    delivered: Delivered | None = None

    def ratio(self, sessions: int, name: str = "mailroute") -> float | None:
        """Mails a second as a multiple of Postfix → Maildir."""
        ours, theirs = self.runs.get(f"{name}/{sessions}"), self.runs.get(f"postfix/{sessions}")
        return ours.mails_per_s / theirs.mails_per_s if ours and theirs else None


def table(results: Results) -> str:
    """What `make bench` prints."""
    lines = [_row(_HEAD)]
    for name, run in results.runs.items():
        system, _, sessions = name.partition("/")
        ratio = results.ratio(int(sessions), system) if system != "postfix" else None
        beside = f"   {ratio:.2f} × Postfix" if ratio else ""
        lines.append(_row((f"{system}, {sessions} sessions", *_cells(run))) + beside)
    lines.append("")
    if results.sender_per_s:
        lines.append(f"The sender alone reaches {results.sender_per_s:,.0f} mails/s.")
    if results.growth:
        lines.append(_growth(results.growth))
    if results.delivered:
        out = results.delivered
        lines.append(
            f"Letters out through one relay connection: {out.per_s:,.0f}/s ({out.letters} letters, "
            f"{out.cpu_ms:.1f} ms CPU each)."
        )
    return "\n".join([*lines, *missed(results)])


def _row(cells: tuple[str, ...]) -> str:
    return cells[0].ljust(24) + "".join(cell.rjust(9) for cell in cells[1:])


def _cells(run: Run) -> tuple[str, ...]:
    memory = run.memory
    return (
        f"{run.mails_per_s:.0f}",
        f"{run.p50_ms:.1f}",
        f"{run.p99_ms:.1f}",
        f"{run.cpu_ms:.2f}",
        f"{memory.shared_out:.0f}",
        f"{memory.largest:.0f}",
    )


def _growth(growth: Growth) -> str:
    return (
        f"With {growth.properties:,} properties and {growth.contracts:,} contracts a mail costs {growth.cost:.2f} × as "
        f"much CPU as with the demo firm ({growth.large.cpu_ms:.2f} ms), {growth.large.mails_per_s:.0f} mails/s against "
        f"{growth.small.mails_per_s:.0f}; loading them takes {growth.load_s:.1f} s, memory peaks at "
        f"{growth.large.memory.shared_out:.0f} MB."
    )


def missed(results: Results) -> list[str]:
    """A sentence for each goal of the first version that was missed."""
    sentences = []
    run = results.runs.get("mailroute/10")
    if run and run.mails_per_s < LEAST_MAILS_PER_S:
        sentences.append(
            f"MISSED: {run.mails_per_s:.0f} mails/s with 10 sessions, wanted {LEAST_MAILS_PER_S}."
        )
    heaviest = max(
        (one.memory.shared_out for name, one in results.runs.items() if "mailroute" in name), default=0
    )
    if heaviest >= MOST_MEMORY_MB:
        sentences.append(f"MISSED: {heaviest:.0f} MB, wanted less than {MOST_MEMORY_MB}.")
    if results.growth and results.growth.cost > MOST_GROWTH:
        sentences.append(f"MISSED: a large directory makes a mail {results.growth.cost:.2f} × as expensive.")
    return sentences


def figures(results: Results) -> list[Figure]:
    """Everything, number by number."""
    found = []
    for name, run in results.runs.items():
        system, _, sessions = name.partition("/")
        found += _of_run(run, system, int(sessions))
        if system != "postfix" and (ratio := results.ratio(int(sessions), system)):
            found.append(Figure("mails_per_s_to_postfix", system, int(sessions), ratio, "ratio"))
    if results.sender_per_s:
        found.append(Figure("sender_alone", "sender", 10, results.sender_per_s, "1/s"))
    if (growth := results.growth) is not None:
        found.append(Figure("cost_with_large_directory", "mailroute", 10, growth.cost, "ratio"))
        found.append(Figure("load_large_directory", "mailroute", None, growth.load_s, "s"))
        found += _of_run(growth.large, "mailroute-large", 10)
    if (out := results.delivered) is not None:
        found.append(Figure("letters_out", "mailroute", 1, out.per_s, "1/s"))
        found.append(Figure("cpu_per_letter", "mailroute", 1, out.cpu_ms, "ms"))
    return found


def _of_run(run: Run, system: str, sessions: int) -> list[Figure]:
    named = (
        ("mails_per_s", run.mails_per_s, "1/s"),
        ("time_to_250_p50", run.p50_ms, "ms"),
        ("time_to_250_p99", run.p99_ms, "ms"),
        ("cpu_per_mail", run.cpu_ms, "ms"),
        ("memory_pss", run.memory.shared_out, "MB"),
        ("memory_rss_sum", run.memory.sum_of_rss, "MB"),
        ("memory_rss_largest", run.memory.largest, "MB"),
    )
    return [Figure(figure, system, sessions, value, unit) for figure, value, unit in named]


def json_line(one: Figure) -> str:
    """One figure as an object."""
    return json.dumps(
        {
            "figure": one.figure,
            "system": one.system,
            "sessions": one.sessions,
            "value": round(one.value, 3),
            "unit": one.unit,
        }
    )
