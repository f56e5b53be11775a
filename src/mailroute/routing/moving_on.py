"""A partner did not take it, or gives it back: it returns to the sender's side, and the next one is asked (REQ-D9, D10)."""

from __future__ import annotations

from datetime import datetime

from mailroute.model.decision import Station, TimerKind, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.outside import PartnerDeclined, PartnerReturned, PartnerTimedOut, PartnerUnreachable
from mailroute.model.ticket import Assigned, Escalated, PartyKind, Status, Ticket
from mailroute.routing.assign import escalate_to, triage_desk
from mailroute.routing.child import take_back
from mailroute.routing.offered import pass_list_on
from mailroute.routing.partners import ask, next_partner, partner_by_id, partner_name, tell_it_moved_on
from mailroute.routing.waiting import start_waiting
from mailroute.routing.work import Work, intakes_with_files, local_day, passed_on, place_in_words, staff_party

Back = PartnerDeclined | PartnerTimedOut | PartnerUnreachable | PartnerReturned


def pass_over(work: Work, facts: Facts, change: Back, what: tuple[str, str], reason: str = "") -> None:
    """It returns to the sender's side, and the next partner is asked at once; after the last it stays (REQ-D9, D10).

    `what` happened, in German and English, for the assignee.
    """
    partner = partner_by_id(work.ruleset, change.partner)
    was_child = work.ticket is not None and work.ticket.child is not None
    ticket = work.change(change)
    work.cancel_timers(TimerKind.PARTNER, TimerKind.UNREACHABLE, TimerKind.DONE)
    work.explain(
        Station.ASSIGN,
        change.kind,
        f"{change.partner} is not asked again",
        rule_of(partner.source) if partner else None,
    )
    if isinstance(change, PartnerTimedOut) and partner is not None and not was_child:
        tell_it_moved_on(work, partner, ticket)
    _tell_reporter(work, ticket)
    following = None if isinstance(change, PartnerReturned) else next_partner(ticket, work, facts)
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


def _tell_reporter(work: Work, ticket: Ticket) -> None:
    """Only where the organisation wants that, and only when the first one passes (ambiguity 23): which firms is our business.

    A stranger gets none: they may be a machine, or somebody whose address another typed into a form.
    """
    reporter, wanted = ticket.reporter, "rerouting-letter" in work.ruleset.organisation.features
    others = (PartyKind.STAFF, PartyKind.PARTNER, PartyKind.UNKNOWN)
    if not wanted or len(ticket.partners_asked) != 1 or reporter.kind in others:
        return
    work.tell(Notice(template=Template.REROUTED, to=reporter, language=ticket.language, ticket=ticket))


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
    left = pass_list_on(work, facts.offer, holder)
    tell_assignee(work, facts, sentences, reason=reason, with_matter=True, candidates=left)
    if is_exhausted:
        _escalate(work, facts, ticket)


def _escalate(work: Work, facts: Facts, ticket: Ticket) -> None:
    found = escalate_to(ticket, facts, work.ruleset, local_day(work.ruleset, work.now))
    staff = work.ruleset.staff_by_id(found[1]) if found else None
    if found is None or staff is None:
        return
    ticket = work.change(Escalated(staff.id, found[0]))
    assignee = work.ruleset.staff_by_id(ticket.assignee)
    work.explain(
        Station.ASSIGN,
        "escalation",
        f"{staff.name} (role {found[0]}) is brought in",
        rule_of(work.ruleset.role(found[0]).source, staff.source),
    )
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
    candidates: tuple[str, ...] = (),
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
            candidates=candidates,
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
    take_back(work, facts, "timed-out")
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
