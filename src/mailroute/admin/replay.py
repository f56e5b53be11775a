"""What other rules, or another version of this program, would do with the mails that are stored (design §8).

Two processes read and decide, this one counts and groups. Nothing is written and nothing is sent.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailroute.admin.trial import STATIONS
from mailroute.admin.view import routing_view
from mailroute.errors import MailrouteError
from mailroute.flow.activate import activate_all
from mailroute.flow.again import Side, decide_as_then, decide_with, read_again
from mailroute.flow.names import NamesByHeart
from mailroute.model.decision import Decision, Disposition, Routing, Step
from mailroute.model.mail import Trust
from mailroute.routing.work import Rules
from mailroute.rules import load, load_files
from mailroute.store.engine import Connection, open_store
from mailroute.store.replays import DecidedMail, decided, decided_mails
from mailroute.store.rulesets import active, files

KEYS = ("disposition", "property", "unit", "contract", "case_type", "urgency", "role", "assignee")
_CHUNK = 100
_EXAMPLES = 20
_context = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Question:
    """What to decide again. `new` is a rules directory; None: the rules of each mail's day (`replay`)."""

    database_url: str
    trust: Trust
    new: Path | None
    keys: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One mail that would go elsewhere: (key, old, new) of what differs, the step that decided then and now.

    `as_of_now`: the directory knows something else of this mail than on its day. `error` is set if it could not be
    decided at all.
    """

    mail: str
    changes: tuple[tuple[str, str, str], ...]
    old_step: str
    new_step: str
    as_of_now: bool
    error: str = ""


@dataclass(slots=True)
class Group:
    """All mails that would change in the same way, with the reason of the first."""

    changes: tuple[tuple[str, str, str], ...]
    first: Answer
    count: int = 0
    as_of_now: int = 0
    mails: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """The result so far; `groups` by what changes."""

    total: int
    done: int = 0
    groups: dict[tuple[tuple[str, str, str], ...], Group] = field(default_factory=dict)
    failed: list[Answer] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many mails would go elsewhere."""
        return sum(one.count for one in self.groups.values())

    def largest_first(self) -> list[Group]:
        """The groups, most mails first."""
        return sorted(self.groups.values(), key=lambda one: (-one.count, one.changes))

    def add(self, answers: Sequence[Answer], looked_at: int) -> None:
        """Count the answers about so many mails."""
        self.done += looked_at
        for one in answers:
            if one.error:
                self.failed.append(one)
                continue
            group = self.groups.setdefault(one.changes, Group(one.changes, one))
            group.count += 1
            group.as_of_now += one.as_of_now
            if len(group.mails) < _EXAMPLES:
                group.mails.append(one.mail)


def compare(
    question: Question, *, last: int | None, since: datetime | None, workers: int = 0, at_once: int = _CHUNK
) -> Iterator[Comparison]:
    """Decide again; yields the growing comparison after each `at_once` mails, at least once.

    Raises RulesetInvalid if the new rules have mistakes, TryLater if there are no books.
    """
    org = load(question.new).ruleset.organisation.id if question.new else None
    with open_store(question.database_url, exclusive=False) as store, store.read() as conn:
        ids = decided(conn, org, last=last, since=since)
    result = Comparison(len(ids))
    yield result
    chunks = [ids[start : start + at_once] for start in range(0, len(ids), at_once)]
    wanted = min(len(chunks), workers or os.cpu_count() or 1)
    if wanted <= 1:
        with ExitStack() as stack:
            desk = _Desk(question, stack)
            for chunk in chunks:
                result.add(desk.answers(chunk), len(chunk))
                yield result
        return
    with ProcessPoolExecutor(wanted, _context, _open_desk, (question,)) as pool:
        for chunk, answers in zip(chunks, pool.map(_ask_desk, chunks), strict=True):
            result.add(answers, len(chunk))
            yield result


