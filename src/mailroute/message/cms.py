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
class _Element:
    """One element of BER (X.690): where its content lies, and where the next begins."""

    tag: int
    start: int
    end: int
    after: int


def content_of_signed(data: bytes) -> bytes | None:
    """What was signed, None if `data` is no SignedData or holds only a signature."""
    try:
        outer = _children(data, _element(data, 0, 0))
        if data[outer[0].start : outer[0].end] != _SIGNED_DATA:
            return None
        signed = _children(data, _children(data, outer[1])[0])
        inner = next(one for one in signed if one.tag == _SEQUENCE)
        wrapped = next((one for one in _children(data, inner) if one.tag == _CONTEXT_0), None)
        return None if wrapped is None else _octets(data, _children(data, wrapped)[0])
    except (IndexError, ValueError, StopIteration):
        return None


def _octets(data: bytes, element: _Element) -> bytes:
    """An octet string, in one or in pieces."""
    if element.tag == _OCTETS:
        return data[element.start : element.end]
    if element.tag != _OCTET_PIECES:
        raise ValueError
    return b"".join(data[one.start : one.end] for one in _children(data, element) if one.tag == _OCTETS)


def _children(data: bytes, element: _Element) -> list[_Element]:
    found: list[_Element] = []
    at = element.start
    while at < element.end and len(found) < _PIECES:
        one = _element(data, at, 0)
        found.append(one)
        at = one.after
    return found


def _element(data: bytes, at: int, depth: int) -> _Element:
    """Read one element. Raises ValueError or IndexError where it makes no sense."""
    if depth > _DEPTH:
        raise ValueError
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:  # its end is marked by two zero bytes
        at = start
        while data[at] or data[at + 1]:
            at = _element(data, at, depth + 1).after
        return _Element(tag, start, at, at + 2)
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise ValueError
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise ValueError
    return _Element(tag, start, start + length, start + length)
