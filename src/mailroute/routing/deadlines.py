"""When somebody is reminded, when the next one is brought in, when a matter should be done (design §6).

Deadlines count from the moment our door had the mail, in working time of the person who has to act; those of
emergencies run on the wall clock. Pure.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailroute.model.calendar import Calendar
from mailroute.model.decision import DeadlineSet, Station, Step
from mailroute.model.ruleset import CaseType, Deadlines


def deadlines(
    case_type: CaseType, calendar: Calendar, received_at: datetime
) -> tuple[DeadlineSet, tuple[Step, ...]]:
    """What is promised for a mail of that case type, with its explanation.

    `calendar` is that of the person who has to act, `received_at` when our door had the mail.
    """
    return promise(case_type.deadlines, calendar, received_at, rule=str(case_type.source))


def promise(
    spans: Deadlines, calendar: Calendar, received_at: datetime, rule: str | None = None
) -> tuple[DeadlineSet, tuple[Step, ...]]:
    """The same for spans that belong to no case type: those of the organisation, for unclear mails."""
    first = spans.ladder[0].at if spans.ladder else spans.remind_after
    remind_at = due(spans, calendar, received_at, first)
    # With a ladder, whom to bring in is one of its rungs.
    escalate_after = None if spans.ladder else spans.escalate_after
    escalate_at = _due_or_none(spans, calendar, received_at, escalate_after)
    done_by = _due_or_none(spans, calendar, received_at, spans.done_within)
    promised = DeadlineSet(
        remind_at=remind_at,
        # Else who has not accepted when the first reminder is due is late: that is the date the offer names.
        accept_by=_due_or_none(spans, calendar, received_at, spans.react_within) or remind_at,
        remind_every_s=int((spans.ladder[-1].at if spans.ladder else spans.remind_every).total_seconds()),
        escalate_at=escalate_at,
        done_by=done_by,
    )
    return promised, (_step(spans, promised, calendar, received_at, rule),)


def next_reminder(spans: Deadlines, calendar: Calendar, now: datetime) -> datetime:
    """When a reminder that is sent `now` is repeated."""
    return due(spans, calendar, now, spans.remind_every)


def due(spans: Deadlines, calendar: Calendar, since: datetime, span: timedelta) -> datetime:
    """`span` after `since`: working time, or elapsed time where the wall clock counts."""
    return since.astimezone(UTC) + span if spans.wall_clock else calendar.add(since, span)


def _due_or_none(
    spans: Deadlines, calendar: Calendar, since: datetime, span: timedelta | None
) -> datetime | None:
    return None if span is None else due(spans, calendar, since, span)


def _step(
    spans: Deadlines, promised: DeadlineSet, calendar: Calendar, received_at: datetime, rule: str | None
) -> Step:
    moments = (
        ("remind", promised.remind_at, spans.ladder[0].at if spans.ladder else spans.remind_after),
        ("react", promised.accept_by, spans.react_within),
        ("escalate", promised.escalate_at, spans.escalate_after),
        ("done", promised.done_by, spans.done_within),
    )
    known = [(word, at, span) for word, at, span in moments if at is not None and span is not None]
    verdict = ", ".join(f"{word} {to_the_minute(at, calendar)}" for word, at, _ in known)
    lengths = ", ".join(f"{word} after {length(span)}" for word, _, span in known)
    clock = "wall clock" if spans.wall_clock else f"working time, calendar {calendar.id}"
    because = f"received {to_the_minute(received_at, calendar)}; {lengths} ({clock})"
    return Step(Station.DEADLINES, verdict, because, rule)


def to_the_minute(at: datetime, calendar: Calendar) -> str:
    """A moment as the trace says it, on the clock of that calendar."""
    return at.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None).isoformat(" ", "minutes")


def length(span: timedelta) -> str:
    """How long, as the trace says it: `16h 48m`."""
    minutes = int(span.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    return (
        " ".join(part for part in (f"{hours}h" if hours else "", f"{rest}m" if rest else "") if part) or "0m"
    )
