"""The tree of a mail: parts, their bytes decoded once, the files that came along. Never raises.

The stdlib's compat32 parser cuts multiparts; everything it would do slowly or lossily is taken from it:
it sees only our Content-Type (RFC 2045 §5.1 read in linear time), attached mails are leaves for it (their bytes
stay exact, nesting costs nothing), and it is stopped at the part that is one too many.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.message import Message as StdlibMessage
from email.parser import BytesParser
from typing import Any
from urllib.parse import unquote

from mailroute.message.addresses import bare_id
from mailroute.message.charset import decode_bytes, decode_header, unbase64
from mailroute.message.clean import clean_header
from mailroute.message.headers import Field, Head, head_of, split_head
from mailroute.message.parameters import file_name, media_type, read_parameters
from mailroute.message.tnef import Tnef, read_tnef
from mailroute.message.uuencode import cut_files, uudecode
from mailroute.model.limits import HTML_BYTES, NAME_CHARS, PART_DEPTH, PARTS
from mailroute.model.message import Attachment

_BOUNDARY_CHARS = 200  # RFC 2046 §5.1.1 allows 70
_ENDINGS = {
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
_INNER = 10 * PARTS  # leaves of an attached mail are numbered behind those of the whole
# A photo is larger, also from an old telephone.
_LOGO_BYTES = 20_000
_LOGO = re.compile(
    r"(?:image\d{3,4}|outlook-[\w-]{1,40}|logo[\w-]{0,40}|signature[\w-]{0,40})\.(?:png|jpe?g|gif)", re.I
)
_SHOWN = re.compile(rb"[\"'(=]\s{0,3}cid:([^\s\"'<>)]{1,250})", re.I)
_TYPES = {ending: kind for kind, ending in _ENDINGS.items()}
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")


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
        ending = _ENDINGS.get(self.type, ".txt" if self.type.startswith(("text/", "message/")) else ".bin")
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


class _TooManyParts(Exception):
    """A signal within this file: stops the stdlib parser; carries the tree as far as it was read."""

    def __init__(self, root: _Node) -> None:
        super().__init__()
        self.root = root


class _Node(StdlibMessage):
    """A stdlib message that reads its own Content-Type, takes attached mails for leaves and knows the caps."""

    _payload: Any  # the stdlib's: str, or a list of parts

    def __init__(self, policy: Any = policy.compat32) -> None:
        super().__init__(policy=policy)
        self.above: _Node | None = None
        self.depth = 0
        self.parts_seen = [0]
        self.too_deep = [False]
        self._media: tuple[str, dict[str, str]] | None = None

    def attach(self, payload: Any) -> None:
        """Called by the parser for each part as it begins."""
        payload.above, payload.depth = self, self.depth + 1
        payload.parts_seen, payload.too_deep = self.parts_seen, self.too_deep
        self.parts_seen[0] += 1
        if self.parts_seen[0] > PARTS:
            root = self
            while root.above is not None:
                root = root.above
            raise _TooManyParts(root)
        super().attach(payload)

    def media(self) -> tuple[str, dict[str, str]]:
        """Content-Type and parameters, read once."""
        if self._media is None:
            value = next((v for k, v in self.raw_items() if k.lower() == "content-type"), None)
            self._media = media_type(None if value is None else _field_bytes(value), self.get_default_type())
        return self._media

    def get_content_type(self) -> str:
        """What the parser is told: a multipart, or something that has no parts."""
        kind = self.media()[0]
        if kind.startswith("multipart/"):
            if self.depth < PART_DEPTH:
                return kind
            self.too_deep[0] = True
        return "application/octet-stream"

    def get_content_maintype(self) -> str:
        """See get_content_type."""
        return self.get_content_type().partition("/")[0]

    def get_boundary(self, failobj: Any = None) -> Any:
        """The boundary or `failobj` (RFC 2046 §5.1.1)."""
        found = self.media()[1].get("boundary", "").rstrip()[:_BOUNDARY_CHARS]
        return found or failobj


def _field_bytes(value: Any) -> bytes:
    """A raw header value of compat32 as unfolded bytes."""
    return str(value).replace("\r", "").replace("\n", "").strip().encode("utf-8", "surrogateescape")


def read_mail(content: bytes) -> tuple[Head, Part, list[str]]:
    """Read header and parts of a mail. The list holds defects of both."""
    if b"\n" not in content and b"\r" in content:  # a file of an old Mac
        content = content.replace(b"\r", b"\n")
    head = split_head(content)
    root, defects = _read_root(head, content[head.body_at :])
    _open_all(root, defects)
    _number_leaves(root)
    return head, root, [*head.defects, *defects]


def _read_root(head: Head, body: bytes) -> tuple[Part, list[str]]:
    kind, parameters = media_type(head.first("content-type"), hint=head.hint)
    if not kind.startswith("multipart/"):
        return _part(head, kind, parameters, body), []
    if not parameters.get("boundary"):
        return _part(head, "text/plain", parameters, body), ["boundary-missing"]
    synthetic = b"Content-Type: " + (head.first("content-type") or b"").replace(b"\r", b" ") + b"\n\n"
    defects = []
    try:
        parsed = BytesParser(_class=_Node, policy=policy.compat32).parsebytes(synthetic + body)
        assert isinstance(parsed, _Node)
        tree = parsed
    except _TooManyParts as stopped:
        tree = stopped.root
        defects.append("parts-too-many")
    if tree.too_deep[0]:
        defects.append("parts-too-deep")
    if not isinstance(tree._payload, list):
        defects.append("boundary-not-found")
        return _part(head, "text/plain", parameters, body), defects
    return _from_tree(tree, head, ""), defects


def _from_tree(node: _Node, head: Head, parent_type: str) -> Part:
    """Turn the parser's tree into ours; at most PART_DEPTH deep."""
    kind, parameters = node.media()
    payload = node._payload  # get_payload() would guess a charset
    if isinstance(payload, list):
        part = _part(head, kind, parameters, b"")
        part.children = tuple(_from_tree(child, _head_of_part(child, head.hint), kind) for child in payload)
    else:
        if kind.startswith("multipart/"):
            kind = "text/plain"
        raw = payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""
        part = _part(head, kind, parameters, raw)
    part.parent_type = parent_type
    return part


