"""Two matters in one mail are told apart by what its parts say for themselves; a hint is no second matter."""

from dataclasses import replace

import pytest

from mailroute.model.decision import Decision
from mailroute.model.facts import Further
from mailroute.model.letter import Template
from mailroute.model.ruleset import Absence, Evidence, Multiple, Source
from mailroute.model.text import Text
from mailroute.routing.concerns import parts_in
from mailroute.routing.work import Rules
from tests.support.deciding import EVIL, RULESET, address_of, commands, decide, in_ticket, kinds, notice, told
from tests.support.factories import NOW, RECHNUNG, SCHADEN, a_message, a_party, a_property, a_ticket

FIRM = replace(
    RULESET,
    case_types=(
        replace(RECHNUNG, evidence=(replace(RECHNUNG.evidence[0], weight=3.0), *RECHNUNG.evidence[1:])),
        replace(SCHADEN, evidence=tuple(replace(one, weight=3.0) for one in SCHADEN.evidence)),
    ),
)
RULES = Rules(FIRM)
PARAGRAPHS = (
    "Ich habe eine Frage zu meiner Rechnung.\n\nIn der Max-Planck-Straße 12 ist die Dachrinne kaputt."
)
SENTENCES = (
    "Ich habe eine Frage zu meiner Rechnung. Außerdem ist in der Max-Planck-Straße 12 die Dachrinne kaputt."
)
NUMBERED = (
    "1. Ich habe eine Frage zu meiner Rechnung.\n2. In der Max-Planck-Straße 12 ist die Dachrinne kaputt."
)


def decided(text: str, subject: str = "Anfrage") -> Decision:
    return decide(a_message(text, subject), rules=RULES)


@pytest.mark.parametrize("text", [PARAGRAPHS, SENTENCES, NUMBERED])
def test_the_first_matter_owns_the_ticket_and_the_second_role_hears_of_the_other(text: str) -> None:
    """Ambiguity 25."""
    decision = decided(text)
    assert decision.ticket is not None
    assert (decision.ticket.case_type, decision.ticket.assignee) == ("rechnung", "huber")
    assert (Template.CONCERN, "schmidt") in told(decision)
    assert "concern-found" in kinds(decision)


def test_the_subject_of_an_older_mail_is_no_second_matter() -> None:
    """Ambiguity 25: one ticket for one matter."""
    text = "In der Max-Planck-Straße 12 ist die Dachrinne kaputt, ein Schaden."

    assert "concern-found" in kinds(decided(text, "Rechnung"))
    assert "concern-found" not in kinds(decided(text, "AW: Rechnung"))


@pytest.mark.parametrize(
    "text",
    [
        "In der Max-Planck-Straße 12 ist die Dachrinne kaputt. Bitte schicken Sie die Rechnung an mich.",
        "Die Dachrinne ist kaputt.\n\nViele Grüße\nRechnung Müller",
        "Ich habe eine Frage zu meiner Rechnung.\n\nDanke im Voraus für Ihre Mühe und Geduld.",
    ],
)
def test_a_word_in_passing_is_no_second_matter(text: str) -> None:
    assert "concern-found" not in kinds(decided(text))


def test_where_the_rules_say_split_a_timer_does_it_at_once() -> None:
    rules = Rules(replace(FIRM, organisation=replace(FIRM.organisation, multiple=Multiple.SPLIT)))
    decision = decide(a_message(PARAGRAPHS, "Anfrage"), rules=rules)
    assert "split" in [one.kind.value for one in decision.timers]
    assert Template.CONCERN not in {one.template for one in decision.notices}


def test_parts_are_paragraphs_and_sentences_that_begin_with_another_matter() -> None:
    assert parts_in("Hallo,\n\nEins ist kaputt. Zweitens fehlt etwas.\n\nViele Grüße\nMüller") == [
        "Eins ist kaputt.",
        "Zweitens fehlt etwas.",
    ]
    assert parts_in("") == []


@pytest.mark.parametrize(
    "text", ["teilen", "teilen: schadensmeldung", "teilen: gibtesnicht", "trennen", "trennen: Niemand"]
)
def test_what_cannot_be_split_changes_nothing_and_says_why(text: str) -> None:
    decision = commands("schmidt", text, fresh_number=10_500)
    assert decision.beside == ()
    [receipt] = [one for one in decision.notices if one.template is Template.RECEIPT]
    assert [line.done for line in receipt.lines] == [False]


def test_a_named_matter_is_split_off_with_a_number_of_its_own() -> None:
    decision = commands("schmidt", "teilen: Rechnung", fresh_number=10_500)
    [new] = decision.beside
    assert (new.number, new.expects_version) == (10_500, 0)
    assert new.ticket is not None
    assert (new.ticket.case_type, new.ticket.assignee) == ("rechnung", "huber")
    assert "linked" in kinds(decision)


