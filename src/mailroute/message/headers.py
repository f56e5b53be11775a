"""Cut the header block of a mail into fields, as bytes. Must never decode and never raise.

Our own reading of the raw block, because the From gate (`identity`) has to see what stood there: the stdlib
mends bare CR and broken lines before anybody can look. RFC 5322 §2.2, mbox "From " lines tolerated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mailroute.model.limits import HEADER_BLOCK_BYTES, HEADER_FIELD_BYTES, HEADER_FIELDS

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_CHARSET = re.compile(rb"\bcharset=[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
# A line of blanks only is a folded line, not the end (RFC 5322 §2.2.3): the next From would be a second one.
_BLANK_LINE = re.compile(rb"\n\r?\n")
_KNOWN = re.compile(
    rb"^(?:from|received|return-path|to|subject|date|message-id|mime-version)[ \t]{0,20}:", re.I | re.M
)
# Lists of addresses and ids are read in linear time and may honestly be long (500 recipients are 20 KB).
_LONG_FIELDS = frozenset({"to", "cc", "bcc", "references", "resent-to", "resent-cc"})


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: lower-case name and the unfolded bytes behind the colon."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """A header block. `body_at` is the offset of the body in the mail, `defects` what was odd in the block.

    `hint` is the charset for bare 8-bit bytes that are no UTF-8, "" if there are none.
    """

    fields: tuple[Field, ...]
    body_at: int
    defects: tuple[str, ...]
    index: dict[str, list[bytes]]
    hint: str = ""

    def values(self, name: str) -> list[bytes]:
        """All values of a field in the order of the mail."""
        return self.index.get(name, [])

    def first(self, name: str) -> bytes | None:
        """The first value of a field or None."""
        found = self.index.get(name)
        return found[0] if found else None


def head_of(fields: list[Field], body_at: int, defects: list[str], hint: str = "") -> Head:
    """Build a Head with its index of names."""
    index: dict[str, list[bytes]] = {}
    for one in fields:
        index.setdefault(one.name, []).append(one.value)
    return Head(tuple(fields), body_at, tuple(dict.fromkeys(defects)), index, hint)


def split_head(content: bytes) -> Head:
    """Read the header block of a mail. A mail without one has no fields and is body from its first byte."""
    start = len(content) - len(content.lstrip(b"\r\n")) if content[:1] in (b"\r", b"\n") else 0
    end, defects = _end_of_block(content, start)
    block = content[start:end]
    if block[:5] == b"From " or block[:6] == b">From ":  # mbox separator
        line, _, block = block.partition(b"\n")
        start += len(line) + 1
    head = _read_block(block, start, _after_blank_line(content, end), defects)
    return head if content.isascii() else replace(head, hint=_declared_charset(content))


def _declared_charset(content: bytes) -> str:
    """The first charset that a mail declares anywhere near its beginning."""
    found = _CHARSET.search(content, 0, HEADER_BLOCK_BYTES)
    return found[1].decode("ascii") if found else ""


def _end_of_block(content: bytes, start: int) -> tuple[int, list[str]]:
    """Offset of the newline that ends the last header line, at most HEADER_BLOCK_BYTES from the start."""
    found = _BLANK_LINE.search(content, max(0, start - 1), start + HEADER_BLOCK_BYTES)
    if found:
        return found.start() + 1, []
    if len(content) - start <= HEADER_BLOCK_BYTES:
        return len(content), []
    cut = content.rfind(b"\n", start, start + HEADER_BLOCK_BYTES)
    return (cut + 1 if cut > 0 else start + HEADER_BLOCK_BYTES), ["header-block-too-long"]


def _after_blank_line(content: bytes, end: int) -> int:
    """Offset of the body: behind the first blank line at or after `end`."""
    found = _BLANK_LINE.search(content, max(0, end - 1))
    return found.end() if found else len(content)


def _read_block(block: bytes, start: int, body_at: int, defects: list[str]) -> Head:
    """Read the lines of a block. `start` is its offset in the mail."""
    lines = block.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    _look_for_odd_bytes(block, lines, defects)
    has_known = bool(_KNOWN.search(block))
    fields: list[tuple[str, list[bytes]]] = []
    at = start
    for number, line in enumerate(lines):
        begin, at = at, at + len(line) + 1
        line = line[:-1] if line.endswith(b"\r") else line
        name = _NAME.match(line)
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
        elif name and (fields or has_known or _NAME.match(lines[min(number + 1, len(lines) - 1)])):
            if len(fields) >= HEADER_FIELDS:
                defects.append("header-fields-too-many")
                break
            fields.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
        elif not _more_follow(lines, number, has_known):
            defects.append("header-cut-short" if fields else "header-missing")
            return head_of(_joined(fields, defects), begin, defects)
        else:
            defects.append("header-line-odd")
            if re.match(rb"\W*from\b", line, re.I) and not line.startswith((b"From ", b">From ")):
                defects.append("from-odd-line")
    if not fields:
        defects.append("header-missing")
    return head_of(_joined(fields, defects), body_at, defects)


def _look_for_odd_bytes(block: bytes, lines: list[bytes], defects: list[str]) -> None:
    """Note what two programs may read differently: bare CR, NUL, CRLF and LF mixed."""
    returns = block.count(b"\r")
    at_ends = sum(line.endswith(b"\r") for line in lines) if returns else 0
    if returns != at_ends:
        defects.append("header-bare-cr")
    if at_ends and at_ends != len(lines):
        defects.append("header-mixed-line-ends")
    if b"\0" in block:
        defects.append("header-nul")


def _more_follow(lines: list[bytes], number: int, has_known: bool) -> bool:
    """Whether a line that is no field is only dirt between fields: a field comes within the next lines."""
    return has_known and any(_NAME.match(line) for line in lines[number + 1 : number + 4])


def _joined(fields: list[tuple[str, list[bytes]]], defects: list[str]) -> list[Field]:
    """Unfold (RFC 5322 §2.2.3) and cap each value."""
    out = []
    for name, parts in fields:
        value = (parts[0] if len(parts) == 1 else b"".join(parts)).strip(b" \t")
        if len(value) > HEADER_FIELD_BYTES and name not in _LONG_FIELDS:
            value = value[:HEADER_FIELD_BYTES]
            defects.append("header-field-too-long")
        out.append(Field(name, value))
    return out
