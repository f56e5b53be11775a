"""Mails from files: .eml, mbox, Maildir, folders of .eml. For migration, tests and replay.

The bytes stay as they are in the file; only what mbox itself has added is taken away again. Nothing is written,
moved or marked as read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mailroute.intake import fetched
from mailroute.model import limits
from mailroute.model.mail import Delivery, Door

# `From sender Sat Jan  3 01:05:34 1996` (RFC 4155). Day and time must be there: old writers did not quote lines of
# a body that begin with "From ".
_SEPARATOR = re.compile(rb"From .{0,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .{0,40}?\d\d?:\d\d")
# mboxrd quotes `From `, `>From `, `>>From ` … with one more `>`, mboxo only `From `.
_QUOTED = re.compile(rb">+From ")
_EMPTY_LINES = (b"\n", b"\r\n")
_PIECE_BYTES = 1 << 20


def deliveries(
    paths: Iterable[Path],
    *,
    inbox: str,
    clock: Callable[[], datetime],
    size_limit_bytes: int = limits.MAIL_SIZE_BYTES,
) -> Iterator[Delivery]:
    """Each mail in the files and folders named, in the order of their names, addressed to `inbox`.

    The return path comes from the mail's own header. A mail above the limit is represented by a stub with its
    header. Raises OSError for what cannot be read.
    """
    for path in paths:
        for content in mails(path, size_limit_bytes):
            yield Delivery(
                door=Door.FILE,
                mail_from=fetched.mail_from(fetched.header_block(content)),
                rcpt_to=(inbox,),
                content=content,
                received_at=clock(),
                peer="file",
            )


def mails(path: Path, size_limit_bytes: int) -> Iterator[bytes]:
    """The mails of one file or folder; an mbox is known by its first line and not by its name."""
    if path.is_dir():
        for file in _files_of(path):
            with file.open("rb") as opened:
                yield _whole(opened, _Mail(file, size_limit_bytes))
        return
    with path.open("rb") as opened:
        is_mbox = _SEPARATOR.match(opened.readline(1000)) is not None
        opened.seek(0)
        if is_mbox:
            yield from _split_mbox(opened, lambda: _Mail(path, size_limit_bytes))
        else:
            yield _whole(opened, _Mail(path, size_limit_bytes))


def _files_of(folder: Path) -> list[Path]:
    """The files with mails in a Maildir (https://cr.yp.to/proto/maildir.html) or a folder of .eml files."""
    inner = [folder / name for name in ("cur", "new") if (folder / name).is_dir()]
    found = (
        [file for one in inner for file in sorted(one.iterdir())] if inner else sorted(folder.glob("*.eml"))
    )
    return [file for file in found if file.is_file() and not file.name.startswith(".")]


class _Mail:
    """A mail that is being read. Above the limit only its header is kept."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._pieces: list[bytes] = []
        self._size_bytes = 0
        self._header = b""

    def add(self, piece: bytes) -> None:
        was_small = self._size_bytes <= self._limit_bytes
        self._size_bytes += len(piece)
        if was_small:
            self._pieces.append(piece)
            if self._size_bytes > self._limit_bytes:
                self._header = fetched.header_block(b"".join(self._pieces))
                self._pieces.clear()

    def drop_last_empty_line(self) -> None:
        """mbox puts an empty line behind each mail."""
        if self._pieces and self._pieces[-1] in _EMPTY_LINES:
            self._pieces.pop()

    def content(self) -> bytes:
        if self._size_bytes > self._limit_bytes:
            return fetched.stub(self._header, self._size_bytes, self._limit_bytes, self._path.name)
        return b"".join(self._pieces)


def _whole(file: BinaryIO, mail: _Mail) -> bytes:
    while piece := file.read(_PIECE_BYTES):
        mail.add(piece)
    return mail.content()


def _split_mbox(file: BinaryIO, new_mail: Callable[[], _Mail]) -> Iterator[bytes]:
    """Split at separators that follow an empty line, in one pass, holding one mail.

    One `>` is taken off quoted lines as mboxrd says; in an mboxo file that is right, too, except for lines that
    were written as `>From `.
    """
    mail: _Mail | None = None
    at_line_start = after_empty_line = True
    # Not `for line in file`: a line may be as long as the file.
    while piece := file.readline(_PIECE_BYTES):
        if at_line_start and after_empty_line and _SEPARATOR.match(piece):
            if mail is not None:
                mail.drop_last_empty_line()
                yield mail.content()
            mail = new_mail()
            after_empty_line = False
        elif mail is not None:
            after_empty_line = at_line_start and piece in _EMPTY_LINES
            mail.add(piece[1:] if at_line_start and _QUOTED.match(piece) else piece)
        at_line_start = piece.endswith(b"\n")
    if mail is not None:
        mail.drop_last_empty_line()
        yield mail.content()
