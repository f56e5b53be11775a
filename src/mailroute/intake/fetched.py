"""Turn what an IMAP folder holds into what a door delivers: a mail file has lost its envelope, this finds it again.

Pure. Looks at the header block only, as cheaply as it can, and interprets nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailroute.model import limits
from mailroute.model.address import address_key

# Stands for a return path that nobody wrote down. Not "": that is the null path and means "a bounce".
UNKNOWN_SENDER = "?"
RECIPIENT_FIELDS = frozenset({b"delivered-to", b"x-original-to", b"envelope-to", b"to", b"cc"})

_BETWEEN_ADDRESSES = re.compile(r'[\s<>,;:"()\[\]\\]+')
_FOLDED = re.compile(rb"\r?\n[ \t]")
_LINE_END = re.compile(rb"\r?\n")
_MIME_FIELDS = frozenset({b"mime-version", b"content-type", b"content-transfer-encoding"})


def header_block(content: bytes) -> bytes:
    """The header of a mail as it stands, at most HEADER_BLOCK_BYTES of it."""
    start = content[: limits.HEADER_BLOCK_BYTES]
    ends = [found for mark in (b"\r\n\r\n", b"\n\n") if (found := start.find(mark)) >= 0]
    return start[: min(ends)] if ends else start


def mail_from(header: bytes) -> str:
    """The return path: as noted by the last server, else the author's address, else UNKNOWN_SENDER."""
    author = ""
    for name, value in _fields(header):
        if name == b"return-path":
            return next(iter(_addresses(value)), "" if value.strip() == b"<>" else UNKNOWN_SENDER)
        if name == b"from" and not author:
            author = next(iter(_addresses(value)), "")
    return author or UNKNOWN_SENDER


def recipients(header: bytes, inbox: str, knows: Callable[[str], bool]) -> tuple[str, ...]:
    """The inbox, and every address of ours that the mail was written or delivered to (reply addresses)."""
    found = {address_key(inbox): inbox}
    named = (
        address
        for name, value in _fields(header)
        if name in RECIPIENT_FIELDS
        for address in _addresses(value)
    )
    for address in named:
        if len(found) >= limits.RECIPIENTS_PER_MAIL:
            break
        if address_key(address) not in found and knows(address):
            found[address_key(address)] = address
    return tuple(found.values())


def stub(header: bytes, size_bytes: int, limit_bytes: int, place: str) -> bytes:
    """A small mail in place of one above the limit: its header, and a text that says where the mail lies.

    The fields that describe the lost body are left out, or a reader would take our text for the preamble of a
    multipart. The same mail gives the same bytes.
    """
    kept = [field for field in _raw_fields(header) if _name_of(field) not in _MIME_FIELDS]
    size, limit = _in_megabytes(size_bytes), _in_megabytes(limit_bytes)
    text = (
        f"Diese E-Mail ist mit {size} MB größer als erlaubt ({limit} MB) und wurde nicht geladen.\r\n"
        f"Sie liegt unverändert hier: {place}\r\n\r\n"
        f"This mail has {size} MB, more than the limit of {limit} MB, and was not loaded.\r\n"
        f"It lies unchanged here: {place}\r\n"
    )
    described = [
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: 8bit",
    ]
    return b"\r\n".join([*kept, *described, b"", text.encode()])


def _in_megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024 / 1024:.1f}".removesuffix(".0")


def _raw_fields(header: bytes) -> Iterator[bytes]:
    """Each field with its folded lines, as it stands. Lines that belong to no field are left out."""
    field: list[bytes] = []
    for line in _LINE_END.split(header):
        if line[:1] in (b" ", b"\t"):
            if field:
                field.append(line)
            continue
        if field:
            yield b"\r\n".join(field)
        field = [line] if b":" in line else []
    if field:
        yield b"\r\n".join(field)


def _fields(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(lower-cased name, unfolded value) of each field."""
    for field in _raw_fields(header):
        yield _name_of(field), _FOLDED.sub(b" ", field.partition(b":")[2])


def _name_of(field: bytes) -> bytes:
    return field.partition(b":")[0].strip().lower()


def _addresses(value: bytes) -> Iterator[str]:
    """What looks like an addr-spec. By splitting: a pattern would be quadratic on a value without @."""
    for word in _BETWEEN_ADDRESSES.split(value.decode("utf-8", "replace")):
        local, at, domain = word.partition("@")
        if local and at and domain and "@" not in domain and word.isprintable():
            yield word
