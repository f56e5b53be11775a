"""The mail inside a forwarded mail: who wrote it, to whom, when, about what. Never raises.

Outlook's blocks count only under a subject like `WG:`: the same block under `AW:` is a quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailroute.message.addresses import clean_address, clean_name, read_addresses
from mailroute.message.bodytext import best_text
from mailroute.message.charset import decode_header
from mailroute.message.clean import clean_header
from mailroute.message.dates import read_date, read_loose_date
from mailroute.message.enclosed import tree_of_msg
from mailroute.message.files import attachments_within
from mailroute.message.headers import split_head
from mailroute.message.parts import Part, leaves
from mailroute.message.structure import read_mail
from mailroute.message.wording import (
    Block,
    announces_forward,
    attribution,
    bare_block,
    begins_foreign_quote,
    header_block,
    is_end_of_forwarded,
    is_forward_subject,
    label_of,
    may_introduce,
    separator_of,
    unglue,
    unquoted,
)
from mailroute.model.address import Address
from mailroute.model.limits import SUBJECT_CHARS
from mailroute.model.message import Forwarded

_MAILTO = re.compile(r"[<\[]mailto:[^<>\[\]\s]{0,320}[>\]]")
_MAILTO_ONLY = re.compile(r"([^@,;<\[]{0,120})[<\[]mailto:([^<>\[\]\s]{1,320})[>\]]")
_FIELD_CHARS = 20_000
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]{1,64}@[^\s<>\"'(),;:\[\]@]{1,255}")
_AFTER_VERB = re.compile(r"(?:schrieb|wrote|a écrit|ha scritto|escribió|skrev|schreef)\s+(.*?)\s*:?$", re.I)


_BEFORE_VERB = re.compile(
    r",\s*([^,<>:\d]{2,60}?)\s+(?:wrote|a écrit|ha scritto|escribió|skrev|schreef)\s*:\s*$", re.I
)


def find_forwarded(root: Part, text: str, subject: str) -> Forwarded | None:
    """The first forwarded mail: attached as a file, else in the text."""
    attached = next((leaf for leaf in leaves(root) if _is_attached_mail(leaf)), None)
    if attached is not None:
        return _from_attached(attached)
    outlook = next(
        (found for leaf in leaves(root) if _is_msg(leaf) and (found := _from_msg(leaf)) is not None), None
    )
    return outlook or _from_text(text.split("\n"), is_forward_subject(subject))


def _from_attached(part: Part) -> Forwarded:
    """Read an attached mail (RFC 2046 §5.2.1) one level deep."""
    head, root, _ = read_mail(part.content())
    senders = read_addresses(head.values("from"))
    date = head.first("date")
    return Forwarded(
        from_=senders[0] if senders else Address("", ""),
        to=read_addresses(head.values("to")),
        subject=clean_header(decode_header(head.first("subject") or b""), SUBJECT_CHARS),
        date=read_date(clean_header(decode_header(date), 100)) if date else None,
        text=best_text(root).text,
        attachments=attachments_within(part, root),
    )


def _is_attached_mail(leaf: Part) -> bool:
    """Whether a leaf is a mail; web mailers send `.eml` files as bytes or text."""
    if leaf.type in ("message/rfc822", "message/global"):
        return True
    return leaf.file_name.lower().endswith(".eml") and "from" in split_head(leaf.content()).index


def _is_msg(leaf: Part) -> bool:
    return leaf.type == "application/vnd.ms-outlook" or leaf.file_name.lower().endswith(".msg")


def _from_msg(part: Part) -> Forwarded | None:
    """Read a mail that was attached as Outlook's own file."""
    opened = tree_of_msg(part.content())
    if opened is None:
        return None
    mail, root = opened
    head = split_head(mail.headers.encode("utf-8", "replace"))
    senders = read_addresses(head.values("from"))
    date = head.first("date")
    return Forwarded(
        from_=senders[0] if senders else Address(clean_name(mail.sender[0]), clean_address(mail.sender[1])),
        to=tuple(Address(clean_name(name), clean_address(address)) for name, address in mail.to),
        subject=clean_header(mail.subject, SUBJECT_CHARS),
        date=mail.sent or (read_date(clean_header(decode_header(date), 100)) if date else None),
        text=best_text(root).text,
        attachments=attachments_within(part, root),
    )


