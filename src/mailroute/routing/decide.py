"""decide_mail: what follows from a mail. Pure and total: any message gives a `Decision` (design §2).

screen ─► is it a bounce? ─► decide_failure
       ─► identify ─► is it for a ticket? ─► staff with their own token: decide_command
                                          ─► a partner with theirs: decide_partner
                                          ─► anybody else: decide_reply
                   ─► staff, to a letter without a ticket: decide_general
                   ─► no: decide_new
"""

from __future__ import annotations

from datetime import datetime

from mailroute.model.decision import Assurance, Decision, Disposition, Routing, Sender, Station
from mailroute.model.facts import Facts
from mailroute.model.ticket import PartyKind, Ticket
from mailroute.routing.decide_command import decide_reply_of_staff
from mailroute.routing.decide_failure import decide_failure
from mailroute.routing.decide_general import decide_reply_to_general
from mailroute.routing.decide_new import decide_new
from mailroute.routing.decide_partner import decide_reply_of_partner
from mailroute.routing.decide_reply import decide_reply
from mailroute.routing.emergency import is_new_emergency, let_through
from mailroute.routing.identify import identify
from mailroute.routing.invited import confirms_address, decide_confirmation
from mailroute.routing.participation import SHARES, is_lost, sharing_rule, takes_part
from mailroute.routing.presence import as_of
from mailroute.routing.screen import Screened, Verdict, screen
from mailroute.routing.work import Mail, Rules, Work


def decide_mail(mail: Mail, facts: Facts, rules: Rules, now: datetime) -> Decision:
    """Say what becomes of this mail and why. The same arguments always give the same decision."""
    rules = as_of(rules, facts.away, now)
    screened = screen(mail.message, facts, rules.ruleset, mail.envelope)
    sender, identified = identify(mail.message, facts, rules.ruleset, mail.envelope)
    work = Work(rules, mail.envelope.organisation, sender.party, now)
    work.trace.extend(screened.steps)
    work.trace.extend(identified)
    if screened.verdict is Verdict.BOUNCE:
        return decide_failure(mail, facts, work, Routing(sender, None, None, None, None))
    screened = let_through(mail, work, sender, screened)
    if screened.verdict in (Verdict.DUPLICATE, Verdict.LOOP, Verdict.IGNORE):
        return work.decision(Disposition.IGNORE, Routing(sender, None, None, None, None))
    return _decide_human(mail, facts, work, sender, screened)


def _decide_human(mail: Mail, facts: Facts, work: Work, sender: Sender, screened: Screened) -> Decision:
    if facts.confirms and confirms_address(mail, sender):
        return decide_confirmation(mail, work, sender)
    if facts.ticket is None and _is_staff_reply(facts, sender):
        return decide_reply_to_general(mail, facts, work, sender)
    ticket = ticket_of(mail, facts, work, sender)
    if ticket is None:
        return decide_new(mail, facts, work, sender, screened)
    if is_new_emergency(mail, facts, ticket, work, sender):
        return decide_new(mail, facts, work, sender, screened, ticket)
    work.about(ticket)
    if _is_staff_reply(facts, sender):
        return decide_reply_of_staff(mail, facts, work, sender, screened)
    if facts.proof is not None and is_recipient(facts, sender) and is_asked_partner(ticket, facts, sender):
        return decide_reply_of_partner(mail, facts, work, sender, screened)
    return decide_reply(mail, facts, work, sender, screened)


def _is_staff_reply(facts: Facts, sender: Sender) -> bool:
    """Whether somebody of staff answers a letter that was written to them."""
    return facts.proof is not None and is_recipient(facts, sender) and sender.party.kind is PartyKind.STAFF


def is_asked_partner(ticket: Ticket, facts: Facts, sender: Sender) -> bool:
    """Whether a partner of the rules speaks as one: they are or were asked, not only given an order as a firm."""
    party = sender.party
    if party.kind is not PartyKind.PARTNER or party.id is None:
        return False
    asked = party.id == ticket.partner or party.id in ticket.partners_asked
    return asked or party.address not in {one.address for one in facts.orders}


def is_recipient(facts: Facts, sender: Sender) -> bool:
    """Whether the token in the mail was made for the one who sent it (reliability §4, decision table)."""
    proof, party = facts.proof, sender.party
    if proof is None or sender.assurance is Assurance.NONE:
        return False
    same_address = proof.recipient.address == party.address
    same_person = party.id is not None and (proof.recipient.kind, proof.recipient.id) == (
        party.kind,
        party.id,
    )
    return same_address or same_person


def ticket_of(mail: Mail, facts: Facts, work: Work, sender: Sender) -> Ticket | None:
    """The ticket this mail belongs to, or None for a new matter; adds the step that says why.

    A token always leads to its ticket. Without one, only the reporter themselves gets back in, by their own thread
    or by naming the number: that shows nothing to anybody and spares them a second ticket (domain.md §2.4).
    """
    if facts.ticket is not None and facts.proof is not None and is_lost(facts, work, facts.ticket):
        work.explain(
            Station.MATCH, "new matter", "the token was made for somebody who may not take part any more"
        )
    elif facts.ticket is not None and facts.proof is not None:
        recipient = facts.proof.recipient
        work.explain(
            Station.MATCH,
            facts.ticket.label,
            f"the {facts.proof.via} carries the token we made for {recipient.name or recipient.address}",
        )
        return facts.ticket
    if sender.assurance is Assurance.NONE:
        return None
    if facts.thread is not None:
        if _is_reporter(facts.thread, sender) or _is_further_reporter(facts, sender):
            work.explain(Station.MATCH, facts.thread.label, "it answers an earlier mail of the same person")
            return facts.thread
        if takes_part(facts, work, sender, facts.thread, mail):
            work.explain(Station.MATCH, facts.thread.label, SHARES, sharing_rule(facts, sender))
            return facts.thread
        work.explain(
            Station.MATCH, "new matter", f"it refers to {facts.thread.label}, which somebody else reported"
        )
    for ticket in facts.mentioned:
        if _is_reporter(ticket, sender):
            work.explain(Station.MATCH, ticket.label, f"the reporter names its number, {ticket.label}")
            return ticket
        if takes_part(facts, work, sender, ticket, mail):
            work.explain(Station.MATCH, ticket.label, SHARES, sharing_rule(facts, sender))
            return ticket
        work.explain(Station.MATCH, "new matter", f"it names {ticket.label} without proof of belonging to it")
    return None


def _is_further_reporter(facts: Facts, sender: Sender) -> bool:
    """Whether they reported the same matter: their own mail lies in the ticket, so it opens to them too."""
    return any(one.party.address == sender.party.address for one in facts.further)


def _is_reporter(ticket: Ticket, sender: Sender) -> bool:
    reporter, party = ticket.reporter, sender.party
    if party.kind is PartyKind.STAFF:
        return False
    return reporter.address == party.address or (
        party.id is not None and (reporter.kind, reporter.id) == (party.kind, party.id)
    )
