"""Every step of every decision names where it stands in the files what decided, or belongs to those that no file decides.

The mails are those of tests/golden/mail, of rules/examples and of the routing tests of rules/, decided by the firm of rules/.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.explain import Laboratory
from mailroute.admin.trial import content_of, read_tests
from mailroute.model.decision import Step
from mailroute.rules import load
from tests.support.house import INBOX, a_mail

NOW = datetime(2026, 11, 24, 8, 2, tzinfo=UTC)
RULES = shipped.path("rules")
PLACES = re.compile(r"[^:,]+:[1-9][0-9]*(?:, [^:,]+:[1-9][0-9]*)*")

# Station, verdict, the beginning of the reason: and why there is no line to name. Everything else names one.
NOWHERE = {
    ("screen", "pass", "a person wrote it"): "nothing speaks against it",
    (
        "screen",
        "pass",
        "never answered automatically",
    ): "headers that RFC 3834 and the programs of others define",
    ("screen", "ignore", ""): "the same",
    ("screen", "bounce", ""): "a delivery report (RFC 3464), or the address that only bounces use",
    ("screen", "ignored", ""): "what a delivery report says of letters in the books",
    ("identify", "stranger", ""): "nobody knows them: no row says who that is",
    ("identify", "unknown sender", ""): "the same",
    ("match", "no property", ""): "nothing in the mail leads to a row",
    ("classify", "unclear", "no word of any case type"): "nothing in the mail leads to a case type",
    (
        "notify",
        "no acknowledgement",
        "",
    ): "the program's own bounds against answering machines, strangers and twice",
}


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    """The firm of rules/, that decides and writes nothing."""
    found = Laboratory.open((load(RULES),), None, NOW)
    yield found
    found.close()


@pytest.fixture(scope="module")
def steps(laboratory: Laboratory) -> list[tuple[str, Step]]:
    """Every step of what becomes of each mail, those at further tickets too, with the name of the mail."""
    tests, _ = read_tests(RULES, load(RULES))
    mails = {one.name: (content_of(one, INBOX), one.at) for one in tests}
    for file in (*(RULES / "examples").glob("*.eml"), *(Path(__file__).parent / "mail").glob("*/in.eml")):
        mails[f"{file.parent.name}/{file.name}"] = (file.read_bytes(), NOW)
    found: list[tuple[str, Step]] = []
    for name, (raw, at) in mails.items():
        decision, _ = laboratory.explain(raw, at)
        found += [(name, step) for one in (decision, *decision.beside) for step in one.trace]
    return found


def nowhere(step: Step) -> tuple[str, str, str] | None:
    """The entry of NOWHERE that the step belongs to."""
    return next(
        (
            (station, verdict, because)
            for station, verdict, because in NOWHERE
            if (station, verdict) == (step.station.value, step.verdict) and step.because.startswith(because)
        ),
        None,
    )


def named(step: Step) -> list[str]:
    """The lines that a step names, as they stand in the files."""
    lines = []
    for place in (step.rule or "").split(", "):
        file, _, line = place.rpartition(":")
        lines.append((RULES / file).read_text(encoding="utf-8").splitlines()[int(line) - 1])
    return lines


def test_every_step_names_its_lines_or_is_one_that_no_file_decides(steps: list[tuple[str, Step]]) -> None:
    silent = [(name, step) for name, step in steps if step.rule is None and nowhere(step) is None]
    assert silent == []
    malformed = [(name, step) for name, step in steps if step.rule and not PLACES.fullmatch(step.rule)]
    assert malformed == []


def test_every_line_that_a_step_names_is_there_and_says_something(steps: list[tuple[str, Step]]) -> None:
    for name, step in steps:
        if step.rule is not None:
            assert all(line.strip() for line in named(step)), (name, step)


def test_nothing_is_excused_that_never_happens(steps: list[tuple[str, Step]]) -> None:
    """So that the list stays as short as it is."""
    used = {nowhere(step) for _, step in steps if step.rule is None}
    assert used - {None} == set(NOWHERE)


@pytest.mark.parametrize(
    ("sender", "text", "station", "verdict", "lines"),
    [
        ("sommer@mieter.example", "Hallo", "identify", "tenant Frau Sommer", ["Sommer"]),
        ("verwaltung@medico-invest.example", "Hallo", "identify", "owner Medico Invest GmbH", ["k-1003"]),
        ("huber@abc-hausverwaltung.example", "Hallo", "identify", "staff Frau Huber", ["huber:"]),
        ("x@y.example", "Es geht um die Bahnhofstraße 1a.", "match", "bahnhof-1a", ["bahnhof-1a;"]),
        ("x@y.example", "Im Medicenter tropft es.", "match", "bahnhof-1a", ["bahnhof-1a;"]),
        ("x@y.example", "Vertrag MV-2021-0307", "match", "max-planck-12", ["Max-Planck", "MV-2021-0307"]),
        ("info@bahnhof-apotheke.example", "Hallo", "match", "bahnhof-1a", ["bahnhof-1a;", "k-1001"]),
        ("x@y.example", "Die Heizung geht nicht.", "classify", "heizung", ["heizung:"]),
        ("x@y.example", "Rechnung, Bahnhofstr. 1a", "assign", "novak", ["rechnung:", "bahnhof-1a;"]),
        ("x@y.example", "Die Heizung geht nicht.", "deadlines", "", ["heizung:"]),
    ],
)  # fmt: skip
def test_a_step_names_the_row_of_what_it_found(
    laboratory: Laboratory, sender: str, text: str, station: str, verdict: str, lines: list[str]
) -> None:
    """A number, an address, a name, a person: each leads to the line of properties, people or contracts that has it."""
    decision, _ = laboratory.explain(a_mail(sender, "Anfrage", text), NOW)
    step = next(
        one for one in decision.trace if one.station.value == station and one.verdict.startswith(verdict)
    )
    assert [part for part, line in zip(lines, named(step), strict=True) if part not in line] == []