def test_who_neither_has_the_ticket_nor_was_told_of_the_matter_splits_nothing() -> None:
    assert commands("huber", "teilen: Rechnung", fresh_number=10_500).beside == ()


def test_a_further_reporter_gets_back_in_by_their_own_thread() -> None:
    """Nobody else does: a stranger who refers to the same mails opens a matter of their own."""
    other = a_party(party_id="weber2", address="weber@mieter.example", name="Ute Weber")
    thread = in_ticket(a_ticket(joined=1), None, further=(Further(other, 9, "Aufzug"),))
    facts = replace(thread, ticket=None, thread=thread.ticket)
    message = a_message("Der Aufzug steht immer noch.", "Aufzug", address_of(other))
    assert kinds(decide(message, facts)) == ["message-added"]
    assert "opened" in kinds(decide(replace(message, from_=(EVIL,), author=EVIL), facts))


BILLS = replace(RECHNUNG, id="nebenkosten", name=Text("Nebenkosten"), evidence=(Evidence("euro", 3.0),))
CHARGES = replace(RECHNUNG, evidence=(Evidence("euro", 3.0),))
VAGUE = Rules(replace(FIRM, case_types=(CHARGES, BILLS, FIRM.case_types[1])))


def test_a_clear_matter_beside_one_of_which_only_the_role_is_clear_has_its_reader() -> None:
    """Ambiguity 25: the accounts may be this or that, the gutter is the caretaker's in any case."""
    text = "Es sind 48 Euro zu viel, bitte prüfen.\n\nIn der Max-Planck-Straße 12 ist die Dachrinne kaputt."
    decision = decide(a_message(text, "48 Euro"), rules=VAGUE)
    assert decision.ticket is not None
    assert (decision.ticket.case_type, decision.ticket.assignee) == (None, "huber")
    assert (Template.CONCERN, "schmidt") in told(decision)


@pytest.mark.parametrize(
    "text",
    ["Es sind 48 Euro zu viel, bitte prüfen.", "Es sind 48 Euro zu viel.\n\nIch bitte um 48 Euro zurück."],
)
def test_what_is_only_vague_has_no_second_matter(text: str) -> None:
    assert "concern-found" not in kinds(decide(a_message(text, "Bitte"), rules=VAGUE))


def test_the_further_roles_of_a_matter_that_is_split_off_hear_of_it() -> None:
    """REQ-E4: it is a ticket like any other."""
    damage = replace(FIRM.case_types[1], inform=("zentrale",))
    rules = Rules(replace(FIRM, case_types=(FIRM.case_types[0], damage)))
    decision = commands(
        "huber",
        "teilen: Schadensmeldung",
        a_ticket(case_type="rechnung", assignee="huber"),
        rules,
        fresh_number=10501,
    )
    assert (Template.INFORMED, "zeiler") in told(decision)


@pytest.mark.parametrize("second", ["teilen: Rechnung", "trennen: Weber"])
def test_one_reply_opens_one_ticket_and_says_so_of_the_second(second: str) -> None:
    """There is one number for both."""
    neighbour = Further(
        a_party(party_id="weber2", address="weber@mieter.example", name="Ute Weber"), 9, "Aufzug"
    )
    decision = commands("schmidt", f"teilen: Rechnung\n{second}", fresh_number=10_500, further=(neighbour,))
    assert [one.number for one in decision.beside] == [10_500]
    assert [line.done for line in notice(decision, Template.RECEIPT).lines] == [True, False]


def test_what_is_only_feared_is_only_feared_of_a_report_that_is_separated() -> None:
    other = a_party(party_id="weber2", address="weber@mieter.example", name="Ute Weber")
    ticket = a_ticket(feared=True, joined=1)
    decision = commands(
        "schmidt", "trennen", ticket, fresh_number=10_500, further=(Further(other, 9, "Gas"),)
    )
    [new] = decision.beside
    assert new.ticket is not None
    assert new.ticket.feared


def test_whom_the_property_names_hears_of_an_emergency_that_is_split_off_where_nobody_is_on_call() -> None:
    """Also from the page, where no mail has led to the property."""
    burst = replace(FIRM.case_types[1], emergency=True)
    organisation = replace(FIRM.organisation, management_role="leitung")
    absent = Absence("schmidt", NOW.date(), NOW.date(), None, Source("absences.yaml", 1))
    rules = Rules(
        replace(FIRM, organisation=organisation, case_types=(FIRM.case_types[0], burst), absences=(absent,))
    )
    house = a_property(roles={"sachbearbeitung": ("schmidt",), "leitung": ("weber",)})
    decision = commands(
        "huber",
        "teilen: Schadensmeldung",
        a_ticket(case_type="rechnung", assignee="huber"),
        rules,
        fresh_number=10_501,
        place=(house, None, None),
    )
    assert (Template.INFORMED, "weber") in told(decision)
