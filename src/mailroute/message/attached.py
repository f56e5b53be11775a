"""The files of a stored mail, decoded, to go along with a letter."""

from __future__ import annotations

from mailroute.message.parts import leaves
from mailroute.message.structure import read_mail
from mailroute.model.letter import AttachedFile


def files_of(content: bytes) -> tuple[AttachedFile, ...]:
    """Every attachment of a mail, as the sender named it."""
    _, root, _ = read_mail(content)
    return tuple(
        AttachedFile(leaf.name, leaf.type, leaf.content()) for leaf in leaves(root) if leaf.is_attachment
    )
