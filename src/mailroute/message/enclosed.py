"""What hides within a leaf: uuencoded blocks, winmail.dat, Outlook's .msg. Turns bytes into parts. Never raises."""

from __future__ import annotations

from dataclasses import replace

from mailroute.message.outlook import OutlookMail, read_msg
from mailroute.message.parameters import file_name, media_type
from mailroute.message.parts import ENDINGS, Part, leaves
from mailroute.message.tnef import Tnef, read_tnef
from mailroute.message.uuencode import cut_files
from mailroute.model.limits import NAME_CHARS, PARTS

_TYPES = {ending: kind for kind, ending in ENDINGS.items()}
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")


def open_all(root: Part, defects: list[str]) -> None:
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


def tree_of_msg(data: bytes) -> tuple[OutlookMail, Part] | None:
    """An Outlook .msg as values and as parts with their numbers, None if it is none."""
    mail = read_msg(data)
    if mail is None:
        return None
    texts = [_text_part("text/plain", mail.text.encode("utf-8", "replace"))] if mail.text.strip() else []
    texts = texts or ([_text_part("text/html", mail.html)] if mail.html.strip() else [])
    children = [*texts, *(_enclosed(one.name, one.data, one.type, one.cid) for one in mail.files)]
    root = Part("multipart/mixed", {}, "", "", "", None, "", b"", children=tuple(children))
    for index, leaf in enumerate(leaves(root)):
        leaf.index = index
    return mail, root