def _head_of_part(node: _Node, hint: str) -> Head:
    return head_of(
        [Field(name.lower(), _field_bytes(value)) for name, value in node.raw_items()], 0, [], hint
    )


def _part(head: Head, kind: str, parameters: dict[str, str], raw: bytes) -> Part:
    """Build one part from its header."""
    disposition, options = read_parameters(head.first("content-disposition") or b"", head.hint)
    encoding = (head.first("content-transfer-encoding") or b"").decode("ascii", "replace")
    encoding = encoding.partition(";")[0].strip().strip('"').lower()
    if kind == "message/rfc822" and encoding not in ("base64", "quoted-printable"):
        encoding = ""
    content_id = head.first("content-id")
    return Part(
        type=kind,
        parameters=parameters,
        disposition=disposition,
        file_name=file_name(options.get("filename"), parameters.get("name")),
        description=clean_header(
            decode_header(head.first("content-description") or b"", head.hint), NAME_CHARS
        ),
        content_id=bare_id(content_id) if content_id else None,
        encoding=encoding,
        raw=raw,
    )


def _open_all(root: Part, defects: list[str]) -> None:
    """Open the leaves that hold files of their own."""
    found = list(leaves(root))
    room = PARTS - len(found)
    has_text = any(
        leaf.type.startswith("text/") and not leaf.is_attachment and leaf.raw.strip() for leaf in found
    )
    for leaf in found:
        room = _open(leaf, room, has_text, defects)


def _open(leaf: Part, room: int, has_text: bool, defects: list[str]) -> int:
    """Turn a leaf that holds files into a node with them as leaves, at most `room`. Returns the room that is left."""
    if leaf.type in _TNEF_TYPES or leaf.file_name.lower() == "winmail.dat":
        found = read_tnef(leaf.content())
        if found is None or not found.whole:
            defects.append("tnef-broken")
        if found is None or not (found.files or found.text or found.html):
            return room
        children = [_enclosed(one.name, one.data, one.type, one.cid) for one in found.files]
        children += [] if has_text else _texts_of(found)
    elif leaf.type == "text/plain" and not leaf.is_attachment and b"begin " in leaf.raw:
        if leaf.encoding == "base64":
            return room
        rest, files = cut_files(leaf.content())
        children = [replace(leaf, raw=rest, encoding="", _decoded=None)] if files else []
        children += [_enclosed(name, data) for name, data in files]
    else:
        return room
    if not children or len(children) > room:
        return room
    leaf.type, leaf.children = "multipart/mixed" if leaf.type == "text/plain" else leaf.type, tuple(children)
    return room - len(children)


