"""Who must act (requirements §1.A and §1.E)."""

from dataclasses import replace
from datetime import date

import pytest

from mailroute.model.decision import Assignment, Matched
from mailroute.model.directory import Contract, Found, Property
from mailroute.model.facts import Facts
from mailroute.model.ruleset import CHAINS, Absence, CaseType, Ruleset, Source, ToChain
from mailroute.routing.assign import assign, assign_again, escalate_to, find_staff, suggest_staff
from tests.support.factories import (
    RECHNUNG,
    SCHADEN,
    TODAY,
    a_case_type,
    a_contract,
    a_match,
    a_property,
    a_role,
    a_ruleset,
    a_staff,
    a_ticket,
    an_organisation,
)


def away(staff: str, deputy: str | None = None, since: date = TODAY, until: date = TODAY) -> Absence:
    return Absence(staff, since, until, deputy, Source("absences.yaml", 3))


def assigned(
    case_type: CaseType | None = RECHNUNG,
    house: Property | None = None,
    matched: Matched | None = None,
    contracts: tuple[Contract, ...] = (),
    **rules: object,
) -> Assignment:
    house = house or a_property()
    facts = Facts(found=Found(properties=(house,), contracts=contracts))
    return assign(case_type, matched or a_match(house.id), facts, a_ruleset(**rules), TODAY)


@pytest.mark.parametrize(("case_type", "assignee"), [(RECHNUNG, "huber"), (SCHADEN, "schmidt")])
def test_req_e4_e6_e7_the_case_types_role_at_the_property_owns_the_ticket(
    case_type: CaseType, assignee: str
) -> None:
    result = assigned(case_type)

    assert (result.assignee, result.triage, result.informed) == (assignee, False, ())
    assert result.via == f"role {result.role} at max-planck-12"
    assert result.steps[-1].rule == "case-types.yaml:12"


def test_req_e3_the_same_role_is_another_person_at_another_property() -> None:
    assert assigned(house=a_property("p2", roles={"buchhaltung": ("weber",)})).assignee == "weber"


def test_req_e9_of_two_holders_the_first_owns() -> None:
    assert assigned(house=a_property(roles={"buchhaltung": ("weber", "huber")})).assignee == "weber"


def test_req_e11_an_absent_holder_is_stood_in_for_by_their_deputy() -> None:
    house = a_property(roles={"buchhaltung": ("huber", "lang")})
    result = assigned(house=house, absences=(away("huber", "weber"),))

    assert result.assignee == "weber"
    assert result.via == "role buchhaltung at max-planck-12, deputy of huber (away)"


def test_req_e11_without_a_deputy_the_next_holder_takes_it() -> None:
    house = a_property(roles={"buchhaltung": ("huber", "lang")})

    assert assigned(house=house, absences=(away("huber"),)).assignee == "lang"


def test_req_e11_deputies_who_are_away_too_end_in_the_fallback_not_in_a_circle() -> None:
    absences = (away("huber", "weber"), away("weber", "huber"))
    result = assigned(
        house=a_property(roles={"buchhaltung": ("huber",), "objektbetreuung": ("lang",)}), absences=absences
    )

    assert (result.role, result.assignee) == ("objektbetreuung", "lang")
    assert result.via == "fallback role objektbetreuung at max-planck-12"


def test_req_e11_an_absence_counts_from_its_first_to_its_last_day() -> None:
    before = away("huber", "weber", since=date(2026, 1, 1), until=date(2026, 2, 1))

    assert assigned(absences=(before,)).assignee == "huber"
    assert assigned(absences=(replace(before, until=TODAY),)).assignee == "weber"


def test_where_the_property_names_nobody_a_site_wide_holder_takes_it() -> None:
    roles = (*a_ruleset().roles[1:], a_role("buchhaltung", "lang"))

    assert assigned(house=a_property(roles={}), roles=roles).via == "role buchhaltung site-wide"


def test_req_e10_staff_for_all_new_properties_take_what_names_nobody() -> None:
    staff = (*a_ruleset().staff, a_staff("neu", roles_for_new_properties=("buchhaltung",)))

    assert assigned(house=a_property(roles={}), staff=staff).assignee == "neu"
    assert assigned(staff=staff).assignee == "huber"


def test_req_e8_nobody_holds_the_role_then_fallback_role_then_triage() -> None:
    fallback = assigned(house=a_property(roles={"objektbetreuung": ("weber",)}))
    triage = assigned(house=a_property(roles={}))

    assert (fallback.role, fallback.assignee, fallback.triage) == ("objektbetreuung", "weber", False)
    assert fallback.steps[0].verdict == "nobody"
    assert (triage.role, triage.assignee, triage.triage) == ("zentrale", "zeiler", True)


def test_inactive_staff_are_never_chosen() -> None:
    staff = tuple(replace(one, active=one.id != "huber") for one in a_ruleset().staff)

    assert assigned(staff=staff).triage


def test_an_unclear_matter_goes_to_triage() -> None:
    result = assigned(None)

    assert (result.assignee, result.triage) == ("zeiler", True)
    assert "not clear" in result.steps[0].because


def test_an_ambiguous_property_goes_to_triage_unless_the_role_is_held_site_wide() -> None:
    ambiguous = a_match(None, ambiguous=True)

    assert assigned(RECHNUNG, matched=ambiguous).triage
    complaint = assigned(a_case_type("beschwerde", "leitung"), matched=ambiguous)
    assert (complaint.assignee, complaint.triage) == ("lang", False)


def test_triage_has_somebody_even_when_its_holder_is_away() -> None:
    assert assigned(None, absences=(away("zeiler"),)).assignee == "zeiler"


