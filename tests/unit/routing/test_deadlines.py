"""Deadlines run in working time from the moment our door had the mail; emergencies on the wall clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailroute.model.calendar import Calendar
from mailroute.model.decision import DeadlineSet, Station
from mailroute.model.ruleset import Deadlines
from mailroute.routing.deadlines import deadlines, next_reminder, promise
from mailroute.rules import load

OFFICE = Calendar("buero", "Europe/Berlin", (((480, 1020),),) * 4 + (((480, 840),), (), ()), "DE-BY")
FRIDAY_NOON = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
SPANS = Deadlines(
    remind_after=timedelta(hours=4),
    remind_every=timedelta(hours=8),
    escalate_after=timedelta(hours=12),
    done_within=timedelta(hours=42),
)


def test_deadlines_skip_the_weekend() -> None:
    promised, _ = promise(SPANS, OFFICE, FRIDAY_NOON)
    assert promised == DeadlineSet(
        remind_at=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
        accept_by=datetime(2026, 11, 30, 9, 0, tzinfo=UTC),
        remind_every_s=8 * 3600,
        escalate_at=datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        done_by=datetime(2026, 12, 4, 11, 0, tzinfo=UTC),
    )


def test_deadlines_of_an_emergency_ignore_the_calendar() -> None:
    spans = Deadlines(
        timedelta(minutes=15), timedelta(minutes=15), timedelta(minutes=30), None, wall_clock=True
    )
    saturday_night = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)
    promised, steps = promise(spans, OFFICE, saturday_night)
    assert promised.remind_at == saturday_night + timedelta(minutes=15)
    assert promised.escalate_at == saturday_night + timedelta(minutes=30)
    assert promised.done_by is None
    assert "wall clock" in steps[0].because


def test_what_is_not_promised_is_none() -> None:
    spans = Deadlines(timedelta(hours=4), timedelta(hours=8), None, None)
    promised, _ = promise(spans, OFFICE, FRIDAY_NOON)
    assert (promised.escalate_at, promised.done_by) == (None, None)


def test_the_step_names_the_rule_and_explains_the_moments() -> None:
    _, (step,) = promise(SPANS, OFFICE, FRIDAY_NOON, rule="case-types.yaml:7")
    assert step.station is Station.DEADLINES
    assert step.verdict == "remind 2026-11-30 10:00, escalate 2026-12-01 09:00, done 2026-12-04 12:00"
    assert step.because == (
        "received 2026-11-27 12:00; remind after 4h, escalate after 12h, done after 42h "
        "(working time, calendar buero)"
    )
    assert step.rule == "case-types.yaml:7"


def test_a_reminder_is_repeated_in_working_time() -> None:
    assert next_reminder(SPANS, OFFICE, FRIDAY_NOON) == datetime(2026, 11, 30, 13, 0, tzinfo=UTC)


def test_the_deadlines_of_a_case_type_name_its_place() -> None:
    ruleset = load(Path(__file__).parents[3] / "rules").ruleset
    rechnung = ruleset.case_type("rechnung")
    assert rechnung is not None
    promised, (step,) = deadlines(rechnung, ruleset.calendar("buero"), FRIDAY_NOON)
    assert promised.remind_at == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    assert step.rule == str(rechnung.source)
