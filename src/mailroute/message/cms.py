"""The content of an S/MIME mail that is signed as a whole (`smime.p7m`, RFC 5652): bytes within bytes. Never raises.

Checks no signature. Outlook sends such mails unless told otherwise; without this they have no text.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OID, _CONTEXT_0, _OCTETS, _OCTET_PIECES = 0x30, 0x06, 0xA0, 0x04, 0x24
_DEPTH = 12
_PIECES = 100_000


@dataclass(frozen=True, slots=True)
class Element:
    """One element of BER (X.690): where it begins, where its content lies, and where the next begins."""

    tag: int
    at: int
    start: int
    end: int
    after: int


def content_of_signed(data: bytes) -> bytes | None:
    """What was signed, None if `data` is no SignedData or holds only a signature."""
    try:
        signed = signed_data(data)
        inner = next(one for one in signed if one.tag == _SEQUENCE)
        wrapped = next((one for one in children(data, inner) if one.tag == _CONTEXT_0), None)
        return None if wrapped is None else octets(data, children(data, wrapped)[0])
    except (IndexError, ValueError, StopIteration):
        return None


def signed_data(data: bytes) -> list[Element]:
    """The fields of a SignedData (RFC 5652 §5.1). Raises ValueError or IndexError if it is none."""
    outer = children(data, element(data, 0, 0))
    if data[outer[0].start : outer[0].end] != _SIGNED_DATA:
        raise ValueError
    return children(data, children(data, outer[1])[0])


def octets(data: bytes, within: Element) -> bytes:
    """An octet string, in one or in pieces."""
    if within.tag == _OCTETS:
        return data[within.start : within.end]
    if within.tag != _OCTET_PIECES:
        raise ValueError
    return b"".join(data[one.start : one.end] for one in children(data, within) if one.tag == _OCTETS)


def children(data: bytes, within: Element) -> list[Element]:
    """The elements within one. Raises ValueError or IndexError where they make no sense."""
    found: list[Element] = []
    at = within.start
    while at < within.end and len(found) < _PIECES:
        one = element(data, at, 0)
        found.append(one)
        at = one.after
    return found


def element(data: bytes, begins: int, depth: int) -> Element:
    """Read one element. Raises ValueError or IndexError where it makes no sense."""
    if depth > _DEPTH:
        raise ValueError
    tag, length, start = data[begins], data[begins + 1], begins + 2
    if length == 0x80:  # its end is marked by two zero bytes
        at = start
        while data[at] or data[at + 1]:
            at = element(data, at, depth + 1).after
        return Element(tag, begins, start, at, at + 2)
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise ValueError
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise ValueError
    return Element(tag, begins, start, start + length, start + length)
