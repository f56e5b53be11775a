"""Read the mail that follows DATA, in blocks, within bounds; undo dot-stuffing (RFC 5321 §4.5.2).

aiosmtpd's own loop reads line by line (three quarters of its time), answers 500 to a line above 1001 bytes and
collects a line without CRLF for ever. This one looks for the end mark only, so a line may have any length, and
holds one block beside what the size limit allows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

END = b"\r\n.\r\n"
# The reader's limit: the size of a block. asyncio holds at most twice as much and one recv() per connection.
BLOCK_BYTES = 1 << 16

# A line with nothing but a dot whose line ends are not both CRLF: LF, CR, with NULs that some servers drop.
_FALSE_ENDING = re.compile(rb"(?:\A|\r\n|\r|\n)\x00*\.\x00*(?:\r\n|\r|\n)")


class Verdict(Enum):
    """How a DATA ended."""

    COMPLETE = auto()
    TOO_BIG = auto()  # the end mark came, beyond the limit
    FAR_TOO_BIG = auto()  # no end mark within twice the limit: the connection is not worth keeping
    NO_ROOM = auto()  # the sum of all mails under way is at its bound
    FALSE_ENDING = auto()
    TOO_SLOW = auto()


@dataclass(frozen=True, slots=True)
class Incoming:
    """What DATA brought. `content` is b"" unless the verdict is COMPLETE; `held_bytes` are still reserved."""

    verdict: Verdict
    content: bytes = b""
    held_bytes: int = 0


def prepare(reader: asyncio.StreamReader) -> bool:
    """Get ready to read a mail, before 354 is sent; False if the client did not wait for it.

    Puts a virtual CRLF into the empty buffer, for the end mark may be the first thing that comes (an empty mail).
    """
    if reader.at_eof():
        raise asyncio.IncompleteReadError(b"", None)
    if reader._buffer:  # type: ignore[attr-defined]  # private: the only way to see what was sent too early
        return False
    reader.feed_data(b"\r\n")
    return True


async def read_mail(
    reader: asyncio.StreamReader,
    limit_bytes: int,
    hold: Callable[[int], bool],
    still_in_time: Callable[[], bool],
) -> Incoming:
    """Read up to and including the end mark; `prepare` comes first, 354 in between.

    `hold(n)` reserves n bytes (negative: gives back)
    and says no when the house is full; `still_in_time()` is asked after each block. Everything is given back
    unless COMPLETE; also when the connection ends within the mail (IncompleteReadError).
    """
    blocks: list[bytes] = []
    size = -len(END)
    held = 0
    verdict = Verdict.COMPLETE
    kept = False
    try:
        ended = False
        while not ended:
            block, ended = await _next_block(reader)
            size += len(block)
            if not ended and not still_in_time():
                return Incoming(Verdict.TOO_SLOW)
            if verdict is Verdict.COMPLETE:
                if size > limit_bytes:
                    verdict = Verdict.TOO_BIG
                elif not hold(len(block)):
                    verdict = Verdict.NO_ROOM
                else:
                    held += len(block)
                    blocks.append(block)
            if verdict is not Verdict.COMPLETE:
                # What follows is read to stay in step with the sender (RFC 5321 §4.2.5), not kept.
                blocks.clear()
                hold(-held)
                held = 0
                if size > 2 * limit_bytes and not ended:
                    return Incoming(Verdict.FAR_TOO_BIG)
        if verdict is not Verdict.COMPLETE:
            return Incoming(verdict)
        content = _join(blocks)
        if has_false_ending(content):
            return Incoming(Verdict.FALSE_ENDING)
        kept = True
        return Incoming(Verdict.COMPLETE, undo_dot_stuffing(content), held)
    finally:
        if not kept:
            hold(-held)


async def _next_block(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    """The next block and whether it ends with the end mark. A mark that arrives in pieces is kept whole."""
    try:
        return await reader.readuntil(END), True
    except asyncio.LimitOverrunError as error:
        return await reader.readexactly(error.consumed), False


def _join(blocks: list[bytes]) -> bytes:
    """The mail without the virtual CRLF in front and the ".CRLF" behind, still dot-stuffed; empties `blocks`.

    Only the two outer blocks are copied twice, so the peak is twice the mail and not four times.
    """
    blocks[-1] = blocks[-1][:-3]
    blocks[0] = blocks[0][2:]
    joined = b"".join(blocks)
    blocks.clear()
    return joined


def undo_dot_stuffing(stuffed: bytes) -> bytes:
    """Take away the first dot of each line that begins with one."""
    if stuffed.startswith(b"."):
        stuffed = stuffed[1:]
    return stuffed.replace(b"\r\n.", b"\r\n")


def has_false_ending(stuffed: bytes) -> bool:
    """Whether another server may take some line of this mail for the end of data (SMTP smuggling).

    Only CRLF.CRLF ends DATA here. A server before us that let `LF.CRLF` and its kin pass unchanged may have been
    made to carry a second, forged mail behind it (CVE-2023-51764 and sisters), so such a mail is refused. Bare CR,
    bare LF and NUL elsewhere are content and kept as they came: mad mails are stored, not bounced.
    """
    # Every false ending has a dot behind CR, LF or NUL, or at the start. Most mails have none, and `in` is 50 times
    # faster than the pattern.
    if stuffed.startswith(b".") or b"\n." in stuffed or b"\r." in stuffed or b"\0." in stuffed:
        return _FALSE_ENDING.search(stuffed) is not None
    return False
