"""Outlook's .msg files (MS-OXMSG in a compound file, MS-CFB): sender, date, text and files. Never raises.

Our own reader: a compound file can point thousands of its streams at the same bytes, and the library that was
tried reads them all. Here everything together is read once over, then the reading stops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from struct import Struct

from mailroute.message.tnef import TnefFile
from mailroute.model.limits import ENCLOSED_FILES

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_ENTRIES = 20_000
_RECIPIENTS = 500
_LAST = 0xFFFFFFFA  # from here on numbers of sectors have a meaning of their own
_STREAM, _STORAGE = 2, 1
_ROOT_HEADER_BYTES, _OTHER_HEADER_BYTES = 32, 8

_U16, _U32 = Struct("<H"), Struct("<I")
_LINKS = Struct("<III")
_PLACE = Struct("<IQ")
_PROPERTY = Struct("<HHIQ")

_SUBJECT, _TEXT, _HTML, _ID = 0x0037, 0x1000, 0x1013, 0x1035
_SENDER_NAME, _SENDER, _SENDER_SMTP, _ON_BEHALF_SMTP, _HEADERS = 0x0C1A, 0x0C1F, 0x5D01, 0x5D02, 0x007D
_NAME, _ADDRESS, _SMTP = 0x3001, 0x3003, 0x39FE
_LONG_NAME, _SHORT_NAME, _DATA, _MEDIA_TYPE, _CONTENT_ID = 0x3707, 0x3704, 0x3701, 0x370E, 0x3712
_SENT, _RECIPIENT_KIND = 0x0039, 0x0C15
_CODECS = {0x1F: "utf-16-le", 0x1E: "cp1252"}
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class OutlookMail:
    """What a .msg says; addresses as (name, address)."""

    subject: str = ""
    sender: tuple[str, str] = ("", "")
    to: list[tuple[str, str]] = field(default_factory=list)
    sent: datetime | None = None
    headers: str = ""
    text: str = ""
    html: bytes = b""
    files: list[TnefFile] = field(default_factory=list)


def read_msg(data: bytes) -> OutlookMail | None:
    """Read a .msg, None if it is none or its directory cannot be read."""
    if data[:8] != MAGIC or len(data) < 2 * _HEADER_BYTES:
        return None
    book = _CompoundFile(data)
    root = book.children(0)
    if not any(name.startswith("__properties") for name in root):
        return None
    mail = OutlookMail(
        subject=book.text(root, _SUBJECT),
        text=book.text(root, _TEXT),
        html=book.bytes(root, _HTML) or book.text(root, _HTML).encode("utf-8", "replace"),
        headers=book.text(root, _HEADERS),
        sent=_moment(book.number(root, _SENT, _ROOT_HEADER_BYTES)),
    )
    addresses = [book.text(root, one) for one in (_SENDER_SMTP, _ON_BEHALF_SMTP, _SENDER)]
    mail.sender = book.text(root, _SENDER_NAME), next((one for one in addresses if "@" in one), "")
    for name, at in root.items():
        if name.startswith("__recip_version") and len(mail.to) < _RECIPIENTS:
            one = book.children(at)
            if book.number(one, _RECIPIENT_KIND, _OTHER_HEADER_BYTES) in (None, 1):
                mail.to.append((book.text(one, _NAME), book.text(one, _SMTP) or book.text(one, _ADDRESS)))
        elif name.startswith("__attach_version") and len(mail.files) < ENCLOSED_FILES:
            one = book.children(at)
            mail.files.append(
                TnefFile(
                    name=book.text(one, _LONG_NAME) or book.text(one, _SHORT_NAME) or book.text(one, _NAME),
                    data=book.bytes(one, _DATA),
                    type=book.text(one, _MEDIA_TYPE),
                    cid=book.text(one, _CONTENT_ID).strip("<> "),
                )
            )
    return mail


def _moment(ticks: int | None) -> datetime | None:
    """A FILETIME: tenths of microseconds since 1601."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None


