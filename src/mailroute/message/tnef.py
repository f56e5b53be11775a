"""Outlook's winmail.dat (MS-OXTNEF): the files and the text within. Linear, one pass, never raises.

Our own reader: the library that was tried copies the rest of the file for each of its thousands of fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct

from mailroute.model.limits import ENCLOSED_FILES

_SIGNATURE = b"\x78\x9f\x3e\x22"
_FIELD = Struct("<BHHI")  # level, id, type, length; a checksum of two bytes follows the data
_U32 = Struct("<I")
_PROPERTY = Struct("<HH")
_PROPERTIES = 2_000

# Fields of the stream (MS-OXTNEF §2.1.3.2) and properties (MS-OXPROPS).
_CODE_PAGE, _MESSAGE_PROPERTIES, _BODY = 0x9007, 0x9003, 0x800C
_BEGINS_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_TEXT, _HTML = 0x1000, 0x1013
_SHORT_NAME, _LONG_NAME, _DISPLAY_NAME, _MEDIA_TYPE, _CONTENT_ID, _DATA_OBJECT = (
    0x3704, 0x3707, 0x3001, 0x370E, 0x3712, 0x3701,
)  # fmt: skip
_STRING8, _UNICODE, _OBJECT, _BINARY, _MULTIPLE = 0x1E, 0x1F, 0x0D, 0x102, 0x1000
_WIDTH = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_INTERFACE_BYTES = 16  # an object's data begin with the id of its interface


@dataclass(slots=True)
class TnefFile:
    """One file; `type` and `cid` are "" where nothing is said."""

    name: str = ""
    data: bytes = b""
    type: str = ""
    cid: str = ""


@dataclass(slots=True)
class Tnef:
    """What a winmail.dat holds. `whole` is False where the reading had to stop early."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: bytes = b""
    whole: bool = True


def read_tnef(data: bytes) -> Tnef | None:
    """Read a winmail.dat, None if it is none."""
    if data[:4] != _SIGNATURE:
        return None
    found = Tnef()
    codec = "cp1252"
    at = 6
    while at + _FIELD.size <= len(data):
        _, kind, _, length = _FIELD.unpack_from(data, at)
        start = at + _FIELD.size
        if start + length > len(data):
            found.whole = False
            break
        value = data[start : start + length]
        at = start + length + 2
        if kind == _CODE_PAGE and length >= _U32.size:
            codec = _codec(_U32.unpack_from(value)[0])
        elif kind == _BEGINS_FILE:
            if len(found.files) >= ENCLOSED_FILES:
                found.whole = False
                break
            found.files.append(TnefFile())
        elif kind == _BODY:
            found.text = _string(value, codec)
        elif kind == _MESSAGE_PROPERTIES:
            _read_message(found, value, codec)
        elif found.files:
            _read_file(found.files[-1], kind, value, codec)
    found.files = [one for one in found.files if one.data or one.name]
    return found


def _codec(code_page: int) -> str:
    """The Python codec of a Windows code page that Western and Central European mail uses."""
    return {65001: "utf-8", 1250: "cp1250", 1251: "cp1251", 1254: "cp1254", 932: "cp932"}.get(
        code_page, "cp1252"
    )


def _string(raw: bytes, codec: str) -> str:
    return raw.decode(codec, "replace").rstrip("\0")


def _read_message(found: Tnef, value: bytes, codec: str) -> None:
    for name, kind, raw in _properties(value):
        if name == _TEXT:
            found.text = _typed(kind, raw, codec) or found.text
        elif name == _HTML:
            found.html = raw if kind == _BINARY else _typed(kind, raw, codec).encode()


def _read_file(one: TnefFile, kind: int, value: bytes, codec: str) -> None:
    if kind == _TITLE:
        one.name = one.name or _string(value, codec)
    elif kind == _DATA:
        one.data = value
    elif kind == _FILE_PROPERTIES:
        names = {}
        for name, type_, raw in _properties(value):
            if name == _DATA_OBJECT:
                one.data = raw[_INTERFACE_BYTES:] if type_ == _OBJECT else raw
            elif name == _MEDIA_TYPE:
                one.type = _typed(type_, raw, codec).lower()
            elif name == _CONTENT_ID:
                one.cid = _typed(type_, raw, codec).strip("<> ")
            elif name in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME):
                names[name] = _typed(type_, raw, codec)
        one.name = (
            names.get(_LONG_NAME) or one.name or names.get(_SHORT_NAME) or names.get(_DISPLAY_NAME) or ""
        )


def _typed(kind: int, raw: bytes, codec: str) -> str:
    """The text of a property; "" for numbers."""
    if kind == _UNICODE:
        return _string(raw[: len(raw) & ~1], "utf-16-le")
    return _string(raw, codec) if kind in (_STRING8, _BINARY) else ""


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(id, type, value) of each property (MS-OXTNEF §2.1.3.4); stops at the first that makes no sense."""
    if len(data) < _U32.size:
        return
    at = _U32.size
    for _ in range(min(_U32.unpack_from(data)[0], _PROPERTIES)):
        if at + _PROPERTY.size > len(data):
            return
        kind, name = _PROPERTY.unpack_from(data, at)
        at += _PROPERTY.size
        if name >= 0x8000:
            at = _after_name(data, at)
        multiple, kind = bool(kind & _MULTIPLE), kind & ~_MULTIPLE
        value, at = _value(data, at, kind, multiple)
        if at > len(data) or at < 0:
            return
        yield name, kind, value


def _after_name(data: bytes, at: int) -> int:
    """Behind the name of a named property: a GUID, then a number or a string."""
    at += 16
    if at + 8 > len(data):
        return len(data) + 1
    kind, number = Struct("<II").unpack_from(data, at)
    return at + 8 if kind == 0 else at + 8 + _padded(number)


def _value(data: bytes, at: int, kind: int, multiple: bool) -> tuple[bytes, int]:
    """The (first) value at `at` and the offset behind all of them; -1 where the type is unknown."""
    width = _WIDTH.get(kind, 0)
    count = 1
    if multiple or not width:
        if at + 4 > len(data):
            return b"", -1
        count = min(_U32.unpack_from(data, at)[0], _PROPERTIES)
        at += 4
    if width:
        return data[at : at + width], at + width * count
    if kind not in (_STRING8, _UNICODE, _OBJECT, _BINARY):
        return b"", -1
    first = b""
    for number in range(count):
        if at + 4 > len(data):
            return first, -1
        length = _U32.unpack_from(data, at)[0]
        if number == 0:
            first = data[at + 4 : at + 4 + length]
        at += 4 + _padded(length)
    return first, at


def _padded(length: int) -> int:
    return (length + 3) & ~3
