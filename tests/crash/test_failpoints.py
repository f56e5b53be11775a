"""Die at every `crash_point` of the source, start again, and end as if nothing had happened.

The names are read from the source: a new point is tested by existing. One whose place the story does not reach fails.
"""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import mailroute
from mailroute.store import tables as t
from tests.support.crash import (
    HUBER,
    SCHMIDT,
    Mark,
    Place,
    Sender,
    a_bounce,
    a_matter,
    a_place,
    an_answer,
    contradictions,
)
from tests.support.relay import FakeRelay
from tests.support.servers import wait_until

_TENANTS = ("mueller", "aydin", "anna.bauer", "clarke", "schulz", "sommer")
_MATTERS = (
    "die Dachrinne ist beschädigt",
    "eine Frage zur Rechnung",
    "Viele Grüße",
    "die Heizung wird nicht warm",
)
# Both the first time a point is reached and once in the middle of things; more in `make torture`. What is done in portions,
# such as recording letters, may be done in no more than three.
_TIMES = (1, 3) if int(os.environ.get("MAILROUTE_CRASH_ROUNDS", "20")) <= 20 else (1, 2, 3)


def points() -> Iterator[str]:
    """Every name that is given to crash_point(…) anywhere in the source."""
    for file in sorted(Path(mailroute.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "crash_point":
                name = node.args[0]
                assert isinstance(name, ast.Constant), (
                    f"{file.name}:{node.lineno}: a crash_point has a plain name"
                )
                yield str(name.value)


def test_every_crash_point_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(points()).items() if times > 1] == []
    assert len(list(points())) >= 12


@dataclass(frozen=True)
class Outcome:
    """How a story ended, without what differs between two runs: numbers, ids and times."""

    mails: Counter[Any]
    tickets: Counter[Any]
    letters: Counter[Any]
    timers: Counter[Any]


@pytest.fixture(scope="module")
def undisturbed() -> Outcome:
    """The story without a crash."""
    outcome = play("")
    templates = Counter(template for template, _, _ in outcome.letters)
    assert templates["reminder"] >= 5, templates
    assert templates["not-delivered"] == 2, templates
    return outcome


@pytest.mark.timeout(180)
@pytest.mark.parametrize("times", _TIMES)
@pytest.mark.parametrize("point", sorted(set(points())))
def test_a_story_ends_the_same_when_the_daemon_dies_in_between(
    point: str, times: int, undisturbed: Outcome
) -> None:
    assert play(f"{point}:{times}") == undisturbed


def play(crash_at: str) -> Outcome:
    """12 mails, 3 answers of staff, 2 bounces, three days, and the timers of all that is open; dies at `crash_at`."""
    with FakeRelay() as relay, a_place(relay) as place, Sender(place.port, sessions=1) as sender:
        life = _Life(place, crash_at)
        life.begin()
        sender.hand_over(*(_matter(number) for number in range(1, 13)))
        life.wait_until_quiet(sender)
        subjects = {
            row.number: row.subject for row in place.rows(select(t.ticket.c.number, t.ticket.c.subject))
        }
        marks = {(subjects[mark.ticket], mark.to): mark for mark in map(Mark.of, relay.letters)}
        for_staff = {subject: mark for (subject, to), mark in marks.items() if to in (HUBER, SCHMIDT)}
        bounced = {subject: mark for (subject, to), mark in marks.items() if to.endswith("@mieter.example")}
        first, second, third = sorted(for_staff)[:3]
        sender.hand_over(
            an_answer(for_staff[first], "annehmen"),
            an_answer(for_staff[second], "erledigt: ist repariert"),
            an_answer(for_staff[third], "Guten Tag,\n\nwir kommen morgen.\n\nViele Grüße"),
            *(a_bounce(bounced[one]) for one in sorted(set(bounced) - {first, second, third})[:2]),
        )
        life.wait_until_quiet(sender)
        life.end()
        place.let_time_pass(timedelta(days=3))
        life.begin()
        life.wait_until_quiet(sender)
        assert life.crashes == (1 if crash_at else 0), f"the story never reaches {crash_at}"
        assert contradictions(place, sender) == []
        return _outcome(place)


def _matter(number: int) -> Any:
    sender = f"{_TENANTS[number % len(_TENANTS)]}@mieter.example" if number % 3 else f"p{number}@post.example"
    return a_matter(number, sender, f"Guten Tag,\n\n{_MATTERS[number % len(_MATTERS)]}.")


@dataclass
class _Life:
    """A daemon that dies once, and is started again as systemd would."""

    place: Place
    crash_at: str
    crashes: int = 0

    def begin(self) -> None:
        """Start; again if it dies at once."""
        self.place.start(crash_at="" if self.crashes else self.crash_at)
        self._revive()

    def wait_until_quiet(self, sender: Sender) -> None:
        """Until all is done, over its dead body if need be."""

        def is_over() -> bool:
            self._revive()
            return sender.is_done and self.place.is_quiet()

        try:
            wait_until(is_over, "everything is decided and sent")
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.place.unfinished()}\n{self.place.log_tail()}") from None

    def end(self) -> None:
        """Stop it cleanly, unless it dies while it stops."""
        if self.place.stop() == 137:
            self.crashes += 1

    def _revive(self) -> None:
        if not self.place.is_running:
            assert self.place.wait_until_ended() == 137, self.place.log_tail()
            self.crashes += 1
            self.place.start()


def _outcome(place: Place) -> Outcome:
    subjects = {row.number: row.subject for row in place.rows(select(t.ticket.c.number, t.ticket.c.subject))}
    events: dict[int, list[str]] = {}
    for row in place.rows(select(t.event.c.number, t.event.c.kind).order_by(t.event.c.number, t.event.c.seq)):
        events.setdefault(row.number, []).append(row.kind)
    k, o, w, d, i = t.ticket.c, t.outbox.c, t.timer.c, t.decision.c, t.intake.c
    return Outcome(
        mails=Counter(
            (subjects.get(row.number), row.disposition, row.state)
            for row in place.rows(
                select(d.number, d.disposition, i.state).join_from(t.intake, t.decision, d.intake_id == i.id)
            )
        ),
        tickets=Counter(
            (row.subject, row.status, row.assignee, row.case_type, tuple(events[row.number]))
            for row in place.rows(select(k.number, k.subject, k.status, k.assignee, k.case_type))
        ),
        letters=Counter(
            (row.template, row.to_address, subjects.get(row.number))
            for row in place.rows(select(o.template, o.to_address, o.number))
        ),
        timers=Counter(
            (subjects.get(row.number), row.kind, row.state)
            for row in place.rows(select(w.number, w.kind, w.state))
        ),
    )
