"""Read lists of addresses and Message-IDs as tolerantly as a person would. For showing, never for identity.

Who somebody *is* decides `identity`, with a much stricter reading. Linear in the length of the field; never
raises. RFC 5322 §3.4 with groups, raw 8-bit, encoded words, Outlook's semicolons, missing brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailroute.message.charset import decode_raw, decode_words
from mailroute.message.clean import clean_header
from mailroute.model.address import Address
from mailroute.model.limits import MESSAGE_IDS, NAME_CHARS

_ADDRESSES = 500  # of one field; what lies beyond is for nobody to read
_ADDRESS_CHARS = 320  # RFC 3696: 64 + 1 + 255
_ID_CHARS = 998

# An encoded word is one token: broken programs leave commas and blanks in it. Its length is bounded, so a
# field of thousands of unfinished words stays linear.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|=\?[^?\s]{1,40}\?[bq]\?[^?]{0,500}\?=|\\.|[,;:<>()"]|[^",;:<>()\\=]+|.',
    re.S | re.I,
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.S)
_BARE = re.compile(r"[^\s<>\"(),;:@]{1,64}@[^\s<>\"(),;:@]{1,255}")
_SIMPLE = re.compile(
    rb"\s*(?:([A-Za-z0-9 ._-]{0,120}?)\s*<)?\s*([A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,255})\s*(>?)\s*"
)
_ROLE = re.compile(r"mailer-daemon|postmaster|mdaemon|root|cron", re.I)
_LOOSE_BLANKS = re.compile(r" ?([@.]) ?")  # `info @ firma. de`; any other blank makes it no address
_ID = re.compile(r"<\s*([^<>]+?)\s*>")


def read_addresses(values: Iterable[bytes], hint: str = "") -> tuple[Address, ...]:
    """All mailboxes of the given fields, capped; a group gives its members (RFC 5322 §3.4)."""
    found: list[Address] = []
    for value in values:
        simple = _SIMPLE.fullmatch(value) if len(value) < 500 else None
        if simple and (simple[1] is not None) == (simple[3] == b">"):
            name = (simple[1] or b"").decode("ascii").strip()
            found.append(Address(name[:NAME_CHARS], simple[2].decode("ascii").lower()))
        else:
            _read_field(decode_raw(value, hint), found)
        if len(found) >= _ADDRESSES:
            break
    return tuple(found[:_ADDRESSES])


class _Mailbox:
    """What has been read of the mailbox at hand."""

    __slots__ = ("after_name", "angle", "comment", "name")

    def __init__(self, after_name: bool = False) -> None:
        # A comma stands before it, and only words before that: `Huber, Sabine <…>`.
        self.after_name = after_name
        self.name: list[str] = []
        self.comment: list[str] = []
        self.angle: list[str] | None = None


def _read_field(text: str, found: list[Address]) -> None:
    """Read one field token by token. Encoded words are decoded after the cut (RFC 2047 §6.2)."""
    box = _Mailbox()
    depth = 0
    in_angle = False
    for token in _TOKEN.findall(text):
        if token == "(":
            depth += 1
        elif token == ")" and depth:
            depth -= 1
        elif depth:
            box.comment.append(token)
        elif token == "<":
            in_angle = True
            box.angle = [] if not box.angle else box.angle
        elif token == ">":
            in_angle = False
        elif token in (",", ";") and not (in_angle and token == ","):
            only_words = _finish(box, found)
            box, in_angle = _Mailbox(only_words and token == ","), False
            if len(found) >= _ADDRESSES:
                return
        elif token == ":":
            _colon(box, in_angle)
        elif in_angle and box.angle is not None:
            box.angle.append(token)
        else:
            box.name.append(_unquoted(token))
    _finish(box, found)


def _colon(box: _Mailbox, in_angle: bool) -> None:
    """The end of a group's name, of a route, or part of `mailto:`: what stood before it is no mailbox."""
    if in_angle and box.angle is not None:
        box.angle.clear()
    elif not any("@" in piece for piece in box.name):
        box.name.clear()
    else:
        box.name.append(":")


def _unquoted(token: str) -> str:
    if len(token) > 1 and token[0] == '"' and token[-1] == '"':
        return _QUOTED_PAIR.sub(r"\1", token[1:-1])
    return token[1] if len(token) == 2 and token[0] == "\\" else token


def _finish(box: _Mailbox, found: list[Address]) -> bool:
    """Turn what was read into an Address, if there is anything. True if it was a name without any address."""
    name = "".join(box.name)
    address = "".join(box.angle) if box.angle is not None else ""
    if "@" not in address:
        if address and not name.strip():
            name = address
        decoded = decode_words(name) if "@" not in name else name
        bare = _BARE.search(decoded)
        if bare:
            address, name = bare[0], (decoded[: bare.start()] + decoded[bare.end() :]).strip(" -[]")
            name = name if name.lower() != "mailto" else ""
        elif _ROLE.fullmatch(decoded.strip()):  # servers write `MAILER-DAEMON (Mail Delivery System)`
            one = Address(clean_name("".join(box.comment)), decoded.strip().lower())
            found.append(one)
            return False
    if not name.strip() and box.comment:
        name = "".join(box.comment)
    one = Address(clean_name(name), clean_address(address))
    if box.after_name and one.address and one.name and found and not found[-1].address:
        one = Address(f"{found.pop().name}, {one.name}"[:NAME_CHARS], one.address)
    if one.name or one.address:
        found.append(one)
    return bool(one.name) and not one.address and box.angle is None


def clean_name(name: str) -> str:
    """A display name as a person should see it."""
    name = clean_header(decode_words(name), 2 * NAME_CHARS).strip("\"'<> ")
    return name[:NAME_CHARS].rstrip()


def clean_address(text: str) -> str:
    """Lower-case addr-spec with its domain in ASCII (IDNA), or "" if it is none."""
    address = _LOOSE_BLANKS.sub(r"\1", clean_header(text, 2 * _ADDRESS_CHARS)).strip("\"'<>[].,; ")
    if address.lower().startswith(("mailto:", "smtp:")):
        address = address.partition(":")[2]
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or len(address) > _ADDRESS_CHARS or " " in address:
        return ""
    return f"{local.lower()}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """A domain in lower-case A-labels (RFC 5890); one that IDNA refuses comes back in lower case."""
    if domain.isascii():
        return domain.lower()
    import idna  # 10 ms, and few mails need it

    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, ValueError):
        return domain.lower()


def bare_id(value: bytes) -> str | None:
    """The first Message-ID or Content-ID of a field without its angle brackets (RFC 5322 §3.6.4)."""
    found = read_ids([value])
    return found[0] if found else None


def read_ids(values: Iterable[bytes]) -> tuple[str, ...]:
    """Message-IDs in order, each once. Of too many the first and the last stay: the root and the neighbours.

    Exchange's `<[…]>` is taken as it is; an id without brackets counts if it looks like one.
    """
    seen: dict[str, None] = {}
    for value in values:
        text = decode_raw(value)
        ids = _ID.findall(text) if "<" in text else []
        for one in ids or [word for word in text.split() if "@" in word]:
            clean = clean_header(one, _ID_CHARS).replace(" ", "").strip("<>")
            if clean:
                seen.setdefault(clean)
    ids = list(seen)
    return tuple(ids if len(ids) <= MESSAGE_IDS else ids[:1] + ids[1 - MESSAGE_IDS :])
