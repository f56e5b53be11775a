"""The tree of a mail: its parts in their order. Never raises.

The stdlib's compat32 parser cuts multiparts; everything it would do slowly or lossily is taken from it:
it sees only our Content-Type (RFC 2045 §5.1 read in linear time), attached mails are leaves for it (their bytes
stay exact, nesting costs nothing), and it is stopped at the part that is one too many.
"""

from __future__ import annotations

from email import policy
from email.message import Message as StdlibMessage
from email.parser import BytesParser
from typing import Any

from mailroute.message.addresses import bare_id
from mailroute.message.charset import decode_header
from mailroute.message.clean import clean_header
from mailroute.message.enclosed import open_all
from mailroute.message.headers import Field, Head, head_of, split_head
from mailroute.message.parameters import file_name, media_type, read_parameters
from mailroute.message.parts import Part, leaves
from mailroute.model.limits import NAME_CHARS, PART_DEPTH, PARTS

_BOUNDARY_CHARS = 200  # RFC 2046 §5.1.1 allows 70


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
    open_all(root, defects)
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


def _number_leaves(root: Part) -> None:
    for index, leaf in enumerate(leaves(root)):
        leaf.index = index
