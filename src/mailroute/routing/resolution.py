"""Whose is a new mail? One order for properties and contracts (requirements §1.E): what a trusted feed says, then the
target of the case type with its fallbacks, then triage; and for an emergency everybody who can call somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mailroute.model.address import address_key
from mailroute.model.decision import Assignment, Assurance, Sender, Station, Step, rule_of
from mailroute.model.facts import Facts
from mailroute.model.ruleset import CaseType, ToChain
from mailroute.routing.assign import Roster
from mailroute.routing.colleagues import find_staff
from mailroute.routing.emergency import reinforced
from mailroute.routing.permit import Permit, assignment_of
from mailroute.routing.work import Mail, Work

HEADER = "x-mailroute-assignee"
FED = "feed"
_LINE = re.compile(
    r"^\s*(?:Bearbeiter(?:in)?|Sachbearbeiter(?:in)?|Assignee)\s*:\s*(.{1,80}?)\s*$", re.M | re.I
)


def assign_new(
    mail: Mail,
    facts: Facts,
    work: Work,
    sender: Sender,
    about: Sender,
    case_type: CaseType | None,
    allowed: Permit,
    day: date,
) -> Assignment:
    """The one who must act on a new mail, with every step that was tried."""
    if _is_feed(mail, work, sender) and (fed := _as_fed(mail, work, case_type, day)) is not None:
        return fed
    facts = _with_account_manager(facts, about)
    to = assignment_of(allowed, case_type, about.party, facts, work.ruleset, day)
    return reinforced(to, case_type, allowed.matched, facts, work.ruleset, day)


def _with_account_manager(facts: Facts, about: Sender) -> Facts:
    """Who a chain means by it: the account manager of the sender's grant (REQ-A4, A11, C22)."""
    grants = facts.access.of(about.party.address) if facts.access is not None else ()
    name = next((one.account_manager for one in grants if one.account_manager is not None), None)
    return replace(facts, account_manager=name) if name is not None else facts


def _is_feed(mail: Mail, work: Work, sender: Sender) -> bool:
    """Whether a data feed of another program sent it; where a border judges senders, it must have said so."""
    feeds = {address_key(one) for one in work.ruleset.organisation.trusted_feeds}
    if sender.party.address not in feeds or sender.assurance is Assurance.NONE:
        return False
    return sender.assurance is not Assurance.ADDRESS or not mail.envelope.borders


def _as_fed(mail: Mail, work: Work, case_type: CaseType | None, day: date) -> Assignment | None:
    """The feed's assignee is kept, whatever chain or role would say; without one no chain is asked (REQ-A12).

    None: the feed names nobody, and a role of the property does not need it to.
    """
    roster = Roster(work.ruleset, day)
    feeds = work.ruleset.organisation.source_of("trusted_feeds")
    for name in _named(mail):
        found = find_staff(name, work.ruleset)
        if len(found) == 1:
            because, rule = f"the data feed names {name}; no rule is asked", rule_of(feeds, found[0].source)
            step = Step(Station.ASSIGN, found[0].id, because, rule)
            return Assignment(FED, found[0].id, "as the data feed says", (), triage=False, steps=(step,))
    if case_type is None or not isinstance(case_type.target, ToChain):
        return None
    holder, role = roster.triage(), work.ruleset.organisation.triage_role
    because = "triage, because the data feed names nobody who works here, and no chain is asked for it"
    step = Step(Station.ASSIGN, holder.staff.id, because, rule_of(feeds, *holder.sources))
    return Assignment(role, holder.staff.id, f"triage: {holder.via}", (), triage=True, steps=(step,))


def _named(mail: Mail) -> Iterator[str]:
    """Whom the feed names: in a header field, else on a line of its own."""
    yield from (value for name, value in mail.message.headers if name == HEADER)
    yield from _LINE.findall(mail.message.new_text)