class _Desk:
    """One process's rules and connections."""

    def __init__(self, question: Question, stack: ExitStack) -> None:
        self._question = question
        # Kept, or what it holds open would be closed as soon as nobody holds it.
        self._stack = stack
        self._store = stack.enter_context(open_store(question.database_url, exclusive=False))
        self._rules: dict[tuple[str, str], Rules] = {}
        self._names = NamesByHeart()
        self._new: Side | None = None
        if question.new is not None:
            loaded = load(question.new)
            laboratory = stack.enter_context(open_store("sqlite://"))
            activate_all(laboratory, (loaded,), datetime.now(UTC))
            conn = stack.enter_context(laboratory.read())
            self._new = Side(Rules(loaded.ruleset), conn, NamesByHeart())

    def answers(self, ids: Sequence[int]) -> list[Answer]:
        with self._store.read() as conn:
            now_active = dict(active(conn))
            found = (self._answer(conn, mail, now_active) for mail in decided_mails(conn, ids))
            return [one for one in found if one is not None]

    def _answer(self, conn: Connection, mail: DecidedMail, now_active: dict[str, str]) -> Answer | None:
        name = f"m{mail.envelope.intake_id}"
        org = mail.envelope.organisation
        try:
            read = read_again(mail, self._question.trust, self._question.keys)
            if self._new is None:
                again = decide_as_then(read, mail, self._of(conn, org, mail.ruleset))
                then = _texts(mail.disposition, mail.routing, mail)
                return _answer(name, then, mail.trace, again, mail, as_of_now=False)
            side = Side(self._of(conn, org, now_active[org]), conn, self._names)
            old, is_other = decide_with(read, mail, side)
            new, _ = decide_with(read, mail, self._new)
            before = _texts(old.disposition, old.routing, mail)
            return _answer(name, before, old.trace, new, mail, as_of_now=is_other)
        except MailrouteError as error:
            return Answer(name, (), "", "", as_of_now=False, error=str(error).split("\n", 1)[0])

    def _of(self, conn: Connection, org: str, ruleset: str) -> Rules:
        """The compiled rules of that name, as they are stored."""
        if (org, ruleset) not in self._rules:
            loaded = load_files(files(conn, org, ruleset))
            self._rules[org, ruleset] = Rules(loaded.ruleset)
        return self._rules[org, ruleset]


_desks: list[_Desk] = []


def _open_desk(question: Question) -> None:
    """Begin a process: its desk lives as long as it does."""
    _desks.append(_Desk(question, ExitStack()))


def _ask_desk(ids: Sequence[int]) -> list[Answer]:
    return _desks[0].answers(ids)


def _answer(
    name: str,
    old: dict[str, str],
    old_trace: Sequence[Step],
    again: Decision,
    mail: DecidedMail,
    *,
    as_of_now: bool,
) -> Answer | None:
    new = _texts(again.disposition, again.routing, mail)
    changes = tuple((key, old[key], new[key]) for key in KEYS if old[key] != new[key])
    if not changes:
        return None
    key, was, is_now = changes[-1]
    return Answer(name, changes, _step(old_trace, key, was), _step(again.trace, key, is_now), as_of_now)


def _step(trace: Sequence[Step], key: str, value: str) -> str:
    """The step that says `value`, else the last one of the station that decides about `key`: the reason."""
    steps = [step for step in trace if step.station.value in STATIONS[key]] or list(trace[-1:])
    if not steps:
        return ""
    last = next((step for step in steps if step.verdict == value), steps[-1])
    return f"{last.verdict} – {last.because}" + (f" [{last.rule}]" if last.rule else "")


def _texts(disposition: Disposition, routing: Routing | None, mail: DecidedMail) -> dict[str, str]:
    """What is compared. Of a mail that joins a ticket: what the ticket said before it, which no rule changes."""
    ticket = mail.facts.ticket or mail.facts.thread
    view: dict[str, Any] = {"disposition": disposition.value, **routing_view(routing, ticket)}
    return {key: "none" if view[key] is None else str(view[key]) for key in KEYS}
