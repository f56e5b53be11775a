"""The ladder of reminders: who is told when; second lines; what is held back for quiet hours and digests (issue 5, 6)."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailroute.model.absence import Away
from mailroute.model.decision import Decision, DueTimer, SetTimer, TimerKind
from mailroute.model.letter import Gathered, Line, Notice, Template
from mailroute.model.ruleset import Deadlines, Rank, Rung
from mailroute.model.ticket import Status, Ticket
from mailroute.routing.deadlines import promise
from mailroute.routing.decide_timer import decide_timer
from mailroute.routing.quiet import arrange
from mailroute.routing.work import Rules, local_day
from tests.support.deciding import RULES, RULESET, colleague, in_ticket, kinds, told
from tests.support.factories import NOW, a_calendar, a_ticket

HOUR = timedelta(hours=1)
ALL = (Rank.ASSIGNEE, Rank.DEPUTY, Rank.LEAD)
LADDER = (
    Rung(2 * HOUR, (Rank.ASSIGNEE,)),
    Rung(4 * HOUR, (Rank.ASSIGNEE, Rank.DEPUTY)),
    Rung(8 * HOUR, ALL, repeats=True),
)
TODAY = local_day(RULESET, NOW)


def with_spans(spans: Deadlines, **organisation: object) -> Rules:
    """Every case type has these deadlines."""
    case_types = tuple(replace(one, deadlines=spans) for one in RULESET.case_types)
    changed = replace(RULESET.organisation, **organisation)  # type: ignore[arg-type]  # the names are Organisation's own
    return Rules(replace(RULESET, case_types=case_types, organisation=changed))


CLIMBING = with_spans(
    Deadlines(4 * HOUR, 8 * HOUR, None, None, react_within=4 * HOUR, ladder=LADDER), lead_role="buchhaltung"
)


def fires(
    reminders: int, rules: Rules = CLIMBING, late: timedelta = timedelta(), **facts: object
) -> Decision:
    """The timer after so many reminders."""
    due = DueTimer(3, "abc", 10428, TimerKind.REMIND, NOW - late)
    return decide_timer(due, in_ticket(a_ticket(reminders=reminders), **facts), rules, NOW)


def next_one(decision: Decision) -> datetime:
    [one] = [one for one in decision.timers if one.kind is TimerKind.REMIND]
    assert isinstance(one, SetTimer)
    return one.due_at


def test_each_rung_tells_whom_it_names_and_sets_the_next() -> None:
    first, second, third = fires(0), fires(1), fires(2)
    assert told(first) == [(Template.REMINDER, "schmidt")]
    assert next_one(first) == NOW + 2 * HOUR
    assert told(second) == [(Template.REMINDER, "schmidt"), (Template.ESCALATION, "zeiler")]
    assert kinds(second) == ["reminded", "escalated"]
    assert [one[0] for one in told(third)] == [Template.REMINDER, Template.ESCALATION, Template.ESCALATION]
    assert len({name for _, name in told(third)}) == 3
    # The last rung repeats for as long as nobody acts.
    assert told(fires(9)) == told(third)


def test_rungs_that_a_standstill_has_missed_are_passed_over() -> None:
    """The daemon was down for a day: one letter each, of the highest rung, and not one for every rung."""
    decision = fires(0, late=timedelta(days=1))
    assert decision.ticket is not None
    assert decision.ticket.reminders == 2
    assert [one[0] for one in told(decision)] == [Template.REMINDER, Template.ESCALATION]
    assert next_one(decision) > NOW


def test_the_offer_names_when_the_first_reaction_is_due_and_not_when_the_first_reminder_comes() -> None:
    spans = CLIMBING.ruleset.case_types[0].deadlines
    promised, _ = promise(spans, a_calendar(), NOW)
    assert promised.remind_at is not None
    assert promised.accept_by is not None
    assert promised.remind_at < promised.accept_by
    assert (promised.escalate_at, promised.remind_every_s) == (None, 8 * 3600)


def test_while_the_assignee_is_away_whoever_stands_in_is_reminded() -> None:
    decision = fires(0, RULES, away=(Away("schmidt", TODAY, None, "huber"),))
    assert told(decision) == [(Template.ESCALATION, "huber")]


def test_an_emergency_is_alarmed_again_and_then_the_second_line_too() -> None:
    quarter = timedelta(minutes=15)
    rules = with_spans(Deadlines(quarter, quarter, 2 * quarter, None, wall_clock=True))
    assert told(fires(0, rules)) == told(fires(1, rules)) == [(Template.REMINDER, "schmidt")]
    assert told(fires(2, rules)) == [(Template.REMINDER, "schmidt"), (Template.ESCALATION, "zeiler")]
    assert next_one(fires(2, rules)) == NOW + quarter


# --- quiet hours and digests ---------------------------------------------------------------------------------

NIGHT = datetime(2026, 2, 2, 23, tzinfo=ZoneInfo("Europe/Berlin"))
MORNING = datetime(2026, 2, 3, 8, tzinfo=ZoneInfo("Europe/Berlin"))


def rules_of(**schmidt: object) -> Rules:
    """The firm, with Herr Schmidt's wishes."""
    staff = tuple(replace(one, **schmidt) if one.id == "schmidt" else one for one in RULESET.staff)  # type: ignore[arg-type]
    return Rules(replace(RULESET, staff=staff))


