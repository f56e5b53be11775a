"""A mail that belongs to no ticket becomes one: match → classify → assign → deadlines → who is told."""

from __future__ import annotations

from dataclasses import replace

from mailroute.model import limits
from mailroute.model.decision import (
    Assignment,
    Assurance,
    Classified,
    DeadlineSet,
    Decision,
    Disposition,
    Matched,
    Routing,
    Sender,
    Station,
)
from mailroute.model.directory import Property
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.ticket import MessageAdded, Offered, Opened, Party, PartyKind, Place, Status, Ticket
from mailroute.routing.classify import classify
from mailroute.routing.contact_form import ContactForm, form_in
from mailroute.routing.identify import party_of
from mailroute.routing.lookalike import imitated
from mailroute.routing.match import match
from mailroute.routing.member_words import words_for_member
from mailroute.routing.muting import collect, tell_muted
from mailroute.routing.permit import Permit, assignment_of, permit
from mailroute.routing.permit import Verdict as PermitVerdict
from mailroute.routing.screen import Screened
from mailroute.routing.storms import Flow, Verdict, is_trusted, silence, tells_staff, ticket_in_a_storm
from mailroute.routing.waiting import start_waiting
from mailroute.routing.why import Why
from mailroute.routing.work import Mail, Work, local_day, place_in_words, staff_party


def decide_new(mail: Mail, facts: Facts, work: Work, sender: Sender, screened: Screened) -> Decision:
    """Open a ticket. Never nobody: what no rule can decide goes to the triage role (REQ-E8).

    Raises ValueError if the claim reserved no ticket number: a mistake of ours, not of the mail.
    """
    if facts.fresh_number is None:
        raise ValueError("a mail is decided with a ticket number reserved at its claim")
    day = local_day(work.ruleset, mail.envelope.received_at)
    about = reporter_of(mail, facts, work, sender)
    matched = match(mail.keys, facts.found, about, day)
    classified = classify(work.rules.classifier, mail.message, about, mail.envelope, reply=False)
    case_type = work.ruleset.case_type(classified.case_type)
    allowed = permit(about.party, case_type, matched, classified, facts.access)
    matched = allowed.matched
    assignment = assignment_of(allowed, case_type, about.party, facts, work.ruleset, day)
    work.trace += [*matched.steps, *classified.steps, *allowed.steps, *assignment.steps]
    storm = _storm(work, facts, about, sender, classified)
    if storm is not None:
        collect(work, facts, mail.envelope, mail.message, about.party, storm)
        return work.decision(Disposition.APPEND, Routing(sender, matched, classified, assignment, None))
    promised = start_waiting(work, classified.case_type, assignment.assignee, mail.envelope.received_at)
    ticket = _open(mail, work, facts.fresh_number, about.party, matched, classified, assignment)
    home = next((p for p in facts.found.properties if p.id == matched.property), None)
    notice = Notice(
        template=Template.NOTIFICATION,
        to=about.party,
        language=ticket.language,
        ticket=ticket,
        place=_place_in_words(facts, home, matched),
    )
    houses = facts.found.properties
    why = Why(work.ruleset, notice.place, houses, matched, classified, assignment, day)
    if assignment.triage and (choices := why.choices()):
        work.change(Offered(assignment.assignee, choices))
    verdict = tells_staff(work, facts, classified.case_type, emergency=classified.emergency)
    if verdict.flow is not Flow.MUTED:
        _tell_staff(mail, work, notice, about.party, assignment, promised, why)
    if verdict.flow is Flow.FULL:
        tell_muted(work, facts, verdict, "")
    _acknowledge(
        mail, facts, work, _for_customer(notice, allowed, facts, work, sender), about, sender, screened
    )
    routing = Routing(sender, matched, classified, assignment, promised)
    return work.decision(Disposition.TRIAGE if assignment.triage else Disposition.OPEN, routing)


def _for_customer(notice: Notice, allowed: Permit, facts: Facts, work: Work, sender: Sender) -> Notice:
    """What the sender is told: that it has arrived, or that it is not what their grant is for (REQ-C16, C17, C19)."""
    refused = allowed.verdict is PermitVerdict.REFUSED
    template = Template.REFUSED if refused else Template.ACKNOWLEDGEMENT
    return replace(
        notice, template=template, hints=words_for_member(notice, allowed, facts, work.ruleset, sender)
    )


def _storm(
    work: Work, facts: Facts, about: Sender, sender: Sender, classified: Classified
) -> tuple[Ticket, Verdict] | None:
    """The ticket that collects what the sender writes, or None where this mail may open one of its own.

    Emergencies always may; forms, forwarded mails and trusted feeds speak for many people.
    """
    address = about.party.address
    if about.party != sender.party or not address or is_trusted(address, work):
        return None
    storm = ticket_in_a_storm(work, facts, address)
    return None if classified.emergency else storm


