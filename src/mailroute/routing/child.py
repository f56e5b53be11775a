"""The child: a partner that is an organisation of this installation has a ticket of its own (design §8a; REQ-D7…D11).

What the asking side does over there: ask, take back, pass on what its customer writes. Before the yes the child holds the
kind of matter, postcode and town, and nothing else; the other organisation's own rules say whose it is. Everything is part
of one decision, so one transaction writes both sides (docs/decisions/010). What the other side does is in `parent`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from mailroute.model.decision import Assurance, Classified, Matched, Sender, Station, Step, TimerKind
from mailroute.model.facts import Facts, Neighbour
from mailroute.model.letter import Notice, Template
from mailroute.model.mail import Door, Envelope
from mailroute.model.message import Authentication, Automatic, Message
from mailroute.model.outside import AskedBy, Elsewhere, GoneBack
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.ruleset import CaseType, Partner, Ruleset
from mailroute.model.ticket import MessageAdded, Opened, Party, PartyKind, Place, Status, Ticket
from mailroute.routing.alarm import NOBODY_ON_CALL
from mailroute.routing.assign import assign
from mailroute.routing.classify import classify
from mailroute.routing.emergency import reinforced
from mailroute.routing.presence import as_of
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import Mail, Rules, Work, local_day, place_in_words, staff_party

_NOWHERE = Matched(None, None, None, (), ambiguous=False, steps=())


# --- asking -------------------------------------------------------------------------------------------------


def may_be_asked(rules: Rules, ticket: Ticket | None) -> tuple[str, ...]:
    """The organisations in which a decision about this ticket may open one: whoever was asked may say no."""
    if ticket is None or not rules.neighbours:
        return ()
    asks = rules.neighbours.get(ticket.parent.organisation) if ticket.parent else rules
    named = (one.organisation for one in asks.ruleset.partners) if asks else ()
    return tuple(dict.fromkeys(one for one in named if one is not None and one in rules.neighbours))


def neighbour(partner: Partner, work: Work, facts: Facts) -> Neighbour | None:
    """The partner as an organisation of this installation; None for a firm that is asked by mail."""
    is_here = partner.organisation is not None and partner.organisation in work.rules.neighbours
    return next(
        (one for one in facts.neighbours if is_here and one.organisation == partner.organisation), None
    )


def open_child(work: Work, there: Neighbour, town: str, due: datetime) -> Elsewhere:
    """Open the partner's own ticket, with the kind of matter and the town, and tell whoever is responsible there."""
    asks = work.ticket
    assert asks is not None
    rules = as_of(work.rules.neighbours[there.organisation], there.away, work.now)
    asker = asking_party(work.ruleset)
    other = work.across(rules, there.organisation, asker)
    other.opens(there.fresh_number)
    ruleset, case_type = other.ruleset, work.ruleset.case_type(asks.case_type)
    organisation = ruleset.organisation
    said = case_type.name.in_language(organisation.language) if case_type else ""
    found = _understood(other, said, town, case_type)
    day = local_day(ruleset, work.now)
    feared = found.likely if found.emergency else None
    kind = ruleset.case_type(found.case_type or feared)
    to = assign(kind, _NOWHERE, Facts(turns=there.turns), ruleset, day)
    to = reinforced(to, kind, _NOWHERE, Facts(), ruleset, day)
    other.trace += [*found.steps, *to.steps]
    if to.turn is not None:
        other.turns.append(to.turn)
    other.change(
        Opened(
            number=there.fresh_number,
            inbox=organisation.inboxes[0].address,
            subject=", ".join(one for one in (said, town) if one),
            reporter=asker,
            language=organisation.language,
            case_type=kind.id if kind else None,
            urgency=found.urgency,
            place=Place(),
            role=to.role,
            assignee=to.assignee,
            status=Status.TRIAGE if to.triage else Status.OFFERED,
            feared=kind is not None and kind.emergency and (asks.feared or found.case_type is None),
        )
    )
    other.change(AskedBy(Elsewhere(work.organisation, asks.number), due))
    start_waiting(other, kind.id if kind else None, to.assignee, work.now)
    _tell(other, Template.PARTNER_OFFER, place=town, due=due)
    if to.reinforced:
        for one in to.informed:
            _tell(other, Template.INFORMED, place=town, reason=NOBODY_ON_CALL, to=one)
    return Elsewhere(there.organisation, there.fresh_number)


def asking_party(ruleset: Ruleset) -> Party:
    """An organisation as another one sees it: it reported the child, and nobody writes to it by mail."""
    return Party(PartyKind.PARTNER, None, ruleset.organisation.name, "")


