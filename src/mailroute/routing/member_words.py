"""What the acknowledgement says to a member of a grant beside that their mail has arrived: our own words and data.

Data of contracts are for those who have proven who they are (ambiguity 30); a forged From gets the plain letter.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from mailroute.model.decision import Assurance, Sender
from mailroute.model.directory import Contract
from mailroute.model.facts import Facts
from mailroute.model.grant import Grant, Right, View
from mailroute.model.letter import Notice
from mailroute.model.moment import date_and_time
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.routing.permit import Permit, Verdict
from mailroute.routing.sharing import rights


def words_for_member(
    notice: Notice, allowed: Permit, facts: Facts, ruleset: Ruleset, sender: Sender
) -> tuple[str, ...]:
    """One sentence each, in the language of the letter; () for everybody who is a member of nothing."""
    grants = facts.access.of(notice.to.address) if facts.access is not None else ()
    proven = sender.assurance in (Assurance.TOKEN, Assurance.AUTHENTICATED)
    if not grants or allowed.verdict is Verdict.REFUSED or sender.party.address != notice.to.address:
        return ()
    english = notice.language == "en"
    said: list[str] = []
    if proven:
        said += _about_contract(allowed, english)
        said += _details(notice, allowed, grants, facts, ruleset, english=english)
    manager = _shown_manager(grants, ruleset)
    if manager is not None:
        said.append(_contact(manager, english))
    if Right.OFFERS in rights(grants):
        link = next(one.calculator for one in grants if one.calculator)
        said.append(f"Rate calculator: {link}" if english else f"Zum Tarifrechner: {link}")
    return tuple(said)


def _about_contract(allowed: Permit, english: bool) -> list[str]:
    """The contract that a damage was taken to be of, so that it can be put right (REQ-C18)."""
    if allowed.picked is None:
        return []
    contract = _named(allowed.picked)
    if english:
        return [
            f"We have assigned your report to the contract {contract}. If you mean another one, just reply."
        ]
    return [
        f"Wir haben Ihre Meldung dem Vertrag {contract} zugeordnet. Ist ein anderer gemeint, antworten Sie einfach."
    ]


def _details(
    notice: Notice,
    allowed: Permit,
    grants: tuple[Grant, ...],
    facts: Facts,
    ruleset: Ruleset,
    *,
    english: bool,
) -> list[str]:
    """A commercial customer files what they get: when it came, and for which contract (REQ-C13)."""
    ticket = notice.ticket
    if grants[0].view is not View.COMMERCIAL or ticket is None:
        return []
    zone = ruleset.calendar(None).zone
    when = date_and_time(ticket.opened_at.astimezone(ZoneInfo(zone)), zone, notice.language)
    said = [f"Received: {when}" if english else f"Eingang: {when}"]
    shown = facts.access.contracts if facts.access is not None else ()
    contract = next((one for one in shown if one.id == allowed.matched.contract), None)
    if contract is not None and allowed.picked is None:
        said.append(f"{'Contract' if english else 'Vertrag'}: {_named(contract)}")
    return said


def _shown_manager(grants: tuple[Grant, ...], ruleset: Ruleset) -> Staff | None:
    """Who looks after them, where the grant shows it (REQ-C23)."""
    shown = (one.account_manager for one in grants if one.show_account_manager)
    return ruleset.staff_by_id(next(shown, None))


def _contact(manager: Staff, english: bool) -> str:
    phone = f", {manager.phone}" if manager.phone else ""
    return f"{'Your contact' if english else 'Ihre Ansprechperson'}: {manager.name}{phone}"


def _named(contract: Contract) -> str:
    return f"{contract.line_of_business} {contract.number}".strip()
