"""What a partner does with a ticket, whoever says so: a firm by mail, or an organisation here by what its staff do.

`work` and `facts` are always those of the organisation that asked.
"""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.decision import Station, TimerKind, rule_of
from mailroute.model.facts import Facts
from mailroute.model.letter import Line, Notice, Template, Written
from mailroute.model.names import oblique
from mailroute.model.outside import PartnerAccepted
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.ruleset import Partner
from mailroute.model.ticket import Answered, Closed, PartyKind, Ticket
from mailroute.routing.copies import tell_members
from mailroute.routing.deadlines import due, length
from mailroute.routing.external import contact_lines
from mailroute.routing.internal_words import repeats_something_internal
from mailroute.routing.moving_on import tell_assignee
from mailroute.routing.partners import partner_party
from mailroute.routing.waiting import spans_of
from mailroute.routing.work import Work, intakes_with_files, passed_on, place_in_words


def accepted(work: Work, facts: Facts, partner: Partner) -> Ticket:
    """They said yes: they must act now, and whoever stands behind the ticket hears of it."""
    ticket = work.change(PartnerAccepted(partner.id))
    work.cancel_timers(TimerKind.PARTNER, TimerKind.UNREACHABLE)
    set_done_timer(work, ticket, partner)
    work.explain(
        Station.ASSIGN,
        partner.id,
        "the partner has accepted in time and must act now",
        rule_of(partner.source),
    )
    name = partner.name
    what = (f"{name} hat den Vorgang angenommen und ist jetzt zuständig.",
            f"{name} has accepted the ticket and is responsible now.")  # fmt: skip
    tell_assignee(work, facts, (what,))
    return ticket


def the_matter(notice: Notice, facts: Facts, ticket: Ticket) -> Notice:
    """The letter with all that a partner may know once they have accepted: place, contact data, the customer's words."""
    messages = passed_on(of_the_customer(facts, ticket))
    more = len(facts.further)
    others = Line("Further reports" if notice.language == "en" else "Weitere Meldungen", str(more), True)
    return replace(
        notice,
        place=place_in_words(facts.place[0], facts.place[1]),
        lines=(*notice.lines, *contact_lines(ticket, facts, notice.language), *((others,) if more else ())),
        passes_on=messages,
        attach=intakes_with_files(messages),
    )


def of_the_customer(facts: Facts, ticket: Ticket) -> tuple[Written, ...]:
    """What other partners, firms and colleagues have written is not for a partner, unless they reported the matter.

    Nor is what further reporters of the same matter wrote: their names and words are not the first one's to share.
    """
    house = (PartyKind.PARTNER, PartyKind.STAFF)
    reporter = ticket.reporter.address
    others = {one.party.address for one in facts.further} - {reporter}
    return tuple(
        one
        for one in facts.messages
        if one.author.address == reporter
        or (one.author.kind not in house and one.author.address not in others)
    )


def answered(work: Work, facts: Facts, partner: Partner, text: str, intake: int | None) -> None:
    """Their words to the customer leave like those of staff, from the inbox that was written to."""
    assert work.ticket is not None
    reporter, hold = work.ticket.reporter, work.ruleset.organisation.answer_hold
    words = without_reply_tags(text)
    ticket = work.change(Answered(reporter.address, intake, text=words))
    work.explain(Station.COMMAND, "answer", f"goes to {reporter.address} after {length(hold)}")
    notice = Notice(
        template=Template.ANSWER,
        to=reporter,
        language=ticket.language,
        ticket=ticket,
        place=place_in_words(facts.place[0], facts.place[1]),
        text=words,
        author=partner_party(partner),
        attach=() if intake is None else (intake,),
        in_reply_to=ticket.last_message_id,
        references=(ticket.last_message_id,) if ticket.last_message_id else (),
        not_before=work.now + hold if hold else None,
    )
    work.tell(notice)
    tell_members(work, facts, notice)
    to = oblique(reporter.name or reporter.address)
    work.explain(Station.NOTIFY, "answer", f"of {partner.id} to {to}", rule_of(partner.source))


def closed(work: Work, facts: Facts, partner: Partner, text: str, files: tuple[int, ...]) -> None:
    """The matter is done; the customer hears of it where the organisation wants that."""
    tells = "closing-letter" in work.ruleset.organisation.features
    internal = repeats_something_internal(text, facts.internal_texts)
    words = without_reply_tags(text) if tells and not internal else ""
    ticket = work.change(Closed(text, told=words))
    work.cancel_timers(*TimerKind)
    if tells:
        work.tell(
            Notice(
                template=Template.CLOSED,
                to=ticket.reporter,
                language=ticket.language,
                ticket=ticket,
                text=words,
                author=partner_party(partner),
            )
        )
    name = partner.name
    what = (f"{name} hat den Vorgang abgeschlossen.", f"{name} has closed the ticket.")
    tell_assignee(work, facts, (what,), reason=text, attach=files)


def set_done_timer(work: Work, ticket: Ticket, partner: Partner) -> None:
    """When the matter should be done, in the partner's working time."""
    spans = spans_of(work.ruleset, ticket.case_type)
    calendar = work.ruleset.calendar(partner.calendar)
    done_by = due(spans, calendar, work.now, spans.done_within) if spans.done_within else None
    work.set_timer(TimerKind.DONE, done_by)
