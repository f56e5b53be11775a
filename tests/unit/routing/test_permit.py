"""What a customer's grant lets their mail become; without any grant everybody may write, as before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailroute.model.access import Access
from mailroute.model.address import Address
from mailroute.model.change import Asked
from mailroute.model.decision import Decision, Disposition
from mailroute.model.directory import Contract, Directory, Person
from mailroute.model.facts import Facts
from mailroute.model.grant import Box, ContractSharing, Grant, Permissions, Right, View
from mailroute.model.letter import Template
from mailroute.model.message import Message
from mailroute.model.ruleset import CHAINS, ToChain
from mailroute.routing.work import Rules
from tests.support.deciding import ALIGNED, NOT_ALIGNED, RULESET, decide, notice, told
from tests.support.factories import RECHNUNG, SCHADEN, a_directory, a_message
from tests.support.grants import KLARA, a_grant

KLARA_ADDRESS = Address("Klara Muster", KLARA)
HRV = Contract(
    "HRV-500100",
    "HRV-500100",
    line_of_business="Hausrat",
    status="EIGEN",
    adviser="huber",
    parties=("k-2001",),
)
KFZ = Contract("KFZ-500200", "KFZ-500200", line_of_business="KFZ", status="EIGEN", parties=("k-2001",))
EVERY = Permissions(primary_contact=True, messages=True, damage_reports=True, damage_without_contract=True)
DAMAGE = a_message("Bei mir ist ein Schaden entstanden.", "Schaden", KLARA_ADDRESS, auth=ALIGNED)
MESSAGE = a_message("Ich habe eine Frage zu meiner Rechnung.", "Rechnung", KLARA_ADDRESS, auth=ALIGNED)


def rules() -> Rules:
    """Damages and invoices go to the adviser of the contract, then to the account manager."""
    chain = ToChain(CHAINS["ams5"])
    damage = replace(SCHADEN, target=chain, right=Right.DAMAGE_REPORTS)
    return Rules(replace(RULESET, case_types=(replace(RECHNUNG, target=chain), damage)))


BROKER = rules()


def with_grant(permissions: Permissions, **more: object) -> Grant:
    base = a_grant(permissions=permissions, account_manager="schmidt", contracts=ContractSharing((Box.OWN,)))
    return replace(base, **more)  # type: ignore[arg-type]  # Grant's own names


def writes(
    message: Message, *grants: Grant, contracts: tuple[Contract, ...] = (HRV, KFZ), known: bool = True
) -> Decision:
    """What becomes of a mail of Frau Muster."""
    base = a_directory()
    klara = Person("k-2001", "Klara Muster", (KLARA_ADDRESS,), contracts=tuple(one.id for one in contracts))
    directory = Directory(
        base.properties, (*base.people, *([klara] if known else [])), (*base.contracts, *contracts)
    )
    return decide(message, Facts(access=Access(grants, contracts)), directory=directory, rules=BROKER)


def test_without_grants_a_customer_may_write() -> None:
    base = a_directory()
    klara = Person("k-2001", "Klara Muster", (KLARA_ADDRESS,))
    decision = decide(MESSAGE, directory=replace(base, people=(*base.people, klara)), rules=BROKER)
    assert decision.disposition is Disposition.TRIAGE
    assert (Template.ACKNOWLEDGEMENT, "klara") in told(decision)


def test_with_the_right_to_write_a_mail_becomes_a_ticket_of_the_account_manager() -> None:
    """REQ-A4, A11, C16, C22."""
    decision = writes(MESSAGE, with_grant(EVERY))
    assert decision.disposition is Disposition.OPEN
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.role) == ("schmidt", "account-manager")
    assert told(decision) == [(Template.NOTIFICATION, "schmidt"), (Template.ACKNOWLEDGEMENT, "klara")]


def test_the_adviser_of_a_named_contract_comes_first() -> None:
    """REQ-A2, A3."""
    message = a_message("Rechnung zu HRV-500100, bitte prüfen.", "Rechnung", KLARA_ADDRESS, auth=ALIGNED)
    decision = writes(message, with_grant(EVERY))
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.role) == ("huber", "adviser")
    other = a_message("Rechnung zu KFZ-500200, bitte prüfen.", "Rechnung", KLARA_ADDRESS, auth=ALIGNED)
    decision = writes(other, with_grant(EVERY))
    assert decision.ticket is not None
    assert decision.ticket.assignee == "schmidt"


def test_an_account_manager_who_is_not_there_leaves_it_to_triage() -> None:
    """REQ-A13: never dropped."""
    decision = writes(MESSAGE, with_grant(EVERY, account_manager="gone"))
    assert decision.disposition is Disposition.TRIAGE
    assert told(decision)[0] == (Template.TRIAGE, "zeiler")


def test_the_account_manager_of_the_main_grant_counts() -> None:
    """Ambiguity 6."""
    further = with_grant(EVERY, id="a-further", main=False, account_manager="huber")
    decision = writes(MESSAGE, further, with_grant(EVERY))
    assert decision.ticket is not None
    assert decision.ticket.assignee == "schmidt"


@pytest.mark.parametrize(
    ("message", "permissions"),
    [
        (MESSAGE, Permissions(primary_contact=True, damage_reports=True)),
        (MESSAGE, replace(EVERY, primary_contact=False)),
        (DAMAGE, replace(EVERY, damage_reports=False)),
    ],
    ids=["messages", "primary-contact", "damage-reports"],
)
def test_without_the_right_it_goes_to_triage_and_the_answer_is_neutral(
    message: Message, permissions: Permissions
) -> None:
    """REQ-C14, C16, C17."""
    decision = writes(message, with_grant(permissions))
    assert decision.disposition is Disposition.TRIAGE
    assert told(decision) == [(Template.TRIAGE, "zeiler"), (Template.REFUSED, "klara")]
    assert notice(decision, Template.REFUSED).hints == ()


@pytest.mark.parametrize("granted", [True, False])
def test_a_mail_about_a_foreign_contract_needs_the_right_to_add_contracts_and_no_other(granted: bool) -> None:
    """REQ-C19: where a case type of the site says so."""
    foreign = replace(RECHNUNG, target=ToChain(CHAINS["ams5"]), right=Right.ADD_CONTRACTS)
    rules = Rules(replace(RULESET, case_types=(foreign,)))
    grants = (with_grant(Permissions(primary_contact=True, add_contracts=granted, messages=not granted)),)
    klara = Person("k-2001", "Klara Muster", (KLARA_ADDRESS,))
    decision = decide(
        MESSAGE, Facts(access=Access(grants)), directory=a_directory(people=(klara,)), rules=rules
    )
    assert decision.disposition is (Disposition.OPEN if granted else Disposition.TRIAGE)
    assert ((Template.REFUSED, "klara") in told(decision)) is not granted


def test_a_customer_in_no_grant_is_refused_and_a_tenant_needs_none() -> None:
    """REQ-C16; ambiguity 29."""
    refused = writes(MESSAGE)
    assert (Template.REFUSED, "klara") in told(refused)
    tenant = decide(
        a_message("In der Max-Planck-Straße 12 ist ein Schaden.", "Schaden"), Facts(access=Access())
    )
    assert (Template.ACKNOWLEDGEMENT, "mueller") in told(tenant)
    assert tenant.disposition is Disposition.OPEN


def test_an_emergency_always_passes() -> None:
    """REQ-C17, ambiguity 29."""
    notfall = replace(SCHADEN, id="notfall", emergency=True, urgency=1)
    rules = Rules(replace(RULESET, case_types=(notfall,)))
    base = a_directory()
    klara = Person("k-2001", "Klara Muster", (KLARA_ADDRESS,))
    message = replace(
        DAMAGE, text="Max-Planck-Straße 12: Schaden!", new_text="Max-Planck-Straße 12: Schaden!"
    )
    decision = decide(
        message,
        Facts(access=Access()),
        directory=replace(base, people=(*base.people, klara)),
        rules=rules,
    )
    assert decision.disposition is Disposition.OPEN
    assert (Template.REFUSED, "klara") not in told(decision)


def test_a_damage_without_a_contract_is_for_the_account_manager_where_the_grant_allows_it() -> None:
    """REQ-C18, A11."""
    decision = writes(DAMAGE, with_grant(EVERY))
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.place.contract) == ("schmidt", None)


def test_the_only_contract_that_is_shown_is_taken_and_the_answer_says_so() -> None:
    """REQ-C18."""
    decision = writes(DAMAGE, with_grant(replace(EVERY, damage_without_contract=False)), contracts=(HRV,))
    assert decision.ticket is not None
    assert (decision.ticket.place.contract, decision.ticket.assignee) == ("HRV-500100", "huber")
    assert any("HRV-500100" in one for one in notice(decision, Template.ACKNOWLEDGEMENT).hints)


def test_with_several_contracts_the_sender_is_asked_which_one_and_the_account_manager_has_it_meanwhile() -> (
    None
):
    """REQ-C18: a numbered list of what they see."""
    decision = writes(DAMAGE, with_grant(replace(EVERY, damage_without_contract=False)))
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.place.contract) == ("schmidt", None)
    [asked] = [one for one in decision.changes if isinstance(one, Asked)]
    assert [(one.what, one.id) for one in asked.choices] == [
        ("contract", "HRV-500100"),
        ("contract", "KFZ-500200"),
    ]


HPV = replace(HRV, id="HPV-1", number="HPV-1", line_of_business="Privathaftpflicht", adviser=None)
OTHER = replace(KFZ, id="KFZ-2", number="KFZ-2", line_of_business="Kfz")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Ein Schaden an meinem Hausrat.", "HRV-500100"),
        ("Ein Schaden, bitte für die Hausratversicherung.", "HRV-500100"),
        ("Ich melde einen Kfz-Schaden.", "KFZ-500200"),
        ("Ein Schaden für die Haftpflicht.", "HPV-1"),
        ("Ein Schaden.", None),
        ("Ein Schaden für die Versicherung.", None),
        ("Ein Schaden an Hausrat und Kfz.", None),
    ],
)
def test_of_several_contracts_the_one_in_the_line_that_the_mail_names_is_taken(
    text: str, taken: str | None
) -> None:
    """REQ-C18: exactly one visible contract of a fitting line of business."""
    message = a_message(text, "Schaden", KLARA_ADDRESS, auth=ALIGNED)
    decision = writes(
        message, with_grant(replace(EVERY, damage_without_contract=False)), contracts=(HRV, KFZ, HPV)
    )
    assert decision.ticket is not None
    assert decision.ticket.place.contract == taken
    hints = notice(decision, Template.ACKNOWLEDGEMENT).hints
    assert any(taken in one for one in hints) if taken else not any("zugeordnet" in one for one in hints)


def test_only_the_contracts_in_the_line_that_the_mail_names_are_offered() -> None:
    """REQ-C18."""
    message = a_message("Ich melde einen Kfz-Schaden.", "Schaden", KLARA_ADDRESS, auth=ALIGNED)
    decision = writes(
        message, with_grant(replace(EVERY, damage_without_contract=False)), contracts=(HRV, KFZ, OTHER)
    )
    [asked] = [one for one in decision.changes if isinstance(one, Asked)]
    assert [one.id for one in asked.choices] == ["KFZ-500200", "KFZ-2"]


def test_the_only_contract_they_see_is_not_taken_for_a_damage_in_another_line() -> None:
    """REQ-C18: theirs in that line is not shown to them, so they are asked."""
    hidden = replace(KFZ, status="STORNO")
    message = a_message("Ich melde einen Kfz-Schaden.", "Schaden", KLARA_ADDRESS, auth=ALIGNED)
    decision = writes(
        message, with_grant(replace(EVERY, damage_without_contract=False)), contracts=(HRV, hidden)
    )
    assert decision.ticket is not None
    assert decision.ticket.place.contract is None
    [asked] = [one for one in decision.changes if isinstance(one, Asked)]
    assert [one.id for one in asked.choices] == ["HRV-500100"]


def test_a_named_contract_counts_whatever_line_the_words_name() -> None:
    """REQ-C18, A2."""
    message = a_message("Schaden an Hausrat, Vertrag KFZ-500200.", "Schaden", KLARA_ADDRESS, auth=ALIGNED)
    decision = writes(message, with_grant(replace(EVERY, damage_without_contract=False)))
    assert decision.ticket is not None
    assert decision.ticket.place.contract == "KFZ-500200"


def test_who_is_not_proven_is_asked_without_a_list() -> None:
    """REQ-C18, ambiguity 30."""
    forged = replace(DAMAGE, auth=NOT_ALIGNED)
    decision = writes(forged, with_grant(replace(EVERY, damage_without_contract=False)))
    assert [one.choices for one in decision.changes if isinstance(one, Asked)] in ([()], [])
    assert "500100" not in str(notice(decision, Template.ACKNOWLEDGEMENT))


def test_a_contract_that_they_do_not_see_decides_nothing_for_them() -> None:
    """REQ-C17: contract visible."""
    foreign = Contract("KFZ-999900", "KFZ-999900", status="EIGEN", adviser="huber", parties=("somebody",))
    message = replace(DAMAGE, new_text="Schaden zu KFZ-999900", text="Schaden zu KFZ-999900")
    decision = writes(message, with_grant(EVERY), contracts=(HRV, KFZ, foreign))
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.place.contract) == ("schmidt", None)


def test_a_damage_without_any_visible_contract_is_refused() -> None:
    """REQ-C17, C18."""
    decision = writes(DAMAGE, with_grant(replace(EVERY, damage_without_contract=False)), contracts=())
    assert (Template.REFUSED, "klara") in told(decision)


def test_a_forged_from_gets_no_data() -> None:
    """Ambiguity 30."""
    forged = replace(DAMAGE, auth=NOT_ALIGNED)
    decision = writes(forged, with_grant(replace(EVERY, damage_without_contract=False)), contracts=(HRV,))
    assert notice(decision, Template.ACKNOWLEDGEMENT).hints == ()


def test_the_account_manager_is_named_only_where_the_grant_shows_them() -> None:
    """REQ-C23."""
    hidden = notice(writes(MESSAGE, with_grant(EVERY)), Template.ACKNOWLEDGEMENT).hints
    shown = notice(
        writes(MESSAGE, with_grant(EVERY, show_account_manager=True)), Template.ACKNOWLEDGEMENT
    ).hints
    assert hidden == ()
    assert [one for one in shown if "Ansprechperson" in one and "Schmidt" in one]


def test_the_link_to_the_rate_calculator_is_for_those_who_may_use_it() -> None:
    """REQ-C20."""
    link = "https://rechner.example/abc"
    on = with_grant(replace(EVERY, offers=True), calculator=link)
    off = with_grant(EVERY, calculator=link)
    assert any(link in one for one in notice(writes(MESSAGE, on), Template.ACKNOWLEDGEMENT).hints)
    assert not any(link in one for one in notice(writes(MESSAGE, off), Template.ACKNOWLEDGEMENT).hints)


def test_a_commercial_customer_reads_when_it_came_and_for_which_contract() -> None:
    """REQ-C13."""
    message = a_message("Rechnung zu HRV-500100", "Rechnung", KLARA_ADDRESS, auth=ALIGNED)
    private = notice(writes(message, with_grant(EVERY)), Template.ACKNOWLEDGEMENT).hints
    commercial = notice(
        writes(message, with_grant(EVERY, view=View.COMMERCIAL)), Template.ACKNOWLEDGEMENT
    ).hints
    assert private == ()
    assert [one.partition(":")[0] for one in commercial] == ["Eingang", "Vertrag"]


def test_an_employee_whom_only_the_grant_names_may_write() -> None:
    """REQ-C9."""
    decision = writes(MESSAGE, with_grant(EVERY), known=False)
    assert decision.disposition is Disposition.OPEN
    assert decision.ticket is not None
    assert (decision.ticket.reporter.kind.value, decision.ticket.reporter.name) == (
        "customer",
        "Klara Muster",
    )


def test_a_contract_that_covers_nothing_yet_or_no_more_is_not_offered_for_a_damage() -> None:
    """REQ-C18: the contracts that a damage may belong to; here one is left, and taken."""
    offer = replace(HRV, id="ANG-1", number="ANG-1", status="ANGEBOT", documented_on=None)
    gone = replace(HRV, id="ALT-1", number="ALT-1", status="STORNO")
    boxes = ContractSharing((Box.OWN, Box.POLICY, Box.OFFER, Box.CANCELLED))
    grant = replace(EVERY, damage_without_contract=False)
    decision = writes(DAMAGE, replace(with_grant(grant), contracts=boxes), contracts=(offer, HRV, gone))
    assert decision.ticket is not None
    assert decision.ticket.place.contract == "HRV-500100"
    alone = writes(DAMAGE, replace(with_grant(grant), contracts=boxes), contracts=(offer, gone))
    assert (Template.REFUSED, "klara") in told(alone)