def _from_text(lines: Sequence[str], forward_subject: bool) -> Forwarded | None:
    """Find a forwarded mail in a text."""
    for number, quoted_line in enumerate(lines):
        if not quoted_line.strip(" \t>\ufeff"):
            continue
        line = unquoted(quoted_line)
        if not may_introduce(line):
            found = _from_groupwise(lines, number) if forward_subject else None
        elif (separator := separator_of(line)) is not None:
            found = _after_separator(lines, number, separator, forward_subject)
        elif label_of(line) is not None:
            block = header_block(lines, number) if forward_subject else None
            found = _forwarded(block, lines) if block else None
        elif announces_forward(line):
            found = _at_next_block(lines, number + 1)
        elif forward_subject:
            found = _from_attribution(lines, number) or _from_groupwise(lines, number)
        else:
            found = None
        if found is not None:
            return found
    return None


def _after_separator(
    lines: Sequence[str], number: int, separator: tuple[str, str], forward_subject: bool
) -> Forwarded | None:
    """Read the block behind `---- Weitergeleitete Nachricht ----`."""
    kind, rest = separator
    if kind != "forward" and not (kind == "original" and forward_subject):
        return None
    if rest.strip():
        glued = unglue(rest)
        block = header_block(glued, 0, least=2)
        return _forwarded(Block(block.fields, number + 1), lines) if block else None
    return _at_next_block(lines, number + 1)


def _at_next_block(lines: Sequence[str], number: int) -> Forwarded | None:
    for at in range(number, min(number + 4, len(lines))):
        if lines[at].strip(" \t>\ufeff"):
            block = header_block(lines, at, least=2) or bare_block(lines, at)
            return _forwarded(block, lines) if block else None
    return None


def _from_attribution(lines: Sequence[str], number: int) -> Forwarded | None:
    """Outlook for Mac forwards below `Am … schrieb "Name" <address>:`."""
    count = attribution(lines, number)
    if not count:
        return None
    line = " ".join(unquoted(one).strip() for one in lines[number - count + 1 : number + 1])
    address = _ADDRESS.search(line)
    named = _AFTER_VERB.search(line) or _BEFORE_VERB.search(line)
    name = clean_name(named[1].partition("<")[0]) if named else ""
    if not address and not name:
        return None
    sender = Address(name, clean_address(address[0]) if address else "")
    return Forwarded(sender, (), "", read_loose_date(line), _rest(lines, number + 1))


def _from_groupwise(lines: Sequence[str], number: int) -> Forwarded | None:
    """GroupWise puts sender and moment into one line: `>>> Petra <petra@example.org> 05.11.2025 16:20 >>>`."""
    line = lines[number]
    address = _ADDRESS.search(line) if begins_foreign_quote(line) else None
    if not address:
        return None
    return Forwarded(
        _sender(line.strip("> ")), (), "", read_loose_date(line[address.end() :]), _rest(lines, number + 1)
    )


def _forwarded(block: Block, lines: Sequence[str]) -> Forwarded:
    """Build the value from a header block and what stands below it."""
    date = block.fields.get("date", "")
    return Forwarded(
        from_=_sender(block.fields["from"]),
        to=read_addresses([_without_mailto(block.fields.get("to", "")).encode("utf-8", "replace")]),
        subject=clean_header(block.fields.get("subject", ""), SUBJECT_CHARS),
        date=(read_loose_date(date) or read_date(date)) if date else None,
        text=_rest(lines, block.end),
    )


def _sender(value: str) -> Address:
    """The sender of a block: one person, so a comma belongs to the name."""
    value = _without_mailto(value)
    found = _ADDRESS.search(value)
    if not found:
        return Address(clean_name(value), "")
    return Address(clean_name(value[: found.start()].strip(" <\t\"'")), clean_address(found[0]))


def _without_mailto(value: str) -> str:
    """Addresses without Outlook's links: `Petra<mailto:p@x.de>` and `p@x.de<mailto:p@x.de>` name her once each."""
    value = value[:_FIELD_CHARS]
    if "mailto:" not in value:
        return value
    return _MAILTO.sub("", _MAILTO_ONLY.sub(r"\1<\2>", value))


def _rest(lines: Sequence[str], number: int) -> str:
    """The text below a block, without what is drawn around it, and without `>` if all of it is quoted."""
    said = [at for at in range(number, len(lines)) if lines[at].strip()]
    if said and is_end_of_forwarded(lines[said[0]]):
        del said[0]
    if said and is_end_of_forwarded(lines[said[-1]]):
        del said[-1]
    rest = list(lines[said[0] : said[-1] + 1]) if said else []
    if all(line.startswith(">") for line in rest if line.strip()):
        rest = [unquoted(line) for line in rest]
    return "\n".join(rest).strip("\n\ufeff ")
