"""A member answers their invitation: the address is theirs, and from now on they are a member (REQ-C9)."""

from __future__ import annotations

from mailroute.model.decision import Assurance, Decision, Disposition, Routing, Sender, Station
from mailroute.model.letter import Notice, Template
from mailroute.model.message import Automatic
from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.work import Mail, Work


def confirms_address(mail: Mail, sender: Sender) -> bool:
    """Whether a person answers; an out-of-office quotes the subject too and proves nothing."""
    by_person = mail.message.automatic is Automatic.PERSON and mail.envelope.mail_from != ""
    return by_person and sender.assurance is not Assurance.NONE and sender.party.kind is not PartyKind.STAFF


def decide_confirmation(mail: Mail, work: Work, sender: Sender) -> Decision:
    """Note the confirmation and say thank you. The words of the mail are no matter: they were not asked for."""
    address = sender.party.address
    work.confirms = address
    work.explain(Station.IDENTIFY, "confirmed", f"{address} answers the last invitation that was sent there")
    message_id = mail.message.message_id
    work.tell(
        Notice(
            template=Template.INVITATION_CONFIRMED,
            to=Party(PartyKind.CUSTOMER, None, sender.party.name, address),
            language=mail.message.language or work.ruleset.organisation.language,
            ticket=None,
            in_reply_to=message_id,
            references=(message_id,) if message_id else (),
            inbox=mail.envelope.inbox,
        )
    )
    return work.decision(Disposition.COMMAND, Routing(sender, None, None, None, None))
