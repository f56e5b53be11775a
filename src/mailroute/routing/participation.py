"""A member of a sharing grant in somebody else's ticket: let in by today's grants, never by an old letter (REQ-B2 to B6).

Also what they may say there without words: GELESEN, once another one has answered (REQ-B5).
"""

from __future__ import annotations

from mailroute.model import limits
from mailroute.model.decision import Assurance, Sender, Station
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.message import Automatic, Message
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.text import fold
from mailroute.model.ticket import MarkedRead, Party, PartyKind, Status, Ticket
from mailroute.routing.copies import readers, tell_members
from mailroute.routing.identify import border_of, is_signed_in
from mailroute.routing.permit import viewer_of
from mailroute.routing.sharing import damage_types, is_reporter, may_take_part
from mailroute.routing.work import Mail, Work

_READ = frozenset({"gelesen", "read", "habe ich gelesen", "als gelesen markieren", "mark as read"})
SHARES = "it comes from a member of a grant that shares its tickets with the reporter"


def takes_part(facts: Facts, work: Work, sender: Sender, ticket: Ticket, mail: Mail) -> bool:
    """Whether a co-member is let into a ticket whose number or thread they name (REQ-B2).

    Their From alone is not enough where a border could have confirmed it: a forged one would speak in their name.
    """
    if facts.access is None or sender.party.kind in (PartyKind.STAFF, PartyKind.PARTNER):
        return False
    sure = sender.assurance in (Assurance.TOKEN, Assurance.AUTHENTICATED) or not _must_be_confirmed(mail)
    return sure and _may(facts, work, sender.party, ticket)


def sharing_rule(facts: Facts, sender: Sender) -> str | None:
    """The line of the grant by which they take part."""
    grants = facts.access.of(sender.party.address) if facts.access is not None else ()
    return next((one.rule for one in grants if one.share_tickets and one.rule), None)


def _must_be_confirmed(mail: Mail) -> bool:
    return border_of(mail.message, mail.envelope) is not None


def is_lost(facts: Facts, work: Work, ticket: Ticket) -> bool:
    """Whether the token in the mail was made for a member who may not take part any more: it opens nothing."""
    recipient = facts.proof.recipient if facts.proof is not None else None
    # Copies for members are addressed so; whoever else holds a token was given it by staff.
    if recipient is None or recipient.kind is not PartyKind.CUSTOMER or recipient.id is not None:
        return False
    viewer = viewer_of(recipient, facts.access)
    return not is_reporter(viewer, ticket) and not _may(facts, work, recipient, ticket)


def _may(facts: Facts, work: Work, party: Party, ticket: Ticket) -> bool:
    return may_take_part(viewer_of(party, facts.access), ticket, damage_types(work.ruleset))


def is_co_member(facts: Facts, sender: Sender, ticket: Ticket) -> bool:
    """Whether somebody other than the reporter writes as a member of a grant."""
    if facts.access is None or is_reporter(viewer_of(sender.party, facts.access), ticket):
        return False
    return bool(facts.access.of(sender.party.address))


def proof_in_words(sender: Sender, mail: Mail) -> str:
    """What proves the author of a message, to be kept beside it (REQ-B6)."""
    message = mail.message
    if is_signed_in(message, mail.envelope):
        return "signed in to the web pages"
    results = ", ".join(message.auth.results)
    if message.auth.border is not None:
        return (
            f"{'confirmed' if message.auth.aligned else 'not confirmed'} by {message.auth.border}: {results}"
        )
    return f"{sender.assurance.value}, no border"


def about_co_member(facts: Facts, work: Work, sender: Sender, mail: Mail, language: str) -> tuple[str, ...]:
    """What the assignee should know of a message that somebody else than the reporter wrote (REQ-B6)."""
    ticket = work.ticket
    if ticket is None or not is_co_member(facts, sender, ticket):
        return ()
    name, proof = ticket.reporter.name or ticket.reporter.address, proof_in_words(sender, mail)
    if language == "en":
        return (f"Shares tickets with {name}. Sender: {proof}.",)
    return (f"Teilt Vorgänge mit {name}. Absender: {proof}.",)


