"""Digests and holes: on the reader's working day, and only where there is something to say (REQ-E8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailroute.model.absence import Away
from mailroute.model.agenda import Task
from mailroute.model.directory import Responsibility
from mailroute.model.letter import Gathered, Template
from mailroute.model.ruleset import Ruleset, ToRole
from mailroute.routing.daily import Daily, Hole, administrators, decide_digest, decide_holes, due_today, holes
from mailroute.routing.presence import as_of
from mailroute.routing.work import Rules, local_day
from tests.support.deciding import RULES, RULESET, notice
from tests.support.factories import NOW, a_property, a_role, a_ticket

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = local_day(RULESET, NOW)


def firm(**changes: object) -> Ruleset:
    """Herr Schmidt wants a digest; everything else as given."""
    staff = tuple(replace(one, digest=one.id == "schmidt") for one in RULESET.staff)
    organisation = replace(RULESET.organisation, **changes)  # type: ignore[arg-type]  # the names are Organisation's own
    roles = (*RULESET.roles, a_role("verwaltung", "huber"), a_role("leer", "gone"))
    return replace(RULESET, staff=staff, organisation=organisation, roles=roles)


def due(ruleset: Ruleset, at: datetime = NOW, *away: Away) -> list[tuple[Daily, str]]:
    merged = as_of(Rules(ruleset), away, at).ruleset
    return [(name, staff.id) for name, staff in due_today(merged, at)]


def test_both_come_once_the_working_day_of_their_reader_has_begun() -> None:
    both = [(Daily.DIGEST, "schmidt"), (Daily.HOLES, "huber")]
    ruleset = firm(administrator_role="verwaltung")
    assert due(ruleset) == both
    for hour, weekday in ((7, 2), (23, 2), (10, 1)):
        assert due(ruleset, datetime(2026, 2, weekday, hour, tzinfo=BERLIN)) == []


def test_nobody_who_is_away_gets_one() -> None:
    assert due(firm(administrator_role="verwaltung"), NOW, Away("schmidt", TODAY, None)) == [
        (Daily.HOLES, "huber")
    ]


def test_without_administrators_the_triage_desk_hears_of_holes() -> None:
    assert [one.id for one in administrators(RULESET, TODAY)] == ["zeiler"]
    assert [one.id for one in administrators(firm(administrator_role="leer"), TODAY)] == ["zeiler"]


def test_a_digest_lists_what_is_theirs_and_what_others_did() -> None:
    schmidt = next(one for one in RULESET.staff if one.id == "schmidt")
    tasks = (
        Task(a_ticket(10428, reminders=1), NOW + timedelta(hours=2)),
        Task(a_ticket(10429), NOW - timedelta(hours=1)),
        Task(a_ticket(10430), None),
    )
    gathered = (
        Gathered("schmidt", 10428, Template.REMINDER, ""),
        Gathered("schmidt", 10401, Template.CHANGES, "Huber: Notiz: ruft an"),
        Gathered("schmidt", 10402, Template.INFORMED, ""),
    )
    one = notice(decide_digest(schmidt, tasks, gathered, RULES, NOW), Template.DIGEST)
    assert one.ticket is None
    assert [(item.number, item.late) for item in one.items] == [(10428, True), (10429, True), (10430, False)]
    assert [line.said for line in one.lines] == ["T-10401", "T-10402"]
    assert decide_digest(schmidt, (), gathered[:1], RULES, NOW).notices == ()


def test_a_role_that_nobody_holds_at_a_property_is_a_hole() -> None:
    role = next(one.target.role for one in RULESET.case_types if isinstance(one.target, ToRole))
    staff = tuple(replace(one, roles_for_new_properties=()) for one in RULESET.staff)
    roles = tuple(replace(one, site_wide=()) if one.id == role else one for one in RULESET.roles)
    case_types = tuple(one for one in RULESET.case_types if one.target == ToRole(role))
    ruleset = replace(RULESET, staff=staff, roles=roles, case_types=case_types)
    held = replace(a_property(), responsibilities=(Responsibility(role, ("schmidt",)),))
    empty = replace(a_property(), id="leer", responsibilities=())
    assert list(holes(ruleset, (held, empty), TODAY)) == [Hole(role, (empty,), away=False)]
    away = as_of(Rules(ruleset), (Away("schmidt", TODAY, TODAY),), NOW).ruleset
    assert list(holes(away, (held,), TODAY)) == [Hole(role, (held,), away=True)]
    assert list(holes(ruleset, (held,), TODAY)) == []
    assert list(holes(RULESET, (a_property(),), TODAY)) == []


def test_the_administrators_read_which_role_and_where() -> None:
    huber = next(one for one in RULESET.staff if one.id == "huber")
    houses = tuple(replace(a_property(), id=f"haus-{n}") for n in range(8))
    one = notice(
        decide_holes(huber, (Hole(RULESET.roles[0].id, houses, away=True),), RULES, NOW), Template.HOLES
    )
    [item] = one.items
    assert "haus-0, haus-1" in item.words
    assert "(8)" in item.words
    assert item.note
    assert decide_holes(huber, (), RULES, NOW).notices == ()
