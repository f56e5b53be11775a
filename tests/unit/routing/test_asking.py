"""Asking back: what is missing and only the reporter can tell, once, and nothing shown that is not theirs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Decision
from mailroute.model.directory import Occupancy, Relation, Validity
from mailroute.model.facts import Facts, Question
from mailroute.model.letter import Template
from mailroute.model.message import Attachment, Message
from mailroute.model.need import Need
from mailroute.model.ruleset import CHAINS, ToChain
from mailroute.model.ticket import Asked, Choice, Status
from mailroute.routing.picks import first_numbers, numbers_in
from mailroute.routing.work import Rules
from tests.support.deciding import ALIGNED, MUELLER_PARTY, RULESET, decide, in_ticket, kinds, notice, says
from tests.support.factories import (
    MUELLER,
    NOW,
    SCHADEN,
    a_case_type,
    a_contract,
    a_directory,
    a_message,
    a_person,
    a_property,
    a_ticket,
    an_envelope,
)

ALL = tuple(Need)
TWO = (
    Occupancy(Relation.TENANT, "max-planck-12", "max-planck-12-we03"),
    Occupancy(Relation.TENANT, "goethe-5", None),
)
GOETHE = a_property("goethe-5", "Goethestraße", "5", town="München")
HOUSES = (a_property(), GOETHE)


def needing(*needs: Need) -> Rules:
    return Rules(replace(RULESET, case_types=(replace(SCHADEN, needs=needs),)))


def missing(message: Message, *needs: Need, rules: Rules | None = None) -> tuple[Need, ...]:
    """What the acknowledgement asks for openly."""
    decision = decide(message, rules=rules or needing(*needs))
    return notice(decision, Template.ACKNOWLEDGEMENT).needs


def asked(decision: Decision) -> Asked:
    [one] = [one for one in decision.changes if isinstance(one, Asked)]
    return one


def test_what_a_mail_brings_is_not_asked_for() -> None:
    """domain.md §1.2, need 4."""
    text = "Im WE 03 ist der Heizkörper kaputt, Schaden seit dem 3.12. Zählerstand 48123 kWh. Tel. 0176 12345678."
    photo = Attachment("bild.jpg", "image/jpeg", 900_000, "0" * 64, False, None, 1)
    assert missing(a_message(text, "Schaden", attachments=(photo,)), Need.PROPERTY, Need.UNIT, *ALL[3:]) == ()


@pytest.mark.parametrize("need", [Need.PHONE, Need.PHOTO, Need.ATTACHMENT, Need.METER_READING, Need.DATE])
def test_what_it_does_not_bring_is_asked_for_in_the_acknowledgement_itself(need: Need) -> None:
    decision = decide(a_message("Ein Schaden an der Dachrinne.", "Schaden"), rules=needing(need))
    assert notice(decision, Template.ACKNOWLEDGEMENT).needs == (need,)
    assert notice(decision, Template.NOTIFICATION).needs == (need,), "staff see what is missing"
    assert sum(one.to == MUELLER_PARTY for one in decision.notices) == 1, "one mail, not two"
    assert asked(decision) == Asked((need,), ())


@pytest.mark.parametrize(
    ("text", "is_reading"),
    [
        ("Zählerstand: 48123", True),
        ("Der Zähler steht auf 1.234,5 kWh", True),
        ("meter reading 00812", True),
        ("12,5 m³ Wasser", True),
        ("Haus 12, 3. Stock", False),
        ("Der Zählerstand folgt.", False),
    ],
)
def test_a_meter_reading_is_a_number_with_its_unit_or_name(text: str, is_reading: bool) -> None:
    assert (missing(a_message(f"Schaden. {text}"), Need.METER_READING) == ()) is is_reading


def test_whoever_names_the_contract_is_not_asked_for_the_house() -> None:
    """REQ-C17: a dent in a car has no flat; what is insured is known by its contract."""
    directory = a_directory(people=(replace(a_person(), occupancies=()),), contracts=(a_contract(),))
    wants = needing(Need.PROPERTY, Need.UNIT, Need.PHONE)
    named = decide(
        a_message("Ein Schaden zum Vertrag V-4711-0815.", "Schaden"), directory=directory, rules=wants
    )
    assert notice(named, Template.ACKNOWLEDGEMENT).needs == (Need.PHONE,)
    unnamed = decide(a_message("Ein Schaden.", "Schaden"), directory=directory, rules=wants)
    assert notice(unnamed, Template.ACKNOWLEDGEMENT).needs == (Need.PROPERTY, Need.UNIT, Need.PHONE)


def test_a_logo_in_a_signature_is_no_photo() -> None:
    logo = Attachment("logo.png", "image/png", 4_000, "0" * 64, True, "logo", 1)
    assert missing(a_message("Ein Schaden.", "Schaden", attachments=(logo,)), Need.PHOTO) == (Need.PHOTO,)


def test_whose_phone_we_know_is_not_asked_for_it() -> None:
    known = a_directory(people=(a_person(phones=("0176 1",)),))
    decision = decide(a_message("Ein Schaden.", "Schaden"), directory=known, rules=needing(Need.PHONE))
    assert "asked" not in kinds(decision)


def test_who_has_two_flats_picks_from_exactly_those() -> None:
    """Ambiguity 28."""
    others = a_property("linden-7", "Lindenweg", "7")
    directory = a_directory(properties=(*HOUSES, others), people=(a_person(occupancies=TWO),))
    decision = decide(a_message("Ein Schaden an der Dachrinne.", "Schaden"), directory=directory)
    one = notice(decision, Template.ACKNOWLEDGEMENT)
    assert asked(decision).choices == (Choice("unit", "max-planck-12-we03"), Choice("property", "goethe-5"))
    assert len(one.choices) == 2
    assert "Max-Planck-Straße 12, WE 03" in one.choices[0]
    assert one.needs == ()


def test_who_moved_out_is_not_shown_the_old_flat() -> None:
    gone = replace(TWO[0], validity=Validity(until=(NOW - timedelta(days=30)).date()))
    directory = a_directory(properties=HOUSES, people=(a_person(occupancies=(gone, TWO[1])),))
    decision = decide(a_message("Ein Schaden.", "Schaden"), directory=directory, rules=needing(Need.UNIT))
    assert notice(decision, Template.ACKNOWLEDGEMENT).choices == ()


def test_who_shares_an_address_is_asked_openly_and_shown_nothing() -> None:
    two = (a_person(occupancies=TWO), a_person("mueller2", "Eva Müller", occupancies=(TWO[1],)))
    message = a_message("Ein Schaden.", "Schaden", Address("Familie", MUELLER.address))
    decision = decide(message, directory=a_directory(properties=HOUSES, people=two))
    one = notice(decision, Template.ACKNOWLEDGEMENT)
    assert (one.choices, one.needs) == ((), (Need.PROPERTY,))


def test_a_stranger_whose_address_is_proven_is_asked_openly_and_shown_nothing() -> None:
    """Ambiguity 29."""
    stranger = Address("", "wer@irgendwo.example")
    decision = decide(
        a_message("Ein Schaden.", "Schaden", stranger, auth=ALIGNED), envelope=an_envelope(stranger.address)
    )
    one = notice(decision, Template.ACKNOWLEDGEMENT)
    assert (one.choices, one.needs, one.place) == ((), (Need.PROPERTY,), "")


def test_a_contract_is_asked_for_with_the_senders_own() -> None:
    contracts = (
        a_contract("v1", "V-1/1"),
        a_contract("v2", "V-2/2", line_of_business="Hausrat"),
        a_contract("v3", "V-3/3"),
    )
    directory = a_directory(people=(a_person(occupancies=(), contracts=("v1", "v2")),), contracts=contracts)
    rules = Rules(
        replace(RULESET, case_types=(a_case_type("vertrag", ToChain(CHAINS["ams5"]), {"vertrag": 3.0}),))
    )
    decision = decide(a_message("Mein Vertrag?", "Vertrag"), directory=directory, rules=rules)
    assert notice(decision, Template.ACKNOWLEDGEMENT).choices == ("V-1/1", "Hausrat V-2/2")
    assert any("V-2/2" in one for one in notice(decision, Template.TRIAGE).candidates), (
        "the desk gets the same list"
    )


# --- answers ----------------------------------------------------------------------------------------------------

TRIAGE = a_ticket(
    status=Status.TRIAGE,
    assignee="zeiler",
    role="zentrale",
    place=replace(a_ticket().place, property=None, unit=None),
    asked=True,
)
QUESTION = Question((Choice("unit", "max-planck-12-we03"), Choice("property", "goethe-5")), HOUSES, ())


def answer(text: str, **more: object) -> Decision:
    facts = in_ticket(TRIAGE, MUELLER_PARTY, place=(None, None, None), question=QUESTION, **more)
    return says(MUELLER_PARTY, text, facts=facts)


@pytest.mark.parametrize(
    "text", ["1", "1.", "Nr. 1", "Hallo,\n\n1\n\nViele Grüße\nMüller", "1 bitte", "Die 1"]
)
def test_the_answer_routes_the_ticket(text: str) -> None:
    """REQ-E8, ambiguity 28."""
    decision = answer(text)
    assert kinds(decision) == ["message-added", "corrected", "rerouted"]
    assert decision.ticket is not None
    assert (decision.ticket.place.unit, decision.ticket.assignee, decision.ticket.status) == (
        "max-planck-12-we03",
        "schmidt",
        Status.OFFERED,
    )
    assert [(one.template, one.to.id) for one in decision.notices] == [
        (Template.NOTIFICATION, "schmidt"),
        (Template.SETTLED, "zeiler"),
    ]


@pytest.mark.parametrize("text", ["3", "0", "Danke!", "Ich melde mich am 2. Dezember.", ""])
def test_what_is_no_answer_is_a_message_like_any_other(text: str) -> None:
    decision = answer(text)
    assert (
        "rerouted" not in kinds(decision)
        or decision.ticket is None
        or decision.ticket.place.property == "max-planck-12"
    )


def test_what_somebody_has_accepted_stays_with_them() -> None:
    accepted = replace(TRIAGE, status=Status.ACCEPTED)
    facts = in_ticket(accepted, MUELLER_PARTY, place=(None, None, None), question=QUESTION)
    decision = says(MUELLER_PARTY, "1", facts=facts)
    assert kinds(decision) == ["message-added", "corrected"]
    assert [(one.template, one.to.id) for one in decision.notices] == [(Template.FOLLOW_UP, "zeiler")]


@pytest.mark.parametrize("status", [Status.PARTNER_ASKED, Status.WITH_PARTNER])
def test_while_a_firm_is_asked_or_has_it_the_answer_is_a_message_like_any_other(status: Status) -> None:
    """What it is about is set right again once the ticket is back."""
    outside = replace(TRIAGE, status=status, partner="sturm")
    facts = in_ticket(outside, MUELLER_PARTY, place=(None, None, None), question=QUESTION)
    decision = says(MUELLER_PARTY, "1", facts=facts)
    assert kinds(decision) == ["message-added"]
    assert [(one.template, one.to.id) for one in decision.notices] == [(Template.FOLLOW_UP, "zeiler")]


def test_nobody_else_answers_for_the_reporter() -> None:
    """reliability §4: a forwarded letter hands over no rights."""
    other = replace(MUELLER_PARTY, id=None, name="", address="evil@irgendwo.example")
    facts = in_ticket(TRIAGE, MUELLER_PARTY, place=(None, None, None), question=QUESTION)
    assert kinds(says(other, "1", facts=facts)) == ["message-added"]
    assert kinds(says(MUELLER_PARTY, "1", facts=replace(facts, proof=None, thread=TRIAGE))) == [
        "message-added"
    ]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [("2", (2,)), ("1, 3", (1, 3)), ("1 und 3", (1, 3)), ("1 + 3", (1, 3)), ("Nr. 2", (2,)), ("1 3", (1, 3)),
     ("-2", ()), ("+49 89 1234", ()), ("2 Tage", ()), ("am 2.12.", ()), ("", ()), ("1, 1", (1,))],
)  # fmt: skip
def test_numbers_of_a_line(line: str, numbers: tuple[int, ...]) -> None:
    assert numbers_in(line) == numbers


def test_numbers_below_each_other_are_one_answer() -> None:
    assert first_numbers(["Hallo,", "", "1", "3", "Gruß", "4"]) == (1, 3)


def test_facts_without_a_question_change_nothing() -> None:
    assert Facts().question is None
