"""How well do the rules decide? Counted over stored tickets, from what people did with them afterwards.

Nobody tells a program that it was right. But whoever corrects a case type or a property, or hands a ticket on, tells
it that it was wrong; and what was unclear and was corrected says which words the rules lack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailroute.message.parse import parse
from mailroute.model.decision import Station
from mailroute.model.ruleset import Ruleset
from mailroute.model.text import fold
from mailroute.routing.bag import words_of
from mailroute.store.engine import Connection
from mailroute.store.quality import Opened, content_of, is_without_matter, opened_count, opened_tickets

NOBODY = "-"
# Of so many corrected mails the words are read, and of each case type so many are shown.
MAILS_READ = 2_000
WORDS_SHOWN = 8
SEEN_LEAST = 2
KEPT_MOST = 50_000


@dataclass(slots=True)
class Row:
    """How the tickets of one kind fared. `right`: routed without a person, and nobody changed it."""

    tickets: int = 0
    unclear: int = 0
    corrected: int = 0
    moved: int = 0
    right: int = 0

    def add(self, one: Opened) -> None:
        """Count one ticket."""
        self.tickets += 1
        self.unclear += one.unclear
        self.corrected += one.corrected
        self.moved += one.moved
        self.right += not (one.unclear or one.corrected or one.moved)


@dataclass(slots=True)
class Missing:
    """Words of mails that were unclear until somebody gave them `case_type`, with the number of such mails."""

    case_type: str
    mails: int
    words: list[tuple[str, int]]


@dataclass(slots=True)
class Quality:
    """The report. `never` are the case types that have decided nothing in the period, with their `file:line`."""

    total: int
    done: int = 0
    all: Row = field(default_factory=Row)
    case_types: dict[str, Row] = field(default_factory=dict)
    properties: dict[str, Row] = field(default_factory=dict)
    rules: dict[str, Row] = field(default_factory=dict)
    never: list[tuple[str, str]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)


def quality(
    conn: Connection, rulesets: Sequence[Ruleset], org: str | None, since: datetime, until: datetime
) -> Iterator[Quality]:
    """Read the period; yields the report as it grows, complete at last. Reads each ticket once and keeps none."""
    report = Quality(opened_count(conn, org, since, until))
    words = _Words()
    for one in opened_tickets(conn, org, since, until):
        _count(report, one)
        if _tells_words(one) and words.mails < MAILS_READ:
            words.read(one.case_type or "", content_of(conn, one.intake))
        report.done += 1
        yield report
    known = [case_type for rules in rulesets for case_type in rules.case_types]
    # A rule whose emergency was only feared, or that said whose an unclear mail is, has decided too.
    fired = report.case_types.keys() | report.rules.keys()
    report.never = [(one.id, str(one.source)) for one in known if not {one.id, str(one.source)} & fired]
    report.missing = words.missing(rulesets)
    yield report


def _count(report: Quality, one: Opened) -> None:
    routing = one.routing
    routed = routing.classified.case_type if routing and routing.classified else None
    home = routing.matched.property if routing and routing.matched else None
    report.all.add(one)
    report.case_types.setdefault(routed or NOBODY, Row()).add(one)
    report.properties.setdefault(home or NOBODY, Row()).add(one)
    rules = dict.fromkeys(step.rule for step in one.trace if step.station is Station.CLASSIFY and step.rule)
    for rule in rules or (NOBODY,):
        report.rules.setdefault(rule, Row()).add(one)


def _tells_words(one: Opened) -> bool:
    """Whether somebody said what an unclear mail was about."""
    return is_without_matter(one.routing) and one.told and one.case_type is not None


class _Words:
    """The words of unclear mails by the case type that people gave them; never more than KEPT_MOST."""

    def __init__(self) -> None:
        self.mails = 0
        self.by_type: dict[str, Counter[str]] = {}
        self.mails_of: Counter[str] = Counter()
        self.everywhere: Counter[str] = Counter()

    def read(self, case_type: str, content: bytes) -> None:
        message = parse(content)
        words = words_of(message)
        self.mails += 1
        self.mails_of[case_type] += 1
        known = self.by_type.setdefault(case_type, Counter())
        for word in words:
            if word in self.everywhere or len(self.everywhere) < KEPT_MOST:
                self.everywhere[word] += 1
                known[word] += 1

    def missing(self, rulesets: Sequence[Ruleset]) -> list[Missing]:
        """For each case type the words that several of its mails share, and that few others have."""
        said = {
            one.id: {fold(evidence.text) for evidence in rules.evidence_of(one)}
            for rules in rulesets
            for one in rules.case_types
        }
        report = []
        for case_type, words in sorted(self.by_type.items()):
            found = [
                (word, count)
                for word, count in words.items()
                if count >= SEEN_LEAST
                and 2 * count > self.everywhere[word]
                and word not in said.get(case_type, ())
            ]
            best = sorted(found, key=lambda one: (one[1] - self.everywhere[one[0]] / 2, one[0]), reverse=True)
            report.append(Missing(case_type, self.mails_of[case_type], best[:WORDS_SHOWN]))
        return report