def _understood(other: Work, said: str, town: str, asked_as: CaseType | None) -> Classified:
    """What the other organisation's own rules make of what it may know; the same id where they make nothing of it."""
    organisation = other.ruleset.organisation
    message = _message(said, town, organisation.language)
    envelope = Envelope(0, 0, organisation.id, organisation.inboxes[0].address, Door.FILE, "", (), other.now)
    found = classify(
        other.rules.classifier, message, Sender(other.actor, Assurance.TOKEN), envelope, reply=False
    )
    same = other.ruleset.case_type(asked_as.id) if asked_as is not None else None
    if asked_as is not None and asked_as.emergency and not (same and same.emergency):
        found = _feared_here(other, found)
    if found.case_type is not None or same is None or (found.emergency and not same.emergency):
        return found
    step = Step(Station.CLASSIFY, same.id, f"{other.actor.name} calls it so", str(same.source))
    return replace(found, case_type=same.id, urgency=same.urgency, emergency=same.emergency, steps=(step,))


def _feared_here(other: Work, found: Classified) -> Classified:
    """Whoever asks calls it an emergency: where our words do not know it, it is feared to be ours."""
    ours = next((one for one in other.ruleset.case_types if one.emergency), None)
    if ours is None or found.case_type is not None or found.emergency:
        return found
    step = Step(Station.CLASSIFY, "may be an emergency", f"{other.actor.name} calls it one", str(ours.source))
    return replace(found, urgency=ours.urgency, emergency=True, likely=ours.id, steps=(*found.steps, step))


def _message(subject: str, text: str, language: str) -> Message:
    """What may be known before the yes, as rules read it."""
    return Message(
        message_id=None, in_reply_to=(), references=(), date=None, subject=subject, from_=(), author=None, reply_to=(),
        to=(), cc=(), text=text, new_text=text, attachments=(), language=language,
        auth=Authentication(None, aligned=False, results=()), automatic=Automatic.PERSON, signals=(), forwarded=None,
        bounce=None, instances=(), hops=0, headers=(), defects=(),
    )  # fmt: skip


# --- afterwards ---------------------------------------------------------------------------------------------


def take_back(work: Work, facts: Facts, why: Literal["timed-out", "revoked", "returned"]) -> None:
    """Close the child, if there is one, and tell whoever had it. To be called while the ticket still names it."""
    other = _at_child(work, facts)
    if other is None or not other.may(GoneBack):
        return
    other.change(GoneBack(why))
    other.cancel_timers(*TimerKind)
    other.explain(Station.ASSIGN, why, f"{other.actor.name} has the matter again")
    _tell(other, Template.PARTNER_EXPIRED)


def pass_on_message(work: Work, facts: Facts, mail: Mail, author: Party) -> bool:
    """The customer wrote again: it belongs to the child too. False where there is none."""
    other = _at_child(work, facts)
    if other is None:
        return False
    message, intake = mail.message, mail.envelope.intake_id
    known = replace(author, id=None)
    other.change(MessageAdded(intake, known, None, len(message.attachments)))
    _tell(
        other,
        Template.FOLLOW_UP,
        place=place_in_words(facts.place[0], facts.place[1]),
        text=without_reply_tags(message.new_text or message.text),
        author=known,
        attach=(intake,) if message.attachments else (),
    )
    return True


def _at_child(work: Work, facts: Facts) -> Work | None:
    """The workbench of the ticket's child; None where there is none, or its organisation has left the installation."""
    assert work.ticket is not None
    child, there = work.ticket.child, facts.elsewhere
    if child is None:
        return None
    same = (
        one for one in work.beside if (one.organisation, one.number) == (child.organisation, child.number)
    )
    if (open_already := next(same, None)) is not None:
        return open_already
    rules = work.rules.neighbours.get(child.organisation)
    if rules is None or there is None or there.ticket is None:
        return None
    other = work.across(as_of(rules, there.away, work.now), child.organisation, asking_party(work.ruleset))
    other.about(there.ticket)
    return other


def _tell(
    other: Work,
    template: Template,
    *,
    place: str = "",
    text: str = "",
    due: datetime | None = None,
    author: Party | None = None,
    attach: tuple[int, ...] = (),
    reason: str = "",
    to: str | None = None,
) -> None:
    """Write to `to`, whoever has the child where not given."""
    assert other.ticket is not None
    staff = other.ruleset.staff_by_id(to or other.ticket.assignee)
    if staff is None:
        return
    other.tell(
        Notice(
            template=template,
            to=staff_party(staff),
            language=staff.language,
            ticket=other.ticket,
            place=place,
            text=text,
            author=author or other.actor,
            due=due,
            attach=attach,
            reason=reason,
        )
    )