# --- read -----------------------------------------------------------------------------------------------------


def says_read(message: Message) -> bool:
    """Whether the mail says GELESEN and nothing else."""
    words = fold(message.new_text).strip(" \n.!-–*\"'„“")
    return " ".join(words.split()) in _READ


def reads_along(facts: Facts, work: Work, sender: Sender, ticket: Ticket) -> bool:
    """Whether there is anybody else who could have answered for them."""
    others = any(True for _ in readers(ticket, facts.access, work.ruleset))
    return others and _may(facts, work, sender.party, ticket)


def mark_read(mail: Mail, facts: Facts, work: Work, sender: Sender, ticket: Ticket) -> None:
    """Note that they have read it; before anybody has answered, say that somebody must (REQ-B5, ambiguity 9)."""
    if facts.unanswered and ticket.status is not Status.CLOSED:
        work.explain(Station.COMMAND, "not marked as read", "nobody has answered yet")
        if facts.acknowledgements_today >= limits.ACKNOWLEDGEMENTS_PER_ADDRESS_AND_DAY:
            return
        message_id = mail.message.message_id
        work.tell(
            Notice(
                template=Template.UNANSWERED,
                to=sender.party,
                language=ticket.language,
                ticket=ticket,
                in_reply_to=message_id,
                references=(message_id,) if message_id else (),
                acknowledges=sender.party.address,
            )
        )
        return
    work.change(MarkedRead())
    work.explain(Station.COMMAND, "marked as read", "somebody has answered; the house is not told")


def _is_theirs(facts: Facts, work: Work, sender: Sender, ticket: Ticket) -> bool:
    """Whether a customer speaks who takes part: never the house, and no stranger with a forwarded letter."""
    house = (PartyKind.STAFF, PartyKind.PARTNER)
    return sender.party.kind not in house and _may(facts, work, sender.party, ticket)


def _speaks_in_it(mail: Mail, facts: Facts, work: Work, sender: Sender) -> bool:
    """Whether a person who takes part wrote this."""
    ticket = work.ticket
    person = mail.message.automatic is Automatic.PERSON
    return person and ticket is not None and _is_theirs(facts, work, sender, ticket)


def _is_proven(mail: Mail, sender: Sender) -> bool:
    if sender.assurance is Assurance.NONE:
        return False
    return not _must_be_confirmed(mail) or mail.message.auth.aligned


def is_readable(mail: Mail, facts: Facts, work: Work, sender: Sender) -> bool:
    """Whether everybody who sees the ticket may read the mail: of the others than the reporter only what is proven."""
    ticket = work.ticket
    if ticket is None or not _speaks_in_it(mail, facts, work, sender):
        return False
    return is_reporter(viewer_of(sender.party, facts.access), ticket) or _is_proven(mail, sender)


# --- copies ---------------------------------------------------------------------------------------------------


def copy_message(mail: Mail, facts: Facts, work: Work, sender: Sender) -> None:
    """Let the others read what one of them wrote: the reporter at once, the members as they like (REQ-B3, B4, B8)."""
    ticket, message = work.ticket, mail.message
    assert ticket is not None
    if facts.access is None or not _speaks_in_it(mail, facts, work, sender):
        return
    text = without_reply_tags(message.new_text)
    if not text.strip() and not message.attachments:
        return
    if not _is_proven(mail, sender):
        work.explain(Station.NOTIFY, "no copies", "nothing proves who wrote it")
        return
    notice = Notice(
        template=Template.SHARED,
        to=ticket.reporter,
        language=ticket.language,
        ticket=ticket,
        text=text,
        author=sender.party,
        attach=(mail.envelope.intake_id,) if message.attachments else (),
    )
    if sender.party.address != ticket.reporter.address:
        work.tell(notice)
    tell_members(work, facts, notice, but=(sender.party.address, ticket.reporter.address))
