"""Files that old programs write into the text itself: uuencoded blocks (POSIX uuencode). Linear, never raises."""

from __future__ import annotations

import binascii
import re

from mailroute.model.limits import ENCLOSED_FILES

_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,250}?)[ \t]*\r?\n?", re.S)


def cut_files(raw: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The text without its uuencoded blocks, and (name, content) of each.

    A sentence that happens to begin with `begin 644 …` is followed by no line of that code and no `end`.
    """
    text: list[bytes] = []
    files: list[tuple[str, bytes]] = []
    block: list[bytes] = []
    name = b""
    for line in raw.splitlines(keepends=True):
        bare = line.rstrip(b"\r\n")
        if not block:
            found = (
                _BEGIN.fullmatch(line) if line.startswith(b"begin ") and len(files) < ENCLOSED_FILES else None
            )
            if found:
                block, name = [line], found[1]
            else:
                text.append(line)
        elif bare == b"end":
            files.append((name.decode("utf-8", "surrogateescape"), uudecode(block[1:])))
            block = []
        elif _is_code(bare):
            block.append(line)
        else:
            text += [*block, line]
            block = []
    return b"".join(text + block), files


def _is_code(line: bytes) -> bool:
    """Whether a line is one of uuencode: its first letter says how many follow."""
    if not line or line == b"`":
        return True
    if not 0x20 <= line[0] <= 0x60:
        return False
    needed = -(-((line[0] - 0x20) & 0x3F) // 3) * 4
    # Blanks at the end were cut off by many, one sum or letter too many was added by some.
    return (
        len(line) - 1 <= needed + 2 and (len(line) - 1 >= needed - 3 or line.isascii()) and max(line) <= 0x60
    )


def uudecode(lines: list[bytes]) -> bytes:
    """The content of the lines between `begin` and `end`; a broken line is left out."""
    out = []
    for line in lines:
        bare = line.rstrip(b"\r\n")
        if not bare or bare in (b"`", b"end"):
            continue
        needed = -(-((bare[0] - 0x20) & 0x3F) // 3) * 4
        try:
            out.append(binascii.a2b_uu(bare[: needed + 1]))
        except binascii.Error:
            continue
    return b"".join(out)