def a_letter(template: Template, ticket: Ticket | None = None, **more: object) -> Notice:
    base = Notice(template, colleague("schmidt"), "de", ticket or a_ticket(urgency=3))
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("template", [Template.NOTIFICATION, Template.REMINDER, Template.FOLLOW_UP])
def test_in_quiet_hours_a_letter_waits_until_its_reader_works(template: Template) -> None:
    ruleset = rules_of(quiet_hours=True).ruleset
    [one] = arrange([a_letter(template)], ruleset, NIGHT).notices
    assert one.not_before == MORNING
    [later] = arrange([a_letter(template, not_before=MORNING + HOUR)], ruleset, NIGHT).notices
    assert later.not_before == MORNING + HOUR
    [by_day] = arrange([a_letter(template)], ruleset, MORNING).notices
    assert by_day.not_before is None


def test_emergencies_receipts_and_those_who_want_no_quiet_hours_wait_for_nothing() -> None:
    ruleset = rules_of(quiet_hours=True).ruleset
    urgent = replace(ruleset.case_types[0], id="notfall", emergency=True)
    ruleset = replace(ruleset, case_types=(*ruleset.case_types, urgent))
    letters = [
        a_letter(Template.NOTIFICATION, a_ticket(case_type="notfall")),
        a_letter(Template.RECEIPT),
        a_letter(Template.NOTIFICATION, to=colleague("huber")),
    ]
    assert [one.not_before for one in arrange(letters, ruleset, NIGHT).notices] == [None, None, None]


def test_what_is_not_urgent_waits_for_the_digest() -> None:
    ruleset = rules_of(digest=True).ruleset
    changes = a_letter(Template.CHANGES, lines=(Line("Huber", "Notiz: ruft an", True),))
    arranged = arrange([a_letter(Template.REMINDER), changes, a_letter(Template.NOTIFICATION)], ruleset, NOW)
    assert [one.template for one in arranged.notices] == [Template.NOTIFICATION]
    assert arranged.gathered == (
        Gathered("schmidt", 10428, Template.REMINDER, ""),
        Gathered("schmidt", 10428, Template.CHANGES, "Huber: Notiz: ruft an"),
    )
    urgent = arrange([a_letter(Template.REMINDER, a_ticket(urgency=2))], ruleset, NOW)
    assert (len(urgent.notices), urgent.gathered) == (1, ())


def test_a_reminder_that_waits_for_the_digest_has_happened_all_the_same() -> None:
    decision = decide_timer(
        DueTimer(3, "abc", 10428, TimerKind.REMIND, NOW),
        in_ticket(a_ticket(urgency=3)),
        rules_of(digest=True),
        NOW,
    )
    assert kinds(decision) == ["reminded"]
    assert decision.notices == ()
    assert [one.template for one in decision.gathered] == [Template.REMINDER]
    assert decision.ticket is not None
    assert decision.ticket.status is Status.OFFERED
