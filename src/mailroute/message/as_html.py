"""The HTML of a mail as its sender wrote it, and the pictures that it shows. Never show it without sanitising it."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.message.enclosed import tree_of_msg
from mailroute.message.opened import open_sealed
from mailroute.message.parts import Part, leaves
from mailroute.message.structure import read_mail
from mailroute.model.limits import HTML_BYTES


@dataclass(frozen=True, slots=True)
class Html:
    """`source` is hostile. `pictures` are the files by the Content-ID (lower case) that the source names them by."""

    source: str
    pictures: dict[str, int]


def html_of(content: bytes, keys: tuple[bytes, ...] = ()) -> Html | None:
    """The first HTML text of a mail; None if it has none. `keys` open what is sealed."""
    all_leaves = tuple(leaves(_root_of(content, keys)))
    text = next((one for one in all_leaves if one.type == "text/html" and not one.is_attachment), None)
    if text is None:
        return None
    pictures = {
        one.content_id.lower(): one.index
        for one in all_leaves
        if one.content_id is not None and one.type.startswith("image/")
    }
    return Html(text.text()[0][:HTML_BYTES], pictures)


def _root_of(content: bytes, keys: tuple[bytes, ...]) -> Part:
    opened = tree_of_msg(content)
    if opened:
        return opened[1]
    head, root, _ = read_mail(content)
    open_sealed(content, head, root, keys, "")
    return root
