"""Being away and being back: said by mail, found in an automatic reply, believed by every later decision (REQ-E11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailroute.model.absence import Away, AwayEnded, AwaySet, Half, Origin
from mailroute.model.decision import Decision, Disposition
from mailroute.model.facts import Facts, Proof
from mailroute.model.letter import Line, Template
from mailroute.model.message import Automatic
from mailroute.model.ruleset import Absence, Source
from mailroute.routing.assign import Roster
from mailroute.routing.presence import as_of
from mailroute.routing.work import Rules, local_day
from tests.support.deciding import (
    NOT_ALIGNED,
    RULES,
    RULESET,
    colleague,
    in_ticket,
    kinds,
    notice,
    says,
    told,
)
from tests.support.factories import NOW

SCHMIDT, HUBER = colleague("schmidt"), colleague("huber")
TODAY = local_day(RULESET, NOW)
FAR = TODAY + timedelta(days=10)


def days(count: int) -> date:
    return TODAY + timedelta(days=count)


def replies(text: str, *known: Away, **message: object) -> Decision:
    """Herr Schmidt replies to a letter without a ticket."""
    facts = Facts(proof=Proof("reply-address", SCHMIDT), away=known)
    return says(SCHMIDT, text, facts=facts, **message)  # type: ignore[arg-type]


def answer(decision: Decision, template: Template = Template.GENERAL_RECEIPT) -> Line:
    [line] = notice(decision, template).lines
    return line


def dotted(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def test_req_e11_being_away_is_noted_and_the_receipt_names_from_to_and_deputy() -> None:
    decision = replies(f"abwesend {dotted(days(3))}–{dotted(FAR)} Vertretung Huber")
    assert decision.absences == (AwaySet(Away("schmidt", days(3), FAR, "huber")),)
    assert told(decision) == [(Template.GENERAL_RECEIPT, "schmidt")]
    said = answer(decision)
    assert said.done
    assert f"{days(3).day}." in said.did
    assert f"{FAR.day}." in said.did
    assert "Huber" in said.did


def test_in_a_ticket_it_does_the_same_and_changes_nothing_there() -> None:
    decision = says(SCHMIDT, "away until friday deputy Huber, open tickets too")
    [one] = decision.absences
    assert isinstance(one, AwaySet)
    assert (one.away.deputy, one.away.open_tickets, one.away.since) == ("huber", True, TODAY)
    assert kinds(decision) == []
    assert answer(decision, Template.RECEIPT).done


def test_what_they_said_before_for_the_same_days_ends() -> None:
    before, later = Away("schmidt", TODAY, FAR, id=4), Away("schmidt", days(30), days(40), id=5)
    decision = replies("abwesend heute", before, later, Away("huber", TODAY, FAR, id=6))
    assert decision.absences == (AwayEnded(before), AwaySet(Away("schmidt", TODAY, TODAY)))


def test_an_absence_that_began_before_begins_today() -> None:
    decision = replies(f"abwesend {dotted(days(-3))} bis {dotted(days(2))}")
    assert decision.absences == (AwaySet(Away("schmidt", TODAY, days(2))),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"abwesend {dotted(days(-9))} bis {dotted(days(-2))}", "ist vorbei"),
        ("abwesend", "Von wann bis wann?"),
        ("abwesend irgendwann", "Von wann bis wann?"),
        ("abwesend heute Vertretung Niemand", "arbeitet nicht hier"),
        ("abwesend heute Vertretung Hubr", "Meinten Sie"),
        ("abwesend heute Vertretung Schmidt", "nicht selbst vertreten"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(text: str, why: str) -> None:
    decision = replies(text)
    assert decision.absences == ()
    assert not answer(decision).done
    assert why in answer(decision).did


def test_a_name_that_fits_two_people_is_asked_about() -> None:
    twins = tuple(
        replace(RULESET.staff[0], id=f"otto-{name}", name=f"Otto {name.title()}", address=f"{name}@x.example")
        for name in ("klein", "gross")
    )
    rules = Rules(replace(RULESET, staff=(*RULESET.staff, *twins)))
    facts = Facts(proof=Proof("reply-address", SCHMIDT))
    decision = says(SCHMIDT, "abwesend heute Vertretung Otto", facts=facts, rules=rules)
    assert decision.absences == ()
    assert "Wer soll vertreten?" in answer(decision).did
    assert "otto-klein" in answer(decision).did


def test_deputies_in_a_circle_are_refused_whoever_said_it_first() -> None:
    circle = (Away("huber", days(-1), FAR, "weber"), Away("weber", TODAY, FAR, "schmidt"))
    assert "Kreis" in answer(replies("abwesend heute Vertretung Huber", *circle)).did
    apart = (circle[0], replace(circle[1], since=days(5)))
    assert answer(replies("abwesend heute Vertretung Huber", *apart)).done


def test_back_ends_the_absence_of_today_and_without_one_those_to_come() -> None:
    now_away, later = Away("schmidt", days(-2), FAR, id=4), Away("schmidt", days(30), days(40), id=5)
    assert replies("zurück", now_away, later).absences == (AwayEnded(now_away),)
    assert replies("abwesend aufheben", later).absences == (AwayEnded(later),)
    assert replies("back", Away("huber", TODAY, FAR)).absences == ()
    assert answer(replies("zurück")).done


def test_an_absence_that_administrators_wrote_is_theirs_to_end() -> None:
    rules = Rules(
        replace(RULESET, absences=(Absence("schmidt", TODAY, FAR, None, Source("absences.yaml", 1)),))
    )
    decision = says(SCHMIDT, "zurück", facts=Facts(proof=Proof("reply-address", SCHMIDT)), rules=rules)
    assert "absences.yaml" in answer(decision).did


def test_without_proof_nobody_is_away() -> None:
    assert replies("abwesend heute", auth=NOT_ALIGNED).absences == ()
    assert says(SCHMIDT, "abwesend heute", auth=NOT_ALIGNED).absences == ()


# --- the automatic reply of their own mail program -----------------------------------------------------------


def automatic(text: str, *known: Away, **more: object) -> Decision:
    facts = in_ticket(token_of=SCHMIDT, away=known)
    return says(SCHMIDT, text, facts=facts, automatic=Automatic.AUTO_REPLIED, **more)  # type: ignore[arg-type]


def test_an_out_of_office_reply_with_days_is_believed_and_nobody_is_bothered() -> None:
    decision = automatic("Ich bin im Urlaub.", away=(TODAY, FAR))
    assert decision.absences == (AwaySet(Away("schmidt", TODAY, FAR, origin=Origin.OUT_OF_OFFICE)),)
    assert kinds(decision) == ["noted"]
    assert told(decision) == []


def test_without_days_it_holds_until_tomorrow_and_the_triage_desk_is_told() -> None:
    decision = automatic("I am currently out of the office.")
    assert decision.absences == (AwaySet(Away("schmidt", TODAY, days(1), origin=Origin.OUT_OF_OFFICE)),)
    assert told(decision) == [(Template.AWAY_NOTICED, "zeiler")]
    assert notice(decision, Template.AWAY_NOTICED).ticket is None


def test_what_is_known_is_not_told_twice() -> None:
    known = Away("schmidt", TODAY, FAR, id=3)
    decision = automatic("I am currently out of the office.", known)
    assert (decision.absences, told(decision)) == ((), [])


@pytest.mark.parametrize(
    "message",
    [
        {"text": "Vielen Dank für Ihre Nachricht, wir melden uns."},
        {"text": "Ich bin im Urlaub.", "away": (days(-20), days(-10))},
        {"text": "Ich bin im Urlaub.", "automatic": Automatic.AUTO_GENERATED},
        {"text": "Ich bin im Urlaub.", "auth": NOT_ALIGNED},
    ],
)
def test_other_machines_and_old_absences_make_nobody_away(message: dict[str, object]) -> None:
    text = str(message.pop("text"))
    assert replies(text, **{"automatic": Automatic.AUTO_REPLIED, **message}).absences == ()


def test_an_automatic_reply_to_a_letter_without_a_ticket_is_believed_too() -> None:
    decision = replies("Ich bin im Urlaub.", automatic=Automatic.AUTO_REPLIED, away=(None, FAR))
    assert (decision.disposition, len(decision.absences)) == (Disposition.COMMAND, 1)
    assert told(decision) == []


# --- what everybody else makes of it -------------------------------------------------------------------------


def test_both_sources_are_one_list_and_what_people_say_comes_first() -> None:
    written = Absence("schmidt", TODAY, FAR, "weber", Source("absences.yaml", 1))
    rules = Rules(replace(RULESET, absences=(written,)))
    merged = as_of(rules, (Away("schmidt", TODAY, FAR, "huber"), Away("gone", TODAY, FAR)), NOW)
    holder = Roster(merged.ruleset, TODAY).stand_in("schmidt", "x")
    assert holder is not None
    assert holder.staff.id == "huber"
    assert [one.staff for one in merged.ruleset.absences] == ["schmidt", "schmidt"]
    assert as_of(RULES, (), NOW) is RULES


def test_what_is_compiled_of_the_rules_stays_whoever_is_away() -> None:
    rules = Rules(RULESET)
    away = Away("schmidt", TODAY, FAR, "huber")
    today = as_of(rules, (away,), NOW)
    assert today.classifier is rules.classifier
    assert as_of(today, (away,), NOW).classifier is rules.classifier


def test_half_a_day_holds_for_that_half_only() -> None:
    away = Away("schmidt", TODAY, TODAY, "huber", Half.AFTERNOON)
    berlin = ZoneInfo("Europe/Berlin")
    for hour, there in ((11, True), (12, False), (18, False)):
        at = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=berlin)
        absence = Roster(as_of(RULES, (away,), at).ruleset, TODAY).absence("schmidt")
        assert (absence is None) is there


def test_a_new_matter_goes_to_the_deputy_who_was_named_by_mail() -> None:
    away = Away("schmidt", TODAY, FAR, "huber")
    decision = says(colleague("weber"), "Die Dachrinne ist kaputt.", facts=Facts(away=(away,)))
    assert decision.ticket is not None
    assert decision.ticket.assignee != "schmidt"
