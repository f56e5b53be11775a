"""One order of resolution for both worlds (requirements §1.E): feed, target of the case type, fallback, triage."""

from dataclasses import replace
from itertools import product

import pytest

from mailroute.model.decision import Decision, Disposition, Station
from mailroute.model.facts import Facts, Turn
from mailroute.model.ruleset import CHAINS, Link, ToChain
from mailroute.routing.work import Rules
from tests.support.deciding import ALIGNED, RULESET, decide
from tests.support.factories import (
    a_case_type,
    a_contract,
    a_directory,
    a_message,
    a_property,
    an_envelope,
)

FEED = "gevo@data.example"
ANYBODY = "Ich habe eine Frage zum Vertrag V-4711/0815."
NOBODYS = "Ich habe eine Frage zu meinem Vertrag."


def rules(chain: str) -> Rules:
    """Everything about contracts goes by the chain."""
    contracts = a_case_type("vertrag", ToChain(CHAINS[chain]), {"vertrag": 3.0})
    feeds = replace(RULESET.organisation, trusted_feeds=(FEED,))
    return Rules(replace(RULESET, case_types=(contracts,), organisation=feeds))


def expected(*, data: bool, contract: bool, option: bool, clerk: bool, adviser: bool) -> str:
    """requirements §1.A, written down a second time, row by row of the source and not as the program does it."""
    if data:
        return "zeiler"  # the list's own, whatever the contract says
    if not contract:
        return "lang"  # A4, A11: the account manager
    if option:
        return "huber" if clerk else "lang"  # A6, A7, A8
    return "weber" if adviser else "lang"  # A3, A4


@pytest.mark.parametrize(
    ("data", "contract", "option", "clerk", "adviser"), list(product([True, False], repeat=5))
)
def test_the_truth_table_of_the_chain(
    data: bool, contract: bool, option: bool, clerk: bool, adviser: bool
) -> None:
    """REQ-A1, A3, A4, A6, A7, A8, A10, A11, A12; ambiguities 1, 2, 4 and 5: all 32 rows."""
    named = a_contract(adviser="weber" if adviser else None, clerk="huber" if clerk else None)
    text = (ANYBODY if contract else NOBODYS) + ("\n\nBearbeiter: Zeiler" if data else "")
    decision = ask(text, "ams5-clerk" if option else "ams5", contracts=(named,), feed=data)
    row = {"data": data, "contract": contract, "option": option, "clerk": clerk, "adviser": adviser}
    assert decision.ticket is not None
    assert decision.ticket.assignee == expected(**row), decision.trace


def ask(
    text: str, chain: str, *, contracts: tuple[object, ...], feed: bool = False, manager: str | None = "lang"
) -> Decision:
    """A mail about a contract, of a customer whose grant has an account manager."""
    message = a_message(text, "Vertrag")
    if feed:
        sender = replace(message.from_[0], name="", address=FEED)
        message = replace(message, from_=(sender,), author=sender, auth=ALIGNED)
    directory = a_directory(people=(), contracts=contracts)  # type: ignore[arg-type]  # contracts of a test
    envelope = an_envelope(message.from_[0].address)
    return decide(
        message, Facts(account_manager=manager), envelope=envelope, directory=directory, rules=rules(chain)
    )


def test_a_chain_that_finds_nobody_goes_to_triage_and_says_what_was_tried() -> None:
    """REQ-A13, E8: never dropped, and each step with its reason."""
    decision = ask(NOBODYS, "classic", contracts=(), manager=None)
    assert decision.disposition is Disposition.TRIAGE
    tried = [step.verdict for step in decision.trace if step.station is Station.ASSIGN]
    assert tried[:3] == ["no clerk", "no adviser", "no account-manager"]


def test_the_classic_chain_asks_the_clerk_before_the_adviser() -> None:
    both = a_contract(adviser="weber", clerk="huber")
    one = a_contract(adviser="weber")
    assert [_assignee(ask(ANYBODY, "classic", contracts=(c,))) for c in (both, one)] == ["huber", "weber"]


def test_a_chain_may_have_any_order() -> None:
    own = ToChain((Link.ACCOUNT_MANAGER, Link.ADVISER))
    changed = replace(rules("ams5").ruleset, case_types=(a_case_type("vertrag", own, {"vertrag": 3.0}),))
    message = a_message(ANYBODY, "Vertrag")
    directory = a_directory(people=(), contracts=(a_contract(adviser="weber"),))
    facts = Facts(account_manager="huber")
    assert _assignee(decide(message, facts, directory=directory, rules=Rules(changed))) == "huber"


def test_contracts_of_one_customer_may_have_different_advisers() -> None:
    """REQ-A2."""
    two = (a_contract("v1", "V-1111/1", adviser="weber"), a_contract("v2", "V-2222/2", adviser="huber"))
    answers = [
        _assignee(ask(f"Zum Vertrag {number}.", "ams5", contracts=two)) for number in ("V-1111/1", "V-2222/2")
    ]
    assert answers == ["weber", "huber"]


def test_a_feed_that_names_nobody_goes_to_triage_and_not_to_the_chain() -> None:
    """REQ-A12."""
    decision = ask(ANYBODY, "ams5", contracts=(a_contract(adviser="weber"),), feed=True)
    assert decision.disposition is Disposition.TRIAGE
    assert any("feed names nobody" in step.because for step in decision.trace)


def test_nobody_else_can_say_whose_a_mail_is() -> None:
    text = f"{ANYBODY}\n\nBearbeiter: Zeiler"
    assert _assignee(ask(text, "ams5", contracts=(a_contract(adviser="weber"),))) == "weber"


# --- taking turns ------------------------------------------------------------------------------------------------

DAMAGE = a_message("In der Max-Planck-Straße 12 ist die Dachrinne kaputt.", "Schaden")


def in_turn(last: str, count: int, *, house: bool = True) -> Decision:
    roles = tuple(replace(one, round_robin=True) for one in RULESET.roles)
    home = a_property()
    holders = tuple(
        replace(one, staff=("schmidt", "huber", "weber")) if one.role == "sachbearbeitung" else one
        for one in home.responsibilities
    )
    turning = Rules(replace(RULESET, roles=roles))
    facts = Facts(turns=(Turn("sachbearbeitung", home.id, last, count),) if count else ())
    return decide(
        DAMAGE,
        facts,
        directory=a_directory(properties=(replace(home, responsibilities=holders),)),
        rules=turning,
    )


def test_those_who_hold_a_role_take_turns() -> None:
    """REQ-E9: deterministic, and each turn is claimed with its count."""
    order, last = [], ""
    for count in range(6):
        decision = in_turn(last, count)
        last = _assignee(decision)
        order.append(last)
        [turn] = decision.turns
        assert (turn.staff, turn.count) == (last, count + 1)
    assert order == ["schmidt", "huber", "weber"] * 2


def test_without_turns_the_first_one_gets_everything() -> None:
    """REQ-E9: the first owns it, others only when absent."""
    assert decide(DAMAGE).turns == ()


def _assignee(decision: Decision) -> str:
    assert decision.ticket is not None
    return decision.ticket.assignee
