"""A mail that belongs to no ticket becomes one: match → classify → assign → deadlines → who is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

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
    rule_of,
)
from mailroute.model.directory import Property
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.readable import Readable, of_forwarded, readable
from mailroute.model.ruleset import CaseType
from mailroute.model.ticket import (
    Asked,
    MessageAdded,
    Offered,
    Opened,
    Party,
    PartyKind,
    Place,
    Status,
    Ticket,
)
from mailroute.routing import emergency
from mailroute.routing.alarm import NOBODY_ON_CALL
from mailroute.routing.asking import Question, contracts_to_choose, question, which_contract
from mailroute.routing.clusters import begin, gathering_ticket, is_gathered, join
from mailroute.routing.concerns import Concerns, concerns_of, tell_second
from mailroute.routing.contact_form import ContactForm, form_in, is_for_the_named
from mailroute.routing.copies import as_customers_see_it
from mailroute.routing.identify import is_signed_in, party_of, right_of_form, rule_of_party
from mailroute.routing.lookalike import imitated
from mailroute.routing.match import match
from mailroute.routing.member_words import words_for_member
from mailroute.routing.muting import collect, tell_muted
from mailroute.routing.needs import missing as missing_facts
from mailroute.routing.permit import Permit, permit
from mailroute.routing.permit import Verdict as PermitVerdict
from mailroute.routing.resolution import assign_new
from mailroute.routing.screen import Screened
from mailroute.routing.storms import (
    Flow,
    Verdict,
    is_trusted,
    silence,
    silence_of_emergency,
    tells_staff,
    ticket_in_a_storm,
)
from mailroute.routing.waiting import start_waiting
from mailroute.routing.why import Why
from mailroute.routing.work import Mail, Work, local_day, place_in_words, staff_party


def decide_new(
    mail: Mail,
    facts: Facts,
    work: Work,
    sender: Sender,
    screened: Screened,
    earlier: Ticket | None = None,
) -> Decision:
    """Open a ticket. Never nobody: what no rule can decide goes to the triage role (REQ-E8).

    `earlier` is the ticket of somebody else's into which an emergency was reported. Raises ValueError if the claim
    reserved no ticket number: a mistake of ours, not of the mail.
    """
    if facts.fresh_number is None:
        raise ValueError("a mail is decided with a ticket number reserved at its claim")
    new = _understand(mail, facts, work, sender)
    if new.is_gathered:
        assert new.case_type is not None
        gathering = gathering_ticket(new.case_type, new.matched, facts, work, mail)
        if gathering is not None:
            return _join(mail, facts, work, screened, new, gathering)
    to = assign_new(mail, facts, work, sender, new.about, new.for_whom, new.allowed, new.day)
    work.trace += [*new.matched.steps, *new.classified.steps, *new.allowed.steps, *to.steps]
    storm = _storm(work, facts, new.about, sender, new.classified)
    if storm is not None:
        collect(work, facts, mail.envelope, mail.message, new.about.party, storm)
        return work.decision(Disposition.APPEND, Routing(sender, new.matched, new.classified, to, None))
    if to.turn is not None:
        work.turns.append(to.turn)
    promised = start_waiting(work, new.case_type_id, to.assignee, mail.envelope.received_at)
    _open(mail, work, facts.fresh_number, new, to)
    if earlier is not None:
        emergency.link(work, earlier)
    if new.case_type is not None and new.is_gathered:
        begin(new.case_type, new.matched, facts, work)
    _tell(mail, facts, work, screened, new, to, promised)
    routing = Routing(sender, new.matched, new.classified, to, promised)
    return work.decision(Disposition.TRIAGE if to.triage else Disposition.OPEN, routing)


@dataclass(frozen=True, slots=True)
class _New:
    """What a new mail is about, and for whom. `place` is in words; `second` another matter of the mail, or None.

    `for_whom` is the case type, or where that is unclear what stands for all that it may be; then nobody else is informed.
    """

    sender: Sender
    about: Sender
    day: date
    matched: Matched
    classified: Classified
    case_type: CaseType | None
    for_whom: CaseType | None
    concerns: Concerns
    place: str
    allowed: Permit

    @property
    def case_type_id(self) -> str | None:
        """The case type of the ticket: what may be an emergency is one until somebody says what it is."""
        return self.case_type.id if self.case_type is not None else None

    @property
    def is_gathered(self) -> bool:
        """Whether mails like this one are gathered in one ticket."""
        granted = self.allowed.verdict is PermitVerdict.OPEN
        return granted and is_gathered(self.case_type, self.matched, self.classified, self.about)


def _understand(mail: Mail, facts: Facts, work: Work, sender: Sender) -> _New:
    day = local_day(work.ruleset, mail.envelope.received_at)
    about = reporter_of(mail, facts, work, sender)
    matched = match(mail.keys, facts.found, about, day)
    concerns = concerns_of(work.rules.classifier, work.ruleset, mail, about)
    feared = concerns.first.likely if concerns.first.emergency else None
    case_type = work.ruleset.case_type(concerns.first.case_type or feared)
    said = f"{mail.message.subject}\n{mail.message.new_text}"
    likely = work.ruleset.case_type(concerns.first.likely)
    form = right_of_form(mail.message, mail.envelope)
    allowed = permit(about.party, case_type or likely, matched, concerns.first, facts.access, said, form)
    matched = allowed.matched
    home = next((p for p in facts.found.properties if p.id == matched.property), None)
    place = _place_in_words(facts, home, matched)
    for_whom = case_type or (replace(likely, inform=()) if likely is not None else None)
    return _New(sender, about, day, matched, concerns.first, case_type, for_whom, concerns, place, allowed)


def _join(mail: Mail, facts: Facts, work: Work, screened: Screened, new: _New, gathering: Ticket) -> Decision:
    """The same matter as `gathering`: no second ticket, and no second assignee."""
    assert new.case_type is not None
    work.trace += [*new.matched.steps, *new.classified.steps]
    # What many report is a matter of the house, not of the flat of whoever wrote last.
    home = next((one for one in facts.found.properties if one.id == new.matched.property), None)
    place = place_in_words(home, None)
    ticket = join(mail, work, new.about, gathering, place, str(new.case_type.source))
    language = mail.message.language or ticket.language
    notice = Notice(Template.ACKNOWLEDGEMENT, new.about.party, language, ticket)
    _acknowledge(mail, facts, work, notice, new, screened, None)
    return work.decision(Disposition.APPEND, Routing(new.sender, new.matched, new.classified, None, None))


def _tell(
    mail: Mail, facts: Facts, work: Work, screened: Screened, new: _New, to: Assignment, promised: DeadlineSet
) -> None:
    """Staff first, then the reporter, who is asked in the same letter for what is missing."""
    ticket = work.ticket
    assert ticket is not None
    why = Why(
        work.ruleset, new.place, facts.found.properties, new.matched, new.classified, to, new.day,
        contracts_to_choose(new.about, new.case_type, new.matched, facts.found, new.day) if to.triage else (),
    )  # fmt: skip
    if why.asks and (choices := why.choices()):
        work.change(Offered(to.assignee, choices))
    missing = missing_facts(new.case_type, new.matched, mail, facts, new.about)
    asks_contract = new.allowed.verdict is PermitVerdict.ASK
    asked = (
        which_contract(new.allowed, new.sender)
        if asks_contract
        else question(new.about, new.case_type, new.matched, to, missing, facts.found, new.day)
    )
    notice = Notice(
        template=Template.NOTIFICATION,
        to=new.about.party,
        language=ticket.language,
        ticket=ticket,
        place=new.place,
        needs=missing,
    )
    verdict = tells_staff(work, facts, new.case_type_id, emergency=new.classified.emergency)
    if verdict.flow is not Flow.MUTED:
        _tell_staff(mail, work, notice, new, to, promised, why)
        tell_second(mail, facts, work, notice, new.concerns, new.matched, to, new.day)
    if verdict.flow is Flow.FULL:
        tell_muted(work, facts, verdict, "")
    told = _for_customer(notice, new.allowed, facts, work, new.sender)
    # What a grant does not allow is answered by itself.
    refused = new.allowed.verdict is PermitVerdict.REFUSED
    _acknowledge(mail, facts, work, told, new, screened, None if refused else asked)


def _for_customer(notice: Notice, allowed: Permit, facts: Facts, work: Work, sender: Sender) -> Notice:
    """What the sender is told: that it has arrived, or that it is not what their grant is for (REQ-C16, C17, C19)."""
    refused = allowed.verdict is PermitVerdict.REFUSED
    template = Template.REFUSED if refused else Template.ACKNOWLEDGEMENT
    hints = words_for_member(notice, allowed, facts, work.ruleset, sender)
    told = replace(notice, template=template, hints=hints, needs=())
    return as_customers_see_it(told, facts.access)


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
        about = _by_form(form, facts, work, sender)
        rule = rule_of_party(about.party, facts, work.ruleset)
        work.explain(Station.IDENTIFY, str(form.sender), because, rule)
        return about
    if forwarded is None or not by_colleague or not forwarded.from_.address:
        return sender
    party = party_of(forwarded.from_, facts, work.ruleset)
    rule = rule_of_party(party, facts, work.ruleset) or work.where_is(sender.party.id)
    work.explain(Station.IDENTIFY, str(forwarded.from_), f"{sender.party.name} forwarded their mail", rule)
    return replace(sender, party=party)


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
    new: _New,
    assignment: Assignment,
) -> Ticket:
    message, reporter, matched = mail.message, new.about.party, new.matched
    work.opens(number)
    work.change(
        Opened(
            number=number,
            inbox=mail.envelope.inbox,
            subject=message.subject[: limits.SUBJECT_CHARS],
            reporter=reporter,
            language=message.language or work.ruleset.organisation.language,
            case_type=new.case_type_id,
            urgency=new.classified.urgency,
            place=Place(matched.property, matched.unit, matched.contract),
            role=assignment.role,
            assignee=assignment.assignee,
            status=Status.TRIAGE if assignment.triage else Status.OFFERED,
            feared=new.classified.emergency and new.classified.case_type is None,
        )
    )
    # The mail in which a colleague forwarded theirs is not in the reporter's mailbox: no answer can refer to it.
    own_id = message.message_id if reporter == work.actor else None
    forwarded = message.forwarded if reporter != work.actor else None
    words: Readable | None = readable(message, first=True) if forwarded is None else of_forwarded(forwarded)
    if reporter != work.actor and not is_for_the_named(message):
        words = None
    return work.change(
        MessageAdded(mail.envelope.intake_id, reporter, own_id, len(message.attachments), readable=words)
    )


def _place_in_words(facts: Facts, home: Property | None, matched: Matched) -> str:
    units = [*facts.found.units, *(home.units if home else ())]
    return place_in_words(home, next((u for u in units if u.id == matched.unit), None))


def _tell_staff(
    mail: Mail, work: Work, notice: Notice, new: _New, to: Assignment, promised: DeadlineSet, why: Why
) -> None:
    """The assignee and the informed roles, each in their language; in an emergency their telephones ring too."""
    work.phones = emergency.phones_of(mail)
    template = Template.TRIAGE if to.triage else Template.NOTIFICATION
    told = [(to.assignee, template), *((one, Template.INFORMED) for one in to.informed)]
    for staff_id, kind in told:
        staff = work.ruleset.staff_by_id(staff_id)
        if staff is None:
            continue
        one = replace(
            notice,
            template=kind,
            to=staff_party(staff),
            language=staff.language,
            text=mail.message.text,
            author=new.about.party,
            why=why.lines(staff.language),
            candidates=why.candidates(staff.language) if why.asks and kind is not Template.INFORMED else (),
            due=promised.accept_by,
            imitates=imitated(new.about.party, work.ruleset),
            attach=(mail.envelope.intake_id,) if mail.message.attachments else (),
            reason=NOBODY_ON_CALL if kind is Template.INFORMED and to.reinforced else "",
        )
        work.tell(one)


def _acknowledge(
    mail: Mail,
    facts: Facts,
    work: Work,
    notice: Notice,
    new: _New,
    screened: Screened,
    asked: Question | None,
) -> None:
    refusal = _why_no_acknowledgement(mail, facts, new, screened)
    in_emergency = new.classified.emergency
    quiet = silence_of_emergency if in_emergency else silence
    refusal = refusal or quiet(work, facts, new.about.party.address)
    if refusal:
        work.explain(Station.NOTIFY, "no acknowledgement", refusal)
        return
    message = mail.message
    references = (*message.references, *((message.message_id,) if message.message_id else ()))
    rule = rule_of_party(new.about.party, facts, work.ruleset)
    work.explain(Station.NOTIFY, notice.template.value, f"to {new.about.party.address}", rule)
    if asked is not None:
        work.change(Asked(tuple(asked.needs), asked.choices))
        rule = rule_of(new.case_type.source) if new.case_type else None
        because = f"for {', '.join(asked.needs)}, in the acknowledgement"
        work.explain(Station.NOTIFY, "asked back", because, rule)
    work.tell(
        replace(
            notice,
            in_reply_to=message.message_id,
            references=references,
            acknowledges=None if in_emergency else new.about.party.address,
            needs=asked.open if asked else (),
            choices=asked.titles if asked else (),
        )
    )


def _why_no_acknowledgement(mail: Mail, facts: Facts, new: _New, screened: Screened) -> str | None:
    """The rule of design §7 against being a mail bomb (reliability §0.9), as the reason not to write or None."""
    about, sender = new.about, new.sender
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
    if about.party.kind is PartyKind.UNKNOWN and not (
        mail.message.auth.aligned or is_signed_in(mail.message, mail.envelope)
    ):
        return "the sender is unknown and nothing proves the address"
    if (
        not new.classified.emergency
        and facts.acknowledgements_today >= limits.ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY
    ):
        return f"{facts.acknowledgements_today} acknowledgements went to this address today"
    return None
