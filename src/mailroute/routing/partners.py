"""A partner is asked, says yes in time or is passed over; one at a time, nobody twice (REQ-D7…D11).

Until they accept they are told the kind of matter, postcode and town, and nothing else: `ask` is the only place that
writes to somebody who has not accepted. The assignee stays the assignee: it is to them that a ticket returns.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mailroute.model import command as c
from mailroute.model.address import address_key
from mailroute.model.calendar_clock import working_days_clock
from mailroute.model.decision import Sender, Station, TimerKind
from mailroute.model.facts import Facts
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.moment import date_and_time
from mailroute.model.outside import (
    PartnerAsked,
    PartnerDeclined,
    PartnerReturned,
    PartnerRevoked,
    PartnerTimedOut,
    PartnerUnreachable,
)
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.ruleset import Partner, Ruleset
from mailroute.model.text import fold
from mailroute.model.ticket import Assigned, Escalated, Noted, Party, PartyKind, Status, Ticket
from mailroute.routing.assign import escalate_to, triage_desk
from mailroute.routing.desk import Desk
from mailroute.routing.waiting import start_waiting, start_working
from mailroute.routing.work import (
    Mail,
    Work,
    intakes_with_files,
    local_day,
    passed_on,
    place_in_words,
    staff_party,
)

TIME_TO_ANSWER = timedelta(hours=48)
# Whose calendar is closed for longer is not there.
LONGEST_WAIT = timedelta(days=30)

Back = PartnerDeclined | PartnerTimedOut | PartnerUnreachable | PartnerReturned


# --- who ----------------------------------------------------------------------------------------------------


def find_partners(name: str, ruleset: Ruleset) -> tuple[Partner, ...]:
    """Who is meant: by id, name or address; else everybody with one of these words in their name."""
    wanted = " ".join(fold(name).strip(" .,;:!?").split())
    exact = [
        one
        for one in ruleset.partners
        if wanted in (fold(one.id), fold(one.name)) or address_key(name) == one.address
    ]
    if exact or not wanted:
        return tuple(exact)
    return tuple(one for one in ruleset.partners if set(wanted.split()) <= set(fold(one.name).split()))


def next_partner(ticket: Ticket, ruleset: Ruleset, now: datetime) -> Partner | None:
    """Whom to ask next: by `order`, whoever does such work, has not been asked about this ticket and can answer."""
    ranked = sorted(ruleset.partners, key=lambda one: (one.order, one.id))
    return next(
        (
            one
            for one in ranked
            if one.id not in ticket.partners_asked
            and (not one.case_types or ticket.case_type in one.case_types)
            and can_answer(one, ruleset, now)
        ),
        None,
    )


def can_answer(partner: Partner, ruleset: Ruleset, now: datetime) -> bool:
    """Whether there is an address to ask them at, and a working day soon on which they could answer."""
    return bool(partner.address) and answer_by(partner, ruleset, now) - now <= LONGEST_WAIT


def answer_by(partner: Partner, ruleset: Ruleset, since: datetime) -> datetime:
    """48 hours of a clock that runs day and night on the working days of the partner (REQ-D8, domain.md §3)."""
    return working_days_clock(since, TIME_TO_ANSWER, ruleset.calendar(partner.calendar))


def partner_party(partner: Partner) -> Party:
    """A partner as somebody to tell."""
    return Party(PartyKind.PARTNER, partner.id, partner.name, partner.address)


def partner_by_id(ruleset: Ruleset, partner_id: str) -> Partner | None:
    """The partner with that id, None where the rules have none (any more)."""
    return next((one for one in ruleset.partners if one.id == partner_id), None)


def partner_name(ruleset: Ruleset, partner_id: str) -> str:
    """How to name a partner to colleagues."""
    found = partner_by_id(ruleset, partner_id)
    return found.name if found else partner_id


# --- asked by staff -----------------------------------------------------------------------------------------


def ask_by_hand(desk: Desk, command: c.Assign, partner: Partner) -> Line:
    """`weiter an: Dachdeckerei Sturm`: ask this partner, unless they were asked before or cannot be."""
    ruleset = desk.work.ruleset
    if partner.id in desk.ticket.partners_asked:
        did = desk.words(
            f"Nicht ausgeführt: {partner.name} wurde zu diesem Vorgang schon gefragt. "
            f"Mit „extern an: {partner.address}“ erteilen Sie einen Auftrag per E-Mail.",
            f"Not done: {partner.name} has been asked about this ticket before. "
            f"“external: {partner.address}” places an order by mail.",
        )
        return Line(command.said, did, False)
    if not can_answer(partner, ruleset, desk.work.now):
        did = desk.words(
            f"Nicht ausgeführt: {partner.name} hat in partners.yaml keine Adresse, oder der Kalender ist auf Wochen "
            "geschlossen.",
            f"Not done: {partner.name} has no address in partners.yaml, or a calendar that is closed for weeks.",
        )
        return Line(command.said, did, False)
    due = ask(desk.work, desk.facts, partner)
    until = date_and_time(due, ruleset.calendar(desk.actor.calendar).zone, desk.words("de", "en"))
    did = desk.words(
        f"{partner.name} ist gefragt und hat bis {until} Zeit. Bis zur Annahme sieht die Firma nur Anliegen, "
        "Postleitzahl und Ort. Mit „widerrufen“ holen Sie den Vorgang vorher zurück.",
        f"{partner.name} has been asked and has until {until}. Before they accept they only see the kind of matter, "
        "postcode and town. Until then “revoke” gets the ticket back.",
    )
    return Line(command.said, did, True)


def ask(work: Work, facts: Facts, partner: Partner) -> datetime:
    """Offer it to a partner who knows nothing of it yet; they have until the returned moment."""
    due = answer_by(partner, work.ruleset, work.now)
    ticket = work.change(PartnerAsked(partner.id, due))
    work.cancel_timers(TimerKind.REMIND, TimerKind.ESCALATE, TimerKind.DONE, TimerKind.FOLLOW_UP)
    work.set_timer(TimerKind.PARTNER, due)
    work.explain(Station.ASSIGN, f"{partner.id} is asked", f"until {due.isoformat()}", str(partner.source))
    work.tell(
        Notice(
            template=Template.PARTNER_OFFER,
            to=partner_party(partner),
            language=work.ruleset.organisation.language,
            ticket=ticket,
            place=_town(facts, ticket),
            due=due,
        )
    )
    return due


def _town(facts: Facts, ticket: Ticket) -> str:
    home = facts.place[0]
    known = home is not None and home.id == ticket.place.property
    return f"{home.postcode} {home.town}".strip() if home is not None and known else ""


def revoke_by_hand(desk: Desk, command: c.Revoke) -> Line:
    """The question is taken back, as long as it is one (requirements, ambiguity 19)."""
    ticket = desk.ticket
    if not desk.is_assignee or ticket.status is not Status.PARTNER_ASKED:
        return _not_now(desk, command.said)
    partner = partner_by_id(desk.work.ruleset, ticket.partner)
    desk.work.change(PartnerRevoked(ticket.partner, desk.actor.id))
    desk.work.cancel_timers(TimerKind.PARTNER)
    start_working(desk.work, desk.ticket)
    if partner is not None:
        _tell_it_moved_on(desk.work, partner, desk.ticket)
    did = desk.words(
        "Der Vorgang liegt wieder bei Ihnen. Die Firma weiß, dass sich die Anfrage erledigt hat.",
        "The ticket is yours again. The firm knows that the request is withdrawn.",
    )
    return Line(command.said, did, True)


def refuse_at_partner(desk: Desk, command: c.Command) -> Line | None:
    """What staff cannot do while a partner is asked or has it (REQ-D3, D7); None for what they can."""
    match command:
        case c.Note() | c.Help() | c.Revoke() | c.Empty() | c.BeAway() | c.BeBack():
            return None
        case c.Answer() | c.NearMiss():
            desk.work.change(Noted(command.text, desk.intake, why="written while a partner has the ticket"))
            kept = desk.words(
                "Ihr Text ist als Notiz gespeichert und wurde nicht gesendet.",
                "Your text is kept as a note and was not sent.",
            )
            line = _not_now(desk, command.text.strip().splitlines()[0][:60])
            return replace(line, did=f"{line.did} {kept}")
        case _:
            return _not_now(desk, command.said)


def _not_now(desk: Desk, said: str) -> Line:
    ticket = desk.ticket
    partner = partner_by_id(desk.work.ruleset, ticket.partner)
    name = partner.name if partner else ticket.partner
    if ticket.status is Status.WITH_PARTNER:
        whom = f"{name} ({partner.address})" if partner and partner.address else name
        did = desk.words(
            f"Nicht ausgeführt: {name} hat den Vorgang angenommen und ist zuständig. Soll er zurück, bitten Sie "
            f"{whom} um „ablehnen: Grund“.",
            f"Not done: {name} has accepted the ticket and is responsible. To get it back, ask {whom} "
            "to reply “reject: reason”.",
        )
        return Line(said, did, False)
    did = desk.words(f"Nicht ausgeführt: {name} ist gefragt.", f"Not done: {name} has been asked.")
    if desk.is_assignee:
        way = desk.words(
            "Mit „widerrufen“ holen Sie den Vorgang zurück.", "Reply “revoke” to get the ticket back."
        )
    else:
        asker = desk.name_of(ticket.assignee)
        way = desk.words(f"Zurückholen kann ihn nur {asker}.", f"Only {asker} can get the ticket back.")
    return Line(said, f"{did} {way}", False)


# --- it comes back ------------------------------------------------------------------------------------------


def pass_over(work: Work, facts: Facts, change: Back, what: tuple[str, str], reason: str = "") -> None:
    """It returns to the sender's side, and the next partner is asked at once; after the last it stays (REQ-D9, D10).

    `what` happened, in German and English, for the assignee.
    """
    partner = partner_by_id(work.ruleset, change.partner)
    ticket = work.change(change)
    work.cancel_timers(TimerKind.PARTNER, TimerKind.DONE)
    work.explain(Station.ASSIGN, change.kind, f"{change.partner} is not asked again")
    if isinstance(change, PartnerTimedOut) and partner is not None:
        _tell_it_moved_on(work, partner, ticket)
    following = None if isinstance(change, PartnerReturned) else next_partner(ticket, work.ruleset, work.now)
    if following is None:
        _stays(work, facts, ticket, what, reason, is_exhausted=not isinstance(change, PartnerReturned))
        return
    due = ask(work, facts, following)
    tell_assignee(
        work,
        facts,
        (what, (f"Jetzt ist {following.name} gefragt.", f"Now {following.name} has been asked.")),
        reason=reason,
        due=due,
    )


def _stays(
    work: Work, facts: Facts, ticket: Ticket, what: tuple[str, str], reason: str, *, is_exhausted: bool
) -> None:
    """Nobody else can be asked: the internal person has it, and the next one hears of it (REQ-D9)."""
    holder = work.ruleset.staff_by_id(ticket.assignee)
    if holder is None or not holder.active:
        holder = triage_desk(work.ruleset, local_day(work.ruleset, work.now))
        ticket = work.change(Assigned(holder.id))
    start_waiting(work, ticket.case_type, holder.id, work.now)
    nobody = (
        "Es gibt keine weitere Firma, die gefragt werden kann.",
        "There is no other firm that could be asked.",
    )
    yours = ("Der Vorgang liegt wieder bei Ihnen.", "The ticket is yours again.")
    sentences = (what, nobody, yours) if is_exhausted else (what, yours)
    tell_assignee(work, facts, sentences, reason=reason, with_matter=True)
    if is_exhausted:
        _escalate(work, facts, ticket)


def _escalate(work: Work, facts: Facts, ticket: Ticket) -> None:
    found = escalate_to(ticket, facts, work.ruleset, local_day(work.ruleset, work.now))
    staff = work.ruleset.staff_by_id(found[1]) if found else None
    if found is None or staff is None:
        return
    ticket = work.change(Escalated(staff.id, found[0]))
    assignee = work.ruleset.staff_by_id(ticket.assignee)
    work.explain(Station.ASSIGN, "escalation", f"{staff.name} (role {found[0]}) is brought in")
    work.tell(
        Notice(
            template=Template.ESCALATION,
            to=staff_party(staff),
            language=staff.language,
            ticket=ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            author=staff_party(assignee) if assignee else None,
            passes_on=passed_on(facts.messages),
        )
    )


def tell_assignee(
    work: Work,
    facts: Facts,
    sentences: tuple[tuple[str, str], ...],
    *,
    reason: str = "",
    due: datetime | None = None,
    with_matter: bool = False,
    attach: tuple[int, ...] = (),
) -> None:
    """Say to whoever stands behind the ticket what the partner has done; each sentence in German and English."""
    assert work.ticket is not None
    staff = work.ruleset.staff_by_id(work.ticket.assignee)
    if staff is None or not staff.active:
        return
    english = staff.language == "en"
    messages = passed_on(facts.messages) if with_matter else ()
    work.tell(
        Notice(
            template=Template.PARTNER_NEWS,
            to=staff_party(staff),
            language=staff.language,
            ticket=work.ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            reason=reason,
            why=tuple(one[english] for one in sentences),
            due=due,
            passes_on=messages,
            attach=attach or intakes_with_files(messages),
        )
    )


def _tell_it_moved_on(work: Work, partner: Partner, ticket: Ticket) -> None:
    if not partner.address:
        return
    work.tell(
        Notice(
            template=Template.PARTNER_EXPIRED,
            to=partner_party(partner),
            language=work.ruleset.organisation.language,
            ticket=ticket,
        )
    )


def tell_partner(work: Work, facts: Facts, partner: Partner, mail: Mail, sender: Sender) -> None:
    """The customer wrote again: who has the ticket reads it."""
    assert work.ticket is not None
    work.explain(Station.NOTIFY, partner.id, "the partner has the ticket and hears of every new message")
    work.tell(
        Notice(
            template=Template.PARTNER_MESSAGE,
            to=partner_party(partner),
            language=work.ruleset.organisation.language,
            ticket=work.ticket,
            place=place_in_words(facts.place[0], facts.place[1]),
            text=without_reply_tags(mail.message.new_text or mail.message.text),
            author=sender.party,
            attach=(mail.envelope.intake_id,) if mail.message.attachments else (),
        )
    )


# --- the clock, and the post --------------------------------------------------------------------------------


def time_out(work: Work, facts: Facts) -> None:
    """The partner's time is over: every mail received up to that moment has been decided (design §6)."""
    ticket = work.ticket
    assert ticket is not None
    if (
        ticket.status is not Status.PARTNER_ASKED
        or ticket.partner_due is None
        or ticket.partner_due > work.now
    ):
        work.explain(Station.TIMER, "nothing to do", f"the ticket is {ticket.status} by now")
        return
    name = partner_name(work.ruleset, ticket.partner)
    what = (
        f"{name} hat in der Frist nicht geantwortet; die Firma wird nicht noch einmal gefragt.",
        f"{name} has not answered in time; the firm is not asked again.",
    )
    pass_over(work, facts, PartnerTimedOut(ticket.partner), what)


def question_came_back(work: Work, facts: Facts, status: str) -> None:
    """The partner cannot be reached: the next one is asked at once (REQ-D9)."""
    ticket = work.ticket
    assert ticket is not None
    name = partner_name(work.ruleset, ticket.partner)
    what = (
        f"Die Anfrage an {name} kam als unzustellbar zurück{f' ({status})' if status else ''}.",
        f"The request to {name} came back undelivered{f' ({status})' if status else ''}.",
    )
    pass_over(work, facts, PartnerUnreachable(ticket.partner, status), what)
