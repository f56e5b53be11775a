"""`typ:`, `objekt:` and the number of an offered list: what it is about is set right, and whose it is follows."""

from dataclasses import replace

import pytest

from mailroute.model.decision import Decision, TimerKind
from mailroute.model.directory import Directory
from mailroute.model.facts import Facts, Offer
from mailroute.model.letter import Line, Template
from mailroute.model.ticket import Assigned, Choice, Corrected, Offered, Party, Place, Status, Ticket
from mailroute.routing.correct import find_case_types
from tests.support.deciding import (
    RULESET,
    address_of,
    colleague,
    commands,
    decide,
    in_ticket,
    kinds,
    notice,
    timers_set,
    told,
)
from tests.support.deciding import says as replies
from tests.support.factories import (
    RECHNUNG,
    SCHADEN,
    a_case_type,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_ticket,
)

SCHMIDT, HUBER, ZEILER = colleague("schmidt"), colleague("huber"), colleague("zeiler")
GOETHE = a_property("goethe-5", "Goethestraße", "5", roles={"sachbearbeitung": ("weber",)})
GOETHE_ELSEWHERE = replace(GOETHE, id="goethe-5-pasing", postcode="81241")
TRIAGE = a_ticket(status=Status.TRIAGE, assignee="zeiler", role="zentrale", case_type=None)


def says(
    who: Party,
    text: str,
    ticket: Ticket | None = None,
    houses: tuple[str, ...] = ("goethe-5",),
    **facts: object,
) -> Decision:
    """A reply in a firm with more houses."""
    known = {one.id: one for one in (GOETHE, GOETHE_ELSEWHERE)}
    directory = a_directory((a_property(), *(known[one] for one in houses)), (a_person(),))
    return decide(
        a_message(text, "Re: Gebäudeschaden", address_of(who), message_id="<reply@x.example>"),
        in_ticket(ticket, who, **facts),
        directory=directory,
    )


def receipt(decision: Decision) -> Line:
    [line] = notice(decision, Template.RECEIPT).lines
    return line


@pytest.mark.parametrize("said", ["typ: Rechnung", "Type: rechnung", "TYP: rech"])
def test_another_case_type_offers_the_ticket_to_who_is_responsible_for_that(said: str) -> None:
    decision = says(SCHMIDT, said)
    place = Place("max-planck-12", "max-planck-12-we03")
    assert decision.changes[1:] == (
        Corrected("case-type", "Schadensmeldung", "Rechnung", "rechnung", 3, place, "buchhaltung"),
        Assigned("huber"),
    )
    assert told(decision) == [(Template.ASSIGNED, "huber"), (Template.RECEIPT, "schmidt")]
    assert timers_set(decision) == {TimerKind.REMIND, TimerKind.ESCALATE, TimerKind.CHANGES}
    assert decision.ticket is not None
    assert (decision.ticket.status, decision.ticket.holders) == (Status.OFFERED, ("schmidt",))
    assert decision.ticket.assigner == "schmidt"
    assert "vorher: Schadensmeldung" in receipt(decision).did


def test_what_stays_with_the_same_person_is_only_written_down() -> None:
    decision = says(HUBER, "typ: Rechnung", a_ticket(assignee="huber"))
    assert kinds(decision) == ["accepted", "corrected"]
    assert "bleibt bei Ihnen" in receipt(decision).did


def test_another_property_offers_the_ticket_to_who_is_responsible_there() -> None:
    decision = says(SCHMIDT, "objekt: Goethestraße 5")
    corrected = decision.changes[1]
    assert isinstance(corrected, Corrected)
    assert (corrected.what, corrected.place.property, corrected.place.unit) == ("property", "goethe-5", None)
    assert corrected.old == "Max-Planck-Straße 12, WE 03"
    assert decision.changes[2] == Assigned("weber")
    assert notice(decision, Template.ASSIGNED).place == "Goethestraße 5"


def test_a_ticket_of_unclear_matter_follows_its_place_to_who_has_its_role_there() -> None:
    """Decision 16."""
    unclear = a_ticket(case_type=None, assignee="schmidt", role="sachbearbeitung")
    decision = says(SCHMIDT, "objekt: Goethestraße 5", unclear)
    assert decision.changes[2] == Assigned("weber")
    assert decision.ticket is not None
    assert (decision.ticket.case_type, decision.ticket.role) == (None, "sachbearbeitung")


def test_of_several_properties_a_numbered_list_is_offered_and_nothing_changes() -> None:
    decision = says(SCHMIDT, "objekt: Goethestraße 5", houses=("goethe-5", "goethe-5-pasing"))
    offered = decision.changes[-1]
    assert isinstance(offered, Offered)
    assert offered.to == "schmidt"
    assert {one.id for one in offered.choices} == {"goethe-5", "goethe-5-pasing"}
    assert "1. Goethestraße 5" in receipt(decision).did
    assert "2. Goethestraße 5" in receipt(decision).did
    assert not receipt(decision).done


@pytest.mark.parametrize("said", ["objekt: Beethovenstraße 99", "typ: Raumfahrt", "property: ?"])
def test_what_nobody_knows_changes_nothing_and_says_so(said: str) -> None:
    decision = says(SCHMIDT, said)
    assert kinds(decision) == []
    assert "nichts bekannt" in receipt(decision).did


