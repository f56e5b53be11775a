"""One node of a mail and its bytes. Knows nothing of how the tree is built or what becomes of it. Never raises."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailroute.message.charset import decode_bytes, decode_header, unbase64
from mailroute.message.headers import split_head
from mailroute.message.parameters import file_name
from mailroute.message.uuencode import uudecode
from mailroute.model.limits import PARTS

INNER = 10 * PARTS  # leaves of a mail within a leaf are numbered behind those of the whole
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
    "message/rfc822": ".eml",
}


@dataclass(slots=True, eq=False)
class Part:
    """One node of a mail. `raw` is its body as it was sent, `index` counts the leaves in document order."""

    type: str
    parameters: dict[str, str]
    disposition: str
    file_name: str
    description: str
    content_id: str | None
    encoding: str
    raw: bytes
    children: tuple[Part, ...] = ()
    index: int = -1
    parent_type: str = ""
    _decoded: bytes | None = field(default=None, repr=False)
    broken: bool = False

    @property
    def is_attachment(self) -> bool:
        """Whether a person would call it a file rather than text of the mail."""
        if self.children:
            return False
        if self.disposition == "attachment" or self.file_name:
            return True
        return self.type not in ("text/plain", "text/html", "text/enriched", "text/richtext")

    @property
    def name(self) -> str:
        """Its file name; without one the subject of an attached mail, its description or its number."""
        if self.file_name:
            return self.file_name
        ending = ENDINGS.get(self.type, ".txt" if self.type.startswith(("text/", "message/")) else ".bin")
        title = self.description
        if self.type == "message/rfc822":
            title = decode_header(split_head(self.content()).first("subject") or b"") or title or "mail"
        return file_name(title.replace("/", "-") + ending) if title else f"part-{self.index + 1}{ending}"

    def content(self) -> bytes:
        """The decoded bytes (RFC 2045 §6), decoded once. Broken encodings give what can be read."""
        if self._decoded is None:
            self._decoded = self._decode()
        return self._decoded

    def _decode(self) -> bytes:
        match self.encoding:
            case "base64":
                data, whole = unbase64(self.raw)
                self.broken = not whole
                return data
            case "quoted-printable":
                return binascii.a2b_qp(self.raw)
            case "x-uuencode" | "uuencode" | "x-uue" | "uue":
                return _uudecode(self.raw)
            case _:
                return self.raw

    def text(self) -> tuple[str, str]:
        """The text of a leaf and a defect or ""."""
        return decode_bytes(self.content(), self.parameters.get("charset", ""))


def _uudecode(raw: bytes) -> bytes:
    """Decode the first uuencoded block of a part; without one the part stays as it is."""
    lines = raw.splitlines()
    begin = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), None)
    return raw if begin is None else uudecode(lines[begin + 1 : _end_of_block(lines, begin)])


def _end_of_block(lines: list[bytes], begin: int) -> int:
    return next((at for at in range(begin, len(lines)) if lines[at].strip() == b"end"), len(lines))


def leaves(part: Part) -> Iterator[Part]:
    """All leaves in document order; an attached mail is one leaf."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)
