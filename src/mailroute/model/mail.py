"""A mail as our doors hand it over and as the store keeps it: bytes with an envelope, nothing interpreted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address, ip_network

# Names the form of our pages in which a mail was written; by any other door than that of the pages it says nothing.
FORM_HEADER = "X-Portal-Form"


class Door(StrEnum):
    """The way a mail came in."""

    SMTP = "smtp"
    LMTP = "lmtp"
    IMAP = "imap"
    FILE = "file"
    # What somebody wrote on our own pages, signed in.
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a door received. `content` is unchanged; `rcpt_to` lists our addresses as they were named.

    `mail_from` is "" for the null return path (RFC 5321 §4.5.5). `door_key` identifies the delivery at a door
    that can hand it over twice (IMAP: account, folder, UIDVALIDITY, UID), else None.
    `login` is the account that authenticated by SMTP AUTH or is signed in to the web pages, else None.
    """

    door: Door
    mail_from: str
    rcpt_to: tuple[str, ...]
    content: bytes
    received_at: datetime
    peer: str
    door_key: str | None = None
    login: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The promise behind a 250: the mail is on disk. `duplicate` is True if it already was.

    `intake_id` is what it is called from now on (`m17`): its first intake, 0 if that was erased since.
    """

    intake_id: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word about senders is believed: `borders` are the authserv-ids (RFC 8601 §2.5) of our own mail servers,
    `forwarders` the domains whose ARC seals (RFC 8617) may vouch for what was forwarded. `gateways` are the networks
    of those of our mail servers that bring mail to an SMTP door from the internet.
    """

    borders: tuple[str, ...] = ()
    forwarders: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()

    def borders_behind(self, door: Door, peer: str) -> tuple[str, ...]:
        """The borders whose word counts in a mail from `peer`: none where it came past them.

        Whoever knocks at an open SMTP door can write every field in their name, those above the first Received too.
        """
        return self.borders if door is not Door.SMTP or self._is_ours(peer) else ()

    def _is_ours(self, peer: str) -> bool:
        """Whether a peer is on this machine, in a private network or one of `gateways`."""
        if peer == "unix":
            return True
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return not address.is_global or any(address in ip_network(one) for one in self.gateways)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The envelope of one intake: a stored mail seen by one organisation (design §8a).

    `inbox` is the address of that organisation's inbox that the mail was written to; `rcpt_to` holds only the
    recipients that belong to the organisation. `borders` are the authserv-ids that may vouch for senders there.
    """

    mail_id: int
    intake_id: int
    organisation: str
    inbox: str
    door: Door
    mail_from: str
    rcpt_to: tuple[str, ...]
    received_at: datetime
    login: str | None = None
    size_bytes: int = 0
    borders: tuple[str, ...] = ()
    peer: str = ""


class IntakeState(StrEnum):
    """Where a stored mail stands for one organisation. Every intake ends in DONE or HELD, visibly."""

    RECEIVED = "received"
    DONE = "done"
    HELD = "held"