def _texts_of(found: Tnef) -> list[Part]:
    """The text of a winmail.dat: plain, else HTML."""
    if found.text.strip():
        return [_text_part("text/plain", found.text.encode("utf-8", "replace"))]
    return [_text_part("text/html", found.html)] if found.html.strip() else []


def _text_part(kind: str, raw: bytes) -> Part:
    return Part(kind, {"charset": "utf-8"}, "", "", "", None, "", raw)


def _enclosed(name: str, data: bytes, kind: str = "", cid: str = "") -> Part:
    """A file that came within another part."""
    clean = file_name(name)
    ending = "." + clean.rpartition(".")[2].lower()
    kind, _ = media_type(
        kind.encode("ascii", "replace") or None, _TYPES.get(ending, "application/octet-stream")
    )
    return Part(kind, {}, "attachment", clean or "file", "", cid[:NAME_CHARS] or None, "", data)


def _number_leaves(root: Part) -> None:
    for index, leaf in enumerate(leaves(root)):
        leaf.index = index


def leaves(part: Part) -> Iterator[Part]:
    """All leaves in document order; an attached mail is one leaf."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def attachments_of(root: Part) -> tuple[Attachment, ...]:
    """The files of a mail, with size and SHA-256 of their decoded bytes."""
    shown = _content_ids_shown(root)
    return tuple(_attachment(leaf, shown) for leaf in leaves(root) if leaf.is_attachment)


def _attachment(part: Part, shown: frozenset[str]) -> Attachment:
    data = part.content()
    return Attachment(
        name=part.name,
        type=part.type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        inline=part.disposition == "inline" or _is_in_text(part, len(data), shown),
        cid=part.content_id,
        part=part.index,
    )


def _is_in_text(part: Part, size: int, shown: frozenset[str]) -> bool:
    """Whether a file is a picture within the text rather than something that was sent along.

    Programs call such pictures attachments all the same. A small one that is named as Outlook names the logos
    of signatures is one too, also where the text that showed it is gone.
    """
    if part.content_id is not None and part.type.startswith("image/"):
        if part.content_id.lower() in shown:
            return True
        if part.disposition != "attachment" and part.parent_type.endswith("/related"):
            return True
    elif part.content_id is not None and part.disposition != "attachment":
        return part.parent_type.endswith("/related")
    return part.type.startswith("image/") and size <= _LOGO_BYTES and bool(_LOGO.fullmatch(part.file_name))


def _content_ids_shown(root: Part) -> frozenset[str]:
    """The Content-IDs that the HTML of a mail shows as pictures (RFC 2392)."""
    return frozenset(
        unquote(found.decode("ascii", "replace")).lower()
        for leaf in leaves(root)
        if leaf.type == "text/html" and not leaf.is_attachment
        for found in _SHOWN.findall(leaf.content()[:HTML_BYTES])
    )


def attachments_within(outer: Part, inner_root: Part) -> tuple[Attachment, ...]:
    """The files of an attached mail. Their `part` names both leaves: `attachment_bytes` finds them in the whole mail."""
    return tuple(
        replace(one, part=(outer.index + 1) * _INNER + one.part) for one in attachments_of(inner_root)
    )


def attachment_bytes(content: bytes, part: int) -> bytes | None:
    """The decoded bytes of leaf number `part` of a mail, or of a mail attached to it; None if there is no such leaf."""
    outer, part = divmod(part, _INNER)
    if outer:
        inner = attachment_bytes(content, outer - 1)
        return None if inner is None else attachment_bytes(inner, part)
    _, root, _ = read_mail(content)
    return next((leaf.content() for leaf in leaves(root) if leaf.index == part), None)