def test_req_e4_further_roles_are_informed_once_and_never_the_assignee() -> None:
    """Ambiguity 26: the first of two roles owns, the others are informed."""
    house = a_property(
        roles={"buchhaltung": ("huber",), "sachbearbeitung": ("schmidt",), "objektbetreuung": ("schmidt",)}
    )
    case_type = a_case_type(
        "x", "buchhaltung", inform=("sachbearbeitung", "objektbetreuung", "buchhaltung", "leitung")
    )

    assert assigned(case_type, house).informed == ("schmidt", "lang")


CONTRACT = a_contract("v1", "V-1")


@pytest.mark.parametrize(
    ("chain", "adviser", "clerk", "assignee"),
    [
        ("ams5", "huber", None, "huber"),
        ("ams5", "huber", "schmidt", "huber"),
        ("ams5", None, "schmidt", "zeiler"),
        ("ams5-clerk", "huber", "schmidt", "schmidt"),
        ("ams5-clerk", None, "schmidt", "schmidt"),
        ("ams5-clerk", "huber", None, "zeiler"),
        ("ams5-clerk", None, None, "zeiler"),
    ],
)
def test_req_a3_a6_a7_the_contract_names_the_assignee(
    chain: str, adviser: str | None, clerk: str | None, assignee: str
) -> None:
    contract = replace(CONTRACT, adviser=adviser, clerk=clerk)
    case_type = a_case_type("vertrag", ToChain(CHAINS[chain]))
    result = assigned(case_type, matched=a_match(None, contract="v1"), contracts=(contract,))

    assert (result.assignee, result.triage) == (assignee, assignee == "zeiler")


def test_req_a11_a13_a_chain_without_contract_goes_to_triage_until_there_are_account_managers() -> None:
    result = assigned(a_case_type("vertrag", ToChain(CHAINS["ams5"])), matched=a_match(None))

    assert result.triage
    assert "no contract" in result.steps[0].because


def facts_at(house: Property) -> Facts:
    return Facts(found=Found(properties=(house,)), place=(house, None, None))


def test_escalation_brings_in_the_next_holder_of_the_role() -> None:
    house = a_property(roles={"sachbearbeitung": ("schmidt", "weber")})

    assert escalate_to(a_ticket(), facts_at(house), a_ruleset(), TODAY) == ("sachbearbeitung", "weber")


def test_escalation_goes_on_to_fallback_role_and_triage_and_never_to_the_assignee() -> None:
    house = a_property(roles={"sachbearbeitung": ("schmidt",), "objektbetreuung": ("schmidt", "lang")})
    bare = a_property(roles={"sachbearbeitung": ("schmidt",)})

    assert escalate_to(a_ticket(), facts_at(house), a_ruleset(), TODAY) == ("objektbetreuung", "lang")
    assert escalate_to(a_ticket(), facts_at(bare), a_ruleset(), TODAY) == ("zentrale", "zeiler")
    assert (
        escalate_to(a_ticket(assignee="zeiler", role="zentrale"), facts_at(bare), a_ruleset(), TODAY) is None
    )


def names(name: str, rules: Ruleset | None = None) -> list[str]:
    return [one.id for one in find_staff(name, rules or a_ruleset())]


@pytest.mark.parametrize(
    "name",
    [
        "schmidt",
        "Schmidt",
        "Bernd Schmidt",
        "Schmidt, Bernd",
        "Herrn Schmidt.",
        "schmidt@abc-hausverwaltung.example",
        "schm",
        "Bernd",
    ],
)
def test_a_colleague_is_found_as_people_name_them(name: str) -> None:
    assert names(name) == ["schmidt"]


def test_several_who_may_be_meant_are_all_named() -> None:
    rules = a_ruleset(staff=(a_staff("schmidt1", "Bernd Schmidt"), a_staff("schmidt2", "Clara Schmidt")))

    assert names("Schmidt", rules) == ["schmidt1", "schmidt2"]
    assert names("Clara Schmidt", rules) == ["schmidt2"]


def test_an_exact_name_beats_the_beginning_of_another() -> None:
    rules = a_ruleset(staff=(a_staff("web", "Ina Web"), a_staff("weber", "Clara Weber")))

    assert names("Web", rules) == ["web"]


def test_a_misspelt_or_inactive_colleague_is_nobody_but_may_be_suggested() -> None:
    assert names("Schmitt") == []
    assert [one.id for one in suggest_staff("Schmitt", a_ruleset())] == ["schmidt"]
    assert names("huber", a_ruleset(staff=(a_staff("huber", active=False),))) == []
    assert names("") == []


def test_a_site_without_fallback_role_goes_straight_to_triage() -> None:
    assert assigned(house=a_property(roles={}), organisation=an_organisation(fallback_role=None)).triage


@pytest.mark.parametrize(
    ("has_it", "gets_it"), [("schmidt", "schmidt"), ("huber", "huber"), ("weber", "schmidt")]
)
def test_req_e9_only_whom_the_property_names_keeps_the_turn_of_its_role(has_it: str, gets_it: str) -> None:
    """Frau Weber had it while no property was known; Max-Planck-Straße has its own two."""
    rules = a_ruleset()
    taking = tuple(
        replace(one, round_robin=True, site_wide=("weber", "zeiler")) if one.id == "sachbearbeitung" else one
        for one in rules.roles
    )
    house = a_property(roles={"sachbearbeitung": ("schmidt", "huber")})
    facts = Facts(found=Found(properties=(house,)))
    ticket = a_ticket(assignee=has_it, role="sachbearbeitung")
    to = assign_again(ticket, SCHADEN, a_match(house.id), facts, replace(rules, roles=taking), TODAY)
    assert to.assignee == gets_it
