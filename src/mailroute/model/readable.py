"""What of a mail everybody who sees its ticket may read: kept with the event, so that no page has to open mails."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model import limits
from mailroute.model.message import Forwarded, Message
from mailroute.model.reply_tag import without_reply_tags


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of a mail: `size` is bytes of the decoded part, `part` its index in document order of all leaves."""

    name: str
    type: str
    size: int
    part: int


@dataclass(frozen=True, slots=True)
class Readable:
    """The words and the files. Reply tags in the words are useless: others read them than they were made for."""

    text: str
    files: tuple[NamedFile, ...] = ()


def readable(message: Message, *, first: bool) -> Readable:
    """All words of the mail that began a ticket (`first`), of a later one what is new in it."""
    text = message.text if first else message.new_text or message.text
    files = tuple(NamedFile(one.name, one.type, one.size, one.part) for one in message.attachments)
    return Readable(without_reply_tags(text)[: limits.MESSAGE_CHARS], files)


def of_forwarded(forwarded: Forwarded) -> Readable:
    """Of a mail that a colleague forwarded only what was forwarded: what they wrote above it stays in the house."""
    return Readable(without_reply_tags(forwarded.text)[: limits.MESSAGE_CHARS])
