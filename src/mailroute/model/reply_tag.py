"""The short strings in which a ticket or a letter travels through the world and comes back (design §7).

    t10428.k7q3x9wmbz4p             after the + of a reply address, or its whole local part (catchall)
    babc-m17-2.k7q3x9wmbz4p         the same for the bounce address of one letter (VERP)
    <t10428.k7q3x9wmbz4p.abc-m17-2@firm.example>     Message-ID of a letter
    [t10428.k7q3x9wmbz4p]           in the text of a mail (inboxes without plus-addresses)
    t0.h4kd8w2xq7fm                 for a letter that belongs to no ticket: no ticket has the number 0

Parsing is total: whatever a stranger writes is one of these or None. It proves nothing, `tokens.verify_reply` does.
"""

from __future__ import annotations

import re
from hashlib import sha256

from mailroute.model.keys import BounceTag, ReplyTag
from mailroute.model.tokens import ALPHABET, LENGTH

REPLY_ADDRESS = "reply-address"
MESSAGE_ID = "message-id"
TEXT = "text"

# RFC 5321 §4.5.3.1.1: a local part has at most 64 octets; RFC 5322 §2.1.1: no line above 998.
LOCAL_PART_OCTETS = 64
MESSAGE_ID_OCTETS = 998
TAGS_IN_TEXT = 10

# One spelling for each number: no leading zero, nothing beyond 64 bits, ASCII digits only.
_TICKET = rf"t(0|[1-9][0-9]{{0,11}})\.([{ALPHABET}]{{{LENGTH}}})"
_LETTER = r"([a-z0-9][a-z0-9-]{0,120})"
# Room is left in the local part for an inbox with a long name.
_ORGANISATION = re.compile(r"[a-z0-9][a-z0-9-]{0,19}", re.ASCII)
_REPLY = re.compile(_TICKET)
_BOUNCE = re.compile(rf"b{_LETTER}\.([{ALPHABET}]{{{LENGTH}}})")
_MESSAGE_ID = re.compile(rf"<?{_TICKET}\.{_LETTER}@[^\s<>@]+>?")
# Wherever it stands: in an address, a Message-ID, in brackets. Files are searched as bytes.
_ANYWHERE = re.compile(
    rf"t(?:0|[1-9][0-9]{{0,11}})\.[{ALPHABET}]{{{LENGTH}}}(?=@|%40|\]|\.[a-z0-9-]{{1,121}}@)",
    re.ASCII | re.IGNORECASE,
)
_ANYWHERE_BYTES = re.compile(_ANYWHERE.pattern.encode("ascii"), re.IGNORECASE)
_IN_TEXT = re.compile(rf"\[{_TICKET}\]", re.ASCII | re.IGNORECASE)


def letter_id(organisation: str, cause: str, index: int) -> str:
    """`abc-m17-2`: the second letter of what mail 17 brought. An organisation's id that no tag can hold is hashed."""
    if not _ORGANISATION.fullmatch(organisation):
        organisation = sha256(organisation.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{organisation}-{cause}-{index}"


def reply_tag(number: int | None, token: str) -> str:
    """`t10428.k7q3x9wmbz4p`; None is no ticket."""
    return f"t{number or 0}.{token}"


def bounce_tag(letter_id: str, token: str) -> str:
    """`babc-m17-2.k7q3x9wmbz4p`."""
    return f"b{letter_id}.{token}"


def message_id(number: int | None, token: str, letter_id: str, domain: str) -> str:
    """The Message-ID of a letter, with its angle brackets; `domain` is ASCII."""
    return f"<{reply_tag(number, token)}.{letter_id}@{domain}>"


def text_tag(number: int | None, token: str) -> str:
    """`[t10428.k7q3x9wmbz4p]`, for the text of a mail."""
    return f"[{reply_tag(number, token)}]"


def parse_reply_tag(local_part_tag: str) -> ReplyTag | None:
    """Read the part after the + of a recipient (catchall: its whole local part); None if it is no reply tag."""
    found = _REPLY.fullmatch(_ascii_lower(local_part_tag, LOCAL_PART_OCTETS))
    return ReplyTag(_number(found), found[2], REPLY_ADDRESS) if found else None


def parse_bounce_tag(local_part_tag: str) -> BounceTag | None:
    """Read the part after the + of a recipient (catchall: its whole local part); None if it is no bounce tag."""
    found = _BOUNCE.fullmatch(_ascii_lower(local_part_tag, LOCAL_PART_OCTETS))
    return BounceTag(found[1], found[2]) if found else None


def parse_message_id(message_id: str) -> ReplyTag | None:
    """Read one Message-ID, with or without angle brackets; None if it is not of a letter of ours."""
    found = _MESSAGE_ID.fullmatch(_ascii_lower(message_id, MESSAGE_ID_OCTETS))
    return ReplyTag(_number(found), found[2], MESSAGE_ID) if found else None


def parse_message_id_letter(message_id: str) -> str | None:
    """The letter that a Message-ID of ours names, for delivery reports that quote it; None if it is not ours."""
    found = _MESSAGE_ID.fullmatch(_ascii_lower(message_id, MESSAGE_ID_OCTETS))
    return found[3] if found else None


def reply_tags_in_text(text: str) -> tuple[ReplyTag, ...]:
    """The tags in square brackets that a text holds, in order, at most TAGS_IN_TEXT of them."""
    tags: dict[ReplyTag, None] = {}
    for found in _IN_TEXT.finditer(text):
        tags[ReplyTag(_number(found), found[2].lower(), TEXT)] = None
        if len(tags) == TAGS_IN_TEXT:
            break
    return tuple(tags)


def is_text_tag(line: str) -> bool:
    """Whether a line is a tag in brackets and nothing else, as our buttons write it."""
    return _IN_TEXT.fullmatch(line.strip()) is not None


def holds_reply_tag(text: str) -> bool:
    """Whether a reply tag stands anywhere in a text: no person writes one, so words of our letters are in it."""
    return _may_hold_tag(text) and _ANYWHERE.search(text) is not None


def without_reply_tags(text: str) -> str:
    """The text with every reply tag made useless: who reads it could write in somebody else's name with it."""
    return _ANYWHERE.sub("…", text) if _may_hold_tag(text) else text


def _may_hold_tag(text: str) -> bool:
    """A quick look for what stands behind every tag: most texts have none of it, and need not be searched."""
    return "@" in text or "]" in text or "%40" in text


def is_letter_of_ours(content: bytes) -> bool:
    """Whether a file holds one of our letters: as bytes of a mail, or in Outlook's own form (UTF-16)."""
    return bool(_ANYWHERE_BYTES.search(content) or _ANYWHERE_BYTES.search(content.replace(b"\0", b"")))


def _number(found: re.Match[str]) -> int | None:
    return int(found[1]) or None


def _ascii_lower(text: str, octets: int) -> str:
    """Lower case, or "" for what is too long or not ASCII: `K` (Kelvin) would become `k`."""
    text = text.strip(" \t\r\n")
    return text.lower() if len(text) <= octets and text.isascii() else ""
