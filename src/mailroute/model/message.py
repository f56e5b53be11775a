"""What we understood of a mail. Built by `message.parse`, read by `routing`; holds no bytes of the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as calendar_day
from datetime import datetime
from enum import StrEnum

from mailroute.model.address import Address


class Automatic(StrEnum):
    """Who wrote it: a person, or which kind of machine."""

    PERSON = "person"
    AUTO_REPLIED = "auto-replied"
    AUTO_GENERATED = "auto-generated"
    BOUNCE = "bounce"
    LIST = "list"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail. `size` is bytes of the decoded part, `part` its index in document order of all leaves.

    `cid` is the Content-ID without angle brackets or None.
    """

    name: str
    type: str
    size: int
    sha256: str
    inline: bool
    cid: str | None
    part: int


@dataclass(frozen=True, slots=True)
class Authentication:
    """What our own border said about the sender's domain (RFC 8601).

    `border` is the authserv-id that spoke or None where none is configured or none of ours spoke.
    `aligned` is True only for a DMARC pass, or a DKIM or SPF pass aligned with the From domain, said by it.
    """

    border: str | None
    aligned: bool
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BouncedRecipient:
    """One recipient of a delivery report (RFC 3464 §2.3): `action` failed|delayed|delivered…, `status` 5.1.1."""

    address: str
    action: str
    status: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report: who was not reached, and the Message-ID of the letter it speaks of, if it says so."""

    recipients: tuple[BouncedRecipient, ...]
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The mail inside a forwarded mail, as far as it can be told; `signature` are those lines of `text`.

    `attachments` are the files of a mail that came as a file; those of a mail in the text are the Message's own.
    """

    from_: Address
    to: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    attachments: tuple[Attachment, ...] = ()
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A mail, understood. Total: for any bytes there is one, and what was odd stands in `defects`.

    `text` is the whole readable text (the best of plain and HTML), `new_text` the same without quotes,
    signature, disclaimers and taglines: the only text that rules and commands see. `signature` is what stood below it.
    `author` is the From mailbox if two independent readings of the raw bytes agree on exactly one, else None:
    only then may the sender be *identified* (reliability §0.4). `from_` is what to show.
    `language` is "de", "en" or None. `signals` are the reasons behind `automatic`, as short words.
    `headers` are (lower-case name, decoded value) in order, capped, without our own control fields: those prove
    nothing. `away` is (first, last) day of absence in an out-of-office reply, None where it names none. Strings hold no NUL, no lone surrogate.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    subject: str
    from_: tuple[Address, ...]
    author: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    text: str
    new_text: str
    attachments: tuple[Attachment, ...]
    language: str | None
    auth: Authentication
    automatic: Automatic
    signals: tuple[str, ...]
    forwarded: Forwarded | None
    bounce: Bounce | None
    instances: tuple[str, ...]
    hops: int
    headers: tuple[tuple[str, str], ...]
    defects: tuple[str, ...]
    away: tuple[calendar_day | None, calendar_day | None] | None = None
    signature: str = ""
