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
from mailroute.model.decision import Sender, Station, TimerKind, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.moment import date_and_time
from mailroute.model.outside import (
    PartnerAsked,
    PartnerRevoked,
)
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.ruleset import Partner, Ruleset
from mailroute.model.text import fold
from mailroute.model.ticket import Noted, Party, PartyKind, Status, Ticket
from mailroute.routing.child import neighbour, open_child, pass_on_message, take_back
from mailroute.routing.deadlines import to_the_minute
from mailroute.routing.desk import Desk
from mailroute.routing.waiting import start_working
from mailroute.routing.work import (
    Mail,
    Work,
    place_in_words,
)

TIME_TO_ANSWER = timedelta(hours=48)
# Whose calendar is closed for longer is not there.
LONGEST_WAIT = timedelta(days=30)


# --- who ----------------------------------------------------------------------------------------------------


def find_partners(name: str, ruleset: Ruleset) -> tuple[Partner, ...]:
    """Who is meant: by id, name or address; else everybody with one of these words in their name."""
    wanted = " ".join(fold(name).strip(" .,;:!?").split())
    exact = [
        one
        for one in ruleset.partners
        if wanted in (fold(one.id), fold(one.name)) or (one.address and address_key(name) == one.address)
    ]
    if exact or not wanted:
        return tuple(exact)
    return tuple(one for one in ruleset.partners if set(wanted.split()) <= set(fold(one.name).split()))


def next_partner(ticket: Ticket, work: Work, facts: Facts) -> Partner | None:
    """Whom to ask next: by `order`, whoever does such work, has not been asked about this ticket and can answer."""
    ranked = sorted(work.ruleset.partners, key=lambda one: (one.order, one.id))
    return next(
        (
            one
            for one in ranked
            if one.id not in ticket.partners_asked
            and (not one.case_types or ticket.case_type in one.case_types)
            and can_answer(one, work, facts)
        ),
        None,
    )


def can_answer(partner: Partner, work: Work, facts: Facts) -> bool:
    """Whether they can be asked, here or at an address, and a working day comes soon on which they could answer."""
    reachable = bool(partner.address) or neighbour(partner, work, facts) is not None
    return reachable and answer_by(partner, work.ruleset, work.now) - work.now <= LONGEST_WAIT


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
    if desk.ticket.parent is not None:
        # It could come back to whoever asked us.
        asker = desk.ticket.reporter.name
        did = desk.words(
            f"Nicht ausgeführt: Uns hat {asker} gefragt; an eine weitere Firma kann der Vorgang nur von dort gehen. "
            "Mit „ablehnen: Grund“ geben Sie ihn zurück.",
            f"Not done: {asker} has asked us, and only they can ask another firm. “reject: reason” gives it back.",
        )
        return Line(command.said, did, False)
    if partner.id in desk.ticket.partners_asked:
        did = desk.words(
            f"Nicht ausgeführt: {partner.name} wurde zu diesem Vorgang schon gefragt.",
            f"Not done: {partner.name} has been asked about this ticket before.",
        )
        if partner.address:
            order = desk.words(
                f"Mit „extern an: {partner.address}“ erteilen Sie einen Auftrag per E-Mail.",
                f"“external: {partner.address}” places an order by mail.",
            )
            did = f"{did} {order}"
        return Line(command.said, did, False)
    if not can_answer(partner, desk.work, desk.facts):
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
    """Offer it to a partner who knows nothing of it yet; they have until the returned moment.

    By mail, or where the partner is an organisation here as a ticket there.
    """
    due = answer_by(partner, work.ruleset, work.now)
    there = neighbour(partner, work, facts)
    town = _town(facts, work.ticket) if work.ticket is not None else ""
    child = open_child(work, there, town, due) if there is not None else None
    ticket = work.change(PartnerAsked(partner.id, due, child=child))
    work.cancel_timers(TimerKind.REMIND, TimerKind.ESCALATE, TimerKind.DONE, TimerKind.FOLLOW_UP)
    work.set_timer(TimerKind.PARTNER, due)
    work.cancel_timers(TimerKind.UNREACHABLE)
    until = to_the_minute(due, work.ruleset.calendar(partner.calendar))
    work.explain(Station.ASSIGN, f"{partner.id} is asked", f"until {until}", rule_of(partner.source))
    if child is None:
        work.tell(
            Notice(
                template=Template.PARTNER_OFFER,
                to=partner_party(partner),
                language=work.ruleset.organisation.language,
                ticket=ticket,
                place=town,
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
    take_back(desk.work, desk.facts, "revoked")
    desk.work.change(PartnerRevoked(ticket.partner, desk.actor.id))
    desk.work.cancel_timers(TimerKind.PARTNER, TimerKind.UNREACHABLE)
    start_working(desk.work, desk.ticket)
    if partner is not None and ticket.child is None:
        tell_it_moved_on(desk.work, partner, desk.ticket)
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
        case c.Answer() | c.AnswerAlso() | c.NearMiss():
            desk.work.change(Noted(command.text, desk.intake, why="written while a partner has the ticket"))
            kept = desk.words(
                "Ihr Text ist als Notiz gespeichert und wurde nicht gesendet.",
                "Your text is kept as a note and was not sent.",
            )
            begins = next(iter(command.text.strip().splitlines()), "")
            line = _not_now(desk, begins[:60])
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


# --- what they are told afterwards ---------------------------------------------------------------------------


def tell_it_moved_on(work: Work, partner: Partner, ticket: Ticket) -> None:
    """Say that the question is not theirs any more."""
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
    work.explain(
        Station.NOTIFY,
        partner.id,
        "the partner has the ticket and hears of every new message",
        rule_of(partner.source),
    )
    if pass_on_message(work, facts, mail, sender.party):
        return
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
