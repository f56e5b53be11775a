"""Emergencies: to the on-call role at once, whatever rights, hours, absences, list or spam marks say.

Recognising one is the classifier's; here is what follows. Whoever adds a rule that keeps mail from people must ask
`is_emergency` first. Only what is certainly no word of a person is none: bounces, duplicates and our own letters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from mailroute.model.decision import Assignment, Classified, Matched, Sender, Station, Step, rule_of
from mailroute.model.directory import Property
from mailroute.model.facts import Facts
from mailroute.model.message import Automatic
from mailroute.model.ruleset import CaseType, Ruleset, ToRole
from mailroute.model.ticket import Linked, PartyKind, Status, Ticket
from mailroute.routing.assign import Holder, Roster
from mailroute.routing.classify import classify
from mailroute.routing.screen import Screened, Verdict
from mailroute.routing.work import Mail, Work


def is_emergency(mail: Mail, work: Work, sender: Sender, *, reply: bool = False) -> bool:
    """Whether the mail speaks of an emergency, as far as it can be told."""
    return _heard(mail, work, sender, reply=reply).emergency


def _heard(mail: Mail, work: Work, sender: Sender, *, reply: bool) -> Classified:
    return classify(work.rules.classifier, mail.message, sender, mail.envelope, reply=reply)


def let_through(mail: Mail, work: Work, sender: Sender, screened: Screened) -> Screened:
    """A newsletter is for nobody to act on, unless it speaks of an emergency: a warden may write through a list."""
    ignored_list = screened.verdict is Verdict.IGNORE and mail.message.automatic is Automatic.LIST
    if not ignored_list:
        return screened
    found = _heard(mail, work, sender, reply=False)
    # Newsletters speak of everything: what they may only be feared to mean wakes nobody.
    if not found.emergency or found.case_type is None:
        return screened
    because = "it speaks of an emergency, whatever its headers say; never answered"
    step = Step(Station.SCREEN, "pass", because, next((one.rule for one in found.steps if one.rule), None))
    work.trace.append(step)
    return Screened(Verdict.PASS, False, (*screened.steps, step))


def is_new_emergency(mail: Mail, facts: Facts, ticket: Ticket, work: Work, sender: Sender) -> bool:
    """Whether a reply into `ticket` speaks of an emergency that nobody is on the way for.

    Its ticket lies with somebody who may be at home: an emergency is a matter of its own.
    """
    meant = facts.proof.recipient.kind if facts.proof is not None else PartyKind.UNKNOWN
    if {sender.party.kind, meant} & {PartyKind.STAFF, PartyKind.PARTNER}:
        return False
    case_type = work.ruleset.case_type(ticket.case_type)
    if case_type is not None and case_type.emergency and ticket.status is not Status.CLOSED:
        return False
    found = _heard(mail, work, sender, reply=True)
    # Somebody has looked at this matter and said that it is none: what is only feared wakes nobody again.
    only_feared = found.case_type is None and _was_ruled_out(found.likely, facts, work.ruleset)
    return found.emergency and not only_feared


def _was_ruled_out(feared: str | None, facts: Facts, ruleset: Ruleset) -> bool:
    case_type = ruleset.case_type(feared)
    return case_type is not None and not {case_type.name.de, case_type.name.en}.isdisjoint(facts.ruled_out)


def link(work: Work, earlier: Ticket) -> None:
    """Note in both tickets where the emergency was told."""
    assert work.number is not None
    other = work.another()
    other.about(earlier)
    other.change(Linked(work.number, "emergency-of"))
    work.change(Linked(earlier.number, "emergency-in"))
    because = f"it was told in {earlier.label}, and is a matter of its own"
    case_type = work.ruleset.case_type(work.ticket.case_type) if work.ticket else None
    rule = rule_of(case_type.source) if case_type else None
    work.explain(Station.MATCH, "emergency", because, rule)
    other.explain(Station.MATCH, "emergency", f"a reply told of an emergency: it is T-{work.number}", rule)


def reinforced(
    to: Assignment, case_type: CaseType | None, matched: Matched, facts: Facts, ruleset: Ruleset, day: date
) -> Assignment:
    """Where nobody on call is there for an emergency, everybody who can call somebody is told.

    The on-call role of a possible property comes first; else whoever has it by fallback or triage. The fallback, the
    triage and the management role hear of it in any case.
    """
    if case_type is None or not case_type.emergency or not isinstance(case_type.target, ToRole):
        return to
    role, rule, roster = case_type.target.role, case_type.source, Roster(ruleset, day)
    if not to.triage and to.role == role:
        return to
    steps = [*to.steps]
    houses = _possible(matched, facts)
    holder = next((one for house in houses for one in roster.holders(role, house)), None)
    if holder is not None:
        because = f"{holder.via}, one of the possible places"
        steps.append(Step(Station.ASSIGN, holder.staff.id, because, rule_of(rule, *holder.sources)))
        to = replace(to, role=role, assignee=holder.staff.id, via=holder.via, triage=False)
    told = dict.fromkeys(to.informed)
    for name, one in _who_can_call_somebody(ruleset, roster, houses):
        if one.staff.id != to.assignee and one.staff.id not in told:
            told[one.staff.id] = None
            because = f"nobody is certain to be on call, so role {name} is told: {one.via}"
            steps.append(
                Step(Station.ASSIGN, f"{one.staff.id} is informed", because, rule_of(rule, *one.sources))
            )
    return replace(to, informed=tuple(told), steps=tuple(steps), reinforced=True)


def _possible(matched: Matched, facts: Facts) -> list[Property]:
    """The properties it may be about, best first."""
    houses = {house.id: house for house in facts.found.properties}
    ids = [matched.property, *(one.id for one in matched.candidates if one.kind == "property")]
    return [houses[one] for one in dict.fromkeys(ids) if one in houses]


def _who_can_call_somebody(
    ruleset: Ruleset, roster: Roster, houses: list[Property]
) -> Iterator[tuple[str, Holder]]:
    organisation = ruleset.organisation
    house = houses[0] if houses else None
    for role in (organisation.fallback_role, organisation.triage_role, organisation.management_role):
        holder = next(roster.holders(role, house), None) if role else None
        if role and holder is not None:
            yield role, holder
        elif role == organisation.triage_role:
            yield role, roster.triage()


def phones_of(mail: Mail) -> tuple[str, ...]:
    """The telephone numbers in the mail, as they were written."""
    return tuple(dict.fromkeys(one.span.words for one in mail.keys.phones))
