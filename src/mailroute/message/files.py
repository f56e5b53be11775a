"""The files of a mail: which there are, which belong to the text, and their bytes. Never raises."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from urllib.parse import unquote

from mailroute.message.enclosed import tree_of_msg
from mailroute.message.opened import open_sealed
from mailroute.message.parts import INNER, Part, leaves
from mailroute.message.structure import read_mail
from mailroute.model.limits import HTML_BYTES
from mailroute.model.message import Attachment

# A photo is larger, also from an old telephone.
_LOGO_BYTES = 20_000
_LOGO = re.compile(
    r"(?:image\d{3,4}|outlook-[\w-]{1,40}|logo[\w-]{0,40}|signature[\w-]{0,40})\.(?:png|jpe?g|gif)", re.I
)
_SHOWN = re.compile(rb"[\"'(=]\s{0,3}cid:([^\s\"'<>)]{1,250})", re.I)


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
        replace(one, part=(outer.index + 1) * INNER + one.part) for one in attachments_of(inner_root)
    )


def attachment_bytes(content: bytes, part: int, keys: tuple[bytes, ...] = ()) -> bytes | None:
    """The decoded bytes of leaf number `part` of a mail, or of a mail within it; None if there is no such leaf."""
    opened = tree_of_msg(content)
    if opened:
        root = opened[1]
    else:
        head, root, _ = read_mail(content)
        open_sealed(content, head, root, keys, "")
    found = next((leaf.content() for leaf in leaves(root) if leaf.index == part), None)
    outer, inner_part = divmod(part, INNER)
    if found is not None or not outer:
        return found
    inner = attachment_bytes(content, outer - 1, keys)
    return None if inner is None else attachment_bytes(inner, inner_part, keys)
