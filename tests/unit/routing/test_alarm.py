"""Whose telephone rings, who is written down as alarmed, and who hears that it was none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.decision import Decision
from mailroute.model.facts import Act, Sending
from mailroute.model.letter import Template
from mailroute.model.ruleset import Absence, Source
from mailroute.model.text import Text
from mailroute.model.ticket import Alarmed, CalledOff, Party, PartyKind, Status, Ticket
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide_command import decide_command
from mailroute.routing.standing_in import decide_lend_back
from mailroute.routing.work import Rules, local_day
from tests.support.deciding import RULESET, colleague, commands, in_ticket, notice, says, told
from tests.support.factories import NOW, RECHNUNG, SCHADEN, a_ticket
from tests.unit.routing.test_partners import a_partner

NOTFALL = replace(SCHADEN, id="notfall", name=Text("Notfall"), urgency=1, emergency=True)
TODAY = local_day(RULESET, NOW)


def rules(*away: str, quiet: bool = False) -> Rules:
    """A firm whose Herr Schmidt is on call with a telephone; `away` are not there."""
    staff = tuple(
        replace(one, alarm=f"{one.id}@sms.example" if one.id == "schmidt" else None, quiet_hours=quiet)
        for one in RULESET.staff
    )
    absences = tuple(Absence(one, TODAY, TODAY, None, Source("absences.yaml", 1)) for one in away)
    return Rules(replace(RULESET, staff=staff, case_types=(RECHNUNG, SCHADEN, NOTFALL), absences=absences))


def emergency(**more: object) -> Ticket:
    return a_ticket(**{"case_type": "notfall", "urgency": 1, "assignee": "huber"} | more)


def changes(decision: Decision, kind: type[Alarmed] | type[CalledOff]) -> list[tuple[str, ...]]:
    return [one.to for one in decision.changes if isinstance(one, kind)]


def test_whoever_an_emergency_is_handed_to_is_rung_and_written_down() -> None:
    decision = commands("huber", "weiter an: Schmidt", emergency(), rules())
    assert (Template.ALARM, "schmidt") in told(decision)
    assert changes(decision, Alarmed) == [("schmidt",)]


@pytest.mark.parametrize("status", [Status.PARTNER_ASKED, Status.WITH_PARTNER])
def test_whoever_has_an_emergency_again_because_a_firm_refused_is_rung(status: Status) -> None:
    """Who would wait for the reminder sleeps."""
    firm, sturm = rules(), a_partner("sturm", 1)
    outside = Rules(replace(firm.ruleset, partners=(sturm,)))
    party = Party(PartyKind.PARTNER, "sturm", sturm.name, sturm.address)
    ticket = emergency(status=status, assignee="schmidt", partner="sturm", partner_due=NOW)
    decision = says(party, "ablehnen: kein Wagen frei", ticket=ticket, rules=outside)
    assert (Template.ALARM, "schmidt") in told(decision)
    assert "schmidt" in {one for to in changes(decision, Alarmed) for one in to}


def test_what_a_firm_does_with_an_emergency_that_it_has_rings_nobody() -> None:
    firm, sturm = rules(), a_partner("sturm", 1)
    outside = Rules(replace(firm.ruleset, partners=(sturm,)))
    party = Party(PartyKind.PARTNER, "sturm", sturm.name, sturm.address)
    ticket = emergency(status=Status.PARTNER_ASKED, assignee="schmidt", partner="sturm", partner_due=NOW)
    decision = says(party, "annehmen", ticket=ticket, rules=outside)
    assert decision.ticket is not None
    assert decision.ticket.status is Status.WITH_PARTNER
    assert changes(decision, Alarmed) == []


def test_whoever_is_back_and_has_an_emergency_that_nobody_has_touched_is_rung() -> None:
    ticket = emergency(holders=("schmidt",), given=(True,), lent_by="schmidt")
    decision = decide_lend_back(in_ticket(ticket), rules(), NOW)
    assert decision is not None
    assert (Template.ALARM, "schmidt") in told(decision)


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("weiter an: Schmidt", a_ticket(assignee="huber")),
        ("annehmen", emergency()),
        ("notiz: ist unterwegs", emergency(status=Status.ACCEPTED)),
    ],
)
def test_nothing_rings_for_what_is_no_emergency_or_has_somebody_on_the_way(text: str, ticket: Ticket) -> None:
    decision = commands("huber", text, ticket, rules())
    assert Template.ALARM not in [template for template, _ in told(decision)]
    assert changes(decision, Alarmed) == []


def test_where_nobody_is_on_call_a_correction_tells_everybody_who_can_call_somebody() -> None:
    """REQ-E8, E11: as if the mail itself had been recognised."""
    decision = commands("huber", "typ: Notfall", a_ticket(assignee="huber"), rules("schmidt"))
    assert decision.ticket is not None
    [alarmed] = changes(decision, Alarmed)
    assert "zeiler" in alarmed, "the triage desk"
    told_because = [one.reason for one in decision.notices if one.template is Template.INFORMED]
    assert set(told_because) == {"nobody on call"}


def test_an_emergency_that_is_closed_in_the_same_mail_alarms_nobody_any_more() -> None:
    done = commands(
        "huber", "typ: Notfall\nerledigt: war nichts", a_ticket(assignee="huber"), rules("schmidt")
    )
    assert done.ticket is not None
    assert done.ticket.status is Status.CLOSED
    assert changes(done, Alarmed) == []


def test_an_emergency_that_a_firm_is_asked_for_in_the_same_mail_alarms_who_can_call_somebody() -> None:
    """The firm has not said yes."""
    firm = rules("schmidt")
    outside = replace(firm, ruleset=replace(firm.ruleset, partners=(a_partner("sturm", 1),)))
    said = "typ: Notfall\nweiter an: Sturm"
    decision = commands("huber", said, a_ticket(assignee="huber"), outside)
    assert decision.ticket is not None
    assert decision.ticket.status is Status.PARTNER_ASKED
    assert changes(decision, Alarmed) == [("zeiler",)]


def test_the_all_clear_reaches_whoever_wants_to_sleep_too() -> None:
    """They were called at night, so they hear at night that they need not go."""
    at_night = commands("huber", "typ: Rechnung", emergency(), rules(quiet=True), alarmed=("huber", "weber"))
    clear = notice(at_night, Template.ALL_CLEAR)
    assert (clear.to.id, clear.not_before) == ("weber", None)
    assert changes(at_night, CalledOff) == [("huber", "weber")]


def test_nobody_who_was_not_alarmed_hears_that_it_is_none() -> None:
    decision = commands("huber", "typ: Rechnung", emergency(), rules())
    assert Template.ALL_CLEAR not in [template for template, _ in told(decision)]
    assert changes(decision, CalledOff) == []


def test_whoever_gets_the_ticket_by_it_needs_no_all_clear_beside() -> None:
    decision = commands("huber", "typ: Schadensmeldung", emergency(), rules(), alarmed=("schmidt",))
    assert (Template.ASSIGNED, "schmidt") in told(decision)
    assert Template.ALL_CLEAR not in [template for template, _ in told(decision)]


def test_whoever_gets_the_ticket_by_it_and_would_read_so_in_the_morning_hears_at_night_that_it_is_none() -> (
    None
):
    """They may be on their way."""
    night, huber = NOW.replace(hour=1), RULESET.staff_by_id("huber")
    assert huber is not None
    known = replace(in_ticket(emergency()), alarmed=("schmidt",))
    said = parse_commands("typ: Schadensmeldung", ())
    decision = decide_command(known, said, huber, rules(quiet=True), night)
    assert notice(decision, Template.ASSIGNED).not_before is not None
    clear = notice(decision, Template.ALL_CLEAR)
    assert (clear.to.id, clear.not_before) == ("schmidt", None)


@pytest.mark.parametrize("left", [True, False])
def test_whoever_had_it_as_something_else_hears_that_it_is_an_emergency_again_once_that_is_undone(
    left: bool,
) -> None:
    """The letter that takes it from them says that they need not do anything more."""
    huber, before = colleague("huber"), emergency()
    first = commands("huber", "typ: Schadensmeldung", before, rules(), alarmed=("schmidt",))
    letters = tuple(
        Sending(f"abc-m9-{nth}", one.template.value, one.to, waits=not left, left=left)
        for nth, one in enumerate(first.notices)
    )
    act = Act("huber", NOW - timedelta(hours=1), first.changes, before, (), letters)
    facts = in_ticket(first.ticket, huber, acts=(act,), called_off=("schmidt",))
    undone = says(huber, "rückgängig", facts=facts, rules=rules())
    assert ((Template.INFORMED, "schmidt") in told(undone)) == left
    assert {one for to in changes(undone, Alarmed) for one in to} == {"schmidt"}


def _informing(*roles: str) -> Rules:
    """The same firm, where the further `roles` hear of an emergency, which is for the maintenance desk."""
    firm = rules()
    notfall = replace(NOTFALL, inform=roles)
    return Rules(replace(firm.ruleset, case_types=(RECHNUNG, SCHADEN, notfall)))


def test_an_emergency_again_after_an_all_clear_reaches_those_who_have_had_letters_of_it() -> None:
    """They took part, and what they know is that it is none: the same as for those who never heard of the ticket."""
    took_part = (a_ticket().reporter, colleague("huber"), colleague("schmidt"), colleague("zeiler"))
    decision = commands(
        "huber",
        "typ: Notfall",
        a_ticket(case_type="rechnung", assignee="huber"),
        _informing("zentrale"),
        participants=took_part,
        called_off=("zeiler", "weber"),
    )
    assert (Template.ASSIGNED, "schmidt") in told(decision)
    assert (Template.ALARM, "schmidt") in told(decision)
    assert {one.to.id for one in decision.notices if one.template is Template.INFORMED} == {"zeiler", "weber"}
    assert [sorted(one) for one in changes(decision, Alarmed)] == [["schmidt", "weber", "zeiler"]]


def test_who_keeps_it_as_an_emergency_lets_the_others_know_and_they_count_as_alarmed() -> None:
    """So that an all-clear reaches them too."""
    decision = commands(
        "schmidt", "typ: Notfall", a_ticket(assignee="schmidt"), _informing("zentrale"), called_off=("huber",)
    )
    assert decision.ticket is not None
    assert decision.ticket.status is Status.ACCEPTED
    assert {one.to.id for one in decision.notices if one.template is Template.INFORMED} == {"zeiler", "huber"}
    assert [sorted(one) for one in changes(decision, Alarmed)] == [["huber", "zeiler"]]


def test_from_one_emergency_to_another_nobody_is_told_twice() -> None:
    gas = replace(NOTFALL, id="gas", name=Text("Gasgeruch"), inform=("zentrale",))
    firm = rules()
    both = Rules(replace(firm.ruleset, case_types=(NOTFALL, gas)))
    decision = commands(
        "schmidt",
        "typ: Gasgeruch",
        emergency(assignee="schmidt"),
        both,
        participants=(a_ticket().reporter, colleague("schmidt"), colleague("zeiler")),
        alarmed=("schmidt", "zeiler"),
    )
    assert [one for one in decision.notices if one.template is Template.INFORMED] == []
