"""Whether two deliveries are one mail (design §8a). Never by Message-ID alone: that is the sender's to choose.

Trace fields differ between two ways of the same mail, so they are left out; everything else counts byte for
byte, with CRLF and LF taken as equal (SMTP brings the one, files and some IMAP servers the other).
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

_TRACE = (b"received", b"return-path", b"delivered-to", b"x-original-to", b"authentication-results")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_CHUNK_BYTES = 1024 * 1024


def fingerprint(content: bytes, rcpt_to: tuple[str, ...], received_at: datetime) -> tuple[str, str]:
    """Return (delivery key, content key), SHA-256 in hex.

    The delivery key joins the recipients. A mail with neither Message-ID nor Date gets the UTC day into its
    content key: a machine that writes the same words each day is heard each day.
    """
    body_at = _body_at(content)
    lines, identified = _lasting_lines(content[:body_at])
    digest = hashlib.sha256(b"".join(lines))
    for at in range(body_at, len(content), _CHUNK_BYTES):
        digest.update(_with_plain_newlines(content, at, at + _CHUNK_BYTES))
    if not identified:
        digest.update(b"\0day " + received_at.astimezone(UTC).date().isoformat().encode())
    content_key = digest.hexdigest()
    recipients = "\n".join(sorted({one.lower() for one in rcpt_to}))
    delivery = hashlib.sha256(f"{content_key}\n{recipients}".encode("utf-8", "surrogatepass"))
    return delivery.hexdigest(), content_key


def _body_at(content: bytes) -> int:
    """Offset behind the header's last line end; the whole mail if there is no body."""
    if content[:1] == b"\n" or content[:2] == b"\r\n":
        return 0
    found = _BLANK_LINE.search(content)
    return found.start() + 1 if found else len(content)


def _lasting_lines(block: bytes) -> tuple[list[bytes], bool]:
    """The header lines without trace fields and their folded lines; whether Message-ID or Date is among them."""
    kept: list[bytes] = []
    skipping = identified = False
    for line in block.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] not in (b" ", b"\t"):
            name = line.partition(b":")[0].strip().lower()
            skipping = name in _TRACE
            identified = identified or name in (b"message-id", b"date")
        if line and not skipping:
            kept.append(line + b"\n")
    return kept, identified


def _with_plain_newlines(content: bytes, start: int, end: int) -> bytes:
    """A chunk with LF for CRLF; a CR at the end of the chunk is looked at together with the LF behind it."""
    chunk = content[start:end]
    if chunk.endswith(b"\r") and content[end : end + 1] == b"\n":
        chunk = chunk[:-1]
    return chunk.replace(b"\r\n", b"\n")
