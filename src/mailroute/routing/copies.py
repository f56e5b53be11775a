"""Who reads along: members of a grant with shared tickets get what is written in each other's (REQ-B3 to B8).

A copy goes to whom `may_take_part` lets in today: somebody who was removed gets none, and switching sharing on sends
nothing of what was written before (REQ-B13).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from mailroute.model.access import Access
from mailroute.model.decision import Decision, Disposition, Station
from mailroute.model.facts import Facts
from mailroute.model.grant import Copies, Member, View
from mailroute.model.letter import Gathered, Item, Notice, Template
from mailroute.model.moment import date_and_time
from mailroute.model.ruleset import Ruleset
from mailroute.model.thread import Said
from mailroute.model.ticket import CLOCK, Party, PartyKind, Ticket
from mailroute.routing.permit import viewer_of
from mailroute.routing.sharing import damage_types, may_take_part
from mailroute.routing.work import Rules, Work

# Somebody of the house whose name the reader is not shown.
NAMELESS = Party(PartyKind.STAFF, None, "", "")
# When those who want one mail a day get it.
_MORNING = time(7, 0)


def tell_members(work: Work, facts: Facts, notice: Notice, *, but: tuple[str, ...] = ()) -> None:
    """Copy what a notice says to the other members, each when they want it; `but` have it already.

    Whoever wrote last gets it at once: it is the answer to them (REQ-B7). For whoever wants one mail a day it is kept
    (`decide_copies`).
    """
    ticket = work.ticket
    assert ticket is not None
    last = facts.messages[-1].author.address if facts.messages else ""
    for member, party, grant in readers(ticket, facts.access, work.ruleset):
        if member.address in but:
            continue
        at_once = member.address == last or member.copies is Copies.AT_ONCE
        if not at_once and member.copies is Copies.WEB_ONLY:
            continue
        if not at_once:
            because = f"{member.address} reads it tomorrow morning, with the others"
            work.explain(Station.NOTIFY, "copy", because, grant)
            work.gathered.append(Gathered(member.address, ticket.number, Template.SHARED, ""))
            continue
        work.explain(Station.NOTIFY, "copy", f"{member.address} shares tickets with the reporter", grant)
        copy = replace(notice, template=Template.SHARED, to=party)
        work.tell(as_customers_see_it(copy, facts.access))


def readers(
    ticket: Ticket, access: Access | None, ruleset: Ruleset
) -> Iterator[tuple[Member, Party, str | None]]:
    """Everybody but the reporter who may take part in the ticket, each once, with the line of the grant that says so."""
    if access is None:
        return
    damages = damage_types(ruleset)
    seen = {ticket.reporter.address}
    for grant in access.of(ticket.reporter.address):
        for member in grant.members if grant.share_tickets else ():
            party = Party(PartyKind.CUSTOMER, None, member.name, member.address)
            if member.address not in seen and may_take_part(viewer_of(party, access), ticket, damages):
                seen.add(member.address)
                yield member, party, grant.rule or None


def as_customers_see_it(notice: Notice, access: Access | None) -> Notice:
    """The letter in the form of the reader's view (REQ-C13), and without the name of the staff member who wrote it
    where no grant of the reader shows it (REQ-C23)."""
    grants = access.of(notice.to.address) if access is not None else ()
    commercial = bool(grants) and grants[0].view is View.COMMERCIAL
    if notice.commercial is not commercial:
        notice = replace(notice, commercial=commercial)
    if not grants or any(one.show_account_manager for one in grants):
        return notice
    return replace(notice, author=NAMELESS) if notice.author and notice.author.is_staff else notice


def this_morning(now: datetime, ruleset: Ruleset) -> datetime:
    """Seven o'clock of that day where the organisation is."""
    local = now.astimezone(ZoneInfo(ruleset.calendar(None).zone))
    return datetime.combine(local.date(), _MORNING, local.tzinfo).astimezone(now.tzinfo)


def decide_copies(
    reader: Party,
    language: str,
    told: Sequence[tuple[Ticket, Said, str]],
    rules: Rules,
    now: datetime,
) -> Decision:
    """One mail with all that was written in the tickets of the others: (ticket, what, who as the reader may know them).

    Nothing: no letter.
    """
    work = Work(rules, rules.ruleset.organisation.id, CLOCK, now)
    if told:
        zone = rules.ruleset.calendar(None).zone
        work.explain(Station.NOTIFY, "copies", f"{len(told)} messages for {reader.address}")
        work.tell(
            Notice(
                template=Template.SHARED_DAILY,
                to=reader,
                language=language,
                ticket=None,
                items=tuple(
                    Item(
                        head=f"{ticket.label} {ticket.subject}".strip(),
                        words="",
                        note=f"{by}, {date_and_time(said.at, zone, language)}",
                        number=ticket.number,
                        text=said.read_by(reader.address).text or "",
                    )
                    for ticket, said, by in told
                ),
                attach=tuple(dict.fromkeys(said.intake for _, said, _ in told if said.intake is not None)),
            )
        )
    return work.decision(Disposition.COMMAND)
