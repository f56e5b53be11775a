"""What a customer's grant lets their mail become: a ticket, or a neutral answer with a copy to triage (REQ-C14 to C19).

Tenants, owners, partners, staff and strangers need no grant, and an emergency needs nothing. Nothing is ever dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mailroute.model.access import Access, Viewer
from mailroute.model.decision import Assignment, Classified, Matched, Station, Step
from mailroute.model.directory import Contract
from mailroute.model.facts import Facts
from mailroute.model.grant import ContractStatus, Grant, Right, contract_status
from mailroute.model.ruleset import CaseType, Ruleset
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.assign import assign, to_account_manager, to_triage
from mailroute.routing.lines import named_lines
from mailroute.routing.sharing import rights, visible_contracts


class Verdict(StrEnum):
    """What becomes of it. ASK: a damage that may not be reported without a contract, and names none (REQ-C18)."""

    OPEN = "open"
    REFUSED = "refused"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Permit:
    """The verdict, and what the mail is about after it.

    `choices` are the contracts to choose from, `picked` is the one that a damage belongs to.
    """

    verdict: Verdict
    matched: Matched
    steps: tuple[Step, ...] = ()
    choices: tuple[Contract, ...] = ()
    picked: Contract | None = None


def viewer_of(party: Party, access: Access | None) -> Viewer:
    """A party as somebody who looks at tickets."""
    person = (party.kind, party.id) if party.id is not None else None
    if access is None:
        return Viewer(party.address, person)
    return Viewer(party.address, person, access.of(party.address), access.contracts)


def permit(
    about: Party,
    case_type: CaseType | None,
    matched: Matched,
    classified: Classified,
    access: Access | None,
    said: str,
    form: Right | None = None,
) -> Permit:
    """Whether a new ticket may be made of a mail for `about`. `said` are the words of the mail.

    `form` is the right that opened the form in which it was written: it says what they want, whatever the words are like.
    """
    if access is None or about.kind not in (PartyKind.CUSTOMER, PartyKind.UNKNOWN):
        return Permit(Verdict.OPEN, matched)
    grants = access.of(about.address)
    if classified.emergency:
        return _open(matched, "an emergency needs no right", _rule(grants))
    if not grants:
        if about.kind is PartyKind.UNKNOWN:
            return Permit(Verdict.OPEN, matched)
        return _refused(matched, f"{about.address} is a member of no grant", None)
    right = form or (case_type.right if case_type is not None else Right.MESSAGES)
    if right not in rights(grants):
        return _refused(
            matched, f"the grants of {about.address} give no right to {right.value}", _rule(grants)
        )
    if right is Right.DAMAGE_REPORTS:
        return _damage(about, matched, grants, access, said)
    return _open(matched, f"{right.value} of the grant {grants[0].id}", _rule(grants))


def assignment_of(
    allowed: Permit, case_type: CaseType | None, about: Party, facts: Facts, ruleset: Ruleset, day: date
) -> Assignment:
    """Whose it is. What no rule decides is for the account manager of the sender's grant (REQ-A4, A8, A11, C22)."""
    because = allowed.steps[-1].because if allowed.steps else ""
    rule = allowed.steps[-1].rule if allowed.steps else None
    if allowed.verdict is Verdict.REFUSED:
        return to_triage(ruleset, day, because, rule)
    found = assign(case_type, allowed.matched, facts, ruleset, day)
    grants = facts.access.of(about.address) if facts.access is not None else ()
    name = next((one.account_manager for one in grants if one.account_manager is not None), None)
    if not found.triage or name is None:
        return found
    return to_account_manager(name, ruleset, day, _rule(grants), found.steps) or found


def _damage(about: Party, matched: Matched, grants: tuple[Grant, ...], access: Access, said: str) -> Permit:
    """A damage needs a contract that the sender sees, or the right to do without (gate of C14)."""
    shown = visible_contracts(grants, access.contracts)
    rule = _rule(grants)
    named = next((one for one in shown if one.id == matched.contract), None)
    if named is not None:
        return replace(_open(matched, f"damage_reports of the grant {grants[0].id}", rule), picked=named)
    # A contract they do not see tells them nothing, and decides nothing for them.
    without = replace(matched, contract=None)
    if Right.DAMAGE_WITHOUT_CONTRACT in rights(grants):
        return _open(without, f"damage_without_contract of the grant {grants[0].id}", rule)
    possible = tuple(one for one in shown if contract_status(one.status) not in _WITHOUT_COVER)
    if not possible:
        return _refused(without, f"{about.address} sees no contract that the damage could belong to", rule)
    lines = named_lines((one.line_of_business for one in access.contracts), said)
    fitting = tuple(one for one in possible if one.line_of_business in lines) if lines else possible
    if len(fitting) == 1:
        return _taken(fitting[0], about, matched, lines, rule)
    asked = fitting or possible
    because = f"which of the {len(asked)} contracts that {about.address} sees?"
    return Permit(Verdict.ASK, without, (Step(Station.ASSIGN, "asks back", because, rule),), asked)


def _taken(only: Contract, about: Party, matched: Matched, lines: frozenset[str], rule: str | None) -> Permit:
    """The one contract that fits: the only one, or the only one of a line of business that the mail names."""
    because = f"the only contract of {about.address} that covers damages"
    if lines:
        because += f" in what the mail names: {', '.join(sorted(lines))}"
    step = Step(Station.MATCH, only.number, because, rule)
    return Permit(Verdict.OPEN, replace(matched, contract=only.id), (step,), picked=only)


# What is not yet or no longer in force covers no damage: such a contract is not offered, but may be named (REQ-C18).
_WITHOUT_COVER = frozenset({ContractStatus.INQUIRY, ContractStatus.OFFER, ContractStatus.CANCELLED})


def _open(matched: Matched, because: str, rule: str | None) -> Permit:
    return Permit(Verdict.OPEN, matched, (Step(Station.IDENTIFY, "may write", because, rule),))


def _refused(matched: Matched, because: str, rule: str | None) -> Permit:
    return Permit(Verdict.REFUSED, matched, (Step(Station.ASSIGN, "not granted", because, rule),))


def _rule(grants: tuple[Grant, ...]) -> str | None:
    return grants[0].rule or None if grants else None
