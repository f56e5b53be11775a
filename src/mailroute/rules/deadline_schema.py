"""Deadlines as people write them: spans, or a ladder of reminders."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from mailroute.rules import values as v
from mailroute.rules.entry import Entry
from mailroute.rules.values import wrong

# What says when to remind without a ladder.
WITHOUT_LADDER = frozenset(("remind_after", "remind_every", "escalate_after"))
_LADDER = "Write `- {at: 50%, to: assignee}` and so on, last `- {every: 1d, to: [assignee, deputy, lead]}`."


def rungs(value: object) -> object:
    """Rungs in a row of which the last one, and only that, repeats: else a ticket would be forgotten."""
    if not isinstance(value, list) or not value:
        raise wrong("MR231", "a ladder is a list of rungs", _LADDER)
    repeats = [isinstance(rung, dict) and "every" in rung for rung in value]
    if any(repeats[:-1]) or not repeats[-1]:
        raise wrong("MR231", "the last rung of a ladder, and only that, has `every`", _LADDER)
    if any(isinstance(rung, dict) and ("at" in rung) == ("every" in rung) for rung in value):
        raise wrong("MR231", "a rung has either `at` or `every`", _LADDER)
    if len(value) == 1:
        raise wrong("MR231", "a ladder begins with a rung that has `at`", _LADDER)
    return value


class RungEntry(Entry):
    """One rung of the ladder of reminders: `at` a share or a span, or `every` so often."""

    at: v.Share | None = None
    every: v.Span | None = None
    to: v.Some[v.Rank] = Field(("assignee",), min_length=1)


class DeadlinesEntry(Entry):
    """Spans of working time; an empty one is inherited from organisation.yaml."""

    remind_after: v.Span | None = None
    remind_every: v.Span | None = None
    escalate_after: v.Span | None = None
    done_within: v.Span | None = None
    react_within: v.Span | None = None
    ladder: Annotated[tuple[RungEntry, ...], BeforeValidator(rungs)] | None = None
    wall_clock: v.YesNo | None = None

    def over(self, theirs: DeadlinesEntry) -> DeadlinesEntry:
        """These spans, and of `theirs` those that are not written here; reminders are said in one way, nearest first."""
        said = set(self.model_fields_set)
        said |= {"ladder"} if said & WITHOUT_LADDER else WITHOUT_LADDER if "ladder" in said else set()
        return theirs.model_copy(update={name: getattr(self, name) for name in said})