class _CompoundFile:
    """Streams and storages of a compound file. Every chain ends, everything read together is bounded."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = 2 * len(data)
        self._walks_left = 2 * _ENTRIES
        self._sector = 1 << min(max(_U16.unpack_from(data, 30)[0], 7), 16)
        self._fat = b"".join(self._block(one) for one in self._sectors_of_fat())
        self._directory = self._chain(_U32.unpack_from(data, 48)[0])[: _ENTRIES * _ENTRY_BYTES]
        self._mini_limit = _U32.unpack_from(data, 56)[0]
        self._mini_fat = self._chain(_U32.unpack_from(data, 60)[0])
        start, size = self._place(0)
        self._mini = self._chain(start, size)

    def _block(self, number: int) -> bytes:
        """One sector; sector 0 lies behind the header, which takes one."""
        at = (number + 1) * self._sector
        return self._data[at : at + self._sector]

    def _sectors_of_fat(self) -> list[int]:
        """Where the allocation table lies: 109 places in the header, more in sectors of their own."""
        found = [_U32.unpack_from(self._data, at)[0] for at in range(76, _HEADER_BYTES, 4)]
        more, most = _U32.unpack_from(self._data, 68)[0], len(self._data) // self._sector
        for _ in range(most):
            block = self._block(more) if more < _LAST else b""
            if len(block) < self._sector:
                break
            numbers = [_U32.unpack_from(block, at)[0] for at in range(0, self._sector, 4)]
            found += numbers[:-1]
            more = numbers[-1]
        # Each sector can belong to the table once.
        return [one for one in dict.fromkeys(found) if one < _LAST and one < most]

    def _chain(self, start: int, size: int | None = None) -> bytes:
        """The bytes of a chain of sectors."""
        return self._follow(self._fat, start, size, self._sector, None)

    def _follow(self, table: bytes, start: int, size: int | None, width: int, within: bytes | None) -> bytes:
        blocks: list[bytes] = []
        number, read = start, 0
        while (
            number < _LAST
            and 4 * number + 4 <= len(table)
            and self._left > 0
            and (size is None or read < size)
        ):
            block = self._block(number) if within is None else within[number * width : (number + 1) * width]
            if not block:
                break
            blocks.append(block)
            read += width
            self._left -= width
            number = _U32.unpack_from(table, 4 * number)[0]
        joined = b"".join(blocks)
        return joined if size is None else joined[:size]

    def _place(self, entry: int) -> tuple[int, int]:
        at = entry * _ENTRY_BYTES + 116
        if at + _PLACE.size > len(self._directory):
            return _LAST, 0
        start, size = _PLACE.unpack_from(self._directory, at)
        return start, min(size, len(self._data))

    def _stream(self, entry: int) -> bytes:
        start, size = self._place(entry)
        if size < self._mini_limit:
            return self._follow(self._mini_fat, start, size, 64, self._mini)
        return self._chain(start, size)

    def children(self, storage: int) -> dict[str, int]:
        """Name to directory entry of what a storage holds. The tree of siblings is walked once."""
        found: dict[str, int] = {}
        seen: set[int] = set()
        ahead = [self._links(storage)[2]]
        while ahead and self._walks_left > 0:
            self._walks_left -= 1
            entry = ahead.pop()
            at = entry * _ENTRY_BYTES
            if entry in seen or at + _ENTRY_BYTES > len(self._directory):
                continue
            seen.add(entry)
            left, right, _ = self._links(entry)
            ahead += [right, left]
            length = min(_U16.unpack_from(self._directory, at + 64)[0], 64)
            name = self._directory[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
            if self._directory[at + 66] in (_STREAM, _STORAGE):
                found.setdefault(name, entry)
        return dict(sorted(found.items()))

    def _links(self, entry: int) -> tuple[int, int, int]:
        at = entry * _ENTRY_BYTES + 68
        if at + _LINKS.size > len(self._directory):
            return (0xFFFFFFFF,) * 3
        left, right, child = _LINKS.unpack_from(self._directory, at)
        return left, right, child

    def text(self, storage: dict[str, int], tag: int) -> str:
        """A string property, "" where there is none."""
        for kind, codec in _CODECS.items():
            entry = storage.get(f"__substg1.0_{tag:04X}{kind:04X}")
            if entry is not None:
                return self._stream(entry).decode(codec, "replace").rstrip("\0")
        return ""

    def bytes(self, storage: dict[str, int], tag: int) -> bytes:
        """A binary property, empty where there is none."""
        entry = storage.get(f"__substg1.0_{tag:04X}0102")
        return b"" if entry is None else self._stream(entry)

    def number(self, storage: dict[str, int], tag: int, header_bytes: int) -> int | None:
        """A property of fixed size."""
        entry = storage.get("__properties_version1.0")
        data = b"" if entry is None else self._stream(entry)[header_bytes:]
        for at in range(0, len(data) - _PROPERTY.size + 1, _PROPERTY.size):
            _, name, _, value = _PROPERTY.unpack_from(data, at)
            if name == tag:
                return int(value)
        return None