def reporter_of(mail: Mail, facts: Facts, work: Work, sender: Sender) -> Sender:
    """Who the ticket is for: the sender, or whose mail a colleague forwarded to the inbox (domain.md §1.2, 11), or
    who filled in the form that a web site sent.
    """
    forwarded = mail.message.forwarded
    by_colleague = sender.party.kind is PartyKind.STAFF and forwarded is not None
    form = form_in(mail.message)
    if form is not None and (by_colleague or forwarded is None):
        because = "so the contact form says, which anybody may fill in"
        work.explain(Station.IDENTIFY, str(form.sender), because)
        return _by_form(form, facts, work, sender)
    if forwarded is None or not by_colleague or not forwarded.from_.address:
        return sender
    work.explain(Station.IDENTIFY, str(forwarded.from_), f"{sender.party.name} forwarded their mail")
    return replace(sender, party=party_of(forwarded.from_, facts, work.ruleset))


def _by_form(form: ContactForm, facts: Facts, work: Work, sender: Sender) -> Sender:
    """A form names a customer. It never makes anybody one of us, and is no surer than a From line."""
    party = party_of(form.sender, facts, work.ruleset)
    if party.kind in (PartyKind.STAFF, PartyKind.PARTNER):
        party = Party(PartyKind.UNKNOWN, None, form.name, form.address)
    sure = Assurance.NONE if sender.assurance is Assurance.NONE else Assurance.ADDRESS
    return Sender(party, sure)


def _open(
    mail: Mail,
    work: Work,
    number: int,
    reporter: Party,
    matched: Matched,
    classified: Classified,
    assignment: Assignment,
) -> Ticket:
    message = mail.message
    work.opens(number)
    work.change(
        Opened(
            number=number,
            inbox=mail.envelope.inbox,
            subject=message.subject[: limits.SUBJECT_CHARS],
            reporter=reporter,
            language=message.language or work.ruleset.organisation.language,
            case_type=classified.case_type,
            urgency=classified.urgency,
            place=Place(matched.property, matched.unit, matched.contract),
            role=assignment.role,
            assignee=assignment.assignee,
            status=Status.TRIAGE if assignment.triage else Status.OFFERED,
        )
    )
    # The mail in which a colleague forwarded theirs is not in the reporter's mailbox: no answer can refer to it.
    own_id = message.message_id if reporter == work.actor else None
    added = MessageAdded(mail.envelope.intake_id, reporter, own_id, len(message.attachments))
    return work.change(added)


def _place_in_words(facts: Facts, home: Property | None, matched: Matched) -> str:
    units = [*facts.found.units, *(home.units if home else ())]
    return place_in_words(home, next((u for u in units if u.id == matched.unit), None))


def _tell_staff(
    mail: Mail,
    work: Work,
    notice: Notice,
    reporter: Party,
    assignment: Assignment,
    promised: DeadlineSet,
    why: Why,
) -> None:
    template = Template.TRIAGE if assignment.triage else Template.NOTIFICATION
    told = [(assignment.assignee, template), *((one, Template.INFORMED) for one in assignment.informed)]
    for staff_id, kind in told:
        staff = work.ruleset.staff_by_id(staff_id)
        if staff is None:
            continue
        work.tell(
            replace(
                notice,
                template=kind,
                to=staff_party(staff),
                language=staff.language,
                text=mail.message.text,
                author=reporter,
                why=why.lines(staff.language),
                candidates=why.candidates(staff.language) if kind is Template.TRIAGE else (),
                due=promised.accept_by,
                imitates=imitated(reporter, work.ruleset),
                attach=(mail.envelope.intake_id,) if mail.message.attachments else (),
            )
        )


def _acknowledge(
    mail: Mail, facts: Facts, work: Work, notice: Notice, about: Sender, sender: Sender, screened: Screened
) -> None:
    refusal = _why_no_acknowledgement(mail, facts, about, sender, screened)
    refusal = refusal or silence(work, facts, about.party.address)
    if refusal:
        work.explain(Station.NOTIFY, "no acknowledgement", refusal)
        return
    message = mail.message
    references = (*message.references, *((message.message_id,) if message.message_id else ()))
    work.explain(Station.NOTIFY, notice.template.value, f"to {about.party.address}")
    work.tell(
        replace(
            notice,
            in_reply_to=message.message_id,
            references=references,
            acknowledges=about.party.address,
        )
    )


def _why_no_acknowledgement(
    mail: Mail, facts: Facts, about: Sender, sender: Sender, screened: Screened
) -> str | None:
    """The rule of design §7 against being a mail bomb (reliability §0.9), as the reason not to write or None."""
    if not screened.answerable:
        return "an automatic mail, a list or a null return path is never answered"
    if about.party != sender.party and form_in(mail.message) is not None:
        return "anybody may type any address into a contact form"
    if about.party != sender.party:
        return "the mail was forwarded by a colleague: who wrote it has not written to us"
    if sender.assurance is Assurance.NONE or not about.party.address:
        return "the sender cannot be told for sure"
    if about.party.kind is PartyKind.STAFF:
        return "the sender works here"
    if about.party.kind is PartyKind.UNKNOWN and not mail.message.auth.aligned:
        return "the sender is unknown and nothing proves the address"
    if facts.acknowledgements_today >= limits.ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY:
        return f"{facts.acknowledgements_today} acknowledgements went to this address today"
    return None