def test_a_near_miss_of_a_case_type_is_offered_and_not_done() -> None:
    decision = says(SCHMIDT, "typ: Rechnug")
    assert decision.changes[-1] == Offered("schmidt", (Choice("case-type", "rechnung"),))
    assert "1. Rechnung" in receipt(decision).did


def test_two_lists_in_one_transcript_are_numbered_as_one() -> None:
    """Else a `1` would say two things."""
    both = ("goethe-5", "goethe-5-pasing")
    decision = says(SCHMIDT, "typ: Rechnug\nobjekt: Goethestraße 5", houses=both)
    offered = decision.changes[-1]
    assert isinstance(offered, Offered)
    assert [one.what for one in offered.choices] == ["case-type", "property", "property"]
    first, second = notice(decision, Template.RECEIPT).lines
    assert first.did.endswith("1. Rechnung")
    assert "2. Goethestraße 5" in second.did


def test_the_list_of_the_transcript_waits_also_where_the_reply_sets_something_else_right() -> None:
    """Not the one before it, which has other numbers."""
    choices = (Choice("case-type", "schadensmeldung"), Choice("case-type", "rechnung"))
    unclear = a_ticket(case_type=None, assignee="huber", role="zentrale")
    earlier = Offer("huber", choices, ())
    decision = says(HUBER, "typ: Rechnug\nobjekt: Goethestraße 5", unclear, offer=earlier)
    last = [one for one in decision.changes if isinstance(one, Offered)][-1]
    assert last.choices == (Choice("case-type", "rechnung"),)


OFFER = Offer("zeiler", (Choice("property", "goethe-5"), Choice("case-type", "schadensmeldung")), (GOETHE,))


def test_the_triage_desk_picks_by_number() -> None:
    decision = says(ZEILER, "2", TRIAGE, offer=OFFER)
    assert kinds(decision) == ["accepted", "corrected", "assigned"]
    assert decision.ticket is not None
    assert (decision.ticket.case_type, decision.ticket.assignee) == ("schadensmeldung", "schmidt")


def test_house_and_matter_are_picked_in_one_mail() -> None:
    decision = says(ZEILER, "1\n2", TRIAGE, offer=OFFER)
    assert kinds(decision) == ["accepted", "corrected", "assigned"], "one answer, and the ticket moves once"
    assert decision.ticket is not None
    assert (decision.ticket.place.property, decision.ticket.assignee) == ("goethe-5", "weber")


@pytest.mark.parametrize("said", ["0", "3", "99"])
def test_a_number_that_is_not_on_the_list_changes_nothing(said: str) -> None:
    decision = says(ZEILER, said, TRIAGE, offer=OFFER)
    assert kinds(decision) == []
    assert "von 1 bis 2" in receipt(decision).did


def test_a_list_is_only_for_whom_it_was_shown_to() -> None:
    assert kinds(says(SCHMIDT, "1", offer=OFFER)) == []
    assert kinds(says(SCHMIDT, "1")) == []


@pytest.mark.parametrize("said", ["typ: Rechnung", "objekt: Goethestraße 5", "1"])
def test_only_the_assignee_corrects_and_only_what_is_open(said: str) -> None:
    assert kinds(says(HUBER, said, offer=replace(OFFER, to="huber"))) == []
    assert (
        kinds(says(SCHMIDT, said, a_ticket(status=Status.CLOSED), offer=replace(OFFER, to="schmidt"))) == []
    )


def test_from_the_command_line_a_case_type_is_corrected_too() -> None:
    assert kinds(commands("schmidt", "typ: Rechnung")) == ["accepted", "corrected", "assigned"]


def test_a_case_type_is_found_by_the_most_exact_reading() -> None:
    heating = a_case_type("heizung")
    failed = a_case_type("heizungsausfall")
    assert find_case_types("Heizung", (failed, heating)) == (heating,)
    assert find_case_types("heiz", (failed, heating)) == (failed, heating)
    assert find_case_types("ausfall", (failed, heating)) == (failed,)
    assert find_case_types("au", (failed, heating)) == ()
    assert find_case_types("  ", (RECHNUNG, SCHADEN)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Objekt ist leider noch nicht frei, wir melden uns bei Ihnen, sobald die Schlüssel da sind.",
        "2 Handwerker kommen am Freitag.",
    ],
)
def test_a_sentence_is_an_answer(text: str) -> None:
    assert kinds(replies(SCHMIDT, text)) == ["accepted", "answered"]


def test_the_triage_desk_is_offered_what_it_may_be_about() -> None:
    """The list of the letter, in the same order."""
    text = "Guten Tag,\n\nin der Goethestraße 5 ist etwas mit der Rechnung und der Heizung."
    directory = Directory((GOETHE, GOETHE_ELSEWHERE), (), ())
    decision = decide(a_message(text), Facts(), directory=directory)
    offered = decision.changes[-1]
    assert isinstance(offered, Offered)
    assert offered.to == "zeiler"
    assert len(offered.choices) == len(notice(decision, Template.TRIAGE).candidates)
    assert RULESET.staff_by_id(offered.to) is not None
